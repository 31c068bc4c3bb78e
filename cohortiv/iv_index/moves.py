"""The two other readings of "a critical mass" that are published beside the index."""

import math
from dataclasses import dataclass
from typing import Final

from cohortiv.iv_index.index import REFERENCE_VOLATILITY, iv_index
from cohortiv.volatility import (
    HORIZON_DAYS,
    HitLaw,
    LineBook,
    critical_volatility_of,
    gbm_hit_probability,
    root_horizon,
)

LARGEST_POSITIONS_MASS: Final = 0.5
"""Share of the largest positions that is expected to be touched in the largest-positions reading [1]."""


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
    """Another reading of the critical mass; both figures are NaN where nothing is leveraged.

    Attributes
    ----------
    volatility : float
        Annualised volatility of this reading [1/sqrt(year)]; 0, infinite or NaN as for the critical volatility.
    iv_index : float
        100 * reference volatility / volatility [%].
    """

    volatility: float
    iv_index: float


def quantile_reading(
    moves: CriticalMoves | None,
    *,
    horizon_days: float = HORIZON_DAYS,
    reference_volatility: float = REFERENCE_VOLATILITY,
) -> Reading:
    """The volatility whose one-standard-deviation move over the horizon is the nearer critical move.

    Parameters
    ----------
    moves : CriticalMoves or None
        None where nothing is leveraged.
    horizon_days : float, optional
        Horizon [days]. Default 7.
    reference_volatility : float, optional
        Annualised anchor of the index [1/sqrt(year)]. Default 0.40.

    Returns
    -------
    Reading
        |d_c| / sqrt(T) with d_c the log move; infinite (index 0) when neither direction holds the mass, 0 (index
        infinite) when it is past its lines; NaN when nothing is leveraged.
    """
    if moves is None:
        return Reading(math.nan, math.nan)
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
