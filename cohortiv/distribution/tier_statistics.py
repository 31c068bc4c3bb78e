"""One number from a tier mix: concentration over tiers, and the share at high leverage."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cohortiv.profile.bins import FloatArray

HIGH_LEVERAGE = 10.0


def high_leverage_share(shares: npt.ArrayLike, edges: Sequence[float], *, lowest: float = HIGH_LEVERAGE) -> FloatArray:
    """Share of notional in tiers from a leverage on.

    Parameters
    ----------
    shares : array_like, shape (..., k)
        Sum to 1 along the last axis [1].
    edges : sequence of float
        Tier edges, one a share [x].
    lowest : float, optional
        Lowest tier edge that counts [x]. Default 10.

    Returns
    -------
    ndarray, shape (...)
        [1].
    """
    high = np.asarray(edges, float) >= lowest
    total: FloatArray = np.asarray(shares, float)[..., high].sum(axis=-1)
    return total


def tier_hhi(shares: npt.ArrayLike) -> FloatArray:
    """Herfindahl-Hirschman index over tiers: the sum of squared shares.

    Parameters
    ----------
    shares : array_like, shape (..., k)
        Sum to 1 along the last axis [1].

    Returns
    -------
    ndarray, shape (...)
        From 1 / k, all tiers alike, to 1, one tier alone [1].
    """
    squares: FloatArray = np.square(np.asarray(shares, float)).sum(axis=-1)
    return squares


def tier_gini(shares: npt.ArrayLike) -> FloatArray:
    """Gini coefficient over tiers, each tier one member whether empty or not.

    Parameters
    ----------
    shares : array_like, shape (..., k)
        Sum to 1 along the last axis [1].

    Returns
    -------
    ndarray, shape (...)
        From 0, all tiers alike, to 1 - 1 / k, one tier alone [1].

    Notes
    -----
    sum_i (2 i - k - 1) s_(i) / k with shares s_(1) <= ... <= s_(k).
    """
    ranked = np.sort(np.asarray(shares, float), axis=-1)
    count = ranked.shape[-1]
    weights = 2 * np.arange(1, count + 1) - count - 1
    gini: FloatArray = ranked @ weights / count
    return gini
