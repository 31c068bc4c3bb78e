"""What footers say: which files can matter at a time, which lack a column, and where a row is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from book_support import position

from cohortiv.engine import connect
from cohortiv.errors import DataError
from cohortiv.positions import take_inventory
from cohortiv.sources.files import open_positions
from cohortiv.sources.footers import place_of, read_footers, uneven_columns, within

NOON = datetime(2026, 2, 18, 12)  # noqa: DTZ001 - house times are UTC without zone


def stored(path: Path, *times: object, **changed: object) -> Path:
    """A file with a row at each time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame([position(account_id=f"a{n}", as_of=time, **changed) for n, time in enumerate(times)])
    frame.to_parquet(path, index=False)
    return path


@pytest.fixture
def lake(tmp_path: Path) -> list[Path]:
    """Four days, one file each, the last with a time that has a zone."""
    days = [
        stored(tmp_path / f"day{n}.parquet", NOON + timedelta(days=n), NOON + timedelta(days=n, hours=1))
        for n in range(3)
    ]
    zoned = (NOON + timedelta(days=3)).replace(tzinfo=UTC)
    return [*days, stored(tmp_path / "day3.parquet", pd.Timestamp(zoned))]


@pytest.mark.parametrize(
    ("as_of", "history_days", "kept"),
    [
        (None, None, "0123"), ("2026-02-18", None, "0"), ("2026-02-20", None, "012"), ("2026-02-21", None, "0123"),
        ("2026-02-19T11:59:59Z", None, "0"), ("2026-02-19T12:00:00Z", None, "01"), ("2026-02-20", 1, "12"),
        ("2026-02-20", 0, "2"), ("2026-02-20T12:30:00Z", 1, "12"), ("2026-02-20T12:30:00Z", 0.9, "2"),
        ("2026-02-17", None, "0123"),
    ],
)  # fmt: skip
def test_only_files_that_can_matter_are_kept(
    lake: list[Path], as_of: str | None, history_days: float | None, kept: str
) -> None:
    """Nothing later, nothing too early; all where none would be left."""
    found = within(lake, as_of, time_column="as_of", history_days=history_days)
    assert [path.stem for path in found] == [f"day{n}" for n in kept]


def test_times_of_folders_leave_files_unopened(tmp_path: Path) -> None:
    """A broken file of a later day does not stop the run of an earlier one."""
    sound = stored(tmp_path / "as_of=2026-02-18" / "a.parquet", NOON)
    later = tmp_path / "as_of=2026-02-19 12%3A00%3A00" / "a.parquet"
    later.parent.mkdir()
    later.write_bytes(b"no table at all")
    assert within([sound, later], "2026-02-18", time_column="as_of") == (sound,)
    with pytest.raises(DataError, match=r"^as_of=2026-02-19 12%3A00%3A00/a\.parquet is not a table"):
        within([sound, later], "2026-02-19", time_column="as_of")


def test_files_that_do_not_tell_are_kept(tmp_path: Path) -> None:
    """CSV, times in text, and tables without the column."""
    text = stored(tmp_path / "text.parquet", "2026-02-25T12:00:00Z")
    frame = pd.DataFrame([position()])
    frame.to_parquet(plain := tmp_path / "plain.parquet", index=False)
    frame.to_csv(csv := tmp_path / "plain.csv", index=False)
    assert within([text, plain, csv], "2026-02-18", time_column="as_of") == (text, plain, csv)


def test_what_is_later_changes_nothing(tmp_path: Path) -> None:
    """Rows, files and counts of a day are the same when the folder has grown."""
    stored(tmp_path / "day0.parquet", NOON)
    engine = connect(threads=1)
    before = open_positions(str(tmp_path), connection=engine, as_of="2026-02-18")
    stored(tmp_path / "day1.parquet", NOON + timedelta(days=1), liquidation_price=1.0)
    after = open_positions(str(tmp_path), connection=engine, as_of="2026-02-18")
    assert (after.paths, take_inventory(after)) == (before.paths, take_inventory(before))
    assert after.given == before.given


def test_columns_that_some_files_lack_are_named(tmp_path: Path) -> None:
    """A key of a folder is no lacking column, and one that no file has is none either."""
    without = stored(tmp_path / "venue=okx" / "a.parquet", NOON)
    paths = [without, stored(tmp_path / "b.parquet", NOON, liquidation_price=1.0, venue="binance")]
    columns = ("venue", "liquidation_price", "haircut", "symbol")
    assert list(uneven_columns(paths, read_footers(paths), columns)) == [
        "liquidation_price is in 1 of 2 files and not in venue=okx/a.parquet, whose rows have none"
    ]


def test_a_row_of_all_files_is_found(lake: list[Path]) -> None:
    """Rows count through the files in their order; without all footers the number alone is told."""
    footers = read_footers(lake)
    told = [place_of(row, paths=lake, footers=footers) for row in (1, 2, 3, 7, 8)]
    assert told == [
        "row 1 of day0.parquet",
        "row 2 of day0.parquet",
        "row 1 of day1.parquet",
        "row 1 of day3.parquet",
        "row 8",
    ]
    assert place_of(3, paths=lake, footers=()) == "row 3"
    assert place_of(3, paths=lake[:1], footers=footers[:1]) == "row 3"
