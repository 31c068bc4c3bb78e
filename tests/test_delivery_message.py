"""The words of an announcement."""

import re
from dataclasses import replace
from pathlib import Path

from delivery_support import SENTENCE, publish_by_hand

from cohortiv.config.brand import load_brand
from cohortiv.delivery.bulletin import read_bulletin
from cohortiv.delivery.message import Message, announcement

HOSTILE = "<script>pwned</script>\r\nBcc: all@example.org"


def message(folder: Path, *, link: str = "") -> Message:
    """Announcement of a report."""
    return announcement(read_bulletin(folder), brand=load_brand(), link=link)


def test_subject_says_code_title_and_date(tmp_path: Path) -> None:
    """Who reads nothing else knows the code, and that the data are made up."""
    assert message(publish_by_hand(tmp_path)).subject == (
        "Yellow: All symbols: how near is a cascade? 12 February 2026 (SYNTHETIC)"
    )


def test_chat_gets_badge_and_sentence(tmp_path: Path) -> None:
    """The text has the code as shape and word, the index, the sentence and the date, as plain text."""
    assert message(publish_by_hand(tmp_path)).text.splitlines() == [
        "▲ Yellow · IV Index 41.2 · All symbols: how near is a cascade? · SYNTHETIC",
        SENTENCE,
        "All <accounts>, as of 12 February 2026.",
    ]


def test_change_of_code_is_said(tmp_path: Path) -> None:
    """Text and page both name the code before."""
    first = publish_by_hand(tmp_path, as_of="2026-02-11", code="green")
    told = message(publish_by_hand(tmp_path, previous=first))
    assert told.text.startswith("▲ Yellow (before: Green) · IV Index")
    assert "it was Green in the previous issue" in told.html


def test_link_leads_to_the_page(tmp_path: Path) -> None:
    """With the address of the folder, readers get that of the report."""
    told = message(publish_by_hand(tmp_path), link="https://reports.example.org/")
    address = "https://reports.example.org/2026-02-12/risk-all/report.html"
    assert told.text.splitlines()[-1] == address
    assert f'href="{address}"' in told.html


def test_page_of_a_mail_loads_nothing(tmp_path: Path) -> None:
    """It has no script, style sheet, picture or address."""
    html = message(publish_by_hand(tmp_path)).html
    assert re.findall(r"<(?:script|link|img|style|iframe)|https?://|url\(", html) == []


def test_hostile_text_is_text(tmp_path: Path) -> None:
    """Markup in a sentence is escaped, and no line of it gets into the subject."""
    told = message(publish_by_hand(tmp_path, sentence=HOSTILE))
    assert "<script>" not in told.html
    assert "\n" not in told.subject


def test_verdict_stands_in_place_of_a_code(tmp_path: Path) -> None:
    """A report that comes to a verdict and has no code is announced by that, without a badge or an index."""
    told = read_bulletin(publish_by_hand(tmp_path))
    judged = replace(told, headline={**told.headline, "verdict": "Not supported"})
    made = announcement(judged, brand=load_brand())
    assert made.subject.startswith("Not supported: All symbols")
    assert made.text.startswith("Not supported · All symbols")
    assert "IV Index</td>" not in made.html


def test_code_of_the_series_is_said(tmp_path: Path) -> None:
    """Subject, text and page name the code that is still held."""
    told = message(publish_by_hand(tmp_path, code="green", held="yellow"))
    assert told.subject.startswith("Green (series still Yellow): All symbols")
    assert told.text.startswith("● Green (series still Yellow) · IV Index")
    assert "The code of the series is still Yellow" in told.html


def test_remarks_come_first(tmp_path: Path) -> None:
    """Who gets an issue again is told why; who gets a degraded one, that it is."""
    issue = {"state": "degraded", "reasons": ["Usable notional fell by 23 %"]}
    publish_by_hand(tmp_path)
    told = message(publish_by_hand(tmp_path, issue=issue, supersede="Depth <was> missing"))
    assert told.subject.startswith("DEGRADED RESTATED Yellow: ")
    assert told.text.splitlines()[1:3] == [
        "Degraded: Usable notional fell by 23 %.",
        "Restated: edition 2 replaces edition 1: Depth <was> missing.",
    ]
    assert "Depth &lt;was&gt; missing" in told.html


def test_a_scenario_says_where_its_code_comes_from(tmp_path: Path) -> None:
    """Green alone would be taken for today's."""
    told = message(publish_by_hand(tmp_path, code="green", assumed_from="yellow"))
    assert told.subject.startswith("Yellow → Green: ")
    assert told.text.startswith("● Yellow → Green · IV Index")
    assert "● Yellow → Green</td>" in told.html
