"""A folder of partitions as a whole: what is broken in it is named, what grows in it changes nothing that was."""

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from cohort_support import ENGINE_WARNINGS, book, write
from command_support import Shell

from cohortiv.assessment import Assessment, Settings, assess, read_cohort
from cohortiv.errors import DataError, RunError
from cohortiv.summary import data_quality

pytestmark = ENGINE_WARNINGS

DAYS = ("2026-02-16", "2026-02-17", "2026-02-18")


def partition(lake: Path, day: str, frame: pd.DataFrame) -> Path:
    """The file of a day."""
    path = lake / f"day={day}" / "data.parquet"
    path.parent.mkdir(parents=True)
    frame.assign(as_of=pd.to_datetime(frame["as_of"])).to_parquet(path, index=False)
    return path


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Three days of one book."""
    for day in DAYS:
        partition(tmp_path / "lake", day, book(60, times=(f"{day}T12:00:00",)))
    return tmp_path / "lake"


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A shell beside the lake."""
    return Shell(capsys, monkeypatch, tmp_path)


def result_of(positions: Path | str, as_of: str = DAYS[-1], **changes: object) -> Assessment:
    """Result of a lake, for those who hold it."""
    settings = Settings(positions=str(positions), as_of=as_of, **changes)  # type: ignore[arg-type]
    return assess(settings, read_cohort(settings, for_report=False, say=lambda _: None))


def past_of(positions: Path, **changes: object) -> tuple[str, ...]:
    """Days that the index over time of a report has."""
    settings = Settings(positions=str(positions), as_of=DAYS[-1], **changes)  # type: ignore[arg-type]
    found = read_cohort(settings, say=lambda _: None).past.snapshots
    return tuple(f"{moment:%Y-%m-%d}" for moment in found)


def test_files_are_named_by_their_partition(lake: Path) -> None:
    """Where all have one name."""
    assert data_quality(result_of(lake)).sources == tuple(f"day={day}/data.parquet" for day in DAYS)


@pytest.mark.parametrize(("days", "kept"), [(None, DAYS), (0.5, DAYS[2:]), (1, DAYS[1:]), (30, DAYS)])
def test_the_past_is_as_long_as_asked(lake: Path, days: float | None, kept: tuple[str, ...]) -> None:
    """In days before the snapshot."""
    assert past_of(lake, history_days=days) == kept


def test_a_damaged_page_is_bad_data(lake: Path) -> None:
    """Its footer is sound; the file is named when it is read."""
    path = lake / f"day={DAYS[-1]}" / "data.parquet"
    found, raw = pq.read_metadata(path).row_group(0), bytearray(path.read_bytes())
    for number in range(found.num_columns):
        column = found.column(number)
        start, size = column.dictionary_page_offset or column.data_page_offset, column.total_compressed_size
        for place in range(start + size // 3, start + size):
            raw[place] ^= 0xA5
    path.write_bytes(bytes(raw))
    with pytest.raises(DataError, match=rf"cannot be read to the end: .*day={DAYS[-1]}/data\.parquet"):
        result_of(lake)


def test_too_little_memory_is_told_as_such(lake: Path) -> None:
    """It is not the files that are broken."""
    with pytest.raises(RunError, match=r"may keep too little memory for day=.*Raise --memory-limit"):
        result_of(lake, memory_limit="1MB")


def test_a_column_that_one_partition_lacks_is_a_warning(lake: Path) -> None:
    """It changes what is computed there, so it stands first on the page."""
    for day in DAYS[:2]:
        path = lake / f"day={day}" / "data.parquet"
        frame = pd.read_parquet(path)
        frame.assign(liquidation_price=frame["mark_price"] * 0.9).to_parquet(path, index=False)
    found = data_quality(result_of(lake)).warnings
    assert found[0] == (
        f"liquidation_price is in 2 of 3 files and not in day={DAYS[-1]}/data.parquet, whose rows have none"
    )


def test_broken_rows_are_named_with_their_file(lake: Path) -> None:
    """And their number in it."""
    path = lake / f"day={DAYS[-1]}" / "data.parquet"
    frame = pd.read_parquet(path)
    frame.loc[frame.index[4:], "quantity"] = -1.0
    frame.to_parquet(path, index=False)
    with pytest.raises(DataError, match=rf"row 5 of day={DAYS[-1]}/data\.parquet: "):
        result_of(lake)


def test_two_names_of_a_symbol_are_one(tmp_path: Path) -> None:
    """The index is that of one name, whichever is asked; what was mapped is told."""
    frame = book(80, symbols=("BTC",))
    plain = result_of(write(tmp_path, frame, "plain.parquet"), "2026-02-18", symbol="BTC")
    mixed = frame.assign(symbol=frame["symbol"].where(frame.index % 2 == 0, "BTCUSDT"))
    found = result_of(write(tmp_path, mixed, "mixed.parquet"), "2026-02-18", symbol="BTC")
    assert found.iv_index == plain.iv_index
    assert "BTCUSDT is read as BTC" in data_quality(found).notices
    assert data_quality(plain).notices == ()


def test_a_multiple_of_a_coin_is_counted_in_coins(tmp_path: Path) -> None:
    """1000PEPE beside PEPE."""
    frame = book(80, symbols=("BTC",)).assign(symbol="PEPE")
    frame["liquidation_price"] = frame["mark_price"] * 0.9
    frame["liquidation_price"] = frame["liquidation_price"].where(frame["side"] == "long", frame["mark_price"] * 1.1)
    plain = result_of(write(tmp_path, frame, "plain.parquet"), "2026-02-18")
    thousand = frame.index % 2 == 1
    mixed = frame.assign(symbol=frame["symbol"].where(~thousand, "1000PEPE"))
    mixed["quantity"] = mixed["quantity"].where(~thousand, mixed["quantity"] / 1000)
    for name in ("entry_price", "mark_price", "liquidation_price"):
        mixed[name] = mixed[name].where(~thousand, mixed[name] * 1000)
    found = result_of(write(tmp_path, mixed, "mixed.parquet"), "2026-02-18")
    assert found.iv_index == pytest.approx(plain.iv_index, rel=1e-9)
    assert found.reading.symbols == ("PEPE",)


def test_a_day_key_that_is_no_time_is_told(lake: Path) -> None:
    """Three days without as_of are one snapshot; how to say which column it is."""
    for path in lake.rglob("*.parquet"):
        frame = pd.read_parquet(path).drop(columns="as_of")
        frame.assign(account_id=frame["account_id"] + path.parent.name).to_parquet(path, index=False)
    lines: list[str] = []
    settings = Settings(positions=str(lake), as_of=DAYS[-1])
    read_cohort(settings, for_report=False, say=lines.append)
    assert "the column 'day' is not read. Call it as_of, or give a source file with columns: {as_of: day}" in "\n".join(
        lines
    )


def test_a_report_stays_when_the_lake_grows(lake: Path, shell: Shell) -> None:
    """Tomorrow's partition is no input of yesterday's report; a broken one of yesterday is named, exit 3."""
    asked = ("report", "--positions", str(lake), "--as-of", DAYS[-1], "--symbol", "BTC")
    assert shell.run(*asked).code == 0
    partition(lake, "2026-02-19", book(60, times=("2026-02-19T12:00:00",)))
    again = shell.run(*asked)
    assert (again.code, "Unchanged" in again.err) == (0, True)
    broken = lake / f"day={DAYS[0]}" / "data.parquet"
    broken.write_bytes(broken.read_bytes()[:-100])
    failed = shell.run(*asked)
    assert failed.code == 3
    assert f"day={DAYS[0]}/data.parquet is not a table that can be read" in failed.err
