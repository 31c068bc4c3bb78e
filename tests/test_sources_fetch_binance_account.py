"""Parses frozen answers of Binance."""

import math
from datetime import datetime
from typing import Any

import pytest
from fetch_support import specimen

from cohortiv.sources.fetch.binance_account import (
    contract_sizes,
    joined,
    parse_coin_m,
    parse_usd_m,
    wallets_of,
)

FROZEN = specimen("binance")
V3, CONFIG = FROZEN["/fapi/v3/positionRisk"], FROZEN["/fapi/v1/symbolConfig"]
COIN = FROZEN["/dapi/v1/positionRisk"]
AT = datetime(2024, 7, 27, 6, 45)  # noqa: DTZ001 - house times are UTC without zone


def usd(answer: Any = V3, config: Any = CONFIG) -> Any:  # noqa: ANN401 - as the venue sends it
    """USD-M parsed."""
    return parse_usd_m(answer, config=config, account="a", at=AT)


def test_the_two_versions_give_the_same_position() -> None:
    """v2 has leverage and margin type itself; v3 takes them from the symbol's settings."""
    old = usd(specimen("binance", "position_risk_v2"), [])
    assert old.positions == usd().positions[:1]
    assert (old.positions[0].leverage, old.positions[0].margin_mode) == (5.0, "cross")


def test_without_settings_a_row_has_no_leverage() -> None:
    """Leverage is never guessed: the row stays, and the rule of its column excludes it."""
    assert math.isnan(usd(config=[]).positions[0].leverage)


def test_a_line_of_zero_is_none() -> None:
    """Binance writes 0 where a position has no line."""
    held = usd().positions[0]
    assert (held.liquidation_price, held.liquidation_price_known) == (None, True)


def test_a_negative_size_is_a_short_of_coins() -> None:
    """4,000 units of 1000PEPE sold are 4 million coins short, with their isolated wallet behind them."""
    held = usd().positions[1]
    assert (held.symbol, held.side, held.quantity, held.margin) == ("PEPE", "short", 4e6, 5.0)
    assert held.quantity * held.mark_price == pytest.approx(48.0)


def test_instruments_without_a_size_are_counted() -> None:
    """What an account does not hold is no position."""
    assert (len(usd().positions), usd().flat) == (2, 1)


def test_notional_in_other_units_is_named_and_excluded() -> None:
    """A notional that is not size times mark points to mixed units: the row has no quantity."""
    found = usd([{**V3[0], "notional": "11978.0"}, V3[1]])
    assert any("units may be mixed, of WLDUSDT: excluded" in note for note in found.notes)
    assert [math.isnan(held.quantity) for held in found.positions] == [True, False]


def test_another_contract_size_is_named_and_excluded() -> None:
    """A contract of 10 USD does not give the notional that the venue states."""
    found = parse_coin_m(COIN, sizes={"BTCUSD_PERP": 10.0}, account="a", at=AT)
    assert math.isnan(found.positions[0].quantity)


@pytest.mark.parametrize("value", [None, "", "n/a", True, {"a": 1}])
def test_a_field_that_changed_its_type_is_no_number(value: object) -> None:
    """Nulls, words, flags and objects leave the mark empty, which excludes the row."""
    assert math.isnan(usd([{**V3[0], "markPrice": value}]).positions[0].mark_price)


def test_numbers_may_come_as_numbers() -> None:
    """A field that turns from text into a number reads the same."""
    assert usd([{**V3[0], "markPrice": 2.3956, "positionAmt": 5}]).positions == usd(V3[:1]).positions


def test_coin_margined_contracts_have_their_documented_line() -> None:
    """Two contracts of 100 USD with their isolated wallet give the line that the documentation prints."""
    held = parse_coin_m(COIN, sizes=contract_sizes(FROZEN["/dapi/v1/exchangeInfo"]), account="a", at=AT).positions[0]
    assert (held.contract, held.quantity, held.collateral_asset, held.margin) == ("inverse", 200.0, "BTC", 0.00268058)
    assert held.margin is not None
    computed = held.quantity * (1 + 0.004) / (held.margin + held.quantity / held.entry_price)
    assert computed == pytest.approx(held.liquidation_price, rel=1e-9)


def test_an_unknown_contract_size_is_taken_from_the_notional() -> None:
    """Notional in coins times the mark is the same 200 USD."""
    held = parse_coin_m(COIN, sizes={}, account="a", at=AT).positions[0]
    assert held.quantity == pytest.approx(200.0, rel=1e-5)


def test_the_wallet_stands_behind_its_own_asset() -> None:
    """The balance in tether is the margin of the position in tether."""
    wallets = wallets_of(FROZEN["/fapi/v3/account"], multi_asset=False)
    assert joined([usd()], wallets).positions[0].margin == 21.5


def test_wallets_that_do_not_help_each_other_are_not_added_up() -> None:
    """With cross positions in two assets none has a margin, and the venue's lines serve."""
    second = {**V3[0], "symbol": "WLDUSDC", "marginAsset": "USDC"}
    config = [*CONFIG, {**CONFIG[0], "symbol": "WLDUSDC"}]
    found = joined([usd([V3[0], second], config)], wallets_of(FROZEN["/fapi/v3/account"], multi_asset=False))
    assert [held.margin for held in found.positions] == [None, None]
    assert "WLD stands for WLDUSDC, WLDUSDT" in found.notes
    assert any("do not help each other" in note for note in found.notes)


def test_one_wallet_of_several_assets_is_counted_in_dollars() -> None:
    """Under multi-asset margin all cross positions stand on the total."""
    found = joined([usd()], wallets_of(FROZEN["/fapi/v3/account"], multi_asset=True))
    assert (found.positions[0].margin, found.positions[0].collateral_asset) == (103.12345678, "USD")
