"""The frozen shapes of public market data, read by ccxt's parsers and by ours: the same figures."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cohortiv.sources.fetch import binance_market, bybit_market, hyperliquid_market, okx_market
from cohortiv.sources.fetch.market_rows import Rename, read_rows

ccxt: Any = import_module("ccxt")  # it has no types


def shapes(venue: str) -> dict[str, Any]:
    """Frozen shapes of a venue."""
    file = Path(__file__).parent / "fixtures" / venue / "market.json"
    loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return loaded


BINANCE, BYBIT, OKX, HYPERLIQUID = map(shapes, ("binance", "bybit", "okx", "hyperliquid"))
LINEAR = {"symbol": "BTC/USDT:USDT", "linear": True, "inverse": False, "contract": True, "contractSize": 1.0,
          "type": "swap", "swap": True, "id": "BTCUSDT"}  # fmt: skip
INVERSE = {**LINEAR, "linear": False, "inverse": True}


def ours(row: object, rename: Rename) -> dict[str, float]:
    """One row as we read it, its time in milliseconds."""
    frame = read_rows([row], rename, what="a row").frame
    values = {name: float(frame[name].iloc[0]) for name in rename if name != "time"}
    moment = pd.Timestamp(frame["time"].iloc[0]).tz_localize("UTC").timestamp()
    return {"time": round(moment * 1000), **values}


@pytest.mark.parametrize(
    ("venue", "row", "rename", "market"),
    [
        (ccxt.binanceusdm, BINANCE["/fapi/v1/klines"][0], binance_market.USD_M_BARS, LINEAR),
        (ccxt.binancecoinm, BINANCE["/dapi/v1/klines"][0], binance_market.COIN_M_BARS, INVERSE),
        (ccxt.bybit, BYBIT["/v5/market/kline"], bybit_market.LINEAR_BARS, LINEAR),
        (ccxt.bybit, BYBIT["/v5/market/kline"], bybit_market.INVERSE_BARS, INVERSE),
        (ccxt.okx, OKX["/api/v5/market/history-candles"], okx_market.BARS, LINEAR),
        (ccxt.hyperliquid, HYPERLIQUID["candleSnapshot"], hyperliquid_market.BARS, LINEAR),
    ],
)
def test_bars_are_read_as_ccxt_reads_them(venue: Any, row: object, rename: Rename, market: dict[str, Any]) -> None:  # noqa: ANN401 - ccxt has no types
    """Time, prices and the volume in coins."""
    assert list(ours(row, rename).values()) == venue().parse_ohlcv(row, market)


@pytest.mark.parametrize(
    ("venue", "row", "rename", "market", "expected"),
    [
        (ccxt.binanceusdm, BINANCE["/futures/data/openInterestHist"][0], binance_market.USD_M_INTEREST, LINEAR,
         {"oi_coin": "openInterestAmount", "oi_usd": "openInterestValue"}),
        (ccxt.bybit, BYBIT["/v5/market/open-interest"], bybit_market.LINEAR_INTEREST, LINEAR,
         {"oi_coin": "openInterestAmount"}),
        (ccxt.bybit, BYBIT["/v5/market/open-interest"], bybit_market.INVERSE_INTEREST, INVERSE,
         {"oi_usd": "openInterestValue"}),
        (ccxt.okx, OKX["/api/v5/rubik/stat/contracts/open-interest-history"], okx_market.INTEREST, LINEAR,
         {"oi_usd": "openInterestValue"}),
    ],
)  # fmt: skip
def test_open_interest_is_read_as_ccxt_reads_it(
    venue: Any,  # noqa: ANN401 - ccxt has no types
    row: object,
    rename: Rename,
    market: dict[str, Any],
    expected: dict[str, str],
) -> None:
    """Coins and USD are where ccxt has them."""
    found, parsed = ours(row, rename), venue().parse_open_interest(row, market)
    assert found["time"] == parsed["timestamp"]
    assert {house: found[house] for house in expected} == {house: parsed[name] for house, name in expected.items()}
