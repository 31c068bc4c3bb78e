"""Hyperliquid's public market data from a local server that plays its shapes, and what it does not offer."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from fault_server import FaultServer, fault_server
from market_server import HOUR_MS, close_at, hyperliquid_routes

from cohortiv.errors import DataError, UsageError
from cohortiv.sources.fetch.addresses import connect
from cohortiv.sources.fetch.client import Pace
from cohortiv.sources.fetch.hyperliquid_market import hyperliquid_source
from cohortiv.sources.fetch.kinds import Kind
from cohortiv.sources.fetch.market import MarketRequest, fetch_market

UNTIL = datetime(2026, 2, 18, 12, tzinfo=UTC)
FIRST = UNTIL - timedelta(days=12)


def fetch(server: FaultServer, folder: Path, *, name: str, kinds: tuple[Kind, ...]) -> dict[Kind, pd.DataFrame]:
    """Tables of twelve days by kind."""
    pace = Pace(per_second=1e6, attempts=3, first_wait_seconds=0.0)
    here = {"COHORTIV_HYPERLIQUID_URL": server.url}
    source = hyperliquid_source(name, connect=lambda host: connect(host, pace=pace, environment=here))
    files = fetch_market(source, MarketRequest(kinds, FIRST, UNTIL, UNTIL, folder), say=lambda _: None)
    return {kind: pd.read_parquet(path) for kind, path in files.items()}


def hours_of(frame: pd.DataFrame) -> list[int]:
    """Times of a table since 1970 [ms]."""
    return [round(time.timestamp() * 1000) for time in frame["time"].dt.tz_localize("UTC")]


def test_bars_are_what_the_venue_has(tmp_path: Path) -> None:
    """288 hours, each once and in order, with the close of its hour."""
    with fault_server(hyperliquid_routes()) as server:
        bars = fetch(server, tmp_path, name="BTC", kinds=("bars",))["bars"]
    times = hours_of(bars)
    assert times == [round(FIRST.timestamp() * 1000) + hour * HOUR_MS for hour in range(288)]
    assert bars["close"].tolist() == pytest.approx([close_at(time + HOUR_MS) for time in times])
    assert (set(bars["symbol"]), set(bars["venue"])) == ({"BTC"}, {"hyperliquid"})


def test_funding_is_by_the_hour(tmp_path: Path) -> None:
    """A rate each hour."""
    with fault_server(hyperliquid_routes()) as server:
        funding = fetch(server, tmp_path, name="BTC", kinds=("funding",))["funding"]
    assert (len(funding), set(funding["funding_rate"])) == (289, {0.0000125})


@pytest.mark.parametrize("kind", ["interest", "ratios"])
def test_what_it_does_not_offer_is_said(tmp_path: Path, kind: Kind) -> None:
    """Neither open interest nor ratios have a history there; nothing but the list of coins was asked."""
    with fault_server(hyperliquid_routes()) as server, pytest.raises(UsageError, match="hyperliquid does not offer"):
        fetch(server, tmp_path, name="BTC", kinds=("bars", kind))
    assert [request.body for request in server.asked] == [{"type": "meta"}]


def test_thousands_are_mapped_to_one_coin(tmp_path: Path) -> None:
    """The coin kPEPE is PEPE at a thousandth of its price."""
    with fault_server(hyperliquid_routes()) as server:
        bars = fetch(server, tmp_path, name="kPEPE", kinds=("bars",))["bars"]
    assert bars["close"].iloc[0] == pytest.approx(close_at(hours_of(bars)[0] + HOUR_MS) / 1000)
    assert set(bars["symbol"]) == {"PEPE"}


def test_a_coin_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    """With its name as the venue writes it."""
    with fault_server(hyperliquid_routes()) as server, pytest.raises(DataError, match="of BTC there are BTC"):
        fetch(server, tmp_path, name="BTCUSDT", kinds=("bars",))
