"""Rows of market data as venues answer them, in house words: numbers from text, times in one unit, bad rows counted."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from cohortiv.errors import DataError
from cohortiv.sources.fetch.answers import number

#: House column -> the venue's field, or its place in a list.
Rename = Mapping[str, str | int]
TIME: Final = "time"
#: Columns that may be below 0.
SIGNED: Final = frozenset({"funding_rate"})
#: Columns that have to be above 0.
PRICES: Final = frozenset({"open", "high", "low", "close"})
#: A time since 1970 below this many is in this unit, which is so many milliseconds long; the last is out of range.
_UNITS: Final = ((1e8, "", 0.0), (1e11, "seconds", 1e3), (1e14, "", 1.0), (1e17, "microseconds", 1e-3))
#: Share of bad rows from which on an answer is not believed [1].
_TOO_MANY: Final = 0.5
#: Characters of a row that an error shows.
_SHOWN: Final = 120


@dataclass(frozen=True, eq=False)
class ReadRows:
    """Rows in house words.

    Attributes
    ----------
    frame : DataFrame
        time (UTC, without zone), rising, and the other columns of the rename table as numbers.
    notes : tuple of str
        What was mapped, and what was left out and why, with counts.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...]


def read_rows(rows: Sequence[object], rename: Rename, *, what: str) -> ReadRows:
    """Put rows of a venue into house words.

    Parameters
    ----------
    rows : sequence
        Lists or objects, as parsed from JSON or a CSV file.
    rename : mapping
        House column -> field.
    what : str
        Of what, for messages.

    Returns
    -------
    ReadRows
        A row with a null, a word, an infinity, a negative size, a price of 0 or an impossible time is left out and
        counted by its reason. No rows give an empty frame.

    Raises
    ------
    DataError
        If half of the rows or more cannot be used: the venue has changed its answer.
    """
    kept: list[dict[str, float]] = []
    wrong: Counter[str] = Counter()
    units: Counter[str] = Counter()
    first_bad: object = None
    for row in rows:
        values = {house: number(_field(row, field)) for house, field in rename.items()}
        values[TIME], unit = in_milliseconds(values[TIME])
        reason = next((told for house, value in values.items() if (told := _fault(house, value))), "")
        if reason:
            wrong[reason] += 1
            first_bad = row if first_bad is None else first_bad
            continue
        units[unit] += 1
        kept.append(values)
    _refuse_most(wrong, total=len(rows), what=what, rename=rename, bad=first_bad)
    frame = pd.DataFrame(kept, columns=list(rename)).sort_values(TIME, kind="stable", ignore_index=True)
    frame[TIME] = pd.to_datetime(frame[TIME].astype("int64"), unit="ms").astype("datetime64[us]")
    notes = [f"{count:,} row(s) of {what} left out: {reason}" for reason, count in wrong.most_common()]
    mapped = [f"{count:,} time(s) of {what} came in {unit} and were mapped" for unit, count in units.items() if unit]
    return ReadRows(frame, (*notes, *mapped, *_mixed_types(rows, rename, what=what)))


def listed_rows(found: object, *, venue: str) -> list[object]:
    """Rows of an answer, which are a list.

    Raises
    ------
    DataError
        If they are not: the venue has changed its answer, or it is an error in disguise.
    """
    if isinstance(found, list):
        return found
    raise DataError(
        f"{venue} answered {str(found)[:_SHOWN]!r}; known is a list of rows. The venue may have changed its answer: "
        "bring a file of your own, or wait for a version that knows it."
    )


def _field(row: object, field: str | int) -> object:
    """One value; None where the row has no such field."""
    if isinstance(field, int):
        return row[field] if isinstance(row, list) and len(row) > field else None
    return row.get(field) if isinstance(row, Mapping) else None


def in_milliseconds(moment: float) -> tuple[float, str]:
    """Milliseconds since 1970, and the name of the unit where it was another; NaN where it is no time."""
    for limit, unit, length in _UNITS:
        if moment < limit:
            return (moment * length if length else math.nan), unit
    return math.nan, ""


def _fault(house: str, value: float) -> str:
    """Why a value cannot be used; empty where it can."""
    if math.isnan(value):
        return f"{house} is no {'time' if house == TIME else 'number'}"
    if house in PRICES and value <= 0:
        return f"{house} is not above 0"
    return f"{house} is negative" if value < 0 and house not in SIGNED else ""


def _refuse_most(wrong: "Counter[str]", *, total: int, what: str, rename: Rename, bad: object) -> None:
    count = wrong.total()
    if count and count >= _TOO_MANY * total:
        raise DataError(
            f"{count:,} of {total:,} row(s) of {what} cannot be used ({', '.join(wrong)}; the first: "
            f"{str(bad)[:_SHOWN]}); known are the fields {', '.join(str(field) for field in rename.values())}. The "
            "venue may have changed its answer: bring a file of your own, or wait for a version that knows it."
        )


def _mixed_types(rows: Sequence[object], rename: Rename, *, what: str) -> list[str]:
    """Fields that come as numbers in some rows and as text in others; both are read."""
    told = []
    for house, field in rename.items():
        kinds = Counter("text" if isinstance(_field(row, field), str) else "numbers" for row in rows)
        if len(kinds) > 1:
            counts = " and ".join(f"as {kind} in {count:,}" for kind, count in sorted(kinds.items()))
            told.append(f"{house} of {what} came {counts} row(s); both are read")
    return told
