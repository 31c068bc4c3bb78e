"""The random walk of tier shares: drift, spread, fallbacks, draws."""

import math

import numpy as np
import pandas as pd
import pytest
from outlook_support import history

from cohortiv.distribution.composition import damped, log_ratio_coordinates
from cohortiv.distribution.walk import Walk, fit_walk, walk_draws
from cohortiv.errors import DataError
from cohortiv.volatility import FloatArray

WEEK = 7 / 365


def fitted(frame: pd.DataFrame, *, prior: float = 2.0, pseudo: float = 0.005, fallback: float = 1.0) -> Walk:
    """A walk with the usual numbers."""
    return fit_walk(frame, drift_prior_years=prior, pseudo_share=pseudo, fallback_volatility=fallback)


def drawn(walk: Walk, years: list[float], *, n_draws: int = 20_000, seed: int = 1) -> FloatArray:
    """Draws of a walk."""
    return walk_draws(walk, years, n_draws=n_draws, rng=np.random.default_rng(seed))


def trending(periods: int = 53) -> pd.DataFrame:
    """Two tiers whose log-ratio rises by 1 a year, without any noise."""
    years = np.arange(periods) * WEEK
    high = 1 / (1 + np.exp(-years))
    dates = pd.date_range("2025-07-01", periods=periods, freq="7D")
    return pd.DataFrame({5.0: 1 - high, 20.0: high}, index=dates)


def test_drift_is_shrunk_by_its_years() -> None:
    """A year of data against a prior of three counts a quarter."""
    walk = fitted(trending(), prior=3.0, pseudo=1e-9)
    years = 52 * WEEK
    assert walk.dynamics.drift_weight == pytest.approx(years / (years + 3))
    assert abs(walk.dynamics.drift[0]) == pytest.approx(years / (years + 3) / math.sqrt(2), rel=1e-6)


def test_a_trend_without_noise_is_carried_on() -> None:
    """With hardly a prior, a year on: the log-ratio has risen by one more."""
    draws = drawn(fitted(trending(), prior=1e-9, pseudo=1e-9), [1.0], n_draws=100)[0]
    expected = np.log(draws[:, 1] / draws[:, 0])
    assert expected == pytest.approx(np.full(100, 52 * WEEK + 1), rel=1e-3)


def test_uneven_gaps_give_the_same_spread() -> None:
    """A walk seen every week, or at random weeks, has the same volatility a year."""
    frame = history(800)
    some = frame[np.random.default_rng(2).random(800) < 0.5]
    whole, thinned = (np.trace(fitted(part).dynamics.covariance) for part in (frame, some))
    assert thinned == pytest.approx(whole, rel=0.1)


def test_draws_are_shares() -> None:
    """None negative, and they sum to 1."""
    draws = drawn(fitted(history()), [0.0, 0.25, 1.0], n_draws=500)
    assert draws.shape == (3, 500, 5)
    assert draws.min() >= 0
    assert draws.sum(axis=-1) == pytest.approx(np.ones((3, 500)))


def test_nothing_has_moved_at_the_snapshot() -> None:
    """All draws begin at the last period's shares."""
    frame = history()
    assert drawn(fitted(frame), [0.0], n_draws=10)[0] == pytest.approx(np.tile(frame.iloc[-1], (10, 1)))


def test_the_band_widens_with_time() -> None:
    """From date to date, in each tier."""
    low, high = np.quantile(drawn(fitted(history()), [0.02, 0.1, 0.5]), [0.05, 0.95], axis=1)
    assert (np.diff(high - low, axis=0) > 0).all()


def test_draws_have_the_spread_that_was_fitted() -> None:
    """Covariance of the coordinates: that of the steps, of the drift, and of a t with as many degrees."""
    walk = fitted(history(60))
    known, years = walk.dynamics, 0.5
    coordinates = log_ratio_coordinates(damped(drawn(walk, [years], n_draws=200_000)[0], walk.pseudo_share))
    fat = known.degrees / (known.degrees - 2)
    expected = known.covariance * (years + years**2 / known.drift_years) * fat
    assert np.cov(coordinates.T) == pytest.approx(expected, rel=0.06, abs=0.01 * float(np.trace(expected)))


def test_a_path_is_one_walk() -> None:
    """What has happened by the first date is still there at the second."""
    draws = drawn(fitted(history()), [0.2, 0.25])
    assert np.corrcoef(draws[0, :, 0], draws[1, :, 0])[0, 1] > 0.8


def test_without_drift_the_mean_stays() -> None:
    """In every tier, however far the draws spread; those that a tier is emptied in lift it a little."""
    frame = history()
    mean = drawn(fitted(frame, prior=1e9, pseudo=1e-6), [0.1, 1.0]).mean(axis=1)
    assert mean == pytest.approx(np.tile(frame.iloc[-1], (2, 1)), rel=1e-3)


def test_dates_between_do_not_change_the_last() -> None:
    """The same generator ends at the same draws."""
    walk = fitted(history())
    assert drawn(walk, [0.5], n_draws=50)[-1] == pytest.approx(drawn(walk, [0.0, 0.1, 0.3, 0.5], n_draws=50)[-1])


def test_the_way_between_has_the_spread_of_a_walk() -> None:
    """Half-way there, the draws are those of a projection to half-way."""
    walk = fitted(history())
    there, whole = drawn(walk, [0.1], seed=2)[0], drawn(walk, [0.1, 0.4])[0]
    assert np.quantile(whole, [0.05, 0.95], axis=0) == pytest.approx(np.quantile(there, [0.05, 0.95], axis=0), abs=0.01)


def test_a_tier_that_was_always_empty_stays_so_and_is_named() -> None:
    """The others are what they would be without it."""
    frame = history(edges=(2.0, 5.0, 10.0))
    walk = fitted(frame.assign(**{"20": 0.0}).set_axis([2.0, 5.0, 10.0, 20.0], axis=1))
    draws = drawn(walk, [0.5], n_draws=50)[0]
    assert walk.notes == ("Tiers without notional throughout the history stay empty: 20x.",)
    assert (draws[:, 3] == 0).all()
    assert draws[:, :3] == pytest.approx(drawn(fitted(frame), [0.5], n_draws=50)[0])


def test_one_tier_alone_stays_alone() -> None:
    """There is nothing for it to be exchanged with."""
    frame = pd.DataFrame({5.0: 1.0, 10.0: 0.0}, index=pd.date_range("2026-01-01", periods=9))
    assert (drawn(fitted(frame), [1.0], n_draws=5)[0] == [1.0, 0.0]).all()


def test_a_tier_that_is_empty_now_may_come_back() -> None:
    """It was held before."""
    frame = history()
    frame.iloc[-1] = [0.5, 0.3, 0.2, 0.0, 0.0]
    assert drawn(fitted(frame), [0.5])[0][:, 3].max() > 0.01


def test_five_periods_are_too_few_for_an_estimate() -> None:
    """No drift and the stated volatility, and the walk says so."""
    walk = fitted(history(5), fallback=0.7)
    assert (walk.dynamics.drift == 0).all()
    assert walk.dynamics.covariance == pytest.approx(0.49 * np.eye(4))
    assert walk.notes[0].startswith("The history has 5 periods, fewer than 6: no drift, and a stated volatility of 0.7")


def test_six_periods_are_enough() -> None:
    """No fallback is named."""
    assert fitted(history(6)).notes == ()


def test_one_snapshot_is_a_history() -> None:
    """Of one period, under the stated volatility."""
    assert drawn(fitted(history(1)), [0.25], n_draws=10).shape == (1, 10, 5)


def test_only_what_is_known_enters() -> None:
    """The order of dates is checked before anything is fitted."""
    with pytest.raises(DataError, match="dates that are not in order"):
        fitted(history().iloc[::-1])


def test_dates_ahead_do_not_fall() -> None:
    """The message shows them."""
    with pytest.raises(ValueError, match=r"got dates \[0\.5, 0\.25\] years ahead"):
        drawn(fitted(history()), [0.5, 0.25])
