"""Reads unified positions and tiers of ccxt's, from frozen answers of Gate."""

import math
from datetime import datetime

import pytest
from fault_server import fault_server
from fetch_support import QUICK, GateRoutes

from cohortiv.sources.fetch.answers import ParsedPositions
from cohortiv.sources.fetch.ccxt_positions import ccxt_ladders, ccxt_positions, parse_unified
from cohortiv.sources.fetch.ccxt_venue import open_venue
from cohortiv.sources.fetch.keys import Key
from cohortiv.sources.fetch.own_positions import FetchedPositions
from cohortiv.sources.fetch.venue_brackets import Tier

AT = datetime(2024, 1, 12)  # noqa: DTZ001 - house times are UTC without zone
UNIFIED = {
    "symbol": "BTC/USD:BTC", "side": "long", "contracts": 3, "contractSize": 100, "entryPrice": 40_000,
    "markPrice": 50_000, "leverage": 5, "marginMode": "isolated", "collateral": 0.003, "unrealizedPnl": 0.001,
    "liquidationPrice": None,
}  # fmt: skip


def fetched() -> FetchedPositions:
    """Positions on Gate."""
    with fault_server(GateRoutes()) as server:
        venue = open_venue("gate", key=Key("gate", "public-text", "secret-text"), url=server.url, pace=QUICK)
        return ccxt_positions(venue, account="a")


def unified(**changed: object) -> ParsedPositions:
    """One unified position."""
    return parse_unified([{**UNIFIED, **changed}], venue="v", account="a", at=AT)


def test_positions_come_in_coins() -> None:
    """1,000 contracts of 0.0001 BTC and 2 of ten million PEPE, each with its own margin mode and leverage."""
    found = fetched().parsed.positions
    assert [(p.symbol, p.side, p.margin_mode, p.leverage) for p in found] == [
        ("BTC", "long", "isolated", 10.0),
        ("PEPE", "short", "cross", 5.0),
    ]
    assert [p.quantity for p in found] == pytest.approx([0.1, 2e7])


def test_rights_are_said_to_be_unchecked() -> None:
    """Through ccxt no venue tells what a key may do."""
    assert "were not checked" in fetched().rights


def test_isolated_margin_leaves_profit_out() -> None:
    """Collateral is affected by profit; the margin of the position table is not."""
    assert fetched().parsed.positions[0].margin == pytest.approx(460.303)
    assert unified().positions[0].margin == pytest.approx(0.002)


def test_inverse_contracts_are_dollars() -> None:
    """Three contracts of 100 USD stand on bitcoin."""
    held = unified().positions[0]
    assert (held.contract, held.quantity, held.collateral_asset) == ("inverse", 300.0, "BTC")


def test_a_missing_mark_is_notional_over_size() -> None:
    """Where a venue has no mark, its notional tells it."""
    held = unified(symbol="BTC/USDT:USDT", contractSize=0.01, markPrice=None, notional=1500).positions[0]
    assert held.mark_price == pytest.approx(50_000)


@pytest.mark.parametrize("field", ["leverage", "marginMode", "side"])
def test_what_is_not_told_stays_empty(field: str) -> None:
    """Nothing is guessed: the row is excluded by the rule of its column."""
    held = unified(**{field: None}).positions[0]
    assert math.isnan(held.leverage) or held.margin_mode == "" or held.side == ""


def test_cross_positions_without_a_line_are_counted() -> None:
    """They have neither a line nor a balance, and cannot be computed."""
    assert unified(marginMode="cross").notes == ("1 cross position(s) have neither a line nor a balance from v",)


def test_brackets_are_the_venue_s() -> None:
    """Two tiers of the specimen, notional in tether."""
    with fault_server(GateRoutes()) as server:
        ladder = ccxt_ladders(open_venue("gate", url=server.url, pace=QUICK), ["BTC/USDT:USDT"])[0]
    assert ladder.tiers == (Tier(0.0, 0.004, 125.0), Tier(1e6, 0.005, 100.0))


@pytest.mark.parametrize(
    ("raw", "known"),
    [
        ({"liq_price": "31000.50"}, True), ({"risk": [{"liq": 31000.5}]}, True), ({}, True),
        ({"liq_price": "0", "entry_price": "40000"}, False),
    ],
)  # fmt: skip
def test_a_line_that_ccxt_worked_out_is_not_the_venues(raw: dict[str, object], known: bool) -> None:  # noqa: FBT001 - a case
    """A venue's own stands in its answer too; without one there is nothing to compare."""
    held = unified(liquidationPrice=31000.5, info=raw).positions[0]
    assert (held.liquidation_price_known, held.liquidation_price) == (known, 31000.5 if known else None)
