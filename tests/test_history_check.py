"""A history held against itself."""

from datetime import timedelta
from pathlib import Path

import pytest
from history_support import TIMES, snapshots_at

from cohortiv.comovement import Comovement
from cohortiv.errors import DataError
from cohortiv.history import snapshot
from cohortiv.history.check import check_history
from cohortiv.history.files import read_snapshots, write_snapshot
from cohortiv.history.store import add_snapshots

APART = ("2026-02-01T12:00:00", "2026-02-02T12:00:00", "2026-02-03T12:00:00", "2026-02-07T12:00:00")


def test_a_sound_history_passes(tmp_path: Path) -> None:
    """Corrections are no repetition."""
    add_snapshots(tmp_path, snapshots_at())
    add_snapshots(tmp_path, snapshots_at(TIMES[1], scale=2.0), reason="late fills")
    found = check_history(tmp_path)
    assert (found.passed, found.snapshots, found.gaps) == (True, 4, ())


def test_a_gap_is_told(tmp_path: Path) -> None:
    """Between which times; without a step that was asked for it is no problem."""
    add_snapshots(tmp_path, snapshots_at(*APART))
    found = check_history(tmp_path)
    assert found.gaps == ("all-accounts, BTC: no snapshot for 96 hours, 2026-02-03T12:00:00Z to 2026-02-07T12:00:00Z.",)
    assert found.passed


def test_a_gap_in_what_was_asked_for_is_a_problem(tmp_path: Path) -> None:
    """A day was meant: four days are wrong, and one is not."""
    add_snapshots(tmp_path, snapshots_at(*APART))
    assert len(check_history(tmp_path, every=timedelta(days=1)).problems) == 1
    assert check_history(tmp_path, every=timedelta(days=4)).passed


def test_every_damaged_file_is_named(tmp_path: Path) -> None:
    """One sentence each; the sound ones are still read."""
    paths = [added.path for added in add_snapshots(tmp_path, snapshots_at())]
    paths[0].write_bytes(b"")
    paths[2].write_bytes(paths[2].read_bytes()[:100])
    found = check_history(tmp_path)
    assert [problem.split()[0] for problem in found.problems] == [paths[0].name, paths[2].name]
    assert found.snapshots == 1


def test_a_renamed_file_is_named(tmp_path: Path) -> None:
    """A name says time and number."""
    path = add_snapshots(tmp_path, snapshots_at(TIMES[0]))[0].path
    path.rename(tmp_path / path.name.replace("2026-02-01", "2026-02-09"))
    (problem,) = check_history(tmp_path).problems
    assert f"holds what belongs into {path.name}" in problem


def test_what_does_not_belong_there_is_named(tmp_path: Path) -> None:
    """A file renamed beyond recognition and one of another kind; hidden files are the writers' own."""
    path = add_snapshots(tmp_path, snapshots_at())[0].path
    path.rename(tmp_path / "copy of february.parquet")
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    found = check_history(tmp_path)
    assert found.snapshots == 2
    assert [problem.split(" is no part")[0] for problem in found.problems] == ["copy of february.parquet", "notes.txt"]


def test_a_removed_snapshot_leaves_a_trace(tmp_path: Path) -> None:
    """Where it was corrected."""
    (first,) = add_snapshots(tmp_path, snapshots_at(TIMES[0]))
    (second,) = add_snapshots(tmp_path, snapshots_at(TIMES[0], scale=2.0), reason="late fills")
    first.path.unlink()
    (problem,) = check_history(tmp_path).problems
    assert problem.startswith(f"{second.path.name} supersedes a snapshot that is not there")


def test_a_repeated_time_is_named(tmp_path: Path) -> None:
    """Two snapshots of one time, neither correcting the other, as a copied file brings."""
    first = add_snapshots(tmp_path, snapshots_at(TIMES[0]))[0].path
    second = write_snapshot(snapshots_at(TIMES[0], scale=2.0)[0], tmp_path)
    (problem,) = check_history(tmp_path).problems
    assert problem.startswith("2026-02-01T12:00:00Z is in force 2 times: ")
    assert {first.name, second.name} <= set(problem.replace(",", " ").replace(". ", " ").split())


def test_other_betas_are_named(tmp_path: Path) -> None:
    """Their bins do not mean the same."""
    other = add_snapshots(tmp_path, snapshots_at(TIMES[0], movement=Comovement(betas={"BTC": 2.0})))[0].path
    add_snapshots(tmp_path, snapshots_at(TIMES[1]))
    (problem,) = check_history(tmp_path).problems
    assert problem.startswith(f"{other.name}: 1 snapshot of all-accounts, BTC with other betas or kappas")


def test_another_method_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its indices do not compare."""
    monkeypatch.setattr(snapshot, "METHODOLOGY_VERSION", "0.9")
    other = add_snapshots(tmp_path, snapshots_at(TIMES[0]))[0].path
    monkeypatch.undo()
    add_snapshots(tmp_path, snapshots_at(TIMES[1]))
    (problem,) = check_history(tmp_path).problems
    assert problem.startswith(f"{other.name}: 1 snapshot of all-accounts, BTC by method 0.9, the last by ")


def test_a_record_that_was_altered_is_named(tmp_path: Path) -> None:
    """Its number no longer follows from it."""
    path = add_snapshots(tmp_path, snapshots_at(TIMES[0]))[0].path
    (whole,) = read_snapshots(path)
    content = path.read_bytes()
    path.write_bytes(content.replace(b'"cells": 120', b'"cells": 121'))
    problems = check_history(tmp_path).problems
    assert any("has a record that was altered" in problem for problem in problems), whole.record


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """There is nothing to check."""
    with pytest.raises(DataError, match="holds no snapshot"):
        check_history(tmp_path)
