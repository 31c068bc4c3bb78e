"""Positions reconstructed from price and open interest: a model of who may be where, not positions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.comovement import Comovement
from cohortiv.distribution.entry_profile import POSITION_USD, SIGNS, FloatArray, TierMix, capped, line_factors
from cohortiv.distribution.line_points import line_points
from cohortiv.errors import DataError
from cohortiv.margin.schedule import BracketSchedule
from cohortiv.profile import LiquidationProfile, profile_of_points
from cohortiv.schema import TIER_EDGES

#: Share of a side's opening below which what is left of it is not kept [1].
_NEGLIGIBLE: Final = 1e-12
#: Running factor below which it is taken into the amounts, long before their ratio leaves the range of a float [1].
_SMALLEST: Final = 1e-100
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
    kept, coins = _with_interest(bars, interest)
    close = kept["close"].to_numpy(dtype=float)
    factors = line_factors(mix.leverages, schedule, position_usd=position_usd)
    sides = {
        side: _follow(coins, _removal(kept, close[:, None] * factors[side], side=side), shares=np.asarray(mix.shares))
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
        from_first_bar=first / max(2 * float(coins[-1]), _NEGLIGIBLE),
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


@dataclass(frozen=True, eq=False)
class _Side:
    """Coins held by opening bar and multiplier, and coins that touched lines closed."""

    coins: FloatArray
    touched: float


def _with_interest(bars: pd.DataFrame, interest: pd.DataFrame) -> tuple[pd.DataFrame, FloatArray]:
    """Bars between the first and the last time of open interest, and open interest at their ends [coins]."""
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
    return bars[inside].reset_index(drop=True), coins[inside]


def _removal(bars: pd.DataFrame, lines: FloatArray, *, side: str) -> npt.NDArray[np.intp]:
    """Bar in which each line is first reached after it was opened; the number of bars where it never is.

    Notes
    -----
    Steps of falling powers of two over running extremes: each is taken as long as the line is not reached in it.
    """
    extreme = bars["low"].to_numpy(dtype=float) if side == "long" else -bars["high"].to_numpy(dtype=float)
    level = lines if side == "long" else np.where(lines > 0, -lines, -np.inf)
    count = len(extreme)
    lowest = [np.append(extreme, -np.inf)]
    while 2 ** len(lowest) <= count:
        half = 2 ** (len(lowest) - 1)
        shifted = np.append(lowest[-1][half:], np.full(half, -np.inf))
        lowest.append(np.minimum(lowest[-1], shifted))
    place = np.broadcast_to(np.arange(1, count + 1)[:, None], lines.shape).copy()
    for power in range(len(lowest) - 1, -1, -1):
        inside = place + 2**power <= count
        ahead = lowest[power][np.minimum(place, count)]
        place += 2**power * (inside & (ahead > level))
    return place


def _follow(coins: FloatArray, removal: npt.NDArray[np.intp], *, shares: FloatArray) -> _Side:
    """One side through all bars.

    Notes
    -----
    What each bar opens is kept in units of the running factor that closing pro rata has come to, so only removed
    positions are touched again. Where all is closed the factor starts anew.
    """
    opened = np.zeros(removal.shape)
    order = np.argsort(removal, axis=None, kind="stable")
    edges = np.searchsorted(removal.ravel()[order], np.arange(len(coins) + 1))
    flat = opened.reshape(-1)
    factor, units, touched = 1.0, 0.0, 0.0
    for bar in range(len(coins)):
        gone = order[edges[bar] : edges[bar + 1]]
        lost = float(flat[gone].sum())
        flat[gone] = 0.0
        touched += lost * factor
        units = max(0.0, units - lost)
        held = units * factor
        left = min(held, float(coins[bar]))
        if left <= _NEGLIGIBLE * coins[bar] or left <= 0:
            flat[:] = 0.0
            factor, units, left = 1.0, 0.0, 0.0
        else:
            factor *= left / held
        if factor < _SMALLEST:
            flat *= factor
            factor, units = 1.0, units * factor
        opened[bar] = (coins[bar] - left) / factor * shares
        units += float(opened[bar].sum())
    return _Side(opened * factor, touched)


def _held(coins: FloatArray, close: FloatArray, *, factors: FloatArray, leverages: FloatArray) -> pd.DataFrame:
    """What is left, one row an opening bar and multiplier."""
    bar, tier = np.nonzero(coins > _NEGLIGIBLE * max(float(coins.sum()), _NEGLIGIBLE))
    return pd.DataFrame(
        {
            "leverage": leverages[tier],
            "entry_price": close[bar],
            "line": close[bar] * factors[tier],
            "coins": coins[bar, tier],
        }
    )
