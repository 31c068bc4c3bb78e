"""Score inputs: what is left out and why, and how many events are independent."""

import math

import numpy as np
import pandas as pd
import pytest
from signal_support import days, frame_of

from cohortiv.errors import DataError
from cohortiv.validation.sample import known_rows, read_sample, spells, windows


def test_missing_outcomes_and_scores_are_counted() -> None:
    """A row without an outcome is not covered; one with an outcome and no score is without score."""
    sample = read_sample(frame_of([1.0, math.nan, 3.0, math.nan], [True, False, None, None]), horizon_days=1.0)
    assert (sample.rows, len(sample.times), sample.not_covered, sample.without_score) == (4, 1, 2, 1)


def test_equal_repeats_count_once() -> None:
    """A row that comes twice with the same values is kept once and the other counted."""
    frame = frame_of([1.0, 2.0], [True, False])
    sample = read_sample(pd.concat([frame, frame]).sort_index(), horizon_days=1.0)
    assert (len(sample.times), sample.repeated, sample.contradictory) == (2, 2, 0)


def test_contradictory_rows_are_left_out() -> None:
    """Two scores for one time leave neither."""
    frame = pd.concat([frame_of([1.0, 2.0], [True, False]), frame_of([5.0], [True])]).sort_index()
    sample = read_sample(frame, horizon_days=1.0)
    assert (sample.score.tolist(), sample.contradictory) == ([2.0], 2)


def test_gaps_are_counted_and_measured() -> None:
    """A step longer than one and a half median steps is a gap, and is left out of the years."""
    frame = frame_of([1.0] * 30, [False] * 30).drop(days(30)[10:14])
    sample = read_sample(frame, horizon_days=1.0)
    assert (sample.gaps, sample.longest_gap_days) == (1, 5.0)
    assert sample.years == pytest.approx(24.0 / 365.0)


def test_one_shock_is_one_event() -> None:
    """Seven rows before a shock, and rows whose horizons touch theirs, are one independent event."""
    event = [False] * 10 + [True] * 7 + [False] * 30 + [True] * 7 + [False] * 7
    assert read_sample(frame_of([0.0] * len(event), event), horizon_days=7.0).events == 2


def test_shocks_within_a_horizon_are_one_event() -> None:
    """Event rows seven days apart overlap with a horizon of seven days, eight days apart they do not."""
    times = days(30)[[3, 10]]
    assert (spells(times, pd.Timedelta(days=7)), spells(times, pd.Timedelta(days=6))) == (1, 2)


def test_windows_by_hand() -> None:
    """Twenty-one daily rows hold three windows of seven days."""
    assert windows(days(21), pd.Timedelta(days=7)) == 3


def test_nothing_has_no_events() -> None:
    """No times hold no spell and no window."""
    assert (spells(days(0), pd.Timedelta(days=1)), windows(days(0), pd.Timedelta(days=1))) == (0, 0)


def test_known_rows_have_an_outcome_by_then() -> None:
    """With a horizon of two days the third row knows the first, and the fifth the first three."""
    assert known_rows(days(5), pd.Timedelta(days=2)).tolist() == [0, 0, 1, 2, 3]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ([], "nothing covered"),
        ([None, None], "nothing covered"),
        ([False, False], "one class only"),
        ([True, True], "one class only"),
        ([True, False, False, False] * 9, "too few events"),
        ([True, False, False, False] * 10, "scored"),
    ],
)
def test_status_says_why_there_is_no_metric(event: list[bool | None], expected: str) -> None:
    """Nothing covered, one class, nine events: each has its words."""
    assert read_sample(frame_of([0.0] * len(event), event), horizon_days=2.0).status() == expected


def test_calm_has_a_floor_too() -> None:
    """Ten events among which hardly a calm day is left are not scored."""
    event: list[bool | None] = [True] * 3 + [None] * 6
    sample = read_sample(frame_of([0.0] * 92, event * 10 + [False] * 2), horizon_days=5.0)
    assert (sample.events, sample.calm_spells, sample.status()) == (10, 1, "too few calm spells")


def test_three_events_are_too_few() -> None:
    """Three independent events lie below the floor of ten."""
    sample = read_sample(frame_of([0.0] * 60, ([True] + [False] * 19) * 3), horizon_days=7.0)
    assert (sample.events, sample.status()) == (3, "too few events")


def test_infinite_scores_stay() -> None:
    """An infinite index is a score like any other."""
    assert np.isinf(read_sample(frame_of([math.inf, 1.0], [True, False]), horizon_days=1.0).score).tolist() == [
        True, False,
    ]  # fmt: skip


def test_columns_are_asked_for() -> None:
    """A frame without the two columns is refused with what it has."""
    with pytest.raises(DataError, match="lacks event; it has score"):
        read_sample(pd.DataFrame({"score": [1.0]}, index=days(1)), horizon_days=1.0)


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (pd.RangeIndex(2), "not indexed by UTC times"),
        (days(2).tz_localize("UTC"), "not indexed by UTC times"),
        (days(2)[::-1], "times that fall, first at 2023-01-01"),
    ],
)
def test_bad_times_are_refused(index: pd.Index, message: str) -> None:
    """Times are dates without zone and never fall."""
    with pytest.raises(DataError, match=message):
        read_sample(frame_of([1.0, 2.0], [True, False]).set_axis(index), horizon_days=1.0)


@pytest.mark.parametrize("horizon", [0.0, -1.0, math.nan, math.inf])
def test_bad_horizons_are_refused(horizon: float) -> None:
    """A horizon is finite and more than 0."""
    with pytest.raises(ValueError, match="got a horizon of"):
        read_sample(frame_of([1.0], [True]), horizon_days=horizon)
