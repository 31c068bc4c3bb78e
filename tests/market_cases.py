"""What public market data of every venue must do, from a local server; a venue's own tests add to it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pandas as pd
import pytest
from fault_server import Fault, FaultServer, Route, fault_server
from market_server import HOUR_MS, close_at, coins_at

from cohortiv.errors import DataError, FetchError
from cohortiv.sources.fetch.addresses import connect
from cohortiv.sources.fetch.asking import Connect
from cohortiv.sources.fetch.client import Pace
from cohortiv.sources.fetch.kinds import Kind
from cohortiv.sources.fetch.market import MarketRequest, MarketSource, fetch_market

ALL: tuple[Kind, ...] = ("bars", "interest", "funding", "ratios")
UNTIL = datetime(2026, 2, 18, 12, tzinfo=UTC)
FIRST = UNTIL - timedelta(days=12)


class MarketCases:
    """Cases of a venue whose answers come in an envelope with a code of its own."""

    venue: ClassVar[str]
    #: A linear perpetual of bitcoin, one whose size is in USD, and a name that is not listed.
    linear: ClassVar[str]
    inverse: ClassVar[str]
    unlisted: ClassVar[str]
    #: Envelopes of status 200: too many requests, and a refusal with the words that an error must have.
    limit: ClassVar[Mapping[str, object]]
    refusal: ClassVar[Mapping[str, object]]
    refused_with: ClassVar[str]

    @staticmethod
    def source(name: str, *, connect: Connect) -> MarketSource:
        """The venue's source of an instrument."""
        raise NotImplementedError

    @staticmethod
    def routes() -> dict[str, Route]:
        """What the local server plays."""
        raise NotImplementedError

    def fetch(
        self, server: FaultServer, folder: Path, *, name: str, kinds: tuple[Kind, ...] = ALL
    ) -> dict[Kind, pd.DataFrame]:
        """Tables of twelve days by kind."""
        pace = Pace(per_second=1e6, attempts=3, first_wait_seconds=0.0)
        here = {f"COHORTIV_{self.venue.upper()}_URL": server.url}
        source = self.source(name, connect=lambda host: connect(host, pace=pace, environment=here))
        files = fetch_market(source, MarketRequest(kinds, FIRST, UNTIL, UNTIL, folder), say=lambda _: None)
        return {kind: pd.read_parquet(path) for kind, path in files.items()}

    def test_bars_are_what_the_venue_has(self, tmp_path: Path) -> None:
        """288 hours, each once and in order, with the close of its hour."""
        with fault_server(self.routes()) as server:
            bars = self.fetch(server, tmp_path, name=self.linear, kinds=("bars",))["bars"]
        times = _hours_of(bars)
        assert times == [round(FIRST.timestamp() * 1000) + hour * HOUR_MS for hour in range(288)]
        assert bars["close"].tolist() == pytest.approx([close_at(time + HOUR_MS) for time in times])
        assert (set(bars["symbol"]), set(bars["venue"])) == ({"BTC"}, {self.venue})

    @pytest.mark.parametrize("kind", ["linear", "inverse"])
    def test_open_interest_comes_in_coins_and_usd(self, tmp_path: Path, kind: str) -> None:
        """Of linear and of inverse contracts; where the venue tells one, the other follows from the close."""
        with fault_server(self.routes()) as server:
            interest = self.fetch(server, tmp_path, name=getattr(self, kind))["interest"]
        times = _hours_of(interest)
        usd = [coins_at(time) * close_at(time) for time in times]
        assert len(times) == 289
        assert interest["oi_usd"].tolist() == pytest.approx(usd, rel=1e-4)
        assert interest["oi_coin"].tolist() == pytest.approx([coins_at(time) for time in times], rel=1e-4)

    def test_funding_and_ratios_are_read(self, tmp_path: Path) -> None:
        """A rate every eight hours; the ratio as it is, or from two shares."""
        with fault_server(self.routes()) as server:
            found = self.fetch(server, tmp_path, name=self.linear)
        assert (len(found["funding"]), set(found["funding"]["funding_rate"])) == (36, {0.0001})
        assert found["ratios"]["long_short_ratio"].tolist() == pytest.approx([1.5] * 289)

    def test_an_instrument_that_is_not_listed_is_refused(self, tmp_path: Path) -> None:
        """With those of the same asset."""
        listed = f"of BTC there are {', '.join(sorted((self.inverse, self.linear)))}"
        with fault_server(self.routes()) as server, pytest.raises(DataError, match=listed):
            self.fetch(server, tmp_path, name=self.unlisted)

    def test_too_many_requests_within_an_envelope_pass(self, tmp_path: Path) -> None:
        """A code in an answer of status 200 is waited out, and nothing of it is kept as a page."""
        limit = Fault(change=_always(self.limit))
        with fault_server(self.routes()) as server:
            calm = self.fetch(server, tmp_path / "calm", name=self.linear)
        with fault_server(self.routes(), faults=[Fault(), limit, limit, Fault(), limit]) as server:
            rough = self.fetch(server, tmp_path / "rough", name=self.linear)
        for kind in ALL:
            pd.testing.assert_frame_equal(rough[kind], calm[kind])

    def test_a_refusal_within_an_envelope_is_told(self, tmp_path: Path) -> None:
        """In the venue's words, after one request."""
        refused = Fault(change=_always(self.refusal))
        with (
            fault_server(self.routes(), always=refused) as server,
            pytest.raises(FetchError, match=self.refused_with),
        ):
            self.fetch(server, tmp_path, name=self.linear)
        assert len(server.asked) == 1


def _always(envelope: Mapping[str, object]) -> Callable[[object], object]:
    return lambda _: dict(envelope)


def _hours_of(frame: pd.DataFrame) -> list[int]:
    """Times of a table since 1970 [ms]."""
    return [round(time.timestamp() * 1000) for time in frame["time"].dt.tz_localize("UTC")]
