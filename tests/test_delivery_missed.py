"""What readers are told of an issue that was due and is not published."""

from pathlib import Path

import pytest
from delivery_support import publish_by_hand

from cohortiv.config.brand import load_brand
from cohortiv.delivery.bulletin import Bulletin
from cohortiv.delivery.message import announcement
from cohortiv.delivery.missed import missed_bulletin
from cohortiv.delivery.record import record_of
from cohortiv.report.shelf import Place, place_of


def due(root: Path, *, as_of: str = "2026-02-14", name: str = "risk-all") -> Place:
    """Where a report was to be."""
    return place_of(root, as_of=as_of, name=name)


def missed(root: Path) -> Bulletin:
    """What is told where one is missing."""
    found = missed_bulletin(due(root))
    assert found is not None
    return found


def test_readers_hear_that_there_is_none_and_what_the_last_one_said(tmp_path: Path) -> None:
    """With its date, and that it says nothing of this one; the newest of those before is the last."""
    publish_by_hand(tmp_path, as_of="2026-02-11", code="red")
    publish_by_hand(tmp_path, as_of="2026-02-12")
    publish_by_hand(tmp_path, as_of="2026-02-15", code="green")
    told = announcement(missed(tmp_path), brand=load_brand(), link="https://reports.example.org")
    for text in (told.text, told.html):
        assert "Not published: there is no report of 14 February 2026, as its run failed." in text
        assert "The last report, of 12 February 2026, said Yellow, IV Index 41.2; it says nothing of this date." in text
        assert "https://reports.example.org/index.html" in text
    assert told.subject.startswith("NOT PUBLISHED Grey: ")
    assert told.subject.endswith("14 February 2026 (SYNTHETIC)")


def test_it_is_grey_and_has_no_files(tmp_path: Path) -> None:
    """No value of an earlier day stands where one of this day would."""
    publish_by_hand(tmp_path)
    found = missed(tmp_path)
    assert (found.code, found.code_before, found.changed) == ("grey", "yellow", True)
    assert (found.files, found.headline["iv_index"], found.is_published) == ({}, None, False)
    assert "key_figures" not in found.headline


def test_it_is_kept_on_the_record_of_all_reports(tmp_path: Path) -> None:
    """Each date has a digest of its own, so that no target is told twice, and each of every date."""
    publish_by_hand(tmp_path)
    assert record_of(missed(tmp_path)) == record_of(missed(tmp_path)) == tmp_path / "deliveries.jsonl"
    other = missed_bulletin(due(tmp_path, as_of="2026-02-13"))
    assert other is not None
    assert missed(tmp_path).edition_sha256 == missed(tmp_path).edition_sha256 != other.edition_sha256


@pytest.mark.parametrize("name", ["risk-btc", "risk"])
def test_a_report_that_never_was_has_no_readers(tmp_path: Path, name: str) -> None:
    """Reports of other names do not count."""
    publish_by_hand(tmp_path)
    assert missed_bulletin(due(tmp_path, name=name)) is None


def test_a_report_that_is_published_is_not_missed(tmp_path: Path) -> None:
    """A run that fails over it leaves it as it was."""
    publish_by_hand(tmp_path)
    publish_by_hand(tmp_path, as_of="2026-02-14")
    assert missed_bulletin(due(tmp_path)) is None


def test_nothing_is_told_of_a_last_report_that_was_altered(tmp_path: Path) -> None:
    """What it said can no longer be known."""
    folder = publish_by_hand(tmp_path)
    (folder / "summary.json").write_text("{}", encoding="utf-8")
    assert missed_bulletin(due(tmp_path)) is None
