"""What Parquet files say of themselves in their footers: columns, rows, the first time, and that they are made up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq

from cohortiv.errors import CohortivError, DataError
from cohortiv.file_names import listed, names_of
from cohortiv.positions import parse_as_of

SYNTHETIC_KEY: Final = b"cohortiv.synthetic"
PARQUET: Final = (".parquet", ".pq")


@dataclass(frozen=True)
class Footer:
    """Footer of one file.

    Attributes
    ----------
    columns : frozenset of str
    rows : int
    synthetic : bool
        Whether the file says that it was generated.
    first, last : datetime or None
        No row is earlier, later (UTC, without zone); None where the footer does not tell.
    """

    columns: frozenset[str]
    rows: int
    synthetic: bool
    first: datetime | None
    last: datetime | None


def is_parquet(path: Path) -> bool:
    """Whether a file is Parquet, by its ending."""
    return path.name.lower().endswith(PARQUET)


def read_footers(paths: Sequence[Path], *, time_column: str = "") -> tuple[Footer | None, ...]:
    """Footers of position files.

    Parameters
    ----------
    paths : sequence of Path
    time_column : str
        Column that holds the snapshot time; empty leaves `first` and `last` out.

    Returns
    -------
    tuple of Footer or None
        One a file, None for files of another kind.

    Raises
    ------
    DataError
        If a footer cannot be read: the first such file is named.
    """
    names = names_of(paths)
    return tuple(
        _read(path, name, time_column) if is_parquet(path) else None for path, name in zip(paths, names, strict=True)
    )


def _read(path: Path, name: str, time_column: str) -> Footer:
    try:
        with path.open("rb") as stream:
            found = pq.read_metadata(stream)
        schema = found.schema.to_arrow_schema()
    except (pa.ArrowException, OSError, ValueError) as error:  # the last of a web server that gives no parts
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise DataError(
            f"{name} is not a table that can be read: {first} Allowed are Parquet and CSV with a header. Check that "
            "the download is complete."
        ) from error
    is_synthetic = (schema.metadata or {}).get(SYNTHETIC_KEY) == b"true"
    return Footer(frozenset(schema.names), found.num_rows, is_synthetic, *_span(found, schema, time_column))


def _span(found: Any, schema: pa.Schema, column: str) -> tuple[datetime | None, datetime | None]:  # noqa: ANN401 - pyarrow's class has no types
    """The least and the largest time of a column by the statistics of all row groups."""
    place = next((n for n in range(found.num_columns) if found.schema.column(n).path == column), None)
    if place is None or column not in schema.names:
        return None, None
    told = [found.row_group(n).column(place).statistics for n in range(found.num_row_groups)]
    if not told or any(one is None or not one.has_min_max for one in told):
        return None, None
    first = [moment for one in told if (moment := _moment(one.min)) is not None]
    last = [moment for one in told if (moment := _moment(one.max)) is not None]
    return (min(first), max(last)) if len(first) == len(last) == len(told) else (None, None)


def _moment(value: object) -> datetime | None:
    """A time without zone, in UTC; None for anything that is none."""
    if isinstance(value, datetime):
        return value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
    return _midnight(value) if isinstance(value, date) else None


def within(
    paths: Sequence[Path], as_of: str | None, *, time_column: str, history_days: float | None = None
) -> tuple[Path, ...]:
    """The files that may hold rows up to a time; what was added later decides nothing then, and is not read.

    Parameters
    ----------
    paths : sequence of Path
    as_of : str or None
        Date (with its whole day) or timestamp; None takes all.
    time_column : str
        Column that holds the snapshot time, in the files or as a key of their folders.
    history_days : float, optional
        How far back rows count [days]; without a limit if None.

    Returns
    -------
    tuple of Path
        All where none would be left, so that a message can say what there is.

    Raises
    ------
    UsageError, DataError
        If `as_of` is no time, or a footer cannot be read.
    """
    if as_of is None:
        return tuple(paths)
    asked = parse_as_of(as_of)
    begin, end = (
        (asked, asked) if isinstance(asked, datetime) else (_midnight(asked), datetime.combine(asked, time.max))
    )
    begin = datetime.min if history_days is None else begin - timedelta(days=history_days)  # noqa: DTZ901 - house times have no zone

    def counts(first: datetime | None, last: datetime | None) -> bool:
        return first is None or last is None or (first <= end and last >= begin)

    keyed = [_of_folder(path, time_column) for path in paths]
    near = [path for path, time_of in zip(paths, keyed, strict=True) if counts(time_of, time_of)]
    footers = read_footers(near, time_column=time_column)
    found = [path for path, one in zip(near, footers, strict=True) if one is None or counts(one.first, one.last)]
    return tuple(found or paths)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _of_folder(path: Path, column: str) -> datetime | None:
    """Time that a folder named COLUMN=TIME gives a file."""
    value = next((part.partition("=")[2] for part in reversed(path.parts[:-1]) if part.startswith(f"{column}=")), "")
    try:
        asked = parse_as_of(unquote(value)) if value else None
    except CohortivError:
        return None
    return asked if isinstance(asked, datetime) or asked is None else _midnight(asked)


def is_synthetic(paths: Sequence[Path]) -> bool:
    """Whether one of some files says that it was generated; raises as `read_footers` does."""
    return any(one is not None and one.synthetic for one in read_footers(paths))


def uneven_columns(paths: Sequence[Path], footers: Sequence[Footer | None], names: Sequence[str]) -> Iterator[str]:
    """Columns that some files have and others lack, one sentence each: rows of the others have none.

    Parameters
    ----------
    paths : sequence of Path
    footers : sequence of Footer or None
        Of the same files.
    names : sequence of str
        Columns that matter.
    """
    told = zip(paths, names_of(paths), footers, strict=True)
    known = [(path, name, one) for path, name, one in told if one is not None]
    for column in names:
        lacking = [name for path, name, one in known if not (column in one.columns or _is_key(path, column))]
        if lacking and len(lacking) < len(known):
            yield (
                f"{column} is in {len(known) - len(lacking):,} of {len(known):,} files and not in "
                f"{listed(lacking)}, whose rows have none"
            )


def _is_key(path: Path, column: str) -> bool:
    """Whether a folder on the way to a file gives all its rows a column."""
    return any(part.startswith(f"{column}=") for part in path.parts[:-1])


def place_of(row: int, *, paths: Sequence[Path], footers: Sequence[Footer | None]) -> str:
    """Which row of which file a row of all files is, counted from 1; by its number alone where that is not known.

    Parameters
    ----------
    row : int
    paths : sequence of Path
    footers : sequence of Footer or None
        Of the same files, in the order in which they are read; empty where an engine reads them in another.
    """
    if len(footers) > 1 and all(footers):
        left = row
        for name, one in zip(names_of(paths), footers, strict=True):
            if one is not None and left <= one.rows:
                return f"row {left} of {name}"
            left -= 0 if one is None else one.rows
    return f"row {row}"
