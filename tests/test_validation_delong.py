"""DeLong's standard error against the slow, obvious sums of the paper."""

import math

import numpy as np
import pytest
import scipy

from cohortiv.validation.delong import delong, delong_difference
from cohortiv.validation.sample import BoolArray
from cohortiv.volatility import FloatArray


def placements(score: FloatArray, event: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Structural components V10 and V01 by a loop over all pairs."""
    events, calm = score[event], score[~event]
    kernel = np.array([[1.0 if one > two else 0.5 if one == two else 0.0 for two in calm] for one in events])
    return kernel.mean(axis=1), kernel.mean(axis=0)


def drawn(seed: int) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Two scores with ties of the same rows."""
    rng = np.random.default_rng(seed)
    event = rng.random(60) < 0.4
    first = np.round(rng.normal(size=60) + event, 1)
    return first, np.round(0.5 * first + rng.normal(size=60), 1), event


@pytest.mark.parametrize("seed", range(5))
def test_standard_error_is_that_of_the_paper(seed: int) -> None:
    """S10 / m + S01 / n over all pairs."""
    score, _, event = drawn(seed)
    rows, columns = placements(score, event)
    found = delong(score, event)
    assert found.value == pytest.approx(rows.mean(), abs=1e-12)
    expected = math.sqrt(rows.var(ddof=1) / rows.size + columns.var(ddof=1) / columns.size)
    assert found.standard_error == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("seed", range(5))
def test_difference_is_that_of_the_paper(seed: int) -> None:
    """The variance of a difference, covariances included, over all pairs."""
    first, second, event = drawn(seed)
    (rows, columns), (others, other_columns) = (placements(score, event) for score in (first, second))
    gaps, column_gaps = rows - others, columns - other_columns
    error = math.sqrt(gaps.var(ddof=1) / gaps.size + column_gaps.var(ddof=1) / column_gaps.size)
    found = delong_difference(first, second, event)
    assert (found.value, found.standard_error) == pytest.approx((gaps.mean(), error), rel=1e-10)
    assert found.p_value == pytest.approx(2.0 * scipy.stats.norm.sf(abs(gaps.mean()) / error), rel=1e-9)


def test_by_hand() -> None:
    """Two events at 1 and 3, two calm rows at 0 and 2: V10 = 1/2, 1 and V01 = 1, 1/2, variance 1/8."""
    found = delong(np.array([1.0, 3.0, 0.0, 2.0]), np.array([True, True, False, False]))
    assert (found.value, found.standard_error) == pytest.approx((0.75, math.sqrt(1.0 / 8.0)))
    assert (found.low, found.high) == pytest.approx((0.75 - 1.959964 * math.sqrt(1.0 / 8.0), 1.0), abs=1e-6)


def test_a_perfect_score_has_no_error() -> None:
    """All events above all calm rows: an area of 1, and certain."""
    found = delong(np.arange(6.0), np.arange(6) > 2)
    assert (found.value, found.standard_error, found.low, found.high, found.p_value) == (1.0, 0.0, 1.0, 1.0, 0.0)


def test_a_score_does_not_differ_from_itself() -> None:
    """No difference, no error, and nothing to reject."""
    score, _, event = drawn(0)
    found = delong_difference(score, score, event)
    assert (found.value, found.standard_error, found.p_value) == (0.0, 0.0, 1.0)


def test_independent_rows_are_covered() -> None:
    """For independent rows the interval holds the true 0.5 in 95 % of 400 runs, give or take four errors."""
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(400):
        found = delong(rng.normal(size=150), rng.random(150) < 0.3)
        held += found.low <= 0.5 <= found.high
    assert held / 400 == pytest.approx(0.95, abs=4.0 * math.sqrt(0.95 * 0.05 / 400))


def test_single_rows_are_refused() -> None:
    """A variance takes two rows of each class."""
    with pytest.raises(ValueError, match="got 1 event rows and 2 calm rows"):
        delong(np.arange(3.0), np.array([True, False, False]))


def test_missing_scores_are_refused() -> None:
    """NaN has no rank."""
    with pytest.raises(ValueError, match="1 scores NaN"):
        delong(np.array([1.0, math.nan, 2.0, 3.0]), np.array([True, True, False, False]))


def test_bad_levels_are_refused() -> None:
    """A level lies between 0 and 1."""
    with pytest.raises(ValueError, match="got a level of 1"):
        delong(np.arange(4.0), np.array([True, True, False, False]), level=1.0)
