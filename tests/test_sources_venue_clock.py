"""Puts readings of several venues into common snapshots."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cohortiv.sources.venue_clock import TOGETHER, Taken, placed

NOON = datetime(2026, 2, 18, 12)  # noqa: DTZ001 - house times are UTC without zone


def taken(feed: int, seconds: float) -> Taken:
    """A reading of one source."""
    return Taken(feed, f"venue {feed}", NOON + timedelta(seconds=seconds))


def test_readings_within_minutes_are_one_snapshot() -> None:
    """It has the time of the last of them."""
    found = placed([taken(1, 30), taken(0, 0), taken(2, 90)])
    assert {one.as_of for one in found} == {NOON + timedelta(seconds=90)}


def test_marks_over_a_minute_old_are_stale() -> None:
    """A minute is allowed, more is not."""
    found = placed([taken(0, 0), taken(1, 30), taken(2, 90)])
    assert [one.stale for one in found] == [True, False, False]


def test_a_venue_that_was_read_long_before_is_apart() -> None:
    """After ten minutes a snapshot of its own begins."""
    found = placed([taken(0, 0), taken(1, TOGETHER.total_seconds() + 1)])
    assert [one.as_of for one in found] == [one.taken.at for one in found]


def test_a_source_that_comes_again_begins_a_snapshot() -> None:
    """Minutely snapshots of two sources pair up."""
    found = placed([taken(0, 0), taken(1, 5), taken(0, 60), taken(1, 65)])
    assert [one.as_of.second for one in found] == [5, 5, 5, 5]
    assert len({one.as_of for one in found}) == 2


def test_no_reading_is_no_snapshot() -> None:
    """Nothing comes of nothing."""
    assert placed([]) == ()


@given(st.sets(st.tuples(st.integers(0, 3), st.integers(0, 100_000)), max_size=30))
def test_each_reading_is_placed_once_and_never_back_in_time(readings: set[tuple[int, int]]) -> None:
    """A snapshot holds a source once, and lies at most ten minutes after its first reading."""
    found = placed([taken(feed, seconds) for feed, seconds in readings])
    assert len(found) == len(readings)
    assert all(timedelta(0) <= one.as_of - one.taken.at <= TOGETHER for one in found)
    assert len({(one.as_of, one.taken.feed) for one in found}) == len(found)
