"""What was known at a time: never later values, never older than allowed."""

import math

import numpy as np
import pandas as pd
import pytest
from outcome_support import DAY, HOUR, at, poisoned, series

from cohortiv.validation.known import known_at, logarithm, regular


def test_a_value_counts_from_the_moment_it_is_known() -> None:
    """At its own time already, and a second before not yet."""
    found = known_at(series([1.0, 2.0]), at("01 00:59:59", "01 01:00:00"), oldest=DAY)
    assert found["value"].tolist() == [1.0, 2.0]
    assert found["known"].tolist() == list(at("01 00:00", "01 01:00"))


def test_nothing_is_known_before_the_first() -> None:
    """The value is NaN and its time NaT."""
    found = known_at(series([1.0]), at("01 00:00") - HOUR, oldest=DAY)
    assert found.isna().to_numpy().all()


def test_an_old_value_is_not_carried_on() -> None:
    """Just as old as allowed it is known, older not."""
    found = known_at(series([1.0]), at("02 00:00:00", "02 00:00:01"), oldest=DAY)
    assert found["value"].notna().tolist() == [True, False]


def test_a_missing_value_is_no_value() -> None:
    """The one before it is the newest."""
    assert known_at(series([1.0, np.nan]), at("01 02:00"), oldest=DAY)["value"].tolist() == [1.0]


def test_an_empty_series_is_never_known() -> None:
    """One NaN for each time, of the types that others have."""
    found = known_at(series([]), at("01", "02"), oldest=DAY)
    assert found["value"].isna().all()
    assert found.dtypes.astype("str").tolist() == ["float64", "datetime64[us]"]


def test_the_future_does_not_matter() -> None:
    """With every later row changed the values stay."""
    held, times = series(list(range(48))), at("01 12:00", "01 23:30")
    for after in times:
        before = known_at(held, times[times <= after], oldest=DAY)
        pd.testing.assert_frame_equal(known_at(poisoned(held, after), times[times <= after], oldest=DAY), before)


@pytest.mark.parametrize(
    ("index", "said"),
    [
        (at("01", "01"), r"do not rise \(1 repeated\)"),
        (at("02", "01"), "do not rise"),
        (at("01", "02").tz_localize("UTC"), "without a zone"),
        (pd.Index([1, 2]), "indexed by int64"),
    ],
)
def test_times_that_are_no_times_are_refused(index: pd.Index, said: str) -> None:
    """Repeated, falling, with a zone, or numbers."""
    with pytest.raises(ValueError, match=said):
        known_at(pd.Series([1.0, 2.0], index=index), at("03"), oldest=DAY)


def test_a_gap_becomes_visible() -> None:
    """A missing hour is a NaN at its time."""
    held = series([1.0, 2.0, 3.0]).drop(at("01 01:00"))
    assert regular(held, HOUR).isna().tolist() == [False, True, False]
    assert regular(series([]), HOUR).empty


def test_the_logarithm_of_nothing_is_missing() -> None:
    """As that of what is negative or missing."""
    assert logarithm(series([math.e, 0.0, -1.0, np.nan])).fillna(-9).tolist() == [1.0, -9, -9, -9]
