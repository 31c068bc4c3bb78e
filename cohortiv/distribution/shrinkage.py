"""Covariance of log-ratio steps from few periods: correlations shrunk towards tiers that move by themselves."""

from dataclasses import dataclass

import numpy as np

from cohortiv.distribution.composition import basis
from cohortiv.profile.bins import FloatArray

#: With fewer parts there is no correlation to shrink.
_CORRELATED = 3


@dataclass(frozen=True, eq=False)
class ShrunkCovariance:
    """Covariance of log-ratio coordinates after shrinkage.

    Attributes
    ----------
    matrix : ndarray, shape (k - 1, k - 1)
        In the Helmert basis, unit of the residuals squared.
    weight : float
        Weight of the sample covariance, 1 minus the shrinkage [1].
    """

    matrix: FloatArray
    weight: float


def shrunk_covariance(residuals: FloatArray) -> ShrunkCovariance:
    """Covariance of log-ratio coordinates, its correlations shrunk towards tiers that move by themselves.

    Parameters
    ----------
    residuals : ndarray, shape (m, k - 1)
        Steps of the coordinates in the Helmert basis, free of drift; m at least 3.

    Returns
    -------
    ShrunkCovariance

    Notes
    -----
    In centred log-ratios c = H'r let S be the sample covariance (m - 1 degrees of freedom). The target T = P diag(v) P,
    P = I - 1/k, is what closure makes of tiers that move independently with variances v, chosen so that T and S agree
    on the diagonal (v not below 0). The intensity is that of Schafer and Strimmer's target D,

        lambda = sum_{i != j} Var(s_ij) / sum_{i != j} (s_ij - t_ij)^2, within 0 and 1.

    A tier keeps its own variance: the common target, equal variances, would lend the large tiers the noise of the
    small ones. The result does not depend on the order of the tiers.

    References
    ----------
    Schafer and Strimmer, "A shrinkage approach to large-scale covariance matrix estimation", Statistical Applications
    in Genetics and Molecular Biology 4 (2005), https://doi.org/10.2202/1544-6115.1175
    """
    count, parts = len(residuals), residuals.shape[1] + 1
    plane = basis(parts)
    centred = residuals @ plane
    products = centred[:, :, None] * centred[:, None, :]
    sample = products.sum(axis=0) / (count - 1)
    if parts < _CORRELATED:
        return ShrunkCovariance(plane @ sample @ plane.T, 1.0)
    target = _independent(np.diag(sample))
    off = ~np.eye(parts, dtype=bool)
    variance = products.var(axis=0, ddof=1) * count / (count - 1) ** 2
    gap = float(((sample - target)[off] ** 2).sum())
    intensity = min(1.0, float(variance[off].sum()) / gap) if gap > 0 else 1.0
    return ShrunkCovariance(plane @ (intensity * target + (1 - intensity) * sample) @ plane.T, 1.0 - intensity)


def _independent(variances: FloatArray) -> FloatArray:
    """Centred covariance of independent parts that has the given diagonal."""
    parts = len(variances)
    total = variances.sum() / (1 - 1 / parts)
    own = np.maximum((variances - total / parts**2) / (1 - 2 / parts), 0.0)
    centring = np.eye(parts) - 1 / parts
    target: FloatArray = centring * own @ centring
    return target
