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
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cohortiv.errors import DataError
from cohortiv.history.packing import packed, unpacked
from cohortiv.history.snapshot import Snapshot, SnapshotRecord, record_as_json
from cohortiv.history.tables import CELL_SCHEMA, RECORD, TEXT, as_in_profile, table_of, table_of_month
from cohortiv.profile import FORMAT, LiquidationProfile

HISTORY_FORMAT: Final = "cohortiv-history-2"
MONTH_FORMAT: Final = "cohortiv-profile-month-2"
_META: Final = b"cohortiv"
_FEW_VALUES: Final = [field.name for field in CELL_SCHEMA if field.type != pa.float64()] + ["positions", RECORD]
"""Columns that repeat a few values; the others are written plainly, which costs less to read and takes no more room."""
_NAME: Final = re.compile(r"(\d{4}-\d{2})(?:-\d{2}T\d{6}Z)?_.+_[0-9a-f]{12}\.parquet")
_STAGED: Final = ".tmp"


@dataclass(frozen=True, slots=True)
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


def foreign_files(folder: Path) -> tuple[Path, ...]:
    """What lies in a folder without the name of a part of a history; hidden files apart, which are the writers' own."""
    if not folder.is_dir():
        return ()
    held = set(history_files(folder))
    return tuple(sorted(path for path in folder.iterdir() if path not in held and not path.name.startswith(".")))


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
        if meta.get("history") == HISTORY_FORMAT:
            return tuple(Stored(record, path, k, number) for k, (record, number) in enumerate(unpacked(meta)))
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError) as error:
        raise _unreadable(path, error) from error
    if "records" in meta or "history" in meta:
        raise DataError(
            f"{path.name} is of a history of the format {meta.get('history', 'cohortiv-history-1')}; allowed is "
            f"{HISTORY_FORMAT}. Build the history again with cohortiv profile, into another folder."
        )
    raise DataError(f"{path.name} is a Parquet file, but not of a history; one is written by cohortiv profile.")


def read_cells(wanted: Sequence[Stored], columns: Sequence[str]) -> pa.Table:
    """Cells of some snapshots of one file, in the order of the file.

    Parameters
    ----------
    wanted : sequence of Stored
        At least one, all of the same file.
    columns : sequence of str
        Columns wanted, text as dictionaries.

    Raises
    ------
    DataError
        If the file cannot be read, or has other cells than its records say.
    """
    path, rows = wanted[0].path, sum(each.record.cells for each in wanted)
    try:
        with pq.ParquetFile(path, read_dictionary=TEXT, pre_buffer=False) as file:
            is_whole = file.metadata.num_rows == rows
            table = file.read([*columns, *([] if is_whole else [RECORD])], use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(path, error) from error
    if not is_whole and RECORD in table.column_names:
        places = pa.array([each.place for each in wanted], pa.int32())
        table = table.filter(pc.is_in(table[RECORD], value_set=places)).drop_columns([RECORD])
    if table.num_rows != rows:
        raise DataError(
            f"{path.name} has {table.num_rows:,} cells where its records say {rows:,}: it was altered. Restore the "
            "file from a copy."
        )
    return table


def read_snapshots(path: Path) -> tuple[Snapshot, ...]:
    """Snapshots of a file, whole.

    Raises
    ------
    DataError
        If it cannot be read, or is not of a history.
    """
    stored = read_records(path)
    try:
        frame = as_in_profile(pq.read_table(path, partitioning=None).to_pandas())
    except (OSError, pa.ArrowException, KeyError) as error:
        raise _unreadable(path, error) from error
    place = frame.pop(RECORD) if RECORD in frame.columns else pd.Series(0, index=frame.index)
    parts = dict(iter(frame.groupby(place)))
    return tuple(_snapshot(each.record, parts.get(each.place, frame.head(0))) for each in stored)


def write_snapshot(snapshot: Snapshot, folder: Path) -> Path:
    """Write one snapshot to a file of its own."""
    record = snapshot.record
    path = folder / record.file_name
    head = {"format": FORMAT, "comovement": record_as_json(record)["comovement"], "origin": dict(record.origin)}
    return publish(_stage(table_of(snapshot.profile.cells), path, head | packed([record])), path)


def stage_month(snapshots: Sequence[Snapshot], path: Path) -> Path:
    """Write the snapshots of one month under a name that no reader looks at, and give that name.

    Parameters
    ----------
    snapshots : sequence of Snapshot
        In the order in which they are kept.
    path : Path
        File that is to be.
    """
    head = {"format": MONTH_FORMAT, **packed([part.record for part in snapshots])}
    return _stage(table_of_month(snapshots), path, head)


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


def _stage(table: pa.Table, path: Path, meta: dict[str, Any]) -> Path:
    plain = json.dumps({"history": HISTORY_FORMAT, **meta}, sort_keys=True)
    table = table.replace_schema_metadata({_META: plain.encode()})
    staged = path.with_name(f".{path.name}.{os.getpid()}{_STAGED}")
    with staged.open("wb") as stream:
        pq.write_table(table, stream, compression="lz4", use_dictionary=_FEW_VALUES)
        stream.flush()
        os.fsync(stream.fileno())
    return staged


def _unreadable(path: Path, error: Exception) -> DataError:
    return DataError(f"{path.name} cannot be read as a part of a history: {_first_line(error)}.")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
