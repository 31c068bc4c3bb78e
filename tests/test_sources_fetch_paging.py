"""Windows of a history, and rows that pages share."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from cohortiv.sources.fetch.paging import collect, windows

START = datetime(2026, 2, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_windows_cover_the_period_without_gap_or_overlap() -> None:
    """Each begins a millisecond after the one before it ends; the last ends before the end."""
    found = windows(START, START + 25 * HOUR, step=HOUR, limit=10)
    hours = [(window.last_ms - window.first_ms + 1) // 3_600_000 for window in found]
    assert sum(hours) == 25
    assert max(hours) == 10
    assert {later.first_ms - earlier.last_ms for earlier, later in pairwise(found)} == {1}
    assert found[0].first_ms == START.timestamp() * 1000


def test_a_fetch_an_hour_later_asks_for_the_same_pages() -> None:
    """But for the first and the last, so that what was kept of one that broke off serves it."""
    now, later = (windows(START + n * HOUR, START + (n + 95) * HOUR, step=HOUR, limit=10) for n in (0, 1))
    assert len(set(now) & set(later)) >= 8


def test_no_time_has_no_window() -> None:
    """A period that ends where it begins is asked for nothing."""
    assert windows(START, START, step=HOUR, limit=10) == ()


def test_rows_that_two_pages_share_count_once() -> None:
    """Nothing is lost, nothing counted twice, and the note tells how many."""
    found = collect([["a1", "b2"], ["b2", "c3"], ["b2"]], key=lambda row: row[0])
    assert (found.rows, found.repeated, found.contradicted) == (("a1", "b2", "c3"), 2, 0)
    assert found.notes("bars") == ("2 row(s) of bars came twice and count once",)


def test_of_two_contents_the_last_counts() -> None:
    """A row that changed between two pages is counted as such."""
    found = collect([["a1"], ["a2"]], key=lambda row: row[0])
    assert (found.rows, found.repeated, found.contradicted) == (("a2",), 0, 1)
    assert found.notes("bars") == ("1 row(s) of bars came twice with different content; the last counts",)


def test_no_pages_have_no_rows() -> None:
    """And nothing to tell."""
    assert collect([], key=str).notes("bars") == ()
