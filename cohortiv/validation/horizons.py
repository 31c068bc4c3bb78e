"""Horizons over a series of bars or of single events: which are covered, what lies in them, and why one is not."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.validation.known import checked

IntArray = npt.NDArray[np.int64]

COVERED, BEFORE, UNFINISHED, GAP = "", "before the series", "data end before the horizon", "gap in the series"
NO_BASE: Final = "no base known"
UNDEFINED: Final = "threshold not defined yet"


@dataclass(frozen=True, eq=False)
class Horizons:
    """The bars of each horizon.

    Attributes
    ----------
    frame : DataFrame
        By the times asked for: end, when the horizon is over; why, `COVERED` or why it is not.
    first : ndarray
        Place of each horizon's first bar; meaningless where it is not covered.
    count : int
        Bars in a horizon.
    """

    frame: pd.DataFrame
    first: IntArray
    count: int

    @property
    def covered(self) -> npt.NDArray[np.bool_]:
        """Horizons that every bar covers."""
        return (self.frame["why"] == COVERED).to_numpy()


def horizons(bars: pd.DatetimeIndex, times: pd.DatetimeIndex, *, horizon: pd.Timedelta, step: pd.Timedelta) -> Horizons:
    """The whole bars that follow each time and make up the horizon.

    Parameters
    ----------
    bars : DatetimeIndex
        Ends of bars of one length; missing ones are gaps.
    times : DatetimeIndex
        When one looks.
    horizon : Timedelta
        A multiple of the step.
    step : Timedelta
        Length of a bar.

    Returns
    -------
    Horizons

    Raises
    ------
    ValueError
        If times do not rise, or the horizon is no multiple of the step.

    Notes
    -----
    A bar under way at t holds what happened before t. The horizon therefore begins with the first bar that starts at t
    or later, less than one step after t, and has as many bars as fit.
    """
    checked(bars, what="bars")
    checked(times, what="the times")
    count, rest = divmod(horizon, step)
    if count < 1 or rest:
        raise ValueError(f"got a horizon of {horizon} for bars of {step}; allowed is a multiple of the bars' length")
    if bars.empty:
        return Horizons(
            pd.DataFrame({"end": times + horizon, "why": BEFORE}, index=times), np.zeros(len(times), "int64"), 0
        )
    starts = bars - step
    late = (times - starts[0]) % step
    begin = times + pd.TimedeltaIndex(np.where(late == pd.Timedelta(0), late, step - late))
    end = begin + horizon
    first = starts.searchsorted(begin)
    last = np.minimum(first + count - 1, len(bars) - 1)
    breaks = np.cumsum(np.diff(bars, prepend=bars[:1]) != step)
    held = np.minimum(first, last)
    whole = (
        (starts[held] == begin) & (bars[last] == end) & (breaks[held] == breaks[last]) & (first + count <= len(bars))
    )
    why = np.select([whole, times < starts[0], end > bars[-1]], [COVERED, BEFORE, UNFINISHED], GAP)
    return Horizons(pd.DataFrame({"end": end, "why": why}, index=times), first.astype("int64"), int(count))


def summed(
    values: "pd.Series[float]", times: pd.DatetimeIndex, *, horizon: pd.Timedelta, step: pd.Timedelta
) -> pd.DataFrame:
    """Sum of a series of bars over each horizon.

    Parameters
    ----------
    values : Series
        By the end of the bar; NaN is a gap.
    times, horizon, step
        As for `horizons`.

    Returns
    -------
    DataFrame
        By time: value, end, why. NaN where the horizon is not covered.
    """
    held = values.astype("float64").dropna()
    found = horizons(pd.DatetimeIndex(held.index), times, horizon=horizon, step=step)
    running = np.concatenate([[0.0], np.cumsum(held.to_numpy())])
    first = np.minimum(found.first, len(held))
    total = running[np.minimum(first + found.count, len(held))] - running[first]
    return found.frame.assign(value=np.where(found.covered, np.maximum(total, 0.0), np.nan))[["value", "end", "why"]]


def counted(
    values: "pd.Series[float]",
    times: pd.DatetimeIndex,
    *,
    horizon: pd.Timedelta,
    span: tuple[pd.Timestamp, pd.Timestamp],
) -> pd.DataFrame:
    """Sum of single events over (t, t + horizon]; no event is 0 within the span that the list covers.

    Parameters
    ----------
    values : Series
        By the time of the event, rising; events of one second are added up first.
    times : DatetimeIndex
        When one looks.
    horizon : Timedelta
    span : pair of Timestamp
        From when to when the list is complete.

    Returns
    -------
    DataFrame
        By time: value, end, why. NaN where the span does not hold the horizon.
    """
    checked(values.index, what="events")
    checked(times, what="the times")
    end = times + horizon
    running = np.concatenate([[0.0], np.cumsum(values.to_numpy(dtype="float64"))])
    total = (
        running[values.index.searchsorted(end, side="right")] - running[values.index.searchsorted(times, side="right")]
    )
    why = np.select([times < span[0], end > span[1]], [BEFORE, UNFINISHED], COVERED)
    value = np.where(why == COVERED, np.maximum(total, 0.0), np.nan)
    return pd.DataFrame({"value": value, "end": end, "why": why}, index=times)
