"""Monte Carlo errors of medians: of one, and of sums and differences of several on the same draws."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from cohortiv.iv_index import LEVEL
from cohortiv.volatility import FloatArray


def median(draws: npt.ArrayLike) -> float:
    """Median of draws as an order statistic: no mean of two draws is taken, since one may be infinite.

    Parameters
    ----------
    draws : array_like, shape (n,)
        One or more, any unit.
    """
    return float(np.quantile(np.asarray(draws, dtype=np.float64), 0.5, method="inverted_cdf"))


def median_error(draws: npt.ArrayLike, *, level: float = LEVEL) -> float:
    """Monte Carlo error of the median of draws: how far another seed may move it.

    Parameters
    ----------
    draws : array_like, shape (n,)
        Of the index [%], one or more.
    level : float, optional
        Of the interval whose half-width it is, between 0 and 1. Default 0.90, which is 1.64 standard errors.

    Returns
    -------
    float
        [%]; infinite where draws about the median are.

    Notes
    -----
    The number of draws below the true median is binomial with standard deviation sqrt(n) / 2. Half the distance is
    taken between the order statistics that lie so many standard deviations, in places, on both sides of the middle.
    """
    ranked = np.sort(np.asarray(draws, dtype=np.float64))
    middle = 0.5 * (len(ranked) - 1)
    reach = 0.5 * np.sqrt(len(ranked)) * float(ndtri(0.5 + 0.5 * level))
    low, high = (
        ranked[max(0, int(np.floor(middle - reach)))],
        ranked[min(len(ranked) - 1, int(np.ceil(middle + reach)))],
    )
    return float(0.5 * (high - low)) if np.isfinite(high) else float("inf")


def combined_error(sets: Sequence[npt.ArrayLike], weights: Sequence[float], *, level: float = LEVEL) -> float:
    """Monte Carlo error of a weighted sum of medians of sets that share their draws.

    Parameters
    ----------
    sets : sequence of array_like, each of shape (n,)
        Draw i of one and draw i of another come from the same random numbers; any unit.
    weights : sequence of float
        One for each set [1].
    level : float, optional
        Of the interval whose half-width it is. Default 0.90.

    Returns
    -------
    float
        Unit of the sets; infinite where draws about one of the medians are.

    Notes
    -----
    The error of a median is linear in how many draws lie below it, so two medians err together as these do: with e_i
    from `median_error` and r_ij the correlation of the signs of the draws about their medians,

        error^2 = sum_ij w_i w_j r_ij e_i e_j

    Sets that are alike draw by draw differ without an error, sets that have nothing in common with sqrt(e_1^2 + e_2^2).
    """
    rows = [np.asarray(each, dtype=np.float64) for each in sets]
    errors = np.array([median_error(row, level=level) for row in rows])
    if not np.isfinite(errors).all():
        return float("inf")
    weighted = np.asarray(weights, dtype=np.float64) * errors
    return float(np.sqrt(max(0.0, weighted @ _sign_correlations(rows) @ weighted)))


def difference_error(first: npt.ArrayLike, second: npt.ArrayLike, *, level: float = LEVEL) -> float:
    """Monte Carlo error of the difference of two medians on the same draws.

    Parameters
    ----------
    first, second : array_like, shape (n,)
        As in `combined_error`.
    level : float, optional
        Of the interval whose half-width it is. Default 0.90.
    """
    return combined_error((first, second), (1.0, -1.0), level=level)


def _sign_correlations(rows: Sequence[FloatArray]) -> FloatArray:
    """How signs about the medians hang together; a set without any spread has no error, and 0 with all others."""
    signs = np.stack([np.sign(row - median(row)) for row in rows])
    sizes = np.sqrt(np.square(signs).mean(axis=1))
    scale = np.where(sizes > 0, sizes, 1.0)
    correlations: FloatArray = (signs @ signs.T / signs.shape[1]) / np.outer(scale, scale)
    return correlations
