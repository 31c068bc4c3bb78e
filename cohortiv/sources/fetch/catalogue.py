"""Venues with public market data, and one way to fetch an instrument of any of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import pyarrow.compute as pc
import pyarrow.parquet as pq

from cohortiv.errors import DataError, UsageError
from cohortiv.sources.fetch.addresses import connect
from cohortiv.sources.fetch.binance_market import binance_source
from cohortiv.sources.fetch.bybit_market import bybit_source
from cohortiv.sources.fetch.client import Say, VenueClient
from cohortiv.sources.fetch.hyperliquid_market import hyperliquid_source
from cohortiv.sources.fetch.kept import kept_files, kept_time, read_origin
from cohortiv.sources.fetch.kinds import KINDS, Kind
from cohortiv.sources.fetch.market import MarketRequest, MarketSource, Track, fetch_market, refuse_missing
from cohortiv.sources.fetch.market_checks import HOUR
from cohortiv.sources.fetch.okx_market import okx_source

#: House name of a venue -> an instrument of it by name.
MARKETS: Final[Mapping[str, Callable[..., MarketSource]]] = {
    "binance": binance_source,
    "bybit": bybit_source,
    "hyperliquid": hyperliquid_source,
    "okx": okx_source,
}
_ALL_BUT_LIQUIDATIONS: Final[tuple[Kind, ...]] = ("bars", "interest", "funding", "ratios")
#: What each of them offers, so that it can be said before anybody is asked.
OFFERS: Final[Mapping[str, tuple[Kind, ...]]] = {
    "binance": _ALL_BUT_LIQUIDATIONS,
    "bybit": _ALL_BUT_LIQUIDATIONS,
    "hyperliquid": ("bars", "funding"),
    "okx": _ALL_BUT_LIQUIDATIONS,
}
#: What positions are reconstructed from.
RECONSTRUCTED_FROM: Final[tuple[Kind, ...]] = ("bars", "interest")
#: How far back kept data reach from a time that they serve for, at least: a reconstruction has no index before that.
LEAST_PAST: Final = timedelta(days=7)
#: Days that are fetched where nothing else is said: as far back as venues keep open interest by the hour.
USUAL_DAYS: Final = 30


@dataclass(frozen=True)
class KeptMarket:
    """Bars and open interest of one instrument, as kept.

    Attributes
    ----------
    bars, interest : Path
        Their files.
    venue, symbol : str
        House names.
    last : datetime
        End of the last bar at which open interest is known (UTC, without zone).
    """

    bars: Path
    interest: Path
    venue: str
    symbol: str
    last: datetime


@dataclass(frozen=True)
class Fetch:
    """What is fetched of an instrument.

    Attributes
    ----------
    venue, name : str
        Of `MARKETS`; the venue's own name.
    folder : Path
        Where it is kept.
    kinds : tuple of str
        Of `market.KINDS`; none stand for all that the venue offers.
    days : int
        How far back.
    until : datetime or None
        Before when (UTC); None for now. Hours that have not ended are never fetched.
    extends : bool
        Whether what was kept before stands in front of it.
    """

    venue: str
    name: str
    folder: Path
    kinds: tuple[Kind, ...] = ()
    days: int = USUAL_DAYS
    until: datetime | None = None
    extends: bool = False


def fetch_instrument(fetch: Fetch, *, now: datetime, say: Say, track: Track | None = None) -> dict[Kind, Path]:
    """Fetch public market data of one instrument, and keep them.

    Parameters
    ----------
    fetch : Fetch
    now : datetime
        With a zone.
    say : callable
        Takes one line of progress or warning.
    track : callable, optional
        Shows how far it is.

    Returns
    -------
    dict of str to Path
        Kind -> file.

    Raises
    ------
    UsageError
        If the venue is not known or does not offer what is wanted, or the period has not begun.
    FetchError, DataError
        As for `market.fetch_market`.
    """
    _refuse_unknown(fetch.venue)
    offered = OFFERS[fetch.venue]
    refuse_missing(fetch.venue, wanted=fetch.kinds, offered=offered)
    kinds = fetch.kinds or offered
    lacking = [kind for kind in KINDS if kind not in kinds] if not fetch.kinds else []
    if lacking:
        say(f"Note: {fetch.venue} does not offer {', '.join(lacking)}; fetched are {', '.join(kinds)}")
    hour = _full_hour(now)
    until = min(_full_hour(fetch.until or hour), hour)
    source = MARKETS[fetch.venue](fetch.name, connect=partial(_client, say=say))
    request = MarketRequest(kinds, until - timedelta(days=fetch.days), until, hour, fetch.folder, extends=fetch.extends)
    if track is not None:
        request = replace(request, track=track)
    return fetch_market(source, request, say=say)


def _full_hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _client(host: str, *, say: Say) -> VenueClient:
    return connect(host, say=say)


def _refuse_unknown(venue: str) -> None:
    if venue not in MARKETS:
        raise UsageError(
            f"Got the venue {venue!r}; market data are fetched from {', '.join(sorted(MARKETS))}. Name one of them, or "
            "bring files."
        )


def kept_market(folder: Path, venue: str, name: str, *, wanted: Callable[[datetime], bool]) -> KeptMarket | None:
    """The last bars and open interest that were kept together at a wanted time, of those that reach back far enough.

    Parameters
    ----------
    folder : Path
        Folder of all that was fetched.
    venue, name : str
        As for `Fetch`.
    wanted : callable
        Whether a time will do (UTC).

    Returns
    -------
    KeptMarket or None
        None where there is none.
    """
    _refuse_unknown(venue)
    bars, interest = _pairs(folder, venue, name)
    both = sorted(time for time in bars if time in interest and wanted(time))
    long = [time for time in both if _begins(bars[time], interest[time]) + LEAST_PAST <= time.replace(tzinfo=None)]
    chosen = (long or both)[-1:]
    return _read(bars[chosen[0]], interest[chosen[0]]) if chosen else None


def covering_market(folder: Path, venue: str, name: str, *, at: datetime) -> KeptMarket | None:
    """The first bars and open interest kept after a time that reach back from it far enough.

    Parameters
    ----------
    folder, venue, name
        As for `kept_market`.
    at : datetime
        UTC.

    Returns
    -------
    KeptMarket or None
        Of files that begin `LEAST_PAST` or more before it; None where there is none.
    """
    bars, interest = _pairs(folder, venue, name)
    for time in sorted(time for time in bars if time in interest and time > at):
        if _begins(bars[time], interest[time]) + LEAST_PAST <= at.replace(tzinfo=None):
            return _read(bars[time], interest[time])
    return None


def _pairs(folder: Path, venue: str, name: str) -> tuple[dict[datetime, Path], dict[datetime, Path]]:
    """Kept bars, and kept open interest, by time."""
    bars, interest = ({kept_time(path): path for path in kept_files(folder, venue, kind=kind, name=name)}
                      for kind in RECONSTRUCTED_FROM)  # fmt: skip
    return bars, interest


def _begins(bars: Path, interest: Path) -> datetime:
    """From when on both are known (UTC, without zone)."""
    found: datetime = max(pc.min(pq.read_table(kept, columns=["time"])["time"]).as_py() for kept in (bars, interest))
    return found


def _read(bars: Path, interest: Path) -> KeptMarket:
    """What a pair of files says of itself."""
    held = pq.read_table(bars, columns=["time", "symbol"])
    known = pc.max(pq.read_table(interest, columns=["time"])["time"]).as_py()
    ends = [end for start in held["time"].to_pylist() if (end := start + HOUR) <= known]
    symbols = held["symbol"].unique().to_pylist()
    if not ends:
        raise DataError(f"Open interest in {interest} ends before the first bar of {bars.name} does. Fetch both again.")
    if len(symbols) != 1:
        raise DataError(
            f"{bars} holds {len(symbols)} symbols; allowed is one, as cohortiv fetch keeps it. Fetch again."
        )
    return KeptMarket(bars, interest, str(read_origin(bars)["venue"]), str(symbols[0]), max(ends))


def kept_names(folder: Path, venue: str, name: str) -> Sequence[str]:
    """Times at which bars of an instrument were kept, for messages."""
    return [f"{kept_time(path):%Y-%m-%d %H:%M}" for path in kept_files(folder, venue, kind="bars", name=name)]
