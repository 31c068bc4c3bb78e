"""Files of a history: one snapshot or a month, written in one step, read back as they were."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from history_support import TIMES, names, snapshots_at

from cohortiv.errors import DataError
from cohortiv.history.files import (
    history_files,
    is_month,
    publish,
    read_cells,
    read_records,
    read_snapshots,
    stage_month,
    write_snapshot,
)
from cohortiv.profile import load_profile

KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from history_support import snapshots_at
from cohortiv.history.store import add_snapshots
folder = Path(sys.argv[1])
add_snapshots(folder, snapshots_at("2026-02-01T12:00:00"))
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
add_snapshots(folder, snapshots_at("2026-02-02T12:00:00"))
"""


def test_a_snapshot_comes_back_as_it_was(tmp_path: Path) -> None:
    """Cells, movement, origin and record."""
    (given,) = snapshots_at(TIMES[0])
    (read,) = read_snapshots(write_snapshot(given, tmp_path))
    pd.testing.assert_frame_equal(read.profile.cells, given.profile.cells, check_exact=True)
    assert (read.record, read.profile.comovement, read.profile.origin) == (
        given.record, given.profile.comovement, given.profile.origin,
    )  # fmt: skip


def test_a_snapshot_is_a_profile_like_any_other(tmp_path: Path) -> None:
    """What reads a profile reads it."""
    (given,) = snapshots_at(TIMES[0])
    pd.testing.assert_frame_equal(load_profile(write_snapshot(given, tmp_path)).cells, given.profile.cells)


def test_equal_snapshots_are_equal_bytes(tmp_path: Path) -> None:
    """No clock and no machine is in a file, and its name is the same too."""
    paths = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        paths.append(write_snapshot(snapshots_at(TIMES[0])[0], tmp_path / name))
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert paths[0].name == paths[1].name


def test_a_month_comes_back_as_it_was(tmp_path: Path) -> None:
    """Each snapshot apart again."""
    given, path = snapshots_at(), tmp_path / "2026-02_all-accounts_BTC_000000000000.parquet"
    publish(stage_month(given, path), path)
    read = read_snapshots(path)
    assert [part.record for part in read] == [part.record for part in given]
    for part, other in zip(read, given, strict=True):
        pd.testing.assert_frame_equal(part.profile.cells, other.profile.cells, check_exact=True)


def test_a_month_is_no_profile(tmp_path: Path) -> None:
    """It may hold superseded snapshots, which nobody should add up."""
    path = tmp_path / "2026-02_all-accounts_BTC_000000000000.parquet"
    publish(stage_month(snapshots_at(), path), path)
    with pytest.raises(DataError, match="has the format 'cohortiv-profile-month-2'"):
        load_profile(path)


def test_columns_can_be_chosen(tmp_path: Path) -> None:
    """Others are not read."""
    stored = read_records(write_snapshot(snapshots_at(TIMES[0])[0], tmp_path))
    assert read_cells(stored, ["as_of", "bin"]).column_names == ["as_of", "bin"]


def test_other_files_are_none_of_a_history(tmp_path: Path) -> None:
    """Neither what is being written nor what somebody laid there; a folder that is not there holds none."""
    path = write_snapshot(snapshots_at(TIMES[0])[0], tmp_path)
    for name in ("notes.txt", "profile.parquet", f".{path.name}.1.tmp"):
        (tmp_path / name).touch()
    assert history_files(tmp_path) == (path,)
    assert history_files(tmp_path / "nowhere") == ()
    assert not is_month(path)


@pytest.mark.parametrize("content", [b"", b"PAR1 not quite PAR1"])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    """In a sentence, whatever is wrong with it."""
    path = tmp_path / "2026-02-01T120000Z_a_BTC_000000000000.parquet"
    path.write_bytes(content)
    for read in (read_records, read_snapshots):
        with pytest.raises(DataError, match=rf"{path.name} cannot be read as a part of a history"):
            read(path)


def test_another_parquet_file_is_named(tmp_path: Path) -> None:
    """A name alone makes no history."""
    path = tmp_path / "2026-02-01T120000Z_a_BTC_000000000000.parquet"
    pq.write_table(pa.table({"x": [1]}), path)
    with pytest.raises(DataError, match="is a Parquet file, but not of a history"):
        read_records(path)


def test_a_history_of_another_layout_is_refused(tmp_path: Path) -> None:
    """Both layouts are named, and what to do."""
    path = tmp_path / "2026-02-01T120000Z_a_BTC_000000000000.parquet"
    pq.write_table(pa.table({"x": [1]}).replace_schema_metadata({"cohortiv": '{"records": []}'}), path)
    with pytest.raises(DataError, match=r"format cohortiv-history-1; allowed is cohortiv-history-2\. Build"):
        read_records(path)


def test_cells_that_were_taken_out_are_missed(tmp_path: Path) -> None:
    """A file with fewer cells than its record says is not read."""
    path = write_snapshot(snapshots_at(TIMES[0])[0], tmp_path)
    pq.write_table(pq.read_table(path, partitioning=None).slice(1), path)
    with pytest.raises(DataError, match="has 119 cells where its records say 120"):
        read_cells(read_records(path), ["as_of"])


def test_a_killed_writer_leaves_nothing_half_done(tmp_path: Path) -> None:
    """Killed when its file was staged: the history is as before, and the next writer sweeps what is left."""
    tests = str(Path(__file__).parent)
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), tests], capture_output=True, check=False)
    assert done.returncode == -9, done.stderr
    assert [part.record.as_of.day for path in history_files(tmp_path) for part in read_records(path)] == [1]
    assert len(names(tmp_path)) == 2
    from cohortiv.history.store import add_snapshots

    add_snapshots(tmp_path, snapshots_at(TIMES[1]))
    assert [name[:10] for name in names(tmp_path)] == ["2026-02-01", "2026-02-02"]
