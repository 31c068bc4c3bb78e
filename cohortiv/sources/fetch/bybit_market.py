"""Bybit's public market data, v5: linear and inverse perpetuals.

Documented shapes as of October 2025, the ones that ccxt 4.5.90 parses. It was not run against the live venue. Quirks:
all numbers are text, answers stand in an envelope and come newest first; open interest is coins for linear and USD for
inverse contracts; ratios come as two shares.
"""

from collections.abc import Callable, Mapping
from typing import Final

from cohortiv.sources.fetch.answers import nested, records, text
from cohortiv.sources.fetch.client import Parameters, VenueClient
from cohortiv.sources.fetch.listed import notes_of, refuse_unlisted
from cohortiv.sources.fetch.market import History, MarketSource
from cohortiv.sources.fetch.market_rows import Rename, listed_rows
from cohortiv.sources.fetch.paging import Window
from cohortiv.sources.instruments import instrument_of

VENUE: Final = "bybit"
LINEAR_BARS: Final[Rename] = {"time": 0, "open": 1, "high": 2, "low": 3, "close": 4, "volume_coin": 5}
INVERSE_BARS: Final[Rename] = {**LINEAR_BARS, "volume_coin": 6}
LINEAR_INTEREST: Final[Rename] = {"time": "timestamp", "oi_coin": "openInterest"}
INVERSE_INTEREST: Final[Rename] = {"time": "timestamp", "oi_usd": "openInterest"}
FUNDING: Final[Rename] = {"time": "fundingRateTimestamp", "funding_rate": "fundingRate"}
RATIOS: Final[Rename] = {"time": "timestamp", "long_share": "buyRatio", "short_share": "sellRatio"}


def bybit_source(name: str, *, connect: Callable[[str], VenueClient]) -> MarketSource:
    """An instrument of Bybit, such as BTCUSDT or BTCUSD; raises as `binance_market.binance_source`."""
    instrument = instrument_of(name)
    is_inverse = instrument.contract == "inverse"
    client, category = connect(VENUE), "inverse" if is_inverse else "linear"
    named = {"category": category, "symbol": name}
    answer = client.ask("/v5/market/instruments-info", named)
    listed = records(_result(answer.body).get("list"), where="instruments-info")
    if not listed:  # the venue lists the one symbol asked for: the names that there are take another question
        every = client.ask("/v5/market/instruments-info", {"category": category, "limit": "1000"})
        listed = records(_result(every.body).get("list"), where="instruments-info")
    perpetuals = {
        text(item.get("symbol")): item for item in listed if text(item.get("contractType")).endswith("Perpetual")
    }
    refuse_unlisted(name, perpetuals, venue=VENUE, example="BTCUSDT")
    state = text(perpetuals[name].get("status"))
    notes = notes_of(name, instrument, venue=VENUE, state=state, trading="Trading")
    histories = _histories(named, is_inverse=is_inverse)
    return MarketSource(VENUE, name, instrument.symbol, instrument.multiplier, histories, client, (answer,), notes)


def _histories(named: Mapping[str, str], *, is_inverse: bool) -> tuple[History, ...]:
    bars = INVERSE_BARS if is_inverse else LINEAR_BARS
    interest = INVERSE_INTEREST if is_inverse else LINEAR_INTEREST
    hourly, ratios = {**named, "intervalTime": "1h"}, {**named, "period": "1h"}
    return (
        History(
            "bars", "/v5/market/kline", 1000, _asked({**named, "interval": "60"}, 1000, "start", "end"), bars, _rows
        ),
        History("interest", "/v5/market/open-interest", 200, _asked(hourly, 200), interest, _rows),
        History("funding", "/v5/market/funding/history", 200, _asked(named, 200), FUNDING, _rows),
        History("ratios", "/v5/market/account-ratio", 500, _asked(ratios, 500), RATIOS, _rows, who="accounts"),
    )


def _asked(fixed: Mapping[str, str], limit: int, *bounds: str) -> Callable[[Window], Parameters]:
    """Query of a window; klines name its bounds otherwise than the rest."""
    first, last = bounds or ("startTime", "endTime")
    return lambda window: {**fixed, first: window.first_ms, last: window.last_ms, "limit": limit}


def _result(body: object) -> Mapping[str, object]:
    return nested(body, "result", where=VENUE)


def _rows(body: object) -> list[object]:
    """Rows of an answer, newest first."""
    return listed_rows(_result(body).get("list"), venue=VENUE)
