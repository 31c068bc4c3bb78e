"""Dated events against alarms: hit, miss, not covered, and what chance would hit."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from signal_support import days

from cohortiv.config.validation import DatedEvent, EventsFile
from cohortiv.validation.dated_hits import DatedHits, dated_hits
from cohortiv.validation.sample import DAY


def held(places: list[int], *on: int, rows: int = 60, fewest_spans: int = 1) -> DatedHits:
    """Daily alarms on some rows against events on some days of a list that is complete."""
    first = days(1)[0].date()
    events = tuple(DatedEvent(date=first + dt.timedelta(day), name="n", description="d", source="s") for day in on)
    listed = EventsFile(name="mine", complete_from=dt.date(2022, 1, 1), complete_to=dt.date(2024, 1, 1), events=events)
    alarms = pd.Series(np.isin(np.arange(rows), places), index=days(rows))
    return dated_hits(listed, alarms, horizon=7 * DAY, fewest_spans=fewest_spans)


@pytest.mark.parametrize(("place", "status"), [(32, "miss"), (33, "miss"), (34, "hit"), (40, "hit"), (41, "miss")])
def test_an_alarm_counts_from_a_horizon_before_until_the_day_begins(place: int, status: str) -> None:
    """An event on day 40 with a horizon of seven days: alarms of days 34 to 40."""
    assert held([place], 40).events["status"].tolist() == [status]


def test_an_event_without_a_row_before_it_is_not_covered() -> None:
    """Before the series and after it: neither hit nor miss."""
    assert held([3], -5, 20, 90).events["status"].tolist() == ["not covered", "miss", "not covered"]


def test_what_chance_hits_is_counted_on_calm_times() -> None:
    """One alarm stands in seven of the spans of sixty days; those before and on the event's day are left out."""
    assert held([10], 40).by_chance == pytest.approx(7.0 / 53.0)


def test_an_alarm_that_always_stands_hits_everything() -> None:
    """And so does chance."""
    found = held(list(range(60)), 20, 40)
    assert found.events["status"].tolist() == ["hit", "hit"]
    assert found.by_chance == 1.0


@pytest.mark.parametrize(("rows", "told"), [(60, False), (80, True)])
def test_chance_is_told_of_ten_spans(rows: int, *, told: bool) -> None:
    """Sixty days hold nine weeks and a bit, eighty more than ten."""
    assert (held([10], 40, rows=rows, fewest_spans=10).by_chance == pytest.approx(7.0 / (rows - 7))) is told


def test_no_alarm_could_be_raised() -> None:
    """Without rows every event is not covered, and there is no share."""
    found = held([], 20, rows=0)
    assert found.events["status"].tolist() == ["not covered"]
    assert math.isnan(found.by_chance)
