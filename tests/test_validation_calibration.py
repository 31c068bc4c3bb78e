"""Calibration by the past only, the Brier score, and the reliability table."""

import math

import numpy as np
import pandas as pd
import pytest
from signal_support import HORIZON, days, frame_of, sampled, world
from sklearn.metrics import brier_score_loss

from cohortiv.validation.calibration import (
    METHODS,
    Method,
    brier,
    brier_skill,
    calibrate,
    fit_stretches,
    refit_rows,
    reliability,
)
from cohortiv.validation.sample import read_sample


def test_refits_are_counted_from_the_first_time() -> None:
    """Every thirty days from the first row; later rows move nothing."""
    assert refit_rows(days(70), 30.0) == [0, 30, 60]
    assert refit_rows(days(65), 30.0) == [0, 30, 60]
    assert refit_rows(days(0), 30.0) == []


def test_a_fit_takes_what_was_known() -> None:
    """A stretch that begins on day 60 is fitted on the 54 rows whose seven days were over by then."""
    event = [False] * 10 + ([True] + [False] * 9) * 5 + [False] * 30
    sample = read_sample(frame_of([0.0] * 90, event), horizon_days=7.0)
    assert fit_stretches(sample, refit_days=30.0, events_to_fit=3) == [(54, slice(60, 90))]


@pytest.mark.parametrize("method", METHODS)
def test_nothing_later_enters(method: Method) -> None:
    """With every score and outcome after a day changed, all probabilities up to it stay the same, to the last bit."""
    risk, event = world(0)
    cut = 500
    other_risk, other_event = world(9)
    changed_risk = np.where(np.arange(800) <= cut, risk, other_risk)
    known = cut - HORIZON
    changed_event = event.where(np.arange(800) <= known, other_event)
    before, after = (
        calibrate(sampled(score, outcome), method=method).probability
        for score, outcome in ((risk, event), (changed_risk, changed_event))
    )
    assert np.isfinite(before[: cut + 1]).sum() > 100
    np.testing.assert_array_equal(before[: cut + 1], after[: cut + 1])


@pytest.mark.parametrize("method", METHODS)
def test_probabilities_follow_the_score(method: Method) -> None:
    """Within one fit a higher score never has a lower probability, and all lie between 0 and 1."""
    risk, event = world(0, rows=1200)
    given = calibrate(sampled(risk, event), method=method, refit_days=800.0)
    last = slice(800, 1190)
    ordered = given.probability[last][np.argsort(risk[last])]
    assert (np.diff(ordered) >= -1e-12).all()
    assert (ordered[0] >= 0.0, ordered[-1] <= 1.0) == (True, True)


def test_base_is_the_past_share() -> None:
    """The base rate of a stretch is the share of events among the rows fitted on."""
    risk, event = world(0)
    sample = sampled(risk, event)
    given = calibrate(sample)
    past, served = fit_stretches(sample, refit_days=30.0, events_to_fit=3)[-1]
    assert set(given.base[served].tolist()) == {sample.event[:past].mean()}


def test_infinite_scores_have_a_probability() -> None:
    """An index past its lines is calibrated like any other."""
    risk, event = world(0)
    risk[700] = math.inf
    given = calibrate(sampled(risk, event))
    assert given.probability[700] >= given.probability[given.given & (np.arange(793) > 690)].max() - 1e-12


def test_too_short_a_past_has_no_probability() -> None:
    """Before three events are known nothing is given."""
    sample = read_sample(frame_of([1.0] * 60, [True] + [False] * 59), horizon_days=7.0)
    assert not calibrate(sample).given.any()


def test_brier_agrees_with_scikit_learn() -> None:
    """Mean squared error, rows without a probability left out."""
    rng = np.random.default_rng(0)
    probability, event = rng.random(50), rng.random(50) < 0.4
    expected = brier_score_loss(event, probability)
    assert float(brier(np.append(probability, math.nan), np.append(event, True))) == pytest.approx(expected)


def test_brier_of_nothing_is_none() -> None:
    """Without probabilities there is no score."""
    assert math.isnan(float(brier(np.full(3, math.nan), np.ones(3, dtype=np.bool_))))


def test_the_base_rate_has_no_skill() -> None:
    """Probabilities equal to the base rate save nothing of its error; a true signal saves some."""
    risk, event = world(0, rows=1500, pull=3.0)
    good, flat = (calibrate(sampled(score, event)) for score in (risk, np.zeros(1500)))
    assert float(brier_skill(flat)) == pytest.approx(0.0, abs=0.01)
    assert float(brier_skill(good)) > 0.05


def test_reliability_by_hand() -> None:
    """Two levels of forecast, two bins, each with its share of events and its independent events."""
    sample = read_sample(frame_of([0.0] * 60, ([True] * 2 + [False] * 8) * 6), horizon_days=3.0)
    given = calibrate(sample)
    forced = np.where(np.arange(60) % 10 < 5, 0.4, 0.1)
    table = reliability(sample, type(given)(forced, given.base, sample.event, method="logistic"), bins=2)
    expected = pd.DataFrame(
        {
            "low": [0.1, 0.4],
            "high": [0.1, 0.4],
            "forecast": [0.1, 0.4],
            "observed": [0.0, 0.4],
            "observed_low": [0.0, 0.1933],
            "observed_high": [0.2425, 0.6805],
            "rows": [30, 30],
            "windows": [12, 12],
            "events": [0, 6],
        }
    )
    pd.testing.assert_frame_equal(table, expected, atol=5e-4)


def test_reliability_holds_every_row() -> None:
    """All rows with a probability are in one bin, forecasts rising."""
    risk, event = world(2)
    sample = sampled(risk, event)
    given = calibrate(sample)
    table = reliability(sample, given)
    assert table["rows"].sum() == given.given.sum()
    assert table["forecast"].is_monotonic_increasing


def test_reliability_of_nothing_is_empty() -> None:
    """Without probabilities there is no row."""
    sample = read_sample(frame_of([1.0] * 9, [False] * 9), horizon_days=1.0)
    assert reliability(sample, calibrate(sample)).empty


def test_other_methods_are_refused() -> None:
    """Only the named methods are known."""
    sample = read_sample(frame_of([1.0], [False]), horizon_days=1.0)
    with pytest.raises(ValueError, match="allowed are logistic, isotonic"):
        calibrate(sample, method="spline")  # type: ignore[arg-type]


def test_refits_take_time() -> None:
    """A stretch of no length is refused."""
    with pytest.raises(ValueError, match="got a fit every 0"):
        refit_rows(days(3), 0.0)
