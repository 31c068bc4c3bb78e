"""Parses frozen answers of OKX."""

import math
from datetime import datetime
from typing import Any

import pytest
from fetch_support import specimen

from cohortiv.sources.fetch.okx_account import contract_values, parse_positions

FROZEN = specimen("okx")
AT = datetime(2021, 7, 25)  # noqa: DTZ001 - house times are UTC without zone
ENTRIES = FROZEN["/api/v5/account/positions"]["data"]
BALANCE = FROZEN["/api/v5/account/balance"]["data"][0]
VALUES = contract_values(FROZEN["/api/v5/public/instruments?instType=SWAP"]["data"])


def parsed(entries: Any = ENTRIES, level: str = "2", values: dict[str, float] = VALUES) -> Any:  # noqa: ANN401 - as sent
    """Positions of an account of a level."""
    return parse_positions(entries, values=values, config={"acctLv": level}, balance=BALANCE, account="a", at=AT)


def test_contracts_become_base_units_and_dollars() -> None:
    """Ten contracts of 0.01 BTC are 0.1 BTC; three inverse ones of 100 USD are 300 USD, short by their sign."""
    linear, inverse = parsed().positions
    assert (linear.side, linear.quantity, linear.contract) == ("long", pytest.approx(0.1), "linear")
    assert (inverse.side, inverse.quantity, inverse.contract) == ("short", 300.0, "inverse")


def test_an_unknown_contract_value_is_taken_from_the_notional() -> None:
    """Notional over mark is the size that the contract value would give."""
    linear, inverse = parsed(values={}).positions
    assert (linear.quantity, inverse.quantity) == (pytest.approx(0.1), 300.0)


def test_a_contract_value_that_contradicts_the_notional_is_excluded() -> None:
    """A contract of 0.1 BTC would be ten times what the venue states."""
    found = parsed(values={**VALUES, "BTC-USDT-SWAP": 0.1})
    assert [math.isnan(held.quantity) for held in found.positions] == [True, False]
    assert any("BTC-USDT-SWAP: excluded" in note for note in found.notes)


def test_options_and_spot_margin_are_left_out_and_counted() -> None:
    """What has no line of its own is no row, and it is said."""
    assert any("1 position(s) in spot margin or options" in note for note in parsed().notes)


def test_a_currency_of_its_own_stands_behind_its_cross_positions() -> None:
    """Equity of 1,010.5 with 0.89 won is a wallet of 1,009.61 tether."""
    assert parsed().positions[0].margin == pytest.approx(1009.61)


def test_isolated_margin_is_in_coins() -> None:
    """The inverse position has its 0.01 BTC."""
    held = parsed().positions[1]
    assert (held.margin, held.collateral_asset) == (0.01, "BTC")


def test_a_line_that_is_not_given_is_computed() -> None:
    """An empty line is not known."""
    assert [held.liquidation_price_known for held in parsed().positions] == [True, False]


def test_several_currencies_stand_together() -> None:
    """A multi-currency account has its adjusted equity less profit behind all cross positions, in dollars."""
    balance = {**BALANCE, "adjEq": "1100", "upl": "-20"}
    found = parse_positions(ENTRIES, values=VALUES, config={"acctLv": "3"}, balance=balance, account="a", at=AT)
    assert (found.positions[0].margin, found.positions[0].collateral_asset) == (1120.0, "USD")


def test_portfolio_margin_has_no_wallet() -> None:
    """What stands behind a position there, no table tells."""
    assert parsed(level="4").positions[0].margin is None
