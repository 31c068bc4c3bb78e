"""Repeated rows: the largest stays, whatever the order of the file."""

from datetime import timedelta
from pathlib import Path

import pytest
from book_support import AS_OF, Desk, position

from cohortiv.duplicates import one_a_side, without_duplicates
from cohortiv.engine import connect
from cohortiv.positions import take_inventory


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An engine and a folder."""
    return Desk(tmp_path, connect(threads=2))


def test_without_repetition_nothing_changes(desk: Desk) -> None:
    """The same record comes back."""
    opened = desk.open([position(), position(side="short")])
    assert without_duplicates(opened) is opened


def test_the_largest_of_a_repeated_position_stays(desk: Desk) -> None:
    """The others are marked, not dropped."""
    opened = without_duplicates(desk.open([position(quantity=q) for q in (1.0, 3.0, 2.0)]))
    rows = opened.table.select("quantity", "reason").to_pyarrow().to_pylist()
    assert sorted((row["quantity"], row["reason"]) for row in rows) == [(1.0, 12), (2.0, 12), (3.0, 0)]


@pytest.mark.parametrize(
    "other",
    [
        {"account_id": "b"}, {"venue": "y"}, {"symbol": "ETH"}, {"side": "short"}, {"product": "future"},
        {"margin_mode": "cross"}, {"contract": "inverse"}, {"as_of": AS_OF + timedelta(hours=1)},
        {"instrument": "BTCUSDC"},
    ],
    ids=lambda other: next(iter(other)),
)  # fmt: skip
def test_positions_that_differ_in_identity_are_not_repeated(desk: Desk, other: dict[str, object]) -> None:
    """Each column of the identity tells positions apart."""
    columns = {"venue": "x", "product": "perpetual", "margin_mode": "isolated", "contract": "linear", "as_of": AS_OF}
    columns["instrument"] = "BTCUSDT"
    opened = desk.open([position(**columns), position(**{**columns, **other})])
    assert without_duplicates(opened) is opened


def test_a_broken_row_is_no_duplicate(desk: Desk) -> None:
    """It keeps its own reason, and the sound one stays."""
    opened = without_duplicates(desk.open([position(), position(), position(quantity=-1.0)]))
    assert sorted(opened.table.reason.to_pyarrow().to_pylist()) == [0, 4, 12]


def test_equal_sizes_are_told_apart_by_their_other_figures(desk: Desk) -> None:
    """The order of the file doesn't decide."""
    rows = [position(margin=float(m), liquidation_price=float(p)) for m, p in ((9, 5), (7, 3), (7, 2))]
    kept = []
    for order in (rows, rows[::-1]):
        table = without_duplicates(desk.open(order)).table
        kept.append(table.filter(table.reason == 0).select("margin", "liquidation_price").to_pyarrow().to_pylist())
    assert kept[0] == kept[1] == [{"margin": 7.0, "liquidation_price": 2.0}]


def test_a_repeated_row_does_not_spoil_its_cross_unit(desk: Desk) -> None:
    """The unit is solved with the row that was kept, and its wallet counted once."""
    cross = {"margin_mode": "cross", "account_id": "u"}
    rows = [position(margin=8e3, **cross), position(symbol="ETH", entry_price=3e3, mark_price=3e3, margin=0.0, **cross)]
    plain = desk.solve(rows).frame()
    spoilt = desk.solve([*rows, position(margin=8e3, quantity=0.5, **cross)]).frame()
    assert list(spoilt["reason"].sort_values()) == [0, 0, 12]
    kept = spoilt[spoilt["reason"] == 0]
    assert list(kept["ratio"]) == list(plain["ratio"])
    assert list(kept["collateral_cents"]) == list(plain["collateral_cents"])


def test_one_venue_and_mode_has_one_position_a_side(desk: Desk) -> None:
    """Nothing else tells two positions of an account, symbol and side apart."""
    opened = desk.open([position(), position(side="short"), position(symbol="ETH")])
    assert one_a_side(opened.given - {"product"}, take_inventory(opened))


@pytest.mark.parametrize("other", [{"venue": "hyperliquid"}, {"margin_mode": "cross"}])
def test_two_venues_or_modes_may_have_more(desk: Desk, other: dict[str, object]) -> None:
    """An account can be long twice then."""
    opened = desk.open([position(), position(**other)])
    assert not one_a_side(opened.given - {"product"}, take_inventory(opened))


def test_products_are_not_in_the_inventory(desk: Desk) -> None:
    """Where the files bring them, a perpetual and a future may stand side by side."""
    opened = desk.open([position(product="perpetual")])
    assert not one_a_side(opened.given, take_inventory(opened))
