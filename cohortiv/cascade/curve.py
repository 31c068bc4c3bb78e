"""The cascade of one profile: total move by shock, and what goes with it."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.cascade.cliff import Cliff, find_cliff
from cohortiv.cascade.flow import ForcedFlow, forced_at, forced_slope_at
from cohortiv.cascade.impact import PriceImpact, Withdrawal, impact_slope, linear_impact, price_impact
from cohortiv.cascade.moves import SIGNS, Direction, log_moves, simple_moves
from cohortiv.cascade.total import total_log_moves, total_moves
from cohortiv.profile.bins import FloatArray

GAMMA_MOVE: Final = 0.01
"""Further move that liquidation gamma is for [1]."""


@dataclass(frozen=True, eq=False)
class Cascade:
    """What outside shocks in one direction become.

    Attributes
    ----------
    direction : {"down", "up"}
    shocks : numpy.ndarray, shape (m,)
        Outside shocks as simple fractions [1].
    total_moves : numpy.ndarray, shape (m,)
        Total moves as simple fractions [1].
    amplification : numpy.ndarray, shape (m,)
        Total move / shock [1]; NaN at a shock of 0.
    forced_usd : numpy.ndarray, shape (m,)
        Net forced orders at the total move [USD].
    branching_ratio : numpy.ndarray, shape (m,)
        Average number of dollars that a forced dollar forces in turn along the path from shock to total move [1]; 0
        where the shock stays alone.
    gamma_usd : numpy.ndarray, shape (m,)
        Liquidation gamma: orders forced by a further 1 % move beyond the total move [USD].
    cliff : Cliff or None
    """

    direction: Direction
    shocks: FloatArray
    total_moves: FloatArray
    amplification: FloatArray
    forced_usd: FloatArray
    branching_ratio: FloatArray
    gamma_usd: FloatArray
    cliff: Cliff | None

    def frame(self) -> pd.DataFrame:
        """One row a shock, columns named as the attributes."""
        names = ("shocks", "total_moves", "amplification", "forced_usd", "branching_ratio", "gamma_usd")
        return pd.DataFrame({name: getattr(self, name) for name in names})


@dataclass(frozen=True, eq=False)
class DepthGrid:
    """Total move over shock and depth.

    Attributes
    ----------
    direction : {"down", "up"}
    depths_usd : numpy.ndarray, shape (k,)
        Orders that move the price by 1 % [USD].
    shocks : numpy.ndarray, shape (m,)
        Outside shocks as simple fractions [1].
    total_moves : numpy.ndarray, shape (k, m)
        Total moves as simple fractions [1].
    """

    direction: Direction
    depths_usd: FloatArray
    shocks: FloatArray
    total_moves: FloatArray

    def frame(self) -> pd.DataFrame:
        """One row a depth and shock: depth_usd, shock, total_move."""
        depth, shock = (part.ravel() for part in np.meshgrid(self.depths_usd, self.shocks, indexing="ij"))
        return pd.DataFrame({"depth_usd": depth, "shock": shock, "total_move": self.total_moves.ravel()})


def cascade(flow: ForcedFlow, impact: PriceImpact, shocks: npt.ArrayLike, *, mark: float | None = None) -> Cascade:
    """Run the cascade of one profile for all shocks.

    Parameters
    ----------
    flow : ForcedFlow
        One profile; its direction is the shocks'.
    impact : PriceImpact
        One scale.
    shocks : array_like, shape (m,)
        Outside shocks as simple fractions [1]: 0 or more, falls below 1.
    mark : float, optional
        Price today, for the cliff's price [USD].

    Returns
    -------
    Cascade
        Total moves equal the shocks where nothing is leveraged.

    Raises
    ------
    ValueError
        On shocks that are not allowed, several profiles or scales, or a mark that is not positive.

    Notes
    -----
    The shock s itself forces Q(s); the total x has x - s = impact(Q(x)). If every dollar forces n more, the orders
    after the first move the price by impact(Q(s)) * (n + n^2 + ...), so n = 1 - impact(Q(s)) / (x - s).
    """
    outside = np.atleast_1d(np.asarray(shocks, dtype=np.float64))
    cliff = find_cliff(flow, impact, mark=mark)
    start = log_moves(outside, flow.direction)
    end = total_log_moves(flow, impact, start)
    moves = simple_moves(end, flow.direction)
    forced = forced_at(flow, end)
    first = price_impact(impact, forced_at(flow, start))
    added = end - start
    ratio = np.divide(added - first, added, out=np.zeros(added.shape), where=added > first)
    further = _log_step(flow.direction)
    return Cascade(
        direction=flow.direction,
        shocks=outside,
        total_moves=moves,
        amplification=np.divide(moves, outside, out=np.full(moves.shape, np.nan), where=outside > 0.0),
        forced_usd=forced,
        branching_ratio=ratio,
        gamma_usd=forced_at(flow, end + further) - forced,
        cliff=cliff,
    )


def branching_along(flow: ForcedFlow, impact: PriceImpact, moves: npt.ArrayLike) -> FloatArray:
    """Branching ratio at places along the path: d impact / dx * dQ / dx; above 1 the price cannot stop there.

    Parameters
    ----------
    flow : ForcedFlow
        One profile.
    impact : PriceImpact
        One scale.
    moves : array_like, shape (m,)
        Moves as simple fractions [1].

    Returns
    -------
    numpy.ndarray, shape (m,)
        Dollars that a further forced dollar forces at once [1]: d impact / dQ times dQ / dx, just beyond the move;
        jumps of Q are left out. Infinite where orders begin under the square-root law; below 0 where netting shrinks
        them.
    """
    sizes = log_moves(np.atleast_1d(np.asarray(moves, dtype=np.float64)), flow.direction)
    slope = forced_slope_at(flow, sizes)
    with np.errstate(invalid="ignore"):
        ratio = impact_slope(impact, forced_at(flow, sizes)) * slope
    return np.where(slope == 0.0, 0.0, ratio)


def depth_grid(
    flow: ForcedFlow, depths_usd: npt.ArrayLike, shocks: npt.ArrayLike, *, withdrawal: Withdrawal | None = None
) -> DepthGrid:
    """Total move over shock and depth, under linear impact: for a heat map, or where no depth is given.

    Parameters
    ----------
    flow : ForcedFlow
        One profile.
    depths_usd : array_like, shape (k,)
        Orders that move the price by 1 % [USD], more than 0.
    shocks : array_like, shape (m,)
        Outside shocks as simple fractions [1].
    withdrawal : Withdrawal, optional
        How depth withdraws. Default not at all.

    Raises
    ------
    ValueError
        On depths or shocks that are not allowed, or several profiles.
    """
    if flow.after.ndim > 1:
        raise ValueError(f"got {flow.after.shape[0]} profiles; a grid is of one: pass one")
    depths, outside = (np.atleast_1d(np.asarray(given, dtype=np.float64)) for given in (depths_usd, shocks))
    found = total_moves(flow, linear_impact(depths, withdrawal=withdrawal), outside)
    return DepthGrid(flow.direction, depths, outside, found)


def _log_step(direction: Direction) -> float:
    """Log size of a further simple move of `GAMMA_MOVE`."""
    sign = SIGNS[direction]
    return sign * math.log1p(sign * GAMMA_MOVE)
