"""Public market data from a local server that plays Binance's shapes, faults included."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from fault_server import BROKEN, CUT, TOO_MANY, TRUNCATED, Asked, Fault, FaultServer, Route, fault_server
from market_server import HOUR_MS, altered, binance_routes, close_at, coins_at

from cohortiv.errors import DataError, FetchError, UsageError
from cohortiv.sources.fetch.binance_market import binance_source
from cohortiv.sources.fetch.client import Pace, VenueClient
from cohortiv.sources.fetch.kept import read_origin
from cohortiv.sources.fetch.kinds import Kind
from cohortiv.sources.fetch.market import MarketRequest, fetch_market
from cohortiv.sources.fetch.paging import windows

ALL: tuple[Kind, ...] = ("bars", "interest", "funding", "ratios")
UNTIL = datetime(2026, 2, 18, 12, tzinfo=UTC)
FIRST = UNTIL - timedelta(days=2)
Fetched = Mapping[Kind, pd.DataFrame]


class Desk:
    """Fetches from a server into a folder, without waiting, and remembers what was said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []

    def fetch(
        self,
        server: FaultServer,
        name: str = "BTCUSDT",
        *,
        kinds: tuple[Kind, ...] = ALL,
        first: datetime = FIRST,
        now: datetime = UNTIL,
    ) -> Fetched:
        """Tables by kind."""
        self.said.clear()
        source = binance_source(name, connect=lambda host: _client(server, host))
        request = MarketRequest(kinds, first, UNTIL, now, self.folder)
        files = fetch_market(source, request, say=self.said.append)
        self.paths = files
        return {kind: pd.read_parquet(path) for kind, path in files.items()}


def _client(server: FaultServer, host: str) -> VenueClient:
    pace = Pace(per_second=1e6, attempts=3)
    return VenueClient(host.partition("-")[0], server.url, pace=pace, sleep=lambda _: None)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A folder of nothing yet."""
    return Desk(tmp_path / "data")


def milliseconds(times: "pd.Series[pd.Timestamp]") -> list[int]:
    """Times since 1970."""
    return [round(time.timestamp() * 1000) for time in times.dt.tz_localize("UTC")]


def routes(**changes: Callable[[object], object]) -> dict[str, Route]:
    """Binance's routes, with the answers of endpoints that end so changed."""

    def changed(route: Route, change: Callable[[object], object]) -> Route:
        return lambda asked: change(route(asked))

    return {
        path: next((changed(route, change) for end, change in changes.items() if path.endswith(end)), route)
        for path, route in binance_routes().items()
    }


def test_bars_are_what_the_venue_has(desk: Desk) -> None:
    """48 hours, each once, with the close of its hour, the symbol and the venue."""
    with fault_server(binance_routes()) as server:
        bars = desk.fetch(server)["bars"]
    times = milliseconds(bars["time"])
    assert times == [round(FIRST.timestamp() * 1000) + hour * HOUR_MS for hour in range(48)]
    assert bars["close"].tolist() == pytest.approx([close_at(time + HOUR_MS) for time in times])
    assert (set(bars["symbol"]), set(bars["venue"])) == ({"BTC"}, {"binance"})


def test_open_interest_is_known_at_the_end_of_the_last_bar(desk: Desk) -> None:
    """In coins and USD, one hour more than there are bars."""
    with fault_server(binance_routes()) as server:
        interest = desk.fetch(server)["interest"]
    assert len(interest) == 49
    assert interest["time"].iloc[-1] == pd.Timestamp(UNTIL.replace(tzinfo=None))
    coins = [coins_at(time) for time in milliseconds(interest["time"])]
    assert interest["oi_coin"].tolist() == pytest.approx(coins)


def test_ratios_name_whose_they_are_and_funding_has_its_rate(desk: Desk) -> None:
    """Three groups of ratios, and a rate every eight hours."""
    with fault_server(binance_routes()) as server:
        found = desk.fetch(server)
    assert set(found["ratios"]["who"]) == {"accounts", "top-accounts", "top-positions"}
    assert len(found["funding"]) == 6
    assert found["funding"]["funding_rate"].iloc[0] == -0.0000375


def test_contracts_of_coin_m_become_usd(desk: Desk) -> None:
    """Contracts of 100 USD, confirmed by the coins that the venue tells beside them."""
    with fault_server(binance_routes()) as server:
        found = desk.fetch(server, "BTCUSD_PERP")
    interest, asked = found["interest"], next(request for request in server.asked if "pair" in request.query)
    worth = [coins_at(time) * close_at(time) for time in milliseconds(interest["time"])]
    assert interest["oi_usd"].tolist() == pytest.approx(worth, rel=1e-6)
    assert asked.query["contractType"] == "PERPETUAL"


def test_thousands_are_mapped_to_one_coin(desk: Desk) -> None:
    """1000PEPEUSDT is PEPE: its prices are divided by a thousand, its sizes multiplied, and that is said."""
    with fault_server(binance_routes()) as server:
        found = desk.fetch(server, "1000PEPEUSDT", kinds=("bars", "interest"))
    assert set(found["bars"]["symbol"]) == {"PEPE"}
    first = milliseconds(found["bars"]["time"])[0]
    assert found["bars"]["close"].iloc[0] == pytest.approx(close_at(first + HOUR_MS) * 1e-6)
    assert found["interest"]["oi_coin"].iloc[0] == pytest.approx(coins_at(first) * 1000)
    assert any("mapped to one coin" in line for line in desk.said)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("BTC", "binance has no 'BTC' among its 5 instruments; of BTC there are BTCUSDC, BTCUSDT, "),
        ("XYZUSDT", "nothing of XYZ is listed"),
        ("BTCUSDT_260626", "is a CURRENT_QUARTER on binance; read are perpetuals"),
    ],
)
def test_a_name_that_the_venue_does_not_have_is_refused(desk: Desk, name: str, said: str) -> None:
    """With the names that it has of the same asset."""
    with fault_server(binance_routes()) as server, pytest.raises(DataError, match=said):
        desk.fetch(server, name)


def test_an_instrument_that_does_not_trade_is_named(desk: Desk) -> None:
    """It is fetched, and its state is said."""
    with fault_server(binance_routes()) as server:
        desk.fetch(server, "LUNAUSDT", kinds=("bars",))
    assert "Note: LUNAUSDT is SETTLING on binance, not trading" in desk.said


@pytest.mark.parametrize("faults", [[TOO_MANY], [BROKEN], [TRUNCATED], [CUT], [TOO_MANY, TRUNCATED, Fault()] * 4])
def test_every_passing_fault_is_survived(desk: Desk, faults: list[Fault]) -> None:
    """The tables are the same as without: nothing lost, nothing counted twice."""
    with fault_server(binance_routes()) as server:
        calm = desk.fetch(server)
    with fault_server(binance_routes(), faults=[Fault(), *faults]) as server:
        rough = desk.fetch(server)
    for kind in ALL:
        pd.testing.assert_frame_equal(rough[kind], calm[kind])


def test_pages_that_overlap_count_once(desk: Desk) -> None:
    """A venue that repeats its rows changes nothing but the note."""
    with fault_server(binance_routes()) as server:
        calm = desk.fetch(server, kinds=("bars",))["bars"]

    def doubled(body: object) -> object:
        return [*body, *body[:3]] if isinstance(body, list) else body

    with fault_server(routes(klines=doubled)) as server:
        again = desk.fetch(server, kinds=("bars",))["bars"]
    pd.testing.assert_frame_equal(again, calm)
    assert "Note: 3 row(s) of bars of BTCUSDT came twice and count once" in desk.said


def test_one_hour_in_two_units_counts_once(desk: Desk) -> None:
    """As milliseconds, as seconds, and as text with a point."""
    with fault_server(binance_routes()) as server:
        calm = desk.fetch(server, kinds=("bars",))["bars"]

    def again(body: object) -> object:
        if not isinstance(body, list):
            return body
        seconds, text = [body[0][0] / 1000, *body[0][1:]], [f"{body[1][0]}.0", *body[1][1:]]
        return [*body, seconds, text]

    with fault_server(routes(klines=again)) as server:
        bars = desk.fetch(server, kinds=("bars",))["bars"]
    assert len(bars) == len(calm)
    assert bars["time"].is_unique


def test_nulls_are_left_out_and_counted(desk: Desk) -> None:
    """A null in every tenth row of open interest leaves the others."""
    nulls = altered(lambda row: {**row, "sumOpenInterestValue": None}, every=10)
    with fault_server(routes(openInterestHist=nulls)) as server:
        interest = desk.fetch(server, kinds=("interest", "bars"))["interest"]
    assert len(interest) == 44
    assert "Note: 5 row(s) of interest of BTCUSDT left out: oi_usd is no number" in desk.said


def test_numbers_in_place_of_text_are_read(desk: Desk) -> None:
    """A venue that changes a field from text to a number is read as before."""
    with fault_server(binance_routes()) as server:
        calm = desk.fetch(server, kinds=("bars",))["bars"]
    with fault_server(routes(klines=altered(lambda row: [row[0], *map(float, row[1:6]), *row[6:]]))) as server:
        numbers = desk.fetch(server, kinds=("bars",))["bars"]
    pd.testing.assert_frame_equal(numbers, calm)


def test_a_venue_that_changes_its_units_is_refused(desk: Desk) -> None:
    """Contracts in place of coins on USD-M contradict the price."""
    contracts = altered(lambda row: {**row, "sumOpenInterest": str(float(row["sumOpenInterest"]) * 1000)})
    with (
        fault_server(routes(openInterestHist=contracts)) as server,
        pytest.raises(DataError, match="changed its units"),
    ):
        desk.fetch(server, kinds=("bars", "interest"))


def test_hours_without_a_bar_are_counted(desk: Desk) -> None:
    """A gap of three hours is said."""
    with fault_server(
        routes(klines=lambda body: [*body[:10], *body[13:]] if isinstance(body, list) else body)
    ) as server:
        bars = desk.fetch(server, kinds=("bars",))["bars"]
    assert len(bars) == 45
    assert "Note: 3 hour(s) of bars of BTCUSDT are missing between the first and the last" in desk.said


def test_bars_that_contradict_themselves_are_left_out(desk: Desk) -> None:
    """A low above the close in one bar of ten is counted."""
    wrong = altered(lambda row: [*row[:3], str(float(row[2]) * 2), *row[4:]], every=10)
    with fault_server(routes(klines=wrong)) as server:
        bars = desk.fetch(server, kinds=("bars",))["bars"]
    assert len(bars) == 43
    assert "Note: 5 bar(s) of BTCUSDT left out: low or high contradicts open and close" in desk.said


def test_a_venue_that_gives_less_than_it_is_asked_for_is_named(desk: Desk) -> None:
    """A limit that was lowered leaves holes, which are counted."""
    first = UNTIL - timedelta(days=25)
    shorter = routes(openInterestHist=lambda body: body[:400] if isinstance(body, list) else body)
    with fault_server(shorter) as server:
        desk.fetch(server, kinds=("bars", "interest"), first=first)
    assert "Note: 100 hour(s) of interest of BTCUSDT are missing between the first and the last" in desk.said


def test_a_venue_that_ignores_the_period_is_told(desk: Desk) -> None:
    """Rows of another time are not taken for those that were asked for."""
    early = altered(lambda row: [row[0] - 10**10, *row[1:]])
    with fault_server(routes(klines=early)) as server, pytest.raises(DataError, match="has no bars of BTCUSDT"):
        desk.fetch(server)


def test_an_empty_history_is_told(desk: Desk) -> None:
    """A venue that has nothing of the period is an error, not an empty report."""
    with fault_server(routes(klines=lambda _: [])) as server, pytest.raises(DataError, match="has no bars of BTCUSDT"):
        desk.fetch(server)


def test_an_error_in_disguise_is_told(desk: Desk) -> None:
    """An object where rows are known is shown."""
    with (
        fault_server(routes(klines=lambda _: {"code": -1121, "msg": "Invalid symbol."})) as server,
        pytest.raises(DataError, match=r"Invalid symbol\..*known is a list of rows"),
    ):
        desk.fetch(server)


def test_a_fetch_that_broke_off_goes_on_where_it_was(desk: Desk) -> None:
    """Pages that came are not asked for again, and the table is the same."""
    first = UNTIL - timedelta(days=100)
    with fault_server(binance_routes()) as server:
        calm = desk.fetch(server, kinds=("bars",), first=first)["bars"]
    with fault_server(binance_routes()) as server:
        server.faults.extend([Fault(), Fault(), Fault(), *[BROKEN] * 3])
        with pytest.raises(FetchError, match="what was kept so far is not asked for again"):
            desk.fetch(server, kinds=("bars",), first=first)
        before = len(server.asked)
        again = desk.fetch(server, kinds=("bars",), first=first)["bars"]
        left = len(windows(first, UNTIL, step=timedelta(hours=1), limit=1000)) - 2
        assert server.paths()[before:] == ["/fapi/v1/exchangeInfo", *["/fapi/v1/klines"] * left]
    pd.testing.assert_frame_equal(again, calm)
    assert any("2 page(s) of bars were there" in line for line in desk.said)
    assert list((desk.folder / ".unfinished").iterdir()) == []


def test_a_period_longer_than_the_venue_keeps_is_cut_and_said(desk: Desk) -> None:
    """Open interest goes back a month, bars as far as is asked."""
    with fault_server(binance_routes()) as server:
        found = desk.fetch(server, kinds=("bars", "interest"), first=UNTIL - timedelta(days=60))
    assert len(found["bars"]) == 60 * 24
    assert found["interest"]["time"].iloc[0] == pd.Timestamp("2026-01-21")
    assert "Note: binance keeps open interest for 29 days: it begins 2026-01-21" in desk.said


def test_what_a_venue_keeps_is_counted_from_now(desk: Desk) -> None:
    """Asked for a day three weeks ago, a month is not counted from there; of a day long gone there is nothing."""
    kinds: tuple[Kind, ...] = ("bars", "interest")
    with fault_server(binance_routes()) as server:
        found = desk.fetch(server, kinds=kinds, first=UNTIL - timedelta(days=30), now=UNTIL + timedelta(days=21))
        assert found["interest"]["time"].iloc[0] == pd.Timestamp("2026-02-11")
        with pytest.raises(DataError, match="has no interest of BTCUSDT"):
            desk.fetch(server, kinds=kinds, now=UNTIL + timedelta(days=90))


def test_a_page_that_was_spoiled_is_asked_for_again(desk: Desk) -> None:
    """A file that somebody cut short is no answer."""
    with fault_server(binance_routes()) as server:
        server.faults.extend([Fault(), Fault(), *[BROKEN] * 3])
        with pytest.raises(FetchError):
            desk.fetch(server, kinds=("bars",), first=UNTIL - timedelta(days=60))
        (page,) = (desk.folder / ".unfinished").iterdir()
        page.write_text(page.read_text(encoding="utf-8")[:100], encoding="utf-8")
        bars = desk.fetch(server, kinds=("bars",), first=UNTIL - timedelta(days=60))["bars"]
    assert len(bars) == 60 * 24


def test_a_bar_that_ends_by_this_machines_clock_alone_is_left_out(desk: Desk) -> None:
    """The venue's clock is an hour and a half behind: two hours that seem over are not."""
    with fault_server(binance_routes(), always=Fault(skew=-5400.0)) as server:
        bars = desk.fetch(server, kinds=("bars",), now=UNTIL)["bars"]
    assert bars["time"].iloc[-1] == pd.Timestamp(UNTIL).tz_localize(None) - pd.Timedelta(hours=3)


def test_a_clock_that_is_off_stands_in_the_origin(desk: Desk) -> None:
    """With every kept file."""
    with fault_server(binance_routes(), always=Fault(skew=300.0)) as server:
        desk.fetch(server, kinds=("bars",))
    assert "ahead of this machine's" in str(read_origin(desk.paths["bars"])["notes"])


def test_the_origin_names_every_request(desk: Desk) -> None:
    """Endpoint, parameters, time, digest and version are in the file."""
    with fault_server(binance_routes()) as server:
        desk.fetch(server, kinds=("bars",))
    origin = read_origin(desk.paths["bars"])
    requests = origin["requests"]
    assert isinstance(requests, list)
    assert [request["endpoint"].removeprefix(server.url) for request in requests] == [
        "/fapi/v1/exchangeInfo", "/fapi/v1/klines",
    ]  # fmt: skip
    assert requests[1]["parameters"]["symbol"] == "BTCUSDT"
    assert {"fetched_at", "sha256"} <= requests[1].keys()
    assert origin["package_version"]


def test_what_a_venue_does_not_offer_is_said_before_anything_is_fetched(desk: Desk) -> None:
    """An instrument without ratios refuses them, and nothing was asked but what it is."""
    with fault_server(binance_routes()) as server:
        source = binance_source("BTCUSDT", connect=lambda host: _client(server, host))
        lacking = type(source)(
            source.venue, source.name, source.symbol, 1.0,
            tuple(history for history in source.histories if history.kind != "ratios"), source.client,
        )  # fmt: skip
        with pytest.raises(UsageError, match="does not offer a history of long/short ratios; it has bars, interest"):
            fetch_market(lacking, MarketRequest(ALL, FIRST, UNTIL, UNTIL, desk.folder), say=desk.said.append)
        assert [request.path for request in server.asked] == ["/fapi/v1/exchangeInfo"]
        assert isinstance(server.asked[0], Asked)
