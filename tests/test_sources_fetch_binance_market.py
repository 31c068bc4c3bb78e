"""Binance's instruments: which endpoints they are asked at, with what, and how their shapes are read."""

import copy
from typing import Any

import pytest
from fault_server import Route, fault_server
from market_server import SHAPES, binance_routes

from cohortiv.errors import DataError
from cohortiv.sources.fetch.addresses import connect
from cohortiv.sources.fetch.binance_market import (
    COIN_M_BARS,
    COIN_M_INTEREST,
    USD_M_BARS,
    USD_M_INTEREST,
    binance_source,
)
from cohortiv.sources.fetch.market import MarketSource
from cohortiv.sources.fetch.market_rows import read_rows
from cohortiv.sources.fetch.paging import Window


def source(name: str, routes: dict[str, Route] | None = None) -> MarketSource:
    """An instrument of a server that plays these routes."""
    with fault_server(routes or binance_routes()) as server:
        return binance_source(
            name, connect=lambda host: connect(host, environment={"COHORTIV_BINANCE_URL": server.url})
        )


def asked(name: str) -> dict[str, dict[str, Any]]:
    """Query of a window by endpoint, without its times."""
    window = Window(1, 2)
    times = {"startTime": 1, "endTime": 2}
    queries = {history.path: dict(history.parameters(window)) for history in source(name).histories}
    assert all(query.items() >= times.items() for query in queries.values())
    return {path: {key: query[key] for key in query if key not in times} for path, query in queries.items()}


def test_usd_m_is_asked_by_symbol() -> None:
    """At fapi and its statistics, in pages that the venue allows."""
    found = asked("BTCUSDT")
    assert found["/fapi/v1/klines"] == {"symbol": "BTCUSDT", "interval": "1h", "limit": 1000}
    assert found["/futures/data/openInterestHist"] == {"symbol": "BTCUSDT", "period": "1h", "limit": 500}
    assert found["/fapi/v1/fundingRate"] == {"symbol": "BTCUSDT", "limit": 1000}


def test_coin_m_is_asked_by_pair() -> None:
    """At dapi; statistics want the pair, and open interest the kind of contract too."""
    found = asked("BTCUSD_PERP")
    assert found["/dapi/v1/klines"] == {"symbol": "BTCUSD_PERP", "interval": "1h", "limit": 1000}
    assert found["/futures/data/openInterestHist"] == {
        "pair": "BTCUSD", "period": "1h", "contractType": "PERPETUAL", "limit": 500,
    }  # fmt: skip
    assert found["/futures/data/topLongShortPositionRatio"] == {"pair": "BTCUSD", "period": "1h", "limit": 500}


@pytest.mark.parametrize(("name", "usd"), [("BTCUSD_PERP", 100.0), ("ETHUSD_PERP", 10.0)])
def test_contracts_of_coin_m_have_their_size(name: str, usd: float) -> None:
    """As the venue lists it: 100 USD of BTC, 10 USD of others."""
    found = source(name)
    assert [history.usd_each for history in found.histories if history.kind == "interest"] == [usd]
    assert any("takes its lines as if in USD" in note for note in found.notes)


def test_a_contract_without_a_size_is_refused() -> None:
    """A size that is none would make nonsense of open interest."""
    shapes = copy.deepcopy(SHAPES["/dapi/v1/exchangeInfo"])
    shapes["symbols"][0]["contractSize"] = None
    routes = {**binance_routes(), "/dapi/v1/exchangeInfo": lambda _: shapes}
    with pytest.raises(DataError, match="None as the size of a contract of BTCUSD_PERP; allowed is a number above 0"):
        source("BTCUSD_PERP", routes)


def test_frozen_rows_are_read_in_house_words() -> None:
    """Volume is in coins on both products; what USD-M calls value are USDT, what COIN-M calls value are coins."""
    read = [
        read_rows(SHAPES[path], rename, what=path).frame.iloc[0].drop("time").to_dict()
        for path, rename in (
            ("/fapi/v1/klines", USD_M_BARS), ("/dapi/v1/klines", COIN_M_BARS),
            ("/futures/data/openInterestHist", USD_M_INTEREST),
            ("/futures/data/openInterestHist COIN-M", COIN_M_INTEREST),
        )
    ]  # fmt: skip
    assert [row["volume_coin"] for row in read[:2]] == [5123.412, 1851.44219]
    assert read[2] == {"oi_coin": 75375.617, "oi_usd": 5099562180.81}
    assert read[3] == {"contracts": 13069401.0, "oi_coin": 19319.087}


def test_a_list_without_symbols_is_refused() -> None:
    """The venue has changed its answer, and that is said."""
    with pytest.raises(DataError, match="exchangeInfo answered"):
        source("BTCUSDT", {"/fapi/v1/exchangeInfo": lambda _: {"symbols": None}})
