"""Small tables: files read as they are, columns typed, bad values counted and shown."""

import gzip
from pathlib import Path

import pandas as pd
import pytest

from cohortiv.errors import DataError, UsageError
from cohortiv.sources.small_table import Field, read_small_table, typed_table

FIELDS = (
    Field("time", "time", "a timestamp"),
    Field("price", "number", "a finite number > 0"),
    Field("side", "text", "long or short", words=("long", "short")),
    Field("note", "text", "a name", required=False),
    Field("width", "number", "a finite number >= 0, or none", required=False, open=False),
)
TEXT = "time,price,side,width\n2026-02-18T23:00:00Z,1.5,long,\n2026-02-19 01:00:00+02:00, 2 ,short,0\n"


def table(**changes: list[str]) -> pd.DataFrame:
    """A good table of two rows, some columns changed."""
    good = {"time": ["2026-02-18", "2026-02-19"], "price": ["1", "2"], "side": ["long", "short"]}
    return pd.DataFrame(good | changes)


@pytest.mark.parametrize("name", ["table.csv", "TABLE.CSV", "table.csv.gz", "table.parquet"])
def test_files_of_every_kind_hold_the_same(tmp_path: Path, name: str) -> None:
    """CSV, compressed or not, and Parquet give the same typed table; times become UTC without zone."""
    path = tmp_path / name
    if name.endswith(".parquet"):
        frame = pd.DataFrame({"time": pd.to_datetime(["2026-02-18T23:00", "2026-02-18T23:00"], utc=True),
                              "price": [1.5, 2.0], "side": ["long", "short"], "width": [None, 0.0]})  # fmt: skip
        frame.to_parquet(path)
    else:
        path.write_bytes(gzip.compress(TEXT.encode()) if name.endswith(".gz") else TEXT.encode())
    read = typed_table(read_small_table(path, option="--table"), FIELDS, where=name)
    assert read["time"].tolist() == [pd.Timestamp("2026-02-18T23:00")] * 2
    assert read["price"].tolist() == [1.5, 2.0]
    assert read["width"].isna().tolist() == [True, False]


def test_a_missing_file_is_bad_usage(tmp_path: Path) -> None:
    """The option is named."""
    with pytest.raises(UsageError, match=r"--table got .*none\.csv"):
        read_small_table(tmp_path / "none.csv", option="--table")


def test_another_ending_is_bad_usage(tmp_path: Path) -> None:
    """Those allowed are named."""
    (tmp_path / "table.xlsx").write_bytes(b"x")
    with pytest.raises(UsageError, match=r"allowed are files that end in \.csv, \.csv\.gz, \.parquet, \.pq"):
        read_small_table(tmp_path / "table.xlsx", option="--table")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", b"", "can be read"),
        ("t.csv", b"a,b\n", "No rows"),
        ("t.parquet", b"PAR1", "can be read"),
        ("t.csv.gz", b"no gzip", "can be read"),
        ("t.csv", b"a\n\xff\xfe\n", "can be read"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    """What is no table, and a table without rows, is bad data."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=said):
        read_small_table(tmp_path / name, option="--table")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"price": ["0", "1"]}, r"1 of 2 value\(s\) of price cannot be used \(row 1: '0'\); allowed is a finite"),
        ({"price": ["1", "inf"]}, r"row 2: 'inf'"),
        ({"price": ["1", ""]}, r"row 2: ''"),
        ({"price": ["x", "y"]}, r"2 of 2 value\(s\) of price"),
        ({"side": ["Long", "short"]}, r"row 1: 'Long'\); allowed is long or short"),
        ({"time": ["2026-02-18", "today"]}, r"row 2: 'today'"),
        ({"width": ["-1", ""]}, r"1 of 2 value\(s\) of width"),
    ],
)
def test_a_value_that_is_not_allowed_is_shown(changes: dict[str, list[str]], said: str) -> None:
    """The values are counted, the rows named, and what is allowed is said."""
    with pytest.raises(DataError, match=said):
        typed_table(table(**changes), FIELDS, where="t.csv")


def test_a_missing_column_is_named() -> None:
    """With those that are there, and all that are needed."""
    with pytest.raises(DataError, match=r"t\.csv lacks price; it has time, side\. Needed are time, price, side"):
        typed_table(table().drop(columns="price"), FIELDS, where="t.csv")


def test_another_name_serves_where_the_house_name_is_absent() -> None:
    """And does not where both are there."""
    renamed = table().rename(columns={"time": "timestamp"})
    assert "time" in typed_table(renamed, FIELDS, where="t.csv", aliases={"timestamp": "time"})
    both = table(timestamp=["x", "y"])
    assert typed_table(both, FIELDS, where="t.csv", aliases={"timestamp": "time"})["time"].notna().all()


def test_columns_of_no_field_are_dropped() -> None:
    """A table may have more than is asked for."""
    assert list(typed_table(table(more=["1", "2"]), FIELDS, where="t.csv")) == ["time", "price", "side"]


def test_a_file_that_may_not_be_read_is_told_without_a_number_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the system's words alone."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "t.csv")

    monkeypatch.setattr(pd, "read_csv", refuse)
    (tmp_path / "t.csv").write_text(TEXT, encoding="utf-8")
    with pytest.raises(DataError, match=r"^t.csv is not a table that can be read: Permission denied\. Allowed"):
        read_small_table(tmp_path / "t.csv", option="--market")
