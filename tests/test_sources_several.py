"""Puts positions of several venues together."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cohortiv.errors import DataError, UsageError
from cohortiv.sources.fetch.answers import VenuePosition, position_frame
from cohortiv.sources.fetch.kept import Origin, keep
from cohortiv.sources.several import SEPARATOR, absolute_cohort, cohort_files, open_cohort, parts_of

NOON = datetime(2026, 2, 18, 12)  # noqa: DTZ001 - house times are UTC without zone
HELD: dict[str, Any] = {
    "account_id": "own", "symbol": "BTC", "instrument": "BTC", "side": "long", "quantity": 1.0, "entry_price": 50_000.0,
    "leverage": 10.0, "margin_mode": "isolated",
}  # fmt: skip


def write(folder: Path, venue: str, *, seconds: float = 0, mark: float = 60_000.0, **changed: Any) -> Path:  # noqa: ANN401 - any column
    """One position of a venue, kept as a fetch would."""
    at = NOON + timedelta(seconds=seconds)
    row = VenuePosition(**{**HELD, "venue": venue, "mark_price": mark, "as_of": at, **changed})
    return keep(position_frame([row]), Origin(venue, "positions", "own", ()), folder=folder, at=at)


def rows(spec: str) -> list[dict[str, Any]]:
    """Rows of a cohort by venue."""
    found: list[dict[str, Any]] = open_cohort(spec).table.to_pyarrow().to_pylist()
    return sorted(found, key=lambda row: str(row["venue"]))


def test_one_source_is_left_as_it_is(tmp_path: Path) -> None:
    """Names, times and marks of a single file are the file's."""
    path = write(tmp_path, "okx", symbol="kPEPE", mark=0.012)
    found = open_cohort(str(path))
    assert found.coverage is None
    assert rows(str(path))[0]["symbol"] == "kPEPE"


def test_a_folder_of_fetches_is_all_its_accounts(tmp_path: Path) -> None:
    """Each venue's positions are a source, and other data beside them none."""
    write(tmp_path, "okx")
    write(tmp_path, "bybit")
    keep(pd.DataFrame({"close": [1.0]}), Origin("okx", "bars", "BTC-USDT-SWAP", ()), folder=tmp_path, at=NOON)
    assert [Path(part).parts[-3] for part in parts_of(str(tmp_path))] == ["bybit", "okx"]
    assert [row["venue"] for row in rows(str(tmp_path))] == ["bybit", "okx"]


def test_a_snapshot_has_one_time(tmp_path: Path) -> None:
    """Two venues, 40 seconds apart, are at the later time, with their own marks."""
    write(tmp_path, "okx", mark=60_000.0)
    write(tmp_path, "bybit", seconds=40, mark=60_100.0)
    found = rows(str(tmp_path))
    assert {row["as_of"] for row in found} == {NOON + timedelta(seconds=40)}
    assert [row["mark_price"] for row in found] == [60_100.0, 60_000.0]


def test_a_venue_that_is_read_again_keeps_the_others(tmp_path: Path) -> None:
    """The second snapshot has them as they were read, and its rows have numbers of their own files."""
    write(tmp_path, "okx")
    write(tmp_path, "bybit", seconds=5)
    write(tmp_path, "bybit", seconds=50)
    found = open_cohort(str(tmp_path))
    held = sorted((row["as_of"].second, row["venue"]) for row in found.table.to_pyarrow().to_pylist())
    assert held == [(5, "bybit"), (5, "okx"), (50, "bybit"), (50, "okx")]
    assert found.coverage is not None
    assert found.coverage.missing == ()


def test_an_old_mark_is_replaced(tmp_path: Path) -> None:
    """Three minutes before the others, a venue carries their mark, and it is told."""
    write(tmp_path, "okx", mark=58_000.0)
    write(tmp_path, "bybit", seconds=180, mark=60_000.0)
    assert [row["mark_price"] for row in rows(str(tmp_path))] == [60_000.0, 60_000.0]
    coverage = open_cohort(str(tmp_path)).coverage
    assert coverage is not None
    assert {time.venue: time.remarked for time in coverage.times} == {"okx": True, "bybit": False}


def test_an_old_mark_without_another_stays(tmp_path: Path) -> None:
    """Where no other venue has the symbol, or the contract has a price of its own, the mark is the venue's."""
    write(tmp_path, "okx", symbol="SOL", mark=100.0)
    write(tmp_path, "kraken", product="future", mark=61_000.0)
    write(tmp_path, "bybit", seconds=180, mark=60_000.0)
    assert [row["mark_price"] for row in rows(str(tmp_path))] == [60_000.0, 61_000.0, 100.0]


def test_a_symbol_has_one_name(tmp_path: Path) -> None:
    """A thousand PEPE and PEPE are put together per coin, and the notional stays."""
    write(
        tmp_path, "hyperliquid", symbol="kPEPE", quantity=1000.0, mark=0.012, entry_price=0.01, liquidation_price=0.02
    )
    write(tmp_path, "bybit", symbol="1000PEPE", quantity=1000.0, mark=0.012, entry_price=0.01)
    found = rows(str(tmp_path))
    assert {row["symbol"] for row in found} == {"PEPE"}
    assert [row["quantity"] * row["mark_price"] for row in found] == pytest.approx([12.0, 12.0])
    assert found[1]["liquidation_price"] == pytest.approx(0.00002)
    coverage = open_cohort(str(tmp_path)).coverage
    assert coverage is not None
    assert coverage.notes == ("1000PEPE, kPEPE are read as PEPE",)


def test_a_missing_venue_is_named(tmp_path: Path) -> None:
    """The others are read, and who is not there is known."""
    path = write(tmp_path, "okx")
    found = open_cohort(f"{path}{SEPARATOR}{tmp_path / 'binance' / 'positions' / 'own'}")
    assert found.coverage is not None
    assert found.coverage.absent(NOON) == {"binance": None}


def test_a_venue_that_was_there_before_is_named_with_its_time(tmp_path: Path) -> None:
    """Two hours later it is absent from the snapshot."""
    write(tmp_path, "okx")
    write(tmp_path, "bybit", seconds=10)
    write(tmp_path, "okx", seconds=7200)
    coverage = open_cohort(str(tmp_path)).coverage
    assert coverage is not None
    assert coverage.absent(NOON + timedelta(seconds=7200)) == {"bybit": NOON + timedelta(seconds=10)}
    assert coverage.absent(NOON + timedelta(seconds=10)) == {}


def test_a_missing_account_is_named_with_its_venue(tmp_path: Path) -> None:
    """The venue is there, one of its accounts is not."""
    write(tmp_path, "okx")
    desk = VenuePosition(**{**HELD, "account_id": "desk", "venue": "okx", "mark_price": 60_000.0, "as_of": NOON})
    keep(position_frame([desk]), Origin("okx", "positions", "desk", ()), folder=tmp_path, at=NOON)
    write(tmp_path, "okx", seconds=7200)
    coverage = open_cohort(str(tmp_path)).coverage
    assert coverage is not None
    assert coverage.absent(NOON + timedelta(seconds=7200)) == {"okx (desk)": NOON}
    assert coverage.absent(NOON) == {}


def test_a_venue_without_positions_is_not_missing(tmp_path: Path) -> None:
    """It was read, and held nothing."""
    write(tmp_path, "okx")
    keep(position_frame([]), Origin("bybit", "positions", "own", ()), folder=tmp_path, at=NOON)
    coverage = open_cohort(str(tmp_path)).coverage
    assert coverage is not None
    assert (coverage.empty, coverage.absent(NOON)) == (("bybit",), {})


def test_no_source_at_all_is_an_error(tmp_path: Path) -> None:
    """Where all are missing, the first is told as if it were alone."""
    with pytest.raises(UsageError, match="No position file at"):
        open_cohort(f"{tmp_path / 'a.csv'}{SEPARATOR}{tmp_path / 'b.csv'}")


def test_a_spelling_mistake_is_no_missing_venue(tmp_path: Path) -> None:
    """A source that is not known is refused, however many others there are."""
    path = write(tmp_path, "okx")
    with pytest.raises(UsageError, match="hyperlikwid"):
        open_cohort(f"{path}{SEPARATOR}hyperlikwid:x.csv")


def test_a_broken_file_is_an_error(tmp_path: Path) -> None:
    """What is there and cannot be read does not count as missing."""
    path = write(tmp_path, "okx")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no parquet")
    with pytest.raises(DataError, match=r"broken\.parquet"):
        open_cohort(f"{path}{SEPARATOR}{tmp_path / 'broken.parquet'}")


def test_numbered_rows_are_those_of_the_cohort(tmp_path: Path) -> None:
    """Examples in messages have the names and marks that the run has."""
    write(tmp_path, "okx", symbol="kPEPE", mark=0.011)
    write(tmp_path, "bybit", seconds=180, symbol="PEPE", mark=0.000012)
    numbered = open_cohort(str(tmp_path)).numbered.to_pyarrow().to_pylist()
    assert {row["mark_price"] for row in numbered} == {0.000012}
    assert {row["row"] for row in numbered} == {1}


def test_text_and_numbers_go_together(tmp_path: Path) -> None:
    """A CSV beside a Parquet file: each is read in its own way."""
    path = write(tmp_path, "okx")
    own = tmp_path / "own.csv"
    own.write_text(
        "account_id,symbol,side,quantity,entry_price,mark_price,leverage,venue,as_of\n"
        "a,BTCUSDT,short,2,50000,60000,5,binance,2026-02-18T12:00:00Z\n"
    )
    found = rows(f"{path}{SEPARATOR}{own}")
    assert [(row["venue"], row["symbol"], row["reason"]) for row in found] == [("binance", "BTC", 0), ("okx", "BTC", 0)]


def test_files_and_absolute_paths_are_those_of_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook that runs elsewhere finds the same sources."""
    write(tmp_path, "okx")
    write(tmp_path, "bybit")
    monkeypatch.chdir(tmp_path)
    spec = f"okx/positions/own{SEPARATOR}bybit/positions/own"
    assert len(cohort_files(spec)) == 2
    assert absolute_cohort(spec) == SEPARATOR.join(str(tmp_path / one) for one in spec.split(SEPARATOR))
