"""Curves of a validation report: what is drawn, and what is said of it."""

from collections.abc import Callable

import pytest
from cohort_support import ENGINE_WARNINGS
from validation_cases import findings

from cohortiv.findings import validation_curves as curves
from cohortiv.findings.context import Words
from cohortiv.findings.validation import ValidationFindings

pytestmark = ENGINE_WARNINGS


@pytest.mark.parametrize("kind", ["leads", "blind", "few"])
@pytest.mark.parametrize("words", [curves.roc, curves.reliability, curves.usefulness], ids=lambda words: words.__name__)
def test_every_figure_has_a_title(words: Callable[[ValidationFindings], Words], kind: str) -> None:
    """Also where nothing can be drawn; a title has at most ten words."""
    found = words(findings(kind))
    assert 0 < len(found.title.split()) <= 10
    assert "nan" not in f"{found.title} {found.reading} {found.note}"


def test_the_judged_signal_and_the_best_comparator_are_drawn_first() -> None:
    """Then those that the index has to beat."""
    drawn = curves.signals_drawn(findings("leads"))
    assert drawn[0] == "iv_index"
    assert len(drawn) <= 6
    assert "weighted_index" not in drawn


def test_curves_reach_both_corners() -> None:
    """However few of their points are drawn."""
    rows = curves.roc_rows(findings("leads"))
    own = rows[rows["name"] == "IV Index"]
    assert own[["false_rate", "true_rate"]].iloc[0].tolist() == [0.0, 0.0]
    assert own[["false_rate", "true_rate"]].iloc[-1].tolist() == [1.0, 1.0]
    assert len(own) <= 52


def test_points_of_reliability_have_an_interval() -> None:
    """It holds the point, and is told of the highest forecast."""
    rows = curves.reliability_rows(findings("leads"))
    assert ((rows["observed_low"] <= rows["observed"]) & (rows["observed"] <= rows["observed_high"])).all()
    assert "independent event" in curves.reliability(findings("leads")).reading


def test_an_index_that_knows_nothing_is_no_better_than_ignoring_it() -> None:
    """However many preferences it lies above 0 at."""
    assert curves.usefulness(findings("blind")).title == "The index is no better than ignoring it"


def test_use_is_counted_where_the_interval_lies_above_nothing() -> None:
    """And told with the share of calm rows that alarms stand on."""
    f = findings("leads")
    own = curves.usefulness_rows(f).query("is_signal")
    assert (
        curves.usefulness(f).title == f"The index beats ignoring it at {int((own['low'] > 0).sum())} of 5 preferences"
    )
    reading = curves.usefulness(f).reading
    assert "of the calm rows" in reading
    noise = own["false"] / (1 - own["missed"])
    assert own["noise_to_signal"].tolist() == pytest.approx(noise.tolist())
    assert f"by that weight: {noise.iloc[0]:.2f} at 0.3, {noise.iloc[1]:.2f} at 0.4, " in reading


def test_rows_of_nothing_have_their_columns() -> None:
    """So that a chart of none can be drawn."""
    f = findings("few")
    assert list(curves.roc_rows(f)) == ["name", "false_rate", "true_rate"]
    assert curves.reliability_rows(f).empty
    assert curves.usefulness_rows(f).empty
