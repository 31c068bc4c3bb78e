"""Distance given tier: the expected share of each leverage tier that is touched, as a function of volatility."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.distribution.composition import TOLERANCE
from cohortiv.errors import DataError
from cohortiv.volatility import (
    CRITICAL_MASS,
    HORIZON_DAYS,
    CriticalVolatility,
    FloatArray,
    LineBook,
    critical_volatility_of_mixtures,
    hit_chances,
    line_book,
)

_CHUNK_CELLS = 2_000_000


@dataclass(frozen=True)
class BorrowedLines:
    """A tier without positions, and the tier whose distances stand in for its own.

    Attributes
    ----------
    tier : float
        Edge of the tier without positions [x].
    lender : float
        Edge of the tier that lends [x].
    scale : float
        What the lender's distances are multiplied by: lender / tier [1].
    """

    tier: float
    lender: float
    scale: float


@dataclass(frozen=True, eq=False)
class HitTable:
    """Lines of one snapshot by tier; any mix of the tiers has its expected share from it.

    Attributes
    ----------
    edges : tuple of float
        Edges of the leveraged tiers, rising [x]; the order of the shares in a mix.
    book : LineBook
        Nodes of all tiers, tier after tier; weights are shares of their tier's notional [1].
    starts : numpy.ndarray
        Number of each tier's first node, shape (k,).
    borrowed : tuple of BorrowedLines
        Tiers that have no positions of their own.
    """

    edges: tuple[float, ...]
    book: LineBook
    starts: npt.NDArray[np.intp] = field(repr=False)
    borrowed: tuple[BorrowedLines, ...]


def hit_table(nodes: pd.DataFrame, edges: Sequence[float]) -> HitTable:
    """Put the lines of a snapshot in order of their tiers; tiers without positions borrow.

    Parameters
    ----------
    nodes : DataFrame
        Points of the latest profile: tier, weight [USD], distance and second_distance (NaN: none, 0: past) [log] and
        kappa [1].
    edges : sequence of float
        Edges of the leveraged tiers, rising from 1 or more [x]; the tier at 1 holds leverage between 1 and the next.

    Returns
    -------
    HitTable

    Raises
    ------
    ValueError
        If edges are missing, under 1 or not rising, or a tier of the nodes is not among them.
    DataError
        If nothing is leveraged: then there is no distance given tier.

    Notes
    -----
    Distances of a position opened at the mark go with 1 / leverage. A tier without positions takes the nodes of the
    nearest tier that has some, nearest by the ratio of the edges (of two equally near the lower), with its distances
    times lender / tier. What is past its line, or has none, stays so.
    """
    tiers = _checked_edges(edges)
    held = _checked_nodes(nodes, tiers)
    by_tier = {tier: held[held["tier"] == tier] for tier in tiers if (held["tier"] == tier).any()}
    lenders = {tier: tier if tier in by_tier else _nearest(tier, tuple(by_tier)) for tier in tiers}
    parts = [by_tier[lender] for lender in lenders.values()]
    scales = [lender / tier for tier, lender in lenders.items()]
    sizes = [len(part) for part in parts]
    scale = np.repeat(scales, sizes)
    lines = pd.concat([part.assign(weight=part["weight"] / part["weight"].sum()) for part in parts])
    return HitTable(
        edges=tiers,
        book=line_book(
            lines["weight"],
            lines["distance"] * scale,
            second_distances=lines["second_distance"] * scale,
            kappas=lines["kappa"],
        ),
        starts=np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.intp),
        borrowed=tuple(BorrowedLines(t, lender, lender / t) for t, lender in lenders.items() if lender != t),
    )


def tier_hit_shares(table: HitTable, v: npt.ArrayLike) -> FloatArray:
    """Expected share of each tier's notional that touches its line.

    Parameters
    ----------
    table : HitTable
    v : array_like, shape (n,)
        Market volatility times the square root of the horizon [1], 0 to infinity.

    Returns
    -------
    numpy.ndarray
        Shape (n, k), in [0, 1] and never falling with ``v``; the shares of a mix times a row are that mix's
        expected share.
    """
    market = np.asarray(v, dtype=np.float64)
    found = np.empty((market.size, len(table.edges)))
    step = max(1, _CHUNK_CELLS // table.book.distances.size)
    for start in range(0, market.size, step):
        part = slice(start, start + step)
        touched = table.book.weights * hit_chances(table.book, market[part])
        found[part] = np.add.reduceat(touched, table.starts, axis=1)
    return np.minimum(found, 1.0)


def critical_volatility_of_mixes(
    table: HitTable,
    mixes: npt.ArrayLike,
    *,
    critical_mass: float = CRITICAL_MASS,
    horizon_days: float = HORIZON_DAYS,
) -> CriticalVolatility:
    """Critical volatility of each mix of tiers, the distances within each tier as they are in the table.

    Parameters
    ----------
    table : HitTable
    mixes : array_like, shape (..., k)
        Shares of leveraged notional by tier, >= 0, summing to 1 along the last axis [1].
    critical_mass : float, optional
        Share c of leveraged notional, between 0 and 1. Default 0.15.
    horizon_days : float, optional
        Horizon [days]. Default 7.

    Returns
    -------
    CriticalVolatility
        Shape (...).

    Raises
    ------
    ValueError
        If mixes have another number of tiers, are not finite and >= 0 or do not sum to 1, with their number.

    Notes
    -----
    S of a mix is sum_t share_t S_t(v), so a handful of readings of S_t serves all mixes: each is one matrix product,
    and what is solved is exact, not read off a grid.
    """
    return critical_volatility_of_mixtures(
        checked_mixes(mixes, len(table.edges)),
        table.book,
        chances=lambda v: tier_hit_shares(table, v),
        critical_mass=critical_mass,
        horizon_days=horizon_days,
    )


def checked_mixes(mixes: npt.ArrayLike, tiers: int) -> FloatArray:
    """Mixes as floats of shape (..., tiers); ValueError that counts those that are no shares summing to 1."""
    shares = np.asarray(mixes, dtype=np.float64)
    if shares.ndim == 0 or shares.shape[-1] != tiers:
        raise ValueError(f"got mixes of shape {shares.shape}; allowed is (..., {tiers}), one share for each tier")
    sound = (shares >= 0.0).all(axis=-1) & (np.abs(shares.sum(axis=-1) - 1.0) <= TOLERANCE)
    bad = int(np.count_nonzero(~sound))
    if bad:
        raise ValueError(
            f"got {bad} of {sound.size} mixes with a negative or NaN share or a sum away from 1; "
            "shares are of leveraged notional, 0 or more, and sum to 1 over the tiers"
        )
    return shares


def _checked_edges(edges: Sequence[float]) -> tuple[float, ...]:
    tiers = tuple(float(edge) for edge in edges)
    if not tiers or not tiers[0] >= 1.0 or not all(np.diff(tiers) > 0.0):
        raise ValueError(f"got tier edges {list(tiers)}; allowed are rising edges from 1, as of leveraged tiers")
    return tiers


def _checked_nodes(nodes: pd.DataFrame, tiers: Sequence[float]) -> pd.DataFrame:
    """Nodes with weight; an error if there are none, or one is of another tier."""
    held = nodes[nodes["weight"] > 0.0]
    strange = sorted(set(held["tier"].astype(float)) - set(tiers))
    if strange:
        raise ValueError(f"got nodes in the tiers {strange}; allowed are the edges asked for: {list(tiers)}")
    if held.empty:
        raise DataError(
            "The snapshot has no leveraged notional, and mixes of tiers need lines to stand on. "
            "Choose a snapshot or cohort with leveraged positions."
        )
    return held


def _nearest(tier: float, holders: Sequence[float]) -> float:
    """The holder whose edge is nearest by ratio; of two equally near the lower."""
    return min(holders, key=lambda holder: (round(abs(float(np.log(holder / tier))), 12), holder))
