"""Venues' public market data as a local server plays it: the frozen shapes, hour after hour, for any window."""

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from fault_server import Asked, Route


def _shapes(venue: str) -> dict[str, Any]:
    """Frozen shapes of a venue by endpoint."""
    file = Path(__file__).parent / "fixtures" / venue / "market.json"
    shapes: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return shapes


SHAPES, BYBIT, OKX, HYPERLIQUID = map(_shapes, ("binance", "bybit", "okx", "hyperliquid"))
HOUR_MS = 3_600_000


def close_at(moment_ms: int) -> float:
    """A price that wanders by some percent, the same for the same hour."""
    hours = moment_ms / HOUR_MS
    return 60_000.0 * (1 + 0.06 * math.sin(hours / 90) + 0.01 * math.sin(hours / 7))


def coins_at(moment_ms: int) -> float:
    """Open interest that wanders too."""
    return 75_000.0 * (1 + 0.2 * math.sin(moment_ms / HOUR_MS / 50))


def binance_routes() -> dict[str, Route]:
    """All public endpoints that the package asks of Binance, USD-M and COIN-M."""
    ratios = ("globalLongShortAccountRatio", "topLongShortAccountRatio", "topLongShortPositionRatio")
    return {
        "/fapi/v1/exchangeInfo": lambda _: SHAPES["/fapi/v1/exchangeInfo"],
        "/dapi/v1/exchangeInfo": lambda _: SHAPES["/dapi/v1/exchangeInfo"],
        "/fapi/v1/klines": lambda asked: _bars(asked, SHAPES["/fapi/v1/klines"][0]),
        "/dapi/v1/klines": lambda asked: _bars(asked, SHAPES["/dapi/v1/klines"][0]),
        "/futures/data/openInterestHist": _interest,
        "/fapi/v1/fundingRate": _funding,
        "/dapi/v1/fundingRate": _funding,
        **{f"/futures/data/{name}": _ratios for name in ratios},
    }


def bybit_routes() -> dict[str, Route]:
    """All public endpoints that the package asks of Bybit; the newest row comes first."""
    ratio = BYBIT["/v5/market/account-ratio"]
    paid = BYBIT["/v5/market/funding/history"]
    return {
        "/v5/market/instruments-info": lambda _: BYBIT["/v5/market/instruments-info"],
        "/v5/market/kline": lambda asked: _enveloped(
            [*_prices(hour), *BYBIT["/v5/market/kline"][5:]] for hour in hours(asked, bounds=("start", "end"))
        ),
        "/v5/market/open-interest": lambda asked: _enveloped(
            {"openInterest": f"{_bybit_interest(asked, hour):.8f}", "timestamp": str(hour)} for hour in hours(asked)
        ),
        "/v5/market/funding/history": lambda asked: _enveloped(
            {**paid, "fundingRateTimestamp": str(hour)} for hour in hours(asked, step=8)
        ),
        "/v5/market/account-ratio": lambda asked: _enveloped(
            {**ratio, "timestamp": str(hour)} for hour in hours(asked)
        ),
    }


def okx_routes() -> dict[str, Route]:
    """All public endpoints that the package asks of OKX; bounds are excluded, the newest row comes first."""
    rubik, public = "/api/v5/rubik/stat/contracts", "/api/v5/public"
    paid = OKX[f"{public}/funding-rate-history"]

    def data(rows: Iterable[object]) -> object:
        return {"code": "0", "msg": "", "data": [*rows][::-1]}

    def between(asked: Asked, first: str, last: str, *, step: int = 1) -> list[int]:
        inside = {**asked.query, first: str(int(asked.query[first]) + 1), last: str(int(asked.query[last]) - 1)}
        return hours(replace(asked, query=inside), step=step, bounds=(first, last))

    return {
        f"{public}/instruments": lambda _: OKX[f"{public}/instruments"],
        "/api/v5/market/history-candles": lambda asked: data(
            [*_prices(hour), *OKX["/api/v5/market/history-candles"][5:]] for hour in between(asked, "before", "after")
        ),
        f"{rubik}/open-interest-history": lambda asked: data(
            [
                str(hour),
                f"{coins_at(hour) * 100:.2f}",
                f"{coins_at(hour):.4f}",
                f"{coins_at(hour) * close_at(hour):.2f}",
            ]
            for hour in between(asked, "begin", "end")
        ),
        f"{public}/funding-rate-history": lambda asked: data(
            {**paid, "fundingTime": str(hour)} for hour in between(asked, "before", "after", step=8)
        ),
        f"{rubik}/long-short-account-ratio-contract": lambda asked: data(
            [str(hour), "1.5"] for hour in between(asked, "begin", "end")
        ),
    }


def hyperliquid_routes() -> dict[str, Route]:
    """Hyperliquid's one public endpoint, by the type of question."""

    def info(asked: Asked) -> object:
        body: Any = asked.body
        if body["type"] == "meta":
            return HYPERLIQUID["meta"]
        period = body.get("req", body)
        inside = replace(
            asked, query={"limit": "500", **{name: str(period[name]) for name in ("startTime", "endTime")}}
        )
        if body["type"] == "fundingHistory":
            return [{**HYPERLIQUID["fundingHistory"], "time": hour + 31} for hour in hours(inside)]
        return [
            {**HYPERLIQUID["candleSnapshot"], **dict(zip("tohlc", [hour, *_prices(hour)[1:]], strict=True))}
            for hour in hours(inside)
        ]

    return {"/info": info}


def hours(asked: Asked, *, step: int = 1, bounds: tuple[str, str] = ("startTime", "endTime")) -> list[int]:
    """Hours of a window that the venue has, at most as many as are asked for [ms]."""
    first, last = (int(asked.query[name]) for name in bounds)
    start = -(-first // (HOUR_MS * step)) * HOUR_MS * step
    return list(range(start, last + 1, HOUR_MS * step))[: int(asked.query["limit"])]


def _prices(hour: int) -> list[str]:
    """Start, open, high, low and close of a bar, as text."""
    open_, close = close_at(hour), close_at(hour + HOUR_MS)
    prices = (open_, max(open_, close) * 1.002, min(open_, close) * 0.998, close)
    return [str(hour), *(f"{price:.8f}" for price in prices)]


def _bybit_interest(asked: Asked, hour: int) -> float:
    """Coins for linear, USD for inverse contracts."""
    return coins_at(hour) * (close_at(hour) if asked.query["category"] == "inverse" else 1)


def _enveloped(rows: Iterable[object]) -> object:
    """Rows in Bybit's envelope."""
    return {"retCode": 0, "retMsg": "OK", "result": {"list": [*rows][::-1]}, "retExtInfo": {}, "time": 1771372800000}


def scaled(asked: Asked) -> float:
    """Coins in one unit of what is asked for."""
    return 1e-3 if asked.query.get("symbol", "").startswith("1000") else 1.0


def _bars(asked: Asked, shape: list[Any]) -> list[list[Any]]:
    rows = []
    for hour in hours(asked):
        open_, close = (close_at(moment) * scaled(asked) for moment in (hour, hour + HOUR_MS))
        prices = (open_, max(open_, close) * 1.002, min(open_, close) * 0.998, close)
        rows.append([hour, *(f"{price:.8f}" for price in prices), shape[5], hour + HOUR_MS - 1, *shape[7:]])
    return rows


def _interest(asked: Asked) -> list[dict[str, Any]]:
    is_coin = "pair" in asked.query
    shape = SHAPES["/futures/data/openInterestHist" + (" COIN-M" if is_coin else "")][0]
    rows = []
    for hour in hours(asked):
        coins, price = coins_at(hour), close_at(hour) * scaled(asked)
        sums = (coins * price / 100, coins) if is_coin else (coins, coins * price)
        told = dict(zip(("sumOpenInterest", "sumOpenInterestValue"), (f"{x:.8f}" for x in sums), strict=True))
        rows.append({**shape, **told, "timestamp": hour})
    return rows


def _funding(asked: Asked) -> list[dict[str, Any]]:
    shape = SHAPES["/fapi/v1/fundingRate"][0]
    return [{**shape, "fundingTime": hour + 2} for hour in hours(asked, step=8)]


def _ratios(asked: Asked) -> list[dict[str, Any]]:
    shape = SHAPES["/futures/data/globalLongShortAccountRatio"][0]
    return [{**shape, "timestamp": hour} for hour in hours(asked)]


def altered(change: Callable[[Any], Any], *, every: int = 1) -> Callable[[object], object]:
    """A change to every so many rows of an answer that is a list."""

    def apply(body: object) -> object:
        if not isinstance(body, list):
            return body
        return [change(row) if place % every == 0 else row for place, row in enumerate(body)]

    return apply
