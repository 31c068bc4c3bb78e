"""What is told of a published report."""

import json
import shutil
from pathlib import Path

import pytest
from delivery_support import FORMS, SENTENCE, publish_by_hand

from cohortiv.delivery.bulletin import read_bulletin
from cohortiv.errors import DataError


def test_headline_and_files_are_the_published_ones(tmp_path: Path) -> None:
    """Sentence, code and files come from the report's folder."""
    folder = publish_by_hand(tmp_path)
    told = read_bulletin(folder)
    assert (told.code, told.headline["sentence"], told.style.word) == ("yellow", SENTENCE, "Yellow")
    assert {kind: path.name for kind, path in told.files.items()} == {
        "pdf": "report.pdf",
        "static": "report-static.html",
        "page": "report.html",
    }


@pytest.mark.parametrize(("code", "changed"), [("yellow", False), ("red", True)])
def test_change_is_that_of_the_code(tmp_path: Path, code: str, *, changed: bool) -> None:
    """An issue has changed when its code is not that of the issue before."""
    first = publish_by_hand(tmp_path, as_of="2026-02-11")
    told = read_bulletin(publish_by_hand(tmp_path, code=code, previous=first))
    assert (told.code_before, told.changed) == ("yellow", changed)


def test_first_issue_has_changed(tmp_path: Path) -> None:
    """Its readers have not been told of anything before."""
    told = read_bulletin(publish_by_hand(tmp_path))
    assert (told.code_before, told.changed) == (None, True)


def test_lost_issue_before_counts_as_a_change(tmp_path: Path) -> None:
    """Where the issue before is gone, readers are rather told twice than not at all."""
    first = publish_by_hand(tmp_path, as_of="2026-02-11")
    folder = publish_by_hand(tmp_path, previous=first)
    shutil.rmtree(first)
    assert read_bulletin(folder).changed


@pytest.mark.parametrize("name", ["summary.json", "report.html", *FORMS])
def test_altered_report_is_not_passed_on(tmp_path: Path, name: str) -> None:
    """One changed byte in any file stops the delivery."""
    folder = publish_by_hand(tmp_path)
    with (folder / name).open("a", encoding="utf-8") as stream:
        stream.write(" ")
    with pytest.raises(DataError, match="Nothing is delivered"):
        read_bulletin(folder)


def test_report_without_headline_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing to tell of it."""
    monkeypatch.setattr("delivery_support.show", lambda **_: None)
    monkeypatch.setattr("delivery_support.notebook_of", lambda _: json.loads('{"cells": []}'))
    monkeypatch.setattr("delivery_support.writes", json.dumps)
    with pytest.raises(DataError, match=r"has no headline.*page\.headline"):
        read_bulletin(publish_by_hand(tmp_path))


def test_code_of_the_series_is_told_where_it_is_another(tmp_path: Path) -> None:
    """A snapshot that has fallen alone is no all-clear."""
    alone = read_bulletin(publish_by_hand(tmp_path / "a", code="green", held="yellow"))
    both = read_bulletin(publish_by_hand(tmp_path / "b", code="yellow", held="yellow"))
    assert (alone.code_held, alone.held) == ("yellow", "Yellow")
    assert (both.code_held, both.held) == (None, "")


def test_remarks_say_why_an_issue_is_degraded_and_what_it_replaces(tmp_path: Path) -> None:
    """In the words of its summary and of its manifest."""
    issue = {"state": "degraded", "reasons": ["Usable notional fell by 23 %", "2 files are missing"]}
    publish_by_hand(tmp_path)
    told = read_bulletin(publish_by_hand(tmp_path, issue=issue, supersede="Depth was missing"))
    assert told.remarks == (
        "Degraded: Usable notional fell by 23 %; 2 files are missing.",
        "Restated: edition 2 replaces edition 1: Depth was missing.",
    )


def test_a_plain_issue_has_no_remarks(tmp_path: Path) -> None:
    """Published as it should be, for the first time."""
    told = read_bulletin(publish_by_hand(tmp_path, issue={"state": "published", "reasons": []}))
    assert told.remarks == ()
