"""How points move when something changes: lines over the mark, shares of a group, prices of the unleveraged rest."""

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.liquidation import UNLEVERAGED
from cohortiv.profile import LiquidationProfile
from cohortiv.profile.cells import FLAGGED, MARKS
from cohortiv.profile.points import whole_numbers
from cohortiv.schema import USED

FloatArray = npt.NDArray[np.float64]
#: A number, or one for each point: first for lines below the mark, then for lines above.
Pair = tuple[float | FloatArray, float | FloatArray]

#: A price does not fall below this share of itself [1].
LOWEST_PRICE: Final = 1e-9
#: Measures of a cell that rise and fall with its notional.
_MONEY: Final = (
    "notional_cents", "first", "second", "third", "other_first",
    *(cents for cents, (_, money) in FLAGGED.items() if money == "notional_cents"),
)  # fmt: skip


def relined(points: pd.DataFrame, *, factors: Pair = (1.0, 1.0), offsets: Pair = (0.0, 0.0)) -> pd.DataFrame:
    """Points whose lines over the mark become ratio * factor + offset.

    Parameters
    ----------
    points : DataFrame
        From `profile.points_of`.
    factors, offsets : pair of float or ndarray
        For lines below the mark and for lines above it [1].

    Returns
    -------
    DataFrame
        A line that reaches the mark is past (distance 0, no second line), one at or under 0 is none. The second line
        takes the place of a first one that is gone.
    """
    first, second = (
        _new_distance(points[name].to_numpy(dtype=float), factors, offsets) for name in ("distance", "second_distance")
    )
    past = (first == 0) | (second == 0)
    only_second = np.isnan(first)
    return points.assign(
        distance=np.where(past, 0.0, np.where(only_second, second, first)),
        second_distance=np.where(past | only_second, np.nan, second),
    )


def _new_distance(distance: FloatArray, factors: Pair, offsets: Pair) -> FloatArray:
    below, above = distance < 0, distance > 0
    lined = below | above
    ratio = np.exp(np.where(lined, distance, 0.0))
    changed = ratio * np.where(below, factors[0], factors[1]) + np.where(below, offsets[0], offsets[1])
    crossed = (below & (changed >= 1)) | (above & (changed <= 1)) | (distance == 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(changed > 0, np.log(changed), np.nan)
    result: FloatArray = np.where(crossed, 0.0, np.where(lined, logs, np.nan))
    return result


def part_of(points: pd.DataFrame, share: float) -> pd.DataFrame:
    """The same points with a share of their money and positions; a share above 1 makes more of them."""
    return points.assign(**{name: points[name] * share for name in ("weight", "collateral", "positions")})


def price_factors(
    profile: LiquidationProfile, symbols: "pd.Series[str]", move: float, *, symbol: str | None
) -> FloatArray:
    """What the price of each row's symbol is multiplied by when the market moves [1].

    Parameters
    ----------
    profile : LiquidationProfile
        For its betas.
    symbols : Series of str
    move : float
        Simple move of the market, or of `symbol` [1].
    symbol : str or None
        The one symbol that the profile is read for: it moves by `move` itself.
    """
    betas = {name: 1.0 if symbol else profile.comovement.beta(name) for name in symbols.unique()}
    factors: FloatArray = np.maximum(1 + symbols.map(betas).to_numpy(dtype=float) * move, LOWEST_PRICE)
    return factors


def repriced(profile: LiquidationProfile, move: float, *, symbol: str | None) -> LiquidationProfile:
    """The same profile with its unleveraged cells in use at the prices after a move; arguments as `price_factors`."""
    chosen = (profile.cells["reason"] == USED) & (profile.cells["tier"] == UNLEVERAGED)
    cells = profile.cells.copy()
    factors = price_factors(profile, cells.loc[chosen, "symbol"], move, symbol=symbol)
    for name in (*_MONEY, *MARKS):
        cells.loc[chosen, name] = cells.loc[chosen, name] * factors
    cells["notional_cents"] = whole_numbers(cells["notional_cents"].to_numpy(dtype=float))
    return replace(profile, cells=cells)
