"""The command that compares reports with their manifests: one report, or all on a shelf."""

from pathlib import Path

import pytest
from command_support import Shell
from delivery_support import publish_by_hand


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A shell in an empty folder."""
    return Shell(capsys, monkeypatch, tmp_path)


def test_a_shelf_stands_for_all_its_reports(shell: Shell, tmp_path: Path) -> None:
    """Each is named; the catalogue beside them is none."""
    for day in ("2026-02-11", "2026-02-12"):
        publish_by_hand(tmp_path / "reports", as_of=day)
    (tmp_path / "reports" / "index.html").write_text("catalogue", encoding="utf-8")
    done = shell.run("verify", "reports")
    assert done.code == 0
    assert [line.removesuffix(" is as it was published.") for line in done.out.splitlines()] == [
        "reports/2026-02-11/risk-all",
        "reports/2026-02-12/risk-all",
    ]


def test_an_altered_report_on_a_shelf_is_named(shell: Shell, tmp_path: Path) -> None:
    """With its file, after those that are as they were; the exit code is that of one alone."""
    for day in ("2026-02-11", "2026-02-12"):
        folder = publish_by_hand(tmp_path / "reports", as_of=day)
    with (folder / "report.html").open("a", encoding="utf-8") as stream:
        stream.write(" ")
    done = shell.run("verify", "reports")
    assert done.code == 3
    assert done.out.splitlines() == ["reports/2026-02-11/risk-all is as it was published."]
    assert "reports/2026-02-12/risk-all is not as it was published:" in done.err
    assert "report.html is not the file that was published" in done.err


def test_what_is_no_report_on_a_shelf_is_named(shell: Shell, tmp_path: Path) -> None:
    """One that lost its manifest, a file among the reports, a report in another's place; failed runs are none of it."""
    shelf = tmp_path / "reports"
    for day in ("2026-02-11", "2026-02-12", "2026-02-13"):
        publish_by_hand(shelf, as_of=day)
    (shelf / "2026-02-11" / "risk-other.failed.html").write_text("why", encoding="utf-8")
    assert shell.run("verify", "reports").code == 0
    (shelf / "2026-02-11" / "risk-all" / "manifest.json").unlink()
    (shelf / "2026-02-12" / "risk-all").rename(shelf / "2026-02-12" / "risk-some")
    (shelf / "2026-02-13" / "note.html").write_text("buy", encoding="utf-8")
    done = shell.run("verify", "reports")
    assert done.code == 3
    assert "reports/2026-02-11/risk-all has no manifest.json, so nothing says what was published" in done.err
    assert "reports/2026-02-12/risk-some holds the report that was published as 2026-02-12/risk-all" in done.err
    assert "reports/2026-02-13/note.html does not belong to a report" in done.err
