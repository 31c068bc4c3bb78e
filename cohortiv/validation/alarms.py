"""Alarms against events: how early, how often for nothing, and how restless they and codes are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.validation.sample import DAY, BoolArray, Sample, gap_steps, refuse_bad_times, years_of

WINDOW_DAYS: Final = 28.0
"""Default longest lead that counts [days]: four weeks, four of the index's horizons."""

_COVERED: Final = 0.5
_TICK: Final = pd.Timedelta(1, "us")


@dataclass(frozen=True, eq=False)
class EventRecord:
    """What alarms did before each event, and for nothing.

    Attributes
    ----------
    leads : DataFrame
        One row an event: event (time), status ("warned", "missed" or "not covered"), alarm_since (NaT if none),
        lead_days (event less alarm_since [days]; 0 if missed, NaN if not covered).
    covered, warned : int
        Events within the series' coverage, and those before which an alarm stood.
    median_lead_days : float
        Over warned events [days]; NaN if none was.
    false_alarms : int
        Stretches of alarms with no event during them or in the window after. An unbroken run is cut into stretches of a
        window each, so that an alarm that never ends is not one alarm.
    open_alarms : int
        Stretches whose window is not over yet; neither right nor wrong.
    years : float
        Length of the series, gaps left out [years of 365 days].
    window_days : float
        Longest lead that counts [days].
    """

    leads: pd.DataFrame
    covered: int
    warned: int
    median_lead_days: float
    false_alarms: int
    open_alarms: int
    years: float
    window_days: float

    @property
    def false_alarms_a_year(self) -> float:
        """False alarms a year of the series; NaN for a series of no length."""
        return self.false_alarms / self.years if self.years else float("nan")


def onsets(sample: Sample) -> pd.DatetimeIndex:
    """When each independent event of a sample had become one: the first event row's time plus the horizon.

    Notes
    -----
    Exact to one step of the series where the row before was calm: that row's horizon ended without the event. An event
    whose first row opens the sample or follows a gap may lie anywhere in that row's horizon; it is dated at the row
    itself, the earliest, so that no lead before it is overstated.
    """
    times, after_gap = sample.times[sample.event], _after_gap(sample.times)[sample.event]
    first = np.concatenate([[True], np.diff(times.to_numpy()) > sample.horizon.to_timedelta64()])[: len(times)]
    return times[first] + np.where(after_gap[first], np.timedelta64(0, "ns"), sample.horizon.to_timedelta64())


def event_record(
    alarms: pd.Series,
    events: pd.DatetimeIndex,
    *,
    known_until: datetime,
    horizon_days: float,
    window_days: float = WINDOW_DAYS,
) -> EventRecord:
    """Hold alarms against dated events.

    Parameters
    ----------
    alarms : Series of bool
        Whether there was an alarm, indexed by rising times (UTC without zone), none twice.
    events : DatetimeIndex
        When each event happened (UTC without zone), all those up to `known_until`.
    known_until : datetime
        Until when all events are known.
    horizon_days : float
        Horizon of the outcome, more than 0 [days]: what an alarm speaks of.
    window_days : float, optional
        Longest lead that counts, the horizon or more [days]. Default 28.

    Returns
    -------
    EventRecord

    Raises
    ------
    DataError
        If the alarms' times fall or carry a zone.
    ValueError
        On a horizon that is not positive, a window shorter than it, or times that repeat.

    Notes
    -----
    An event is warned if an alarm stood at the last row before it; an alarm at the event's own time is too late, one
    that was called off before does not count, or else a signal that blinks at random would warn of nearly everything.
    The lead goes back to the start of that unbroken run of alarms, a window at most; a gap breaks a run. An event is
    covered if the row
    before it is at most a horizon old and no stretch of more than half of a window before it is without a row.

    Leads are a description. An alarm that always stands is a window early each time, and of two signals that know
    nothing the one that changes slowly has the longer leads.
    """
    refuse_bad_times(alarms.index, what="series of alarms")
    if not 0.0 < horizon_days <= window_days or not alarms.index.is_unique:
        raise ValueError(
            f"got a horizon of {horizon_days} and a window of {window_days} days; allowed is 0 < horizon <= window, "
            "and alarms whose times do not repeat"
        )
    times, window = pd.DatetimeIndex(alarms.index), window_days * DAY
    runs = alarm_runs(alarms)
    known = events[events <= pd.Timestamp(known_until)].sort_values()
    leads = pd.DataFrame(
        [_lead(times, runs, event, horizon=horizon_days * DAY, window=window) for event in known],
        columns=["event", "status", "alarm_since", "lead_days"],
    )
    parts = _stretches(runs, window)
    none = np.array([not ((known > begin) & (known <= end + window)).any() for begin, end in parts], dtype=np.bool_)
    over = np.array([end + window <= pd.Timestamp(known_until) for _, end in parts], dtype=np.bool_)
    return EventRecord(
        leads=leads,
        covered=int((leads["status"] != "not covered").sum()),
        warned=int((leads["status"] == "warned").sum()),
        median_lead_days=float(leads.loc[leads["status"] == "warned", "lead_days"].median()),
        false_alarms=int((none & over).sum()),
        open_alarms=int((none & ~over).sum()),
        years=years_of(times),
        window_days=window_days,
    )


def alarm_runs(alarms: pd.Series) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """First and last time of each unbroken run of alarms; what stood during a gap is not known, so it breaks a run."""
    stands, times = alarms.to_numpy(dtype=np.bool_), pd.DatetimeIndex(alarms.index)
    after = _after_gap(times)
    begins = stands & (after | ~np.concatenate([[False], stands[:-1]])[: stands.size])
    ends = stands & ~np.concatenate([(stands & ~after)[1:], [False]])[: stands.size]
    return list(zip(times[begins], times[ends], strict=True))


def changes_a_year(states: pd.Series) -> float:
    """How often a year something changes: a code, Grey like the others, or whether an alarm stands.

    Parameters
    ----------
    states : Series
        By rising times (UTC without zone).

    Returns
    -------
    float
        Changes from a row to the next a year of 365 days, gaps left out of both; NaN without such a step.
    """
    times, values = pd.DatetimeIndex(states.index), states.to_numpy()
    changed = (values[1:] != values[:-1]) & ~gap_steps(times)
    years = years_of(times)
    return int(np.count_nonzero(changed)) / years if years else float("nan")


def _after_gap(times: pd.DatetimeIndex) -> BoolArray:
    """Rows that open a series or follow a gap."""
    return np.concatenate([[True], gap_steps(times)])[: len(times)]


def _stretches(
    runs: list[tuple[pd.Timestamp, pd.Timestamp]], window: pd.Timedelta
) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Runs cut into stretches of less than a window, the last one as long as is left."""
    found = []
    for begin, end in runs:
        starts = list(pd.date_range(begin, end, freq=window))
        found += list(zip(starts, [*(start - _TICK for start in starts[1:]), end], strict=True))
    return found


def _lead(
    times: pd.DatetimeIndex,
    runs: list[tuple[pd.Timestamp, pd.Timestamp]],
    event: pd.Timestamp,
    *,
    horizon: pd.Timedelta,
    window: pd.Timedelta,
) -> tuple[pd.Timestamp, str, pd.Timestamp | None, float]:
    """What alarms did before one event."""
    before = times[(times >= event - window) & (times < event)]
    marks = pd.DatetimeIndex([event - window, *before, event])
    if (np.diff(marks.to_numpy()) > (_COVERED * window).to_timedelta64()).any() or before[-1] < event - horizon:
        return event, "not covered", None, float("nan")
    standing = [begin for begin, end in runs if begin <= before[-1] <= end]
    if not standing:
        return event, "missed", None, 0.0
    since = max(standing[0], before[0])
    return event, "warned", since, (event - since) / DAY
