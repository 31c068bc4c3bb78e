"""What a further percent does on the price's way: the orders that it forces, and how far these push the price."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.cascade.flow import ForcedFlow, forced_at
from cohortiv.cascade.impact import PriceImpact, price_impact
from cohortiv.cascade.moves import SIGNS, Direction, log_moves
from cohortiv.profile.bins import FloatArray

GAMMA_MOVE: Final = 0.01
"""Further move that liquidation gamma and the branching ratio at a place are for [1]."""

PATH_MOVES: Final = tuple(np.round(np.linspace(0.0, 0.3, 61), 3).tolist())
"""Places on the path that are looked at, as simple fractions [1]."""


@dataclass(frozen=True, eq=False)
class Branching:
    """What a further 1 % does from each place on the path.

    Attributes
    ----------
    direction : {"down", "up"}
    moves : numpy.ndarray, shape (m,)
        Places as simple fractions from the mark [1].
    gamma_usd : numpy.ndarray, shape (m,)
        Liquidation gamma: orders forced by a further 1 % of the price reached [USD]; below 0 where netting shrinks
        them.
    branching_ratio : numpy.ndarray, shape (m,)
        Percent by which these orders push the price in turn [1]: dollars that a forced dollar forces there. At 1 and
        more a price that is carried past the place does not stop at the end of that percent.
    """

    direction: Direction
    moves: FloatArray
    gamma_usd: FloatArray
    branching_ratio: FloatArray

    def frame(self) -> pd.DataFrame:
        """One row a place: move, gamma_usd, branching_ratio."""
        return pd.DataFrame({"move": self.moves, "gamma_usd": self.gamma_usd, "branching_ratio": self.branching_ratio})


def branching_along(flow: ForcedFlow, impact: PriceImpact, moves: npt.ArrayLike = PATH_MOVES) -> Branching:
    """Liquidation gamma and branching ratio at places along the path.

    Parameters
    ----------
    flow : ForcedFlow
        One profile.
    impact : PriceImpact
        One scale.
    moves : array_like, shape (m,), optional
        Places as simple fractions [1]. Default 0 to 30 % by half a percent.

    Returns
    -------
    Branching
        Zeros where nothing is forced.

    Raises
    ------
    ValueError
        If a move is negative, NaN, infinite, or a fall of 1 or more.

    Notes
    -----
    With h the log size of a further 1 %: gamma = Q(x + h) - Q(x), and n = (impact(Q(x + h)) - impact(Q(x))) / h. What
    lies exactly at x is not in it, jumps within are. Where n >= 1, x - impact(Q(x)) is no higher at x + h than at x,
    so a shock that carries the price past x carries it past x + h.
    """
    places = np.atleast_1d(np.asarray(moves, dtype=np.float64))
    sizes = log_moves(places, flow.direction)
    step = _further(flow.direction)
    near, far = (price_impact(impact, forced_at(flow, at)) for at in (sizes, sizes + step))
    return Branching(flow.direction, places, liquidation_gamma(flow, sizes), (far - near) / step)


def liquidation_gamma(flow: ForcedFlow, sizes: FloatArray) -> FloatArray:
    """Orders forced by a further 1 % of the price reached.

    Parameters
    ----------
    flow : ForcedFlow
        One profile.
    sizes : numpy.ndarray
        Moves so far [log], 0 or more.

    Returns
    -------
    numpy.ndarray
        In the shape of the sizes [USD]; what lies exactly at a size is not in it.
    """
    return forced_at(flow, sizes + _further(flow.direction)) - forced_at(flow, sizes)


def mean_branching(flow: ForcedFlow, impact: PriceImpact, *, starts: FloatArray, ends: FloatArray) -> FloatArray:
    """Average branching ratio on the ways from shocks to their total moves.

    Parameters
    ----------
    flow : ForcedFlow
        One profile.
    impact : PriceImpact
        One scale.
    starts, ends : numpy.ndarray, shape (m,)
        Outside shocks and their total moves [log].

    Returns
    -------
    numpy.ndarray, shape (m,)
        From 0 to below 1 [1]; 0 where the shock stays alone.

    Notes
    -----
    The shock s itself forces Q(s); the total x has x - s = impact(Q(x)). If every dollar forces n more, the orders
    after the first move the price by impact(Q(s)) * (n + n^2 + ...), so n = 1 - impact(Q(s)) / (x - s).
    """
    added = ends - starts
    first = price_impact(impact, forced_at(flow, starts))
    ratio: FloatArray = np.divide(added - first, added, out=np.zeros(added.shape), where=added > first)
    return ratio


def _further(direction: Direction) -> float:
    """Log size of a further simple move of `GAMMA_MOVE`."""
    sign = SIGNS[direction]
    return sign * math.log1p(sign * GAMMA_MOVE)
