"""Errors of medians: of one, of a difference on the same draws, and what other seeds do."""

import math

import numpy as np
import pytest

from cohortiv.distribution.median_errors import combined_error, difference_error, median, median_error


def test_the_error_of_a_median_is_known_for_normal_draws() -> None:
    """1.64 sqrt(pi / 2n) of the standard deviation."""
    found = np.median([median_error(np.random.default_rng(seed).standard_normal(4_000)) for seed in range(50)])
    assert found == pytest.approx(1.645 * math.sqrt(math.pi / 8_000), rel=0.05)


def test_draws_that_are_infinite_about_the_middle_have_no_error() -> None:
    """And draws all alike have none to speak of."""
    assert median_error([1.0, math.inf, math.inf]) == math.inf
    assert median_error(np.full(10, 3.0)) == 0.0
    assert difference_error([1.0, math.inf, math.inf], [1.0, 2.0, 3.0]) == math.inf


def test_a_median_is_one_of_the_draws() -> None:
    """No mean is taken with an infinite one."""
    assert median([1.0, 2.0, math.inf, math.inf]) == 2.0


def test_sets_that_differ_by_a_constant_differ_without_error() -> None:
    """The same draws lie below both medians."""
    draws = np.random.default_rng(1).standard_normal(1_000)
    assert difference_error(draws, draws + 3.0) == pytest.approx(0.0, abs=1e-9)


def test_sets_without_anything_in_common_add_their_squares() -> None:
    """As two independent numbers do."""
    first, second = np.random.default_rng(2).standard_normal((2, 20_000))
    apart = math.hypot(median_error(first), median_error(second))
    assert difference_error(first, second) == pytest.approx(apart, rel=0.03)


def test_the_error_of_a_difference_is_what_other_seeds_do() -> None:
    """Nine of ten differences of paired medians lie within it about the true one, 0.5."""
    within = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        common = rng.standard_normal(800)
        first, second = common + 0.3 * rng.standard_normal(800), common + 0.5 + 0.3 * rng.standard_normal(800)
        within.append(abs(median(second) - median(first) - 0.5) <= difference_error(first, second))
    assert np.mean(within) == pytest.approx(0.9, abs=0.05)


def test_weights_scale_the_error() -> None:
    """Half of one median errs by half."""
    draws = np.random.default_rng(3).standard_normal(500)
    assert combined_error([draws], [-0.5]) == pytest.approx(0.5 * median_error(draws))
