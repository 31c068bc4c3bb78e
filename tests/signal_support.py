"""Made-up signals and outcomes for the tests of validation: a risk that lives long, and shocks that follow it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import scipy

from cohortiv.validation.sample import Sample, read_sample
from cohortiv.volatility import FloatArray

HORIZON = 7


def days(count: int) -> pd.DatetimeIndex:
    """Daily times."""
    return pd.date_range("2023-01-01", periods=count)


def frame_of(score: Sequence[float], event: Sequence[bool | None]) -> pd.DataFrame:
    """A daily score input; None is not covered."""
    return pd.DataFrame({"score": score, "event": pd.array(event, dtype="boolean")}, index=days(len(score)))


def lasting(rng: np.random.Generator, rows: int, *, memory: float = 0.95) -> FloatArray:
    """An autoregression of unit variance."""
    shocks = rng.normal(size=rows) * np.sqrt(1.0 - memory**2)
    found: FloatArray = scipy.signal.lfilter([1.0], [1.0, -memory], shocks)
    return found


def ahead(shocks: FloatArray, *, horizon: int = HORIZON) -> pd.Series:
    """Whether a shock falls into the days after each day; the last days are not covered."""
    reached = np.convolve(np.append(shocks, 0.0), np.ones(horizon))[horizon : horizon + shocks.size] > 0.0
    event = pd.Series(reached, index=days(shocks.size), dtype="boolean")
    event.iloc[-horizon:] = pd.NA
    return event


def world(seed: int, *, rows: int = 800, pull: float = 2.0, often: float = 0.008) -> tuple[FloatArray, pd.Series]:
    """A risk and the outcome that it drives; shocks are `pull` times as steep in it."""
    rng = np.random.default_rng(seed)
    risk = lasting(rng, rows)
    return risk, ahead((rng.random(rows) < often * np.exp(pull * risk - 0.5)).astype(np.float64))


def sampled(score: FloatArray, event: pd.Series, *, horizon: float = HORIZON) -> Sample:
    """Both as a sample."""
    return read_sample(pd.DataFrame({"score": score, "event": event}, index=event.index), horizon_days=horizon)
