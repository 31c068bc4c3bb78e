"""Forecasts of the tier mix for the backtest: the walk of the projection, and the simple ones that it has to beat."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, Protocol

import numpy as np
import pandas as pd

from cohortiv.distribution.composition import damped, log_ratio_coordinates, shares_at, undamped
from cohortiv.distribution.walk import DAYS_A_YEAR, fit_walk, walk_draws
from cohortiv.volatility import FloatArray

PSEUDO_SHARE: Final = 0.005
"""Pseudo-share of the simple forecasts: that of the shipped assumptions, so that damping gives no side an edge [1]."""

DRAWS: Final = 2_000
"""Draws of each forecast with a spread."""

Baseline = Literal["persistence", "persistence with past changes", "drift-free walk"]


class Forecast(Protocol):
    """A forecast of the tier mix by draws: (history so far, steps ahead, rng) to shares, shape (n_draws, n_tiers).

    The history is a frame with one row a period, oldest first, and one column a tier: shares of leveraged notional that
    sum to 1 in each row. The draws are such shares ``steps`` periods after the last row.
    """

    def __call__(self, history: pd.DataFrame, steps: int, rng: np.random.Generator, /) -> FloatArray:
        """Draws of the mix, shape (n_draws, n_tiers)."""
        ...


def projected_walk(*, drift_prior_years: float, pseudo_share: float, fallback_volatility: float) -> Forecast:
    """The history strand of the projection as a forecast; adoption and regulation are assumptions and stay out.

    Parameters
    ----------
    drift_prior_years : float
        Length of a history without drift that the observed drift is weighed against, above 0 [years].
    pseudo_share : float
        Added to every tier's share before the logarithm and taken off after, above 0 [1].
    fallback_volatility : float
        Standard deviation of a coordinate where there are fewer than six periods [1/sqrt(year)].

    Returns
    -------
    Forecast
        Fitted to the history that it is handed each time; a step is the median time between its periods.
    """

    def forecast(history: pd.DataFrame, steps: int, rng: np.random.Generator, /) -> FloatArray:
        walk = fit_walk(
            history,
            drift_prior_years=drift_prior_years,
            pseudo_share=pseudo_share,
            fallback_volatility=fallback_volatility,
        )
        gap = float(np.median(np.diff(history.index.to_numpy()) / np.timedelta64(1, "D")))
        draws: FloatArray = walk_draws(walk, [steps * gap / DAYS_A_YEAR], n_draws=DRAWS, rng=rng)[0]
        return draws

    return forecast


def persistence(history: pd.DataFrame, _steps: int, _rng: np.random.Generator, /) -> FloatArray:
    """The last mix again, as a single draw.

    Parameters
    ----------
    history : DataFrame
        Shares by period and tier [1], one row or more.

    Returns
    -------
    numpy.ndarray
        Shape (1, n_tiers): a point forecast, whose score is its absolute error.
    """
    return history.to_numpy(dtype=np.float64)[-1:]


def persistence_with_changes(history: pd.DataFrame, steps: int, rng: np.random.Generator, /) -> FloatArray:
    """The last mix, moved by changes that were seen over as many periods, either way round.

    Parameters
    ----------
    history : DataFrame
        Shares by period and tier [1], more than ``steps`` rows.
    steps : int
        Periods ahead.
    rng : numpy.random.Generator
        Picks the changes and their signs.

    Returns
    -------
    numpy.ndarray
        Shape (2000, n_tiers). A tier that was never held stays at 0.

    Notes
    -----
    A draw is the last mix plus or minus the difference of two rows ``steps`` apart, both in log-ratio coordinates of
    the damped shares of the tiers ever held.
    """
    places = _coordinates(history)
    changes = places[steps:] - places[:-steps]
    signs = rng.choice((-1.0, 1.0), size=(DRAWS, 1))
    return _shares(history, places[-1] + signs * changes[rng.integers(len(changes), size=DRAWS)])


def drift_free_walk(history: pd.DataFrame, steps: int, rng: np.random.Generator, /) -> FloatArray:
    """A random walk of the mix without drift.

    Parameters
    ----------
    history : DataFrame
        Shares by period and tier [1], two rows or more.
    steps : int
        Periods ahead.
    rng : numpy.random.Generator

    Returns
    -------
    numpy.ndarray
        Shape (2000, n_tiers). A tier that was never held stays at 0.

    Notes
    -----
    In log-ratio coordinates of the damped shares of the tiers ever held, the move over ``steps`` periods is normal with
    mean 0 and covariance steps / m * sum of d d' over the m one-period changes d.
    """
    places = _coordinates(history)
    changes = np.diff(places, axis=0)
    moves = rng.standard_normal((DRAWS, len(changes))) @ changes * np.sqrt(steps / len(changes))
    return _shares(history, places[-1] + moves)


BASELINES: Final[Mapping[Baseline, Forecast]] = MappingProxyType(
    {
        "persistence": persistence,
        "persistence with past changes": persistence_with_changes,
        "drift-free walk": drift_free_walk,
    }
)
"""What a projection is compared to, by name."""


def _coordinates(history: pd.DataFrame) -> FloatArray:
    """Log-ratio coordinates of the damped shares of the tiers ever held, one row a period."""
    shares = history.to_numpy(dtype=np.float64)
    return log_ratio_coordinates(damped(shares[:, shares.any(axis=0)], PSEUDO_SHARE))


def _shares(history: pd.DataFrame, places: FloatArray) -> FloatArray:
    """Shares at coordinates of the tiers ever held, the others 0."""
    draws = np.zeros((len(places), history.shape[1]))
    draws[:, history.to_numpy().any(axis=0)] = undamped(shares_at(places), PSEUDO_SHARE)
    return draws
