"""Critical volatility: the smallest at which a critical mass of leveraged notional is expected to touch its line."""

import math
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from cohortiv.volatility.book import LineBook, hit_chances, line_book, root_horizon
from cohortiv.volatility.crossing import BoolArray, Chances, first_crossings
from cohortiv.volatility.laws import FloatArray, HitLaw, gbm_hit_probability

CRITICAL_MASS: Final = 0.15
"""Default share of leveraged notional whose liquidation counts as critical."""

HORIZON_DAYS: Final = 7.0
"""Default period over which touching a line counts [days]."""

_EDGE: Final = 1e-12
_DEVIATIONS: Final = 40.0
_CERTAIN: Final = 9.0
_WIDENING: Final = 3.0
_WIDEST: Final = 300.0

StatusArray = npt.NDArray[np.int8]


class CriticalStatus(IntEnum):
    """How a critical volatility came about."""

    SOLVED = 0
    """The share reaches the critical mass at a finite volatility above 0."""
    PAST_LINES = 1
    """The critical mass is already past its lines: the critical volatility is 0."""
    UNREACHABLE = 2
    """No volatility reaches the critical mass: the critical volatility is infinite."""
    EMPTY = 3
    """Nothing is leveraged: there is no critical volatility (NaN)."""


@dataclass(frozen=True, eq=False)
class CriticalVolatility:
    """Critical volatilities of one or many profiles, with how each came about.

    Attributes
    ----------
    volatility : numpy.ndarray
        Annualised critical volatility sigma_c [1/sqrt(year)], shape of the profiles (() for one): 0 past the
        lines, infinite when unreachable, NaN when empty.
    v : numpy.ndarray
        volatility * sqrt(horizon in years) [1]; what was solved for, and the same for every horizon.
    status : numpy.ndarray
        Codes of :class:`CriticalStatus`, same shape.
    critical_mass : float
        Share of leveraged notional that was asked for [1].
    horizon_days : float
        Horizon that turns ``v`` into ``volatility`` [days].
    """

    volatility: FloatArray
    v: FloatArray
    status: StatusArray
    critical_mass: float
    horizon_days: float

    @property
    def value(self) -> float:
        """The annualised critical volatility of a single profile; ValueError if there are several."""
        return _single(self.volatility)

    @property
    def single_v(self) -> float:
        """``v`` of a single profile; ValueError if there are several."""
        return _single(self.v)

    @property
    def single_status(self) -> CriticalStatus:
        """Status of a single profile; ValueError if there are several."""
        return CriticalStatus(int(_single(self.status)))


def solve_critical_volatility(
    weights: npt.ArrayLike,
    distances: npt.ArrayLike,
    *,
    second_distances: npt.ArrayLike | None = None,
    kappas: npt.ArrayLike | None = None,
    critical_mass: float = CRITICAL_MASS,
    horizon_days: float = HORIZON_DAYS,
    law: HitLaw = gbm_hit_probability,
) -> CriticalVolatility:
    """Solve S(sigma) = critical mass for every profile: sigma_c = inf {sigma : S(sigma) >= critical mass}.

    Parameters
    ----------
    weights : array_like
        Notional at each node, shape (..., n) [USD, or any unit]; every leading index is one profile.
    distances : array_like
        ln(line / mark) of each node, shape (n,) [log]; 0: past its line, NaN: no line.
    second_distances, kappas : array_like, optional
        Second lines [log] and relative volatilities [1], shape (n,); see :func:`line_book`.
    critical_mass : float, optional
        Share c of leveraged notional, between 0 and 1. Default 0.15.
    horizon_days : float, optional
        Horizon [days]. Default 7.
    law : HitLaw, optional
        Default geometric Brownian motion.

    Returns
    -------
    CriticalVolatility

    Raises
    ------
    ValueError
        On NaN, infinite or negative weights (with their number), shapes that do not fit, a critical mass
        outside (0, 1) or a horizon that is not positive.

    Notes
    -----
    See :func:`critical_volatility_of`.
    """
    book = line_book(weights, distances, second_distances=second_distances, kappas=kappas)
    return critical_volatility_of(book, critical_mass=critical_mass, horizon_days=horizon_days, law=law)


def critical_volatility_of(
    book: LineBook,
    *,
    critical_mass: float = CRITICAL_MASS,
    horizon_days: float = HORIZON_DAYS,
    law: HitLaw = gbm_hit_probability,
) -> CriticalVolatility:
    """Solve S(sigma) = critical mass for every profile of a book.

    Parameters
    ----------
    book : LineBook
        Weights of shape (..., n).
    critical_mass, horizon_days, law
        As in :func:`solve_critical_volatility`.

    Returns
    -------
    CriticalVolatility

    Raises
    ------
    ValueError
        On a critical mass outside (0, 1) or a horizon that is not positive.

    Notes
    -----
    S(v) = sum_i w_i min(1, p(d_i, kappa_i v) + p(d2_i, kappa_i v)) / sum_i w_i rises with v, from the share past its
    lines to its limit. Both ends are decided first: S(0) >= c gives 0, limit <= c infinity, no weight NaN,
    with ties within 1e-12 of c counted as equal. Only the rest is solved (:mod:`cohortiv.volatility.crossing`).
    """
    return critical_volatility_of_mixtures(
        book.weights,
        book,
        chances=partial(hit_chances, book, law=law),
        critical_mass=critical_mass,
        horizon_days=horizon_days,
    )


def critical_volatility_of_mixtures(
    weights: npt.ArrayLike,
    lines: LineBook,
    *,
    chances: Chances,
    totals: npt.ArrayLike | None = None,
    critical_mass: float = CRITICAL_MASS,
    horizon_days: float = HORIZON_DAYS,
) -> CriticalVolatility:
    """Solve S(sigma) = critical mass for many mixtures of a few parts, each part a group of lines.

    Parameters
    ----------
    weights : array_like
        Notional of each part, shape (..., k), finite [USD, or any unit].
    lines : LineBook
        All lines of all parts; they bound the search.
    chances : callable
        Market volatility times the square root of the horizon, shape (j,), 0 and infinity included, to the expected
        share of each part that is touched, shape (j, k) [1]; what the parts of a mixture give together never falls.
    totals : array_like, optional
        Notional of each mixture, shape (...). Default: the sum of its parts.
    critical_mass, horizon_days
        As in :func:`solve_critical_volatility`.

    Returns
    -------
    CriticalVolatility
        Shape (...).

    Raises
    ------
    ValueError
        On a critical mass outside (0, 1) or a horizon that is not positive.
    """
    if not 0.0 < critical_mass < 1.0:
        raise ValueError(f"got a critical mass of {critical_mass}; it is a share between 0 and 1, for instance 0.15")
    years_root = root_horizon(horizon_days)
    masses = np.asarray(weights, dtype=np.float64)
    profiles = masses.shape[:-1]
    rows = masses.reshape(math.prod(profiles), masses.shape[-1])
    targets = critical_mass * (rows.sum(axis=-1) if totals is None else np.asarray(totals, dtype=np.float64).ravel())
    status = _decide(rows, targets, chances=chances)
    v = np.array([np.nan, 0.0, np.inf, np.nan])[status]
    solved = np.flatnonzero(status == CriticalStatus.SOLVED)
    if solved.size:
        chosen = rows if solved.size == len(rows) else rows[solved]
        v[solved] = _solve(chosen, targets[solved], chances=chances, ends=_ends(lines))
    return CriticalVolatility(
        volatility=(v / years_root).reshape(profiles),
        v=v.reshape(profiles),
        status=status.reshape(profiles),
        critical_mass=critical_mass,
        horizon_days=horizon_days,
    )


def _decide(rows: FloatArray, targets: FloatArray, *, chances: Chances) -> StatusArray:
    """Status of each profile, from the two ends of its curve."""
    past, limit = (rows @ end for end in chances(np.array([0.0, np.inf])))
    status = np.full(len(rows), CriticalStatus.SOLVED, dtype=np.int8)
    status[limit <= targets * (1.0 + _EDGE)] = CriticalStatus.UNREACHABLE
    status[past >= targets * (1.0 - _EDGE)] = CriticalStatus.PAST_LINES
    status[targets == 0.0] = CriticalStatus.EMPTY
    return status


def _solve(rows: FloatArray, targets: FloatArray, *, chances: Chances, ends: tuple[float, float]) -> FloatArray:
    def reaches(log_v: float) -> BoolArray:
        reached: BoolArray = rows @ chances(np.exp(np.array([log_v])))[0] >= targets
        return reached

    low, high = ends
    while reaches(low).any() and low > -_WIDEST:
        low -= _WIDENING
    while not reaches(high).all() and high < _WIDEST:
        high += _WIDENING
    return np.exp(first_crossings(rows, targets, chances=chances, low=low, high=high))


def _ends(book: LineBook) -> tuple[float, float]:
    """Search range of ln v: under the default law no line is touched at the lower end and all are at the upper."""
    lines = np.abs(np.concatenate([book.distances, book.second_distances]))
    kappas = np.concatenate([book.kappas, book.kappas])
    open_lines = (lines > 0.0) & np.isfinite(lines)
    size, relative = lines[open_lines], kappas[open_lines]
    low = (size / relative).min() / _DEVIATIONS
    high = ((_CERTAIN + np.sqrt(_CERTAIN**2 + 2.0 * size)) / relative).max()
    return math.log(low), math.log(high)


def _single(values: npt.NDArray[np.generic]) -> float:
    if values.size != 1:
        raise ValueError(f"got {values.size} profiles where one is wanted; read the arrays, or solve one at a time")
    return float(values.item())
