"""Frames for the pictures of a validation report."""

import numpy as np
import pandas as pd
import pytest
from signal_support import HORIZON, sampled, world

from cohortiv.validation.calibration import calibrate, reliability
from cohortiv.validation.curves import reliability_curves, roc_curves
from cohortiv.validation.ranking import auroc, rank

ROWS = 2500
RISK, EVENT = world(0, rows=ROWS)
SCORES = pd.DataFrame({"risk": RISK, "short": np.where(np.arange(ROWS) < ROWS - 50, np.nan, RISK)}, index=EVENT.index)


def test_the_area_under_the_curve_is_the_auroc() -> None:
    """The trapezoids under a signal's curve add up to its AUROC."""
    curve = roc_curves(SCORES, EVENT, horizon_days=HORIZON)
    area = np.trapezoid(curve["true_rate"], curve["false_rate"])
    sample = sampled(RISK, EVENT)
    assert area == pytest.approx(float(auroc(rank(sample.score, sample.event))))


def test_signals_below_the_floor_have_no_curve() -> None:
    """Fifty days with few events are not drawn."""
    assert set(roc_curves(SCORES, EVENT, horizon_days=HORIZON)["signal"]) == {"risk"}
    assert set(reliability_curves(SCORES, EVENT, horizon_days=HORIZON)["signal"]) == {"risk"}


def test_reliability_is_that_of_the_signal() -> None:
    """The frame holds the reliability table under the signal's name."""
    sample = sampled(RISK, EVENT)
    found = reliability_curves(SCORES, EVENT, horizon_days=HORIZON).drop(columns="signal")
    pd.testing.assert_frame_equal(found, reliability(sample, calibrate(sample)))


def test_the_floor_is_asked_of_rows_with_a_probability() -> None:
    """Events before the first fit cannot speak for forecasts that were not made then."""
    sample = sampled(RISK, EVENT)
    found = {
        curve.__name__: len(curve(SCORES[["risk"]], EVENT, horizon_days=HORIZON, fewest_events=sample.events))
        for curve in (roc_curves, reliability_curves)
    }
    assert found["roc_curves"] > 0
    assert found["reliability_curves"] == 0


def test_nothing_gives_empty_frames() -> None:
    """Without signals both frames are empty and have their columns."""
    none = pd.DataFrame(index=EVENT.index)
    assert roc_curves(none, EVENT, horizon_days=HORIZON).columns.tolist() == ["signal", "false_rate", "true_rate"]
    assert "observed" in reliability_curves(none, EVENT, horizon_days=HORIZON).columns


def test_indices_must_agree() -> None:
    """An outcome of other times is refused."""
    with pytest.raises(ValueError, match="different indices"):
        roc_curves(SCORES.iloc[1:], EVENT, horizon_days=HORIZON)
