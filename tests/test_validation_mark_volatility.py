"""Realised volatility from the marks of snapshots."""

import numpy as np
import pandas as pd
import pytest

from cohortiv.validation.mark_volatility import mark_volatility
from cohortiv.validation.volatility_models import realised_volatility

DAY = pd.Timedelta(days=1)


def marks(count: int, *, step: str = "8h") -> "pd.Series[float]":
    """A seeded path."""
    moves = np.random.default_rng(3).normal(scale=0.01, size=count)
    return pd.Series(60_000 * np.exp(np.cumsum(moves)), index=pd.date_range("2026-01-01", periods=count, freq=step))


def test_moves_of_one_per_cent_a_day_by_hand() -> None:
    """Daily moves of 1 % are sqrt(365) per cent a year."""
    steady = pd.Series(100.0 * np.exp(0.01 * np.arange(10)), index=pd.date_range("2026-01-01", periods=10))
    assert mark_volatility(steady, days=7).iloc[-1] == pytest.approx(0.01 * np.sqrt(365.0))


def test_even_snapshots_give_what_bars_give() -> None:
    """The same formula as for closing prices."""
    path = marks(60)
    bars = realised_volatility(path, days=7, step=pd.Timedelta("8h"))
    np.testing.assert_allclose(mark_volatility(path, days=7).iloc[25:], bars.iloc[25:])


def test_weekly_snapshots_are_too_coarse() -> None:
    """Seven moves a window at least."""
    assert mark_volatility(marks(30, step="7D"), days=30).isna().all()


def test_a_short_history_has_none_yet() -> None:
    """Until the window is nearly full."""
    found = mark_volatility(marks(60), days=7)
    assert found.iloc[:18].isna().all()
    assert found.iloc[25:].notna().all()


def test_a_long_gap_leaves_a_gap() -> None:
    """No move of more than a quarter of the window is spread over it."""
    path = marks(90)
    cut = path[(path.index < path.index[0] + 10 * DAY) | (path.index > path.index[0] + 13 * DAY)]
    after = mark_volatility(cut, days=7)[cut.index > path.index[0] + 13 * DAY]
    assert after.iloc[:18].isna().all()
    assert after.iloc[-10:].notna().all()


def test_later_marks_change_nothing() -> None:
    """The value at a snapshot stands on those up to it."""
    path = marks(60)
    changed = path.where(path.index <= path.index[40], path * 2.0)
    pd.testing.assert_series_equal(mark_volatility(path, days=7)[:41], mark_volatility(changed, days=7)[:41])


def test_no_marks_give_none() -> None:
    """An empty series."""
    assert mark_volatility(marks(0), days=7).empty
