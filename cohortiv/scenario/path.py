"""The path that the market took to today's price: a bridge that ends exactly at the mark."""

import numpy as np

from cohortiv.config.scenario import Market
from cohortiv.scenario.shifts import FloatArray

HOURS_A_DAY, HOURS_A_YEAR = 24, 24 * 365


def market_path(market: Market, rng: np.random.Generator) -> FloatArray:
    """Log of the market's price over its price now, hour by hour.

    Parameters
    ----------
    market : Market
    rng : numpy Generator
        Source of the steps.

    Returns
    -------
    numpy.ndarray
        One number an hour, oldest first; the last is 0 [log].

    Notes
    -----
    Straight in the logarithm from the start to the top and from there to now, plus a Brownian bridge on each of both
    ways: W_k - k/n W_n, with steps of standard deviation volatility / sqrt(hours a year). So the price at the start, at
    the turn and now is exact, and the highest price may lie beside the turn.
    """
    hours = max(1, round(market.days * HOURS_A_DAY))
    falling = min(hours - 1, round(market.pullback_days * HOURS_A_DAY))
    top = -np.log1p(-market.pullback)
    step = market.volatility / np.sqrt(HOURS_A_YEAR)
    rise = _bridge(top - np.log1p(market.rally), top, hours=hours - falling, step=step, rng=rng)
    if not falling:
        return rise
    fall = _bridge(top, 0.0, hours=falling, step=step, rng=rng)
    return np.concatenate([rise, fall[1:]])


def _bridge(start: float, end: float, *, hours: int, step: float, rng: np.random.Generator) -> FloatArray:
    """A path of so many hours between two values."""
    walk = np.concatenate([[0.0], np.cumsum(rng.normal(0.0, step, hours))])
    way = np.linspace(0.0, 1.0, hours + 1)
    path: FloatArray = start + (end - start) * way + walk - way * walk[-1]
    path[-1] = end
    return path
