"""Files of a history: one snapshot, or one series' month, written in one step and read by column."""

import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cohortiv.errors import DataError
from cohortiv.history.snapshot import Snapshot, SnapshotRecord, record_as_json, record_of
from cohortiv.profile import FORMAT, LiquidationProfile

MONTH_FORMAT: Final = "cohortiv-profile-month-1"
RECORD: Final = "record"
"""Column of a month's file: which of its records a cell belongs to."""
_META: Final = b"cohortiv"
_TEXT: Final = ("venue", "symbol", "product", "side")
_NAME: Final = re.compile(r"(\d{4}-\d{2})(?:-\d{2}T\d{6}Z)?_.+_[0-9a-f]{12}\.parquet")
_STAGED: Final = ".tmp"


@dataclass(frozen=True)
class Stored:
    """A snapshot in a file.

    Attributes
    ----------
    record : SnapshotRecord
    path : Path
        File that holds it.
    place : int
        Its place among the records of that file.
    number : str
        Number of the record, as the file has it; a check compares it with the record's own.
    """

    record: SnapshotRecord
    path: Path
    place: int
    number: str

    @property
    def is_monthly(self) -> bool:
        """Whether the file holds a month."""
        return is_month(self.path)


def history_files(folder: Path) -> tuple[Path, ...]:
    """Files of a history, by name; what is being written, and files of other kinds, are none."""
    if not folder.is_dir():
        return ()
    return tuple(sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name)))


def is_month(path: Path) -> bool:
    """Whether a file's name is that of a month."""
    return path.name[len("YYYY-MM")] == "_"


def read_records(path: Path) -> tuple[Stored, ...]:
    """Records of a file, without its cells.

    Raises
    ------
    DataError
        If it cannot be read, or is not of a history.
    """
    try:
        meta = json.loads((pq.read_metadata(path).metadata or {}).get(_META, b"{}"))
        if meta.get("format") in (FORMAT, MONTH_FORMAT) and "records" in meta:
            return tuple(
                Stored(record_of(plain), path, place, number)
                for place, (plain, number) in enumerate(zip(meta["records"], meta["numbers"], strict=True))
            )
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path.name} cannot be read as a part of a history: {_first_line(error)}.") from error
    raise DataError(f"{path.name} is a Parquet file, but not of a history; one is written by cohortiv profile.")


def read_cells(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Cells of a file as they are stored, with `RECORD` where it holds a month.

    Parameters
    ----------
    path : Path
    columns : sequence of str, optional
        Columns wanted, text as categories; all as they are if None.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    wanted = None if columns is None else [*columns, *([RECORD] if is_month(path) else [])]
    try:
        with pq.ParquetFile(path, read_dictionary=[] if columns is None else _TEXT) as file:
            return file.read(columns=wanted, use_threads=is_month(path))
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{path.name} cannot be read as a part of a history: {_first_line(error)}.") from error


def read_snapshots(path: Path) -> tuple[Snapshot, ...]:
    """Snapshots of a file, whole.

    Raises
    ------
    DataError
        If it cannot be read, or is not of a history.
    """
    stored, frame = read_records(path), read_cells(path).to_pandas()
    place = frame.pop(RECORD) if RECORD in frame.columns else pd.Series(0, index=frame.index)
    parts = dict(iter(frame.groupby(place)))
    return tuple(_snapshot(each.record, parts.get(each.place, frame.head(0))) for each in stored)


def write_snapshot(snapshot: Snapshot, folder: Path) -> Path:
    """Write one snapshot to a file of its own."""
    record = snapshot.record
    table, path = pa.Table.from_pandas(snapshot.profile.cells, preserve_index=False), folder / record.file_name
    head = {"comovement": record_as_json(record)["comovement"], "origin": dict(record.origin)}
    return publish(_stage(table, path, {"format": FORMAT, **head, **_records([record])}), path)


def stage_month(snapshots: Sequence[Snapshot], path: Path) -> Path:
    """Write the snapshots of one month under a name that no reader looks at, and give that name.

    Parameters
    ----------
    snapshots : sequence of Snapshot
        In the order in which they are kept.
    path : Path
        File that is to be.
    """
    cells = [part.profile.cells.assign(**{RECORD: place}) for place, part in enumerate(snapshots)]
    table = pa.Table.from_pandas(pd.concat(cells, ignore_index=True), preserve_index=False)
    table = table.set_column(table.schema.get_field_index(RECORD), RECORD, table[RECORD].cast(pa.int32()))
    return _stage(table, path, {"format": MONTH_FORMAT, **_records([part.record for part in snapshots])})


def publish(staged: Path, path: Path) -> Path:
    """Give a staged file its name, in one step that outlives a loss of power."""
    staged.replace(path)
    if os.name == "posix":
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return path


def staged_files(folder: Path) -> Iterable[Path]:
    """What writers that were killed left behind; ask only while no other writer is at work."""
    return folder.glob(f".*{_STAGED}")


def _snapshot(record: SnapshotRecord, cells: pd.DataFrame) -> Snapshot:
    return Snapshot(LiquidationProfile(cells.reset_index(drop=True), record.comovement, record.origin), record)


def _records(records: Sequence[SnapshotRecord]) -> dict[str, Any]:
    return {
        "records": [record_as_json(record) for record in records],
        "numbers": [record.number for record in records],
    }  # fmt: skip


def _stage(table: pa.Table, path: Path, meta: dict[str, Any]) -> Path:
    table = table.replace_schema_metadata({_META: json.dumps(meta, sort_keys=True).encode()})
    staged = path.with_name(f".{path.name}.{os.getpid()}{_STAGED}")
    with staged.open("wb") as stream:
        pq.write_table(table, stream, compression="zstd")
        stream.flush()
        os.fsync(stream.fileno())
    return staged


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
