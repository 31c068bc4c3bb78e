"""What moves the index besides the tier mix: how far distances within tiers have moved it, and draws of that."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from cohortiv.config.outlook_strands import UncertainPositive
from cohortiv.distribution.adoption import triangular
from cohortiv.distribution.index_history import IndexHistory
from cohortiv.distribution.walk import FEWEST_PERIODS, years_of
from cohortiv.volatility import FloatArray

#: The longest lag that is measured, as a part of the changes that there are.
LONGEST_LAG: Final = 1 / 3


@dataclass(frozen=True, eq=False)
class DistanceMoves:
    """How widely the log of the index moves over time where the mix is given.

    Attributes
    ----------
    years : ndarray, shape (n_lags,)
        Mean length of each lag, rising [years]; empty where nothing was measured.
    variance : ndarray, shape (n_lags,)
        Of the residual over it, not falling [1].
    degrees : float
        Changes of one period that it rests on.
    correlation : float
        Of the residual of one period with what the mix moved the log index by in the same period [1]; NaN where fewer
        than five are known, or one of them doesn't vary.
    stated : UncertainPositive or None
        Volatility in place of what was not measured [1/sqrt(year)].
    notes : tuple of str
        Fallbacks that were taken, as sentences.
    """

    years: FloatArray
    variance: FloatArray
    degrees: float
    correlation: float
    stated: UncertainPositive | None
    notes: tuple[str, ...]


def distance_residuals(past: IndexHistory, *, lag: int = 1) -> FloatArray:
    """Past changes of the log index that the mix does not explain.

    Parameters
    ----------
    past : IndexHistory
    lag : int, optional
        Periods over which the change is taken, 1 or more. Default 1.

    Returns
    -------
    ndarray, shape (n_periods - lag,)
        [1]; NaN where one of the two indices is missing; empty where the history is no longer than the lag.

    Notes
    -----
    With I(x, T) the index of a mix x at the distances T, and x_i and T_i those of period i:

        r_i = ln I(x_{i + lag}, T_{i + lag}) - ln I(x_{i + lag}, T_i)

    The earlier snapshot is solved again with the later mix, so what is left is due to the lines within tiers.
    """
    own = past.own
    residuals: FloatArray = own[lag:] - np.diagonal(past.log_index, offset=lag)
    return residuals


def mix_correlation(past: IndexHistory) -> float:
    """How what the mix moved the index by hung together with what distances did, over one period at a time.

    Parameters
    ----------
    past : IndexHistory

    Returns
    -------
    float
        Pearson's correlation [1]; NaN where fewer than five changes are known, or one of the two doesn't vary.

    Notes
    -----
    Of ln I(x_{i+1}, T_i) - ln I(x_i, T_i) with the residual of `distance_residuals`. Draws of the two are independent;
    a correlation above 0 says that their sum spreads more than the draws, one below 0 that it spreads less.
    """
    pairs = np.stack([np.diagonal(past.log_index, offset=1) - past.own[:-1], distance_residuals(past)])
    known = pairs[:, np.isfinite(pairs).all(axis=0)]
    if known.shape[1] < FEWEST_PERIODS - 1 or (known.std(axis=1) == 0).any():
        return math.nan
    centred = known - known.mean(axis=1, keepdims=True)
    return float(centred.prod(axis=0).mean() / known.std(axis=1).prod())


def fit_distances(past: IndexHistory, *, stated: UncertainPositive | None = None) -> DistanceMoves:
    """Measure how the residual of the index spreads with time.

    Parameters
    ----------
    past : IndexHistory
    stated : UncertainPositive, optional
        Volatility of the residual where there are fewer than five changes to measure it by [1/sqrt(year)]. Default:
        none, the residual is then 0.

    Returns
    -------
    DistanceMoves

    Notes
    -----
    With m changes of one period the lags h = 1 .. m / 3 are measured, about 0 since the residual has no drift:

        V(h) = mean over i of r_i(h)^2,   not falling in h

    Residuals that swing back grow more slowly than a walk's, and V follows them as far as it is measured; see `growth`
    for times beyond. Lags overlap, so their V hang together.
    """
    count = int(np.isfinite(distance_residuals(past)).sum())
    if count < FEWEST_PERIODS - 1:
        none = np.empty(0)
        return DistanceMoves(none, none, math.inf, math.nan, stated, (_too_short(count, stated),))
    measured = [
        (lag, np.square(found[np.isfinite(found)]))
        for lag in range(1, 1 + max(1, int(count * LONGEST_LAG)))
        if np.isfinite(found := distance_residuals(past, lag=lag)).any()
    ]
    times = years_of(past.mixes)
    return DistanceMoves(
        years=np.array([(times[lag:] - times[:-lag]).mean() for lag, _ in measured]),
        variance=np.maximum.accumulate([float(squares.mean()) for _, squares in measured]),
        degrees=float(count),
        correlation=mix_correlation(past),
        stated=None,
        notes=(),
    )


def distance_factors(
    moves: DistanceMoves, years: Sequence[float], *, n_draws: int, rng: np.random.Generator
) -> FloatArray:
    """What distances multiply the index of each draw by.

    Parameters
    ----------
    moves : DistanceMoves
    years : sequence of float
        Time from the snapshot to each date, 0 or more, not falling [years].
    n_draws : int
        Number of paths.
    rng : Generator

    Returns
    -------
    ndarray, shape (n_dates, n_draws)
        Above 0; 1 at the snapshot, and throughout where neither a spread was measured nor one is stated.

    Notes
    -----
    exp(s W(V(t))) with W a Brownian motion, V straight between the measured lags and V(t) = V(H) (t / H)^g beyond the
    longest, H, with g from `growth`, and each draw's scale s = sqrt(nu / chi2_nu), nu the number of changes. Stated:
    V(t) = t volatility^2, the volatility of a draw triangular between its limits. The median of the factor is 1;
    that of the index times the factor is not the index's own where draws of the mix are skewed.
    """
    chances, noise = rng.random(n_draws), rng.standard_normal((len(years), n_draws))
    if len(moves.years):
        scale = np.sqrt(moves.degrees / rng.chisquare(moves.degrees, n_draws))
    else:
        scale = triangular(chances, moves.stated) if moves.stated else np.zeros(n_draws)
    steps = np.sqrt(np.diff(_variance(moves, np.asarray(years, float)), prepend=0.0))
    factors: FloatArray = np.exp(scale * np.cumsum(steps[:, np.newaxis] * noise, axis=0))
    return factors


def _variance(moves: DistanceMoves, years: FloatArray) -> FloatArray:
    """V at times ahead; the time itself where nothing was measured."""
    if not len(moves.years):
        return years
    known = np.interp(years, np.r_[0.0, moves.years], np.r_[0.0, moves.variance])
    beyond = np.maximum(years / moves.years[-1], 1.0) ** growth(moves)
    variance: FloatArray = known * beyond
    return variance


def growth(moves: DistanceMoves) -> float:
    """Power of time by which the variance grows beyond the longest lag that was measured.

    Parameters
    ----------
    moves : DistanceMoves

    Returns
    -------
    float
        0 (it stays) to 1 (a random walk) [1]; 1 where fewer than two lags have a variance.

    Notes
    -----
    The slope of ln V over ln h by least squares over the measured lags h, held between 0 and 1: residuals that swing
    back are not carried on as a free walk.
    """
    some = moves.variance > 0
    if np.count_nonzero(some) < 2:  # noqa: PLR2004 - a slope takes two points
        return 1.0
    slope = np.polyfit(np.log(moves.years[some]), np.log(moves.variance[some]), 1)[0]
    return float(np.clip(slope, 0.0, 1.0))


def _too_short(count: int, stated: UncertainPositive | None) -> str:
    known = f"Distances: {count} past changes of the index are known, {FEWEST_PERIODS - 1} are needed to measure them"
    if stated is None:
        return f"{known}: none is stated either, so the band of the index is of the mix alone."
    return f"{known}: a stated volatility of {stated.low:g} to {stated.high:g} a year in place of a measured one."
