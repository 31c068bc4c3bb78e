"""What venues do when a line is reached: closing in steps, and the fund behind bankrupt positions."""

import math
from dataclasses import dataclass

import numpy as np

from cohortiv.cascade.moves import SIGNS, Direction
from cohortiv.profile.bins import FloatArray


@dataclass(frozen=True)
class VenueRules:
    """How one venue liquidates.

    Attributes
    ----------
    maintenance_rate : float
        Maintenance margin over notional at the line [1], more than 0 and below 0.5.
    closing_steps : int
        Equal parts in which a position is closed; 1 closes it at once, 5 a fifth at a time.
    insurance_fund_usd : float
        What the venue's fund can pay for losses beyond bankruptcy [USD], 0 or more.
    """

    maintenance_rate: float
    closing_steps: int = 1
    insurance_fund_usd: float = 0.0

    def __post_init__(self) -> None:
        """Refuse rules under which nothing is left to close, or a fund that owes."""
        if not 0.0 < self.maintenance_rate < 0.5:  # noqa: PLR2004 - the last of several steps needs twice the rate
            raise ValueError(
                f"got a maintenance rate of {self.maintenance_rate}; it is more than 0 and below 0.5, "
                "for instance 0.005"
            )
        if self.closing_steps < 1:
            raise ValueError(f"got {self.closing_steps} closing steps; it is 1 (all at once) or more, for instance 5")
        if not 0.0 <= self.insurance_fund_usd < math.inf:
            raise ValueError(f"got an insurance fund of {self.insurance_fund_usd} USD; it is finite and 0 or more")


def closing_distances(rules: VenueRules, direction: Direction) -> FloatArray:
    """Distance from the line to each closing step.

    Parameters
    ----------
    rules : VenueRules
    direction : {"down", "up"}
        Where the price goes: down closes net longs, up net shorts.

    Returns
    -------
    numpy.ndarray, shape (closing_steps,)
        Further log move at which each equal part is closed, 0 first, rising [log].

    Notes
    -----
    At the k-th line P_k the equity is m r_{k-1} P_k with m the maintenance rate and r_k = 1 - k / n what is left
    after k of n steps. Closing a part at P_k keeps the equity, so the next line is where r_k carries it:

        P_{k+1} / P_k = (1 -+ m r_{k-1} / r_k) / (1 -+ m)      - below for longs, + above for shorts

    Fees are left out. Units of several positions take the same steps.
    """
    count, sign = rules.closing_steps, SIGNS[direction]
    left = count - np.arange(count, dtype=np.float64)
    growth = left[:-1] / left[1:]
    rate = sign * rules.maintenance_rate
    steps = sign * (np.log1p(rate * growth) - np.log1p(rate))
    return np.concatenate([[0.0], np.cumsum(steps)])


def bankruptcy_distance(rules: VenueRules, direction: Direction) -> float:
    """Distance from the line to the price at which the equity is gone [log]: |ln(1 -+ maintenance rate)|."""
    sign = SIGNS[direction]
    return sign * math.log1p(sign * rules.maintenance_rate)
