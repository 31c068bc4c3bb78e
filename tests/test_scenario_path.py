"""The market path: exact where it is pinned, as lively as it is said to be."""

import numpy as np
import pytest

from cohortiv.config.scenario import Market
from cohortiv.scenario.path import market_path


def market(**changes: float) -> Market:
    """A rally of 80 % in 100 days."""
    return Market.model_validate(
        {"mark_prices": {"BTC": 1.0}, "rally": 0.8, "volatility": 0.4, "days": 100.0} | changes
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_rally_starts_and_ends_where_it_should(seed: int) -> None:
    """From 1/1.8 of today's price to today's, hour by hour, whatever the seed."""
    path = market_path(market(), np.random.default_rng(seed))
    assert len(path) == 2401
    assert path[0] == pytest.approx(-np.log(1.8))
    assert path[-1] == 0.0


def test_a_pullback_turns_at_the_top() -> None:
    """After a pullback of 10 % in the last 20 days, the top was 1/0.9 of today's price, 480 hours ago."""
    path = market_path(market(pullback=0.1, pullback_days=20.0), np.random.default_rng(1))
    assert len(path) == 2401
    assert path[-481] == pytest.approx(-np.log(0.9))
    assert path[0] == pytest.approx(-np.log(0.9) - np.log(1.8))
    assert path[-1] == 0.0


def test_steps_have_the_given_volatility() -> None:
    """Hourly steps of a year's volatility over the root of 8,760, within a few per cent."""
    path = market_path(market(days=1000.0), np.random.default_rng(2))
    assert np.diff(path).std() * np.sqrt(8760) == pytest.approx(0.4, rel=0.03)


def test_the_seed_decides() -> None:
    """The same seed gives the same path, another another."""
    first, second, other = (market_path(market(), np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (first == second).all()
    assert (first != other).any()


def test_almost_no_volatility_is_almost_straight() -> None:
    """The way is then even in the logarithm."""
    path = market_path(market(volatility=1e-9), np.random.default_rng(1))
    np.testing.assert_allclose(path, np.linspace(-np.log(1.8), 0.0, 2401), atol=1e-8)
