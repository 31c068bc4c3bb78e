"""`--market VENUE:NAME`: market data that are fetched and kept first, and then run on as files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cohortiv.cli.fetch import pages_shown
from cohortiv.errors import DataError, UsageError

if TYPE_CHECKING:
    from cohortiv.sources.fetch.catalogue import KeptMarket

Say = Callable[[str], None]


@dataclass(frozen=True)
class _Period:
    """The time that a run is about: kept data that will do, and from when and before when to fetch where none are."""

    wanted: Callable[[datetime], bool]
    begins: datetime | None = None
    until: datetime | None = None


def located_market(options: Mapping[str, Any], *, say: Say) -> dict[str, Any]:
    """Options of a command in which a market is files.

    Parameters
    ----------
    options : mapping
        As the command has them, `data` and `offline` among them; `as_of` and `symbol` may hold several each.
    say : callable
        Takes one line of progress.

    Returns
    -------
    dict
        Without `data` and `offline`. Where the market was VENUE:NAME, it, `open_interest` and `venue` are those of what
        was kept, and so are `as_of` and `symbol` where they were not given.

    Raises
    ------
    UsageError
        If the venue is not known, or other options do not go with it.
    FetchError, DataError
        If the data cannot be had.
    """
    rest = {name: value for name, value in options.items() if name not in {"data", "offline"}}
    spec = _venue_and_name(options["market"] or "")
    if spec is None:
        if options["offline"]:
            raise UsageError("--offline is for --market VENUE:NAME, which is not given. Leave it out.")
        return rest
    several = isinstance(options["as_of"], tuple)
    dates = options["as_of"] if several else tuple(filter(None, (options["as_of"],)))
    _refuse_others(options, dates)
    _refuse_without_brackets(spec, options["brackets"], data=options["data"])
    found = _market(spec, dates[0] if dates else None, data=options["data"], offline=options["offline"], say=say)
    moment, symbol = f"{found.last:%Y-%m-%dT%H:%M:%S}", options["symbol"] or found.symbol
    as_of = dates[0] if dates else moment
    given: dict[str, Any] = {"as_of": (as_of,), "symbol": symbol if options["symbol"] else (symbol,)}
    given = given if several else {"as_of": as_of, "symbol": symbol}
    return {**rest, **given, "market": str(found.bars), "open_interest": str(found.interest), "venue": found.venue}


def _venue_and_name(spec: str) -> tuple[str, str] | None:
    """Venue and instrument; None for a file."""
    if ":" not in spec:
        return None
    from cohortiv.sources.fetch.catalogue import MARKETS
    from cohortiv.sources.files import split_spec

    venue, name = split_spec(spec, option="--market", known=tuple(MARKETS))
    return (venue, name.strip()) if venue else None


def _refuse_others(options: Mapping[str, Any], dates: tuple[str, ...]) -> None:
    """Refuse other inputs, what a fetched market has by itself, and several dates."""
    other = [name for name in ("positions", "tier_table", "since", "until") if options.get(name)]
    if other:
        raise UsageError(
            f"--{other[0].replace('_', '-')} was given with --market {options['market']}; allowed is one of them. "
            "Leave the other out."
        )
    taken = [name for name in ("open_interest", "venue") if options[name]]
    if taken:
        raise UsageError(
            f"--{taken[0].replace('_', '-')} was given with --market {options['market']}, which brings its own. Leave "
            "it out, or name a file with --market."
        )
    if len(dates) > 1:
        raise UsageError(
            f"--as-of was given {len(dates)} times with --market {options['market']}, which is fetched for one. Give "
            "one, or name kept files with --market and --open-interest."
        )


def _refuse_without_brackets(spec: tuple[str, str], brackets: Path | None, *, data: Path) -> None:
    """Refuse an asset whose brackets on the venue are not known, before anything is fetched: it would have no lines."""
    from cohortiv.margin.brackets import load_brackets
    from cohortiv.sources.instruments import instrument_of

    (venue, name), symbol = spec, instrument_of(spec[1]).symbol
    known = {schedule.key for schedule in load_brackets(brackets).schedules}
    if known.isdisjoint({(venue, symbol, "linear"), ("", symbol, "linear")}):
        raise DataError(
            f"There are no brackets for {symbol} on {venue}, and {name} has no liquidation lines without them. Fetch "
            f"them with cohortiv fetch {venue} --kind brackets and give --brackets {data}, or a file of your own."
        )


def _market(spec: tuple[str, str], as_of: str | None, *, data: Path, offline: bool, say: Say) -> "KeptMarket":
    """Kept data of the time asked for, or later ones that reach back over it; fetched where there are none."""
    from cohortiv.sources.fetch.catalogue import (
        RECONSTRUCTED_FROM,
        Fetch,
        covering_market,
        fetch_instrument,
        kept_market,
        kept_names,
    )

    (venue, name), period = spec, _period(as_of)
    fresh = as_of is None and not offline
    found = None if fresh else kept_market(data, venue, name, wanted=period.wanted)
    if found is None and period.until is not None:
        found = covering_market(data, venue, name, at=period.until)
    if found is not None:
        say(f"On what was kept: {found.bars}")
        return found
    if offline:
        held = ", ".join(kept_names(data, venue, name)) or "nothing"
        raise DataError(
            f"{data} holds no bars and open interest of {venue}:{name} for {as_of or 'any time'}; it has {held}. Leave "
            "--offline out to fetch them, or ask for a time that it has."
        )
    now = datetime.now(UTC)
    if period.begins is not None and period.begins > now:
        raise DataError(
            f"--as-of got {as_of}, and no hour of it has ended; it is {now:%Y-%m-%d %H:%M} UTC. Ask earlier."
        )
    asked = Fetch(venue, name, data, RECONSTRUCTED_FROM, until=period.until, extends=True)
    made = fetch_instrument(asked, now=now, say=say, track=pages_shown)
    say(f"Kept: {', '.join(str(path) for path in made.values())}")
    kept = kept_market(data, venue, name, wanted=period.wanted)
    if kept is None:
        raise DataError(f"{data} holds nothing of {venue}:{name} at {as_of} after the fetch. Fetch again.")
    return kept


def _period(as_of: str | None) -> _Period:
    """The time that an --as-of stands for: a whole UTC day, or a moment."""
    from cohortiv.positions import parse_as_of

    if as_of is None:
        return _Period(lambda _: True)
    asked = parse_as_of(as_of)
    if isinstance(asked, datetime):
        moment = asked.replace(tzinfo=UTC)
        if (moment.minute, moment.second, moment.microsecond) != (0, 0, 0):
            raise UsageError(
                f"--as-of got {as_of!r}; with --market VENUE:NAME, whose bars are by the hour, allowed is a date or a "
                "full hour such as 2026-02-18T14:00:00Z. Name one."
            )
        return _Period(lambda kept: kept == moment, moment, moment)
    midnight = datetime.combine(asked, time(), tzinfo=UTC)
    last = midnight + timedelta(hours=23)  # the day's last snapshot: a bar has the time of its end
    return _Period(lambda kept: kept.date() == asked, midnight, last)
