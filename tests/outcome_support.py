"""Series for the tests of outcomes and comparators: hours and days from one moment on, and a future that is changed."""

import numpy as np
import pandas as pd

START = pd.Timestamp("2026-01-01")
HOUR, DAY = pd.Timedelta(hours=1), pd.Timedelta(days=1)


def series(
    values: "list[float] | np.ndarray", step: pd.Timedelta = HOUR, start: pd.Timestamp = START
) -> "pd.Series[float]":
    """Values at every step from a moment on."""
    index = pd.date_range(start, periods=len(values), freq=step, unit="us")
    return pd.Series(np.asarray(values, dtype="float64"), index=index)


def times_of(values: "pd.Series[float]") -> pd.DatetimeIndex:
    """The times of a series."""
    return pd.DatetimeIndex(values.index)


def at(*texts: str) -> pd.DatetimeIndex:
    """Times of January 2026: "01 12:00" or "01"."""
    return pd.DatetimeIndex([f"2026-01-{text}" for text in texts]).as_unit("us")


def poisoned(values: "pd.Series[float]", after: pd.Timestamp) -> "pd.Series[float]":
    """The same series with every value after a moment changed."""
    return values.where(values.index <= after, values * 3.7 + 11.0)


def prices(days: int, *, step: pd.Timedelta = HOUR, seed: int = 1) -> "pd.Series[float]":
    """A path of closing prices whose volatility comes in waves."""
    rng = np.random.default_rng(seed)
    count = round(days * DAY / step)
    waves = 0.5 + 0.3 * np.sin(np.arange(count) * 2 * np.pi / (count / 6))
    moves = rng.normal(size=count) * waves * np.sqrt(step / (365 * DAY))
    return series(30_000 * np.exp(np.cumsum(moves)), step)
