"""Kept files: dated, with their origin, under names that any system can have."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from cohortiv import __version__
from cohortiv.errors import DataError
from cohortiv.sources.fetch.client import Answer
from cohortiv.sources.fetch.kept import keep, kept_files, kept_time, origin_of, read_origin

AT = datetime(2026, 2, 18, 23, tzinfo=UTC)
ANSWER = Answer([], "ab" * 32, "https://a.venue/klines", {"symbol": "BTCUSDT"}, AT)


def kept(folder: Path, *, name: str = "BTCUSDT", at: datetime = AT, close: float = 1.0) -> Path:
    """A file of one row."""
    origin = origin_of([ANSWER], venue="binance", kind="bars", name=name, notes=["odd"])
    return keep(pd.DataFrame({"close": [close]}), origin, folder=folder, at=at)


def test_a_file_is_named_by_venue_kind_name_and_time(tmp_path: Path) -> None:
    """And nothing else is left in its folder."""
    path = kept(tmp_path)
    assert path == tmp_path / "binance" / "bars" / "BTCUSDT" / "binance-BTCUSDT-bars-2026-02-18T230000Z.parquet"
    assert list(path.parent.iterdir()) == [path]
    assert kept_time(path) == AT


def test_the_origin_is_in_the_file(tmp_path: Path) -> None:
    """So a file that is moved does not lose it."""
    assert read_origin(kept(tmp_path)) == {
        "venue": "binance", "kind": "bars", "name": "BTCUSDT", "notes": ["odd"], "package_version": __version__,
        "requests": [
            {"endpoint": "https://a.venue/klines", "parameters": {"symbol": "BTCUSDT"}, "sha256": "ab" * 32,
             "fetched_at": "2026-02-18T23:00:00+00:00"}
        ],
    }  # fmt: skip


def test_a_name_with_slashes_becomes_one_folder(tmp_path: Path) -> None:
    """No name leads out of the folder."""
    assert kept(tmp_path, name="../BTC/USDT:USDT").parent == tmp_path / "binance" / "bars" / "-BTC-USDT-USDT"


def test_files_of_a_kind_are_listed_by_time(tmp_path: Path) -> None:
    """The oldest first."""
    later, earlier = kept(tmp_path, at=AT.replace(day=19)), kept(tmp_path)
    assert kept_files(tmp_path, "binance", kind="bars", name="BTCUSDT") == (earlier, later)


def test_what_was_kept_is_never_changed(tmp_path: Path) -> None:
    """The same rows are the same file; other rows of the same time are a further edition, which counts from then on."""
    first = kept(tmp_path)
    before = first.read_bytes()
    assert kept(tmp_path) == first
    second = kept(tmp_path, close=2.0)
    assert (second.name, first.read_bytes()) == ("binance-BTCUSDT-bars-edition2-2026-02-18T230000Z.parquet", before)
    assert kept(tmp_path, close=2.0) == second
    assert kept_files(tmp_path, "binance", kind="bars", name="BTCUSDT") == (first, second)


def test_a_file_that_was_cut_short_stays_beside_a_new_one(tmp_path: Path) -> None:
    """It is not taken for the same rows."""
    path = kept(tmp_path)
    path.write_bytes(path.read_bytes()[:50])
    assert kept(tmp_path) != path


def test_a_file_without_an_origin_is_told(tmp_path: Path) -> None:
    """A table from elsewhere, and a file that is none."""
    pd.DataFrame({"close": [1.0]}).to_parquet(tmp_path / "own.parquet")
    (tmp_path / "none.parquet").write_text("none")
    for name in ("own.parquet", "none.parquet"):
        with pytest.raises(DataError, match="does not say where it comes from"):
            read_origin(tmp_path / name)


def test_a_file_that_was_renamed_is_told(tmp_path: Path) -> None:
    """Its time is its name."""
    with pytest.raises(DataError, match=r"latest\.parquet does not end in a time"):
        kept_time(tmp_path / "latest.parquet")


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of POSIX")
@pytest.mark.parametrize(("kind", "rights"), [("positions", 0o600), ("bars", 0o644)])
def test_what_tells_of_accounts_is_its_owners_alone(tmp_path: Path, kind: str, rights: int) -> None:
    """Whatever the mask lets others read."""
    before = os.umask(0o022)
    try:
        origin = origin_of([ANSWER], venue="binance", kind=kind, name="own")
        path = keep(pd.DataFrame({"a": [1]}), origin, folder=tmp_path, at=AT)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == rights
