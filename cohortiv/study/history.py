"""An index series as readers see it: its frame, its code timeline, the dated events over it, and its gaps."""

from typing import Final

import numpy as np
import pandas as pd

from cohortiv.config.validation import EventsFile
from cohortiv.early_warning import Thresholds
from cohortiv.history.check import GAP_STEPS
from cohortiv.study.index_series import SolvedSeries
from cohortiv.study.result import IndexHistory
from cohortiv.validation.alarms import changes_a_year
from cohortiv.validation.events import lay_events
from cohortiv.validation.sample import DAY

_HOUR: Final = pd.Timedelta(hours=1)
_SECONDS: Final = 86_400.0


def told_history(solved: SolvedSeries, events: EventsFile, *, horizon_days: float) -> IndexHistory:
    """The record of an index series.

    Parameters
    ----------
    solved : SolvedSeries
    events : EventsFile
    horizon_days : float
        How far ahead a dated event counts [days].

    Returns
    -------
    IndexHistory
    """
    source, frame = solved.given.source, solved.frame
    times = pd.DatetimeIndex(frame.index)
    steps = np.diff(times.to_numpy()) / DAY.to_timedelta64()
    median = float(np.median(steps)) if steps.size else float("nan")
    return IndexHistory(
        name=source.name,
        title=source.title,
        basis=solved.given.basis,
        stand_in=solved.stand_in,
        symbol=source.symbol,
        frame=frame,
        timeline=code_timeline(frame["code_held"]),
        flips_a_year=changes_a_year(frame["code_held"]),
        overlay=lay_events(events, frame["iv_index"], horizon=horizon_days * DAY),
        gaps=int(np.count_nonzero(steps > GAP_STEPS * median)) if steps.size else 0,
        longest_gap_days=float(steps.max()) if steps.size else 0.0,
        step_hours=median * (DAY / _HOUR),
        thresholds=Thresholds(solved.given.cohort.thresholds.yellow, solved.given.cohort.thresholds.red),
        notes=solved.notes,
    )


def code_timeline(codes: "pd.Series[str]") -> pd.DataFrame:
    """Unbroken runs of a code.

    Parameters
    ----------
    codes : Series
        By rising times.

    Returns
    -------
    DataFrame
        code, first, last, snapshots, days (from first to last); no rows without codes.
    """
    run = (codes != codes.shift()).cumsum().to_numpy()
    table = pd.DataFrame({"run": run, "code": codes.to_numpy(), "time": codes.index})
    found = table.groupby("run").agg(
        code=("code", "first"), first=("time", "min"), last=("time", "max"), snapshots=("time", "size")
    )
    return found.assign(days=(found["last"] - found["first"]).dt.total_seconds() / _SECONDS).reset_index(drop=True)
