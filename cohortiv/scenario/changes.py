"""What may happen to a profile: a price move, more maintenance, a cap, a fall of collateral, a top-up, an inflow.

Each change takes a liquidation profile of one snapshot and returns another; nothing is changed in place. A profile
knows notional, collateral and distance of its cells but no positions, so each formula is that of one isolated linear
position, taken for every point of the profile by the side of its line: a line below the mark moves like a long's, one
above like a short's. Units of several positions and inverse contracts follow it approximately. Where a change carries
a line over the mark, the position is past its line; where a line falls to 0 or below, there is none any more; what has
no line, or is past its line, stays so.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from cohortiv.errors import DataError
from cohortiv.liquidation import MARKET, UNLEVERAGED
from cohortiv.profile import LiquidationProfile, points_of, profile_of_points, with_points
from cohortiv.profile.cells import MARKS
from cohortiv.scenario.shifts import part_of, price_factors, relined, repriced
from cohortiv.schema import TIER_EDGES

Response = Literal["top_up", "reduce"]


@dataclass(frozen=True, eq=False)
class ChangedProfile:
    """A profile after a change, and what the change liquidated on its way.

    Attributes
    ----------
    profile : LiquidationProfile
        What is left.
    liquidated_notional_usd : float
        Leveraged notional whose line was crossed, at the prices before the change [USD].
    liquidated_share : float
        The same as a share of the leveraged notional before the change [1]; NaN where nothing was leveraged.
    liquidated_positions : float
        Expected number of positions in it.
    """

    profile: LiquidationProfile
    liquidated_notional_usd: float = 0.0
    liquidated_share: float = 0.0
    liquidated_positions: float = 0.0


def price_move(profile: LiquidationProfile, move: float, *, symbol: str | None = None) -> ChangedProfile:
    """The market moves; lines that it crosses are liquidated and leave the profile.

    Parameters
    ----------
    profile : LiquidationProfile
        One snapshot.
    move : float
        Simple move, more than -1: -0.15 for a fall of 15 % [1]. 0 changes nothing.
    symbol : str, optional
        Set if the profile is of one symbol read alone: the move is then that symbol's own.

    Returns
    -------
    ChangedProfile

    Raises
    ------
    ValueError
        If the move is not a finite number above -1.

    Notes
    -----
    d' = d - ln(1 + b m) and w' = w (1 + b m), with b = 1 for a symbol read alone, else its beta; market lines shift
    by ln(1 + m). A line is crossed where d' is 0 or has the other sign than d; positions past their line are
    liquidated by any move. The closing orders move no price here: that is the cascade's part. Collateral in USD stays,
    which holds for stablecoins; betas are taken from the new price on; no price falls below 0.
    """
    if not (math.isfinite(move) and move > -1):
        raise ValueError(
            f"got a price move of {move}; allowed is a simple move above -1, such as -0.15 for a fall of 15 %"
        )
    if move == 0:
        return ChangedProfile(profile)
    points = points_of(profile)
    price = price_factors(profile, points["symbol"], move, symbol=symbol)
    line = np.where(points["reading"] == MARKET, 1 + move, price)
    moved = relined(points, factors=(1 / line, 1 / line))
    hit = (moved["distance"] == 0).to_numpy()
    scaled = moved.assign(**{name: moved[name] * price for name in ("weight", *MARKS)})
    gone, whole = float(points.loc[hit, "weight"].sum()), float(points["weight"].sum())
    return ChangedProfile(
        with_points(repriced(profile, move, symbol=symbol), scaled[~hit]),
        liquidated_notional_usd=gone,
        liquidated_share=gone / whole if whole else math.nan,
        liquidated_positions=float(points.loc[hit, "positions"].sum()),
    )


def add_maintenance(profile: LiquidationProfile, added: float, *, current: float = 0.0) -> LiquidationProfile:
    """Venues ask for more maintenance margin on open positions: lines come nearer.

    Parameters
    ----------
    profile : LiquidationProfile
    added : float
        Added to the maintenance rate, 0 or more: 0.01 for one percentage point [1]. 0 changes nothing.
    current : float, optional
        Rate in force [1], `current` + `added` below 1. The default 0 understates the shift below the mark, and
        overstates it above, by the share `current` of it: 1 % of the shift at a rate of 1 %.

    Raises
    ------
    ValueError
        If a rate is out of its range.

    Notes
    -----
    Line over mark, below: ratio * (1 - m) / (1 - m - dm); above: ratio * (1 + m) / (1 + m + dm).
    """
    if not (added >= 0 and current >= 0 and added + current < 1):
        raise ValueError(
            f"got {added} added to a maintenance rate of {current}; allowed are rates of 0 or more, together below 1"
        )
    if added == 0:
        return profile
    below, above = (1 - current) / (1 - current - added), (1 + current) / (1 + current + added)
    return with_points(profile, relined(points_of(profile), factors=(below, above)))


def cap_leverage(
    profile: LiquidationProfile,
    cap: float,
    *,
    compliance: float = 1.0,
    response: Response = "top_up",
    tier_edges: Sequence[int] = TIER_EDGES,
) -> LiquidationProfile:
    """Leverage is capped: positions of higher tiers get margin, or are reduced, until the cap is met.

    Parameters
    ----------
    profile : LiquidationProfile
    cap : float
        Highest leverage allowed, 1 or more [x].
    compliance : float, optional
        Share of the notional above the cap that complies [1]; the rest stays as it is. 0 changes nothing.
    response : {"top_up", "reduce"}, optional
        Whether margin is added at unchanged notional, or notional given up at unchanged margin.
    tier_edges : sequence of int, optional
        Lowest leverage of each tier of the profile [x].

    Raises
    ------
    ValueError
        If the cap is below 1 or the compliance no share.

    Notes
    -----
    A cell of tier L > C is taken at leverage L, the lowest of its tier. Its line is multiplied by (1 - 1/C) / (1 - 1/L)
    below the mark and by (1 + 1/C) / (1 + 1/L) above. `top_up` adds w (1/C - 1/L) of collateral (exact for an entry at
    the mark), `reduce` leaves w C / L of the notional. The tier becomes that of C. Margin added beyond the declared
    leverage isn't known; it is taken as not there.
    """
    if not (math.isfinite(cap) and cap >= 1):
        raise ValueError(f"got a leverage cap of {cap}; allowed are multipliers of 1 or more, such as 20")
    if not 0 <= compliance <= 1:
        raise ValueError(f"got a compliance of {compliance}; allowed are shares from 0 to 1")
    points = points_of(profile)
    above = (points["tier"] > cap).to_numpy()
    if compliance == 0 or not above.any():
        return profile
    concerned = points[above]
    tier = concerned["tier"].to_numpy(dtype=float)
    factors = ((1 - 1 / cap) / (1 - 1 / tier), (1 + 1 / cap) / (1 + 1 / tier))
    complying = part_of(relined(concerned, factors=factors), compliance).assign(tier=_tier_of(cap, tier_edges))
    if response == "top_up":
        complying["collateral"] += complying["weight"] * (1 / cap - 1 / tier)
    else:
        complying["weight"] *= cap / tier
    return with_points(profile, pd.concat([points[~above], complying, part_of(concerned, 1 - compliance)]))


def shock_collateral(
    profile: LiquidationProfile, loss: float, *, volatile_share: float, current: float = 0.0
) -> LiquidationProfile:
    """Collateral other than stablecoins loses value: lines come nearer.

    Parameters
    ----------
    profile : LiquidationProfile
    loss : float
        Fall of the price of volatile collateral, 0 to 1: 0.3 for 30 % [1]. 0 changes nothing.
    volatile_share : float
        Share of the collateral that is volatile, 0 to 1 [1], the same in every cell.
    current : float, optional
        Maintenance rate in force, below 1 [1]; the default 0 understates the shift below the mark, and overstates it
        above, by that share of it.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Notes
    -----
    Line over mark, below: ratio + h q c / (w (1 - m)); above: ratio - h q c / (w (1 + m)), with c and w a cell's
    collateral and notional. Collateral c' = c (1 - h q).
    """
    if not (0 <= loss <= 1 and 0 <= volatile_share <= 1):
        raise ValueError(
            f"got a collateral loss of {loss} on a volatile share of {volatile_share}; allowed are shares from 0 to 1"
        )
    if loss * volatile_share == 0:
        return profile
    return _with_collateral(profile, -loss * volatile_share, of="collateral", current=current)


def top_up(profile: LiquidationProfile, share: float, *, current: float = 0.0) -> LiquidationProfile:
    """Everybody adds collateral: lines move away.

    Parameters
    ----------
    profile : LiquidationProfile
    share : float
        Collateral added, as a share of notional, 0 or more [1]. 0 changes nothing.
    current : float, optional
        Maintenance rate in force, below 1 [1].

    Raises
    ------
    ValueError
        If a number is out of its range.

    Notes
    -----
    Line over mark, below: ratio - t / (1 - m); above: ratio + t / (1 + m). Collateral c' = c + t w.
    """
    if not (math.isfinite(share) and share >= 0):
        raise ValueError(f"got a top-up of {share} of notional; allowed is 0 or more")
    return profile if share == 0 else _with_collateral(profile, share, of="weight", current=current)


def add_inflow(profile: LiquidationProfile, fresh: LiquidationProfile, share: float) -> LiquidationProfile:
    """New positions come in, distributed like those of another profile.

    Parameters
    ----------
    profile : LiquidationProfile
    fresh : LiquidationProfile
        One snapshot of what comes in, of any size; its leveraged cells count.
    share : float
        Leveraged notional that comes in over the present one, 0 or more [1]. 0 changes nothing.

    Raises
    ------
    ValueError
        If the share is negative or not finite.
    DataError
        If nothing in `fresh` is leveraged, or the two move differently with the market.
    """
    if not (math.isfinite(share) and share >= 0):
        raise ValueError(f"got an inflow of {share} of the present notional; allowed is 0 or more")
    if share == 0:
        return profile
    if not fresh.leveraged_notional_usd > 0:
        raise DataError("The inflow has no leveraged notional to be scaled; give a scenario with leveraged waves.")
    factor = share * profile.leveraged_notional_usd / fresh.leveraged_notional_usd
    arriving = part_of(points_of(fresh), factor).assign(as_of=profile.cells["as_of"].iloc[0])
    return replace(profile + profile_of_points(arriving, comovement=fresh.comovement), origin=profile.origin)


def _with_collateral(
    profile: LiquidationProfile, change: float, *, of: Literal["collateral", "weight"], current: float
) -> LiquidationProfile:
    """Collateral changed by a share of itself or of the notional, lines with it."""
    if not 0 <= current < 1:
        raise ValueError(f"got a maintenance rate of {current}; allowed are rates from 0 to below 1")
    points = points_of(profile)
    added = (change * points[of]).to_numpy(dtype=float)
    per_notional = added / points["weight"].to_numpy(dtype=float)
    moved = relined(points, offsets=(-per_notional / (1 - current), per_notional / (1 + current)))
    return with_points(profile, moved.assign(collateral=moved["collateral"] + added))


def _tier_of(leverage: float, edges: Sequence[int]) -> int:
    """Tier of a leverage: the largest edge that is not above it; leverage 1 has none."""
    return UNLEVERAGED if leverage <= 1 else max(edge for edge in edges if edge <= leverage)
