"""The forms of a report beside its page, and their sizes."""

from pathlib import Path

import pytest
from report_support import exported, notebook_of, show_everything, shown_by

from cohortiv.report import formats
from cohortiv.report.formats import PAGE_ONLY, Formats, size_notes, wanted_formats, write_formats


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder with a page."""
    page = exported(notebook_of(shown_by(lambda: show_everything("Index 71.25"))))
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    return tmp_path


def names(folder: Path) -> list[str]:
    """Names of the files in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_page_alone_is_the_default(folder: Path) -> None:
    """Without being asked for, nothing is added."""
    assert write_formats(folder, PAGE_ONLY, as_of="2026-02-12") == ()
    assert names(folder) == ["report.html"]


@pytest.mark.parametrize(
    ("pdf", "static", "expected"),
    [
        (False, True, ["report-static.html", "report.html"]),
        (True, False, ["report.html", "report.pdf"]),
        (True, True, ["report-static.html", "report.html", "report.pdf"]),
    ],
)
def test_what_is_wanted_is_there(chromium: str, folder: Path, *, pdf: bool, static: bool, expected: list[str]) -> None:
    """Each form is made alone or with the other, and nothing else is left."""
    wanted = Formats(Path(chromium) if pdf else None, static=static)
    assert write_formats(folder, wanted, as_of="2026-02-12") == tuple(folder / name for name in wanted.files)
    assert names(folder) == expected


def test_no_pdf_needs_no_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A static edition is made where there is no browser."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert wanted_formats(pdf=False, static=True) == Formats(None, static=True)


def test_large_files_are_noted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file above its budget is named with both numbers, and one below is not."""
    assert size_notes(folder) == ()
    monkeypatch.setattr(formats, "_BUDGETS", {"report.html": 1000, "report-static.html": 10})
    (note,) = size_notes(folder)
    assert note.startswith("report.html has ")
    assert "over the budget of 1,000" in note
