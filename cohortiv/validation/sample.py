"""A score held against an outcome: what is scored, what is left out and why, and how many events are independent."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.errors import DataError
from cohortiv.history.check import GAP_STEPS
from cohortiv.volatility import FloatArray

BoolArray = npt.NDArray[np.bool_]
WholeArray = npt.NDArray[np.int64]

FEWEST_EVENTS: Final = 10
"""Independent events, and independent calm spells, below which no metric is given."""

DAY: Final = pd.Timedelta(days=1)


@dataclass(frozen=True, eq=False)
class Sample:
    """Rows of a score and an outcome that can be scored, and a count of those that cannot.

    Attributes
    ----------
    times : DatetimeIndex
        When each score was known (UTC without zone), rising.
    score : ndarray, shape (n,)
        Higher is more dangerous; infinite is allowed, NaN is not.
    event : ndarray of bool, shape (n,)
        Whether the outcome over the horizon after the time was an event.
    horizon_days : float
        Horizon of the outcome [days].
    rows : int
        Rows that were given.
    not_covered, without_score : int
        Rows left out because the outcome, or else the score, is missing.
    repeated, contradictory : int
        Rows left out because their time came before with the same values, or because rows of one time differ.
    gaps : int
        Steps between neighbouring rows longer than 1.5 times the median step.
    longest_gap_days : float
        The longest step [days]; 0 with fewer than two rows.
    """

    times: pd.DatetimeIndex
    score: FloatArray
    event: BoolArray
    horizon_days: float
    rows: int
    not_covered: int
    without_score: int
    repeated: int
    contradictory: int
    gaps: int
    longest_gap_days: float

    @property
    def horizon(self) -> pd.Timedelta:
        """Horizon of the outcome."""
        return self.horizon_days * DAY

    @property
    def events(self) -> int:
        """Independent events: event rows whose horizons overlap, directly or by a chain, are one."""
        return spells(self.times[self.event], self.horizon)

    @property
    def calm_spells(self) -> int:
        """Calm rows whose horizons do not overlap, counted greedily from the first."""
        return windows(self.times[~self.event], self.horizon)

    @property
    def years(self) -> float:
        """Length of the rows present, gaps left out [years of 365 days]."""
        return years_of(self.times)

    def status(self, *, fewest_events: int = FEWEST_EVENTS) -> str:
        """Why there is no metric, in words; "scored" where there is one."""
        if not len(self.times):
            return "nothing covered"
        if self.event.all() or not self.event.any():
            return "one class only"
        if self.events < fewest_events:
            return "too few events"
        return "scored" if self.calm_spells >= fewest_events else "too few calm spells"


def read_sample(frame: pd.DataFrame, *, horizon_days: float) -> Sample:
    """Take a score input apart into what can be scored and what cannot.

    Parameters
    ----------
    frame : DataFrame
        `score` (number; NaN: none) and `event` (true, false, or missing: not covered), indexed by the time at which the
        score was known. May be empty.
    horizon_days : float
        Horizon of the outcome, more than 0 [days].

    Returns
    -------
    Sample

    Raises
    ------
    DataError
        If a column is missing or the index holds no times without zone in rising order.
    ValueError
        On a horizon that is not positive and finite.
    """
    _refuse_bad(frame, horizon_days)
    table = pd.DataFrame(
        {"score": frame["score"].astype("float64"), "event": frame["event"].astype("boolean")}, index=frame.index
    )
    table.index.name = "time"
    once = table.reset_index().drop_duplicates().set_index("time")
    single = once[~once.index.duplicated(keep=False)]
    covered = single[single["event"].notna()]
    kept = covered[covered["score"].notna()]
    times = pd.DatetimeIndex(kept.index)
    return Sample(
        times=times,
        score=kept["score"].to_numpy(dtype=np.float64),
        event=kept["event"].to_numpy(dtype=np.bool_),
        horizon_days=horizon_days,
        rows=len(frame),
        not_covered=len(single) - len(covered),
        without_score=len(covered) - len(kept),
        repeated=len(table) - len(once),
        contradictory=len(once) - len(single),
        gaps=int(gap_steps(times).sum()),
        longest_gap_days=float(step_days(times).max(initial=0.0)),
    )


def step_days(times: pd.DatetimeIndex) -> FloatArray:
    """Steps from each time to the next [days]."""
    steps: FloatArray = np.diff(times.to_numpy()) / DAY.to_timedelta64()
    return steps


def gap_steps(times: pd.DatetimeIndex) -> BoolArray:
    """Which steps from a time to the next are gaps: longer than 1.5 times the median step."""
    steps = step_days(times)
    return steps > GAP_STEPS * np.median(steps) if steps.size else np.zeros(0, dtype=np.bool_)


def years_of(times: pd.DatetimeIndex) -> float:
    """Length of rows, gaps left out [years of 365 days]; 0 with fewer than two."""
    return float(step_days(times)[~gap_steps(times)].sum()) / 365.0


def spells(times: pd.DatetimeIndex, apart: pd.Timedelta) -> int:
    """Groups of times with at most `apart` from each to the next; 0 without times.

    Notes
    -----
    Runs declustering of extremes, the run being the horizon: a lone shock makes every row before it an event row, and
    those rows count once.
    """
    return 0 if times.empty else 1 + int(np.count_nonzero(np.diff(times.to_numpy()) > apart.to_timedelta64()))


def windows(times: pd.DatetimeIndex, length: pd.Timedelta) -> int:
    """Most windows (t, t + length] that begin at one of the times and do not overlap; 0 without times."""
    found, at = 0, 0
    while at < len(times):
        found += 1
        at = int(times.searchsorted(times[at] + length, side="left"))
    return found


def known_rows(times: pd.DatetimeIndex, horizon: pd.Timedelta) -> WholeArray:
    """For each time, how many leading rows have an outcome that was known by then: t' + horizon <= t."""
    return np.asarray(times.searchsorted(times - horizon, side="right"), dtype=np.int64)


def _refuse_bad(frame: pd.DataFrame, horizon_days: float) -> None:
    if not (np.isfinite(horizon_days) and horizon_days > 0.0):
        raise ValueError(f"got a horizon of {horizon_days} days; it is finite and more than 0, for instance 7")
    missing = [name for name in ("score", "event") if name not in frame.columns]
    if missing:
        raise DataError(
            f"The score input lacks {' and '.join(missing)}; it has {', '.join(map(str, frame.columns)) or 'none'}. "
            "Allowed are score and event, indexed by time: rename the columns."
        )
    refuse_bad_times(frame.index, what="score input")


def refuse_bad_times(index: pd.Index, *, what: str) -> None:
    """Raise unless an index holds times without zone that never fall; equal ones are allowed.

    Parameters
    ----------
    index : Index
    what : str
        What it is the index of, for the message.

    Raises
    ------
    DataError
        Saying what was got.
    """
    if not isinstance(index, pd.DatetimeIndex) or index.tz is not None or index.hasnans:
        raise DataError(
            f"The {what} is not indexed by UTC times without zone; convert its index, and drop empty times."
        )
    if not index.is_monotonic_increasing:
        first = index[1:][np.diff(index.to_numpy()) < np.timedelta64(0)][0]
        raise DataError(f"The {what} has times that fall, first at {first}; sort it by time.")
