"""Lines of isolated positions through the engine, against the closed form, the reference and printed values."""

import math
from collections.abc import Sequence
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest
from book_support import BRACKETS, BTC, BTC_COIN, ETH, Desk, Row, position, schedule
from reference_isolated import isolated_inverse_line, isolated_linear_line
from reference_margin import Leg, Unit

from cohortiv.engine import connect
from cohortiv.liquidation import LINE, NO_LINE, OWN, PAST, UNLEVERAGED
from cohortiv.margin.brackets import Brackets, BracketSchedule
from cohortiv.schema import NO_BRACKETS

#: The brackets of the model's printed checks.
PRINTED = schedule("BTC", (0, 50_000, 250_000, 3_000_000), (0.004, 0.005, 0.01, 0.025))
#: Closed form and engine differ by no more than rounding.
CLOSE = 1e-12


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An engine and a folder."""
    return Desk(tmp_path, connect(threads=2))


def line_of(desk: Desk, row: Row, brackets: Brackets = BRACKETS) -> "pd.Series[float]":
    """The one line of a book of one row."""
    return desk.solve([row], brackets=brackets).frame().iloc[0]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, 54_221.1055),
        ({"side": "short"}, 65_721.3930),
        ({"quantity": 10.0, "leverage": 20.0}, 57_444.4444),
        (
            {
                "quantity": 200.0, "entry_price": 37_643.10000021, "mark_price": 37_643.1, "contract": "inverse",
                "margin": 0.00268058,
            },
            25_119.9744576,
        ),
    ],
)  # fmt: skip
def test_the_checks_printed_in_the_model(desk: Desk, changes: Row, line: float) -> None:
    """To the digits given."""
    one_rate = schedule("BTC", (0.0,), (0.004,), contract="inverse")
    solved = line_of(desk, position(**changes), Brackets((PRINTED, one_rate)))
    assert solved["ratio"] * solved["mark_price"] == pytest.approx(line, abs=6e-5 if line > 3e4 else 6e-8)
    assert solved["state"] == LINE


def books(seed: int, count: int) -> pd.DataFrame:
    """Isolated linear positions of all sizes, entries around the mark, some with a margin of their own."""
    rng = np.random.default_rng(seed)
    mark = 60_000.0
    return pd.DataFrame(
        {
            "account_id": [f"{n:05d}" for n in range(count)],
            "symbol": "BTC",
            "side": rng.choice(["long", "short"], count),
            "quantity": np.exp(rng.uniform(math.log(1e-4), math.log(500), count)),
            "entry_price": mark * np.exp(rng.normal(0, 0.1, count)),
            "mark_price": mark,
            "leverage": rng.choice([1.0, 2.0, 3.5, 10.0, 50.0, 125.0], count),
            "margin": np.where(rng.random(count) < 0.5, np.nan, np.exp(rng.uniform(0, 16, count))),
            "haircut": rng.choice([0.0, 0.05, 0.3], count),
        }
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_linear_lines_meet_the_closed_form(desk: Desk, seed: int) -> None:
    """Across all brackets, both sides, default and given margin, with haircut."""
    book = books(seed, 3_000)
    solved = desk.solve(book).frame().sort_values("account_id")
    margin = book["margin"].fillna(book["quantity"] * book["entry_price"] / book["leverage"]) * (1 - book["haircut"])
    sign = np.where(book["side"] == "long", 1, -1)
    lines = isolated_linear_line(
        sign, book["quantity"], book["entry_price"], margin=margin, rates=BTC.rates, amounts=BTC.amounts
    )  # fmt: skip
    past = np.where(sign > 0, lines >= 60_000, lines <= 60_000)
    expected = np.where(past, PAST, np.where(np.isnan(lines), NO_LINE, LINE))
    assert (solved["state"].to_numpy() == expected).all()
    assert set(expected) == {LINE, PAST, NO_LINE}
    lined = expected == LINE
    np.testing.assert_allclose(solved["ratio"].to_numpy()[lined], lines[lined] / 60_000, rtol=CLOSE)
    brackets = np.searchsorted(BTC.floors, lines[lined] * book["quantity"][lined], side="right")
    assert set(brackets) == {1, 2, 3, 4}


def check_against_walk(
    desk: Desk, rows: Sequence[Row], brackets: BracketSchedule, collateral: Sequence[tuple[float, float]]
) -> set[tuple[bool, bool]]:
    """Compare each row with the reference's walk; return which lines occurred."""
    solved = desk.solve(rows, brackets=Brackets((brackets,))).frame().set_index("account_id")
    seen = set()
    for row, backing in zip(rows, collateral, strict=True):
        sign = 1 if row["side"] == "long" else -1
        leg = Leg(sign, row["quantity"], row["entry_price"], row["mark_price"], brackets, 1.0)
        unit, found = Unit([leg], [backing]), solved.loc[row["account_id"]]
        if unit.excess(0.0) <= 0:
            assert found["state"] == PAST
            continue
        below, above = unit.line_below(), unit.line_above()
        below = None if below is None or below <= -1 + 1e-12 else below
        expected = [1 + line for line in (below, above) if line is not None]
        got = [ratio for ratio in (found["ratio"], found["second_ratio"]) if not pd.isna(ratio)]
        assert found["state"] == (LINE if expected else NO_LINE)
        assert got == pytest.approx(expected, rel=1e-9)
        seen.add((below is not None, above is not None))
    return seen


def random_rows(seed: int, count: int, **changes: object) -> list[Row]:
    """Positions at random sizes and entries."""
    rng = np.random.default_rng(seed)
    return [
        position(
            account_id=f"{n:04d}", side=("long", "short")[int(rng.integers(2))],
            quantity=float(np.exp(rng.uniform(-6, 5))), entry_price=60_000 * float(np.exp(rng.normal(0, 0.1))),
            **changes,
        )
        for n in range(count)
    ]  # fmt: skip


def test_inverse_lines_meet_the_walk_and_the_closed_form(desk: Desk) -> None:
    """Coins behind a coin-margined contract: long below, short above or nowhere."""
    rng = np.random.default_rng(3)
    rows = random_rows(3, 400, contract="inverse")
    for row in rows:
        row["quantity"] *= 20_000
        row["margin"] = row["quantity"] / row["entry_price"] * float(np.exp(rng.uniform(-4, 1)))
    collateral = [(row["margin"] * 60_000, 1.0) for row in rows]
    seen = check_against_walk(desk, rows, BTC_COIN, collateral)
    assert seen >= {(True, False), (False, True), (False, False)}
    solved = desk.solve(rows).frame().set_index("account_id")
    for row in rows:
        sign = 1 if row["side"] == "long" else -1
        line = isolated_inverse_line(
            sign, row["quantity"], row["entry_price"],
            margin_coin=row["margin"], rates=BTC_COIN.rates, amounts=BTC_COIN.amounts,
        ).item()  # fmt: skip
        found = solved.loc[row["account_id"]]
        if found["state"] == LINE:
            assert found["ratio"] * 60_000 == pytest.approx(line, rel=1e-9)


def test_own_coin_behind_a_linear_contract(desk: Desk) -> None:
    """Coins make a long steeper and a short flatter; maintenance can catch both ends."""
    rng = np.random.default_rng(4)
    rows = random_rows(4, 400, collateral_asset="BTC", haircut=0.1)
    for row in rows:
        row["margin"] = row["quantity"] * float(np.exp(rng.uniform(-4, 2)))
    collateral = [(0.9 * row["margin"] * 60_000, 1.0) for row in rows]
    assert check_against_walk(desk, rows, BTC, collateral) >= {(True, False), (False, True), (False, False)}


def test_cash_behind_an_inverse_contract(desk: Desk) -> None:
    """Tether behind a coin-margined contract stands still."""
    rows = random_rows(5, 200, contract="inverse", collateral_asset="USDT")
    for row in rows:
        row["quantity"] *= 20_000
        row["margin"] = row["quantity"] * 0.2
    check_against_walk(desk, rows, BTC_COIN, [(row["margin"], 0.0) for row in rows])


def test_an_inverse_short_behind_cash_can_have_two_lines(desk: Desk) -> None:
    """Where the notional in coin grows towards 0, the top bracket's rate eats the short's profit from below."""
    steep = schedule("BTC", (0, 1), (0.004, 1.3), contract="inverse")
    row = position(
        side="short", contract="inverse", quantity=60_000.0, collateral_asset="USDT", margin=12_000.0, leverage=5.0
    )  # fmt: skip
    unit = Unit([Leg(-1, 60_000.0, 60_000.0, 60_000.0, steep, 1.0)], [(12_000.0, 0.0)])
    below, above = unit.line_below(), unit.line_above()
    assert below is not None
    assert above is not None
    solved = line_of(desk, row, Brackets((steep,)))
    assert [solved["ratio"], solved["second_ratio"]] == pytest.approx([1 + below, 1 + above], rel=1e-12)


def test_the_bracket_at_the_line_counts_not_the_one_at_the_mark(desk: Desk) -> None:
    """A short in the first bracket today is in the second at its line, which is therefore nearer."""
    row = position(side="short", quantity=0.8, leverage=3.0)
    solved = line_of(desk, row)
    at_mark = isolated_linear_line(-1, 0.8, 6e4, margin=16_000.0, rates=BTC.rates[:1], amounts=BTC.amounts[:1]).item()
    at_line = isolated_linear_line(-1, 0.8, 6e4, margin=16_000.0, rates=BTC.rates, amounts=BTC.amounts).item()
    assert at_line < at_mark - 10
    assert solved["ratio"] * 6e4 == pytest.approx(at_line, rel=CLOSE)


@pytest.mark.parametrize(
    ("changes", "state", "ratio", "flagged"),
    [
        ({"liquidation_price": 48_000.0}, LINE, 0.8, False),
        ({"liquidation_price": 61_000.0}, PAST, 61 / 60, True),
        ({"liquidation_price": 60_000.0}, PAST, 1.0, True),
        ({"liquidation_price": 48_000.0, "side": "short"}, PAST, 0.8, True),
        ({"liquidation_price": 0.0}, NO_LINE, 0.0, False),
        ({"liquidation_price": -5.0}, NO_LINE, -5 / 6e4, False),
        ({"liquidation_price": None, "liquidation_price_known": True}, NO_LINE, None, False),
        ({"liquidation_price": None, "liquidation_price_known": False}, LINE, 54_221.1055 / 6e4, False),
    ],
)
def test_supplied_lines_win(desk: Desk, changes: Row, state: int, ratio: float | None, *, flagged: bool) -> None:
    """On the wrong side they are past; known and empty means none; unknown means computed."""
    rows = [position(**changes), position(account_id="b", liquidation_price=1.0)]
    solved = desk.solve(rows, brackets=Brackets((PRINTED,))).frame().iloc[0]
    assert solved["state"] == state
    assert pd.isna(solved["ratio"]) if ratio is None else solved["ratio"] == pytest.approx(ratio, rel=1e-9)
    assert solved["past_supplied"] == flagged
    assert solved["supplied"] == (changes.get("liquidation_price_known") is not False)


@pytest.mark.parametrize(("line", "differs"), [(54_221.0, False), (54_500.0, False), (54_530.0, True), (None, True)])
def test_supplied_lines_are_compared_with_computed_ones(desk: Desk, line: float | None, *, differs: bool) -> None:
    """More than half a per cent of the mark apart counts; a known absence differs from a line."""
    row = position(liquidation_price=line, liquidation_price_known=True)
    solved = desk.solve([row, position(account_id="b", liquidation_price=1.0, liquidation_price_known=True)]).frame()
    assert solved["compared"].all()
    assert solved["differs"].iloc[0] == differs


def test_a_supplied_line_serves_where_there_are_no_brackets(desk: Desk) -> None:
    """It is not compared with anything."""
    rows = [position(symbol="DOGE", liquidation_price=50_000.0), position(symbol="DOGE", account_id="b")]
    solved = desk.solve([*rows, position(account_id="c")]).frame().set_index("account_id")
    assert list(solved["reason"]) == [0, 13, 0]
    assert solved.loc["a", "ratio"] == pytest.approx(5 / 6)
    assert not solved["compared"].any()


#: Positions whose line moves with more than the price: an inverse contract, and collateral in the coin.
MOVING = ({"contract": "inverse", "quantity": 60_000.0}, {"collateral_asset": "BTC", "margin": 0.1})


@pytest.mark.parametrize("kind", MOVING)
@pytest.mark.parametrize(("side", "line"), [("long", 54_000.0), ("short", 66_000.0)])
def test_supplied_lines_serve_a_table_without_any_brackets(desk: Desk, kind: Row, side: str, line: float) -> None:
    """Of no row need a bracket table be known."""
    solved = line_of(desk, position(side=side, liquidation_price=line, **kind), Brackets(()))
    assert (solved["reason"], solved["state"], solved["compared"]) == (0, LINE, False)
    assert solved["ratio"] == pytest.approx(line / 60_000)


@pytest.mark.parametrize("kind", MOVING)
def test_a_table_without_any_brackets_or_lines_is_excluded(desk: Desk, kind: Row) -> None:
    """By the rule that says so."""
    assert line_of(desk, position(**kind), Brackets(()))["reason"] == NO_BRACKETS


@pytest.mark.parametrize(
    ("leverage", "tier"), [(1.0, UNLEVERAGED), (1.5, 1), (2.0, 2), (9.99, 8), (10.0, 10), (124.9, 100), (500.0, 125)]
)
def test_a_position_belongs_to_the_largest_tier_edge_up_to_its_leverage(desk: Desk, leverage: float, tier: int) -> None:
    """A declared leverage of 1 is no leverage."""
    assert line_of(desk, position(leverage=leverage))["tier"] == tier


def test_money_is_in_whole_cents(desk: Desk) -> None:
    """Notional at the mark, collateral after haircut."""
    solved = line_of(desk, position(quantity=0.1234567, margin=100.126, haircut=0.5))
    assert (solved["notional_cents"], solved["collateral_cents"], solved["reading"]) == (740_740, 5_006, OWN)


def test_brackets_follow_the_snapshot_also_when_they_come_back(desk: Desk) -> None:
    """Rules that return after a change don't swallow the days between."""
    from datetime import date, datetime

    days = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    rates = [0.01, 0.05, 0.01]
    tables = [schedule("BTC", (0.0,), (rate,), effective_from=day) for rate, day in zip(rates, days, strict=True)]
    rows = [
        position(account_id=str(n), as_of=datetime(day.year, day.month, 15))  # noqa: DTZ001 - house times
        for n, day in enumerate(days)
    ]
    solved = desk.solve([*rows, position(symbol="ETH", as_of=rows[0]["as_of"])], brackets=Brackets((*tables, ETH)))
    ratios = solved.frame().query("symbol == 'BTC'").sort_values("account_id")["ratio"]
    assert list(ratios) == pytest.approx([0.9 / (1 - rate) for rate in rates])
    assert not solved.lines.book.early


def test_brackets_younger_than_the_snapshot_serve_and_are_told(desk: Desk) -> None:
    """The earliest on record stands in."""
    from datetime import date

    solved = desk.solve(
        [position()], brackets=Brackets((schedule("BTC", (0.0,), (0.01,), effective_from=date(2027, 1, 1)),))
    )
    assert [held.symbol for held in solved.lines.book.early] == ["BTC"]
    assert solved.frame()["state"].iloc[0] == LINE


@pytest.mark.parametrize(("contract", "stored"), [("linear", False), ("inverse", True)])
def test_lines_that_move_with_their_coin_are_stored(desk: Desk, contract: str, *, stored: bool) -> None:
    """What stands on them is then planned at once; the plain ones stay an expression, in one pass with the rest."""
    table = desk.solve([position(contract=contract, quantity=100.0)]).lines.table
    assert ("cohortiv_step" in str(ibis.to_sql(table))) is stored
