"""Covariance of log-ratio steps: against a slow reference, and at its limits."""

import numpy as np
import numpy.typing as npt
import pytest

from cohortiv.distribution.composition import basis
from cohortiv.distribution.shrinkage import shrunk_covariance

Array = npt.NDArray[np.float64]


def steps(count: int, spreads: list[float], *, seed: int = 4) -> Array:
    """Steps of tiers that move by themselves, closed and free of drift, in coordinates."""
    parts = np.random.default_rng(seed).standard_normal((count, len(spreads))) * spreads
    coordinates: Array = parts @ basis(len(spreads)).T
    coordinates -= coordinates.mean(axis=0)
    return coordinates


def test_agrees_with_a_slow_reference() -> None:
    """Element by element, from the formulas of the docstring."""
    residuals = steps(9, [0.5, 0.2, 0.3, 0.1])
    plane, m, k = basis(4), 9, 4
    c = residuals @ plane
    sample = np.sum([np.outer(row, row) for row in c], axis=0) / (m - 1)
    trace = np.trace(sample) / (1 - 1 / k)
    own = [max(0.0, (sample[i, i] - trace / k**2) / (1 - 2 / k)) for i in range(k)]
    centring = np.eye(k) - 1 / k
    target = centring @ np.diag(own) @ centring
    above = below = 0.0
    for i in range(k):
        for j in range(k):
            if i != j:
                w = c[:, i] * c[:, j]
                above += m / (m - 1) ** 3 * ((w - w.mean()) ** 2).sum()
                below += (sample[i, j] - target[i, j]) ** 2
    intensity = min(1.0, above / below)
    expected = plane @ (intensity * target + (1 - intensity) * sample) @ plane.T
    found = shrunk_covariance(residuals)
    assert found.matrix == pytest.approx(expected)
    assert found.weight == pytest.approx(1 - intensity)


def test_independent_tiers_are_found_again() -> None:
    """With many periods each tier has its own variance."""
    spreads = [0.5, 0.2, 0.1, 0.3]
    plane = basis(4)
    found = shrunk_covariance(steps(40_000, spreads)).matrix
    assert found == pytest.approx(plane @ np.diag(np.square(spreads)) @ plane.T, abs=2e-3)


def test_correlated_tiers_are_believed_with_many_periods() -> None:
    """The sample's own covariance wins."""
    rng = np.random.default_rng(5)
    common = rng.standard_normal((20_000, 1))
    parts = np.hstack([common, common, -common, 0.1 * rng.standard_normal((20_000, 1))])
    residuals = parts @ basis(4).T
    assert shrunk_covariance(residuals - residuals.mean(axis=0)).weight > 0.99


def test_few_periods_give_a_covariance_of_full_rank() -> None:
    """Fewer steps than tiers would leave directions that never move."""
    assert np.linalg.eigvalsh(shrunk_covariance(steps(6, [0.3] * 10)).matrix).min() > 0


def test_the_order_of_tiers_does_not_matter() -> None:
    """Centred covariances of the same tiers in another order are the same."""
    plane, order = basis(4), [2, 0, 3, 1]
    residuals = steps(12, [0.5, 0.2, 0.3, 0.1])
    direct = plane.T @ shrunk_covariance(residuals).matrix @ plane
    turned = plane.T @ shrunk_covariance((residuals @ plane)[:, order] @ plane.T).matrix @ plane
    assert turned == pytest.approx(direct[np.ix_(order, order)])


def test_two_tiers_have_no_correlation_to_shrink() -> None:
    """Their variance is the sample's."""
    residuals = steps(8, [0.3, 0.2])
    assert shrunk_covariance(residuals).matrix[0, 0] == pytest.approx(residuals.var(ddof=1))
