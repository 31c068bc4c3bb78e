"""Purged walk-forward splits."""

import numpy as np
import pandas as pd
import pytest
from signal_support import days

from cohortiv.validation.splits import walk_forward


def test_splits_by_hand() -> None:
    """Twelve days, two folds, a horizon of two days and an embargo of one: three rows before each test are purged."""
    first, second = walk_forward(days(12), folds=2, horizon_days=2.0, embargo_days=1.0)
    assert (first.train.tolist(), first.test.tolist()) == ([0, 1], [4, 5, 6, 7])
    assert (second.train.tolist(), second.test.tolist()) == ([0, 1, 2, 3, 4, 5], [8, 9, 10, 11])


@pytest.mark.parametrize("embargo", [0.0, 5.0])
def test_no_outcome_reaches_into_the_test(embargo: float) -> None:
    """Every outcome trained on was known an embargo before the first row tested, in irregular times too."""
    rng = np.random.default_rng(0)
    times = days(1)[0] + pd.to_timedelta(np.sort(rng.uniform(0.0, 200.0, 90)), unit="D")
    for split in walk_forward(times, folds=4, horizon_days=7.0, embargo_days=embargo):
        assert times[split.train].max() + pd.Timedelta(days=7.0 + embargo) <= times[split.test].min()


def test_each_row_is_tested_once() -> None:
    """All rows after the first stretch, in order."""
    tested = np.concatenate([split.test for split in walk_forward(days(60), folds=5, horizon_days=2.0)])
    assert tested.tolist() == list(range(10, 60))


def test_splits_without_a_past_are_left_out() -> None:
    """Where the horizon reaches back to the first row nothing can be trained."""
    assert walk_forward(days(10), folds=3, horizon_days=30.0) == ()
    assert walk_forward(days(0), folds=3, horizon_days=1.0) == ()


@pytest.mark.parametrize(("folds", "horizon", "embargo"), [(0, 1.0, 0.0), (2, 0.0, 0.0), (2, 1.0, -1.0)])
def test_bad_arguments_are_refused(folds: int, horizon: float, embargo: float) -> None:
    """One fold at least, a horizon above 0, no negative embargo."""
    with pytest.raises(ValueError, match="folds, a horizon of"):
        walk_forward(days(10), folds=folds, horizon_days=horizon, embargo_days=embargo)
