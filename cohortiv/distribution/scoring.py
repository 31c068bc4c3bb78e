"""How good a forecast by draws was: its score against what came, and how often its band held."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy

from cohortiv.volatility import FloatArray

BAND_LEVEL: Final = 0.90
"""Probability of the binomial band round the coverage of a sound forecast [1]."""


@dataclass(frozen=True)
class Coverage:
    """How often outcomes lay inside the band, beside what a sound band does by chance.

    Attributes
    ----------
    level : float
        Share of outcomes that the band is meant to hold [1].
    share : float
        Share of outcomes that it held [1]; NaN without outcomes.
    dates : int
        Dates with outcomes.
    low, high : float
        Shares between which a sound band lies in 90 % of series of so many independent dates [1]; NaN without outcomes.
    """

    level: float
    share: float
    dates: int
    low: float
    high: float


def crps(draws: npt.ArrayLike, outcome: npt.ArrayLike) -> FloatArray:
    """Continuous ranked probability score of draws against what came; less is better.

    Parameters
    ----------
    draws : array_like, shape (n_draws, ...)
        Draws of the quantity, finite, one or more. One draw is a point forecast.
    outcome : array_like, shape (...)
        What came, finite, in the same unit.

    Returns
    -------
    numpy.ndarray
        Score >= 0 in the unit of the quantity, shape (...): 0 for a point forecast that was right; for any point
        forecast its absolute error.

    Raises
    ------
    ValueError
        If there are no draws, shapes differ, or a number is not finite.

    Notes
    -----
    Energy form of the draws' empirical distribution, X and X' independent draws and y the outcome:

        CRPS = E|X - y| - E|X - X'| / 2,   E|X - X'| = 2/n^2 sum_i (2i - n - 1) x_(i),   x_(1) <= ... <= x_(n)

    References
    ----------
    Gneiting and Raftery (2007), Strictly proper scoring rules, prediction, and estimation, section 4.2,
    https://doi.org/10.1198/016214506000001437
    """
    drawn, came = np.asarray(draws, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    if drawn.ndim == 0 or not len(drawn) or drawn.shape[1:] != came.shape:
        raise ValueError(
            f"got draws of shape {drawn.shape} for outcomes of shape {came.shape}; "
            "allowed is (n_draws, ...) for (...), with one draw or more"
        )
    bad = int(np.count_nonzero(~np.isfinite(drawn)) + np.count_nonzero(~np.isfinite(came)))
    if bad:
        raise ValueError(f"got {bad} draws or outcomes that are not finite; leave those dates out of the score")
    count = len(drawn)
    ranks = (2.0 * np.arange(1, count + 1) - count - 1.0) / count**2
    error = np.abs(drawn - came).mean(axis=0)
    return np.asarray(np.maximum(error - np.tensordot(ranks, np.sort(drawn, axis=0), axes=1), 0.0))


def coverage(inside: npt.ArrayLike, *, level: float) -> Coverage:
    """Coverage of a band over a series of dates.

    Parameters
    ----------
    inside : array_like, shape (n_dates,)
        Share of each date's outcomes that lay inside their bands [1]: 0 or 1 where a date has one outcome.
    level : float
        Share of outcomes that the band is meant to hold, between 0 and 1 [1].

    Returns
    -------
    Coverage

    Raises
    ------
    ValueError
        On a level outside (0, 1), or an ``inside`` that is no share.

    Notes
    -----
    The range for a sound band is the central 90 % of a binomial law over dates with probability ``level``. Outcomes of
    one date hang together, so they add no trials. Dates whose horizons overlap hang together too and vary more than
    that: the range is then too narrow.
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"got a level of {level}; it lies between 0 and 1, for instance 0.90")
    held = np.asarray(inside, dtype=np.float64)
    dates = held.size
    if not ((held >= 0.0) & (held <= 1.0)).all():
        raise ValueError("got an inside below 0, above 1 or NaN; it is the share of a date's outcomes in their bands")
    if not dates:
        return Coverage(level=level, share=math.nan, dates=0, low=math.nan, high=math.nan)
    low, high = scipy.stats.binom.interval(BAND_LEVEL, dates, level)
    return Coverage(
        level=level, share=float(held.mean()), dates=dates, low=float(low) / dates, high=float(high) / dates
    )
