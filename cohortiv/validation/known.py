"""What was known at a time: the newest value of a series, not older than allowed, with the time it became known."""

import numpy as np
import pandas as pd


def known_at(series: "pd.Series[float]", times: pd.DatetimeIndex, *, oldest: pd.Timedelta) -> pd.DataFrame:
    """The newest value of a series that was known at each time.

    Parameters
    ----------
    series : Series
        Values by the time at which they were known (UTC, without zone), rising. NaN: nothing was known then.
    times : DatetimeIndex
        When one looks, rising.
    oldest : Timedelta
        A value older than this counts as not known.

    Returns
    -------
    DataFrame
        By `times`: value, and known, the time at which it became known; NaN and NaT where there is none. All of them
        for an empty series.

    Raises
    ------
    ValueError
        If times have a zone, repeat or do not rise.
    """
    checked(series.index, what="a series")
    checked(times, what="the times")
    held = series.dropna()
    if held.empty:
        return pd.DataFrame({"value": float("nan"), "known": pd.NaT}, index=times).astype({"known": "datetime64[us]"})
    place = held.index.searchsorted(times, side="right") - 1
    known = pd.Series(held.index[place.clip(min=0)], index=times)
    fresh = (place >= 0) & (times - pd.DatetimeIndex(known) <= oldest)
    value = pd.Series(held.to_numpy(dtype="float64")[place.clip(min=0)], index=times)
    return pd.DataFrame({"value": value.where(fresh), "known": known.where(fresh)})


def checked(index: pd.Index, *, what: str) -> pd.DatetimeIndex:
    """The index, if it is one of times without a zone, each once and rising.

    Parameters
    ----------
    index : Index
    what : str
        Whose, for the message.

    Raises
    ------
    ValueError
        If it is not.
    """
    if not isinstance(index, pd.DatetimeIndex) or index.tz is not None:
        raise ValueError(f"got {what} indexed by {index.dtype}; allowed are timestamps in UTC without a zone")
    if index.hasnans or not index.is_monotonic_increasing or not index.is_unique:
        twice = int(index.duplicated().sum())
        raise ValueError(f"got {what} whose {len(index):,} times do not rise ({twice:,} repeated); sort them, keep one")
    return index


def logarithm(series: "pd.Series[float]") -> "pd.Series[float]":
    """Natural logarithm of each value; NaN where the value is NaN or not more than 0."""
    values = series.to_numpy(dtype="float64")
    return pd.Series(np.log(values, out=np.full(values.size, np.nan), where=values > 0), index=series.index)


def regular(series: "pd.Series[float]", step: pd.Timedelta) -> "pd.Series[float]":
    """A series at every step between its first and its last time; NaN where it has no value.

    Parameters
    ----------
    series : Series
        By rising times.
    step : Timedelta
        Distance of two neighbours.
    """
    index = checked(series.index, what="a series")
    if index.empty:
        return series.astype("float64")
    return series.astype("float64").reindex(pd.date_range(index[0], index[-1], freq=step))
