"""Projections as tables: concentration of the tier mix, weights of products, cases, and what the median moves by."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.distribution.attribution import Attribution
from cohortiv.distribution.cases import CaseDraws, cap_words
from cohortiv.distribution.median_errors import difference_error, median
from cohortiv.distribution.projection import Projection
from cohortiv.distribution.tier_statistics import high_leverage_share, tier_gini, tier_hhi
from cohortiv.profile.bins import FloatArray

#: Probabilities of the band's ends and of its middle.
BAND = (0.05, 0.5, 0.95)
BAND_NAMES = ("low", "median", "high")
#: Points of the draws that fans show, by the name of their column.
QUANTILES: Final[Mapping[str, float]] = {"low": 0.05, "lower": 0.25, "median": 0.5, "upper": 0.75, "high": 0.95}
#: Words of the strands, and of what moves the index besides.
STRANDS: Final = {"history": "History", "adoption": "Adoption of products", "regulation": "Regulation"}
DISTANCES: Final = "Distances"
CASE_COLUMNS: Final = (
    "kind", "case", "probability", "cap", "left", "high_share", "low", "median", "high", "change", "error",
)  # fmt: skip
STEP_COLUMNS: Final = ("name", "start", "end", "is_level", "error")
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


def quantiles(draws: FloatArray) -> dict[str, FloatArray]:
    """`QUANTILES` along the last axis: order statistics, since a draw may be infinite.

    Parameters
    ----------
    draws : ndarray, shape (..., n_draws)
        Any unit.
    """
    found = np.quantile(draws, list(QUANTILES.values()), axis=-1, method="inverted_cdf")
    return dict(zip(QUANTILES, found, strict=True))


def case_bands(cases: Sequence[CaseDraws], whole: FloatArray, *, as_of: dt.date, to: dt.date) -> pd.DataFrame:
    """Cases side by side, each held against the outlook as stated, draw by draw.

    Parameters
    ----------
    cases : sequence of CaseDraws
    whole : ndarray, shape (n_draws,)
        Index of the outlook as stated [%], from the same random numbers.
    as_of, to : date
        Days of the snapshot and of the outlook.

    Returns
    -------
    DataFrame
        kind ("strands", "products", "regulation"), case, probability [1] and cap (what it does then, in words; both of
        rules alone), left (median share of notional that leaves, of rules [1]), high_share (median share at 10x or
        more [1]), low, median, high [%], change (of the median from the outlook as stated) and its Monte Carlo error
        at 90 % [%].
    """
    rows = []
    for draws in cases:
        case, rule = draws.case, draws.case.rule
        low, middle, high = (float(np.asarray(quantiles(draws.index)[name])) for name in BAND_NAMES)
        rows.append(
            {
                "kind": case.kind, "case": case.name,
                "probability": math.nan if rule is None else rule.probability.mode,
                "cap": None if rule is None else cap_words(rule, as_of=as_of, to=to),
                "left": math.nan if rule is None else median(draws.left),
                "high_share": median(draws.high_share), "low": low, "median": middle, "high": high,
                "change": _difference(middle, median(whole)), "error": _finite(difference_error(draws.index, whole)),
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(CASE_COLUMNS))


def _finite(value: float) -> float:
    return value if math.isfinite(value) else math.nan


def _difference(one: float, other: float) -> float:
    return one - other if math.isfinite(one) and math.isfinite(other) else math.nan


def change_steps(split: Attribution, *, acting: Sequence[str], mix: FloatArray, whole: FloatArray) -> pd.DataFrame:
    """From today's index to the median of the draws, step by step: what each strand adds, then distances.

    Parameters
    ----------
    split : Attribution
        Of the median from the mix alone [%].
    acting : sequence of str
        Strands that act, and "distances" where they do.
    mix, whole : ndarray, shape (n_draws,)
        Index of the draws from the mix alone, and as stated [%].

    Returns
    -------
    DataFrame
        name, start, end [%], is_level, error (Monte Carlo error of a change, at 90 %; 0 of today's level) [%]. Each
        step begins where the one before it ended.
    """
    level, end = split.start, median(whole)
    rows: list[tuple[str, float, float, bool, float]] = [("Today", 0.0, level, True, 0.0)]
    for strand, change in split.parts.items():
        if strand in acting:
            rows.append((STRANDS[strand], level, level + change, False, split.errors[strand]))
            level += change
    error = difference_error(whole, mix)
    if "distances" in acting:
        rows.append((DISTANCES, level, end, False, error))
    rows.append(("Median then", 0.0, end, True, 0.0))
    return pd.DataFrame(rows, columns=list(STEP_COLUMNS))


def _merged(shares: FloatArray, projection: Projection, ranges: Sequence[Sequence[float]]) -> FloatArray:
    """Shares of ranges of tiers, along the last axis."""
    sums = [shares[..., np.isin(projection.edges, group)].sum(axis=-1) for group in ranges]
    merged: FloatArray = np.stack(sums, axis=-1)
    return merged


def _band(draws: FloatArray) -> FloatArray:
    """`BAND` of draws, as order statistics."""
    found: FloatArray = np.quantile(draws, BAND, method="inverted_cdf")
    return found
