"""Bybit's public market data from a local server that plays its shapes."""

from collections.abc import Mapping
from typing import ClassVar

from market_cases import MarketCases
from market_server import bybit_routes

from cohortiv.sources.fetch.bybit_market import bybit_source


class TestBybit(MarketCases):
    """Linear contracts give coins and inverse ones USD; the ratio comes as two shares."""

    venue = "bybit"
    linear, inverse, unlisted = "BTCUSDT", "BTCUSD", "BTCPERP"
    limit: ClassVar[Mapping[str, object]] = {"retCode": 10006, "retMsg": "Too many visits!", "result": {}}
    refusal: ClassVar[Mapping[str, object]] = {"retCode": 10001, "retMsg": "params error: symbol invalid", "result": {}}
    refused_with = "retCode 10001: params error: symbol invalid"
    source = staticmethod(bybit_source)
    routes = staticmethod(bybit_routes)
