"""The static edition of a page: no script, the same content."""

import re

import pytest
from report_support import exported, notebook_of, show_everything, shown_by

from cohortiv.report.static_edition import static_edition


@pytest.fixture(scope="module")
def live() -> str:
    """Page with one of each kind."""
    return exported(notebook_of(shown_by(lambda: show_everything("Index 71.25, then </script> and 3,141"))))


def words(html: str) -> str:
    """What a reader sees of a page, pictures and data behind links included."""
    without_scripts = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
    linked = re.findall(r'(?:src|srcset|alt|href)="([^"]*)"', without_scripts)
    return " ".join([re.sub(r"<[^>]+>", " ", without_scripts), *linked])


def test_no_script_is_left(live: str) -> None:
    """The page has scripts and the edition none, whatever the texts hold."""
    edition = static_edition(live)
    assert "<script" in live
    assert "<script" not in edition
    assert "vega" not in edition.lower()


def test_policy_allows_no_script(live: str) -> None:
    """What a mail gateway might add doesn't run either."""
    assert "script-src 'none';" in static_edition(live)


def test_all_numbers_are_the_same(live: str) -> None:
    """Each number of text, tables, alt texts, pictures and CSV files stands in both, in the same order."""
    numbers = re.findall(r"\d[\d,.]*", words(live))
    assert len(numbers) > 100
    assert re.findall(r"\d[\d,.]*", words(static_edition(live))) == numbers


def test_stills_are_inline(live: str) -> None:
    """Both renditions of each picture stay in the file."""
    edition = static_edition(live)
    assert edition.count("data:image/svg+xml") == live.count("data:image/svg+xml") == 2


def test_page_without_scripts_is_its_own_edition() -> None:
    """Where nothing is drawn live, nothing is cut out."""
    page = exported(notebook_of([]))
    assert static_edition(page) == page
