"""`--positions VENUE:` and several of them: what is fetched and kept first, and then run on as files."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any, Final

from cohortiv.cli.fetch import DATA
from cohortiv.errors import DataError, FetchError, UsageError

Say = Callable[[str], None]
#: Venues that are read without ccxt, as in `own_account.VENUES`, whose module is slow to load.
VENUES: Final = ("binance", "bybit", "hyperliquid", "okx")
_NAME: Final = "[A-Za-z][A-Za-z0-9_-]*"
_VENUE: Final = re.compile(rf"(?:(?P<venue>{'|'.join(VENUES)})|ccxt:(?P<ccxt>[a-z0-9]+)(?::(?P<account>{_NAME}))?):?")
#: A further account on a venue stands under its name.
_NAMED: Final = re.compile(rf"(?P<venue>binance|bybit|okx):(?P<account>{_NAME}):?")
#: An account of Hyperliquid stands where a file would.
_ADDRESS: Final = re.compile(r"hyperliquid:(?P<addresses>0x[0-9a-fA-F]{40}(?:,0x[0-9a-fA-F]{40})*)")


@dataclass(frozen=True)
class _Asked:
    """An account that is to be fetched."""

    venue: str
    addresses: tuple[str, ...] = ()
    through_ccxt: bool = False
    account: str = ""

    @property
    def name(self) -> str:
        """What messages call it, and `cohortiv fetch` takes."""
        return f"{self.venue}:{self.account}" if self.account else self.venue

    @property
    def kept_name(self) -> str:
        """What it is kept as."""
        from cohortiv.sources.fetch.answers import account_name

        return self.account or account_name(self.addresses)


def located_positions(options: Mapping[str, Any], *, say: Say) -> dict[str, Any]:
    """Options of a command in which positions are files.

    Parameters
    ----------
    options : mapping
        As the command has them; `positions` holds each value that was given, `data` and `offline` may be absent.
    say : callable
        Takes one line of progress or warning.

    Returns
    -------
    dict
        `positions` as one text, None where none was given. VENUE:, ccxt:VENUE and hyperliquid:ADDRESS were fetched and
        kept, and the file that was kept stands in their place. Where one of several cannot be had, the path where it
        would be stands there, so that it counts as missing and is named. `as_of` is the time of the last snapshot
        fetched, where none was given.

    Raises
    ------
    UsageError
        If an account cannot be asked for as it is; FetchError and DataError where the only one cannot be had.
    """
    given: Sequence[str] = options["positions"]
    parts = [part for value in given for part in (value.split(";") if not Path(value).exists() else (value,))]
    asked = {part: found for part in parts if (found := _asked(part)) is not None}
    located = dict(options)
    if not asked:
        located["positions"] = ";".join(given) if all(value.strip() for value in given) and given else _blank(given)
        return located
    failed: list[FetchError | DataError] = []
    kept = {part: _kept(account, options, failed, alone=len(parts) == 1, say=say) for part, account in asked.items()}
    _refuse_none(asked, kept, failed, among=len(parts), options=options)
    located["positions"] = ";".join(str(kept.get(part, part)) for part in parts)
    times = [_time(path) for path in kept.values() if path.is_file()]
    if times and not options["as_of"]:
        located["as_of"] = (max(times),) if isinstance(options["as_of"], tuple) else max(times)
    return located | ({"offline": False} if "offline" in options else {})


def _blank(given: Sequence[str]) -> str | None:
    """None where the option was left out, an empty text where one of its values is."""
    return "" if given else None


def _asked(part: str) -> _Asked | None:
    """The account that a source stands for; None for files."""
    if Path(part).exists():
        return None
    if found := _ADDRESS.fullmatch(part):
        return _Asked("hyperliquid", tuple(found["addresses"].split(",")))
    if found := _NAMED.fullmatch(part):
        return _Asked(found["venue"], account=found["account"])
    if found := _VENUE.fullmatch(part):
        if found["venue"] == "hyperliquid":
            raise UsageError(
                f"--positions got {part!r}; allowed is hyperliquid:ADDRESS, such as hyperliquid:0x and 40 digits, as "
                "positions there are read by address, or hyperliquid:FILE. Name the address."
            )
        return _Asked(
            found["venue"] or found["ccxt"], through_ccxt=found["ccxt"] is not None, account=found["account"] or ""
        )
    return None


def _refuse_none(
    asked: Mapping[str, _Asked],
    kept: Mapping[str, Path],
    failed: Sequence[FetchError | DataError],
    *,
    among: int,
    options: Mapping[str, Any],
) -> None:
    """Stop where none of the accounts can be had and there is no other source: with why the first could not be."""
    if among > len(asked) or any(path.exists() for path in kept.values()):
        return
    if failed:
        raise failed[0]
    names = ", ".join(account.name for account in asked.values())
    when = options["as_of"] if isinstance(options["as_of"], str) else ", ".join(options["as_of"] or ())
    raise DataError(
        f"{options.get('data', DATA)} holds no positions on {names} up to {when or 'now'}. An account is fetched as it "
        "is now: leave --as-of and --offline out to fetch it, or ask for a later time."
    )


def _kept(
    account: _Asked, options: Mapping[str, Any], failed: list[FetchError | DataError], *, alone: bool, say: Say
) -> Path:
    """File of an account: fetched now, or kept before where nobody may be asked; `failed` takes why it could not be."""
    data, offline = options.get("data", DATA), options.get("offline", False)
    if offline or options["as_of"]:
        return _kept_before(account, data, options["as_of"], alone=alone)
    try:
        return _fetched(account, data, say=say)
    except (FetchError, DataError) as error:
        if alone:
            raise
        say(f"Warning: {account.name} cannot be had and counts as missing: {error}")
        failed.append(error)
        return _last(account, data) or _absent(account, data)


def _fetched(account: _Asked, data: Path, *, say: Say) -> Path:
    from cohortiv.cli.own_data import CCXT, OwnFetch, fetch_own

    source = f"{CCXT}:{account.name}" if account.through_ccxt else account.name
    made = next(fetch_own(OwnFetch(source, ("positions",), data, 0, account.addresses), say=say))
    say(f"Kept: {made}")
    return made


def _kept_before(account: _Asked, data: Path, as_of: Any, *, alone: bool) -> Path:  # noqa: ANN401 - text, several or none
    """The last file of the time asked for; of one venue among several the last up to it, as each has its own time."""
    wanted = [as_of] if isinstance(as_of, str) else list(as_of or ())
    files = _files(account, data)
    if len(wanted) > 1 and files:
        return files[0].parent
    if not alone:
        return _last(account, data, until=wanted[0] if wanted else None) or _absent(account, data)
    fitting = [path for path in files if not wanted or _is_at(path, wanted[0])]
    if fitting:
        return fitting[-1]
    raise DataError(
        f"{data} holds no positions on {account.name} of {', '.join(wanted) or 'any time'}; it has "
        f"{', '.join(path.stem for path in files) or 'nothing'}. An account is fetched as it is now: leave --as-of and "
        "--offline out to fetch it, or ask for a time that is kept."
    )


def _files(account: _Asked, data: Path) -> tuple[Path, ...]:
    """What was kept of an account, the oldest first."""
    from cohortiv.sources.fetch.kept import kept_files

    return kept_files(data, account.venue, kind="positions", name=account.kept_name)


def _last(account: _Asked, data: Path, *, until: str | None = None) -> Path | None:
    """The last file up to a date or a moment; one too old for the common snapshot says when the venue was last seen."""
    fitting = [path for path in _files(account, data) if until is None or not _is_after(path, until)]
    return fitting[-1] if fitting else None


def _is_at(path: Path, as_of: str) -> bool:
    """Whether a kept file is of a date or a moment."""
    wanted, held = _both(path, as_of)
    return held == wanted


def _is_after(path: Path, as_of: str) -> bool:
    """Whether a kept file is later than a date or a moment."""
    wanted, held = _both(path, as_of)
    return held > wanted


def _both(path: Path, as_of: str) -> tuple[datetime, datetime]:
    """A date or moment and the time of a kept file, each a day's beginning where a date is asked for."""
    from cohortiv.positions import parse_as_of
    from cohortiv.sources.fetch.kept import kept_time

    wanted, held = parse_as_of(as_of), kept_time(path).replace(tzinfo=None)
    if isinstance(wanted, datetime):
        return wanted, held
    return datetime.combine(wanted, time.min), datetime.combine(held, time.min)


def _absent(account: _Asked, data: Path) -> Path:
    """Where positions that cannot be had would be: the path names the venue."""
    from cohortiv.sources.fetch.kept import kept_folder

    return kept_folder(data, account.venue, kind="positions", name=account.kept_name) / "absent.parquet"


def _time(path: Path) -> str:
    """Snapshot time of a kept file, as `--as-of` takes it."""
    from cohortiv.sources.fetch.kept import kept_time

    return f"{kept_time(path):%Y-%m-%dT%H:%M:%S}"
