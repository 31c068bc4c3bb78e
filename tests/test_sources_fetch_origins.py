"""Origins that kept files tell, and what is to be known of the data."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from cohortiv import __version__
from cohortiv.sources.fetch.kept import keep, origin_of
from cohortiv.sources.fetch.origins import notes_of_files, read_origin

AT = datetime(2026, 2, 18, tzinfo=UTC)


def kept(folder: Path, *notes: str, kind: str = "bars") -> Path:
    """A file with notes."""
    origin = origin_of([], venue="binance", kind=kind, name="BTCUSDT", notes=notes)
    return keep(pd.DataFrame({"close": [1.0]}), origin, folder=folder, at=AT)


def test_notes_of_several_files_are_told_once(tmp_path: Path) -> None:
    """In their order; a file of one's own has none."""
    own = tmp_path / "own.csv"
    own.write_text("time,close\n", encoding="utf-8")
    files = (kept(tmp_path, "one", "two"), kept(tmp_path, "two", "three", kind="interest"), own)
    assert notes_of_files(*files) == ("one", "two", "three")


def test_the_version_that_fetched_is_told(tmp_path: Path) -> None:
    """As a later one may read the same answers otherwise."""
    assert read_origin(kept(tmp_path))["package_version"] == __version__
