"""Tables with columns and words of their own, by a source file."""

from pathlib import Path
from textwrap import dedent

import pandas as pd
import pytest
from book_support import position
from cohort_support import book
from ibis.backends.duckdb import Backend

from cohortiv.assessment import Settings, assess, read_cohort
from cohortiv.engine import connect
from cohortiv.errors import DataError, UsageError
from cohortiv.sources.files import find_positions, open_positions

THEIRS = {
    "account_id": "uid", "symbol": "inst", "quantity": "qty", "entry_price": "avg_px", "mark_price": "mk",
    "leverage": "lev", "margin_mode": "mm", "as_of": "ts",
}  # fmt: skip
SOURCE = """\
    positions: lake/
    columns: {account_id: uid, symbol: inst, quantity: qty, entry_price: avg_px, mark_price: mk, leverage: lev,
              margin_mode: mm, as_of: ts}
    values:
      symbol: {BTC-PERP: BTC, ETH-PERP: ETH}
      margin_mode: {ISO: isolated}
    constants: {venue: binance}
    signed_quantity: true
"""


@pytest.fixture(scope="module")
def engine() -> Backend:
    """One engine for all."""
    return connect(threads=1)


def written(folder: Path, text: str, name: str = "lake.yaml") -> str:
    """A source file; the text is what --positions takes."""
    path = folder / name
    path.write_text(dedent(text), encoding="utf-8")
    return str(path)


def lake_of(folder: Path, frame: pd.DataFrame) -> None:
    """The same positions in the words of a lake, a file a day."""
    signed = frame["quantity"].where(frame["side"] == "long", -frame["quantity"])
    theirs = frame.assign(quantity=signed, symbol=frame["symbol"] + "-PERP", margin_mode="ISO", noise=1)
    theirs = theirs.drop(columns=["side", "venue"], errors="ignore").rename(columns=THEIRS)
    for day, rows in theirs.groupby(pd.to_datetime(theirs["ts"]).dt.date):
        place = folder / "lake" / f"day={day}"
        place.mkdir(parents=True)
        rows.to_parquet(place / "data.parquet", index=False)


def test_the_example_of_the_readme_is_one(engine: Backend, tmp_path: Path, repository: Path) -> None:
    """Its lake, row by row, in house words."""
    readme = (repository / "README.md").read_text(encoding="utf-8")
    text = next(part.partition("```")[0] for part in readme.split("```yaml\n") if part.startswith("# lake.yaml"))
    row = {"uid": "a", "instrument": "ETH-PERP", "qty": -2.5, "avg_px": 3000.0, "mark": 2990.0, "lev": 5}
    rows = [{**row, "ts": pd.Timestamp("2026-09-30T12:00:00Z"), "margin_mode": "C"}]
    (tmp_path / "lake").mkdir()
    pd.DataFrame(rows).to_parquet(tmp_path / "lake" / "a.parquet", index=False)
    (found,) = open_positions(written(tmp_path, text), connection=engine).table.to_pyarrow().to_pylist()
    assert {name: found[name] for name in ("account_id", "symbol", "side", "quantity", "venue", "margin_mode")} == {
        "account_id": "a",
        "symbol": "ETH",
        "side": "short",
        "quantity": 2.5,
        "venue": "binance",
        "margin_mode": "cross",
    }
    assert found["reason"] == 0


def index_of(spec: str, as_of: str) -> tuple[float, int]:
    """Index and rows in use."""
    settings = Settings(positions=spec, as_of=as_of)
    result = assess(settings, read_cohort(settings, for_report=False, say=lambda _: None))
    return result.iv_index, result.reading.totals.rows


def test_a_lake_in_its_own_words_gives_the_same_index(tmp_path: Path) -> None:
    """To the last bit, and later days are no input."""
    frame = book(200, times=("2026-02-18T12:00:00", "2026-02-19T12:00:00"))
    frame = frame.assign(venue="binance", as_of=pd.to_datetime(frame["as_of"]))
    lake_of(tmp_path, frame)
    frame.to_parquet(tmp_path / "house.parquet", index=False)
    spec = written(tmp_path, SOURCE)
    assert index_of(spec, "2026-02-18") == index_of(str(tmp_path / "house.parquet"), "2026-02-18")
    found = find_positions(spec).within("2026-02-18", None).all_paths
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "lake.yaml",
        "lake/day=2026-02-18/data.parquet",
    ]


def test_what_is_not_named_stays(engine: Backend, tmp_path: Path) -> None:
    """House names need no line; words without one break their rule, which counts them."""
    pd.DataFrame([position(side="B"), position(side="S"), position(side="?")]).to_csv(tmp_path / "a.csv", index=False)
    opened = open_positions(
        written(tmp_path, "positions: a.csv\nvalues: {side: {B: long, S: short}}"), connection=engine
    )
    rows = opened.table.select("side", "reason").to_pyarrow().to_pylist()
    assert [(row["side"], row["reason"]) for row in rows] == [("long", 0), ("short", 0), ("?", 3)]


@pytest.mark.parametrize("quantity", [[2.0, -3.0], ["2", " -3 "]])
def test_the_sign_is_the_side(engine: Backend, tmp_path: Path, quantity: list[object]) -> None:
    """As numbers and as text; a size that is no number is still counted."""
    rows = [{**position(), "quantity": one} for one in [*quantity, None]]
    pd.DataFrame(rows).drop(columns="side").to_parquet(tmp_path / "a.parquet", index=False)
    opened = open_positions(written(tmp_path, "positions: a.parquet\nsigned_quantity: true"), connection=engine)
    found = opened.table.select("side", "quantity", "reason").to_pyarrow().to_pylist()
    assert [(row["side"], row["quantity"]) for row in found[:2]] == [("long", 2.0), ("short", 3.0)]
    assert found[2]["reason"] != 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("columns: {quantity: qty}", "positions: missing"),
        ("positions: a.csv\ncolums: {}", "did you mean columns"),
        ("positions: a.csv\ncolumns: {quantty: qty}", "'quantty' is no column .* did you mean quantity"),
        ("positions: a.csv\nconstants: {venue: okx}\ncolumns: {venue: v}", "venue has a constant and a column"),
        ("positions: a.csv\nsigned_quantity: true\nvalues: {side: {B: long}}", "side is given beside signed_quantity"),
        ("positions: none/", "No position file at .*none"),
    ],
)
def test_a_wrong_source_file_is_bad_usage(engine: Backend, tmp_path: Path, text: str, told: str) -> None:
    """What was got, what is allowed."""
    pd.DataFrame([position()]).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(UsageError, match=told):
        open_positions(written(tmp_path, text), connection=engine)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("columns: {quantity: qty}", "lack qty, which the source file names under columns; they have account_id"),
        ("values: {product: {swap: perpetual}}", "lack product, of which the source file has words"),
    ],
)
def test_columns_that_are_not_there_are_named(engine: Backend, tmp_path: Path, text: str, told: str) -> None:
    """With those that are."""
    pd.DataFrame([position()]).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(DataError, match=told):
        open_positions(written(tmp_path, f"positions: a.csv\n{text}"), connection=engine)


def test_a_source_file_stands_alone(tmp_path: Path) -> None:
    """Columns of a known source need none."""
    with pytest.raises(UsageError, match="after hyperliquid:"):
        find_positions(f"hyperliquid:{written(tmp_path, 'positions: a.csv')}")
