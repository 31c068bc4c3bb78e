"""Reconstructions at many moments, against one made for each moment alone."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from study_support import bars

from cohortiv.comovement import comovement
from cohortiv.distribution.entry_profile import DEFAULT_MIX
from cohortiv.distribution.reconstructed_series import reconstructed_profile, unbroken_runs
from cohortiv.distribution.reconstruction import profile_of_reconstruction, reconstruct
from cohortiv.errors import DataError
from cohortiv.history.series import index_series
from cohortiv.margin.brackets import load_brackets
from cohortiv.margin.schedule import BracketSchedule
from cohortiv.profile import LiquidationProfile

pytestmark = ENGINE_WARNINGS
MOVEMENT = comovement({}, {})


def schedule() -> BracketSchedule:
    """Shipped brackets."""
    found = load_brackets(None).schedule_for("binance", "BTC", "linear", as_of=pd.Timestamp("2026-02-01").date())
    assert found is not None
    return replace(found.schedule, venue="binance")


def held() -> pd.DataFrame:
    """Bars with open interest in coins."""
    made = bars(120)
    return made.assign(coins=made["oi_usd"] / made["close"])


def series(frame: pd.DataFrame, times: pd.DatetimeIndex) -> LiquidationProfile:
    """The profiles of a series."""
    return reconstructed_profile(frame, times, mix=DEFAULT_MIX, schedule=schedule(), comovement=MOVEMENT)


@pytest.mark.parametrize("bar", [40, 150, 239])
def test_each_moment_is_that_of_a_reconstruction_of_its_own(bar: int) -> None:
    """The index agrees to 2e-5 of itself with the bars up to that moment followed alone."""
    frame = held()
    whole = index_series(series(frame, pd.DatetimeIndex(frame.index[[40, 150, 239]])), symbol="BTC")
    until = frame.iloc[: bar + 1].reset_index(names="time")
    alone = reconstruct(until, until[["time", "oi_usd"]], mix=DEFAULT_MIX, schedule=schedule())
    profile = profile_of_reconstruction(alone, schedule=schedule(), comovement=MOVEMENT)
    expected = index_series(profile, symbol="BTC")["iv_index"].iloc[0]
    assert whole.loc[frame.index[bar], "iv_index"] == pytest.approx(expected, rel=2e-5)


def test_no_later_bar_enters() -> None:
    """With all bars after a moment changed, the profile at it is the same to the cent."""
    frame = held()
    at = pd.DatetimeIndex(frame.index[[60, 100]])
    later = frame.index > at[-1]
    changed = frame.assign(**{str(name): frame[name].where(~later, frame[name] * 1.7) for name in frame})
    pd.testing.assert_frame_equal(series(frame, at).cells, series(changed, at).cells)


def test_moments_without_open_interest_are_no_snapshots() -> None:
    """A moment before the first, and one where it is not known, are left out."""
    frame = held()
    frame.loc[frame.index[[0, 1, 50]], "coins"] = np.nan
    times = pd.DatetimeIndex(frame.index[[1, 49, 50, 51]])
    assert list(series(frame, times).snapshots) == [frame.index[49], frame.index[51]]


def test_after_a_hole_positions_are_opened_anew() -> None:
    """Forty days without bars: what is held after them does not hang on anything before."""
    frame = held()
    holed = frame.drop(frame.index[60:140])
    at = pd.DatetimeIndex(frame.index[[180, 200]])
    whole, alone = series(holed, at), series(frame.iloc[140:], at)
    assert whole.origin["restarts"] == 1
    pd.testing.assert_frame_equal(whole.cells, alone.cells)


def test_open_interest_is_not_carried_over_a_hole() -> None:
    """Three days without a reading begin a new run, though there are bars."""
    frame = held()
    frame.loc[frame.index[60:68], "coins"] = np.nan
    runs = unbroken_runs(frame)
    assert [len(run) for run in runs] == [64, 172]
    assert runs[1].index[0] == frame.index[68]


def test_a_short_hole_is_bridged() -> None:
    """A day without bars leaves one run."""
    frame = held()
    assert len(unbroken_runs(frame.drop(frame.index[60:62]))) == 1


def test_no_moment_at_all_is_refused() -> None:
    """Bars and open interest of different periods are told."""
    with pytest.raises(DataError, match="None of 1 moments has open interest"):
        series(held(), pd.DatetimeIndex(["2031-01-01"]))
