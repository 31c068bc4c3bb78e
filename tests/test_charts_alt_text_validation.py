"""Every figure of a test of the warning has a text with its kind, its values and its message."""

import pandas as pd
from test_charts_validation import bins, curves, scores, weights, worth
from test_charts_validation_time import events, history, outcome, runs
from test_charts_volatility import volatility

from cohortiv.charts import alt_text_validation as texts
from cohortiv.quantities import percent


def test_aurocs_are_told_with_the_judged_interval() -> None:
    """Lowest and highest by name."""
    said = texts.auroc_intervals_alt(scores(), message="No better than chance")
    assert "interval of the judged signal: IV Index, 0.40 to 0.80" in said
    assert said.endswith("Lowest 0.50 (DVOL), highest 0.60 (IV Index). No better than chance.")


def test_curves_are_told_at_a_tenth_of_false_alarms() -> None:
    """What each signal catches there."""
    said = texts.roc_picture_alt(curves())
    assert "Lowest 0\u00a0% (DVOL), highest 50\u00a0% (IV Index)" in said


def test_bins_are_told_by_their_forecast() -> None:
    """With what came."""
    said = texts.reliability_picture_alt(bins())
    assert "highest 50\u00a0% (IV Index at a forecast of 40\u00a0%)" in said


def test_usefulness_is_told_by_preference() -> None:
    """Also where it is below nought."""
    assert "Lowest −10\u00a0% (IV Index at a weight of 0.3)" in texts.usefulness_picture_alt(worth())


def test_weights_are_told_by_tier_and_learner() -> None:
    """Against 1."""
    assert "highest 1.40 (20x, Gradient boosting)" in texts.tier_weights_alt(weights())


def test_both_panels_are_told() -> None:
    """Index, what followed, and the dated events by number."""
    said = texts.index_and_outcome_alt(history(), outcome(), events(), written=percent, message="It rose late")
    assert "IV Index in %. Lowest 40.0 (1 Jan 2026), highest infinite (3 Jan 2026)" in said
    assert "highest 20.0\u00a0% (2 Jan 2026)" in said
    assert said.endswith("Rules at the dated events 7. It rose late.")
    assert "No dated event lies in the span" in texts.index_and_outcome_alt(
        history(), outcome(), events().head(0), written=percent
    )


def test_a_timeline_tells_days_and_the_last_code() -> None:
    """Of each series."""
    said = texts.code_timeline_alt(runs())
    assert "Last code: Margin Red" in said
    assert "Lowest 3 days (Green, Margin), highest 4 days (Red, Margin)" in said


def test_sentiment_tells_its_ends() -> None:
    """And its last day."""
    daily = pd.DataFrame({"time": pd.date_range("2026-01-01", periods=2), "mean": [0.1, -0.2]})
    assert texts.sentiment_by_day_alt(daily).endswith(
        "Lowest −0.20 (2 Jan 2026), highest 0.10 (1 Jan 2026), last −0.20 (2 Jan 2026)."
    )


def test_volatility_is_told_by_measure() -> None:
    """Annualised."""
    said = texts.volatility_history_alt(volatility())
    assert "a line each for Critical, Realised" in said
    assert "Lowest 40\u00a0% (Realised, 2 Jan 2026), highest 100\u00a0% (Critical, 1 Jan 2026)" in said
