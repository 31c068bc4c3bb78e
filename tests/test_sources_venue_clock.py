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


def test_one_venue_that_is_read_again_does_not_take_the_others_out() -> None:
    """They stand with their last reading until that is ten minutes old."""
    found = placed([taken(0, 0), taken(1, 5), taken(2, 10), taken(0, 60)])
    again = NOON + timedelta(seconds=60)
    assert [(one.taken.feed, one.taken.at.second) for one in found if one.as_of == again] == [(1, 5), (2, 10), (0, 0)]
    late = placed([taken(0, 0), taken(1, 5), taken(0, TOGETHER.total_seconds() + 6)])
    assert [one.taken.feed for one in late if one.as_of > NOON + TOGETHER] == [0]


@given(st.sets(st.tuples(st.integers(0, 3), st.integers(0, 100_000)), max_size=30))
def test_a_snapshot_holds_every_source_that_was_read_shortly_before(readings: set[tuple[int, int]]) -> None:
    """Each once, with its last reading; every reading is in a snapshot, and none lies after its snapshot."""
    every = [taken(feed, seconds) for feed, seconds in readings]
    found = placed(every)
    assert {one.taken for one in found} == set(every)
    assert all(timedelta(0) <= one.as_of - one.taken.at <= TOGETHER for one in found)
    held = {(one.as_of, one.taken.feed): one.taken.at for one in found}
    assert len(held) == len(found)
    for moment in {one.as_of for one in found}:
        for feed in range(4):
            last = max((one.at for one in every if one.feed == feed and one.at <= moment), default=None)
            is_near = last is not None and moment - last <= TOGETHER
            assert held.get((moment, feed)) == (last if is_near else None)
