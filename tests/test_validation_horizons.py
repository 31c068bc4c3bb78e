"""Horizons: which bars they are made of, and which are not covered."""

import numpy as np
import pandas as pd
import pytest
from outcome_support import DAY, HOUR, START, at, series, times_of

from cohortiv.validation.horizons import BEFORE, COVERED, GAP, UNFINISHED, counted, horizons, summed


def test_the_horizon_begins_with_the_next_bar() -> None:
    """Three hours from midnight are the bars that end at one, two and three."""
    found = summed(series([1, 2, 4, 8, 16]), at("01 00:00", "01 01:00"), horizon=3 * HOUR, step=HOUR)
    assert found["value"].tolist() == [14.0, 28.0]
    assert found["end"].tolist() == list(at("01 03:00", "01 04:00"))


def test_a_bar_under_way_is_left_out() -> None:
    """At half past, the next whole bar begins at the hour."""
    found = summed(series([1, 2, 4, 8, 16]), at("01 00:30"), horizon=2 * HOUR, step=HOUR)
    assert found["value"].tolist() == [12.0]
    assert found["end"].tolist() == list(at("01 03:00"))


def test_what_is_not_covered_says_why() -> None:
    """Before the first bar, and where the horizon isn't over."""
    times = pd.DatetimeIndex([START - 2 * HOUR, START, START + 4 * HOUR])
    found = summed(series([1, 2, 4, 8, 16]), times, horizon=2 * HOUR, step=HOUR)
    assert found["why"].tolist() == [BEFORE, COVERED, UNFINISHED]
    assert found["value"].isna().tolist() == [True, False, True]


@pytest.mark.parametrize("hole", ["missing", "blank"])
def test_a_gap_covers_nothing_that_holds_it(hole: str) -> None:
    """A missing bar and one without a value alike; what begins after it is whole."""
    held = series(np.ones(12))
    held = held.drop(START + 5 * HOUR) if hole == "missing" else held.where(held.index != START + 5 * HOUR)
    found = summed(held, times_of(held)[:9], horizon=2 * HOUR, step=HOUR)
    assert found["why"].ne(COVERED).sum() == 2
    assert found.loc[found["why"] != COVERED, "why"].tolist() == [GAP, GAP]


def test_bars_off_the_grid_do_not_fill_a_gap() -> None:
    """A bar too many and a bar too few are not two right ones."""
    held = pd.Series(1.0, index=at("01 00:00", "01 01:00", "01 02:00", "01 03:30", "01 04:00", "01 05:00"))
    assert summed(held, at("01 01:00"), horizon=4 * HOUR, step=HOUR)["why"].tolist() == [GAP]


def test_sums_are_those_of_a_plain_loop() -> None:
    """On random bars with holes, at random times."""
    rng = np.random.default_rng(5)
    held = series(rng.random(300))[rng.random(300) > 0.02]
    times = pd.DatetimeIndex(np.sort(START + rng.integers(0, 300 * 60, 80) * pd.Timedelta(minutes=1))).unique()
    found = summed(held, times, horizon=6 * HOUR, step=HOUR)
    for time, value in found["value"].items():
        ends = pd.date_range(pd.Timestamp(str(time)).ceil("h") + HOUR, periods=6, freq="h")
        expected = held.reindex(ends).sum(skipna=False)
        assert value == pytest.approx(expected, nan_ok=True)


def test_a_horizon_is_a_multiple_of_the_bars() -> None:
    """Half a bar can't be told from the other half."""
    with pytest.raises(ValueError, match=r"got a horizon of 0 days 00:30:00 for bars of 0 days 01:00:00"):
        horizons(at("01"), at("01"), horizon=HOUR / 2, step=HOUR)


def test_no_bars_cover_nothing() -> None:
    """Nor do fewer than the horizon has."""
    for held in (series([]), series([1.0])):
        found = summed(held, at("01"), horizon=DAY, step=HOUR)
        assert found["value"].isna().all()


def test_single_events_count_after_the_time() -> None:
    """One at t is past, one at the end counts."""
    events = pd.Series([1.0, 2.0, 4.0], index=at("01 00:00", "01 12:00", "02 00:00"))
    found = counted(events, at("01 00:00", "01 12:00"), horizon=DAY, span=(START, START + 2 * DAY))
    assert found["value"].tolist() == [6.0, 4.0]


def test_no_event_is_nothing_only_where_the_list_speaks() -> None:
    """Within its span a calm day is 0, outside it is unknown."""
    events = pd.Series([1.0], index=at("01 00:00"))
    times = pd.DatetimeIndex([START - DAY, START + DAY, START + 3 * DAY])
    found = counted(events, times, horizon=DAY, span=(START, START + 3 * DAY))
    assert found["why"].tolist() == [BEFORE, COVERED, UNFINISHED]
    assert found["value"].fillna(-1).tolist() == [-1, 0, -1]
