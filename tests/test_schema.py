"""The position contract: every rule with a row that breaks it, defaults, types and what is refused."""

import math
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from book_support import BRACKETS, BTC, Desk, Row, SolvedBook, position

from cohortiv.engine import connect
from cohortiv.errors import DataError
from cohortiv.liquidation import units
from cohortiv.margin.brackets import Brackets
from cohortiv.positions import describe_exclusion, example_rows
from cohortiv.schema import POSITION_COLUMNS, REQUIRED, RULE_BY_CODE, RULES, missing_columns

CROSS: Row = {"margin_mode": "cross", "margin": 9_000.0}
SOUND = [position(account_id=f"sound-{n}", quantity=0.5 + n) for n in range(3)]
BAD_NUMBERS = {"nan": math.nan, "inf": math.inf, "minus-inf": -math.inf, "zero": 0.0, "negative": -1.0, "huge": 1e15}

#: A book for each rule in which one row breaks it, beside the sound ones.
BROKEN: dict[int, list[Row]] = {
    1: [position(account_id=None)],
    2: [position(symbol="")],
    3: [position(side="Long")],
    4: [position(quantity=-1.0)],
    5: [position(entry_price=None)],
    6: [position(mark_price=math.nan)],
    7: [position(leverage=0.5)],
    8: [position(product="swap")],
    9: [position(margin=-1.0)],
    10: [position(collateral_asset="GOLD")],
    11: [position(liquidation_price=math.inf)],
    12: [position(account_id="twice"), position(account_id="twice", quantity=0.25)],
    13: [position(symbol="DOGE")],
    14: [position(account_id="poor", margin_mode="cross", margin=None)],
    15: [
        position(account_id="half", side="buy", **CROSS),
        position(account_id="half", symbol="ETH", entry_price=3e3, mark_price=3e3, **CROSS),
    ],
    16: [position(account_id="stuck", **CROSS)],
}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An engine and a folder."""
    return Desk(tmp_path, connect(threads=2))


def reasons(desk: Desk, rows: Sequence[Row] | pd.DataFrame, brackets: Brackets = BRACKETS) -> dict[int, int]:
    """Rows by the code of the rule that they break."""
    return dict(Counter(desk.solve(rows, brackets=brackets).frame()["reason"].tolist()))


def row_reason(desk: Desk, **changes: object) -> int:
    """Code that one row gets by itself."""
    table = desk.open([position(**changes)]).table
    return int(table.reason.to_pyarrow().to_pylist()[0])


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> SolvedBook:
    """Sound rows, then seven of each row that breaks a rule by itself, and one book for each other rule."""
    alone = [row for code in range(1, 12) for row in BROKEN[code] * 7]
    rows = [*SOUND, *alone, *(row for code in range(12, 16) for row in BROKEN[code])]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "fetch_arrow_table")
        return Desk(tmp_path_factory.mktemp("broken"), connect(threads=2)).solve(rows)


def test_every_rule_has_a_failing_row_here() -> None:
    """The table of broken rows covers all rules."""
    assert set(BROKEN) == {rule.code for rule in RULES}


def test_each_broken_row_is_counted_once_under_its_rule(broken: SolvedBook) -> None:
    """Sound rows stay in use, the partner in the incomplete unit has a reason of its own, and nothing is lost."""
    expected = {0: len(SOUND) + 1} | dict.fromkeys(range(1, 12), 7) | dict.fromkeys(range(12, 16), 1)
    expected[3] += 1
    assert broken.frame()["reason"].value_counts().to_dict() == expected


@pytest.mark.parametrize("code", range(1, 12))
def test_the_message_counts_shows_and_advises(broken: SolvedBook, code: int) -> None:
    """An exclusion is told with its count, the first five rows by place, what is allowed and what to do."""
    told = describe_exclusion(code, 7, example_rows(broken.positions.numbered, code))
    rule, first = RULE_BY_CODE[code], len(SOUND) + 7 * (code - 1) + 1
    assert f"{rule.name}: 7 row(s); allowed: {rule.allowed}; what to do: {rule.remedy}" in told
    assert [line.split(":")[0].strip() for line in told.splitlines()[1:]] == [f"row {first + n}" for n in range(5)]
    assert "sound-" not in told


def test_a_unit_that_does_not_settle_is_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule 16, and sound rows stay."""
    monkeypatch.setattr(units, "MAX_STEPS", 0)
    assert reasons(desk, [*SOUND, *BROKEN[16]]) == {0: len(SOUND), 16: 1}


@pytest.mark.parametrize(
    ("column", "code"), [("quantity", 4), ("entry_price", 5), ("mark_price", 6), ("leverage", 7), ("margin", 9)]
)
def test_numbers_out_of_range_break_the_rule_of_their_column(desk: Desk, column: str, code: int) -> None:
    """NaN, infinities, negative and huge numbers never pass, also beside sound ones; a margin of zero does."""
    table = desk.open([position(), *(position(**{column: bad}) for bad in BAD_NUMBERS.values())]).table
    expected = [0 if (column, bad) == ("margin", "zero") else code for bad in BAD_NUMBERS]
    assert table.reason.to_pyarrow().to_pylist() == [0, *expected]


@pytest.mark.parametrize("column", ["quantity", "entry_price", "mark_price", "leverage"])
def test_a_missing_number_breaks_the_rule_of_its_column(desk: Desk, column: str) -> None:
    """Null is not taken for a default where the contract requires a number."""
    frame = pd.DataFrame([position(), position()]).astype({column: "Float64"})
    frame.loc[1, column] = pd.NA
    reason = desk.open(frame).table.reason.to_pyarrow().to_pylist()
    assert [code > 0 for code in reason] == [False, True]


@pytest.mark.parametrize("haircut", [-0.1, 1.0, math.nan, math.inf])
def test_haircuts_outside_zero_to_one_are_refused(desk: Desk, haircut: float) -> None:
    """A haircut is a fraction below 1."""
    assert row_reason(desk, haircut=haircut) == 10


@pytest.mark.parametrize("line", [math.nan, math.inf, -math.inf, 1e16])
def test_supplied_lines_must_be_finite(desk: Desk, line: float) -> None:
    """A supplied line is a number or none; zero and below mean that there is no line."""
    assert row_reason(desk, liquidation_price=line) == 11


def test_a_notional_that_would_overflow_the_sums_is_a_broken_row(desk: Desk) -> None:
    """One absurd row is counted; it doesn't stop the engine."""
    solved = desk.solve([*SOUND, position(quantity=1e9), position(account_id="b", quantity=1e3, entry_price=1e12)])
    assert list(solved.frame()["reason"].sort_values()) == [0, 0, 0, 4, 4]
    assert len(solved.profile().profile.cells) > 0


def test_a_collateral_that_would_overflow_the_sums_is_a_broken_row(desk: Desk) -> None:
    """Margin times price is bounded, too."""
    assert row_reason(desk, margin=1e12, collateral_price=1e4) == 9


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("quantity", "abc", 4), ("entry_price", "1,000", 5), ("mark_price", "", 6), ("leverage", "10x", 7),
        ("margin", "none", 9), ("haircut", "5 %", 10), ("collateral_price", "x", 10), ("liquidation_price", "n/a", 11),
        ("liquidation_price_known", "perhaps", 11),
    ],
)  # fmt: skip
def test_text_in_a_number_column_breaks_its_rule(desk: Desk, column: str, text: str, code: int) -> None:
    """In a CSV, text that is no number is a broken row; it never becomes a default."""
    rows = [position(), position(account_id="b", **{column: text})]
    reason = desk.open(rows, "book.csv").table.reason.to_pyarrow().to_pylist()
    assert reason == [0, code]


@pytest.mark.parametrize("column", ["margin", "haircut", "liquidation_price", "liquidation_price_known", "venue"])
def test_empty_cells_of_optional_columns_take_the_default(desk: Desk, column: str) -> None:
    """An empty cell of a CSV is none, not a broken row."""
    rows = [position(**{column: None}), position(account_id="b", **{column: "0" if column != "venue" else "x"})]
    assert desk.open(rows, "book.csv").table.reason.to_pyarrow().to_pylist() == [0, 0]


def test_defaults_are_those_of_the_contract(desk: Desk) -> None:
    """A table of the required columns only is a set of isolated linear perpetuals behind tether."""
    row = desk.open([position()]).table.to_pyarrow().to_pylist()[0]
    assert set(row) == {column.name for column in POSITION_COLUMNS} | {"reason"}
    names = ("venue", "product", "contract", "margin_mode", "collateral_asset", "collateral_price", "haircut")
    assert [row[name] for name in names] == ["unknown", "perpetual", "linear", "isolated", "USDT", 1.0, 0.0]
    assert row["liquidation_price_known"] is False
    assert row["margin"] is None


def test_inverse_collateral_is_the_symbol_at_the_mark(desk: Desk) -> None:
    """Coin-margined contracts are backed by their own coin."""
    row = desk.open([position(contract="inverse")]).table.to_pyarrow().to_pylist()[0]
    assert (row["collateral_asset"], row["collateral_price"]) == ("BTC", 60_000.0)


def test_a_supplied_price_counts_as_known(desk: Desk) -> None:
    """Known follows the price where the flag is absent."""
    rows = [position(liquidation_price=50_000.0), position(liquidation_price=None)]
    assert desk.open(rows).table.liquidation_price_known.to_pyarrow().to_pylist() == [True, False]


def test_a_mark_of_almost_nothing_is_a_broken_row(desk: Desk) -> None:
    """A ratio to it would be infinite."""
    assert row_reason(desk, mark_price=1e-300, liquidation_price=1e14) == 6


@pytest.mark.parametrize("column", ["quantity", "as_of", "liquidation_price_known"])
def test_a_column_that_cannot_be_cast_is_named(desk: Desk, column: str) -> None:
    """A list is neither number, time nor flag."""
    with pytest.raises(DataError, match=rf"column {column} holds array.*allowed is"):
        desk.open([position(**{column: [1.0]})])


def test_numbers_as_snapshot_time_are_refused(desk: Desk) -> None:
    """Seconds or milliseconds is a guess that the tool doesn't make."""
    with pytest.raises(DataError, match="column as_of holds int64"):
        desk.open([position(as_of=1_771_416_000)])


def test_missing_columns_are_named_in_order() -> None:
    """All of them, at once."""
    assert missing_columns(["symbol", "leverage", "x"]) == tuple(
        name for name in REQUIRED if name not in {"symbol", "leverage"}
    )


def test_a_table_without_required_columns_is_refused(desk: Desk) -> None:
    """The error names what lacks, what is there and what to do."""
    with pytest.raises(DataError, match=r"lacks the columns side, leverage; it has .*rename"):
        desk.open(pd.DataFrame([position()]).drop(columns=["side", "leverage"]))


def test_columns_beyond_the_contract_are_ignored(desk: Desk) -> None:
    """They don't reach the engine's plan."""
    assert "note" not in desk.open([position(note="x")]).table.columns


def test_a_cross_row_without_account_is_counted_not_lost(desk: Desk) -> None:
    """A null account has no unit, and still comes out."""
    rows = [position(account_id=None, **CROSS), position(account_id="", **CROSS), position(**CROSS)]
    assert reasons(desk, rows) == {0: 1, 1: 2}


def test_no_brackets_at_all_excludes_every_row(desk: Desk) -> None:
    """A cohort of unknown symbols has no line, and says so."""
    assert reasons(desk, [position(symbol="X"), position(symbol="X", account_id="c", **CROSS)], Brackets((BTC,))) == {
        13: 2
    }
