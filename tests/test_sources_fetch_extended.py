"""Histories that grow beyond the month that venues keep."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from cohortiv.sources.fetch.extended import Extended, extended
from cohortiv.sources.fetch.kept import Origin, keep

AT = datetime(2026, 2, 18, tzinfo=UTC)


def hours(first: str, count: int, *, value: float = 1.0) -> pd.DataFrame:
    """Open interest of some hours."""
    return pd.DataFrame(
        {"time": pd.date_range(first, periods=count, freq="h").astype("datetime64[us]"), "oi_usd": value}
    )


def origin(*notes: str) -> Origin:
    """Of open interest of BTCUSDT."""
    return Origin("binance", "interest", "BTCUSDT", (), notes)


def grown(folder: Path, frame: pd.DataFrame) -> Extended:
    """A table of 18 February, extended."""
    return extended(frame, origin("new"), kind="interest", folder=folder, before=AT)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A file of 20 hours that was kept the day before."""
    return keep(hours("2026-02-16 00:00", 20, value=7.0), origin("old"), folder=tmp_path, at=AT.replace(day=17))


def test_earlier_rows_stand_in_front(tmp_path: Path, kept: Path) -> None:
    """Where both have a row the later fetch counts; the file is named, and told by its digest."""
    found = grown(tmp_path, hours("2026-02-16 15:00", 10))
    assert found.frame["oi_usd"].tolist() == [7.0] * 15 + [1.0] * 10
    assert found.origin.notes == (
        "new", f"15 row(s) of open interest before 2026-02-16 15:00 are from {kept.name}",
    )  # fmt: skip
    assert found.origin.requests[0].sha256 == hashlib.sha256(kept.read_bytes()).hexdigest()


def test_a_hole_between_two_fetches_is_counted(tmp_path: Path, kept: Path) -> None:
    """Who comes back after more than a month misses some hours."""
    assert kept.is_file()
    notes = grown(tmp_path, hours("2026-02-16 23:00", 10)).origin.notes
    assert notes[-1] == "3 hour(s) of interest of BTCUSDT are missing between the first and the last"


def test_nothing_is_added_where_nothing_is_earlier(tmp_path: Path, kept: Path) -> None:
    """A table that begins before the file, and an instrument that was never kept."""
    longer = hours("2026-02-15 00:00", 50)
    assert grown(tmp_path, longer).frame is longer
    assert grown(tmp_path / "elsewhere", longer).frame is longer
    assert kept.is_file()


def test_a_file_of_the_same_or_a_later_time_is_not_looked_at(tmp_path: Path) -> None:
    """What became known later is in no earlier table."""
    keep(hours("2026-02-10 00:00", 20), origin(), folder=tmp_path, at=AT)
    frame = hours("2026-02-16 15:00", 10)
    assert grown(tmp_path, frame).frame is frame


def test_a_file_that_cannot_be_used_adds_nothing(tmp_path: Path, kept: Path) -> None:
    """One with other columns, and one that was cut short."""
    frame = hours("2026-02-16 15:00", 10)
    assert grown(tmp_path, frame.assign(oi_coin=1.0)).origin.notes == ("new",)
    kept.write_bytes(kept.read_bytes()[:40])
    assert grown(tmp_path, frame).origin.notes == ("new",)
