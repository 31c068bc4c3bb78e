"""Scores of forecasts by draws: CRPS against closed forms and another library, coverage against the binomial law."""

import math

import numpy as np
import pytest
import scipy

from cohortiv.distribution.scoring import Coverage, coverage, crps


def test_two_draws_by_hand() -> None:
    """Draws 0 and 1, outcome 0.25: mean error 0.5 less half the mean distance 0.5 is 0.25."""
    assert float(crps([0.0, 1.0], 0.25)) == 0.25


def test_point_forecast_is_absolute_error() -> None:
    """One draw is scored by how far it was off."""
    np.testing.assert_allclose(crps([[0.2, 0.5]], [0.5, 0.5]), [0.3, 0.0], atol=1e-16)


def test_meets_the_normal_closed_form() -> None:
    """A normal forecast has the score z(2 Phi(z) - 1) + 2 phi(z) - 1/sqrt(pi) of Gneiting and Raftery."""
    draws = scipy.stats.norm.ppf((np.arange(200_000) + 0.5) / 200_000)
    z = np.array([-1.5, 0.0, 0.7])
    exact = z * (2.0 * scipy.stats.norm.cdf(z) - 1.0) + 2.0 * scipy.stats.norm.pdf(z) - 1.0 / math.sqrt(math.pi)
    np.testing.assert_allclose(crps(np.repeat(draws[:, np.newaxis], 3, axis=1), z), exact, atol=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_meets_scipys_energy_distance(seed: int) -> None:
    """Half the squared energy distance between the draws and the outcome is the score."""
    rng = np.random.default_rng(seed)
    draws, outcome = rng.lognormal(size=37), rng.lognormal()
    energy = scipy.stats.energy_distance(draws, [outcome])
    assert float(crps(draws, outcome)) == pytest.approx(0.5 * energy**2, rel=1e-9)


def test_order_and_repetition_of_draws_do_not_matter() -> None:
    """The score is of the distribution: shuffled or doubled draws have the same."""
    draws = np.random.default_rng(0).normal(size=50)
    twice = np.random.default_rng(1).permutation(np.concatenate([draws, draws]))
    assert float(crps(twice, 0.3)) == pytest.approx(float(crps(draws, 0.3)), rel=1e-12)


def test_no_draws_are_refused() -> None:
    """A forecast has one draw or more."""
    with pytest.raises(ValueError, match="one draw or more"):
        crps([], 0.5)


def test_shapes_must_fit() -> None:
    """Draws of three quantities are not scored against two outcomes."""
    with pytest.raises(ValueError, match=r"shape \(4, 3\) for outcomes of shape \(2,\)"):
        crps(np.ones((4, 3)), [1.0, 1.0])


def test_what_is_not_finite_is_counted() -> None:
    """NaN and infinity have no score."""
    with pytest.raises(ValueError, match="got 2 draws or outcomes"):
        crps([math.inf, 1.0], math.nan)


def test_coverage_by_hand() -> None:
    """Of ten dates nine held; a sound 90 % band holds seven to ten of ten in 90 % of series."""
    found = coverage([1.0] * 9 + [0.0], level=0.9)
    assert found == Coverage(level=0.9, share=0.9, dates=10, low=0.7, high=1.0)


def test_shares_of_a_date_add_no_dates() -> None:
    """Several outcomes a date count as one date."""
    assert coverage([0.5, 1.0], level=0.9) == Coverage(level=0.9, share=0.75, dates=2, low=0.5, high=1.0)


def test_no_dates_have_no_coverage() -> None:
    """Without outcomes there is no share and no range."""
    found = coverage([], level=0.9)
    assert found.dates == 0
    assert all(math.isnan(number) for number in (found.share, found.low, found.high))


@pytest.mark.parametrize("level", [0.0, 1.0, math.nan])
def test_bad_levels_are_refused(level: float) -> None:
    """A level lies between 0 and 1."""
    with pytest.raises(ValueError, match="got a level of"):
        coverage([1.0], level=level)


def test_insides_that_are_no_shares_are_refused() -> None:
    """A share of outcomes lies between 0 and 1."""
    with pytest.raises(ValueError, match="got an inside below 0"):
        coverage([0.5, math.nan], level=0.9)
