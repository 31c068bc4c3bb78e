"""Reads fields of answers and makes the position table of them."""

import math
from datetime import datetime

import pandas as pd
import pytest

from cohortiv.errors import DataError
from cohortiv.schema import POSITION_COLUMNS
from cohortiv.sources.fetch.answers import (
    VenuePosition,
    Wallets,
    account_name,
    line,
    moment,
    number,
    optional,
    position_frame,
    records,
    stated,
    text,
    with_wallets,
)

HELD = VenuePosition(
    account_id="a", venue="v", symbol="BTC", instrument="BTCUSDT", side="long", quantity=1.0, entry_price=2.0,
    mark_price=3.0, leverage=4.0, margin_mode="cross", as_of=datetime(2026, 1, 1),  # noqa: DTZ001 - UTC without zone
)  # fmt: skip


@pytest.mark.parametrize("value", [1.5, "1.5", " 1.5 ", "15e-1"])
def test_numbers_come_as_numbers_or_text(value: object) -> None:
    """Both read the same."""
    assert number(value) == 1.5


@pytest.mark.parametrize("value", [None, "", "--", "nan", "inf", True, [], {}])
def test_anything_else_is_no_number(value: object) -> None:
    """Nulls, blanks, words, flags and objects are NaN, and none where a number may be absent."""
    assert math.isnan(number(value))
    assert optional(value) is None


@pytest.mark.parametrize("value", ["0", "0.0", "", None, "-1"])
def test_a_line_of_zero_is_none(value: object) -> None:
    """Venues write it where a position has no line."""
    assert line(value) is None


def test_null_is_an_empty_word() -> None:
    """A missing word is empty and never the word None."""
    assert (text(None), text(" a ")) == ("", "a")


@pytest.mark.parametrize("answer", [None, {"msg": "error"}, "html", [1, 2]])
def test_what_is_no_list_of_objects_is_told(answer: object) -> None:
    """The endpoint is named, with the form of the answer and the names of its fields, and no value."""
    with pytest.raises(DataError, match="positionRisk answered") as told:
        records(answer, where="positionRisk")
    assert "error" not in str(told.value)
    assert "html" not in str(told.value)


def test_a_time_that_is_none_is_told() -> None:
    """An answer without a time cannot be dated."""
    with pytest.raises(DataError, match="dated None"):
        moment(None)


@pytest.mark.parametrize("value", [1771369200, 1771369200000000, -1, 10**400, "soon", "1771369200"])
def test_a_time_in_other_units_is_told(value: object) -> None:
    """Seconds would be a day in 1970."""
    with pytest.raises(DataError, match="known are milliseconds"):
        moment(value)


def test_accounts_without_a_name_are_told_apart() -> None:
    """By their addresses, of which the name shows none."""
    one, other = account_name(["0x" + "a" * 40]), account_name(["0x" + "b" * 40])
    assert one != other
    assert account_name(["0x" + "A" * 40]) == one
    assert account_name([]) == "own"
    assert "a" * 10 not in one


def test_an_empty_account_is_a_table_without_rows() -> None:
    """It has the contract's columns and types all the same."""
    frame = position_frame([])
    assert set(frame.columns) <= {column.name for column in POSITION_COLUMNS}
    assert (len(frame), str(frame["quantity"].dtype)) == (0, "float64")


def test_rows_are_in_the_order_of_the_contract() -> None:
    """Columns stand as the schema has them, times as times."""
    frame = position_frame([HELD])
    names = [column.name for column in POSITION_COLUMNS if column.name in frame.columns]
    assert list(frame.columns) == names
    assert frame["as_of"].iloc[0] == pd.Timestamp("2026-01-01")


def test_a_balance_below_zero_is_no_margin() -> None:
    """Profit that was withdrawn leaves a wallet that the table has no margin for."""
    assert with_wallets([HELD], Wallets({"USDT": -1.0}))[0].margin is None


def test_isolated_rows_keep_their_margin() -> None:
    """A wallet stands behind cross positions alone."""
    alone = VenuePosition(**{**vars(HELD), "margin_mode": "isolated", "margin": 7.0})
    assert [held.margin for held in with_wallets([alone, HELD], Wallets({"USDT": 10.0}))] == [7.0, 10.0]


@pytest.mark.parametrize(
    ("entry", "none", "told"),
    [
        ({"px": "100.5"}, "0", True), ({"px": "0"}, "0", True), ({"px": ""}, "0", False), ({}, "0", False),
        ({"px": None}, "0", False), ({"px": "n/a"}, "0", False), ({"px": "-5"}, "0", False), ({"px": None}, None, True),
        ({"px": ""}, None, False), ({"px": ""}, "", True),
    ],
)  # fmt: skip
def test_only_the_venues_own_word_says_that_there_is_no_line(
    entry: dict[str, object],
    none: object,
    told: bool,  # noqa: FBT001 - a case
) -> None:
    """A field that is gone, or has another form, tells nothing: a line is then computed and never taken for none."""
    assert stated(entry, "px", none=lambda value: value == none) == told
