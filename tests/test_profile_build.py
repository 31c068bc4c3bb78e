"""From positions to a profile: nothing lost, sums exact, and the index of the profile that of all positions."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from book_support import AS_OF, Desk, Row, SolvedBook, position
from scipy.optimize import brentq
from scipy.special import log_ndtr, ndtr

from cohortiv.comovement import comovement
from cohortiv.engine import connect
from cohortiv.errors import DataError
from cohortiv.liquidation import LINE, MARKET, PAST, UNLEVERAGED
from cohortiv.liquidation.lines import LINE_COLUMNS
from cohortiv.positions import ControlTotals, control_totals
from cohortiv.profile import OUT_OF_SCOPE, LiquidationProfile, Scope, reconcile, used_totals
from cohortiv.profile.cells import MEASURES
from cohortiv.volatility import critical_volatility_of, line_book

MARKS = {"BTC": 60_000.0, "ETH": 3_000.0, "SOL": 150.0}
HORIZON_DAYS = 7.0


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An engine and a folder."""
    return Desk(tmp_path, connect(threads=2))


def random_book(seed: int, count: int, *, width: float = 1.8, cross: bool = False) -> pd.DataFrame:
    """Positions of lognormal size in three symbols; with `cross`, some in units and some coin-margined."""
    rng = np.random.default_rng(seed)
    symbol = rng.choice(list(MARKS), count)
    mark = np.array([MARKS[name] for name in symbol])
    leverage = rng.choice([1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0], count)
    entry = mark * np.exp(rng.normal(0, 0.03, count) * np.minimum(1, 6 / leverage))
    size = np.exp(rng.normal(8, width, count))
    book = pd.DataFrame(
        {
            "account_id": [f"a{n}" for n in rng.integers(0, max(2, count // (6 if cross else 3)), count)],
            "symbol": symbol, "venue": rng.choice(["v", "w"], count),
            "side": rng.choice(["long", "short"], count, p=[0.6, 0.4]),
            "product": rng.choice(["perpetual", "future"], count), "quantity": size / mark, "entry_price": entry,
            "mark_price": mark, "leverage": leverage,
        }
    )  # fmt: skip
    book = book.drop_duplicates(["account_id", "venue", "symbol", "side", "product"], ignore_index=True)
    if cross:
        n = len(book)
        modes = np.where(rng.random(n) < 0.3, "cross", "isolated")
        inverse = (book["symbol"] == "BTC") & (rng.random(n) < 0.2)
        quantity = np.where(inverse, book["quantity"] * book["mark_price"], book["quantity"])
        wallet = np.where(modes == "cross", size[:n] * rng.uniform(0.02, 0.6, n), np.nan)
        book = book.assign(
            margin_mode=modes, contract=np.where(inverse, "inverse", "linear"), quantity=quantity,
            margin=np.where(inverse, wallet / book["mark_price"], wallet),
        )  # fmt: skip
    return book


def touch(distance: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Chance to touch a line: first passage of geometric Brownian motion, as the model prints it."""
    a = np.abs(distance)
    sign = np.where(distance < 0, 1.0, -1.0)
    first = ndtr((-a + sign * v * v / 2) / v)
    second = np.exp(sign * a + log_ndtr((-a - sign * v * v / 2) / v))
    return np.where(distance == 0, 1.0, np.nan_to_num(first + second))


def direct(lines: pd.DataFrame, mass: float, kappas: dict[str, float]) -> float:
    """Critical volatility from every position, by brentq."""
    held = lines[(lines["reason"] == 0) & (lines["tier"] != UNLEVERAGED)]
    weight = held["notional_cents"].to_numpy(dtype=float)
    kappa = np.where(held["reading"] == MARKET, 1.0, held["symbol"].map(kappas))
    past, lined = (held["state"] == PAST).to_numpy(), (held["state"] == LINE).to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        d = np.where(past, 0.0, np.where(lined, np.log(held["ratio"].to_numpy(dtype=float)), np.nan))
        second = np.where(lined, np.log(held["second_ratio"].to_numpy(dtype=float)), np.nan)

    def excess(v: float) -> float:
        with np.errstate(invalid="ignore"):
            chance = np.minimum(1.0, touch(d, kappa * v) + touch(second, kappa * v))
        return float(weight @ chance / weight.sum() - mass)

    root: float = brentq(excess, 1e-7, 20.0, xtol=1e-15, rtol=1e-14)
    return root / math.sqrt(HORIZON_DAYS / 365)


def from_profile(profile: LiquidationProfile, mass: float) -> float:
    """Critical volatility from the profile's nodes."""
    nodes = profile.nodes().frame
    book = line_book(
        nodes["weight"], nodes["distance"], second_distances=nodes["second_distance"], kappas=nodes["kappa"]
    )  # fmt: skip
    return float(critical_volatility_of(book, critical_mass=mass, horizon_days=HORIZON_DAYS).value)


def difference(solved: SolvedBook, mass: float) -> float:
    """Relative difference of the critical volatility from profile and positions."""
    kappas = {name: comovement().kappa(name) for name in MARKS}
    exact = direct(solved.frame(), mass, kappas)
    return abs(from_profile(solved.profile().profile, mass) / exact - 1)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_index_of_a_large_book_agrees_to_one_in_a_million(desk: Desk, seed: int) -> None:
    """Twenty thousand positions in three symbols, three critical masses."""
    solved = desk.solve(random_book(seed, 20_000))
    assert max(difference(solved, mass) for mass in (0.15, 0.25, 0.4)) < 1e-6


def test_the_index_of_a_book_with_cross_units_agrees(desk: Desk) -> None:
    """Own and market lines, units with two lines, coin-margined contracts."""
    solved = desk.solve(random_book(3, 4_000, cross=True))
    frame = solved.frame()
    assert frame["second_ratio"].notna().any()
    assert (frame["reading"] == MARKET).any()
    assert difference(solved, 0.5) < 1e-6


@pytest.mark.parametrize("count", range(1, 11))
def test_the_index_of_a_small_skewed_book_agrees_to_one_in_a_hundred_thousand(desk: Desk, count: int) -> None:
    """One to ten positions, one of them a whale's."""
    book = random_book(100 + count, count, width=4.0).assign(symbol="BTC", mark_price=6e4, side="long")
    book = book.assign(entry_price=6e4 * np.linspace(0.97, 1.01, len(book)), leverage=np.linspace(4, 20, len(book)))
    assert difference(desk.solve(book), 0.15) < 1e-5


def frames_of(desk: Desk, book: pd.DataFrame) -> pd.DataFrame:
    """Cells of a book's profile."""
    return desk.solve(book).profile().profile.cells


@pytest.mark.parametrize("cross", [False, True], ids=["isolated", "with cross"])
def test_profiles_are_the_same_to_the_last_byte(desk: Desk, tmp_path: Path, *, cross: bool) -> None:
    """Whatever the number of threads and the order of rows."""
    book = random_book(5, 1_500 if cross else 150_000, cross=cross)
    two = frames_of(desk, book)
    (tmp_path / "one").mkdir()
    one = frames_of(Desk(tmp_path / "one", connect(threads=1)), book.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(two, one, check_exact=True)


def test_sums_are_those_of_the_rows(desk: Desk) -> None:
    """Positions, notional and collateral by symbol, side, tier and venue, to the cent."""
    solved = desk.solve(random_book(6, 5_000, cross=True))
    lines, cells = solved.frame(), solved.profile().profile.cells
    keys = ["symbol", "side", "tier", "venue", "product", "state", "reading", "reason"]
    lines = lines.fillna({"state": -1})
    expected = lines.groupby(keys, as_index=False).agg(
        positions=("notional_cents", "size"), notional_cents=("notional_cents", "sum"),
        collateral_cents=("collateral_cents", "sum"), mark_low=("mark_price", "min"), mark_high=("mark_price", "max"),
    )  # fmt: skip
    how = {
        "positions": "sum",
        "notional_cents": "sum",
        "collateral_cents": "sum",
        "mark_low": "min",
        "mark_high": "max",
    }
    got = cells.groupby(keys, as_index=False).agg(how)
    pd.testing.assert_frame_equal(got, expected, check_dtype=False, check_exact=True)


@pytest.mark.parametrize(
    ("scope", "column", "allowed"),
    [
        (Scope(symbols=("BTC", "SOL")), "symbol", ("BTC", "SOL")), (Scope(venues=("w",)), "venue", ("w",)),
        (Scope(products=("future",)), "product", ("future",)),
        (Scope(accounts=("a1", "a2", "a1", "nobody")), "account_id", ("a1", "a2")),
        (Scope(accounts=()), "account_id", ()),
        (Scope(symbols=()), "symbol", ()),
    ],
    ids=["symbol", "venue", "product", "accounts", "no accounts", "no symbols"],
)  # fmt: skip
def test_rows_outside_the_scope_are_counted_apart(
    desk: Desk, scope: Scope, column: str, allowed: Sequence[str]
) -> None:
    """They are neither in use nor excluded, and all rows still reconcile."""
    book = random_book(7, 300)
    solved = desk.solve(book)
    built = solved.profile(scope=scope)
    outside = built.profile.cells.query(f"reason == {OUT_OF_SCOPE}")
    assert outside["positions"].sum() == (~book[column].isin(allowed)).sum()
    assert built.profile.used["positions"].sum() == book[column].isin(allowed).sum()
    assert built.profile.excluded.empty
    assert used_totals(built.lines) == control_totals(solved.positions.table)


def test_totals_reconcile_with_broken_rows_and_cross_units(desk: Desk) -> None:
    """Rows without account, with nonsense, repeated, in units and outside the scope."""
    cross: Row = {"margin_mode": "cross", "margin": 1e4}
    rows = [
        position(**cross), position(account_id=None, **cross), position(account_id="", symbol=None, **cross),
        position(quantity=float("nan")), position(mark_price=-1.0, account_id="b"), position(), position(),
        position(symbol="DOGE", account_id="c"), position(leverage=None, account_id="d"), position(side="x", **cross),
    ]  # fmt: skip
    solved = desk.solve(rows)
    built = solved.profile(scope=Scope(symbols=("BTC",)))
    read = control_totals(solved.positions.table)
    assert read == used_totals(built.lines)
    cells = built.profile.cells
    assert (cells["positions"].sum(), cells["notional_cents"].sum()) == (read.rows, read.notional_cents)
    assert cells["unsized"].sum() == 2


@pytest.mark.parametrize("change", ["dropped", "doubled"])
def test_a_lost_or_doubled_row_stops_the_run(desk: Desk, change: str) -> None:
    """The first total that differs is named, with both figures."""
    solved = desk.solve(random_book(8, 300))
    lines = solved.profile().lines
    broken = lines.limit(lines.count().to_pyarrow().as_py() - 1) if change == "dropped" else lines.union(lines)
    with pytest.raises(DataError, match=r"rows do not reconcile: \d+ were read, \d+ came out of the lines"):
        reconcile(control_totals(solved.positions.table), used_totals(broken), where="the lines")


@pytest.mark.parametrize("name", ["accounts", "notional_cents"])
def test_other_totals_are_held_against_each_other_too(name: str) -> None:
    """Equal counts don't hide a difference of money or accounts."""
    read = {"rows": 3, "accounts": 2, "notional_cents": 100}
    with pytest.raises(DataError, match=rf"{name} do not reconcile.*difference -1"):
        reconcile(ControlTotals(**read), ControlTotals(**read | {name: read[name] - 1}), where="x")


def test_several_snapshots_are_kept_apart(desk: Desk) -> None:
    """Each has its own cells, at the microsecond of its time."""
    times = [AS_OF.replace(microsecond=123456), AS_OF.replace(hour=13)]
    profile = desk.solve([position(as_of=time, quantity=n + 1.0) for n, time in enumerate(times)]).profile().profile
    assert profile.snapshots == tuple(times)
    assert [profile.at(time).leveraged_notional_usd for time in times] == [60_000.0, 120_000.0]


def test_an_empty_slice_has_no_nodes(desk: Desk) -> None:
    """A cohort without leverage is no error here."""
    profile = desk.solve([position(leverage=1.0)]).profile().profile
    assert profile.leveraged_notional_usd == 0
    assert profile.nodes().frame.empty
    assert set(MEASURES) <= set(profile.cells.columns)


@pytest.mark.parametrize("kind", ["isolated", "cross", "one contract"])
def test_lines_kept_in_the_engine_are_the_same(desk: Desk, kind: str) -> None:
    """Columns with one value are put back, and the profile doesn't differ."""
    alike = [position(account_id=f"a{n}", quantity=0.1 + n) for n in range(20)]
    solved = desk.solve(alike if kind == "one contract" else random_book(31, 300, cross=kind == "cross"))
    plain, kept = solved.profile(), solved.profile(keep=True)
    pd.testing.assert_frame_equal(plain.profile.cells, kept.profile.cells, check_exact=True)
    columns = [*LINE_COLUMNS, "bin", "part", "second_bin", "other_part"]
    order = ["account_id", "venue", "symbol", "side", "product", "margin_mode"]
    tables = [made.lines.select(columns).to_pyarrow().to_pandas() for made in (plain, kept)]
    rows = [table.sort_values(order, ignore_index=True) for table in tables]
    pd.testing.assert_frame_equal(rows[0], rows[1], check_exact=True)
