"""The history strand: a random walk of tier shares in log-ratio coordinates, its drift and covariance shrunk."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.distribution.composition import (
    checked_history,
    closed,
    damped,
    log_ratio_coordinates,
    shares_at,
    undamped,
)
from cohortiv.distribution.shrinkage import shrunk_covariance
from cohortiv.profile.bins import FloatArray

BoolArray = npt.NDArray[np.bool_]

#: Fewer periods than this are no base for drift and covariance.
FEWEST_PERIODS = 6
DAYS_A_YEAR = 365.0
#: Relative error of a mean share at which draws count as steadied, and the rounds that this may take.
STEADY, STEADYING_ROUNDS = 1e-4, 200


@dataclass(frozen=True, eq=False)
class Dynamics:
    """How log-ratio coordinates move, in years.

    Attributes
    ----------
    drift : ndarray, shape (k - 1,)
        Shrunk [1/year].
    covariance : ndarray, shape (k - 1, k - 1)
        Of the steps, shrunk [1/year].
    degrees : float
        Degrees of freedom of the spread; infinite where it is stated and not estimated.
    drift_years : float
        Length of history that the drift is known by, prior included; infinite where it is taken to be 0 [years].
    drift_weight, covariance_weight : float
        Weight of the data in the drift and in the correlations; 0: the prior alone [1].
    """

    drift: FloatArray
    covariance: FloatArray
    degrees: float
    drift_years: float
    drift_weight: float
    covariance_weight: float


@dataclass(frozen=True, eq=False)
class Walk:
    """A fitted random walk of tier shares.

    Attributes
    ----------
    edges : tuple of float
        Tier edges [x], one a share.
    start : ndarray, shape (n_tiers,)
        Shares at the last period [1].
    moving : ndarray of bool, shape (n_tiers,)
        Tiers that the walk moves; the others were empty throughout and stay so.
    pseudo_share : float
        Added to each of them before the logarithm [1].
    dynamics : Dynamics
        Of the coordinates of the moving tiers.
    periods : int
        Periods of the history.
    notes : tuple of str
        Fallbacks that were taken, as sentences.
    """

    edges: tuple[float, ...]
    start: FloatArray
    moving: BoolArray
    pseudo_share: float
    dynamics: Dynamics
    periods: int
    notes: tuple[str, ...]


def fit_walk(
    history: pd.DataFrame, *, drift_prior_years: float, pseudo_share: float, fallback_volatility: float
) -> Walk:
    """Fit a random walk with drift to a history of tier shares.

    Parameters
    ----------
    history : DataFrame
        Indexed by period, rising; one column a tier edge [x]; shares of leveraged notional that sum to 1 [1].
    drift_prior_years : float
        Length of a history without drift that the observed drift is weighed against, above 0 [years].
    pseudo_share : float
        Added to each tier that was ever held before the logarithm, above 0; see `damped` [1].
    fallback_volatility : float
        Standard deviation of a coordinate where there are fewer than six periods [1/sqrt(year)].

    Returns
    -------
    Walk

    Raises
    ------
    DataError
        If the history is empty, not in order, or not of shares that sum to 1.

    Notes
    -----
    With steps y_i of the coordinates of the damped shares over g_i years, i = 1..m, G = sum g_i and a prior of K years:

        observed drift   d = sum y_i / G
        weight           w = G / (G + K)
        drift            w d, known as by a history of G + K years
        residuals        r_i = (y_i - g_i d) / sqrt(g_i), covariance from them by `shrunk_covariance`

    which is the posterior mean and variance of a drift whose prior is K years of no drift. Fewer than six periods: no
    drift, and independent coordinates of the stated volatility. A tier that is empty throughout stays empty.
    """
    shares = checked_history(history).to_numpy(float)
    moving: BoolArray = np.asarray((shares > 0).any(axis=0))
    coordinates = log_ratio_coordinates(damped(shares[:, moving], pseudo_share))
    short = len(history) < FEWEST_PERIODS
    steps = np.diff(coordinates, axis=0)
    years = np.diff(years_of(history))
    return Walk(
        edges=tuple(float(edge) for edge in history.columns),
        start=shares[-1],
        moving=moving,
        pseudo_share=pseudo_share,
        dynamics=(
            _stated(steps.shape[1], fallback_volatility) if short else _estimated(steps, years, drift_prior_years)
        ),
        periods=len(history),
        notes=(
            *_zero_notes(history, moving),
            *([_too_short(len(history), fallback_volatility)] if short else []),
        ),
    )


def walk_draws(walk: Walk, years: Sequence[float], *, n_draws: int, rng: np.random.Generator) -> FloatArray:
    """Tier shares at coming dates.

    Parameters
    ----------
    walk : Walk
    years : sequence of float
        Time from the last period to each date, 0 or more, not falling [years].
    n_draws : int
        Number of paths.
    rng : Generator

    Returns
    -------
    ndarray, shape (n_dates, n_draws, n_tiers)
        Shares that sum to 1 along the last axis [1]; draw i is one path through all dates.

    Notes
    -----
    A draw has its own scale s = sqrt(nu / chi2_nu) and its own drift, normal about the fitted one with variance
    s^2 covariance / drift_years, so that what is not known of both is in the band: the prediction is a multivariate t.
    Without drift the mean of the draws is the start at every date: a walk of log-ratios alone would lift the mean of
    the small tiers by its spread, which is no trend. The last date is drawn first and the way to it is a bridge, so
    that the same generator gives the same draws there however many dates lie between.
    """
    times = np.asarray(years, float)
    gaps = np.diff(times, prepend=0.0)
    if not (gaps >= 0).all():
        raise ValueError(f"got dates {list(years)} years ahead; allowed are ones from 0 on that do not fall")
    known = walk.dynamics
    root = _root(known.covariance)
    scale = _scales(known.degrees, n_draws, rng)[:, None]
    noise = scale * (rng.standard_normal((len(times) + 2, n_draws, len(root))) @ root)
    wandering = times[:, None, None] * noise[0] / math.sqrt(known.drift_years) + _ending_at(
        math.sqrt(times[-1]) * noise[1], np.sqrt(gaps)[:, None, None] * noise[2:], times
    )
    start = damped(walk.start[walk.moving], walk.pseudo_share)
    steadied = np.stack([_steadied(shares_at(at_date), start) for at_date in wandering])
    moved = closed(steadied * shares_at(times[:, None] * known.drift)[:, None, :])
    draws = np.zeros((len(times), n_draws, len(walk.start)))
    draws[..., walk.moving] = undamped(moved, walk.pseudo_share)
    return draws


def years_of(history: pd.DataFrame) -> FloatArray:
    """Times of a history's periods since the first [years].

    Parameters
    ----------
    history : DataFrame
        Indexed by time.
    """
    times = pd.DatetimeIndex(history.index)
    return ((times - times[0]) / pd.Timedelta(days=DAYS_A_YEAR)).to_numpy(float)


def _ending_at(end: FloatArray, steps: FloatArray, times: FloatArray) -> FloatArray:
    """Walks by the given steps, bent so that they end where they are told."""
    free = np.cumsum(steps, axis=0)
    way = times / times[-1] if times[-1] > 0 else np.zeros_like(times)
    bent: FloatArray = free + way[:, None, None] * (end - free[-1])
    return bent


def _steadied(shares: FloatArray, mean: FloatArray) -> FloatArray:
    """Draws of shape (n_draws, k), each tier times one factor before they are closed, so that they have the mean."""
    steadied = closed(shares * mean)
    for _ in range(STEADYING_ROUNDS):
        ratio = mean / steadied.mean(axis=0)
        if np.abs(ratio - 1).max() < STEADY:
            break
        steadied = closed(steadied * ratio)
    return steadied


def _root(covariance: FloatArray) -> FloatArray:
    """Symmetric square root, of a singular covariance too."""
    values, vectors = np.linalg.eigh(covariance)
    root: FloatArray = vectors * np.sqrt(np.maximum(values, 0.0)) @ vectors.T
    return root


def _stated(size: int, volatility: float) -> Dynamics:
    """Independent coordinates of one volatility, without drift."""
    return Dynamics(
        drift=np.zeros(size),
        covariance=volatility**2 * np.eye(size),
        degrees=math.inf,
        drift_years=math.inf,
        drift_weight=0.0,
        covariance_weight=0.0,
    )


def _estimated(steps: FloatArray, years: FloatArray, prior_years: float) -> Dynamics:
    """Drift and covariance from steps over so many years each."""
    length = float(years.sum())
    observed = steps.sum(axis=0) / length
    weight = length / (length + prior_years)
    spread = shrunk_covariance((steps - years[:, None] * observed) / np.sqrt(years)[:, None])
    return Dynamics(
        drift=weight * observed,
        covariance=spread.matrix,
        degrees=len(steps) - 1.0,
        drift_years=length + prior_years,
        drift_weight=weight,
        covariance_weight=spread.weight,
    )


def _scales(degrees: float, n_draws: int, rng: np.random.Generator) -> FloatArray:
    """Factor of each draw's spread."""
    if not math.isfinite(degrees):
        return np.ones(n_draws)
    return np.asarray(np.sqrt(degrees / rng.chisquare(degrees, n_draws)))


def _too_short(periods: int, volatility: float) -> str:
    return (
        f"The history has {periods} periods, fewer than {FEWEST_PERIODS}: no drift, and a stated volatility of "
        f"{volatility:g} a year for each log-ratio in place of an estimated one."
    )


def _zero_notes(history: pd.DataFrame, moving: BoolArray) -> tuple[str, ...]:
    empty = ", ".join(f"{edge:g}x" for edge in history.columns[~moving])
    return (f"Tiers without notional throughout the history stay empty: {empty}.",) if empty else ()
