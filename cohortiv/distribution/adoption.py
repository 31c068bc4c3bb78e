"""The adoption strand: weights of products along logistic curves, and what they do to the tier mix."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cohortiv.config.outlook_strands import AdoptionStrand, ProductAdoption, Uncertain
from cohortiv.distribution.composition import closed
from cohortiv.errors import UsageError
from cohortiv.profile.bins import FloatArray


@dataclass(frozen=True, eq=False)
class AdoptionDraws:
    """Weights of products at coming dates.

    Attributes
    ----------
    products : tuple of str
        Names.
    weights : ndarray, shape (n_dates, n_draws, n_products)
        Shares of leveraged notional that sum to 1 along the last axis [1].
    """

    products: tuple[str, ...]
    weights: FloatArray


def triangular(chance: npt.ArrayLike, between: Uncertain) -> FloatArray:
    """Quantile of a triangular distribution.

    Parameters
    ----------
    chance : array_like
        Probabilities from 0 to 1; equal ones give draws that can be compared between assumptions.
    between : Uncertain
        Low, mode and high; where they are equal, every quantile is that number.

    Returns
    -------
    ndarray
        Same shape, unit of `between`.
    """
    u = np.asarray(chance, float)
    low, mode, high = between.low, between.mode, between.high
    width = high - low
    if width <= 0:
        return np.full_like(u, mode)
    rising = low + np.sqrt(u * width * (mode - low))
    falling = high - np.sqrt((1 - u) * width * (high - mode))
    return np.where(u * width < mode - low, rising, falling)


def adoption_draws(
    strand: AdoptionStrand, years: Sequence[float], *, n_draws: int, rng: np.random.Generator
) -> AdoptionDraws:
    """Draw the weights of products at coming dates.

    Parameters
    ----------
    strand : AdoptionStrand
    years : sequence of float
        Time from the snapshot to each date, 0 or more [years].
    n_draws : int
        Number of draws.
    rng : Generator

    Returns
    -------
    AdoptionDraws
        At 0 years the shares now.

    Notes
    -----
    A product of share s0, ceiling c (in units of s0) and speed k has the adoption

        a(t) = s0 c / (1 + (c - 1) exp(-k t)),

    a logistic curve through s0 at t = 0 that levels off at c s0 (a recession for c < 1). Weights are adoptions divided
    by their sum. Ceiling and speed of a product are independent and triangular.
    """
    times = np.asarray(years, float)[:, None]
    adoptions = [_logistic(product, times, rng.random((2, n_draws))) for product in strand.products]
    weights = closed(np.stack(adoptions, axis=-1))
    return AdoptionDraws(tuple(product.product for product in strand.products), weights)


def tier_factors(strand: AdoptionStrand, weights: npt.ArrayLike, edges: Sequence[float]) -> FloatArray:
    """Factor by which the change of product weights multiplies each tier's share, before the shares are closed again.

    Parameters
    ----------
    strand : AdoptionStrand
    weights : array_like, shape (..., n_products)
        Weights of products at a date [1].
    edges : sequence of float
        Tier edges [x].

    Returns
    -------
    ndarray, shape (..., n_tiers)
        Mix of all products under these weights over that under the weights now; 1 for a tier that no product holds. So
        only the change of the stated mixes counts, and a tier that the cohort has empty stays empty.

    Raises
    ------
    UsageError
        If a product has a leverage below the lowest tier.
    """
    mixes = np.stack([product_mix(product, edges) for product in strand.products])
    now = np.array([product.share_now.value for product in strand.products]) @ mixes
    then = np.asarray(weights, float) @ mixes
    return np.where(now > 0, then / np.where(now > 0, now, 1.0), 1.0)


def product_mix(product: ProductAdoption, edges: Sequence[float]) -> FloatArray:
    """Shares of a product's notional by tier.

    Parameters
    ----------
    product : ProductAdoption
    edges : sequence of float
        Tier edges, rising [x]; a leverage belongs to the largest edge that is not above it.

    Raises
    ------
    UsageError
        If a leverage lies below the lowest edge.
    """
    places = np.searchsorted(np.asarray(edges, float), list(product.tiers), side="right") - 1
    if (places < 0).any():
        raise UsageError(
            f"adoption.products: {product.product} has a tier of {min(product.tiers):g}x, allowed is {min(edges):g}x, "
            "the cohort's lowest leveraged tier, or more. Correct the assumptions."
        )
    mix = np.zeros(len(edges))
    np.add.at(mix, places, list(product.tiers.values()))
    return mix


def _logistic(product: ProductAdoption, times: FloatArray, chances: FloatArray) -> FloatArray:
    """Adoption of a product, shape (n_dates, n_draws)."""
    ceiling = triangular(chances[0], product.ceiling)
    speed = triangular(chances[1], product.speed)
    return product.share_now.value * ceiling / (1 + (ceiling - 1) * np.exp(-speed * times))
