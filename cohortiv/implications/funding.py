"""Funding pressure: which way perpetual contracts lean today, and after the liquidations of a critical move."""

import math
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from cohortiv.cascade import Direction, closed_shares, forced_lines
from cohortiv.iv_index import CriticalMoves
from cohortiv.profile import LiquidationProfile

Lean = Literal["long", "short", "neither"]

BALANCED: Final = 0.05
"""A net share below this leans neither way [1]."""

PERPETUAL: Final = "perpetual"


@dataclass(frozen=True)
class FundingPressure:
    """How one-sided the cohort's perpetual contracts are. No funding rate is in it: that is the venue's.

    Attributes
    ----------
    net_long_share : float
        (long - short) / (long + short) of leveraged notional in perpetual contracts, -1 to 1 [1]; NaN without any.
    lean : {"long", "short", "neither"}
        The side that pays funding while the contract trades on that side of the index price.
    after_drawdown, after_rally : float or None
        The net long share of what is left after the critical drawdown or rally; None where there is no such move,
        NaN where nothing is left.
    """

    net_long_share: float
    lean: Lean
    after_drawdown: float | None
    after_rally: float | None


def funding_pressure(
    profile: LiquidationProfile, moves: CriticalMoves, *, symbol: str | None = None
) -> FundingPressure:
    """Net long share of leveraged perpetual notional, now and after the critical moves.

    Parameters
    ----------
    profile : LiquidationProfile
        One snapshot.
    moves : CriticalMoves
        The critical drawdown and rally.
    symbol : str, optional
        Symbol that is read alone; then the moves are its own, else the market's.

    Notes
    -----
    Funding flows from the side whose demand holds the contract away from the index price. A cohort that is net long
    leans towards paying while that holds, and pays less when longs are liquidated; the rate itself depends on the
    other side of its trades, which is not in the cohort. Dated futures, options and margin loans pay no funding and
    are left out. Notional is counted at today's mark; a bin is spread evenly over its width.
    """
    cells = profile.cells
    perpetuals = replace(profile, cells=cells[cells["product"] == PERPETUAL].reset_index(drop=True))
    now = _net_long(_held(perpetuals))
    return FundingPressure(
        net_long_share=now,
        lean=_lean(now),
        after_drawdown=_after(perpetuals, moves.drawdown, "down", symbol=symbol),
        after_rally=_after(perpetuals, moves.rally, "up", symbol=symbol),
    )


def _held(profile: LiquidationProfile) -> dict[str, float]:
    """Leveraged notional by side [USD]."""
    cells = profile.leveraged
    return {side: float(cells.loc[cells["side"] == side, "notional_cents"].sum()) / 100 for side in ("long", "short")}


def _after(
    profile: LiquidationProfile, move: float | None, direction: Direction, *, symbol: str | None
) -> float | None:
    """Net long share once the lines within a move are gone."""
    if move is None:
        return None
    lines = forced_lines(profile, direction=direction, symbol=symbol)
    gone = closed_shares(lines, move) * lines.frame["notional_usd"].to_numpy()
    sides = lines.frame["side"].to_numpy()
    left = {side: max(0.0, held - float(np.sum(gone[sides == side]))) for side, held in _held(profile).items()}
    return _net_long(left)


def _net_long(held: dict[str, float]) -> float:
    whole = held["long"] + held["short"]
    return (held["long"] - held["short"]) / whole if whole > 0.0 else math.nan


def _lean(net: float) -> Lean:
    if math.isnan(net) or abs(net) < BALANCED:
        return "neither"
    return "long" if net > 0.0 else "short"
