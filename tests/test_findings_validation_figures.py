"""Rows, titles and readings of the figures of a validation report."""

from collections.abc import Callable

import pytest
from cohort_support import ENGINE_WARNINGS
from validation_cases import ROWS, findings

from cohortiv.findings import validation_figures as figures
from cohortiv.findings.context import Words
from cohortiv.findings.validation import ValidationFindings

pytestmark = ENGINE_WARNINGS
ALL = (
    figures.aurocs, figures.roc, figures.reliability, figures.usefulness, figures.over_time, figures.timeline,
    figures.sentiment,
)  # fmt: skip


@pytest.mark.parametrize("kind", ["leads", "blind", "few"])
@pytest.mark.parametrize("words", ALL, ids=lambda words: words.__name__)
def test_every_figure_has_a_title_and_its_period(words: Callable[[ValidationFindings], Words], kind: str) -> None:
    """Also where nothing can be drawn; a title has at most ten words."""
    found = words(findings(kind))
    assert 0 < len(found.title.split()) <= 10
    assert "1 January 2023 to 30 November 2024" in found.subtitle
    assert "nan" not in f"{found.title} {found.reading} {found.note}"


def test_the_judged_signal_is_drawn_first() -> None:
    """Then those that it has to beat, and the best of the others."""
    drawn = figures.signals_drawn(findings("leads"))
    assert drawn[0] == "iv_index"
    assert len(drawn) <= 5
    assert figures.auroc_rows(findings("leads"))["is_signal"].tolist() == [True] + [False] * 7


def test_curves_reach_both_corners() -> None:
    """However few of their points are drawn."""
    rows = figures.roc_rows(findings("leads"))
    own = rows[rows["name"] == "IV Index"]
    assert own[["false_rate", "true_rate"]].iloc[0].tolist() == [0.0, 0.0]
    assert own[["false_rate", "true_rate"]].iloc[-1].tolist() == [1.0, 1.0]
    assert len(own) <= 52


def test_what_is_drawn_is_thinned_to_its_peaks() -> None:
    """The data file has every row; the drawing keeps the highest of each stretch."""
    f = findings("leads")
    assert len(figures.history_rows(f)) <= figures.ROWS_DRAWN < ROWS == len(figures.over_time_data(f))
    assert figures.history_rows(f)["iv_index"].max() == f.series.frame["iv_index"].max()


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
    assert figures.sentiment(findings("few")).title == "No texts are given"


def test_rows_of_nothing_have_their_columns() -> None:
    """So that a chart of none can be drawn."""
    f = findings("few")
    assert list(figures.roc_rows(f)) == ["name", "false_rate", "true_rate"]
    assert figures.reliability_rows(f).empty
    assert figures.usefulness_rows(f).empty
    assert figures.score_data(f).empty
