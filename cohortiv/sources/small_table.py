"""Small tables in: one CSV or Parquet file of aggregates or market data, checked value by value."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cohortiv.errors import DataError, UsageError

_PARQUET: Final = (".parquet", ".pq")
_CSV: Final = (".csv", ".csv.gz")
#: Bad values that an error shows.
_SHOWN: Final = 5


@dataclass(frozen=True)
class Field:
    """One column of a small table.

    Attributes
    ----------
    name : str
        House name.
    kind : {"text", "number", "time"}
        Text, 64-bit float, UTC timestamp without zone.
    allowed : str
        What a value may be, for messages.
    required : bool
        Whether a table without the column, or a row without a value, is refused.
    least : float
        Smallest number allowed.
    open : bool
        Whether numbers must be more than `least`.
    words : tuple of str
        Texts allowed; empty allows all that are not blank.
    """

    name: str
    kind: Literal["text", "number", "time"]
    allowed: str
    required: bool = True
    least: float = 0.0
    open: bool = True
    words: tuple[str, ...] = ()


def read_small_table(path: Path, *, option: str) -> pd.DataFrame:
    """Read a file as it is: CSV as text, Parquet in its own types.

    Parameters
    ----------
    path : Path
        Ends in .csv, .csv.gz, .parquet or .pq.
    option : str
        Option that it was given with, for messages.

    Raises
    ------
    UsageError
        If there is no file, or its ending is another.
    DataError
        If it cannot be read, or has no rows.
    """
    if not path.is_file():
        raise UsageError(f"{option} got {str(path)!r}, which is no file; allowed is a CSV or Parquet file. Check it.")
    name = path.name.lower()
    if not name.endswith((*_PARQUET, *_CSV)):
        raise UsageError(
            f"{option} got {path.name}; allowed are files that end in {', '.join((*_CSV, *_PARQUET))}. Convert it."
        )
    try:
        frame = (
            pq.read_table(path).to_pandas() if name.endswith(_PARQUET)
            else pd.read_csv(path, dtype="str", encoding="utf-8-sig")
        )  # fmt: skip
    except (OSError, EOFError, ValueError, pa.ArrowException) as error:
        said = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise DataError(
            f"{path.name} is not a table that can be read: {said}. Allowed are Parquet, and CSV "
            "in UTF-8 with a header. Check that the download is complete."
        ) from error
    if frame.empty:
        raise DataError(f"No rows in {path.name}. Check the export that wrote it.")
    return frame


def typed_table(
    frame: pd.DataFrame, fields: Sequence[Field], *, where: str, aliases: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """The known columns of a table in their types, each value checked.

    Parameters
    ----------
    frame : DataFrame
        Any columns; those of no field are dropped.
    fields : sequence of Field
    where : str
        Name of the file, for messages.
    aliases : mapping of str to str, optional
        Other name -> house name, used where the house name is absent.

    Returns
    -------
    DataFrame
        Columns of the fields that the table has, in their order. Optional values may be missing (NaN, empty text).

    Raises
    ------
    DataError
        If a required column is missing, or a value is not allowed: counted, the first rows shown.
    """
    other = {old: new for old, new in (aliases or {}).items() if new not in frame.columns}
    renamed = frame.rename(columns=other)
    missing = [field.name for field in fields if field.required and field.name not in renamed.columns]
    if missing:
        raise DataError(
            f"{where} lacks {', '.join(missing)}; it has {', '.join(map(str, frame.columns))}. Needed are "
            f"{', '.join(field.name for field in fields if field.required)}: rename its columns."
        )
    held = [field for field in fields if field.name in renamed.columns]
    return pd.DataFrame({field.name: _typed(renamed[field.name], field, where=where) for field in held})


def _typed(values: "pd.Series[Any]", field: Field, *, where: str) -> "pd.Series[Any]":
    """One column in its type; raises where a value is not allowed."""
    text = values.astype("str").str.strip().where(values.notna(), "")
    typed, good = _TYPED[field.kind](text, field)
    bad = ~(good if field.required else good | (text == ""))
    if bad.any():
        rows = ", ".join(f"row {row + 1}: {text.iloc[row]!r}" for row in np.flatnonzero(bad)[:_SHOWN])
        raise DataError(
            f"{where}: {int(bad.sum()):,} of {len(text):,} value(s) of {field.name} cannot be used ({rows}); allowed "
            f"is {field.allowed}. Mend the rows."
        )
    return typed


_Typed = tuple["pd.Series[Any]", "pd.Series[bool]"]


def _times(text: "pd.Series[str]", _field: Field) -> _Typed:
    written = text.where(text.str.match(r"\d"))  # pandas would take "now" and "today" from the clock
    typed = pd.to_datetime(written, utc=True, errors="coerce", format="ISO8601").dt.tz_localize(None)
    return typed, typed.notna()


def _numbers(text: "pd.Series[str]", field: Field) -> _Typed:
    typed = pd.to_numeric(text.where(text != ""), errors="coerce").astype("float64")
    above = typed > field.least if field.open else typed >= field.least
    return typed, above & np.isfinite(typed)


def _words(text: "pd.Series[str]", field: Field) -> _Typed:
    return text, text.isin(field.words) if field.words else text != ""


_TYPED: Final[Mapping[str, Callable[["pd.Series[str]", Field], _Typed]]] = {
    "time": _times, "number": _numbers, "text": _words,
}  # fmt: skip
