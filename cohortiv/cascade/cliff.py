"""The cliff: the outside shock at which the total move jumps most."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cohortiv.cascade.flow import ForcedFlow
from cohortiv.cascade.impact import PriceImpact
from cohortiv.cascade.moves import SIGNS, log_moves, simple_moves
from cohortiv.cascade.segments import segments_of
from cohortiv.cascade.total import total_log_moves

LARGEST_SHOCK: Final = 0.5
"""Largest outside shock that is looked at [1]."""

SMALLEST_JUMP: Final = 0.01
"""A jump has to be larger than this to be a cliff [1]."""


@dataclass(frozen=True)
class Cliff:
    """Where the total move jumps most.

    Attributes
    ----------
    shock : float
        Outside shock as a simple fraction [1]; 0 where orders past their lines alone are enough.
    settled_move : float
        Total move after any slightly smaller shock [1].
    total_move : float
        Total move from this shock on [1].
    jump : float
        The difference: the cliff's size [1].
    price : float or None
        Price at which the shock arrives [USD]; None without a mark.
    """

    shock: float
    settled_move: float
    total_move: float
    jump: float
    price: float | None


def find_cliff(flow: ForcedFlow, impact: PriceImpact, *, mark: float | None = None) -> Cliff | None:
    """The largest jump of the total move over outside shocks of 0 to 50 %, if it is over 1 %.

    Parameters
    ----------
    flow : ForcedFlow
        One profile.
    impact : PriceImpact
        One scale.
    mark : float, optional
        Price today [USD], more than 0.

    Returns
    -------
    Cliff or None
        None where no jump is larger than 1 %; of equal jumps the one at the smallest shock.

    Raises
    ------
    ValueError
        If flow or impact is of several profiles, or the mark is not more than 0.

    Notes
    -----
    The total move can only jump at a shock that meets a new highest value of x - impact(Q(x)): just below, the price
    stops there; from there on, it goes to the next place that is higher. So every candidate is known, and none is
    searched for.
    """
    if flow.after.ndim > 1 or impact.scale.ndim:
        raise ValueError("got several profiles or depths; a cliff is found for one: pass one profile and one depth")
    if mark is not None and not 0.0 < mark < np.inf:
        raise ValueError(f"got a mark of {mark} USD; it is finite and more than 0")
    parts = segments_of(flow, impact)
    highest = np.maximum.accumulate(np.maximum(parts.peaks[:-1], 0.0))
    limit = float(log_moves(LARGEST_SHOCK, flow.direction))
    record = (np.diff(highest, prepend=0.0) > 0.0) & (highest <= limit)
    shocks = np.concatenate([[0.0], highest[record]])
    settled = simple_moves(np.concatenate([[0.0], parts.places[:-1][record]]), flow.direction)
    moves = simple_moves(total_log_moves(flow, impact, shocks), flow.direction)
    best = int(np.argmax(moves - settled))
    jump = float(moves[best] - settled[best])
    if jump <= SMALLEST_JUMP:
        return None
    shock = float(simple_moves(shocks[best], flow.direction))
    price = None if mark is None else mark * (1.0 + SIGNS[flow.direction] * shock)
    return Cliff(shock, float(settled[best]), float(moves[best]), jump, price)
