"""OKX's public market data from a local server that plays its shapes."""

from collections.abc import Mapping
from typing import ClassVar

from market_cases import MarketCases
from market_server import okx_routes

from cohortiv.sources.fetch.okx_market import okx_source


class TestOkx(MarketCases):
    """Open interest is told in coins and in USD, beside contracts that are not needed."""

    venue = "okx"
    linear, inverse, unlisted = "BTC-USDT-SWAP", "BTC-USD-SWAP", "BTC-USDT"
    limit: ClassVar[Mapping[str, object]] = {"code": "50011", "msg": "Rate limit reached.", "data": []}
    refusal: ClassVar[Mapping[str, object]] = {"code": "51001", "msg": "Instrument ID does not exist", "data": []}
    refused_with = "code 51001: Instrument ID does not exist"
    source = staticmethod(okx_source)
    routes = staticmethod(okx_routes)
