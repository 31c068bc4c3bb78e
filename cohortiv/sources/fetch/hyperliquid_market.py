"""Hyperliquid's public market data: bars and funding of perpetuals.

Documented shapes as of October 2025, the ones that ccxt 4.5.90 parses. It was not run against the live venue.
Quirks: every question is a POST to one address; prices and sizes are text; names are coins, kPEPE counts in thousands;
only the latest 5,000 bars are there; there is no history of open interest and none of long/short ratios.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from cohortiv.sources.fetch.answers import nested, records, text
from cohortiv.sources.fetch.client import VenueClient
from cohortiv.sources.fetch.listed import notes_of, refuse_unlisted
from cohortiv.sources.fetch.market import History, MarketSource
from cohortiv.sources.fetch.market_rows import Rename, listed_rows
from cohortiv.sources.fetch.paging import Window
from cohortiv.sources.instruments import instrument_of, linear

VENUE: Final = "hyperliquid"
PATH: Final = "/info"
BARS: Final[Rename] = {"time": "t", "open": "o", "high": "h", "low": "l", "close": "c", "volume_coin": "v"}
FUNDING: Final[Rename] = {"time": "time", "funding_rate": "fundingRate"}
#: Bars that there are, by the hour.
REACH: Final = timedelta(hours=5_000)


def hyperliquid_source(name: str, *, connect: Callable[[str], VenueClient]) -> MarketSource:
    """A perpetual of Hyperliquid, such as BTC or kPEPE; raises as `binance_market.binance_source`."""
    client = connect(VENUE)
    answer = client.ask(PATH, post={"type": "meta"})
    listed = records(nested({"meta": answer.body}, "meta", where="meta").get("universe"), where="meta")
    refuse_unlisted(name, {text(item.get("name")) for item in listed}, venue=VENUE, example="BTC")
    instrument = linear(instrument_of(name), "USDC")
    delisted = next(item for item in listed if text(item.get("name")) == name).get("isDelisted") is True
    notes = notes_of(name, instrument, venue=VENUE, state="delisted" if delisted else "", trading="")
    histories = (
        History("bars", PATH, 500, lambda _: {}, BARS, _rows, post=_candles(name), reach=REACH),
        History("funding", PATH, 500, lambda _: {}, FUNDING, _rows, post=_funding(name)),
    )
    return MarketSource(VENUE, name, instrument.symbol, instrument.multiplier, histories, client, (answer,), notes)


def _candles(name: str) -> Callable[[Window], object]:
    def asked(window: Window) -> object:
        period = {"startTime": window.first_ms, "endTime": window.last_ms}
        return {"type": "candleSnapshot", "req": {"coin": name, "interval": "1h", **period}}

    return asked


def _funding(name: str) -> Callable[[Window], object]:
    return lambda window: {
        "type": "fundingHistory", "coin": name, "startTime": window.first_ms, "endTime": window.last_ms,
    }  # fmt: skip


def _rows(body: object) -> list[object]:
    """Rows of an answer."""
    return listed_rows(body, venue=VENUE)
