"""Positions followed bar by bar: opened at the close, removed where the price touches their line, closed pro rata."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]

NEGLIGIBLE: Final = 1e-12
"""Share of a side's opening below which what is left of it is not kept [1]."""

#: Running factor below which it is taken into the amounts, long before their ratio leaves the range of a float [1].
_SMALLEST: Final = 1e-100


@dataclass(frozen=True, eq=False)
class HeldSide:
    """One side at the end of a bar.

    Attributes
    ----------
    bar : int
        Place of the bar.
    coins : ndarray, shape (bars up to it, multipliers)
        What is held by opening bar and multiplier [base units].
    touched : float
        What touched lines have closed until then [base units].
    """

    bar: int
    coins: FloatArray
    touched: float


def removal_bars(bars: pd.DataFrame, lines: FloatArray, *, side: str) -> npt.NDArray[np.intp]:
    """Bar in which each line is first reached after it was opened; the number of bars where it never is.

    Parameters
    ----------
    bars : DataFrame
        low and high [USD]; rising in time.
    lines : ndarray, shape (bars, multipliers)
        Lines of what is opened at the close of each bar [USD]; 0 or less: none.
    side : {"long", "short"}

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


def follow(
    coins: FloatArray, removal: npt.NDArray[np.intp], *, shares: FloatArray, at: npt.NDArray[np.intp]
) -> Iterator[HeldSide]:
    """One side through all bars.

    Parameters
    ----------
    coins : ndarray, shape (bars,)
        Open interest at the end of each bar [base units].
    removal : ndarray, shape (bars, multipliers)
        From `removal_bars`.
    shares : ndarray, shape (multipliers,)
        Of the multipliers in what is opened [1].
    at : ndarray of int
        Bars after which the side is wanted, rising.

    Yields
    ------
    HeldSide
        One a wanted bar, of what happened up to it alone: a line that is reached later is still held.

    Notes
    -----
    What each bar opens is kept in units of the running factor that closing pro rata has come to, so only removed
    positions are touched again. Where all is closed the factor starts anew.
    """
    opened = np.zeros(removal.shape)
    order = np.argsort(removal, axis=None, kind="stable")
    edges = np.searchsorted(removal.ravel()[order], np.arange(len(coins) + 1))
    flat, wanted = opened.reshape(-1), set(at.tolist())
    factor, units, touched = 1.0, 0.0, 0.0
    for bar in range(len(coins)):
        gone = order[edges[bar] : edges[bar + 1]]
        lost = float(flat[gone].sum())
        flat[gone] = 0.0
        touched += lost * factor
        units = max(0.0, units - lost)
        held = units * factor
        left = min(held, float(coins[bar]))
        if left <= NEGLIGIBLE * coins[bar] or left <= 0:
            flat[:] = 0.0
            factor, units, left = 1.0, 0.0, 0.0
        else:
            factor *= left / held
        if factor < _SMALLEST:
            flat *= factor
            factor, units = 1.0, units * factor
        opened[bar] = (coins[bar] - left) / factor * shares
        units += float(opened[bar].sum())
        if bar in wanted:
            yield HeldSide(bar, opened[: bar + 1] * factor, touched)
