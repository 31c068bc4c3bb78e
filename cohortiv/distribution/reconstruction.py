"""Positions reconstructed from price and open interest: a model of who may be where, not positions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.comovement import Comovement
from cohortiv.distribution.entry_profile import POSITION_USD, SIGNS, FloatArray, TierMix, capped, line_factors
from cohortiv.distribution.following import NEGLIGIBLE, follow, removal_bars
from cohortiv.distribution.line_points import line_points
from cohortiv.errors import DataError
from cohortiv.margin.schedule import BracketSchedule
from cohortiv.profile import LiquidationProfile, profile_of_points
from cohortiv.schema import TIER_EDGES

#: Fewest bars with open interest.
_FEWEST: Final = 2


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """What is open at the last bar, as the model has it.

    Attributes
    ----------
    holdings : DataFrame
        side, leverage [x], entry_price [USD], line [USD; <= 0: none], coins [base units].
    as_of : datetime
        End of the last bar (UTC, without zone).
    mark_price : float
        Its close [USD].
    first_bar : datetime
        End of the first bar, at whose close all that was open then is put.
    from_first_bar : float
        Share of the notional that still goes back to it [1].
    touched_coins : dict of str to float
        Side -> what touched lines have closed on the way [base units].
    bars : int
        Bars gone through.
    """

    holdings: pd.DataFrame
    as_of: datetime
    mark_price: float
    first_bar: datetime
    from_first_bar: float
    touched_coins: dict[str, float]
    bars: int


def reconstruct(
    bars: pd.DataFrame,
    interest: pd.DataFrame,
    *,
    mix: TierMix,
    schedule: BracketSchedule,
    position_usd: float = POSITION_USD,
) -> Reconstruction:
    """Follow open interest bar by bar.

    Parameters
    ----------
    bars : DataFrame
        time (end of the bar), high, low, close [USD]; rising.
    interest : DataFrame
        time, oi_usd [USD]; rising.
    mix : TierMix
        Of the notional that is opened.
    schedule : BracketSchedule
        Brackets of the venue and symbol, linear.
    position_usd : float
        Notional of one position at entry, which decides its bracket [USD].

    Returns
    -------
    Reconstruction

    Raises
    ------
    DataError
        If fewer than two bars have open interest.

    Notes
    -----
    Open interest is counted in coins (USD / close), so that a rising price opens nothing; between its times it is taken
    as straight. Each contract has a long and a short, so each side holds it all. In each bar and on each side, in this
    order: positions whose line the bar's low (long) or high (short) reaches are removed; what is left above open
    interest is closed pro rata; what is missing is opened at the close, over the tier mix. So what touched lines remove
    is opened again where open interest has not fallen with them. When a position is removed depends on prices alone,
    and closing pro rata is one factor for a whole side: the work grows with bars x multipliers, not with bars squared.
    """
    kept = with_coins(bars, interest)
    close, coins = (kept[name].to_numpy(dtype=float) for name in ("close", "coins"))
    factors = line_factors(mix.leverages, schedule, position_usd=position_usd)
    last = np.array([len(kept) - 1])
    sides = {
        side: next(
            follow(
                coins,
                removal_bars(kept, close[:, None] * factors[side], side=side),
                shares=np.asarray(mix.shares),
                at=last,
            )
        )
        for side in SIGNS
    }
    leverages = capped(mix.leverages, schedule)
    frames = [
        _held(held.coins, close, factors=factors[side], leverages=leverages).assign(side=side)
        for side, held in sides.items()
    ]  # fmt: skip
    first = sum(float(held.coins[0].sum()) for held in sides.values())
    return Reconstruction(
        holdings=pd.concat(frames, ignore_index=True),
        as_of=kept["time"].iloc[-1].to_pydatetime(),
        mark_price=float(close[-1]),
        first_bar=kept["time"].iloc[0].to_pydatetime(),
        from_first_bar=first / max(2 * float(coins[-1]), NEGLIGIBLE),
        touched_coins={side: held.touched for side, held in sides.items()},
        bars=len(kept),
    )


def profile_of_reconstruction(
    found: Reconstruction,
    *,
    schedule: BracketSchedule,
    comovement: Comovement,
    tier_edges: tuple[int, ...] = TIER_EDGES,
) -> LiquidationProfile:
    """The liquidation profile at the last bar of a reconstruction; both sides of each contract are in it."""
    table = found.holdings.assign(
        as_of=pd.Timestamp(found.as_of),
        venue=schedule.venue,
        symbol=schedule.symbol,
        mark_price=found.mark_price,
        notional_usd=found.holdings["coins"] * found.mark_price,
        collateral_usd=found.holdings["coins"] * found.holdings["entry_price"] / found.holdings["leverage"],
    )
    origin = {
        "basis": "open interest",
        "symbol": schedule.symbol,
        "bars": found.bars,
        "from_first_bar": found.from_first_bar,
    }
    return profile_of_points(line_points(table, tier_edges=tier_edges), comovement=comovement, origin=origin)


def with_coins(bars: pd.DataFrame, interest: pd.DataFrame) -> pd.DataFrame:
    """Bars between the first and the last time of open interest, with open interest at their ends.

    Parameters
    ----------
    bars : DataFrame
        time (end of the bar), high, low, close [USD]; rising.
    interest : DataFrame
        time, oi_usd [USD]; rising. Straight between its times, in coins.

    Returns
    -------
    DataFrame
        The bars, and coins [base units].

    Raises
    ------
    DataError
        If fewer than two bars have open interest.
    """
    times = interest["time"].to_numpy().astype("datetime64[s]").astype(float)
    ends = bars["time"].to_numpy().astype("datetime64[s]").astype(float)
    inside = (ends >= times.min(initial=np.inf)) & (ends <= times.max(initial=-np.inf))
    if inside.sum() < _FEWEST:
        raise DataError(
            f"{int(inside.sum())} of {len(bars):,} bars lie between the first and the last time of open interest; "
            f"needed are at least {_FEWEST}. Bring bars and open interest of the same period."
        )
    price = np.interp(times, ends, bars["close"].to_numpy(dtype=float))
    coins = np.interp(ends, times, interest["oi_usd"].to_numpy(dtype=float) / price)
    kept: pd.DataFrame = bars.assign(coins=coins)[inside].reset_index(drop=True)
    return kept


def _held(coins: FloatArray, close: FloatArray, *, factors: FloatArray, leverages: FloatArray) -> pd.DataFrame:
    """What is left, one row an opening bar and multiplier."""
    bar, tier = np.nonzero(coins > NEGLIGIBLE * max(float(coins.sum()), NEGLIGIBLE))
    return pd.DataFrame(
        {
            "leverage": leverages[tier],
            "entry_price": close[bar],
            "line": close[bar] * factors[tier],
            "coins": coins[bar, tier],
        }
    )
