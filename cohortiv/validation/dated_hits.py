"""Dated events against alarms: before which an alarm stood, before which none, and how often one stands anyway."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.config.validation import EventsFile
from cohortiv.validation.events import NOT_COVERED, lay_events
from cohortiv.validation.sample import FEWEST_EVENTS

HIT: Final = "hit"
MISS: Final = "miss"


@dataclass(frozen=True, eq=False)
class DatedHits:
    """What alarms did before dated events.

    Attributes
    ----------
    events : DataFrame
        One row an event: date, status ("hit", "miss" or "not covered").
    by_chance : float
        Share of the times without a dated event ahead up to which an alarm stood within the horizon [1]: what an alarm
        that knows nothing of the dates would hit. NaN on fewer such horizons than asked for.
    """

    events: pd.DataFrame
    by_chance: float


def dated_hits(
    listed: EventsFile, alarms: pd.Series, *, horizon: pd.Timedelta, fewest_spans: int = FEWEST_EVENTS
) -> DatedHits:
    """Hold alarms against a list of dated events.

    Parameters
    ----------
    listed : EventsFile
    alarms : Series of bool
        Whether there was an alarm, by rising times (UTC without zone), at those times alone at which one could be
        raised.
    horizon : Timedelta
        How long before a day an alarm counts.
    fewest_spans : int
        With fewer horizons without a dated event, laid end to end, `by_chance` is not given.

    Returns
    -------
    DatedHits

    Raises
    ------
    ValueError
        If times do not rise, or the horizon is not positive.

    Notes
    -----
    An event on day d is a hit if an alarm stood at a time in (d - horizon, d], a miss if none did, and not covered if
    there is no such time. Alarms that stand on a tenth of calm days stand within a week before far more than a tenth of
    them, so hits are read beside `by_chance`.
    """
    overlay = lay_events(listed, alarms.astype("float64"), horizon=horizon)
    times = pd.DatetimeIndex(alarms.index)
    status = [
        _status(alarms[(times > day - horizon) & (times <= day)].to_numpy(dtype=np.bool_))
        for day in overlay.events["date"]
    ]
    stood = alarms.astype("float64").rolling(horizon).max() if len(alarms) else alarms.astype("float64")
    calm = ~overlay.ahead.fillna(value=True).to_numpy(dtype=np.bool_)
    return DatedHits(
        events=pd.DataFrame({"date": overlay.events["date"], "status": status}),
        by_chance=float(stood[calm].mean()) if _spans(times[calm], horizon) >= fewest_spans else float("nan"),
    )


def _spans(times: pd.DatetimeIndex, horizon: pd.Timedelta) -> int:
    """Horizons, laid end to end from the first time, that hold a time."""
    return len(((times - times[0]) // horizon).unique()) if len(times) else 0


def _status(before: np.ndarray) -> str:
    if not before.size:
        return NOT_COVERED
    return HIT if before.any() else MISS
