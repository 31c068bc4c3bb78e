"""Critical moves, and the two other readings of "a critical mass" that are published beside the index."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cohortiv.iv_index.index import REFERENCE_VOLATILITY, iv_index
from cohortiv.volatility import (
    CRITICAL_MASS,
    HORIZON_DAYS,
    FloatArray,
    HitLaw,
    LineBook,
    critical_volatility_of,
    gbm_hit_probability,
    root_horizon,
)

LARGEST_POSITIONS_MASS: Final = 0.5
"""Share of the largest positions that is expected to be touched in the largest-positions reading [1]."""

_EDGE: Final = 1e-12


@dataclass(frozen=True)
class CriticalMoves:
    """The smallest moves whose lines hold the critical mass of all leveraged notional.

    Attributes
    ----------
    drawdown : float or None
        Fall of the price as a simple fraction, 0.25 for 25 %; None when lines below never hold the mass.
    rally : float or None
        Rise as a simple fraction; None when lines above never hold it.
    """

    drawdown: float | None
    rally: float | None


@dataclass(frozen=True)
class Reading:
    """Another reading of the critical mass.

    Attributes
    ----------
    volatility : float
        Annualised volatility of this reading [1/sqrt(year)]; 0, infinite or NaN as for the critical volatility.
    iv_index : float
        100 * reference volatility / volatility [%].
    """

    volatility: float
    iv_index: float


def critical_moves(
    book: LineBook,
    *,
    critical_mass: float = CRITICAL_MASS,
    inner: npt.ArrayLike | None = None,
    outer: npt.ArrayLike | None = None,
) -> CriticalMoves:
    """Smallest fall and smallest rise whose lines hold the critical mass.

    Parameters
    ----------
    book : LineBook
        One profile: weights of shape (n,). Notional without a line counts in the whole, notional past its
        line counts at a move of 0 in both directions, and a unit with two lines counts on each side it has one on.
    critical_mass : float, optional
        Share of all leveraged notional, between 0 and 1. Default 0.15.
    inner, outer : array_like, optional
        Distances between which a node's mass is spread evenly, shape (n,) [log]: nearer and farther from the mark,
        signed as the node's distance or not. They belong to the first line; NaN or equal makes an atom.
        Default: all atoms.

    Returns
    -------
    CriticalMoves
        Drawdown 1 - exp(-x) and rally exp(x) - 1 with x the log move. Both None where nothing is leveraged.

    Raises
    ------
    ValueError
        If the book has several profiles, a critical mass is outside (0, 1), or edges do not fit.
    """
    if book.weights.ndim != 1:
        raise ValueError(f"got weights of shape {book.weights.shape}; critical moves are of one profile, shape (n,)")
    if not 0.0 < critical_mass < 1.0:
        raise ValueError(f"got a critical mass of {critical_mass}; it is a share between 0 and 1, for instance 0.15")
    near, far = _edges(book, inner, outer)
    target = critical_mass * float(book.weights.sum()) * (1.0 - _EDGE)
    fall = _smallest_move(book, near, far, below=True, target=target)
    rise = _smallest_move(book, near, far, below=False, target=target)
    return CriticalMoves(
        drawdown=None if fall is None else -math.expm1(-fall),
        rally=None if rise is None else math.expm1(rise),
    )


def quantile_reading(
    moves: CriticalMoves,
    *,
    horizon_days: float = HORIZON_DAYS,
    reference_volatility: float = REFERENCE_VOLATILITY,
) -> Reading:
    """The volatility whose one-standard-deviation move over the horizon is the nearer critical move.

    Parameters
    ----------
    moves : CriticalMoves
    horizon_days : float, optional
        Horizon [days]. Default 7.
    reference_volatility : float, optional
        Annualised anchor of the index [1/sqrt(year)]. Default 0.40.

    Returns
    -------
    Reading
        |d_c| / sqrt(T) with d_c the log move; infinite (index 0) when neither direction holds the mass, 0 (index
        infinite) when it is past its lines.
    """
    sizes = [
        -math.log1p(-moves.drawdown) if moves.drawdown is not None else math.inf,
        math.log1p(moves.rally) if moves.rally is not None else math.inf,
    ]
    volatility = min(sizes) / root_horizon(horizon_days)
    return Reading(volatility, float(iv_index(volatility, reference_volatility)))


def largest_positions_reading(
    book: LineBook,
    *,
    horizon_days: float = HORIZON_DAYS,
    reference_volatility: float = REFERENCE_VOLATILITY,
    law: HitLaw = gbm_hit_probability,
) -> Reading:
    """The volatility at which half of the largest positions' notional is expected to be touched.

    Parameters
    ----------
    book : LineBook
        The book of those positions alone, weights of shape (n,): the ones that make up the largest 15 % by size.
    horizon_days, reference_volatility, law
        As in :func:`quantile_reading`; the law defaults to geometric Brownian motion.

    Returns
    -------
    Reading
        Infinite (index 0) when no volatility touches half of it, as with shorts more than ln 2 away; NaN when empty.
    """
    critical = critical_volatility_of(book, critical_mass=LARGEST_POSITIONS_MASS, horizon_days=horizon_days, law=law)
    return Reading(critical.value, float(iv_index(critical.value, reference_volatility)))


def _edges(book: LineBook, inner: npt.ArrayLike | None, outer: npt.ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    """Sizes of the distances between which each node's first line is spread; equal for an atom."""
    size = np.abs(book.distances)
    if (inner is None) != (outer is None):
        raise ValueError("got only one of inner and outer; give both edges of every node, or neither")
    if inner is None or outer is None:
        return size, size
    near = np.abs(np.asarray(inner, dtype=np.float64))
    far = np.abs(np.asarray(outer, dtype=np.float64))
    if near.shape != size.shape or far.shape != size.shape:
        raise ValueError(
            f"got edges of shape {near.shape} and {far.shape}; allowed is {size.shape}, one pair for each node"
        )
    crossed = int(np.count_nonzero(near > far))
    if crossed:
        raise ValueError(f"got {crossed} nodes whose inner edge is farther from the mark than the outer; swap them")
    atoms = np.isnan(near) | np.isnan(far) | (size == 0.0)
    return np.where(atoms, size, near), np.where(atoms, size, far)


def _smallest_move(book: LineBook, near: FloatArray, far: FloatArray, *, below: bool, target: float) -> float | None:
    """Smallest log move in one direction whose lines hold the target; None when they never do."""
    sign = -1.0 if below else 1.0
    past = (book.distances == 0.0) | (book.second_distances == 0.0)
    first = np.where(sign * book.distances > 0.0, near, np.inf)
    last = np.where(sign * book.distances > 0.0, far, np.inf)
    second = np.where(sign * book.second_distances > 0.0, np.abs(book.second_distances), np.inf)
    nearer = second < np.where(np.isfinite(first), np.abs(book.distances), np.inf)
    inner = np.where(past, 0.0, np.where(nearer, second, first))
    outer = np.where(past, 0.0, np.where(nearer, second, last))
    counted = np.isfinite(outer) & (book.weights > 0.0)
    if not counted.any():
        return None
    return _first_held(inner[counted], outer[counted], book.weights[counted], target=target)


def _first_held(inner: FloatArray, outer: FloatArray, weights: FloatArray, *, target: float) -> float | None:
    """First x at which the mass with an even spread from inner to outer reaches the target."""
    atom = inner == outer
    widths = np.where(atom, 1.0, np.maximum(outer - inner, np.finfo(float).tiny))

    def held(x: float, *, atoms_at: bool = True) -> float:
        jumped = (inner <= x) if atoms_at else (inner < x)
        with np.errstate(over="ignore"):
            parts = np.where(atom, jumped, np.clip((x - inner) / widths, 0.0, 1.0))
        return float(weights @ parts)

    points = np.unique(np.concatenate([inner, outer]))
    if held(points[-1]) < target:
        return None
    low, high = -1, points.size - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if held(points[middle]) >= target else (middle, high)
    right = float(points[high])
    left = float(points[max(low, 0)])
    start, reached = held(left), held(right, atoms_at=False)
    if reached < target or low < 0:
        return right
    return left + (right - left) * (target - start) / (reached - start)
