"""Lines of cross units through the engine, against a walk along the breaks of their straight pieces."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from book_support import AS_OF, BRACKETS, BTC, BTC_COIN, ETH, ETH_COIN, SOL, Desk, Row, SolvedBook, position, schedule
from reference_margin import Leg, Unit

from cohortiv.comovement import comovement
from cohortiv.engine import connect
from cohortiv.liquidation import LINE, MARKET, NO_LINE, OWN, PAST, units
from cohortiv.margin.brackets import Brackets

MARKS = {"BTC": 60_000.0, "ETH": 3_000.0, "SOL": 150.0}
#: Betas above 1, so that prices reach 0 before the market does, at different returns.
BETAS = {"BTC": 1.0, "ETH": 1.4, "SOL": 2.3}
MOVEMENT = comovement(BETAS)
SCHEDULES = {
    ("BTC", "linear"): BTC, ("ETH", "linear"): ETH, ("SOL", "linear"): SOL,
    ("BTC", "inverse"): BTC_COIN, ("ETH", "inverse"): ETH_COIN,
}  # fmt: skip
UNITS = 2_000


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An engine and a folder."""
    return Desk(tmp_path, connect(threads=2))


def cross(**changes: object) -> Row:
    """A cross position with every column that a unit may need."""
    return position(
        **{"margin_mode": "cross", "margin": None, "contract": "linear", "collateral_asset": "USDT",
           "collateral_price": 1.0, "haircut": 0.0, "venue": "v"} | changes
    )  # fmt: skip


def random_unit(rng: np.random.Generator, account: str) -> list[Row]:
    """One to five positions, hedged at times, with a wallet on one row or several."""
    rows = []
    scale = float(np.exp(rng.uniform(4, 15)))
    for symbol in rng.choice(list(MARKS), size=int(rng.integers(1, 4)), replace=False):
        for side in ("long", "short") if rng.random() < 0.3 else (str(rng.choice(["long", "short"])),):
            inverse = symbol != "SOL" and rng.random() < 0.25
            size = scale * float(np.exp(rng.normal(0, 1)))
            rows.append(
                cross(
                    account_id=account, symbol=str(symbol), side=side, contract="inverse" if inverse else "linear",
                    quantity=size if inverse else size / MARKS[symbol], mark_price=MARKS[symbol],
                    entry_price=MARKS[symbol] * float(np.exp(rng.normal(0, 0.08))),
                )
            )  # fmt: skip
    for row in rows[: int(rng.integers(1, len(rows) + 1))]:
        asset = str(rng.choice(["USDT", "USDT", "BTC", "ETH", "SOL"]))
        price = MARKS.get(asset, 1.0)
        value = scale * float(np.exp(rng.uniform(-3, 1)))
        haircut = 0.0 if asset == "USDT" else float(rng.choice([0.0, 0.05, 0.3]))
        row.update(collateral_asset=asset, collateral_price=price, haircut=haircut, margin=value / price)
    return rows


def reference(rows: Sequence[Row], betas: dict[str, float]) -> Unit:
    """The same unit for the walk."""
    legs = [
        Leg(
            1 if row["side"] == "long" else -1, row["quantity"], row["entry_price"], row["mark_price"],
            SCHEDULES[row["symbol"], row["contract"]], betas.get(row["symbol"], 0.0),
        )
        for row in rows
    ]  # fmt: skip
    collateral = [
        (row["margin"] * row["collateral_price"] * (1 - row["haircut"]), betas.get(row["collateral_asset"], 0.0))
        for row in rows
        if row["margin"] is not None
    ]
    return Unit(legs, collateral)


@pytest.fixture(scope="module")
def book() -> dict[str, list[Row]]:
    """Seeded units by account."""
    rng = np.random.default_rng(20260218)
    return {f"u{n:04d}": random_unit(rng, f"u{n:04d}") for n in range(UNITS)}


def compare(rows: Sequence[Row], found: Sequence[Row], betas: dict[str, float]) -> str:
    """Hold a unit's lines against the walk; return what kind of unit it is."""
    unit = reference(rows, betas)
    assert {row["reason"] for row in found} == {0}
    states = {row["state"] for row in found}
    if unit.excess(0.0) <= 0:
        assert states == {PAST}
        return "sunk"
    below, above = unit.line_below(), unit.line_above()
    expected = [1 + line for line in (below, above) if line is not None]
    assert states == {LINE if expected else NO_LINE}
    got = {tuple(row[name] for name in ("ratio", "second_ratio") if row[name] is not None) for row in found}
    assert len(got) == 1
    assert list(got.pop()) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    return f"{'down' if below is not None else ''}{'up' if above is not None else ''}" or "none"


def kinds_of(
    book: dict[str, list[Row]], solved: SolvedBook, betas: dict[str, float], *, symbol: str | None = None
) -> Counter[str]:
    """Compare every unit; count the kinds."""
    by_account: dict[str, list[Row]] = defaultdict(list)
    for row in solved.lines.table.to_pyarrow().to_pylist():
        if symbol in {None, row["symbol"]}:
            by_account[row["account_id"]].append(row)
    return Counter(compare(book[account], found, betas) for account, found in by_account.items())


def test_market_lines_meet_the_walk(desk: Desk, book: dict[str, list[Row]]) -> None:
    """Two thousand units of several symbols: down, up, both, none and sunk all occur."""
    several = {account: rows for account, rows in book.items() if len({row["symbol"] for row in rows}) > 1}
    solved = desk.solve([row for rows in several.values() for row in rows], movement=MOVEMENT)
    kinds = kinds_of(several, solved, BETAS)
    assert set(kinds) == {"down", "up", "downup", "none", "sunk"}
    assert min(kinds.values()) >= 5
    assert 2 <= solved.lines.steps < units.MAX_STEPS
    assert set(solved.lines.table.reading.to_pyarrow().to_pylist()) == {MARKET}


def test_units_of_one_symbol_have_their_own_line(desk: Desk, book: dict[str, list[Row]]) -> None:
    """Its symbol moves, other coins in the wallet stand."""
    single = {account: rows for account, rows in book.items() if len({row["symbol"] for row in rows}) == 1}
    solved = desk.solve([row for rows in single.values() for row in rows], movement=MOVEMENT)
    assert (solved.frame()["reading"] == OWN).all()
    for symbol in MARKS:
        assert kinds_of(single, solved, {symbol: 1.0}, symbol=symbol)["down"] > 10


@pytest.mark.parametrize("symbol", ["BTC", "ETH"])
def test_with_a_symbol_all_units_have_its_own_line(desk: Desk, book: dict[str, list[Row]], symbol: str) -> None:
    """That symbol moves, as position and as collateral; all else stands."""
    part = dict(list(book.items())[:600])
    solved = desk.solve([row for rows in part.values() for row in rows], symbol=symbol, movement=MOVEMENT)
    kinds = kinds_of(part, solved, {symbol: 1.0}, symbol=symbol)
    assert set(kinds) >= {"down", "up", "none", "sunk"}


def test_one_cross_position_ends_where_an_isolated_one_would(desk: Desk) -> None:
    """The wallet is then its margin."""
    rows = [cross(margin=6_000.0), cross(account_id="b", margin_mode="isolated", margin=6_000.0)]
    ratios = desk.solve(rows).frame()["ratio"]
    assert ratios.iloc[0] == pytest.approx(ratios.iloc[1], rel=1e-14)


def test_a_short_in_a_net_long_unit_has_its_line_below(desk: Desk) -> None:
    """The side of a position doesn't decide on which side its line is."""
    rows = [cross(margin=2e4, quantity=3.0), cross(side="short")]
    frame = desk.solve(rows).frame().set_index("side")
    assert list(frame["ratio"]) == [frame["ratio"].iloc[0]] * 2
    assert (frame["ratio"] < 1).all()


def test_collateral_is_shared_by_size(desk: Desk) -> None:
    """What stands behind the unit is counted once, after haircut."""
    rows = [
        cross(margin=1.0, collateral_asset="BTC", collateral_price=6e4, haircut=0.5),
        cross(side="short", quantity=3.0),
    ]
    frame = desk.solve(rows).frame().set_index("side")
    assert list(frame.loc[["long", "short"], "collateral_cents"]) == [750_000, 2_250_000]
    assert not frame["estimated"].any()


def test_the_step_in_which_a_unit_stays_is_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit that has not settled is rule 16, not a missing row; others are not touched."""
    rows = [cross(margin=5e5, quantity=100.0, side="short"), cross(account_id="i", margin_mode="isolated")]
    assert list(desk.solve(rows).frame()["reason"]) == [0, 0]
    monkeypatch.setattr(units, "MAX_STEPS", 0)
    assert list(desk.solve(rows).frame()["reason"]) == [16, 0]


def test_a_supplied_line_serves_where_the_unit_has_not_settled(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the own reading it wins anyway."""
    monkeypatch.setattr(units, "MAX_STEPS", 0)
    frame = desk.solve([cross(margin=5e3, liquidation_price=5e4)]).frame()
    assert (frame["reason"].iloc[0], frame["state"].iloc[0]) == (0, LINE)


UNUSABLE: dict[int, Row] = {
    2: {"symbol": None}, 3: {"side": None}, 4: {"quantity": -1.0}, 6: {"mark_price": float("nan")},
    13: {"symbol": "DOGE"},
}  # fmt: skip


def test_a_unit_with_an_unusable_row_has_no_line(desk: Desk) -> None:
    """The row has its own reason, the rest of the unit is incomplete; other accounts are not touched."""
    rows = [cross(account_id="z", margin=9e3)]
    for code, other in UNUSABLE.items():
        rows += [cross(account_id=f"u{code}", margin=9e3), cross(account_id=f"u{code}", side="short") | other]
    frame = desk.solve(rows).frame()
    found = {name: sorted(rows["reason"]) for name, rows in frame.groupby("account_id")}
    assert found == {"z": [0]} | {f"u{code}": sorted((code, 15)) for code in UNUSABLE}


@pytest.mark.parametrize("symbol", [None, "BTC"])
def test_supplied_lines_serve_units_that_cannot_be_computed(desk: Desk, symbol: str | None) -> None:
    """Unknown balance, unknown brackets, an unusable partner: the venue's own lines serve, in the own reading."""
    line = {"liquidation_price": 5e4}
    rows = [
        cross(account_id="poor", **line), cross(account_id="poor", symbol="ETH", mark_price=3e3, liquidation_price=2e3),
        cross(account_id="odd", margin=9e3, **line), cross(account_id="odd", symbol="DOGE", **line),
        cross(account_id="half", margin=9e3, **line), cross(account_id="half", side="short", quantity=-1.0),
    ]  # fmt: skip
    frame = desk.solve(rows, symbol=symbol).frame()
    bitcoin = frame[(frame["symbol"] == "BTC") & (frame["side"] == "long")]
    assert list(bitcoin["reason"]) == [0, 0, 0]
    assert list(bitcoin["reading"]) == [OWN] * 3
    assert list(bitcoin["supplied"]) == [True] * 3
    assert bitcoin["ratio"].to_numpy() == pytest.approx(5 / 6)


def test_a_cross_position_without_balance_and_line_is_excluded(desk: Desk) -> None:
    """The isolated formula is never applied to it."""
    frame = desk.solve([cross(), cross(account_id="b", margin=9e3)]).frame()
    assert list(frame["reason"]) == [14, 0]
    assert pd.isna(frame["state"].iloc[0])


def test_in_the_market_reading_supplied_lines_are_only_compared(desk: Desk) -> None:
    """The computed market line serves; the own line by formula is what the supplied one is held against."""
    eth = {"symbol": "ETH", "mark_price": 3e3, "entry_price": 3e3, "quantity": 10.0}
    rows = [cross(margin=2e4, liquidation_price=41_000.0), cross(liquidation_price=1_000.0, **eth)]
    solved = desk.solve(rows, movement=MOVEMENT)
    frame = solved.frame().set_index("symbol")
    unit = reference([rows[0], rows[1]], BETAS)
    below = unit.line_below()
    assert below is not None
    assert frame["ratio"].to_numpy() == pytest.approx(1 + below, rel=1e-9)
    assert not frame["supplied"].any()
    assert frame["compared"].all()
    assert frame["differs"].all()
    own = reference([rows[0], rows[1]], {"BTC": 1.0}).line_below()
    assert own is not None
    agreed = desk.solve([rows[0] | {"liquidation_price": 6e4 * (1 + own)}, rows[1]], movement=MOVEMENT).frame()
    assert list(agreed.set_index("symbol").loc[["BTC", "ETH"], "differs"]) == [False, True]


def test_in_the_own_reading_supplied_lines_win(desk: Desk) -> None:
    """Also where the unit could be computed."""
    rows = [cross(margin=2e4, liquidation_price=41_000.0), cross(symbol="ETH", mark_price=3e3, entry_price=3e3)]
    frame = desk.solve(rows, symbol="BTC").frame().set_index("symbol")
    assert frame.loc["BTC", "ratio"] == pytest.approx(41 / 60)
    assert frame.loc["BTC", "supplied"]


def test_of_two_lines_the_supplied_one_is_held_against_the_nearer_side(desk: Desk) -> None:
    """A hedged unit has a line on both sides; the venue shows one of them."""
    rows = [cross(margin=1e3, quantity=1.0), cross(side="short", quantity=1.0)]
    steep = Brackets((schedule("BTC", (0, 1e4), (0.004, 0.05)),))
    found = desk.solve([row | {"margin": row["margin"] and 9e3} for row in rows], brackets=steep).frame()
    above = found["second_ratio"].fillna(found["ratio"]).iloc[0]
    assert above > 1
    supplied = [row | {"margin": row["margin"] and 9e3, "liquidation_price": 6e4 * above} for row in rows]
    assert not desk.solve(supplied, brackets=steep).frame()["differs"].any()


def test_a_supplied_line_on_the_wrong_side_is_past_only_for_a_single_position(desk: Desk) -> None:
    """In a unit of several, or behind a moving coin, the side of a position doesn't decide."""
    coin = {"margin": 1.0, "collateral_asset": "BTC", "collateral_price": 6e4}
    rows = [
        cross(account_id="long", liquidation_price=7e4), cross(account_id="short", side="short", liquidation_price=5e4),
        cross(account_id="hedged", liquidation_price=7e4),
        cross(account_id="hedged", side="short", quantity=2.0, liquidation_price=5e4),
        cross(account_id="coin", side="short", liquidation_price=5e4, **coin),
    ]  # fmt: skip
    frame = desk.solve(rows).frame()
    states = {name: set(rows["state"]) for name, rows in frame.groupby("account_id")}
    assert states == {"long": {PAST}, "short": {PAST}, "hedged": {LINE}, "coin": {LINE}}
    assert (frame["past_supplied"] == (frame["state"] == PAST)).all()


def test_a_line_known_to_be_absent_is_none(desk: Desk) -> None:
    """Known with a null price, without a wallet."""
    frame = desk.solve([cross(liquidation_price=None, liquidation_price_known=True)]).frame()
    assert (frame["reason"].iloc[0], frame["state"].iloc[0]) == (0, NO_LINE)


def test_venues_and_snapshots_part_units(desk: Desk) -> None:
    """An account's wallet on one venue doesn't back its positions on another, nor yesterday's today's."""
    from datetime import timedelta

    rows = [
        cross(margin=9e3, as_of=AS_OF),
        cross(venue="w", as_of=AS_OF),
        cross(margin=5e3, as_of=AS_OF - timedelta(days=1)),
    ]
    frame = desk.solve(rows).frame().sort_values(["as_of", "venue"])
    assert list(frame["reason"]) == [0, 0, 14]
    assert frame["ratio"].iloc[0] > frame["ratio"].iloc[1]


def test_lines_do_not_depend_on_the_order_of_rows(desk: Desk, book: dict[str, list[Row]]) -> None:
    """To the last bit: sums are taken in whole numbers."""
    rows = [row for unit in list(book.values())[:150] for row in unit]
    shuffled = [rows[n] for n in np.random.default_rng(1).permutation(len(rows))]
    pd.testing.assert_frame_equal(
        desk.solve(rows, movement=MOVEMENT).frame(), desk.solve(shuffled, movement=MOVEMENT).frame(), check_exact=True
    )


def test_a_price_of_nothing_is_no_line(desk: Desk) -> None:
    """A long paid in full ends at 0, which is none."""
    frame = desk.solve([cross(margin=60_000.0)]).frame()
    assert frame["state"].iloc[0] == NO_LINE


def test_small_positions_beside_large_brackets_keep_their_digits(desk: Desk) -> None:
    """The whole numbers of a unit are scaled by its largest figure, a top bracket's amount at times."""
    huge = schedule("BTC", (0, 1e6, 1e9), (0.004, 0.01, 0.5))
    row = cross(margin=0.01, quantity=1e-6, side="short")
    unit = Unit([Leg(-1, 1e-6, 6e4, 6e4, huge, 1.0)], [(0.01, 0.0)])
    above = unit.line_above()
    assert above is not None
    assert desk.solve([row], brackets=Brackets((huge,))).frame()["ratio"].item() == pytest.approx(1 + above, rel=1e-9)


def test_schedules_beside_the_shared_ones_are_not_needed(desk: Desk) -> None:
    """A book of one symbol uses one schedule."""
    solved = desk.solve([cross(margin=9e3)], brackets=BRACKETS)
    assert len(solved.lines.book.schedules) == 1
