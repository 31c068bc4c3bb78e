"""Histories at the command line."""

from pathlib import Path

import pytest
from cohort_support import ENGINE_WARNINGS, book, write
from command_support import Shell

from cohortiv.history.check import HistoryCheck
from cohortiv.history.store import stored_snapshots
from cohortiv.profile import load_profile

pytestmark = ENGINE_WARNINGS
TIMES = ("2026-02-11T12:00:00", "2026-02-18T12:00:00")
PROFILE = ("profile", "--positions", "positions.parquet", "--symbol", "BTC")


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A shell in a folder with positions of two times."""
    write(tmp_path, book(30, times=TIMES))
    return Shell(capsys, monkeypatch, tmp_path)


def test_all_snapshots_go_into_a_folder(shell: Shell, tmp_path: Path) -> None:
    """One file a snapshot, named by time, cohort and symbol; each is a profile."""
    done = shell.run(*PROFILE, "--all-snapshots", "--out", "kept")
    assert done.code == 0, done.err
    files = done.out.splitlines()
    assert [Path(file).name[:39] for file in files] == [
        "2026-02-11T120000Z_all-accounts_BTC_" + Path(files[0]).name[36:39],
        "2026-02-18T120000Z_all-accounts_BTC_" + Path(files[1]).name[36:39],
    ]
    assert [load_profile(tmp_path / file).snapshots[0].day for file in files] == [11, 18]


def test_one_snapshot_is_added_to_a_folder(shell: Shell, tmp_path: Path) -> None:
    """A name without an ending is a folder; the record names the input by its digest and holds no path."""
    done = shell.run(*PROFILE, "--as-of", "2026-02-18", "--out", "kept")
    assert done.code == 0, done.err
    (stored,) = stored_snapshots(tmp_path / "kept")
    assert [(file.name, len(file.sha256)) for file in stored.record.inputs] == [("positions.parquet", 64)]
    assert stored.record.margin_units == load_profile(stored.path).leveraged["positions"].sum()
    assert str(tmp_path).encode() not in stored.path.read_bytes()


def test_the_same_again_is_no_work(shell: Shell) -> None:
    """The same names, and a word on it."""
    first = shell.run(*PROFILE, "--all-snapshots", "--out", "kept")
    again = shell.run(*PROFILE, "--all-snapshots", "--out", "kept")
    assert (again.code, again.out) == (0, first.out)
    assert "2 of 2 snapshot(s) were there already" in again.err


def test_a_correction_needs_a_reason(shell: Shell, tmp_path: Path) -> None:
    """Exit 3 says what differs; with a reason both are kept and the list shows it."""
    shell.run(*PROFILE, "--all-snapshots", "--out", "kept")
    write(tmp_path, book(30, times=TIMES, seed=8))
    refused = shell.run(*PROFILE, "--as-of", "2026-02-18", "--out", "kept")
    assert refused.code == 3
    assert "leveraged notional" in refused.err
    assert "other content of positions.parquet" in refused.err
    done = shell.run(*PROFILE, "--as-of", "2026-02-18", "--out", "kept", "--supersede", "late fills")
    assert done.code == 0, done.err
    listed = shell.run("history", "list", "kept").out.splitlines()
    assert [line.split()[6:] for line in listed[1:]] == [["yes"], ["superseded"], ["yes", "late", "fills"]]


def test_check_and_compact(shell: Shell, tmp_path: Path) -> None:
    """A history passes, is compacted and passes again; a damaged file is exit 3 and named."""
    shell.run(*PROFILE, "--all-snapshots", "--out", "kept")
    assert "holds 2 snapshots, each as it was written" in shell.run("history", "check", "kept").out
    done = shell.run("history", "compact", "kept")
    assert done.out.endswith(": 2 snapshots, 2 files before\n")
    assert shell.run("history", "check", "kept").code == 0
    assert "nothing to put together" in shell.run("history", "compact", "kept").out
    (path,) = (tmp_path / "kept").glob("2*.parquet")
    path.write_bytes(path.read_bytes()[:-9])
    damaged = shell.run("history", "check", "kept")
    assert (damaged.code, path.name in damaged.err) == (3, True)


def test_a_list_names_what_it_cannot_read(shell: Shell, tmp_path: Path) -> None:
    """One file cut short: the others are listed, it is named, exit 3."""
    shell.run(*PROFILE, "--all-snapshots", "--out", "kept")
    path = min((tmp_path / "kept").glob("*.parquet"))
    path.write_bytes(path.read_bytes()[:100])
    found = shell.run("history", "list", "kept")
    assert found.code == 3
    assert [line.split()[0] for line in found.out.splitlines()] == ["as_of", "2026-02-18T12:00:00Z"]
    assert "1 file(s) could not be read" in found.err
    assert path.name in found.err


def test_a_gap_can_be_asked_for(shell: Shell) -> None:
    """A week between two snapshots is wrong where a day was meant."""
    shell.run(*PROFILE, "--all-snapshots", "--out", "kept")
    done = shell.run("history", "check", "kept", "--every", "24")
    assert done.code == 3
    assert "no snapshot for 168 hours" in done.err


def test_of_many_problems_the_first_are_shown(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With how many more there are."""
    problems = tuple(f"problem {number}" for number in range(23))
    monkeypatch.setattr("cohortiv.history.check.check_history", lambda *_, **__: HistoryCheck(23, problems, ()))
    (tmp_path / "kept").mkdir()
    done = shell.run("history", "check", "kept")
    assert "23 problem(s)" in done.err
    assert "problem 19\n  and 3 more" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ((*PROFILE, "--all-snapshots", "--out", "positions.parquet"), 2, "got the file positions.parquet"),
        ((*PROFILE, "--as-of", "2026-02-18", "--out", "p.parquet", "--supersede", "x"), 2, "is for a folder"),
        ((*PROFILE, "--as-of", "2026-02-18", "--out", "kept", "--supersede", " "), 2, "got an empty text"),
        ((*PROFILE, "--as-of", "2026-02-18", "--out", "p.csv"), 2, "or a folder for a history"),
        (("history", "list", "nowhere"), 2, "which is no folder"),
        (("history", "compact", "nowhere"), 2, "which is no folder"),
        (("history", "check", "."), 3, "holds no snapshot"),
    ],
    ids=" ".join(map(str, range(7))).split(),
)
def test_what_cannot_be_done_is_told(shell: Shell, arguments: tuple[str, ...], code: int, told: str) -> None:
    """In one message with its exit code."""
    done = shell.run(*arguments)
    assert (done.code, told in done.err) == (code, True), done.err


def test_undated_positions_have_no_place_in_a_history(shell: Shell, tmp_path: Path) -> None:
    """Until the caller dates them."""
    write(tmp_path, book(30).drop(columns="as_of"))
    assert "Nothing dates the positions" in shell.run(*PROFILE, "--out", "kept").err
    assert shell.run(*PROFILE, "--as-of", "2026-02-18", "--out", "kept").code == 0
