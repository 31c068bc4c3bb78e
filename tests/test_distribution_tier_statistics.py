"""One number from a tier mix: worked by hand, and at its limits."""

import numpy as np
import pytest

from cohortiv.distribution.tier_statistics import high_leverage_share, tier_gini, tier_hhi

MIX = [0.1, 0.2, 0.3, 0.4]
ALIKE = [0.25] * 4
ALONE = [0.0, 0.0, 1.0, 0.0]


def test_high_leverage_is_from_10x_on() -> None:
    """The tier of 10x itself counts."""
    assert high_leverage_share(MIX, [5, 8, 10, 20]) == pytest.approx(0.7)


def test_another_edge_may_be_asked_for() -> None:
    """From 20x on."""
    assert high_leverage_share(MIX, [5, 8, 10, 20], lowest=20) == pytest.approx(0.4)


@pytest.mark.parametrize(("mix", "expected"), [(MIX, 0.30), (ALIKE, 0.25), (ALONE, 1.0)])
def test_hhi_by_hand(mix: list[float], expected: float) -> None:
    """From one over the number of tiers to one."""
    assert tier_hhi(mix) == pytest.approx(expected)


@pytest.mark.parametrize(("mix", "expected"), [(MIX, 0.25), (ALIKE, 0.0), (ALONE, 0.75)])
def test_gini_by_hand(mix: list[float], expected: float) -> None:
    """From nothing to one minus one over the number of tiers."""
    assert tier_gini(mix) == pytest.approx(expected)


def test_gini_is_half_the_mean_difference_over_the_mean() -> None:
    """The definition by pairs gives the same."""
    mix = np.random.default_rng(3).dirichlet(np.ones(9))
    pairs = np.abs(mix[:, None] - mix).mean()
    assert tier_gini(mix) == pytest.approx(pairs / (2 * mix.mean()))


def test_draws_are_taken_along_the_last_axis() -> None:
    """One number a draw."""
    assert [fn([MIX, ALIKE, ALONE]).shape for fn in (tier_hhi, tier_gini)] == [(3,), (3,)]
