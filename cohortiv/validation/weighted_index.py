"""The IV Index under learned tier weights, beside the unweighted one and never instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from cohortiv.assessment.nodes import book_of
from cohortiv.iv_index import REFERENCE_VOLATILITY, iv_index
from cohortiv.profile import LiquidationProfile
from cohortiv.validation.sample import DAY
from cohortiv.validation.weights import PERMUTATIONS, TierWeights, learn_weights
from cohortiv.volatility import CRITICAL_MASS, HORIZON_DAYS, critical_volatility_of


@dataclass(frozen=True)
class WeightedIndex:
    """The index of one snapshot under both weightings.

    Attributes
    ----------
    unweighted, weighted : float
        IV Index [%]: 0, infinite or NaN as in `iv_index.iv_index`.
    unweighted_tiers : tuple of int
        Tiers of the snapshot that had no weight and count once.
    """

    unweighted: float
    weighted: float
    unweighted_tiers: tuple[int, ...]


def weighted_index(
    profile: LiquidationProfile,
    weights: pd.Series,
    *,
    critical_mass: float = CRITICAL_MASS,
    horizon_days: float = HORIZON_DAYS,
    reference_volatility: float = REFERENCE_VOLATILITY,
) -> WeightedIndex:
    """The index of one snapshot with each tier's notional multiplied by its weight.

    Parameters
    ----------
    profile : LiquidationProfile
        One snapshot.
    weights : Series
        Weight by tier edge, finite and >= 0 [1]; a tier without one counts once.
    critical_mass, horizon_days, reference_volatility : float, optional
        As for the index [1, days, 1/sqrt(year)].

    Returns
    -------
    WeightedIndex
        Both indices are equal under equal weights, and NaN where nothing is leveraged.

    Raises
    ------
    ValueError
        On weights that are negative or not finite.

    Notes
    -----
    The weight stands in numerator and denominator of the expected share, so only ratios of weights count.
    """
    values = weights.to_numpy(dtype=np.float64)
    bad = int(np.count_nonzero(~(np.isfinite(values) & (values >= 0.0))))
    if bad:
        raise ValueError(f"got {bad} tier weights that are negative or not finite; allowed are 0 and more")
    nodes = profile.nodes().frame
    factor = nodes["tier"].map({int(float(tier)): value for tier, value in zip(weights.index, values, strict=True)})
    books = (book_of(nodes), book_of(nodes.assign(weight=nodes["weight"] * factor.astype("float64").fillna(1.0))))
    solved = (
        critical_volatility_of(book, critical_mass=critical_mass, horizon_days=horizon_days).value for book in books
    )
    plain, weighted = (float(iv_index(volatility, reference_volatility)) for volatility in solved)
    missing = nodes.loc[factor.isna(), "tier"].unique()
    return WeightedIndex(unweighted=plain, weighted=weighted, unweighted_tiers=tuple(sorted(int(t) for t in missing)))


def weights_known_at(
    shares: pd.DataFrame,
    event: pd.Series,
    *,
    at: Sequence[datetime],
    horizon_days: float,
    rng: np.random.Generator,
    permutations: int = PERMUTATIONS,
) -> tuple[TierWeights, ...]:
    """Tier weights as they could have been learned at each of some times.

    Parameters
    ----------
    shares, event, horizon_days
        As for `weights.learn_weights`.
    at : sequence of datetime
        Times (UTC without zone).
    rng : numpy.random.Generator
        Each time has a stream of its own.
    permutations : int, optional
        As for `weights.learn_weights`.

    Returns
    -------
    tuple of TierWeights
        One a time, in their order, from rows whose outcome was known by then: t + horizon <= time.

    Raises
    ------
    DataError
        As for `weights.learn_weights`.
    """
    return tuple(
        learn_weights(shares[known], event[known], horizon_days=horizon_days, rng=stream, permutations=permutations)
        for known, stream in (
            (np.asarray(shares.index <= pd.Timestamp(moment) - horizon_days * DAY), stream)
            for moment, stream in zip(at, rng.spawn(len(at)), strict=True)
        )
    )
