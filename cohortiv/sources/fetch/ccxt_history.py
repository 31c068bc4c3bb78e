"""Histories through ccxt: open interest, funding, liquidations and long/short ratios of one instrument, page by page.

Structures of ccxt 4.5.90, times in milliseconds. Amounts of open interest are coins on some venues and contracts on
others, which value over amount tells; values are in the quote.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import pandas as pd

from cohortiv.errors import DataError
from cohortiv.sources.fetch.answers import Record, moment, number, optional, records, text
from cohortiv.sources.fetch.ccxt_venue import CcxtVenue
from cohortiv.sources.fetch.client import Answer
from cohortiv.sources.fetch.kept import Pages
from cohortiv.sources.fetch.paging import collect
from cohortiv.sources.instruments import instrument_of

#: Rows that a page is asked for.
LIMIT: Final = 100
#: Pages of one history; at an hour a row it is years.
MOST_PAGES: Final = 1000
#: Spacing of rows, where a venue has several.
STEP: Final = "1h"
#: Pages between two words on how far a history has come.
_TOLD_EVERY: Final = 20
#: What an empty page is taken to cover.
_STRIDE: Final = timedelta(hours=LIMIT)
#: A history that begins this much after what was asked is said to.
_LATE: Final = timedelta(hours=12)
#: Most that a price moves within a history [factor]; contracts of 0.1 coin and less, or of 10 and more, are told apart.
_SWING: Final = 3.0
#: House column -> how it is read from a unified structure.
_Read = Callable[[Record], object]


@dataclass(frozen=True)
class _Kind:
    """How one kind is asked and read: method, whether it takes a spacing, and its columns."""

    method: str
    spaced: bool
    columns: Mapping[str, _Read]
    told_apart_by: tuple[str, ...] = ("timestamp",)


def _figure(name: str) -> _Read:
    return lambda row: number(row.get(name))


def _word(name: str) -> _Read:
    return lambda row: text(row.get(name))


def _size(row: Record) -> float:
    """Base units: the value in them where it is told, else contracts times what one is."""
    told = optional(row.get("baseValue"))
    return number(row.get("contracts")) * number(row.get("contractSize")) if told is None else told


_KINDS: Final[Mapping[str, _Kind]] = {
    "interest": _Kind(
        "fetch_open_interest_history", True,
        {"oi_coin": _figure("openInterestAmount"), "oi_usd": _figure("openInterestValue")},
    ),
    "funding": _Kind("fetch_funding_rate_history", False, {"funding_rate": _figure("fundingRate")}),
    "ratios": _Kind("fetch_long_short_ratio_history", True, {"long_short_ratio": _figure("longShortRatio")}),
    "liquidations": _Kind(
        "fetch_liquidations", False,
        {"price": _figure("price"), "quantity": _size, "order_side": _word("side"), "usd": _figure("quoteValue")},
        ("timestamp", "side", "price", "contracts"),
    ),
}  # fmt: skip
HISTORIES: Final = tuple(_KINDS)


@dataclass(frozen=True)
class Span:
    """A period (UTC): from, and before."""

    first: datetime
    until: datetime


def fetch_history(
    venue: CcxtVenue, kind: str, *, instrument: str, span: Span, pages: Pages
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """One history of an instrument.

    Parameters
    ----------
    venue : CcxtVenue
    kind : str
        Of `HISTORIES`.
    instrument : str
        As ccxt writes it, such as BTC/USDT:USDT.
    span : Span
    pages : Pages
        Keeps what came until the fetch has ended.

    Returns
    -------
    tuple of DataFrame and tuple of str
        time (UTC), the kind's columns, symbol and venue, by time; a liquidation's `order_side` is that of the order
        that closed it, so sell closed a long. And what a reader should know: rows that came twice, what is missing.

    Raises
    ------
    UsageError
        If the venue does not offer the kind.
    FetchError
        If it does not answer.
    DataError
        If there is no row.
    """
    venue.refuse_missing(kind)
    asked = _KINDS[kind]
    found = _pages(venue, asked, instrument=instrument, span=span, pages=pages)
    once = collect(found, lambda row: tuple(text(row.get(name)) for name in asked.told_apart_by))
    rows = [row for row in once.rows if span.first <= _time(row) < span.until]
    if not rows:
        raise DataError(
            f"{venue.name} has no {kind} of {instrument} from {span.first:%Y-%m-%d} to {span.until:%Y-%m-%d}. Check "
            "the instrument, which ccxt writes like BTC/USDT:USDT, or ask for another period."
        )
    columns = {name: [read(row) for row in rows] for name, read in asked.columns.items()}
    frame = pd.DataFrame({"time": [_time(row).replace(tzinfo=None) for row in rows], **columns})
    frame = frame.assign(symbol=instrument_of(instrument).symbol, venue=venue.name)
    frame, units = _in_coins(frame, venue, instrument) if kind == "interest" else (frame, ())
    return frame.sort_values("time", kind="stable", ignore_index=True), (
        *once.notes(kind),
        *units,
        *_missing(frame, kind),
        *_holes(frame, kind),
        *venue.notices,
        *_late(frame, span),
    )


def _pages(venue: CcxtVenue, asked: _Kind, *, instrument: str, span: Span, pages: Pages) -> list[list[Record]]:
    """Pages until the end of the span, or until a page brings nothing later; an empty one is stepped over."""
    read: list[list[Record]] = []
    since = span.first
    while since < span.until and len(read) < MOST_PAGES:
        spacing = (STEP,) if asked.spaced else ()
        question = (asked.method, instrument, *spacing, int(since.timestamp() * 1000), LIMIT)
        answer = pages.once((venue.name, *question), partial(_asked, venue, *question))
        page = records(answer.body, where=f"{venue.name} {asked.method}")
        read.append(page)
        if len(read) % _TOLD_EVERY == 0:
            venue.say(f"{venue.name}: {asked.method} up to {since:%Y-%m-%d %H:%M} UTC, {len(read):,} pages")
        latest = max((_time(row) for row in page), default=since)
        if not page:  # nothing there yet, or a hole: later rows may follow
            since += _STRIDE
            continue
        if latest <= since and len(read) > 1:
            break
        # Rows that share a moment may be cut apart by a page's end: they are asked for again, and count once.
        since = latest if len(asked.told_apart_by) > 1 else latest + timedelta(milliseconds=1)
    return read


def _asked(venue: CcxtVenue, *question: Any) -> Answer:  # noqa: ANN401 - as ccxt takes them
    """A page as ccxt gives it, with where it came from."""
    rows = venue.call(*question)
    return replace(venue.answers[-1], body=rows)


def _time(row: Record) -> datetime:
    return moment(row.get("timestamp")).replace(tzinfo=UTC)


def _in_coins(frame: pd.DataFrame, venue: CcxtVenue, instrument: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Open interest with its amount in coins, told by the price that value over amount comes to."""
    if frame["oi_usd"].isna().all():
        return frame, (f"{venue.name} gives no value of open interest: whether amounts are coins was not checked",)
    size = number(venue.exchange.market(instrument).get("contractSize"))
    price = number(venue.call("fetch_ticker", instrument).get("last"))
    implied = float((frame["oi_usd"] / frame["oi_coin"]).median())
    if _is_near(implied, price):
        return frame, ()
    if _is_near(implied / size, price):
        counted = frame.assign(oi_coin=frame["oi_coin"] * size)
        return counted, (f"{venue.name} counts open interest in contracts of {size:g} coins: turned into coins",)
    told = f"{venue.name}: value over amount is {implied:,.6g} at a price of {price:,.6g}; amounts are left out"
    return frame.assign(oi_coin=math.nan), (told,)


def _is_near(implied: float, price: float) -> bool:
    """Whether a price is that of the instrument, however it moved within a history."""
    return price / _SWING < implied < price * _SWING


def _missing(frame: pd.DataFrame, kind: str) -> tuple[str, ...]:
    """Columns with numbers that are missing."""
    holes = frame.select_dtypes("number").isna().sum()
    return tuple(f"{count:,} row(s) of {kind} have no {name}" for name, count in holes[holes > 0].items())


def _holes(frame: pd.DataFrame, kind: str) -> tuple[str, ...]:
    """Rows that are missing between the first and the last, by the usual step; liquidations have none."""
    steps = frame["time"].drop_duplicates().diff().dropna()
    if kind == "liquidations" or steps.empty:
        return ()
    missing = int((steps / steps.median()).round().sub(1).clip(lower=0).sum())
    return (f"{missing:,} row(s) of {kind} are missing between the first and the last",) if missing else ()


def _late(frame: pd.DataFrame, span: Span) -> tuple[str, ...]:
    """A history that begins later than asked: venues go back only so far, or give their last rows whatever is asked."""
    begins = frame["time"].min().tz_localize(UTC)
    return (f"it begins at {begins:%Y-%m-%d %H:%M} UTC",) if begins - span.first > _LATE else ()
