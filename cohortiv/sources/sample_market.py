"""The market of the synthetic sample: made-up prices of three symbols with a rally, a drawdown and a new high."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

SYMBOLS = ("BTC", "ETH", "SOL")
STEPS_PER_DAY = 2
STEPS_PER_WEEK = 7 * STEPS_PER_DAY
STEPS_PER_YEAR = 365 * STEPS_PER_DAY

TURNS_WEEKS = (-78.0, -50.0, -36.0, -27.0, -23.0, -14.0, -10.5, -8.0, -4.0, 0.0)
TURNS_USD = (57_000.0, 64_000.0, 83_000.0, 96_000.0, 77_000.0, 88_000.0, 113_000.0, 96_000.0, 102_000.0, 112_000.0)
"""Turning points of the made-up BTC price, weeks before the last snapshot."""

START_USD = (57_000.0, 2_300.0, 105.0)
BETAS = (1.0, 1.08, 1.37)
NOISE_ANNUAL = 0.40
OWN_NOISE_ANNUAL = (0.0, 0.31, 0.53)
"""Volatility of what a symbol does on its own; with the betas it makes ETH 1.33 and SOL 1.91 times as volatile."""

FORGETTING_WEEKS = 8.0
TICK_DECIMALS = (1, 2, 3)


def price_paths(rng: np.random.Generator, *, steps: int) -> FloatArray:
    """Made-up prices up to the last snapshot.

    Parameters
    ----------
    rng : numpy Generator
        Source of the noise.
    steps : int
        Length of the path, two a day, at least 1.

    Returns
    -------
    ndarray, shape (steps, 3)
        Prices of `SYMBOLS`, in ticks; the last row is the last snapshot [USD].

    Notes
    -----
    The logarithm of BTC runs straight from one turning point to the next with a Brownian bridge around it. ETH and
    SOL follow with their betas and a mean-reverting part of their own. No real price enters.
    """
    weeks = np.arange(1 - steps, 1) / STEPS_PER_WEEK
    turns = np.interp(weeks, TURNS_WEEKS, np.log(TURNS_USD))
    shocks = rng.standard_normal((steps, len(SYMBOLS))) / np.sqrt(STEPS_PER_YEAR)
    walk = NOISE_ANNUAL * np.cumsum(shocks[:, 0])
    bridge = walk - np.interp(weeks, TURNS_WEEKS, np.interp(TURNS_WEEKS, weeks, walk))
    market = turns + bridge - np.log(TURNS_USD[0])
    own = np.column_stack([_reverting(shocks[:, i], OWN_NOISE_ANNUAL[i]) for i in range(len(SYMBOLS))])
    prices = np.asarray(START_USD) * np.exp(np.outer(market, BETAS) + own)
    return np.column_stack([np.round(prices[:, i], TICK_DECIMALS[i]) for i in range(len(SYMBOLS))])


def momentum(prices: FloatArray, *, days: int) -> FloatArray:
    """Return of BTC over the days before each step, over what there is of them at the start [fraction]."""
    btc = prices[:, 0]
    before = np.maximum(np.arange(len(btc)) - days * STEPS_PER_DAY, 0)
    return np.asarray(btc / btc[before] - 1.0)


def _reverting(shocks: FloatArray, volatility: float) -> FloatArray:
    kept = np.exp(-1.0 / (FORGETTING_WEEKS * STEPS_PER_WEEK))
    level, path = 0.0, np.empty_like(shocks)
    for step, shock in enumerate(shocks):
        level = kept * level + volatility * shock
        path[step] = level
    return path
