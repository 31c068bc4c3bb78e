"""Rows, titles and readings of the figures of a validation report."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from conftest import REPOSITORY
from validation_cases import ROWS, findings

from cohortiv.findings import validation_figures as figures
from cohortiv.findings.context import Words
from cohortiv.findings.validation import ValidationFindings

pytestmark = ENGINE_WARNINGS
ALL = (figures.aurocs, figures.over_time, figures.timeline, figures.sentiment)


@pytest.mark.parametrize("kind", ["leads", "blind", "few"])
@pytest.mark.parametrize("words", ALL, ids=lambda words: words.__name__)
def test_every_figure_has_a_title_and_its_period(words: Callable[[ValidationFindings], Words], kind: str) -> None:
    """Also where nothing can be drawn; a title has at most ten words. Sentiment has the period of its own texts."""
    f = findings(kind)
    found = words(f)
    own = words is figures.sentiment and len(f.study.sentiment) > 0
    assert 0 < len(found.title.split()) <= 10
    assert ("1 January 2023 to 3 January 2023" if own else "1 January 2023 to 31 October 2026") in found.subtitle
    assert "nan" not in f"{found.title} {found.reading} {found.note}"


def test_the_judged_signal_is_drawn_first() -> None:
    """Then the others, the highest first."""
    assert figures.auroc_rows(findings("leads"))["is_signal"].tolist() == [True] + [False] * 8


def test_what_is_drawn_is_thinned_to_its_peaks() -> None:
    """The data file has every row; the drawing keeps the highest of each stretch."""
    f = findings("leads")
    assert len(figures.history_rows(f)) <= figures.ROWS_DRAWN < ROWS == len(figures.over_time_data(f))
    drawn = figures.history_rows(f).set_index("time")["iv_index"]
    assert drawn.idxmax() == f.series.frame["iv_index"].round(2).idxmax()
    assert (drawn == f.series.frame["iv_index"].round(2).reindex(drawn.index)).all()


def test_an_outcome_is_drawn_at_its_own_time() -> None:
    """With its own threshold, events before higher values that are none."""
    f = findings("leads")
    whole, drawn = (table.set_index("time") for table in (figures.outcome_table(f), figures.outcome_rows(f)))
    values = ["value", "threshold"]
    assert drawn[values].equals(whole.loc[drawn.index, values])
    assert drawn.index.is_monotonic_increasing


def test_an_outcome_that_is_not_known_is_no_calm_day() -> None:
    """The data file has an empty cell where the horizon is not over."""
    f = findings("leads")
    told = figures.over_time_data(f)
    unknown = f.pair.result.event.isna().to_numpy()
    assert unknown.any()
    assert told["is_event"].isna().to_numpy().tolist() == unknown.tolist()
    assert "is_event" in told.to_csv(index=False)


def test_shares_of_own_lines_are_whole_percents() -> None:
    """Finer ones would tell single lines."""
    values = figures.outcome_table(findings("leads"))["value"].dropna()
    assert (values == values.round(2)).all()


def test_only_covered_events_are_marked() -> None:
    """By their number in the table."""
    assert figures.event_marks(findings("leads"))["label"].tolist() == ["2"]


def test_the_axis_has_the_outcomes_unit() -> None:
    """A share in percent."""
    assert figures.outcome_axis(findings("leads")) == "Touched in the next 7 days (%)"
    assert figures.outcome_form(findings("leads"))(0.1234) == "12\u00a0%"


def test_texts_that_are_not_scored_are_counted() -> None:
    """With their reason; without texts it says so."""
    assert "Not scored: 4 texts (no text: 4)" in figures.sentiment(findings("leads")).reading
    assert "Scored by language: en 90 of 94 (vader)" in figures.sentiment(findings("leads")).reading
    assert figures.sentiment(findings("few")).title == "No texts are given"


def test_sentiment_is_told_as_a_feature_too() -> None:
    """By what it changes of the index's AUROC on common rows."""
    said = figures.sentiment(findings("leads")).reading
    assert "it changes the AUROC of the index by 0.00 (0.00\u00a0to\u00a00.00), on 21 independent events" in said


def test_nothing_scored_has_no_data_file() -> None:
    """In place of a file of reasons."""
    assert figures.score_data(findings("few")).empty


def test_the_measured_coverage_of_intervals_is_told() -> None:
    """Beside the figure that rests on them."""
    assert "held 0.5 in 90 to 93\u00a0%" in figures.aurocs(findings("leads")).note


def test_languages_that_are_drawn_together_are_named_so() -> None:
    """One language needs no such words."""
    f = findings("leads")
    assert "of all languages together" not in figures.sentiment(f).subtitle
    two = pd.DataFrame([["en", "a", 9, 1], ["zh", "b", 5, 0]], columns=f.study.sentiment_by_language.columns)
    told = figures.sentiment(replace(f, study=replace(f.study, sentiment_by_language=two)))
    assert "of all languages together" in told.subtitle
    assert "en 9 of 10 (a); zh 5 of 5 (b)" in told.reading


def test_how_well_scorers_read_is_told_with_and_without_texts() -> None:
    """The figures are those that METHODOLOGY measures."""
    measured = (REPOSITORY / "METHODOLOGY.md").read_text(encoding="utf-8")
    assert "0.813 (0.805 to 0.821) | 0.884 (0.877 to 0.891)" in measured
    for kind in ("leads", "blind"):
        told = figures.sentiment(findings(kind)).reading
        assert "9,214 labelled comments" in told
        assert "81\u00a0% right, with an AUROC of 0.88" in told
