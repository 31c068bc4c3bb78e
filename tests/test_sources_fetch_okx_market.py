"""OKX's public market data from a local server that plays its shapes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from fault_server import Fault, FaultServer, fault_server
from market_server import HOUR_MS, close_at, coins_at, okx_routes

from cohortiv.errors import DataError, FetchError
from cohortiv.sources.fetch.addresses import connect
from cohortiv.sources.fetch.client import Pace
from cohortiv.sources.fetch.kinds import Kind
from cohortiv.sources.fetch.market import MarketRequest, fetch_market
from cohortiv.sources.fetch.okx_market import okx_source

ALL: tuple[Kind, ...] = ("bars", "interest", "funding", "ratios")
UNTIL = datetime(2026, 2, 18, 12, tzinfo=UTC)
FIRST = UNTIL - timedelta(days=12)


def fetch(server: FaultServer, folder: Path, *, name: str, kinds: tuple[Kind, ...] = ALL) -> dict[Kind, pd.DataFrame]:
    """Tables of twelve days by kind."""
    pace = Pace(per_second=1e6, attempts=3, first_wait_seconds=0.0)
    here = {"COHORTIV_OKX_URL": server.url}
    source = okx_source(name, connect=lambda host: connect(host, pace=pace, environment=here))
    files = fetch_market(source, MarketRequest(kinds, FIRST, UNTIL, UNTIL, folder), say=lambda _: None)
    return {kind: pd.read_parquet(path) for kind, path in files.items()}


def hours_of(frame: pd.DataFrame) -> list[int]:
    """Times of a table since 1970 [ms]."""
    return [round(time.timestamp() * 1000) for time in frame["time"].dt.tz_localize("UTC")]


def test_bars_are_what_the_venue_has(tmp_path: Path) -> None:
    """288 hours, each once and in order, with the close of its hour."""
    with fault_server(okx_routes()) as server:
        bars = fetch(server, tmp_path, name="BTC-USDT-SWAP", kinds=("bars",))["bars"]
    times = hours_of(bars)
    assert times == [round(FIRST.timestamp() * 1000) + hour * HOUR_MS for hour in range(288)]
    assert bars["close"].tolist() == pytest.approx([close_at(time + HOUR_MS) for time in times])
    assert (set(bars["symbol"]), set(bars["venue"])) == ({"BTC"}, {"okx"})


@pytest.mark.parametrize("name", ["BTC-USDT-SWAP", "BTC-USD-SWAP"])
def test_open_interest_comes_in_coins_and_usd(tmp_path: Path, name: str) -> None:
    """Both are told, beside contracts that are not needed."""
    with fault_server(okx_routes()) as server:
        interest = fetch(server, tmp_path, name=name)["interest"]
    times = hours_of(interest)
    assert len(times) == 289
    assert interest["oi_usd"].tolist() == pytest.approx([coins_at(time) * close_at(time) for time in times], rel=1e-4)
    assert interest["oi_coin"].tolist() == pytest.approx([coins_at(time) for time in times], rel=1e-4)


def test_funding_and_ratios_are_read(tmp_path: Path) -> None:
    """A rate every eight hours, and the ratio as it is."""
    with fault_server(okx_routes()) as server:
        found = fetch(server, tmp_path, name="BTC-USDT-SWAP")
    assert (len(found["funding"]), set(found["funding"]["funding_rate"])) == (36, {0.0001})
    assert found["ratios"]["long_short_ratio"].tolist() == pytest.approx([1.5] * 289)


def test_an_instrument_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    """With those of the same asset."""
    with (
        fault_server(okx_routes()) as server,
        pytest.raises(DataError, match="of BTC there are BTC-USD-SWAP, BTC-USDT-SWAP"),
    ):
        fetch(server, tmp_path, name="BTC-USDT")


def test_too_many_requests_within_an_envelope_pass(tmp_path: Path) -> None:
    """A code in an answer of status 200 is waited out, and nothing of it is kept as a page."""
    limit = Fault(change=lambda _: {"code": "50011", "msg": "Rate limit reached.", "data": []})
    with fault_server(okx_routes()) as server:
        calm = fetch(server, tmp_path / "calm", name="BTC-USDT-SWAP")
    with fault_server(okx_routes(), faults=[Fault(), limit, limit, Fault(), limit]) as server:
        rough = fetch(server, tmp_path / "rough", name="BTC-USDT-SWAP")
    for kind in ALL:
        pd.testing.assert_frame_equal(rough[kind], calm[kind])


def test_a_refusal_within_an_envelope_is_told(tmp_path: Path) -> None:
    """In the venue's words, after one request."""
    refused = Fault(change=lambda _: {"code": "51001", "msg": "Instrument ID does not exist", "data": []})
    with (
        fault_server(okx_routes(), always=refused) as server,
        pytest.raises(FetchError, match="code 51001: Instrument ID does not exist"),
    ):
        fetch(server, tmp_path, name="BTC-USDT-SWAP")
    assert len(server.asked) == 1
