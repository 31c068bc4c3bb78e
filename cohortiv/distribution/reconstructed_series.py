"""Positions reconstructed from price and open interest at many moments in one pass: a model, not positions."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.comovement import Comovement
from cohortiv.distribution.entry_profile import POSITION_USD, SIGNS, TierMix, capped, line_factors
from cohortiv.distribution.following import NEGLIGIBLE, FloatArray, HeldSide, follow, removal_bars
from cohortiv.distribution.line_points import line_points
from cohortiv.errors import DataError
from cohortiv.margin.schedule import BracketSchedule
from cohortiv.profile import LiquidationProfile, profile_of_points
from cohortiv.schema import TIER_EDGES

#: Width of the steps in ln |distance| within which holdings of one multiplier are put together: a quarter of a bin.
_STEP: Final = 0.0125
_SMALLEST: Final = 1e-6
#: More steps than there are between the smallest and the largest distance.
_PLACES: Final = 100_000
LONGEST_HOLE: Final = pd.Timedelta(days=2)
"""Bars further apart, or without open interest for longer, are not bridged: what was held is not known after them."""
_STEPS: Final = 2


def reconstructed_profile(
    bars: pd.DataFrame,
    times: pd.DatetimeIndex,
    *,
    mix: TierMix,
    schedule: BracketSchedule,
    comovement: Comovement,
    tier_edges: tuple[int, ...] = TIER_EDGES,
    position_usd: float = POSITION_USD,
) -> LiquidationProfile:
    """Liquidation profiles at some moments, each from the bars up to it alone.

    Parameters
    ----------
    bars : DataFrame
        By the end of the bar, rising: high, low, close [USD] and coins, open interest known then [base units]; NaN
        coins: not known, and taken as unchanged for `LONGEST_HOLE`.
    times : DatetimeIndex
        Ends of bars at which a profile is wanted, rising.
    mix : TierMix
        Of the notional that is opened.
    schedule : BracketSchedule
        Brackets of the venue and symbol, linear.
    comovement : Comovement
        Kept with the profile.
    tier_edges : tuple of int
        Lowest leverage of each tier [x].
    position_usd : float
        Notional of one position at entry, which decides its bracket [USD].

    Returns
    -------
    LiquidationProfile
        One snapshot a time after the first bar with open interest; a time without is no snapshot. ``origin`` has
        restarts, how often positions were opened anew after a hole.

    Raises
    ------
    DataError
        If no wanted time has open interest.

    Notes
    -----
    As `reconstruction.reconstruct`, whose last bar gives the same index to about 1e-5 of it: holdings of one multiplier
    whose lines lie within 1.25 % of each other's distance stand at their mean. After a hole of more than `LONGEST_HOLE`
    (two bars, where bars are longer) nothing is kept: lines may have been touched in it. Positions are opened anew at
    the next close, as at the start.
    """
    runs = unbroken_runs(bars)
    wanted = [np.flatnonzero(run.index.isin(times) & run["coins"].notna()) for run in runs]
    if not any(at.size for at in wanted):
        raise DataError(
            f"None of {len(times):,} moments has open interest and a bar; needed is at least one. Bring bars and open "
            "interest of the same period."
        )
    factors = line_factors(mix.leverages, schedule, position_usd=position_usd)
    leverages = np.asarray(capped(mix.leverages, schedule), dtype=float)
    parts = [
        _followed(run, at, side=side, factors=factors[side], shares=np.asarray(mix.shares), leverages=leverages)
        for run, at in zip(runs, wanted, strict=True)
        for side in SIGNS
        if at.size
    ]
    table = pd.concat(parts, ignore_index=True).assign(venue=schedule.venue, symbol=schedule.symbol)
    origin = {
        "basis": "open interest", "symbol": schedule.symbol, "bars": sum(map(len, runs)), "restarts": len(runs) - 1,
    }  # fmt: skip
    return profile_of_points(line_points(table, tier_edges=tier_edges), comovement=comovement, origin=origin)


def unbroken_runs(bars: pd.DataFrame) -> list[pd.DataFrame]:
    """Bars with open interest, cut wherever a hole is too long to be bridged.

    Parameters
    ----------
    bars : DataFrame
        As for `reconstructed_profile`.

    Returns
    -------
    list of DataFrame
        In the order of time; none where no bar has open interest.
    """
    times = pd.Series(bars.index, index=bars.index)
    hole = max(LONGEST_HOLE, _STEPS * times.diff().median()) if len(bars) > 1 else LONGEST_HOLE
    is_fresh = times - times.where(bars["coins"].notna()).ffill() <= hole
    begins = (times.diff() > hole) | ~is_fresh.shift(fill_value=False)
    kept = bars[is_fresh]
    return [run for _, run in kept.groupby(begins[is_fresh].cumsum().to_numpy())]


def _followed(
    run: pd.DataFrame,
    at: npt.NDArray[np.intp],
    *,
    side: str,
    factors: FloatArray,
    shares: FloatArray,
    leverages: FloatArray,
) -> pd.DataFrame:
    """Holdings of one side at the wanted bars of one run."""
    close, coins = run["close"].to_numpy(dtype=float), run["coins"].ffill().to_numpy(dtype=float)
    lines = close[:, None] * factors
    removal = removal_bars(run, lines, side=side)
    parts = [
        _points(held, lines, close, leverages=leverages).assign(side=side, as_of=run.index[held.bar])
        for held in follow(coins, removal, shares=shares, at=at)
    ]
    return pd.concat(parts, ignore_index=True)


def _points(held: HeldSide, lines: FloatArray, close: FloatArray, *, leverages: FloatArray) -> pd.DataFrame:
    """Holdings of one side at one moment, those with near lines put together."""
    mark = float(close[held.bar])
    bar, tier = np.nonzero(held.coins > NEGLIGIBLE * max(float(held.coins.sum()), NEGLIGIBLE))
    coins, line = held.coins[bar, tier], lines[bar, tier]
    distance = np.where(line > 0, np.log(np.maximum(line, _SMALLEST) / mark), np.nan)
    place = np.floor(np.log(np.maximum(np.abs(distance), _SMALLEST)) / _STEP)
    _keys, first, group = np.unique(
        (tier * 3 + np.sign(np.nan_to_num(distance)) + 1) * _PLACES + np.nan_to_num(place),
        return_index=True,
        return_inverse=True,
    )
    kept = tier[first]
    total = _sum(group, coins)
    collateral = _sum(group, coins * close[bar]) / leverages[kept]
    return pd.DataFrame(
        {
            "leverage": leverages[kept],
            "mark_price": mark,
            "line": mark * np.exp(_sum(group, coins * np.nan_to_num(distance)) / total) * (line[first] > 0),
            "notional_usd": total * mark,
            "collateral_usd": collateral,
        }
    )


def _sum(group: npt.NDArray[np.intp], values: FloatArray) -> FloatArray:
    return np.asarray(np.bincount(group, weights=values), dtype=np.float64)
