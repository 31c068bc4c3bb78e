"""Binance's public market data: USD-M and COIN-M perpetuals.

Documented shapes of the derivatives API as of October 2025, the ones that ccxt 4.5.90 parses. It was not run against
the live venue. Quirks: prices and sizes are text, times are numbers; bars are lists; COIN-M counts open interest in
contracts of 100 USD (BTC) or 10 USD (others), is asked for it by pair and kind of contract, and calls the amount of
coins `sumOpenInterestValue`, which on USD-M is USDT; open interest and ratios go back a month; 1000PEPE counts in
thousands.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from cohortiv.errors import DataError
from cohortiv.sources.fetch.answers import Record, nested, number, records, text
from cohortiv.sources.fetch.client import Parameters, VenueClient
from cohortiv.sources.fetch.listed import notes_of, refuse_unlisted
from cohortiv.sources.fetch.market import History, MarketSource
from cohortiv.sources.fetch.market_rows import Rename, listed_rows
from cohortiv.sources.fetch.paging import Window
from cohortiv.sources.instruments import instrument_of

VENUE: Final = "binance"
USD_M_BARS: Final[Rename] = {"time": 0, "open": 1, "high": 2, "low": 3, "close": 4, "volume_coin": 5}
COIN_M_BARS: Final[Rename] = {**USD_M_BARS, "volume_coin": 7}
USD_M_INTEREST: Final[Rename] = {
    "time": "timestamp", "oi_coin": "sumOpenInterest", "oi_usd": "sumOpenInterestValue",
}  # fmt: skip
COIN_M_INTEREST: Final[Rename] = {
    "time": "timestamp", "contracts": "sumOpenInterest", "oi_coin": "sumOpenInterestValue",
}  # fmt: skip
FUNDING: Final[Rename] = {"time": "fundingTime", "funding_rate": "fundingRate"}
RATIOS: Final[Rename] = {"time": "timestamp", "long_short_ratio": "longShortRatio"}
#: Whose ratio -> endpoint; accounts count heads, positions count size.
_RATIO_PATHS: Final = {
    "accounts": "globalLongShortAccountRatio",
    "top-accounts": "topLongShortAccountRatio",
    "top-positions": "topLongShortPositionRatio",
}
#: How far back statistics go: "the latest month"; a day less, as months differ.
STATISTICS_REACH: Final = timedelta(days=29)


def binance_source(name: str, *, connect: Callable[[str], VenueClient]) -> MarketSource:
    """An instrument of Binance.

    Parameters
    ----------
    name : str
        The venue's own name, such as BTCUSDT or BTCUSD_PERP.
    connect : callable
        Gives the client of a host.

    Raises
    ------
    DataError
        If there is no such instrument: those of the same asset are named. If it is a dated future: only perpetuals are
        read.
    FetchError
        If the venue does not answer.
    """
    instrument = instrument_of(name)
    is_coin = instrument.contract == "inverse"
    client = connect("binance-coin" if is_coin else "binance")
    answer = client.ask(f"/{'dapi' if is_coin else 'fapi'}/v1/exchangeInfo")
    listed = records(nested({"body": answer.body}, "body", where="exchangeInfo").get("symbols"), where="exchangeInfo")
    facts = _facts(name, listed)
    state = text(facts.get("status") or facts.get("contractStatus"))
    notes = notes_of(name, instrument, venue=VENUE, state=state, trading="TRADING")
    histories = _coin_histories(facts) if is_coin else _usd_histories(name)
    return MarketSource(VENUE, name, instrument.symbol, instrument.multiplier, histories, client, (answer,), notes)


def _facts(name: str, listed: list[Record]) -> Record:
    """What the venue says of an instrument."""
    named = {text(item.get("symbol")): item for item in listed}
    refuse_unlisted(name, named, venue=VENUE, example="BTCUSDT")
    kind = text(named[name].get("contractType"))
    if kind not in {"PERPETUAL", "TRADIFI_PERPETUAL"}:
        raise DataError(f"{name} is a {kind or 'contract of unknown kind'} on binance; read are perpetuals. Name one.")
    return named[name]


def _usd_histories(name: str) -> tuple[History, ...]:
    named = {"symbol": name}
    statistics = {**named, "period": "1h"}
    return (
        History("bars", "/fapi/v1/klines", 1000, _asked({**named, "interval": "1h"}, 1000), USD_M_BARS, _listed),
        History(
            "interest", "/futures/data/openInterestHist", 500, _asked(statistics, 500), USD_M_INTEREST, _listed,
            reach=STATISTICS_REACH,
        ),
        History("funding", "/fapi/v1/fundingRate", 1000, _asked(named, 1000), FUNDING, _listed),
        *_ratios(statistics),
    )  # fmt: skip


def _coin_histories(facts: Record) -> tuple[History, ...]:
    size = number(facts.get("contractSize"))
    if not size > 0:
        raise DataError(
            f"binance gives {facts.get('contractSize')!r} as the size of a contract of {facts.get('symbol')}; allowed "
            "is a number above 0 (USD). The venue may have changed its answer: bring a file of open interest."
        )
    named, pair = {"symbol": text(facts.get("symbol"))}, {"pair": text(facts.get("pair")), "period": "1h"}
    return (
        History("bars", "/dapi/v1/klines", 1000, _asked({**named, "interval": "1h"}, 1000), COIN_M_BARS, _listed),
        History(
            "interest", "/futures/data/openInterestHist", 500, _asked({**pair, "contractType": "PERPETUAL"}, 500),
            COIN_M_INTEREST, _listed, reach=STATISTICS_REACH, usd_each=size,
        ),
        History("funding", "/dapi/v1/fundingRate", 1000, _asked(named, 1000), FUNDING, _listed),
        *_ratios(pair),
    )  # fmt: skip


def _ratios(statistics: Mapping[str, str]) -> tuple[History, ...]:
    return tuple(
        History(
            "ratios", f"/futures/data/{path}", 500, _asked(statistics, 500), RATIOS, _listed, who=who,
            reach=STATISTICS_REACH,
        )
        for who, path in _RATIO_PATHS.items()
    )  # fmt: skip


def _asked(fixed: Mapping[str, str], limit: int) -> Callable[[Window], Parameters]:
    """Query of a window."""
    return lambda window: {**fixed, "startTime": window.first_ms, "endTime": window.last_ms, "limit": limit}


def _listed(body: object) -> list[object]:
    """Rows of an answer."""
    return listed_rows(body, venue=VENUE)
