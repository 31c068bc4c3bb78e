"""A folder of snapshots: added to, never changed."""

import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from history_support import TIMES, names, snapshots_at

from cohortiv.errors import DataError, RunError
from cohortiv.history import store
from cohortiv.history.compact import compact
from cohortiv.history.store import add_snapshots, choose_series, stored_snapshots, superseded_by

WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from history_support import snapshots_at
from cohortiv.history.store import add_snapshots
for day in range(1, 21):
    add_snapshots(Path(sys.argv[1]), snapshots_at(f"2026-02-{day:02d}T{sys.argv[3]}"))
    add_snapshots(Path(sys.argv[1]), snapshots_at(f"2026-02-{day:02d}T00:00:00"))
"""


def test_one_file_a_snapshot(tmp_path: Path) -> None:
    """Named by time; the folder is made."""
    added = add_snapshots(tmp_path / "new", snapshots_at())
    assert all(each.is_new for each in added)
    assert [name[:18] for name in names(tmp_path / "new")] == [f"2026-02-0{day}T120000Z" for day in (1, 2, 3)]


def test_adding_the_same_again_changes_nothing(tmp_path: Path) -> None:
    """Neither a file nor its bytes, also where a reason is given."""
    (first,) = add_snapshots(tmp_path, snapshots_at(TIMES[0]))
    before = (names(tmp_path), first.path.read_bytes(), first.path.stat().st_mtime_ns)
    (again,) = add_snapshots(tmp_path, snapshots_at(TIMES[0]), reason="none needed")
    assert (again.path, again.is_new) == (first.path, False)
    assert (names(tmp_path), first.path.read_bytes(), first.path.stat().st_mtime_ns) == before


def test_other_content_needs_a_reason(tmp_path: Path) -> None:
    """What differs is said, and nothing is written, not even what is new."""
    add_snapshots(tmp_path, snapshots_at(TIMES[0]))
    with pytest.raises(DataError, match=r"(?s)1 of these.*2026-02-01T12:00:00Z.*leveraged notional.*--supersede"):
        add_snapshots(tmp_path, snapshots_at(TIMES[0], TIMES[1], scale=2.0))
    assert len(names(tmp_path)) == 1


def test_a_correction_keeps_the_old_file(tmp_path: Path) -> None:
    """The new one names what it corrects and why; the old bytes stay."""
    (first,) = add_snapshots(tmp_path, snapshots_at(TIMES[0]))
    before = first.path.read_bytes()
    (second,) = add_snapshots(tmp_path, snapshots_at(TIMES[0], scale=2.0), reason="marks were stale")
    old, new = stored_snapshots(tmp_path)
    assert (new.record.supersedes, new.record.reason) == (old.number, "marks were stale")
    assert (new.path, old.path.read_bytes()) == (second.path, before)
    assert superseded_by([old, new]) == {old.number: new.record}


def test_a_correction_can_be_taken_back(tmp_path: Path) -> None:
    """The first content again is a third snapshot, in force after the second."""
    for scale in (1.0, 2.0, 1.0):
        add_snapshots(tmp_path, snapshots_at(TIMES[0], scale=scale), reason="as before")
    records = [each.record for each in stored_snapshots(tmp_path)]
    assert [record.supersedes for record in records] == [None, records[0].number, records[1].number]
    assert records[0].content == records[2].content


def test_a_month_is_looked_into(tmp_path: Path) -> None:
    """A snapshot that was compacted is there all the same."""
    add_snapshots(tmp_path, snapshots_at())
    compact(tmp_path)
    assert not any(each.is_new for each in add_snapshots(tmp_path, snapshots_at()))
    with pytest.raises(DataError, match="3 of these snapshots with other content"):
        add_snapshots(tmp_path, snapshots_at(scale=2.0))


def test_series_do_not_meet(tmp_path: Path) -> None:
    """One time of two symbols and two cohorts is three snapshots."""
    for snapshots in (snapshots_at(TIMES[0]), snapshots_at(TIMES[0], symbol="ETH"), snapshots_at(TIMES[0], cohort="b")):
        assert add_snapshots(tmp_path, snapshots)[0].is_new
    assert len(stored_snapshots(tmp_path)) == 3


def test_a_series_is_chosen_by_name(tmp_path: Path) -> None:
    """One of several must be named; one that is not there, and none named, are refused with what there is."""
    add_snapshots(tmp_path, (*snapshots_at(TIMES[0]), *snapshots_at(TIMES[0], symbol="ETH")))
    stored = stored_snapshots(tmp_path)
    assert choose_series(stored, symbol="ETH").symbol == "ETH"
    with pytest.raises(DataError, match=r"which is 2 series.*all-accounts, BTC; all-accounts, ETH"):
        choose_series(stored)
    with pytest.raises(DataError, match="Got symbol 'SOL', which is 0 series"):
        choose_series(stored, symbol="SOL")


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    """Each adds its own snapshots and both the same ones: all are there, each once and whole."""
    tests = str(Path(__file__).parent)
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), tests, time])
        for time in ("06:00:00", "18:00:00")
    ]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0]
    assert len(stored_snapshots(tmp_path)) == len(names(tmp_path)) == 60


def test_a_lock_that_is_not_let_go_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second writer says what it waited for."""
    monkeypatch.setattr(store, "_PATIENCE_SECONDS", 0.0)
    with FileLock(tmp_path / ".lock"), pytest.raises(RunError, match="Another process has been writing"):
        add_snapshots(tmp_path, snapshots_at(TIMES[0]))


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    """It is said how one is filled."""
    with pytest.raises(DataError, match="holds no snapshot; allowed is a folder that cohortiv profile --out FOLDER"):
        stored_snapshots(tmp_path)
