"""The cascade of one profile: total move by shock, and what goes with it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.cascade.branching import liquidation_gamma, mean_branching
from cohortiv.cascade.cliff import Cliff, find_cliff
from cohortiv.cascade.flow import ForcedFlow, forced_at
from cohortiv.cascade.impact import ImpactLaw, PriceImpact, Withdrawal, impact_of_depth
from cohortiv.cascade.moves import Direction, log_moves, simple_moves
from cohortiv.cascade.total import total_log_moves, total_moves
from cohortiv.profile.bins import FloatArray


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
    """
    outside = np.atleast_1d(np.asarray(shocks, dtype=np.float64))
    cliff = find_cliff(flow, impact, mark=mark)
    start = log_moves(outside, flow.direction)
    end = total_log_moves(flow, impact, start)
    moves = simple_moves(end, flow.direction)
    return Cascade(
        direction=flow.direction,
        shocks=outside,
        total_moves=moves,
        amplification=np.divide(moves, outside, out=np.full(moves.shape, np.nan), where=outside > 0.0),
        forced_usd=forced_at(flow, end),
        branching_ratio=mean_branching(flow, impact, starts=start, ends=end),
        gamma_usd=liquidation_gamma(flow, end),
        cliff=cliff,
    )


def depth_grid(
    flow: ForcedFlow,
    depths_usd: npt.ArrayLike,
    shocks: npt.ArrayLike,
    *,
    law: ImpactLaw = "linear",
    withdrawal: Withdrawal | None = None,
) -> DepthGrid:
    """Total move over shock and depth: for a heat map, or where no depth is given.

    Parameters
    ----------
    flow : ForcedFlow
        One profile.
    depths_usd : array_like, shape (k,)
        Orders that move the price by 1 % [USD], more than 0.
    shocks : array_like, shape (m,)
        Outside shocks as simple fractions [1].
    law : {"linear", "square_root"}
        Law of price impact; both have the same orders for 1 %.
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
    found = total_moves(flow, impact_of_depth(depths, law=law, withdrawal=withdrawal), outside)
    return DepthGrid(flow.direction, depths, outside, found)
