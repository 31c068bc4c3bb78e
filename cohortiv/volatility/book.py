"""The line book: how much notional stands how far from its liquidation line."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cohortiv.volatility.laws import FloatArray, HitLaw, gbm_hit_probability, gbm_hit_slope

DAYS_PER_YEAR: Final = 365.0
"""Days in a year of a market that never closes."""

_CHUNK_CELLS: Final = 2_000_000
_STEP_LAW_WIDTH: Final = 0.02


@dataclass(frozen=True, eq=False)
class LineBook:
    """Nodes of one or many liquidation profiles that share their distances; made by :func:`line_book`.

    Attributes
    ----------
    weights : numpy.ndarray
        Notional at each node, shape (..., n) [USD, or any unit: only shares count]; leading axes are profiles.
    distances : numpy.ndarray
        ln(line / mark) of each node, shape (n,) [log]; NaN: no line, 0: past its line.
    second_distances : numpy.ndarray
        The other line of a unit that has two, shape (n,) [log]; NaN where there is one only.
    kappas : numpy.ndarray
        Volatility of what moves the node relative to the market's, shape (n,) [1].
    """

    weights: FloatArray
    distances: FloatArray
    second_distances: FloatArray
    kappas: FloatArray


def line_book(
    weights: npt.ArrayLike,
    distances: npt.ArrayLike,
    *,
    second_distances: npt.ArrayLike | None = None,
    kappas: npt.ArrayLike | None = None,
) -> LineBook:
    """Check weights and distances and put them together.

    Parameters
    ----------
    weights : array_like
        Notional at each node, shape (..., n), finite and >= 0 [USD]. Zeros, and no nodes at all, are allowed.
    distances : array_like
        ln(line / mark), shape (n,) [log]; NaN or infinite: no line.
    second_distances : array_like, optional
        The second line of each node, shape (n,) [log], NaN where there is none. Default: none anywhere.
    kappas : array_like, optional
        Relative volatility, shape (n,) or a number, finite and > 0 [1]. Default 1.

    Returns
    -------
    LineBook

    Raises
    ------
    ValueError
        If shapes do not fit, or weights or kappas are not what is allowed; the message says how many.
    """
    masses = np.asarray(weights, dtype=np.float64)
    firsts = np.asarray(distances, dtype=np.float64)
    if firsts.ndim != 1 or masses.ndim == 0 or masses.shape[-1] != firsts.size:
        raise ValueError(
            f"got weights of shape {masses.shape} and distances of shape {firsts.shape}; "
            "weights are (..., n) and distances (n,): one distance for each node"
        )
    _refuse_bad_weights(masses)
    seconds = _per_node(np.nan if second_distances is None else second_distances, firsts.size, name="second_distances")
    relative = _per_node(1.0 if kappas is None else kappas, firsts.size, name="kappas")
    bad = int(np.count_nonzero(~((relative > 0.0) & np.isfinite(relative))))
    if bad:
        raise ValueError(
            f"got {bad} of {relative.size} kappas that are not finite and > 0; a kappa is volatility over the market's"
        )
    return LineBook(masses, firsts, seconds, relative)


def hit_chances(book: LineBook, v: npt.ArrayLike, *, law: HitLaw = gbm_hit_probability) -> FloatArray:
    """Chance of each node to touch a line: min(1, p(d1, kappa v) + p(d2, kappa v)).

    Parameters
    ----------
    book : LineBook
    v : array_like
        Market volatility times the square root of the horizon [1], any shape.
    law : HitLaw, optional
        Default geometric Brownian motion.

    Returns
    -------
    numpy.ndarray
        Shape ``v.shape + (n,)``; 0 without a line, 1 past it.
    """
    market = np.asarray(v, dtype=np.float64)[..., np.newaxis]
    chances = law(book.distances, market * book.kappas)
    twice = np.flatnonzero(~np.isnan(book.second_distances))
    if twice.size:
        second = law(book.second_distances[twice], market * book.kappas[twice])
        chances[..., twice] = np.minimum(1.0, chances[..., twice] + second)
    return chances


def hit_elasticities(book: LineBook, v: float, *, law: HitLaw = gbm_hit_probability) -> FloatArray:
    """What each node's chance gains per unit of ln v: the sum of v_i dp_i/dv_i over its lines, v_i = kappa_i v.

    Parameters
    ----------
    book : LineBook
    v : float
        Market volatility times the square root of the horizon [1].
    law : HitLaw, optional
        Geometric Brownian motion has the exact slope; another law, which may have steps, is differenced
        over 4 % of ``v``.

    Returns
    -------
    numpy.ndarray
        Shape (n,); 0 without a line, past it, and where two chances already add up to 1.
    """
    if law is not gbm_hit_probability:
        width = _STEP_LAW_WIDTH
        higher = hit_chances(book, v * math.exp(width), law=law)
        return (higher - hit_chances(book, v * math.exp(-width), law=law)) / (2.0 * width)
    own = v * book.kappas
    gains = own * (gbm_hit_slope(book.distances, own) + gbm_hit_slope(book.second_distances, own))
    return np.where(hit_chances(book, v) < 1.0, gains, 0.0)


def expected_share(book: LineBook, v: npt.ArrayLike, *, law: HitLaw = gbm_hit_probability) -> FloatArray:
    """Expected share S of leveraged notional that touches its line.

    Parameters
    ----------
    book : LineBook
        Weights of shape (..., n).
    v : array_like
        Market volatility times the square root of the horizon [1]; broadcasts against the profiles.
    law : HitLaw, optional
        Default geometric Brownian motion.

    Returns
    -------
    numpy.ndarray
        Share in [0, 1], the broadcast shape of ``v`` and the profiles; NaN where the weights sum to 0.

    Notes
    -----
    S = sum_i w_i p_i / sum_i w_i. It is a sum of expectations: no correlations enter, and S of a book is the
    weighted mean of S of its parts.
    """
    market = np.asarray(v, dtype=np.float64)
    totals = book.weights.sum(axis=-1)
    shape = np.broadcast_shapes(market.shape, totals.shape)
    flat = np.broadcast_to(market, shape).reshape(-1)
    masses = np.broadcast_to(book.weights, (*shape, book.distances.size)).reshape(flat.size, book.distances.size)
    held = np.empty(flat.size)
    step = max(1, _CHUNK_CELLS // max(1, book.distances.size))
    for start in range(0, flat.size, step):
        part = slice(start, start + step)
        held[part] = np.einsum("ij,ij->i", masses[part], hit_chances(book, flat[part], law=law))
    with np.errstate(invalid="ignore"):
        shares: FloatArray = np.minimum(held.reshape(shape) / totals, 1.0)
    return shares


def hit_curve(
    book: LineBook,
    volatilities: npt.ArrayLike,
    *,
    horizon_days: float = 7.0,
    law: HitLaw = gbm_hit_probability,
) -> FloatArray:
    """Expected share touched at each annualised volatility: the curve that crosses the critical mass at sigma_c.

    Parameters
    ----------
    book : LineBook
        One profile: weights of shape (n,).
    volatilities : array_like
        Annualised volatilities, >= 0 [1/sqrt(year)], 0.40 for 40 %.
    horizon_days : float, optional
        Horizon [days]. Default 7.
    law : HitLaw, optional
        Default geometric Brownian motion.

    Returns
    -------
    numpy.ndarray
        Shares in the shape of ``volatilities``; NaN where nothing is leveraged.
    """
    return expected_share(book, np.asarray(volatilities, dtype=np.float64) * root_horizon(horizon_days), law=law)


def root_horizon(horizon_days: float) -> float:
    """Square root of the horizon in years [sqrt(year)]; ValueError unless it is finite and > 0."""
    if not (math.isfinite(horizon_days) and horizon_days > 0.0):
        raise ValueError(f"got a horizon of {horizon_days} days; it is finite and more than 0, for instance 7")
    return math.sqrt(horizon_days / DAYS_PER_YEAR)


def _per_node(values: npt.ArrayLike, count: int, *, name: str) -> FloatArray:
    given = np.asarray(values, dtype=np.float64)
    if given.shape not in ((), (count,)):
        raise ValueError(f"got {name} of shape {given.shape}; allowed is ({count},), one for each node")
    return np.array(np.broadcast_to(given, (count,)))


def _refuse_bad_weights(weights: FloatArray) -> None:
    if not weights.size:
        return
    if np.isfinite(weights.sum(axis=-1)).all() and weights.min() >= 0.0:
        return
    missing = int(np.count_nonzero(np.isnan(weights)))
    endless = int(np.count_nonzero(np.isinf(weights)))
    negative = int(np.count_nonzero(weights < 0.0))
    raise ValueError(
        f"got {missing} NaN, {endless} infinite and {negative} negative weights of {weights.size}; "
        "weights are notional, finite (their sum too) and 0 or more: correct or exclude those rows"
    )
