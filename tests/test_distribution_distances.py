"""The residual of the index: what the mix does not explain, how it spreads with time, and its draws."""

import math

import numpy as np
import pytest
from outlook_support import between, index_past

from cohortiv.config.outlook_strands import UncertainPositive
from cohortiv.distribution.distances import (
    DistanceMoves,
    distance_factors,
    distance_residuals,
    fit_distances,
    growth,
    mix_correlation,
)

WEEK = 7 / 365
STATED = UncertainPositive(**between(0.5, 0.5, 0.5))


def rng() -> np.random.Generator:
    """A stream that is the same each time."""
    return np.random.default_rng(3)


def walked(periods: int, *, volatility: float = 0.1) -> list[float]:
    """Levels of the distances on a seeded random walk of the logarithm."""
    return list(30 * np.exp(volatility * rng().standard_normal(periods).cumsum()))


def test_a_residual_is_the_change_at_the_later_mix() -> None:
    """The level doubles and the mix halves: all of the doubling is the residual, and nothing of the halving."""
    past = index_past(levels=[10.0, 20.0], shares=[0.5, 0.25])
    assert distance_residuals(past) == pytest.approx([math.log(2)])


def test_a_mix_that_moves_alone_leaves_no_residual() -> None:
    """At the same distances."""
    past = index_past(levels=[10.0] * 8, shares=list(np.linspace(0.2, 0.8, 8)))
    assert distance_residuals(past) == pytest.approx(np.zeros(7), abs=1e-12)
    assert fit_distances(past).variance == pytest.approx(0.0, abs=1e-12)


def test_the_variance_of_each_lag_is_about_zero() -> None:
    """Levels that grow by one factor a period: no drift is taken off, and the squares grow with the lag squared."""
    found = fit_distances(index_past(levels=[10 * 1.1**i for i in range(10)], shares=[0.5] * 10))
    assert found.years == pytest.approx([WEEK, 2 * WEEK, 3 * WEEK])
    assert found.variance == pytest.approx([(lag * math.log(1.1)) ** 2 for lag in (1, 2, 3)])
    assert found.degrees == 9


def test_the_variance_does_not_fall() -> None:
    """Levels that swing to and fro are the same every other period."""
    found = fit_distances(index_past(levels=[10.0, 20.0] * 6, shares=[0.5] * 12))
    assert found.variance == pytest.approx(math.log(2) ** 2)


def test_a_period_without_an_index_is_passed_over() -> None:
    """Its two changes are missing, the others count."""
    levels = [10 * 1.1**i for i in range(12)]
    levels[5] = 0.0
    found = fit_distances(index_past(levels=levels, shares=[0.5] * 12))
    assert found.degrees == 9
    assert found.variance[0] == pytest.approx(math.log(1.1) ** 2)


def test_factors_begin_at_one_and_have_no_trend() -> None:
    """Their median stays 1 while they spread."""
    moves = fit_distances(index_past(levels=walked(30), shares=[0.5] * 30))
    factors = distance_factors(moves, [0.0, WEEK, 20 * WEEK], n_draws=20_000, rng=rng())
    assert (factors[0] == 1).all()
    assert np.median(factors, axis=1) == pytest.approx(1.0, abs=0.02)
    assert np.log(factors[2]).std() > np.log(factors[1]).std() > 0


def grown(power: float) -> DistanceMoves:
    """Moves whose variance rises with a power of the lag."""
    years = WEEK * np.arange(1.0, 7.0)
    return DistanceMoves(
        years, 0.01 * np.arange(1.0, 7.0) ** power, degrees=1e6, correlation=0.0, stated=None, notes=()
    )


def test_growth_is_the_power_that_was_measured() -> None:
    """Of a walk 1, also where it is faster; of residuals that swing back less, and of one lag that of a walk."""
    assert [growth(grown(power)) for power in (0.0, 0.5, 1.0, 2.0)] == pytest.approx([0.0, 0.5, 1.0, 1.0])
    one = DistanceMoves(np.array([WEEK]), np.array([0.01]), degrees=9.0, correlation=0.0, stated=None, notes=())
    assert growth(one) == 1.0


def test_residuals_that_swing_back_are_not_carried_on_as_a_walk() -> None:
    """With variance that grows by the root of time, sixteen times as far ahead has twice the spread."""
    moves = grown(0.5)
    far = moves.years[-1]
    logs = np.log(distance_factors(moves, [far, 16 * far], n_draws=40_000, rng=rng()))
    assert logs[1].std() / logs[0].std() == pytest.approx(2.0, rel=0.03)


def test_beyond_the_longest_lag_a_walk_stays_one() -> None:
    """Four times as far ahead, twice the spread."""
    moves = grown(1.0)
    far = moves.years[-1]
    logs = np.log(distance_factors(moves, [far, 4 * far], n_draws=40_000, rng=rng()))
    ends = np.quantile(logs, 0.95, axis=1)
    assert ends[1] / ends[0] == pytest.approx(2.0, rel=0.05)


def test_a_short_history_takes_the_stated_volatility() -> None:
    """And names it; at a year ahead its logarithm has that standard deviation."""
    moves = fit_distances(index_past(levels=[10.0] * 5, shares=[0.5] * 5), stated=STATED)
    assert "a stated volatility of 0.5 to 0.5" in moves.notes[0]
    factors = distance_factors(moves, [1.0], n_draws=40_000, rng=rng())
    assert np.log(factors).std() == pytest.approx(0.5, rel=0.02)


def test_without_a_stated_one_nothing_moves() -> None:
    """The note says that the band is of the mix alone."""
    moves = fit_distances(index_past(levels=[10.0] * 5, shares=[0.5] * 5))
    assert moves.notes[0].endswith("the band of the index is of the mix alone.")
    assert (distance_factors(moves, [0.0, 1.0], n_draws=10, rng=rng()) == 1).all()


def test_mix_and_distances_that_move_together_correlate() -> None:
    """Levels that rise where the share rises; with fewer than five changes nothing is told."""
    shares = [0.2, 0.3, 0.25, 0.35, 0.3, 0.4, 0.2]
    together = index_past(levels=[100 * share for share in shares], shares=shares)
    against = index_past(levels=[10 / share for share in shares], shares=shares)
    assert mix_correlation(together) == pytest.approx(1.0)
    assert mix_correlation(against) == pytest.approx(-1.0)
    assert math.isnan(mix_correlation(index_past(levels=[30.0, 40.0, 35.0], shares=[0.2, 0.3, 0.25])))
