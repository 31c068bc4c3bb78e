"""Prices that a user brings."""

from pathlib import Path

import pandas as pd
import pytest

from cohortiv.assessment.price_history import read_prices
from cohortiv.errors import DataError


@pytest.fixture
def bars(tmp_path: Path) -> str:
    """Three daily bars."""
    file = tmp_path / "bars.csv"
    file.write_text("time,close\n2026-01-01,100\n2026-01-02,110\n2026-01-03,120\n", encoding="utf-8")
    return str(file)


def test_a_close_is_known_at_the_end_of_its_bar(bars: str) -> None:
    """A day later than the file's time."""
    found = read_prices(bars)
    assert found is not None
    assert found.closes.index[0] == pd.Timestamp("2026-01-02")
    assert (found.step, found.name) == (pd.Timedelta(days=1), "bars.csv")


def test_nothing_later_than_the_snapshot_is_read(bars: str) -> None:
    """The bar under way is not known."""
    found = read_prices(bars, until=pd.Timestamp("2026-01-03 12:00"))
    assert found is not None
    assert found.closes.tolist() == [100.0, 110.0]


def test_no_file_is_no_history() -> None:
    """An empty name."""
    assert read_prices("") is None


def test_prices_after_the_snapshot_are_refused(bars: str) -> None:
    """With what to do."""
    with pytest.raises(DataError, match="0 prices known by the snapshot"):
        read_prices(bars, until=pd.Timestamp("2025-01-01"))
