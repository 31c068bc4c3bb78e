"""OKX's public market data, v5: perpetual swaps.

Documented shapes as of October 2025, the ones that ccxt 4.5.90 parses. It was not run against the live venue. Quirks:
all numbers are text, answers stand in an envelope and come newest first, bounds of a period are excluded; candles count
their volume in contracts and, two places on, in coins; open interest comes in contracts, coins and USD.
"""

from collections.abc import Callable, Mapping
from typing import Final

from cohortiv.sources.fetch.answers import records, text
from cohortiv.sources.fetch.client import Parameters, VenueClient
from cohortiv.sources.fetch.listed import notes_of, refuse_unlisted
from cohortiv.sources.fetch.market import History, MarketSource
from cohortiv.sources.fetch.market_rows import Rename, listed_rows
from cohortiv.sources.fetch.paging import Window
from cohortiv.sources.instruments import instrument_of

VENUE: Final = "okx"
BARS: Final[Rename] = {"time": 0, "open": 1, "high": 2, "low": 3, "close": 4, "volume_coin": 6}
INTEREST: Final[Rename] = {"time": 0, "oi_coin": 2, "oi_usd": 3}
FUNDING: Final[Rename] = {"time": "fundingTime", "funding_rate": "fundingRate"}
RATIOS: Final[Rename] = {"time": 0, "long_short_ratio": 1}


def okx_source(name: str, *, connect: Callable[[str], VenueClient]) -> MarketSource:
    """A swap of OKX, such as BTC-USDT-SWAP; raises as `binance_market.binance_source`."""
    client = connect(VENUE)
    answer = client.ask("/api/v5/public/instruments", {"instType": "SWAP"})
    listed = records(_rows(answer.body), where="instruments")
    swaps = {text(item.get("instId")): item for item in listed}
    refuse_unlisted(name, swaps, venue=VENUE, example="BTC-USDT-SWAP")
    instrument = instrument_of(name)
    notes = notes_of(name, instrument, venue=VENUE, state=text(swaps[name].get("state")), trading="live")
    return MarketSource(VENUE, name, instrument.symbol, 1.0, _histories(name), client, (answer,), notes)


def _histories(name: str) -> tuple[History, ...]:
    named = {"instId": name}
    hourly, statistics = {**named, "bar": "1H"}, {**named, "period": "1H"}
    rubik, public = "/api/v5/rubik/stat/contracts", "/api/v5/public"
    return (
        History("bars", "/api/v5/market/history-candles", 100, _asked(hourly, "before", "after"), BARS, _rows),
        History("interest", f"{rubik}/open-interest-history", 100, _asked(statistics, "begin", "end"), INTEREST, _rows),
        History("funding", f"{public}/funding-rate-history", 100, _asked(named, "before", "after"), FUNDING, _rows),
        History(
            "ratios", f"{rubik}/long-short-account-ratio-contract", 100, _asked(statistics, "begin", "end"), RATIOS,
            _rows, who="accounts",
        ),
    )  # fmt: skip


def _asked(fixed: Mapping[str, str], first: str, last: str) -> Callable[[Window], Parameters]:
    """Query of a window, whose bounds the venue excludes."""
    return lambda window: {**fixed, first: window.first_ms - 1, last: window.last_ms + 1, "limit": 100}


def _rows(body: object) -> list[object]:
    """Rows of an answer, newest first."""
    return listed_rows(body.get("data") if isinstance(body, Mapping) else body, venue=VENUE)
