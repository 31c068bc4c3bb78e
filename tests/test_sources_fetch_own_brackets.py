"""Asks venues for their brackets on a local server."""

from datetime import date

import pytest
from fault_server import TOO_MANY, TRUNCATED, Asked, fault_server
from fetch_support import connect_to, routes, specimen

from cohortiv.sources.fetch.keys import Key
from cohortiv.sources.fetch.own_brackets import (
    binance_brackets,
    bybit_brackets,
    hyperliquid_brackets,
    okx_brackets,
)
from cohortiv.sources.fetch.venue_brackets import bracket_frame

KEY = Key("binance", "public-text", "secret-text")
MARKS = {"code": "0", "data": [{"instId": "BTC-USDT-SWAP", "markPx": "34140"}]}


def test_binance_is_asked_with_the_key() -> None:
    """Both kinds of contract are signed for, and no other venue's are."""
    with fault_server(routes("binance")) as server:
        ladders, answers = binance_brackets(KEY, connect=connect_to(server.url))
    assert {(ladder.instrument, ladder.contract) for ladder in ladders} >= {
        ("BTCUSDT", "linear"),
        ("BTCUSD_PERP", "inverse"),
    }
    assert all(request.headers.get("x-mbx-apikey") == KEY.key for request in server.asked)
    assert len(answers) == 2


def test_bybit_and_hyperliquid_are_asked_without_one() -> None:
    """Their rules are public."""
    with fault_server(routes("bybit")) as server:
        ladders, _ = bybit_brackets(connect=connect_to(server.url))
    assert [ladder.instrument for ladder in ladders] == ["XRPUSDT", "BTCUSD"]
    with fault_server(routes("hyperliquid")) as server:
        ladders, _ = hyperliquid_brackets(connect=connect_to(server.url))
    assert [ladder.instrument for ladder in ladders] == ["BTC", "kPEPE"]


def test_okx_is_asked_by_family() -> None:
    """One request for each held instrument, with marks that turn contracts into notional."""
    with fault_server(routes("okx", **{"api__v5__public__mark-price": MARKS})) as server:
        ladders, _ = okx_brackets(["BTC-USDT-SWAP", "BTC-USDT-SWAP"], connect=connect_to(server.url))
    assert server.paths().count("/api/v5/public/position-tiers") == 1
    assert ladders[0].tiers[1].floor == pytest.approx(500 * 0.01 * 34_140)


def test_faults_change_nothing() -> None:
    """A refusal and half an answer are asked again."""
    with fault_server(routes("bybit"), faults=[TOO_MANY, TRUNCATED]) as server:
        again, _ = bybit_brackets(connect=connect_to(server.url))
    with fault_server(routes("bybit")) as server:
        assert bybit_brackets(connect=connect_to(server.url))[0] == again


def test_a_page_of_bybit_that_comes_twice_changes_nothing() -> None:
    """No ladder has a hole for it."""
    plain = routes("bybit")

    def doubled(asked: Asked) -> object:
        body = specimen("bybit")[f"{asked.path}?category={asked.query['category']}"]
        return {**body, "result": {**body["result"], "list": body["result"]["list"] * 2}}

    with fault_server(plain) as server:
        calm = bybit_brackets(connect=connect_to(server.url))[0]
    with fault_server({**plain, "/v5/market/risk-limit": doubled}) as server:
        again = bybit_brackets(connect=connect_to(server.url))[0]
    assert {ladder.instrument: ladder.tiers for ladder in again} == {ladder.instrument: ladder.tiers for ladder in calm}


def test_each_ladder_says_where_it_was_read() -> None:
    """Linear and inverse contracts of Binance have addresses of their own, and OKX asks for more than tiers."""
    with fault_server(routes("binance")) as server:
        ladders, answers = binance_brackets(KEY, connect=connect_to(server.url))
    table, _ = bracket_frame(ladders, effective_from=date(2026, 2, 18), source=answers[0].endpoint)
    told = {contract: set(rows["source"]) for contract, rows in table.groupby("contract")}
    assert told == {
        "linear": {f"{server.url}/fapi/v1/leverageBracket, fetched 2026-02-18"},
        "inverse": {f"{server.url}/dapi/v2/leverageBracket, fetched 2026-02-18"},
    }
    with fault_server(routes("okx", **{"api__v5__public__mark-price": MARKS})) as server:
        ladders, _ = okx_brackets(["BTC-USDT-SWAP"], connect=connect_to(server.url))
    assert {ladder.source for ladder in ladders} == {f"{server.url}/api/v5/public/position-tiers"}
