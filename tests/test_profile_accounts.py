"""The pass by account against plain pandas."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from book_support import BRACKETS, Desk, position
from test_profile_build import MARKS, random_book

from cohortiv.comovement import comovement
from cohortiv.engine import connect
from cohortiv.liquidation import LINE, MARKET, UNLEVERAGED
from cohortiv.profile import AccountFigures, account_figures, leveraged_positions

KAPPAS = {name: comovement().kappa(name) for name in MARKS}
NODE = ["kappa_symbol", "state", "bin", "second_bin"]


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> tuple[AccountFigures, pd.DataFrame]:
    """Figures of a book with isolated and cross positions, and its leveraged lines."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "fetch_arrow_table")
        desk = Desk(tmp_path_factory.mktemp("accounts"), connect(threads=2))
        lines = desk.solve(random_book(21, 4_000, cross=True), brackets=BRACKETS).profile().lines
        figures = account_figures(leveraged_positions(lines, KAPPAS), KAPPAS)
        frame: pd.DataFrame = lines.to_pyarrow().to_pandas()
    held = frame[(frame["reason"] == 0) & (frame["tier"] != UNLEVERAGED)]
    market = held["reading"] == MARKET
    return figures, held.assign(
        kappa_symbol=held["symbol"].where(~market, ""),
        bin=held["bin"].fillna(0).astype(int), second_bin=held["second_bin"].fillna(0).astype(int),
    )  # fmt: skip


def test_accounts_and_margin_units_are_counted(solved: tuple[AccountFigures, pd.DataFrame]) -> None:
    """An isolated position is a unit, and so are all cross positions of an account on a venue."""
    figures, held = solved
    cross = held[held["margin_mode"] == "cross"]
    units = (held["margin_mode"] == "isolated").sum() + len(cross[["account_id", "venue"]].drop_duplicates())
    assert (figures.accounts, figures.margin_units) == (held["account_id"].nunique(), units)


def test_groups_have_their_notional_and_accounts(solved: tuple[AccountFigures, pd.DataFrame]) -> None:
    """By symbol, side and tier."""
    figures, held = solved
    keys = ["symbol", "side", "tier"]
    by_account = held.groupby([*keys, "account_id"], as_index=False)["notional_cents"].sum()
    expected = by_account.groupby(keys, as_index=False)["notional_cents"].agg(["sum", "count"])
    expected = expected.rename(columns={"sum": "notional_cents", "count": "accounts"})
    columns = [*keys, "notional_cents", "accounts"]
    got = figures.groups[columns].reset_index(drop=True)
    pd.testing.assert_frame_equal(got, expected[columns].reset_index(drop=True), check_dtype=False, check_exact=True)


def test_sizes_hold_all_notional_by_class(solved: tuple[AccountFigures, pd.DataFrame]) -> None:
    """A class is one per cent wide."""
    figures, held = solved
    expected = held.groupby(np.floor(np.log(held["notional_cents"]) / 0.01).astype(int))["notional_cents"].sum()
    got = figures.sizes.groupby("size")["notional_cents"].sum()
    assert got.to_dict() == expected.to_dict()
    assert set(figures.sizes["node"]) == set(range(len(figures.nodes)))


def test_the_gram_matrix_meets_brute_force(solved: tuple[AccountFigures, pd.DataFrame]) -> None:
    """Sums over accounts of products of notional, each pair of nodes once, to the quantum of the fixed point."""
    figures, held = solved
    nodes = figures.nodes.assign(node=range(len(figures.nodes)))
    placed = held.merge(nodes, on=NODE)
    assert len(placed) == len(held)
    weights = placed.pivot_table(
        index="account_id", columns="node", values="notional_cents", aggfunc="sum", fill_value=0
    )
    brute = weights.to_numpy(dtype=float).T @ weights.to_numpy(dtype=float)
    got = np.zeros_like(brute)
    first, second = figures.gram["first"].astype(int), figures.gram["second"].astype(int)
    assert (first <= second).all()
    got[first, second] = figures.gram["value"]
    total = float(held["notional_cents"].sum())
    np.testing.assert_allclose(got, np.triu(brute), rtol=1e-5, atol=2e-8 * total * brute.max() ** 0.5)


def test_lines_share_a_node_by_kappa_not_by_symbol(tmp_path: Path) -> None:
    """Symbols of the same volatility are one, under the first one's name."""
    desk = Desk(tmp_path, connect(threads=1))
    rows = [position(), position(symbol="ETH", mark_price=6e4, account_id="b")]
    lines = desk.solve(rows).profile().lines
    figures = account_figures(leveraged_positions(lines, {"BTC": 1.0, "ETH": 1.0}), {"BTC": 1.0, "ETH": 1.0})
    assert set(figures.nodes["kappa_symbol"]) == {"BTC"}
    assert figures.kappa_names == {"BTC": "BTC", "ETH": "BTC"}


def test_without_leverage_there_are_no_figures(tmp_path: Path) -> None:
    """Empty frames, no error."""
    desk = Desk(tmp_path, connect(threads=1))
    lines = desk.solve([position(leverage=1.0)]).profile().lines
    figures = account_figures(leveraged_positions(lines, KAPPAS), KAPPAS)
    assert (figures.accounts, figures.margin_units) == (0, 0)
    assert figures.groups.empty
    assert figures.gram.empty


def test_one_position_an_account_needs_no_grouping(tmp_path: Path) -> None:
    """Every figure is the same, whether it is known or not that no account has two positions."""
    desk = Desk(tmp_path, connect(threads=2))
    book = random_book(22, 500)
    book = book.assign(account_id=[f"a{n}" for n in range(len(book))])
    built = desk.solve(book, brackets=BRACKETS).profile()
    held = leveraged_positions(built.lines, KAPPAS)
    grouped = account_figures(held, KAPPAS)
    plain = account_figures(held, KAPPAS, profile=built.profile, one_each=True)
    assert (plain.accounts, plain.margin_units) == (grouped.accounts, grouped.margin_units)
    for name in ("groups", "sizes", "gram", "nodes"):
        pd.testing.assert_frame_equal(getattr(plain, name), getattr(grouped, name), check_exact=True)


def test_one_position_a_symbol_and_side_is_counted_from_the_profile(tmp_path: Path) -> None:
    """Accounts of each group and all else are the same as counted in the engine."""
    desk = Desk(tmp_path, connect(threads=2))
    book = random_book(23, 500).drop_duplicates(["account_id", "symbol", "side"])
    built = desk.solve(book, brackets=BRACKETS).profile()
    held = leveraged_positions(built.lines, KAPPAS)
    counted, known = account_figures(held, KAPPAS), account_figures(held, KAPPAS, profile=built.profile)
    assert known.accounts == counted.accounts < int(built.profile.leveraged["positions"].sum())
    for name in ("groups", "gram"):
        pd.testing.assert_frame_equal(getattr(known, name), getattr(counted, name), check_exact=True)


def test_no_account_leaves_the_engine(solved: tuple[AccountFigures, pd.DataFrame]) -> None:
    """The figures are counts and sums."""
    figures, _ = solved
    for frame in (figures.groups, figures.sizes, figures.gram, figures.nodes):
        assert "account_id" not in frame.columns


def test_ladder_steps_are_counted_from_the_mark(tmp_path: Path) -> None:
    """Two per cent wide, signed."""
    desk = Desk(tmp_path, connect(threads=1))
    lines = desk.solve([position(liquidation_price=6e4 * ratio, account_id=str(ratio)) for ratio in (0.985, 0.5)])
    held = leveraged_positions(lines.profile().lines, KAPPAS).to_pyarrow().to_pylist()
    assert sorted(row["step"] for row in held) == [-25, -1]
    assert {row["state"] for row in held} == {LINE}


def market_steps(folder: Path, rows: list[dict[str, object]], betas: dict[str, float] | None) -> dict[str, int]:
    """Step by the market's move of each account."""
    desk = Desk(folder, connect(threads=1))
    kappas = {str(row.get("symbol", "BTC")): 1.0 for row in rows}
    held = leveraged_positions(desk.solve(rows).profile().lines, kappas, betas=betas)
    return {row["account_id"]: row["market_step"] for row in held.to_pyarrow().to_pylist()}


def test_market_steps_follow_the_beta(tmp_path: Path) -> None:
    """With a beta of 2, a line 9.5 % below is reached by a market 4.75 % down; with 0.5, by one 19 % down."""
    rows = [
        position(account_id=symbol, symbol=symbol, liquidation_price=0.905 * 60_000.0)
        for symbol in ("BTC", "ETH", "SOL")
    ]
    assert market_steps(tmp_path, rows, {"BTC": 1.0, "ETH": 2.0, "SOL": 0.5}) == {"BTC": -5, "ETH": -3, "SOL": -10}


def test_without_betas_the_move_is_the_symbols_own(tmp_path: Path) -> None:
    """One symbol read alone is its own market."""
    rows = [position(account_id="a", symbol="ETH", liquidation_price=0.905 * 60_000.0)]
    assert market_steps(tmp_path, rows, None) == {"a": -5}


def test_what_no_market_moves_is_beyond_the_last_step(tmp_path: Path) -> None:
    """A beta of 0, and a fall of more than 100 %, are never reached; each stays on its side of the mark."""
    rows = [
        position(account_id="still", symbol="ETH", liquidation_price=0.9 * 60_000.0),
        position(account_id="slow", symbol="SOL", liquidation_price=0.4 * 60_000.0),
        position(account_id="short", symbol="ETH", side="short", liquidation_price=1.1 * 60_000.0),
    ]
    steps = market_steps(tmp_path, rows, {"ETH": 0.0, "SOL": 0.5})
    assert steps == {"still": -50, "slow": -50, "short": 50}


def test_market_lines_have_the_step_of_the_market(tmp_path: Path) -> None:
    """A cross unit of several symbols has its line by the market's move already: no beta is applied again."""
    both = {"account_id": "a", "margin_mode": "cross", "leverage": 5.0}
    rows = [
        position(**both, margin=12_000.0),
        position(**both, symbol="ETH", quantity=10.0, mark_price=3_000.0, entry_price=3_000.0, margin=6_000.0),
    ]
    desk = Desk(tmp_path, connect(threads=1))
    lines = desk.solve(rows).profile().lines
    held = leveraged_positions(lines, KAPPAS, betas={"BTC": 1.0, "ETH": 2.0}).to_pyarrow().to_pandas()
    assert set(lines.to_pyarrow().to_pandas()["reading"]) == {MARKET}
    assert len(set(held["market_step"])) == 1
    assert (held["market_step"] == held["step"]).all()


def test_positions_without_a_line_have_no_step(tmp_path: Path) -> None:
    """They stand at 0 and are told apart by their state."""
    rows = [position(leverage=2.0, margin=70_000.0)]
    assert market_steps(tmp_path, rows, {"BTC": 1.0}) == {"a": 0}
