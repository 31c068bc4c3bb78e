"""Dated events over a score: which are covered, and when one is ahead."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from outcome_support import DAY, START, at, series

from cohortiv.config.validation import DatedEvent, EventsFile, load_events
from cohortiv.validation.events import EventOverlay, lay_events


def listed(*days: int, until: int = 31) -> EventsFile:
    """Events on these days of January 2026."""
    events = tuple(DatedEvent(date=dt.date(2026, 1, day), name=f"n{day}", description="d", source="s") for day in days)
    return EventsFile(
        name="mine", complete_from=dt.date(2026, 1, 1), complete_to=dt.date(2026, 1, until), events=events
    )


def laid(events: EventsFile, times: pd.DatetimeIndex, days: float = 3) -> EventOverlay:
    """Events over a score at some times."""
    return lay_events(events, pd.Series(1.0, index=times), horizon=days * DAY)


def test_an_event_is_ahead_from_a_horizon_before_until_its_day_begins() -> None:
    """Three days before it is not, a second later it is, and at its first moment still."""
    found = laid(listed(10), at("07 00:00:00", "07 00:00:01", "10 00:00:00"))
    assert found.ahead.tolist() == [False, True, True]


def test_during_an_event_nothing_counts() -> None:
    """Neither hit nor false alarm, until the day is over."""
    found = laid(listed(10), at("10 12:00", "11 00:00"))
    assert found.ahead.isna().tolist() == [True, False]


def test_during_an_event_the_next_may_be_ahead() -> None:
    """Two days later another one."""
    assert laid(listed(10, 12), at("10 12:00")).ahead.tolist() == [True]


def test_the_next_event_is_named() -> None:
    """By its day, and by none where none is near."""
    found = laid(listed(10, 12), at("01", "08", "11"))
    assert found.next_event.tolist() == [pd.NaT, pd.Timestamp("2026-01-10"), pd.Timestamp("2026-01-12")]


def test_where_the_list_is_silent_calm_is_not_known() -> None:
    """Before its first day, and where the horizon leaves it; an event ahead is known all the same."""
    times = pd.DatetimeIndex([START - DAY, *at("16", "18", "19 12:00")])
    assert laid(listed(20, until=20), times).ahead.isna().tolist() == [True, False, False, False]
    assert laid(listed(10, until=20), times).ahead.isna().tolist() == [True, False, False, True]


def test_an_event_without_a_score_before_it_is_not_covered() -> None:
    """Neither hit nor miss: it is listed, and said to be so."""
    score = series(np.ones(5), DAY, START + 10 * DAY)
    found = lay_events(listed(5, 12, 14, 25), score, horizon=3 * DAY)
    assert found.events["coverage"].tolist() == ["not covered", "covered", "covered", "not covered"]
    assert found.covered["name"].tolist() == ["n12", "n14"]
    assert found.events["times"].tolist() == [0, 2, 3, 0]


def test_a_gap_in_the_score_covers_no_event() -> None:
    """Scores that are missing before an event are none."""
    score = series(np.ones(30), DAY).where(lambda held: (held.index < "2026-01-08") | (held.index > "2026-01-11"))
    found = lay_events(listed(11, 20), score, horizon=3 * DAY)
    assert found.events["coverage"].tolist() == ["not covered", "covered"]
    assert found.ahead.index.equals(score.dropna().index)


def test_an_empty_score_covers_nothing() -> None:
    """Every event is not covered."""
    assert laid(listed(10), at()).events["coverage"].tolist() == ["not covered"]


def test_real_events_of_a_short_series() -> None:
    """Over the first half of 2026 one of the eight is covered."""
    found = lay_events(load_events(), series(np.ones(180), DAY), horizon=7 * DAY)
    assert found.covered["date"].tolist() == [pd.Timestamp("2026-02-05")]
    assert found.ahead.sum() == 7
    assert found.version == "events-1"


def test_a_horizon_has_a_length() -> None:
    """None is refused."""
    with pytest.raises(ValueError, match="allowed is one of more than 0"):
        laid(listed(10), at("01"), days=0)
