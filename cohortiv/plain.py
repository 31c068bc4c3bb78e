"""Values as text and as JSON: the CSV behind a figure or table, the cells a reader sees, the numbers of a summary."""

import csv
import io
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from numbers import Integral, Real
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

MISSING = "–"
#: An index above this is told as "over" it: its digits mean nothing any more [%].
HIGHEST_INDEX_TOLD = 1000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Written:
    """A value with the words that stand for it where a column's pattern doesn't fit all of its rows.

    Attributes
    ----------
    value : object
        What the CSV holds: a number, or None where none is told.
    words : str
        What a reader sees: "0.42", "42 %", "withheld".
    """

    value: object
    words: str


def csv_text(frame: "pd.DataFrame", *, units: Mapping[str, str] | None = None) -> str:
    """Write a frame as CSV that a spreadsheet opens without running anything in it.

    Parameters
    ----------
    frame : DataFrame
        Rows; times are UTC.
    units : mapping of str to str, optional
        Unit of some of the columns, which stands in the head in brackets: "share [1]". Default: none.

    Returns
    -------
    str
        CSV with a head, lines ended by a line feed. Numbers have all their digits, NaN is empty, times are ISO 8601
        (dates alone where all of a column are at midnight); text that starts like a formula gets an apostrophe.
    """
    columns = [_csv_column(frame[key].tolist()) for key in frame.columns]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    said = units or {}
    writer.writerow(_safe(f"{key} [{said[key]}]" if said.get(key) else str(key)) for key in frame.columns)
    writer.writerows(zip(*columns, strict=True))
    return buffer.getvalue()


def shown(value: object, pattern: str | Callable[[float], str] = "{}") -> str:
    """Write one value as a reader sees it.

    Parameters
    ----------
    value : object
        Any value of a table.
    pattern : str or callable
        Pattern of `str.format`, such as "{:,.1f}", or what writes a number; it is left out for text.

    Returns
    -------
    str
        The formatted value; a dash for NaN and None, ∞ for infinity; negative numbers have a true minus sign, a
        percent sign stands after a no-break space.
    """
    if isinstance(value, Written):
        return value.words
    if _is_missing(value):
        return MISSING
    if isinstance(value, Real) and math.isinf(value):
        return "∞" if float(value) > 0 else "−∞"
    if isinstance(value, str):
        return value
    if not isinstance(pattern, str):
        return pattern(value) if isinstance(value, float) else shown(value)
    formatted = pattern.format(value)
    return formatted.replace("-", "−").replace("%", "\u00a0%") if isinstance(value, Real) else formatted


def _csv_column(cells: list[object]) -> list[str]:
    values = [cell.value if isinstance(cell, Written) else cell for cell in cells]
    moments = [value for value in values if isinstance(value, datetime) and not _is_missing(value)]
    only_dates = all(moment.time() == time.min for moment in moments)
    return [_csv_cell(value, only_dates=only_dates) for value in values]


def _csv_cell(value: object, *, only_dates: bool) -> str:
    if _is_missing(value):
        return ""
    match value:
        case bool():
            return str(value).lower()
        case Integral():
            return str(int(value))
        case Real():
            return repr(float(value))
        case datetime():
            return value.date().isoformat() if only_dates else f"{value:%Y-%m-%dT%H:%M:%SZ}"
    return _safe(str(value))


def _is_missing(value: object) -> bool:
    """Tell None, NaN, NaT and pandas' NA, which alone differ from themselves or cannot say."""
    if value is None:
        return True
    try:
        return bool(value != value)  # noqa: PLR0124 - that is what defines NaN
    except TypeError:
        return True


def _safe(text: str) -> str:
    """Text that is no formula; a carriage return alone would go unquoted and start a row of its own."""
    one_kind = text.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{one_kind}" if text.startswith(_FORMULA_STARTS) else one_kind


def plain_values(value: object) -> object:
    """Turn a value into what JSON knows: infinity into "inf", NaN into None, times into ISO 8601 text.

    Parameters
    ----------
    value : object
        Number, text, time, mapping or sequence, nested as needed; NumPy's scalars too.

    Returns
    -------
    object
        The same in plain Python values.

    Raises
    ------
    TypeError
        If there is anything else in it.
    """
    if isinstance(value, Mapping):
        return {str(key): plain_values(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_values(item) for item in value]
    return _plain_scalar(value)


def _plain_scalar(value: object) -> object:
    match value:
        case None | str() | bool():
            plain: object = value
        case date():
            plain = None if _is_missing(value) else value.isoformat()
        case Integral():
            plain = int(value)
        case Real():
            plain = _plain_number(float(value))
        case _ if hasattr(value, "item"):
            plain = plain_values(value.item())
        case _:
            raise TypeError(f"A summary cannot hold {type(value).__name__}; turn it into numbers, text or lists.")
    return plain


def _plain_number(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else ("inf" if value > 0 else "-inf")
