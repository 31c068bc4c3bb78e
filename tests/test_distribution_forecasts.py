"""Forecasts of the tier mix: persistence, past changes, the walk without drift, and the walk of the projection."""

import math

import numpy as np
import pandas as pd
import pytest

from cohortiv.distribution.forecasts import (
    BASELINES,
    Forecast,
    drift_free_walk,
    persistence,
    persistence_with_changes,
    projected_walk,
)
from cohortiv.volatility import FloatArray


def history_of(*rows: list[float]) -> pd.DataFrame:
    """Daily shares, one list a day."""
    days = pd.date_range("2026-02-01", periods=len(rows))
    return pd.DataFrame(rows, index=days, columns=[5.0, 10.0, 20.0][: len(rows[0])])


def walked(periods: int, *, seed: int = 0) -> pd.DataFrame:
    """Seeded random walk of three tiers."""
    moves = np.random.default_rng(seed).normal(0.0, 0.1, (periods, 3)).cumsum(axis=0)
    masses = np.exp(moves)
    return history_of(*(masses / masses.sum(axis=1, keepdims=True)).tolist())


def rng() -> np.random.Generator:
    """A stream that is the same each time."""
    return np.random.default_rng(11)


def odds(shares: FloatArray) -> FloatArray:
    """Logarithm of the first share over the second, half a percent added to each."""
    logs: FloatArray = np.log((shares[:, 0] + 0.005) / (shares[:, 1] + 0.005))
    return logs


PROJECTED = projected_walk(drift_prior_years=2.0, pseudo_share=0.005, fallback_volatility=1.0)
FORECASTS: dict[str, Forecast] = {"projected walk": PROJECTED} | {str(name): model for name, model in BASELINES.items()}


@pytest.mark.parametrize("forecast", FORECASTS.values(), ids=FORECASTS)
def test_draws_are_shares(forecast: Forecast) -> None:
    """Every draw of every forecast is 0 or more and sums to 1, some steps ahead too."""
    draws = forecast(walked(12), 3, rng())
    assert draws.min() >= 0.0
    np.testing.assert_allclose(draws.sum(axis=1), 1.0, rtol=1e-12)


def test_persistence_is_the_last_row() -> None:
    """One draw: the last mix."""
    assert persistence(history_of([0.5, 0.5], [0.2, 0.8]), 4, rng()).tolist() == [[0.2, 0.8]]


def test_past_changes_either_way_round() -> None:
    """With one change in the odds, draws lie one such change to either side of the last mix, half of them each."""
    draws = persistence_with_changes(history_of([0.5, 0.5], [0.2, 0.8]), 1, rng())
    sides, counts = np.unique(odds(draws).round(9), return_counts=True)
    np.testing.assert_allclose(sides, [2.0 * math.log(0.205 / 0.805), 0.0], atol=1e-9)
    assert abs(counts[0] / counts.sum() - 0.5) < 0.05


def test_past_changes_over_as_many_periods() -> None:
    """Two steps ahead the changes over two periods count: here there are none."""
    draws = persistence_with_changes(history_of([0.5, 0.5], [0.2, 0.8], [0.5, 0.5], [0.2, 0.8]), 2, rng())
    np.testing.assert_allclose(draws, [[0.2, 0.8]] * len(draws), rtol=1e-12)


def test_walk_has_no_drift_and_the_spread_of_changes() -> None:
    """The log odds keep their last value in the mean, with the root mean square of the changes times root of steps."""
    history = history_of([0.5, 0.5], [0.6, 0.4], [0.55, 0.45], [0.7, 0.3])
    changes = np.diff(odds(history.to_numpy()))
    drawn = odds(drift_free_walk(history, 4, rng()))
    spread = math.sqrt(4.0 * float((changes**2).mean()))
    assert float(drawn.mean()) == pytest.approx(math.log(0.705 / 0.305), abs=4.0 * spread / math.sqrt(drawn.size))
    assert float(drawn.std()) == pytest.approx(spread, rel=0.05)


@pytest.mark.parametrize("forecast", [persistence_with_changes, drift_free_walk])
def test_a_tier_never_held_stays_at_zero(forecast: Forecast) -> None:
    """What was zero throughout is zero in every draw."""
    draws = forecast(history_of([0.5, 0.5, 0.0], [0.2, 0.8, 0.0], [0.3, 0.7, 0.0]), 1, rng())
    assert draws[:, 2].max() == 0.0


@pytest.mark.parametrize("forecast", [persistence_with_changes, drift_free_walk])
def test_a_tier_left_for_a_while_can_come_back(forecast: Forecast) -> None:
    """What is zero today but was held before is above zero in some draws."""
    draws = forecast(history_of([0.5, 0.4, 0.1], [0.2, 0.7, 0.1], [0.3, 0.7, 0.0]), 1, rng())
    assert draws[:, 2].max() > 0.0


@pytest.mark.parametrize("forecast", [persistence_with_changes, drift_free_walk])
def test_a_mix_that_never_moved_stays(forecast: Forecast) -> None:
    """Without changes there is no spread."""
    draws = forecast(history_of([0.3, 0.7], [0.3, 0.7], [0.3, 0.7]), 1, rng())
    np.testing.assert_allclose(draws, [[0.3, 0.7]] * len(draws), rtol=1e-12)


@pytest.mark.parametrize("forecast", FORECASTS.values(), ids=FORECASTS)
def test_the_same_stream_draws_the_same(forecast: Forecast) -> None:
    """Randomness comes from the argument only."""
    np.testing.assert_array_equal(forecast(walked(8), 2, rng()), forecast(walked(8), 2, rng()))


def test_projected_walk_spreads_with_time_between_periods() -> None:
    """A step is the median time between the periods: four steps of days are about as wide as two times one step."""
    near, far = (np.log(PROJECTED(walked(40), steps, rng())[:, 0]).std() for steps in (1, 4))
    assert far / near == pytest.approx(2.0, rel=0.15)


def test_projected_walk_is_wider_than_the_walk_on_a_short_history() -> None:
    """With ten periods what is not known of drift and spread widens the band beyond the plain walk's."""
    plain, projected = (np.log(model(walked(10), 1, rng())[:, 0]).std() for model in (drift_free_walk, PROJECTED))
    assert projected > plain
