"""Projections as tables: how concentrated the tier mix is, and the weights of products, with bands."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cohortiv.distribution.projection import Projection
from cohortiv.distribution.tier_statistics import high_leverage_share, tier_gini, tier_hhi
from cohortiv.profile.bins import FloatArray

#: Probabilities of the band's ends and of its middle.
BAND = (0.05, 0.5, 0.95)
BAND_NAMES = ("low", "median", "high")
HIGH_SHARE, HHI, GINI = "share_at_10x_or_more", "hhi", "gini"


def concentration_bands(projection: Projection, ranges: Sequence[Sequence[float]]) -> pd.DataFrame:
    """Concentration over tiers today, and its median and 5-95 % band at the target date.

    Parameters
    ----------
    projection : Projection
    ranges : sequence of sequence of float
        Tier edges that count as one tier, rising [x]; each edge at most once.

    Returns
    -------
    DataFrame
        measure ("share_at_10x_or_more", "hhi", "gini"), now, low, median, high [1]. A range counts for its lowest
        edge.
    """
    floors = [group[0] for group in ranges]
    now, then = (_merged(shares, projection, ranges) for shares in (projection.start, projection.draws))
    measures = {
        HIGH_SHARE: (high_leverage_share(now, floors), high_leverage_share(then, floors)),
        HHI: (tier_hhi(now), tier_hhi(then)),
        GINI: (tier_gini(now), tier_gini(then)),
    }
    rows = [(name, float(today), *_band(draws).tolist()) for name, (today, draws) in measures.items()]
    return pd.DataFrame(rows, columns=["measure", "now", *BAND_NAMES])


def product_bands(projection: Projection) -> pd.DataFrame:
    """Weight of each product today, and its median and 5-95 % band at the target date.

    Parameters
    ----------
    projection : Projection

    Returns
    -------
    DataFrame
        product, now, low, median, high [1]; no rows where adoption doesn't act.
    """
    weights = projection.product_weights
    rows = [
        (product, float(np.median(weights[0, :, place])), *_band(weights[-1, :, place]).tolist())
        for place, product in enumerate(projection.products)
    ]
    return pd.DataFrame(rows, columns=["product", "now", *BAND_NAMES])


def _merged(shares: FloatArray, projection: Projection, ranges: Sequence[Sequence[float]]) -> FloatArray:
    """Shares of ranges of tiers, along the last axis."""
    sums = [shares[..., np.isin(projection.edges, group)].sum(axis=-1) for group in ranges]
    merged: FloatArray = np.stack(sums, axis=-1)
    return merged


def _band(draws: FloatArray) -> FloatArray:
    """`BAND` of draws, as order statistics."""
    found: FloatArray = np.quantile(draws, BAND, method="inverted_cdf")
    return found
