"""Tables beside the scores: pairs, coverage, leads, dated events and sources."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from cohort_support import ENGINE_WARNINGS
from validation_cases import findings

from cohortiv.findings import validation_tables as tables
from cohortiv.findings.context import Words
from cohortiv.findings.validation import ValidationFindings
from cohortiv.validation.verdict import UNDECIDED

pytestmark = ENGINE_WARNINGS
ALL = (tables.pairs, tables.coverage, tables.leads, tables.events, tables.sources)


@pytest.mark.parametrize("kind", ["leads", "few"])
@pytest.mark.parametrize("words", ALL, ids=lambda words: words.__name__)
def test_tables_have_titles_and_no_gaps(words: Callable[[ValidationFindings], Words], kind: str) -> None:
    """Also where nothing is scored."""
    found = words(findings(kind))
    assert found.title
    assert "nan" not in f"{found.title} {found.note}"


def test_pairs_hold_all_and_what_could_not_be_made() -> None:
    """The judged one is marked, the absent one has its reason."""
    rows = tables.pair_rows(findings("leads"))
    assert list(rows["pair"].str.contains("judged here")) == [True, False, False]
    assert list(rows["answer"]) == ["supported", "supported", "not made"]
    assert rows["index"].iloc[-1] == "the feed has no long_usd"


def test_an_event_outside_the_series_is_neither_hit_nor_miss() -> None:
    """It is not covered, and has no index."""
    rows = tables.event_rows(findings("leads"))
    assert list(rows["coverage"]) == ["not covered", "covered"]
    assert rows["index"].iloc[0] == "–"
    assert float(rows["index"].iloc[1]) > 0


def test_coverage_counts_what_was_left_out() -> None:
    """Rows without an outcome by reason."""
    f = findings("leads")
    assert "data end before the horizon: 7" in tables.coverage(f).note
    assert list(tables.coverage_rows(f).columns.intersection([key for key, *_ in tables.COVERAGE_COLUMNS])) != []


def test_leads_are_those_of_both() -> None:
    """One row an event."""
    rows = tables.lead_rows(findings("leads"))
    assert len(rows) == 21
    assert rows["index"].str.contains("days").any()


def test_sources_have_names_and_notes() -> None:
    """A source without a title is named by its file; its files stand before its note."""
    rows = tables.source_rows(findings("leads"))
    assert rows["dropped"].str.fullmatch(r"\d+; \d+").all()
    assert list(rows["title"]) == ["Made-up index (index)", "bars.csv (index)"]
    assert rows["note"].iloc[1] == "bars.csv. A lower bound"


def test_a_pair_with_a_score_and_no_verdict_says_what_it_lacks() -> None:
    """The index may have events enough where a comparator of the verdict has not."""
    f = findings("leads")
    open_ones = tuple(
        replace(each, met=None if place else True, events=4) for place, each in enumerate(f.pair.verdict.conditions)
    )
    verdict = replace(f.pair.verdict, conditions=open_ones, answer=UNDECIDED)
    held = replace(f, study=replace(f.study, pairs=(replace(f.pair, verdict=verdict),)))
    answer = tables.pair_rows(held)["answer"].iloc[0]
    assert answer == f"{UNDECIDED}: {len(open_ones) - 1} conditions undecided, on 4 at the fewest"
    assert ":" not in tables.pair_rows(f)["answer"].iloc[0]


def test_signals_without_data_have_no_row_of_coverage() -> None:
    """The note names them with their reason."""
    f = findings("blind")
    title = f.title("implied")
    assert title not in set(tables.coverage_rows(f)["signal"])
    assert f"{title} (no such data given)" in tables.coverage(f).note
