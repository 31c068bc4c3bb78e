"""Position files in: formats, folders, globs, and what is not a table."""

import os
import random
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from book_support import position
from ibis.backends.duckdb import Backend

from cohortiv.engine import connect
from cohortiv.errors import DataError, UsageError
from cohortiv.positions import Positions, take_inventory
from cohortiv.sources.files import open_positions
from cohortiv.sources.footers import SYNTHETIC_KEY

HEADER = ",".join(position())
ROW = ",".join(str(value) for value in position().values())


@pytest.fixture(scope="module")
def engine() -> Backend:
    """One engine for all."""
    return connect(threads=1)


def rows_of(positions: Positions) -> int:
    """How many rows there are."""
    return sum(held.rows for held in take_inventory(positions))


@pytest.mark.parametrize("name", ["b.parquet", "b.pq", "b.csv", "b.csv.gz", "b.csv.zst", "B.CSV", "odd [1]*.parquet"])
def test_formats_are_known_by_the_file_name(engine: Backend, tmp_path: Path, name: str) -> None:
    """Parquet, CSV and packed CSV; odd names are taken literally."""
    frame, path = pd.DataFrame([position(), position(side="short")]), tmp_path / name
    if name.endswith(".zst"):
        with pa.CompressedOutputStream(str(path), "zstd") as packed:
            packed.write(frame.to_csv(index=False).encode())
    elif ".csv" in name.lower():
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path, index=False)
    opened = open_positions(str(path), connection=engine)
    assert rows_of(opened) == 2
    assert opened.paths == (path,)


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_other_separators_are_found(engine: Backend, tmp_path: Path, separator: str) -> None:
    """Spreadsheets of other countries write semicolons."""
    path = tmp_path / "b.csv"
    path.write_text(f"{HEADER}\n{ROW}\n".replace(",", separator))
    assert rows_of(open_positions(str(path), connection=engine)) == 1


def test_a_folder_is_read_with_its_folders_and_without_hidden_files(engine: Backend, tmp_path: Path) -> None:
    """Half-written and private files are no positions."""
    frame = pd.DataFrame([position()])
    for name in ("a.parquet", "2026/b.parquet", ".c.parquet", "_temporary/d.parquet"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        frame.to_parquet(tmp_path / name)
    (tmp_path / "notes.txt").write_text("x")
    opened = open_positions(str(tmp_path), connection=engine)
    assert [path.name for path in opened.paths] == ["b.parquet", "a.parquet"]
    assert rows_of(opened) == 2


def test_a_glob_unites_files_by_column_name(engine: Backend, tmp_path: Path) -> None:
    """Order and presence of optional columns may differ."""
    pd.DataFrame([position(venue="x")]).to_parquet(tmp_path / "p1.parquet")
    pd.DataFrame([position()])[::-1].iloc[:, ::-1].to_parquet(tmp_path / "p2.parquet")
    opened = open_positions(str(tmp_path / "p*.parquet"), connection=engine)
    assert sorted(held.venue for held in take_inventory(opened)) == ["unknown", "x"]


def test_a_path_with_a_colon_is_a_path(engine: Backend, tmp_path: Path) -> None:
    """Times in folder names name no source."""
    folder = tmp_path / "2026-02-18T10:00"
    folder.mkdir()
    pd.DataFrame([position()]).to_parquet(folder / "p.parquet")
    assert rows_of(open_positions(str(folder / "*.parquet"), connection=engine)) == 1


@pytest.mark.parametrize("spec", ["", "  "])
def test_an_empty_spec_is_bad_usage(engine: Backend, spec: str) -> None:
    """It is not the sample."""
    with pytest.raises(UsageError, match="--positions got an empty text"):
        open_positions(spec, connection=engine)


@pytest.mark.parametrize(
    ("spec", "told"), [("ftx:FILE", "allowed are hyperliquid"), ("hyperliquid:", "hyperliquid:FILE")]
)
def test_unknown_or_unfinished_sources_are_bad_usage(engine: Backend, spec: str, told: str) -> None:
    """What is allowed is named."""
    with pytest.raises(UsageError, match=told):
        open_positions(spec, connection=engine)


@pytest.mark.parametrize("name", ["none.parquet", "none*.csv", "hyperliquid-none"])
def test_missing_paths_are_named(engine: Backend, tmp_path: Path, name: str) -> None:
    """A path with nothing at it is bad usage; what would have been allowed is said."""
    with pytest.raises(UsageError, match=r"No position file at .*none.*Check the path"):
        open_positions(str(tmp_path / name), connection=engine)


def test_an_empty_folder_is_refused(engine: Backend, tmp_path: Path) -> None:
    """It is named as a folder."""
    with pytest.raises(DataError, match="No position file in the folder"):
        open_positions(str(tmp_path), connection=engine)


def test_mixed_formats_are_refused(engine: Backend, tmp_path: Path) -> None:
    """One table has one kind of file."""
    pd.DataFrame([position()]).to_parquet(tmp_path / "a.parquet")
    pd.DataFrame([position()]).to_csv(tmp_path / "b.csv")
    with pytest.raises(DataError, match=r"Cannot read a.parquet, b.csv as one position table"):
        open_positions(str(tmp_path), connection=engine)


def test_an_unknown_ending_is_refused(engine: Backend, tmp_path: Path) -> None:
    """Nothing is guessed from content."""
    (tmp_path / "a.xlsx").write_text("x")
    with pytest.raises(DataError, match=r"Cannot read a.xlsx.*end in"):
        open_positions(str(tmp_path / "a.xlsx"), connection=engine)


def test_a_file_without_permission_is_refused(engine: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In our words, and without advice about a download."""
    (tmp_path / "b.csv").write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(DataError, match=r"^b.csv cannot be read: this user has no permission\. Allowed are files"):
        open_positions(str(tmp_path / "b.csv"), connection=engine)


@pytest.mark.parametrize("name", ["a.parquet", "a.csv"])
def test_a_file_of_no_bytes_is_refused(engine: Backend, tmp_path: Path, name: str) -> None:
    """It is called empty."""
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(DataError, match=rf"{name} is empty \(0 bytes\)"):
        open_positions(str(tmp_path / name), connection=engine)


@pytest.mark.parametrize("name", ["a.parquet", "a.csv", "a.csv.gz"])
@pytest.mark.parametrize("seed", range(5))
def test_random_bytes_are_not_a_table(engine: Backend, tmp_path: Path, name: str, seed: int) -> None:
    """Whatever they look like, a named error comes."""
    (tmp_path / name).write_bytes(random.Random(seed).randbytes(4_000))  # noqa: S311 - no secret
    with pytest.raises(DataError):
        take_inventory(open_positions(str(tmp_path / name), connection=engine))


def test_a_truncated_parquet_file_is_refused(engine: Backend, tmp_path: Path) -> None:
    """A broken download is called one."""
    path = tmp_path / "a.parquet"
    pd.DataFrame([position()] * 100).to_parquet(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DataError, match=r"not a table that can be read.*download"):
        open_positions(str(path), connection=engine)


@pytest.mark.parametrize("late", [f"{ROW},9,9,9".encode(), ROW.replace("BTC", "B\xff").encode("latin-1")])
def test_a_csv_that_breaks_late_is_refused_without_quoting_it(engine: Backend, tmp_path: Path, late: bytes) -> None:
    """The place is named; the line, which holds an account, is not shown."""
    path = tmp_path / "a.csv"
    sound = ROW.replace("a,", "secret,", 1).encode()
    path.write_bytes(b"\n".join([HEADER.encode(), *[sound] * 40_000, late.replace(b"a,", b"secret,", 1), b""]))
    with pytest.raises(DataError, match=r"a.csv cannot be read to the end: .*Line: 40002") as caught:
        take_inventory(open_positions(str(path), connection=engine))
    assert "secret" not in str(caught.value)


def test_synthetic_files_say_so(engine: Backend, tmp_path: Path) -> None:
    """In the metadata of Parquet."""
    table = pa.Table.from_pandas(pd.DataFrame([position()]))
    pq.write_table(table, tmp_path / "real.parquet")
    pq.write_table(table.replace_schema_metadata({SYNTHETIC_KEY: b"true"}), tmp_path / "made.parquet")
    assert not open_positions(str(tmp_path / "real.parquet"), connection=engine).synthetic
    assert open_positions(str(tmp_path), connection=engine).synthetic


def test_given_names_the_contract_columns_that_were_brought(engine: Backend, tmp_path: Path) -> None:
    """Other columns don't count."""
    pd.DataFrame([position(venue="x", note="y")]).to_parquet(tmp_path / "a.parquet")
    assert open_positions(str(tmp_path / "a.parquet"), connection=engine).given == frozenset(position()) | {"venue"}


def test_rows_are_numbered_through_all_files(engine: Backend, tmp_path: Path) -> None:
    """In the order of the files' names, and with the text of what is no number."""
    for name, quantities in (("b.csv", ["3", "x"]), ("a.csv", ["1", "2"])):
        pd.DataFrame([position(quantity=text) for text in quantities]).to_csv(tmp_path / name, index=False)
    numbered = open_positions(str(tmp_path), connection=engine).numbered
    rows = numbered.order_by("row").select("row", "quantity_text", "reason").to_pyarrow().to_pylist()
    assert [tuple(row.values()) for row in rows] == [(1, "1", 0), (2, "2", 0), (3, "3", 0), (4, "x", 4)]


def test_a_home_path_is_expanded(engine: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a shell would."""
    monkeypatch.setenv("HOME", str(tmp_path))
    pd.DataFrame([position()]).to_parquet(tmp_path / "a.parquet")
    assert rows_of(open_positions(os.path.join("~", "a.parquet"), connection=engine)) == 1  # noqa: PTH118 - as typed
