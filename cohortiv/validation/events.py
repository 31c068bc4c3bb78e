"""Dated events laid over a series: which it covers, and at which times one was ahead."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.config.validation import EventsFile
from cohortiv.validation.known import checked

DAY: Final = pd.Timedelta(days=1)
COVERED, NOT_COVERED = "covered", "not covered"


@dataclass(frozen=True, eq=False)
class EventOverlay:
    """Dated events over the times of a score.

    Attributes
    ----------
    version : str
        Name of the list.
    events : DataFrame
        One row an event: date, name, description, source, coverage ("covered" or "not covered"), times (number of
        scored times at which it was ahead). One that is not covered is neither hit nor miss.
    ahead : Series
        By scored time, boolean: whether an event was ahead within the horizon; <NA> where the list does not say, or
        an event was under way.
    next_event : Series
        By scored time: the day of the next event within the horizon; NaT where none is.
    """

    version: str
    events: pd.DataFrame
    ahead: "pd.Series[bool]"
    next_event: "pd.Series[pd.Timestamp]"

    @property
    def covered(self) -> pd.DataFrame:
        """Events that the series covers."""
        return self.events[self.events["coverage"] == COVERED]


def lay_events(listed: EventsFile, score: "pd.Series[float]", *, horizon: pd.Timedelta) -> EventOverlay:
    """Lay dated events over a score.

    Parameters
    ----------
    listed : EventsFile
    score : Series
        By the time at which it was known, rising; NaN: no score.
    horizon : Timedelta
        How far ahead counts.

    Returns
    -------
    EventOverlay
        For an empty score every event is not covered.

    Raises
    ------
    ValueError
        If times do not rise, or the horizon is not positive.

    Notes
    -----
    An event is a whole day [d, d + 1). At t it is ahead if t <= d < t + horizon; at d < t < d + 1 it is under way, and
    t counts neither way unless the next one is ahead. An event is covered if the score has a value at a time when it
    was ahead.
    """
    checked(score.index, what="a score")
    if horizon <= pd.Timedelta(0):
        raise ValueError(f"got a horizon of {horizon}; allowed is one of more than 0")
    times = pd.DatetimeIndex(score.dropna().index)
    days = pd.DatetimeIndex([event.date for event in listed.events]).as_unit("us")
    seen = times.searchsorted(days, side="right") - times.searchsorted(days - horizon, side="right")
    table = pd.DataFrame([event.model_dump() for event in listed.events]).assign(
        date=days, coverage=np.where(seen > 0, COVERED, NOT_COVERED), times=seen
    )
    place = days.searchsorted(times)
    following = pd.Series(days[np.minimum(place, len(days) - 1)], index=times)
    near = (following < times + horizon) & (place < len(days))
    return EventOverlay(listed.name, table, _ahead(listed, near, days, horizon=horizon), following.where(near))


def _ahead(
    listed: EventsFile, near: "pd.Series[bool]", days: pd.DatetimeIndex, *, horizon: pd.Timedelta
) -> "pd.Series[bool]":
    """Whether an event is ahead, <NA> where nobody can say."""
    times = pd.DatetimeIndex(near.index)
    place = days.searchsorted(times) - 1
    under_way = (place >= 0) & (times < days[np.maximum(place, 0)] + DAY)
    complete_from, complete_to = pd.Timestamp(listed.complete_from), pd.Timestamp(listed.complete_to) + DAY
    silent = (times < complete_from) | (times + horizon > complete_to)
    return near.astype("boolean").mask(~near.to_numpy() & (under_way | silent))
