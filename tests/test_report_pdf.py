"""The PDF that a browser prints, and what happens where none can."""

import re
import stat
from pathlib import Path

import pytest

from cohortiv.errors import RunError, UsageError
from cohortiv.report import pdf
from cohortiv.report.pdf import find_browser, print_pdf

A4 = (595, 842)
PAGE = (
    '<html lang="en"><title>Paper</title><style>@page {{ size: A4 }}</style><h1>{0}</h1><h2>Part</h2><p>{0}</p></html>'
)


@pytest.fixture(scope="module")
def printed(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """One page printed twice."""
    folder = tmp_path_factory.mktemp("paper")
    page = folder / "a page # 1.html"
    page.write_text(PAGE.format("Index 71.2"), encoding="utf-8")
    for number in (1, 2):
        print_pdf(page, folder / f"{number}.pdf", browser=Path(chromium), as_of="2026-02-12T0802Z")
    return [(folder / f"{number}.pdf").read_bytes() for number in (1, 2)]


def fake_browser(folder: Path, script: str) -> Path:
    """A program that takes a browser's place."""
    file = folder / "chromium"
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def test_pdf_is_tagged_a4(printed: list[bytes]) -> None:
    """Screen readers find its structure, and printers its size."""
    assert b"/MarkInfo" in printed[0]
    assert b"/StructTreeRoot" in printed[0]
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed[0])
    assert box is not None
    assert (round(float(box[1])), round(float(box[2]))) == A4


def test_pdf_has_an_outline_and_a_title(printed: list[bytes]) -> None:
    """A reader's side bar lists the headings."""
    assert b"/Outlines" in printed[0]
    assert b"/Title (Paper)" in printed[0]


def test_same_page_gives_the_same_bytes(printed: list[bytes]) -> None:
    """Neither the clock nor the browser's own count of nodes is in the file, which is dated by its data."""
    assert printed[0] == printed[1]
    assert b"/CreationDate (D:20260212080200+00'00')" in printed[0]


def test_browser_is_looked_for_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first of the known names on the search path is taken."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser_in(tmp_path, "google-chrome") == tmp_path / "google-chrome"


def find_browser_in(folder: Path, name: str) -> Path:
    """Put a program of that name in a folder, and look."""
    fake_browser(folder, "exit 0").rename(folder / name)
    return find_browser()


def test_missing_browser_is_bad_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says which programs are allowed, and what to do."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match=r"none is on the PATH.*google-chrome.*Install Chromium"):
        find_browser()


def test_slow_browser_is_ended(tmp_path: Path) -> None:
    """At the limit it ends with the processes that it started, and nothing is written."""
    browser = fake_browser(tmp_path, "sleep 60 & sleep 60")
    with pytest.raises(RunError, match=r"longer than 0\.5 s"):
        print_pdf(tmp_path / "p.html", tmp_path / "o.pdf", browser=browser, as_of="2026-02-12", timeout_seconds=0.5)
    assert not (tmp_path / "o.pdf").exists()


def test_failed_browser_is_quoted(tmp_path: Path) -> None:
    """What it said is in the message."""
    browser = fake_browser(tmp_path, "echo 'no display' >&2; exit 1")
    with pytest.raises(RunError, match=r"made no PDF of p\.html and said: no display"):
        print_pdf(tmp_path / "p.html", tmp_path / "o.pdf", browser=browser, as_of="2026-02-12")


def test_root_has_no_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only root, as in a container, runs the browser without its sandbox."""
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert "--no-sandbox" not in pdf._flags(tmp_path, tmp_path / "o.pdf")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert "--no-sandbox" in pdf._flags(tmp_path, tmp_path / "o.pdf")
