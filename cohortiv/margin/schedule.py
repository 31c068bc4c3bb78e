"""One venue's brackets for one contract: from which notional which maintenance margin rate counts."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt

Contract = Literal["linear", "inverse"]
ScheduleKey = tuple[str, str, Contract]


@dataclass(frozen=True)
class BracketSchedule:
    """Maintenance brackets of one contract on one venue from one date on.

    Attributes
    ----------
    venue : str
        Venue name; empty for a schedule that serves every venue without one of its own.
    symbol : str
        Base asset, such as ``BTC``.
    contract : {"linear", "inverse"}
        Decides the unit of all money here: USD for linear, coin for inverse.
    effective_from : date
        First day (UTC) on which the schedule counts.
    floors : tuple of float
        Notional at which each bracket begins, rising from 0 [USD or coin].
    rates : tuple of float
        Maintenance margin rate of each bracket, not falling [fraction].
    amounts : tuple of float
        Maintenance amount of each bracket, what keeps the margin continuous [USD or coin].
    max_leverage : tuple of float or None
        Largest leverage allowed in each bracket, None where the source is silent [x].
    source : str
        Where the numbers were published.
    """

    venue: str
    symbol: str
    contract: Contract
    effective_from: date
    floors: tuple[float, ...]
    rates: tuple[float, ...]
    amounts: tuple[float, ...]
    max_leverage: tuple[float | None, ...]
    source: str

    @property
    def key(self) -> ScheduleKey:
        """Venue, symbol and contract: what a position is looked up by."""
        return self.venue, self.symbol, self.contract

    def maintenance(self, notional: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Maintenance margin of positions of a given notional.

        Parameters
        ----------
        notional : array_like, any shape
            Size of each position, not negative [USD for linear, coin for inverse].

        Returns
        -------
        ndarray, the shape of `notional`
            Equity below which the position is closed by force, in the unit of `notional`. NaN stays NaN, 0 gives 0.

        Notes
        -----
        ``max_k(rate_k * notional - amount_k)``. The rates rise and the amounts make the margin continuous, so the
        margin is convex in the notional and the upper envelope of the brackets is the bracket that counts.
        """
        sizes = np.asarray(notional, dtype=float)
        margins = sizes[..., np.newaxis] * np.asarray(self.rates) - np.asarray(self.amounts)
        return np.asarray(margins.max(axis=-1))
