"""Index series of a model: what is carried, where nothing is known, and what is said of it."""

from dataclasses import replace

import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from study_support import bars, without_feed

from cohortiv.assessment.study_data import BeginsLaterError, IndexInput
from cohortiv.study.market_series import MarketSeries, market_series

pytestmark = ENGINE_WARNINGS
WHOLE = bars(120)


def made(prices: pd.DataFrame, interest: pd.DataFrame) -> MarketSeries:
    """The series of such bars and open interest."""
    return market_series(given(prices, interest))


def given(prices: pd.DataFrame, interest: pd.DataFrame) -> IndexInput:
    """What it is made of."""
    whole = without_feed().index[0]
    assert whole.market is not None
    market = (replace(whole.market[0], frame=prices), replace(whole.market[1], frame=interest[["oi_usd"]]))
    return replace(whole, market=market)


def test_a_hole_has_no_index_nor_has_the_week_after_it() -> None:
    """Forty days without bars: the next snapshot is a week after them, and the note counts the hole."""
    holed = WHOLE.drop(WHOLE.index[60:140])
    found = made(holed, WHOLE)
    times = pd.DatetimeIndex(found.profile.snapshots)
    hole = (times >= WHOLE.index[60]) & (times < WHOLE.index[140] + pd.Timedelta(days=7))
    assert not hole.any()
    assert len(times) == 113 - 47
    assert "1 hole of more than 2 days in bars or open interest" in found.notes[3]


def test_the_age_of_open_interest_is_told() -> None:
    """A reading at noon alone is half a day old at each midnight."""
    noon = WHOLE[pd.DatetimeIndex(WHOLE.index).hour == 12]
    found = made(WHOLE, noon)
    assert "113 of 113 snapshots take open interest from a reading before, 12 hours old in the median" in found.notes[2]


def test_readings_of_their_own_time_are_told() -> None:
    """Nothing is carried where every bar has a reading."""
    assert made(WHOLE, WHOLE).notes[2] == "Every snapshot has a reading of open interest of its own time"


def test_bars_missing_in_short_holes_are_counted() -> None:
    """Two bars of one day are bridged, and told."""
    found = made(WHOLE.drop(WHOLE.index[[61, 62]]), WHOLE)
    assert found.notes[3].startswith("2 bars missing in holes of 2 days or less")


def test_bars_without_a_high_are_counted() -> None:
    """They are left out of the reconstruction."""
    prices = WHOLE.assign(high=WHOLE["high"].where(WHOLE.index != WHOLE.index[61]))
    assert made(prices, WHOLE).notes[-1] == "Left out: 1 bar without a high or low"


def test_no_snapshot_is_made_after_the_last_moment() -> None:
    """The midnight that ends a day is left out."""
    last = pd.Timestamp("2024-03-01") - pd.Timedelta(1, "us")
    found = market_series(given(WHOLE, WHOLE), last=last)
    assert max(found.profile.snapshots) == pd.Timestamp("2024-02-29")


def test_less_than_a_week_is_no_series() -> None:
    """The message says what is needed."""
    with pytest.raises(BeginsLaterError, match="for less than 7 days on end"):
        made(WHOLE.head(6), WHOLE)
