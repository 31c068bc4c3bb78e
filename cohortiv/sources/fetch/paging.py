"""Histories page by page: the times to ask for, and rows that two pages share counted once."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

Row = TypeVar("Row")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Window:
    """What one page covers.

    Attributes
    ----------
    first_ms, last_ms : int
        First and last millisecond since 1970, both included.
    """

    first_ms: int
    last_ms: int


def windows(first: datetime, until: datetime, *, step: timedelta, limit: int) -> tuple[Window, ...]:
    """Windows of `limit` steps each, from `first` to before `until`, whose ends lie at the same times for every fetch.

    Parameters
    ----------
    first, until : datetime
        With a zone.
    step : timedelta
        Between two rows.
    limit : int
        Most rows that the venue gives at once.

    Returns
    -------
    tuple of Window
        None where `until` is not after `first`. A page is known by its times alone, so one that is kept is not asked
        for again, and neither a short nor an empty page ends the history.
    """
    length = step * limit
    even = first - (first - _EPOCH) % length
    starts = [even + length * page for page in range(-(-(until - even) // length))] if until > first else []
    spans = [(max(start, first), min(start + length, until)) for start in starts]
    return tuple(Window(_milliseconds(begin), _milliseconds(end) - 1) for begin, end in spans)


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


@dataclass(frozen=True)
class Collected(Generic[Row]):
    """Rows of all pages, each once.

    Attributes
    ----------
    rows : tuple
        In the order of the pages.
    repeated : int
        Rows that were dropped as one of the same key had come before, with the same content.
    contradicted : int
        The same, with another content: the one that came last stays.
    """

    rows: tuple[Row, ...]
    repeated: int
    contradicted: int

    def notes(self, what: str) -> tuple[str, ...]:
        """What to tell of rows that came twice."""
        told = (
            (self.repeated, "came twice and count once"),
            (self.contradicted, "came twice with different content; the last counts"),
        )
        return tuple(f"{count:,} row(s) of {what} {said}" for count, said in told if count)


def collect(pages: Iterable[Sequence[Row]], key: Callable[[Row], Hashable]) -> Collected[Row]:
    """Put pages together.

    Parameters
    ----------
    pages : iterable of sequence
    key : callable
        What tells one row from another, such as its time.

    Returns
    -------
    Collected
    """
    kept: dict[Hashable, Row] = {}
    repeated = contradicted = 0
    for page in pages:
        for row in page:
            name = key(row)
            if name in kept:
                same = kept[name] == row
                repeated, contradicted = repeated + same, contradicted + (not same)
            kept[name] = row
    return Collected(tuple(kept.values()), repeated, contradicted)
