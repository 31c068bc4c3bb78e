"""DeLong's interval and test of AUROCs: for independent rows, and therefore secondary."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy

from cohortiv.validation.sample import BoolArray
from cohortiv.volatility import FloatArray

LEVEL: Final = 0.95
"""Nominal level of an interval [1]."""

_FEWEST: Final = 2


@dataclass(frozen=True)
class DeLong:
    """An AUROC, or a difference of two, with DeLong's standard error.

    Attributes
    ----------
    value : float
        AUROC, or the first less the second [1].
    standard_error : float
        As if rows were independent [1].
    low, high : float
        Normal interval, an AUROC's cut to 0 and 1 [1].
    p_value : float
        Two-sided, of an AUROC of 0.5 or a difference of 0 [1]; 1 where there is neither error nor difference.
    """

    value: float
    standard_error: float
    low: float
    high: float
    p_value: float


def has_variance(event: BoolArray) -> bool:
    """Whether there are two rows or more of each class, without which there is no standard error."""
    return min(int(np.count_nonzero(event)), int(np.count_nonzero(~event))) >= _FEWEST


def delong(score: FloatArray, event: BoolArray, *, level: float = LEVEL) -> DeLong:
    """DeLong's interval of one AUROC.

    Parameters
    ----------
    score : ndarray, shape (n,)
        Higher is more dangerous; infinite is allowed, NaN is not.
    event : ndarray of bool, shape (n,)
        At least two rows of each class.
    level : float, optional
        Nominal level. Default 0.95.

    Returns
    -------
    DeLong

    Raises
    ------
    ValueError
        With fewer than two rows of a class, NaN scores or a level outside (0, 1).

    Notes
    -----
    Rows of overlapping horizons are not independent, and this interval is then two to three times too narrow.

    References
    ----------
    DeLong, DeLong and Clarke-Pearson (1988), https://doi.org/10.2307/2531595; midranks after Sun and Xu (2014),
    https://doi.org/10.1109/LSP.2014.2337313
    """
    areas, covariance = _areas(score[np.newaxis], event)
    found = _normal(float(areas[0]), float(covariance[0, 0]), null=0.5, level=level)
    return DeLong(
        value=found.value,
        standard_error=found.standard_error,
        low=max(0.0, found.low),
        high=min(1.0, found.high),
        p_value=found.p_value,
    )


def delong_difference(first: FloatArray, second: FloatArray, event: BoolArray, *, level: float = LEVEL) -> DeLong:
    """DeLong's test of two AUROCs on the same rows: the first less the second.

    Parameters
    ----------
    first, second : ndarray, shape (n,)
        Two scores of the same rows.
    event, level
        As for `delong`.

    Returns
    -------
    DeLong

    Raises
    ------
    ValueError
        As for `delong`.
    """
    areas, covariance = _areas(np.stack([first, second]), event)
    variance = covariance[0, 0] + covariance[1, 1] - 2.0 * covariance[0, 1]
    return _normal(float(areas[0] - areas[1]), float(variance), null=0.0, level=level)


def _areas(scores: FloatArray, event: BoolArray) -> tuple[FloatArray, FloatArray]:
    """AUROC of each row of scores, and the covariance of the AUROCs."""
    m, n = int(np.count_nonzero(event)), int(np.count_nonzero(~event))
    if not has_variance(event) or np.isnan(scores).any():
        raise ValueError(
            f"got {m} event rows and {n} calm rows, {np.count_nonzero(np.isnan(scores))} scores NaN; "
            "allowed are two rows or more of each class, all with scores"
        )
    events, calm = scores[:, event], scores[:, ~event]
    together = scipy.stats.rankdata(np.concatenate([events, calm], axis=1), axis=1)
    above_calm = (together[:, :m] - scipy.stats.rankdata(events, axis=1)) / n
    above_events = (together[:, m:] - scipy.stats.rankdata(calm, axis=1)) / m
    covariance = np.atleast_2d(np.cov(above_calm)) / m + np.atleast_2d(np.cov(above_events)) / n
    return above_calm.mean(axis=1), covariance


def _normal(value: float, variance: float, *, null: float, level: float) -> DeLong:
    if not 0.0 < level < 1.0:
        raise ValueError(f"got a level of {level}; it lies between 0 and 1, for instance 0.95")
    error = math.sqrt(max(variance, 0.0))
    reach = float(scipy.stats.norm.ppf(0.5 + 0.5 * level)) * error
    away = abs(value - null)
    certain = 0.0 if away else 1.0
    p_value = 2.0 * float(scipy.stats.norm.sf(away / error)) if error else certain
    return DeLong(value=value, standard_error=error, low=value - reach, high=value + reach, p_value=p_value)
