"""Small files into one a series and month."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from history_support import TIMES, names, snapshots_at

from cohortiv.errors import DataError
from cohortiv.history.check import check_history
from cohortiv.history.compact import compact, verified
from cohortiv.history.files import history_files, read_snapshots
from cohortiv.history.load import load_series
from cohortiv.history.store import add_snapshots, stored_snapshots

KILLED = """
import os, signal, sys
from pathlib import Path
from cohortiv.history.compact import compact
Path.unlink = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
compact(Path(sys.argv[1]))
"""


def test_one_file_a_series_and_month(tmp_path: Path) -> None:
    """Months and series stay apart; a second run has nothing to do."""
    march = "2026-03-01T12:00:00"
    add_snapshots(tmp_path, (*snapshots_at(*TIMES, march), *snapshots_at(*TIMES, symbol="ETH")))
    done = compact(tmp_path)
    assert [(each.path.name[:-21], each.snapshots, each.removed) for each in done] == [
        ("2026-02_all-accounts_BTC", 3, 3), ("2026-03_all-accounts_BTC", 1, 1), ("2026-02_all-accounts_ETH", 3, 3),
    ]  # fmt: skip
    assert names(tmp_path) == sorted(each.path.name for each in done)
    assert compact(tmp_path) == ()


def test_nothing_is_lost(tmp_path: Path) -> None:
    """Superseded snapshots stay, and a month takes in what comes later."""
    add_snapshots(tmp_path, snapshots_at(*TIMES[:2]))
    add_snapshots(tmp_path, snapshots_at(TIMES[0], scale=2.0), reason="late fills")
    compact(tmp_path)
    add_snapshots(tmp_path, snapshots_at(TIMES[2]))
    before = [each.record for each in stored_snapshots(tmp_path)]
    compact(tmp_path)
    assert len(names(tmp_path)) == 1
    assert [each.record for each in stored_snapshots(tmp_path)] == before
    assert [part.record.supersedes is not None for part in read_snapshots(history_files(tmp_path)[0])] == [
        False, True, False, False,
    ]  # fmt: skip


def test_a_series_reads_the_same_before_and_after(tmp_path: Path) -> None:
    """Cells and records."""
    add_snapshots(tmp_path, snapshots_at())
    before = load_series(tmp_path, None)
    compact(tmp_path)
    after = load_series(tmp_path, None)
    pd.testing.assert_frame_equal(after.profile.cells, before.profile.cells, check_exact=True)
    assert after.records == before.records


def test_killed_before_the_old_files_go(tmp_path: Path) -> None:
    """A snapshot is then in two files and read once; compacting again removes what is left."""
    add_snapshots(tmp_path, snapshots_at())
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], capture_output=True, check=False)
    assert done.returncode == -9, done.stderr
    assert len(names(tmp_path)) == 4
    assert (len(stored_snapshots(tmp_path)), check_history(tmp_path).problems) == (3, ())
    compact(tmp_path)
    assert (len(names(tmp_path)), len(stored_snapshots(tmp_path))) == (1, 3)


def test_an_altered_file_is_not_compacted(tmp_path: Path) -> None:
    """Its month is left as it is, and the file named."""
    added = add_snapshots(tmp_path, snapshots_at())
    path = added[0].path
    table = pq.read_table(path)
    frame = table.to_pandas().assign(collateral_cents=1.0)
    pq.write_table(table.from_pandas(frame, preserve_index=False).replace_schema_metadata(table.schema.metadata), path)
    with pytest.raises(DataError, match=rf"{path.name} was altered: the cells of 2026-02-01T12:00:00Z"):
        compact(tmp_path)
    assert len(names(tmp_path)) == 3
    assert len(verified(added[1].path)) == 1
