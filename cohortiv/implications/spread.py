"""How much wider a quoted spread should be: volatility with the cascade fed back over volatility without."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from cohortiv.cascade import ForcedFlow, PriceImpact, forced_at, total_log_moves
from cohortiv.profile.bins import FloatArray

DEVIATIONS: Final = 8.0
"""Shocks beyond this many standard deviations are left out [1]: they carry 1e-13 of the variance."""

NODES: Final = 20_000
"""Shocks at which the cascade is run, either way: a jump is placed to 4e-4 standard deviations."""


@dataclass(frozen=True)
class SpreadWidening:
    """What the cascade does to a day's volatility.

    Attributes
    ----------
    factor : float
        Volatility with the cascade over volatility without, 1 or more [1].
    daily_volatility : float
        Standard deviation of the day's outside shocks [log].
    daily_volatility_fed_back : float
        Root mean square of the total moves they become [log].
    """

    factor: float
    daily_volatility: float
    daily_volatility_fed_back: float


def spread_widening(
    falls: ForcedFlow, rises: ForcedFlow, impact: PriceImpact, *, daily_volatility: float
) -> SpreadWidening:
    """Widening of a spread that is kept in proportion to volatility.

    Parameters
    ----------
    falls, rises : ForcedFlow
        One profile's forced orders, down and up.
    impact : PriceImpact
        One scale.
    daily_volatility : float
        Standard deviation of a day's outside log move, finite and more than 0 [log]: annualised / sqrt(365).

    Returns
    -------
    SpreadWidening
        The factor is exactly 1 where no shock forces an order or orders move no price.

    Raises
    ------
    ValueError
        If the directions are not down and up, or the volatility is not what is allowed.

    Notes
    -----
    With a normal shock s of mean 0 and its total move x(s) = s + a(s),

        factor^2 = E[x^2] / E[s^2] = 1 + E[2 |s| a + a^2] / E[s^2],

    summed over the midpoints of equal steps of |s|, since x(s) jumps. One shock a day meets today's whole book; that
    liquidated lines are gone for the next one is left out. Spreads follow volatility in proportion (Wyart et al.);
    inventory and fees, which they also pay for, are not in the factor.

    References
    ----------
    Wyart, Bouchaud, Kockelkoren, Potters and Vettorazzo (2008), Relation between bid-ask spread, impact and
    volatility in order-driven markets, https://arxiv.org/abs/physics/0603084
    """
    if (falls.direction, rises.direction) != ("down", "up"):
        raise ValueError(f"got flows {falls.direction} and {rises.direction}; give the one down first, then the one up")
    if not (math.isfinite(daily_volatility) and daily_volatility > 0.0):
        raise ValueError(
            f"got a daily volatility of {daily_volatility}; it is finite and more than 0, for instance 0.021 for 40 % "
            "a year"
        )
    deviates: FloatArray = np.linspace(0.0, DEVIATIONS, NODES, endpoint=False) + DEVIATIONS / NODES / 2.0
    chances = np.exp(-(deviates**2) / 2.0)
    shocks = daily_volatility * deviates
    fed = sum(_extra_square(flow, impact, shocks) @ chances for flow in (falls, rises))
    factor = math.sqrt(1.0 + float(fed) / float(2.0 * shocks**2 @ chances))
    return SpreadWidening(factor, daily_volatility, factor * daily_volatility)


def _extra_square(flow: ForcedFlow, impact: PriceImpact, shocks: FloatArray) -> FloatArray:
    """What the cascade adds to the square of each shock; 0, without rounding, where nothing is forced."""
    totals = total_log_moves(flow, impact, shocks)
    quiet = (forced_at(flow, totals) == 0.0) | (impact.scale == 0.0)
    added = np.where(quiet, 0.0, totals - shocks)
    extra: FloatArray = added * (2.0 * shocks + added)
    return extra
