"""Alarms against dated events: leads, misses, events that are not covered, false alarms, and flips."""

import math

import numpy as np
import pandas as pd
import pytest
from signal_support import days, frame_of

from cohortiv.errors import DataError
from cohortiv.validation.alarms import EventRecord, alarm_runs, changes_a_year, event_record, onsets
from cohortiv.validation.sample import read_sample


def alarms_on(places: list[int], *, rows: int = 60) -> pd.Series:
    """Daily alarms that stand on the given rows."""
    return pd.Series(np.isin(np.arange(rows), places), index=days(rows))


def record_of(places: list[int], events: list[int], *, rows: int = 60, known_until: int = 200) -> EventRecord:
    """Alarms and events by their days, horizon a week, window four."""
    moments = pd.DatetimeIndex([days(1)[0] + pd.Timedelta(days=day) for day in events])
    until = days(1)[0] + pd.Timedelta(days=known_until)
    return event_record(alarms_on(places, rows=rows), moments, known_until=until, horizon_days=7.0)


def leads_of(record: EventRecord) -> list[tuple[str, float]]:
    """Status and lead of each event; -1 for none."""
    leads = record.leads
    return list(zip(leads["status"], leads["lead_days"].fillna(-1.0), strict=True))


def test_lead_is_counted_from_when_the_alarm_rose() -> None:
    """An event on day 40, the alarm standing since day 35: a lead of five days."""
    assert leads_of(record_of([35, 36, 37, 38, 39], [40])) == [("warned", 5.0)]


def test_an_alarm_with_the_event_is_too_late() -> None:
    """An alarm that rises on the event's own row, or after it, misses it."""
    assert leads_of(record_of([40, 41, 42], [40])) == [("missed", 0.0)]


def test_an_alarm_called_off_does_not_count() -> None:
    """An alarm that stood and fell before the event is a miss."""
    assert leads_of(record_of([30, 31, 32], [40])) == [("missed", 0.0)]


def test_an_alarm_raised_again_counts_from_then() -> None:
    """Only the last run counts."""
    assert leads_of(record_of([30, 31, 38, 39], [40])) == [("warned", 2.0)]


def test_leads_end_at_the_window() -> None:
    """An alarm that always stands is one window early."""
    assert leads_of(record_of(list(range(60)), [40])) == [("warned", 28.0)]


def test_an_alarm_that_never_ends_is_not_one_alarm() -> None:
    """Of 140 days of alarm the event of day 40 excuses two stretches of four weeks; the other three are false."""
    assert record_of(list(range(140)), [40], rows=140).false_alarms == 3


def test_an_alarm_over_a_gap_is_two() -> None:
    """What stood while there were no rows is not known: the lead begins after the gap."""
    alarms = alarms_on(list(range(10, 40))).drop(days(60)[30:34])
    record = event_record(alarms, pd.DatetimeIndex([days(60)[39]]), known_until=days(90)[-1], horizon_days=7.0)
    assert leads_of(record) == [("warned", 5.0)]
    assert len(alarm_runs(alarms)) == 2


def test_a_gap_is_no_calm_time() -> None:
    """Sixty days with forty of them missing are nineteen days of series."""
    alarms = alarms_on([3]).drop(days(60)[10:50])
    record = event_record(alarms, days(0), known_until=days(200)[-1], horizon_days=7.0)
    assert record.years == pytest.approx(18.0 / 365.0)
    assert record.false_alarms_a_year == pytest.approx(365.0 / 18.0)
    assert changes_a_year(alarms) == pytest.approx(2.0 * 365.0 / 18.0)


def test_events_outside_the_series_are_not_covered() -> None:
    """Before it, after it and in its first weeks an event is neither hit nor miss."""
    record = record_of([0, 1, 2], [-5, 5, 100])
    assert leads_of(record) == [("not covered", -1.0)] * 3
    assert (record.covered, record.warned, math.isnan(record.median_lead_days)) == (0, 0, True)


def test_events_in_a_gap_are_not_covered() -> None:
    """Without a row in the week before it an event is not covered."""
    alarms = alarms_on([10]).drop(days(60)[30:45])
    event = pd.DatetimeIndex([days(60)[41]])
    record = event_record(alarms, event, known_until=days(90)[-1], horizon_days=7.0)
    assert leads_of(record) == [("not covered", -1.0)]


def test_false_alarms_are_runs() -> None:
    """A run of three days with no event in the four weeks after is one false alarm; one with an event is none."""
    record = record_of([3, 4, 5, 50, 51], [40, 55])
    assert (record.false_alarms, record.open_alarms) == (1, 0)
    assert record.false_alarms_a_year == pytest.approx(365.0 / 59.0)


def test_alarms_whose_window_runs_are_open() -> None:
    """Where the four weeks after an alarm are not over, it is neither right nor wrong."""
    record = record_of([50], [], known_until=60)
    assert (record.false_alarms, record.open_alarms) == (0, 1)


def test_later_events_are_not_known_yet() -> None:
    """An event after the end of what is known is left out."""
    assert record_of([], [40], known_until=39).leads.empty


def test_median_is_over_warned_events() -> None:
    """Leads of two and six days have the median four; the missed event counts among the covered."""
    record = record_of([33, 34, 58, 59, 60, 61, 62, 63], [35, 50, 64], rows=90)
    assert (record.covered, record.warned, record.median_lead_days) == (3, 2, 4.0)


def test_runs_by_hand() -> None:
    """Two runs, their first and last times."""
    times = days(60)
    assert alarm_runs(alarms_on([3, 4, 9])) == [(times[3], times[4]), (times[9], times[9])]


def test_onset_is_a_horizon_after_the_first_event_row() -> None:
    """A shock on day 20 makes event rows of days 13 to 19 with a horizon of seven: the onset is day 20."""
    event = [False] * 13 + [True] * 7 + [False] * 30 + [True] * 7
    found = onsets(read_sample(frame_of([0.0] * 57, event), horizon_days=7.0))
    assert found.tolist() == [days(60)[20], days(60)[57]]


@pytest.mark.parametrize("lost", [0, 10])
def test_an_event_after_rows_that_are_missing_is_dated_at_its_first_row(lost: int) -> None:
    """It may lie anywhere in that row's horizon, and no lead is to be overstated."""
    event = [True] * 7 if not lost else [False] * 20 + [True] * 7
    frame = frame_of([0.0] * len(event), event)
    if lost:
        frame = frame.drop(frame.index[10:22])
    assert onsets(read_sample(frame, horizon_days=7.0)).tolist() == [days(60)[22 if lost else 0]]


def test_no_event_has_no_onset() -> None:
    """A calm sample has none."""
    assert onsets(read_sample(frame_of([0.0] * 3, [False] * 3), horizon_days=7.0)).empty


def test_flips_by_hand() -> None:
    """Green, Yellow, Green over two days: two changes, 365 a year."""
    assert changes_a_year(pd.Series(["green", "yellow", "green"], index=days(3))) == 365.0
    assert math.isnan(changes_a_year(pd.Series([], index=days(0), dtype=str)))


def test_no_series_is_no_years() -> None:
    """Without rows there is no rate, and every event is not covered."""
    record = record_of([], [3], rows=0)
    assert (record.years, math.isnan(record.false_alarms_a_year), record.covered) == (0.0, True, 0)


def test_times_must_not_fall() -> None:
    """A series out of order is refused."""
    with pytest.raises(DataError, match="series of alarms has times that fall"):
        event_record(alarms_on([1])[::-1], days(0), known_until=days(1)[0], horizon_days=7.0)


def test_a_window_holds_a_horizon() -> None:
    """A window shorter than the horizon, or times that repeat, are refused."""
    with pytest.raises(ValueError, match="0 < horizon <= window"):
        event_record(alarms_on([1]), days(0), known_until=days(1)[0], horizon_days=7.0, window_days=3.0)
    twice = pd.concat([alarms_on([1], rows=1)] * 2)
    with pytest.raises(ValueError, match="do not repeat"):
        event_record(twice, days(0), known_until=days(1)[0], horizon_days=7.0)
