"""Instruments of any venue, fetched and found again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from fault_server import FaultServer, Route, fault_server
from market_server import binance_routes, bybit_routes, hyperliquid_routes, okx_routes

from cohortiv.errors import DataError, UsageError
from cohortiv.sources.fetch import addresses
from cohortiv.sources.fetch.catalogue import (
    MARKETS,
    OFFERS,
    RECONSTRUCTED_FROM,
    Fetch,
    fetch_instrument,
    kept_market,
    kept_names,
)
from cohortiv.sources.fetch.client import Pace

NOW = datetime(2026, 2, 18, 12, 40, tzinfo=UTC)


@pytest.fixture
def patch(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A pace that does not wait."""
    monkeypatch.setattr(addresses, "PACE", Pace(per_second=1e6))
    return monkeypatch


def fetched(
    server: FaultServer, patch: pytest.MonkeyPatch, folder: Path, *, until: datetime | None = None, now: datetime = NOW
) -> list[str]:
    """Fetch two days of what positions are reconstructed from, and give what was said."""
    patch.setenv("COHORTIV_BINANCE_URL", server.url)
    said: list[str] = []
    asked = Fetch("binance", "BTCUSDT", folder, RECONSTRUCTED_FROM, days=2, until=until)
    fetch_instrument(asked, now=now, say=said.append)
    return said


def test_only_hours_that_have_ended_are_fetched(tmp_path: Path, patch: pytest.MonkeyPatch) -> None:
    """At 12:40 the last bar is that which ended at 12:00, even if a later time is asked for."""
    with fault_server(binance_routes()) as server:
        fetched(server, patch, tmp_path, until=NOW + timedelta(days=1))
    found = kept_market(tmp_path, "binance", "BTCUSDT", wanted=lambda _: True)
    assert found is not None
    assert (found.symbol, found.venue, found.last) == ("BTC", "binance", NOW.replace(minute=0, tzinfo=None))
    assert pd.read_parquet(found.bars)["time"].iloc[-1] == pd.Timestamp("2026-02-18 11:00")


def test_the_last_of_what_was_kept_is_found(tmp_path: Path, patch: pytest.MonkeyPatch) -> None:
    """Among those of a wanted time."""
    with fault_server(binance_routes()) as server:
        fetched(server, patch, tmp_path)
        fetched(server, patch, tmp_path, now=NOW + timedelta(days=1))
    days = [
        found.last.day if (found := kept_market(tmp_path, "binance", "BTCUSDT", wanted=wanted)) else None
        for wanted in (lambda _: True, lambda kept: kept.day == 18, lambda kept: kept.day == 20)
    ]
    assert days == [19, 18, None]
    assert kept_names(tmp_path, "binance", "BTCUSDT") == ["2026-02-18 12:00", "2026-02-19 12:00"]


def test_a_short_fetch_does_not_stand_before_a_long_one_of_its_day(tmp_path: Path, patch: pytest.MonkeyPatch) -> None:
    """A day of bars, kept an hour later, would go back to its first bar."""
    with fault_server(binance_routes()) as server:
        patch.setenv("COHORTIV_BINANCE_URL", server.url)
        for days, hours in ((20, 0), (1, 1)):
            now = NOW + timedelta(hours=hours)
            fetch_instrument(
                Fetch("binance", "BTCUSDT", tmp_path, RECONSTRUCTED_FROM, days=days), now=now, say=lambda _: None
            )
    found = kept_market(tmp_path, "binance", "BTCUSDT", wanted=lambda kept: kept.day == 18)
    assert found is not None
    assert found.last == NOW.replace(minute=0, tzinfo=None)


def test_an_unlisted_name_of_bybit_is_refused_with_those_there_are() -> None:
    """Though the venue lists nothing where it is asked for that name."""
    whole = bybit_routes()
    listed = whole["/v5/market/instruments-info"]
    none = {"retCode": 0, "result": {"list": []}}
    answers = {**whole, "/v5/market/instruments-info": lambda asked: none if "symbol" in asked.query else listed(asked)}
    with fault_server(answers) as server:
        here = {"COHORTIV_BYBIT_URL": server.url}
        with pytest.raises(DataError, match="of BTC there are BTCUSD, BTCUSDT"):
            MARKETS["bybit"]("BTC", connect=lambda host: addresses.connect(host, environment=here))


def test_open_interest_within_an_hour_gives_the_bar_before_it(tmp_path: Path, patch: pytest.MonkeyPatch) -> None:
    """Open interest until 11:55 is known at the bar that ends at 11:00; before the first bar nothing is."""
    with fault_server(binance_routes()) as server:
        fetched(server, patch, tmp_path)
    (interest,) = (tmp_path / "binance" / "interest" / "BTCUSDT").iterdir()
    frame = pd.read_parquet(interest)
    frame.assign(time=frame["time"] - pd.Timedelta("5min")).to_parquet(interest)
    found = kept_market(tmp_path, "binance", "BTCUSDT", wanted=lambda _: True)
    assert found is not None
    assert found.last == NOW.replace(hour=11, minute=0, tzinfo=None)
    frame.assign(time=frame["time"] - pd.Timedelta("90D")).to_parquet(interest)
    with pytest.raises(DataError, match="ends before the first bar"):
        kept_market(tmp_path, "binance", "BTCUSDT", wanted=lambda _: True)


def test_bars_alone_are_no_market(tmp_path: Path, patch: pytest.MonkeyPatch) -> None:
    """Both kinds of the same time are needed."""
    with fault_server(binance_routes()) as server:
        patch.setenv("COHORTIV_BINANCE_URL", server.url)
        fetch_instrument(Fetch("binance", "BTCUSDT", tmp_path, ("bars",), days=1), now=NOW, say=lambda _: None)
    assert kept_market(tmp_path, "binance", "BTCUSDT", wanted=lambda _: True) is None


def test_what_a_venue_lacks_is_said_at_once(tmp_path: Path, patch: pytest.MonkeyPatch) -> None:
    """Asked for all that there is, the rest is fetched."""
    said: list[str] = []
    with fault_server(hyperliquid_routes()) as server:
        patch.setenv("COHORTIV_HYPERLIQUID_URL", server.url)
        made = fetch_instrument(Fetch("hyperliquid", "BTC", tmp_path, days=1), now=NOW, say=said.append)
    assert said[0] == "Note: hyperliquid does not offer interest, ratios, liquidations; fetched are bars, funding"
    assert list(made) == ["bars", "funding"]


@pytest.mark.parametrize(
    ("venue", "name", "routes"),
    [
        ("binance", "BTCUSDT", binance_routes),
        ("binance", "BTCUSD_PERP", binance_routes),
        ("bybit", "BTCUSDT", bybit_routes),
        ("hyperliquid", "BTC", hyperliquid_routes),
        ("okx", "BTC-USDT-SWAP", okx_routes),
    ],
)
def test_what_is_said_to_be_offered_is_offered(venue: str, name: str, routes: Callable[[], dict[str, Route]]) -> None:
    """The table that is looked at before anybody is asked agrees with the venues' files."""
    with fault_server(routes()) as server:
        here = {f"COHORTIV_{venue.upper()}_URL": server.url}
        source = MARKETS[venue](name, connect=lambda host: addresses.connect(host, environment=here))
    assert source.offers == OFFERS[venue]


def test_a_kind_that_is_not_offered_is_refused_before_anybody_is_asked(tmp_path: Path) -> None:
    """No address is known here, and none is needed."""
    with pytest.raises(UsageError, match="hyperliquid does not offer a history of open interest; it has bars, funding"):
        fetch_instrument(Fetch("hyperliquid", "BTC", tmp_path, RECONSTRUCTED_FROM), now=NOW, say=print)


def test_an_unknown_venue_is_refused(tmp_path: Path) -> None:
    """With those that are known."""
    with pytest.raises(UsageError, match="'mtgox'; market data are fetched from binance, bybit, hyperliquid, okx"):
        fetch_instrument(Fetch("mtgox", "BTC", tmp_path), now=NOW, say=lambda _: None)


def test_a_file_of_several_symbols_is_refused(tmp_path: Path, patch: pytest.MonkeyPatch) -> None:
    """What somebody has put together is not what was kept."""
    with fault_server(binance_routes()) as server:
        fetched(server, patch, tmp_path)
    (bars,) = (tmp_path / "binance" / "bars" / "BTCUSDT").iterdir()
    frame = pd.read_parquet(bars)
    pd.concat([frame, frame.assign(symbol="ETH")]).to_parquet(bars)
    with pytest.raises(DataError, match="holds 2 symbols; allowed is one"):
        kept_market(tmp_path, "binance", "BTCUSDT", wanted=lambda _: True)
