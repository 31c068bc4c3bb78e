"""Public market data of one instrument, page by page: bars, open interest, funding and ratios, checked and kept."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

from cohortiv.errors import DataError, UsageError
from cohortiv.sources.fetch.answers import number
from cohortiv.sources.fetch.client import Answer, Parameters, Say, VenueClient
from cohortiv.sources.fetch.extended import Extended, extended
from cohortiv.sources.fetch.kept import Pages, keep, origin_of
from cohortiv.sources.fetch.kinds import KINDS, TITLES, Kind
from cohortiv.sources.fetch.market_checks import HOUR, MarketChecks
from cohortiv.sources.fetch.market_rows import Rename, in_milliseconds, read_rows
from cohortiv.sources.fetch.paging import Window, collect, windows

#: Shows how far the pages of something are: the pages and what they are of.
Track = Callable[[Sequence[Window], str], AbstractContextManager[Iterable[Window]]]


@dataclass(frozen=True)
class History:
    """How one history of a venue is asked for and read.

    Attributes
    ----------
    kind : {"bars", "interest", "funding", "ratios"}
    path : str
    limit : int
        Most rows in one answer.
    parameters : callable
        Query of a window.
    rename : mapping
        House column -> field of the venue.
    rows : callable
        Rows of an answer.
    post : callable or None
        Body of a window, where the venue is asked by POST.
    who : str
        Whose ratio it is; empty for other kinds.
    reach : timedelta or None
        How far back the venue goes; None: as far as the instrument.
    usd_each : float
        USD in one contract, where open interest is counted in contracts.
    """

    kind: Kind
    path: str
    limit: int
    parameters: Callable[[Window], Parameters]
    rename: Rename
    rows: Callable[[object], Sequence[object]]
    post: Callable[[Window], object] | None = None
    who: str = ""
    reach: timedelta | None = None
    usd_each: float = 1.0


@dataclass(frozen=True)
class MarketSource:
    """One instrument of one venue.

    Attributes
    ----------
    venue, name : str
        House name of the venue; the venue's own name of the instrument.
    symbol : str
        Base asset.
    multiplier : float
        Coins in one unit of the instrument: 1000 of 1000PEPE.
    histories : tuple of History
        What the venue offers.
    client : VenueClient
    answers : tuple of Answer
        What is known of the instrument by.
    notes : tuple of str
        What is to be known of it.
    """

    venue: str
    name: str
    symbol: str
    multiplier: float
    histories: tuple[History, ...]
    client: VenueClient
    answers: tuple[Answer, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def offers(self) -> tuple[Kind, ...]:
        """Kinds that the venue has."""
        return tuple(kind for kind in KINDS if any(history.kind == kind for history in self.histories))


@dataclass(frozen=True)
class MarketRequest:
    """What is fetched of an instrument.

    Attributes
    ----------
    kinds : tuple of str
        Of `KINDS`.
    first, until : datetime
        Hours from, and before (UTC).
    now : datetime
        From when venues count back what they keep (UTC).
    folder : Path
        Where it is kept.
    track : callable
        Shows how far it is.
    extends : bool
        Whether what was kept before stands in front.
    """

    kinds: tuple[Kind, ...]
    first: datetime
    until: datetime
    now: datetime
    folder: Path
    track: Track = lambda pages, _: nullcontext(pages)
    extends: bool = False


@dataclass
class _Told:
    """Notes that go with the data and to the user."""

    say: Say
    notes: list[str] = field(default_factory=list)

    def add(self, notes: Sequence[str]) -> None:
        for note in (note for note in notes if note not in self.notes):
            self.notes.append(note)
            self.say(f"Note: {note}")


def refuse_missing(venue: str, *, wanted: Sequence[Kind], offered: Sequence[Kind]) -> None:
    """Say at once what a venue does not offer, before anything is fetched.

    Raises
    ------
    UsageError
        If one of the wanted kinds is not among the offered.
    """
    lacking = [kind for kind in wanted if kind not in offered]
    if lacking:
        told = " or ".join(TITLES[kind] for kind in lacking)
        raise UsageError(
            f"{venue} does not offer a history of {told}; it has {', '.join(offered)}. Ask for these with --kind, take "
            "another venue, or bring a file (for a report: --market FILE --open-interest FILE)."
        )


def fetch_market(source: MarketSource, request: MarketRequest, *, say: Say) -> dict[Kind, Path]:
    """Fetch histories of an instrument and keep them.

    Parameters
    ----------
    source : MarketSource
    request : MarketRequest
    say : callable
        Takes one line of progress or warning.

    Returns
    -------
    dict of str to Path
        Kind -> file that was kept: time (UTC), the kind's columns, symbol and venue. Bars have their start as time,
        the others their moment.

    Raises
    ------
    UsageError
        If the venue does not offer a kind.
    FetchError
        If the venue does not answer.
    DataError
        If there are no rows, or they cannot be read.
    """
    refuse_missing(source.venue, wanted=request.kinds, offered=source.offers)
    found: dict[Kind, Path] = {}
    each = next((history.usd_each for history in source.histories if history.kind == "interest"), 1.0)
    checks = MarketChecks(source.name, source.multiplier, each)
    for kind in (kind for kind in KINDS if kind in request.kinds):
        pages, told = Pages(request.folder), _Told(say)
        told.add(source.notes)
        checked = checks.checked(kind, _history(source, kind, request=request, pages=pages, told=told))
        told.add((*checked.notes, *source.client.notices))
        origin = origin_of(
            (*source.answers, *pages.answers), venue=source.venue, kind=kind, name=source.name, notes=told.notes
        )
        named = checked.frame.assign(symbol=source.symbol, venue=source.venue)
        grown = Extended(named, origin)
        if request.extends:
            grown = extended(named, origin, kind=kind, folder=request.folder, before=request.until)
            told.add(grown.origin.notes)
        found[kind] = keep(grown.frame, grown.origin, folder=request.folder, at=request.until)
        pages.forget()
    return found


def _history(source: MarketSource, kind: Kind, *, request: MarketRequest, pages: Pages, told: _Told) -> pd.DataFrame:
    """All rows of a kind; of ratios those of each group under its name."""
    frames = []
    for history in (history for history in source.histories if history.kind == kind):
        frame = _read(source, history, request=request, pages=pages, told=told)
        frames.append(frame.assign(who=history.who) if history.who else frame)
    if pages.resumed:
        told.say(f"{pages.resumed:,} page(s) of {kind} were there from a fetch that had broken off")
    return pd.concat(frames, ignore_index=True)


def _read(source: MarketSource, history: History, *, request: MarketRequest, pages: Pages, told: _Told) -> pd.DataFrame:
    what = f"{history.kind} of {source.name}" + (f" ({history.who})" if history.who else "")
    first = request.first
    if history.reach is not None and request.now - history.reach > first:
        first = _next_midnight(request.now - history.reach)
        told.add(
            (f"{source.venue} keeps {TITLES[history.kind]} for {history.reach.days} days: it begins {first:%Y-%m-%d}",)
        )
    # What is known at a moment is known at the end of a bar, so that of the last bar is asked for too.
    until = request.until if history.kind == "bars" else request.until + HOUR
    spans = windows(first, until, step=HOUR, limit=history.limit)
    with request.track(spans, f"{source.venue}: {what}") as tracked:
        answered = [_page(source, history, window, pages=pages) for window in tracked]
    once = collect(answered, lambda row: _key(row, history.rename))
    told.add(once.notes(what))
    read = read_rows(once.rows, history.rename, what=what)
    told.add(read.notes)
    if history.kind == "bars":  # an hour that has ended by this machine's clock alone is not over
        until = min(until, source.client.by_its_clock(request.now).replace(minute=0, second=0, microsecond=0))
    inside = _within(read.frame, first, until)
    if inside.empty:
        raise DataError(
            f"{source.venue} has no {what} from {first:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC. Ask for another "
            "period, or check the name of the instrument."
        )
    return inside


def _page(source: MarketSource, history: History, window: Window, *, pages: Pages) -> Sequence[object]:
    """Rows of one window."""
    body = history.post(window) if history.post else None
    return history.rows(pages.ask(source.client, history.path, history.parameters(window), post=body).body)


def _next_midnight(moment: datetime) -> datetime:
    """The same for a day, so that the pages of a fetch that broke off are found again."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if midnight == moment else midnight + timedelta(days=1)


def _within(frame: pd.DataFrame, first: datetime, until: datetime) -> pd.DataFrame:
    """Rows of the period asked for: venues are generous at the ends."""
    bounds = [moment.astimezone(UTC).replace(tzinfo=None) for moment in (first, until)]
    return frame[(frame["time"] >= bounds[0]) & (frame["time"] < bounds[1])].reset_index(drop=True)


def _key(row: object, rename: Rename) -> str:
    """Time of a row, which tells it from others: one moment, as text or number and in whichever unit."""
    place = rename["time"]
    told: object = row
    if isinstance(row, Mapping):
        told = row.get(place)
    elif isinstance(row, list) and isinstance(place, int) and len(row) > place:
        told = row[place]
    at = number(told)
    return f"{in_milliseconds(at)[0]:.0f}" if math.isfinite(at) else str(told)
