"""Cells of a history as Arrow tables of small types without missing values, and many tables stacked to one frame."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from cohortiv.history.snapshot import Snapshot
from cohortiv.profile.cells import KEYS, MARKS, MEASURES

RECORD: Final = "record"
"""Column of a month's file: which of its records a cell belongs to."""
TEXT: Final = ("venue", "symbol", "product", "side")
WHOLE_NUMBERS: Final = tuple(name for name in KEYS if name not in {"as_of", *TEXT})
CELL_SCHEMA: Final = pa.schema(
    [
        pa.field("as_of", pa.timestamp("us"), nullable=False),
        *(pa.field(name, pa.string() if name in TEXT else pa.int16(), nullable=False) for name in KEYS[1:]),
        *(pa.field(name, pa.float64(), nullable=False) for name in (*MEASURES, *MARKS)),
    ]
)
"""Columns of every file: what is never missing and small is read several times as fast."""
Values = npt.NDArray[Any]
_MONTH_SCHEMA: Final = CELL_SCHEMA.append(pa.field(RECORD, pa.int32(), nullable=False))


def table_of(cells: pd.DataFrame) -> pa.Table:
    """Cells of a profile, as `tidy` makes them, as a table of `CELL_SCHEMA`."""
    return _table(cells, CELL_SCHEMA)


def table_of_month(snapshots: Sequence[Snapshot]) -> pa.Table:
    """Cells of several snapshots with `RECORD`, their places in the sequence."""
    cells = [part.profile.cells.assign(**{RECORD: place}) for place, part in enumerate(snapshots)]
    return _table(pd.concat(cells, ignore_index=True), _MONTH_SCHEMA)


def as_in_profile(frame: pd.DataFrame) -> pd.DataFrame:
    """Cells with the types that a profile has: whole numbers of 64 bits, and text."""
    return frame.astype({**dict.fromkeys(WHOLE_NUMBERS, "int64"), **dict.fromkeys(TEXT, "str")})


def stacked(tables: Iterable[pa.Table], rows: int) -> pd.DataFrame:
    """Tables one below the other.

    Parameters
    ----------
    tables : iterable of pyarrow.Table
        At least one, all with the same columns and without missing values; text as dictionaries. Each is copied and
        let go before the next but one is taken.
    rows : int
        Rows of all of them together.

    Returns
    -------
    DataFrame
        Text as categories, other columns as they are.
    """
    columns: dict[str, _Column] = {}
    end = 0
    for table in tables:
        start, end = end, end + table.num_rows
        for field, column in zip(table.schema, table.columns, strict=True):
            kind = _Text if pa.types.is_dictionary(field.type) else _Column
            into = columns.setdefault(field.name, kind(rows))
            at = start
            for chunk in column.chunks:
                into.add(chunk, at)
                at += len(chunk)
    return pd.DataFrame({name: column.done() for name, column in columns.items()}, copy=False)


class _Column:
    """A column that is being filled; as long as it has one value only, that value is all that is kept of it."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._only: Values | None = None
        self._values: Values | None = None

    def add(self, chunk: pa.Array, start: int) -> None:
        """Take the values of a chunk, whose first row is `start`; chunks come in order."""
        self._fill(chunk.to_numpy(zero_copy_only=False), start)

    def done(self) -> Values | pd.Categorical:
        """The column; one that has a single value is a view of it."""
        return self._filled()

    def _filled(self) -> Values:
        if self._values is not None:
            return self._values
        return np.broadcast_to(np.zeros(1) if self._only is None else self._only, self._rows)

    def _fill(self, values: Values, start: int) -> None:
        if self._values is None:
            if self._only is None:
                self._only = values[:1].copy()
            if (values == self._only).all():
                return
            self._values = _room(self._rows, values.dtype)
            self._values[:start] = self._only
        self._values[start : start + len(values)] = values


class _Text(_Column):
    """A column of text: numbers of its texts, in the order in which they were met."""

    def __init__(self, rows: int) -> None:
        super().__init__(rows)
        self._numbers: dict[str, int] = {}

    def add(self, chunk: pa.Array, start: int) -> None:
        """Take the texts of a chunk of a dictionary."""
        texts = chunk.dictionary.to_pylist()
        numbers = np.array([self._numbers.setdefault(text, len(self._numbers)) for text in texts], dtype=np.int16)
        self._fill(numbers[chunk.indices.to_numpy()], start)

    def done(self) -> pd.Categorical:
        """The column as categories."""
        texts: pd.Categorical = pd.Categorical.from_codes(
            self._filled(), categories=pd.Index(list(self._numbers), dtype="str")
        )
        return texts


def _room(rows: int, dtype: npt.DTypeLike) -> Values:
    """An array to be filled; numpy's own would be of huge pages, which take longer to clear than all else takes."""
    kind = np.dtype(dtype)
    return np.frombuffer(pa.allocate_buffer(rows * kind.itemsize, memory_pool=pa.system_memory_pool()), dtype=kind)


def _table(cells: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    columns = [
        pa.array(cells[field.name], type=field.type) if field.name in TEXT
        else pa.array(cells[field.name].to_numpy(), from_pandas=False).cast(field.type)
        for field in schema
    ]  # fmt: skip
    return pa.Table.from_arrays(columns, schema=schema)
