"""An index series as readers see it: code runs, gaps, flips and dated events."""

from dataclasses import replace

import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from study_support import solved

from cohortiv.config.validation import load_events
from cohortiv.study.history import code_timeline, told_history

pytestmark = ENGINE_WARNINGS


def test_runs_of_a_code() -> None:
    """Two days green, one yellow, one green: three runs."""
    codes = pd.Series(["green", "green", "yellow", "green"], index=pd.date_range("2026-01-01", periods=4))
    found = code_timeline(codes)
    assert found["code"].tolist() == ["green", "yellow", "green"]
    assert found["snapshots"].tolist() == [2, 1, 1]
    assert found["days"].tolist() == [1.0, 0.0, 0.0]


def test_no_codes_have_no_runs() -> None:
    """An empty series has an empty timeline."""
    assert code_timeline(pd.Series([], index=pd.DatetimeIndex([]), dtype="object")).empty


def test_a_hole_is_counted_and_not_filled() -> None:
    """Five days taken out are one gap of six days."""
    whole = solved()
    frame = whole.frame.drop(whole.frame.index[100:105])
    told = told_history(replace(whole, frame=frame), load_events(), horizon_days=7.0)
    assert (told.gaps, told.longest_gap_days, told.step_hours) == (1, 6.0, 24.0)
    assert len(told.frame) == len(frame)


def test_flips_are_those_of_the_timeline() -> None:
    """One change between two runs, over the length of the series."""
    told = told_history(solved(), load_events(), horizon_days=7.0)
    years = pd.DatetimeIndex(told.frame.index).to_series().diff().sum() / pd.Timedelta(days=365)
    assert told.flips_a_year == pytest.approx((len(told.timeline) - 1) / years)


def test_one_snapshot_has_no_step() -> None:
    """A single snapshot has no gaps, no step and no flips."""
    whole = solved()
    told = told_history(replace(whole, frame=whole.frame.head(1)), load_events(), horizon_days=7.0)
    assert (told.gaps, told.longest_gap_days) == (0, 0.0)
    assert pd.Series([told.step_hours, told.flips_a_year]).isna().all()
