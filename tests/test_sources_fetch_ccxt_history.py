"""Reads histories through ccxt from frozen answers of Gate."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from fault_server import fault_server
from fetch_support import QUICK, GateRoutes, specimen

from cohortiv.errors import DataError, FetchError
from cohortiv.sources.fetch.ccxt_history import Span, fetch_history
from cohortiv.sources.fetch.ccxt_venue import open_venue
from cohortiv.sources.fetch.client import Answer
from cohortiv.sources.fetch.kept import Pages

START, HOUR = 1_705_017_600_000, 3_600_000
DAY = Span(datetime(2024, 1, 12, tzinfo=UTC), datetime(2024, 1, 13, tzinfo=UTC))
NOTED = Answer(None, "", "", {}, datetime(2024, 1, 13, tzinfo=UTC))
TICKERS = [{"contract": "BTC_USDT", "last": "46050", "mark_price": "46050"}]


def history(kind: str, span: Span = DAY, **changed: object) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """One history of bitcoin."""
    with fault_server(GateRoutes(**{"futures__usdt__tickers": TICKERS, **changed})) as server:
        venue = open_venue("gate", url=server.url, pace=QUICK)
        venue.call("load_markets")
        with TemporaryDirectory() as folder:
            return fetch_history(venue, kind, instrument="BTC/USDT:USDT", span=span, pages=Pages(Path(folder)))


def test_open_interest_is_turned_into_coins() -> None:
    """2,146,170 contracts of 0.0001 BTC, told by the price that value over amount comes to."""
    frame, notes = history("interest")
    assert list(frame["oi_coin"]) == pytest.approx([214.617, 214.617])
    assert any("in contracts of 0.0001 coins" in note for note in notes)


def test_open_interest_in_no_known_unit_is_left_out() -> None:
    """Neither coins nor contracts give the price: amounts are empty, and values stay."""
    rows = [{**row, "open_interest": "7"} for row in specimen("gate")["/futures/usdt/contract_stats"]]
    frame, notes = history("interest", futures__usdt__contract_stats=rows)
    assert frame["oi_coin"].isna().all()
    assert frame["oi_usd"].notna().all()
    assert any("amounts are left out" in note for note in notes)


def test_funding_has_its_times() -> None:
    """Two settlements of the day."""
    frame, notes = history("funding")
    assert list(frame["funding_rate"]) == [0.00063521, 0.0001]
    assert (str(frame["time"].iloc[0]), notes) == ("2024-01-12 00:00:00", ())


def test_a_liquidation_counts_once() -> None:
    """A row that a page repeats is dropped and counted; a sale closed a long."""
    frame, notes = history("liquidations")
    assert list(frame["order_side"]) == ["sell"]
    assert frame["quantity"].iloc[0] == pytest.approx(0.0165)
    assert any("came twice and count once" in note for note in notes)


def test_ratios_are_asked_by_the_hour(tmp_path: Path) -> None:
    """The structure of a long/short ratio, which Gate does not offer: spacing, since and limit are passed on."""
    asked: list[tuple[object, ...]] = []

    def ratios(*arguments: object) -> list[dict[str, object]]:
        asked.append(arguments)
        return [{"symbol": "BTC/USDT:USDT", "timestamp": 1705032000000, "timeframe": "1h", "longShortRatio": 1.25}]

    venue = open_venue("gate", url="http://127.0.0.1:1", pace=QUICK)
    venue.exchange.has = {**venue.exchange.has, "fetchLongShortRatioHistory": True}
    venue.exchange.fetch_long_short_ratio_history = ratios
    venue.answers.append(NOTED)
    frame, _ = fetch_history(venue, "ratios", instrument="BTC/USDT:USDT", span=DAY, pages=Pages(tmp_path))
    assert list(frame["long_short_ratio"]) == [1.25]
    assert asked[0] == ("BTC/USDT:USDT", "1h", 1705017600000, 100)


def test_another_period_is_left_out() -> None:
    """Rows outside the span are not kept, and a history without rows is told."""
    later = Span(datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 2, 2, tzinfo=UTC))
    with pytest.raises(DataError, match="has no funding"):
        history("funding", later)


class Hourly:
    """A venue with funding at some hours from `START` on, which may fail at a call."""

    def __init__(self, hours: Iterable[int], *, fails_at: int = 0) -> None:
        """Times of its rows."""
        self.name, self.notices, self.answers = "gate", (), [NOTED]
        self.said: list[str] = []
        self.asked: list[int] = []
        self._times, self._fails_at = [START + hour * HOUR for hour in hours], fails_at

    def refuse_missing(self, kind: str) -> None:
        """It has all."""

    def say(self, text: str) -> None:
        """Progress."""
        self.said.append(text)

    def call(self, _method: str, _instrument: str, since: int, limit: int) -> list[dict[str, object]]:
        """Funding from a time on."""
        self.asked.append(since)
        if len(self.asked) == self._fails_at:
            raise FetchError("gate did not answer")
        return [{"timestamp": at, "fundingRate": 1e-4} for at in self._times if since <= at < since + limit * HOUR]


def of_hours(venue: Hourly, hours: int, folder: Path) -> tuple[pd.DataFrame, tuple[str, ...], Pages]:
    """Funding of so many hours."""
    first = datetime.fromtimestamp(START / 1000, tz=UTC)
    span, pages = Span(first, first + timedelta(hours=hours)), Pages(folder)
    found = fetch_history(venue, "funding", instrument="BTC/USDT:USDT", span=span, pages=pages)  # type: ignore[arg-type]
    return (*found, pages)


def test_an_empty_page_does_not_end_a_history(tmp_path: Path) -> None:
    """An instrument that was listed later, or a hole of weeks: what follows is there, and what is missing is said."""
    venue = Hourly((*range(200, 260), *range(800, 860)))
    frame, notes, _ = of_hours(venue, 1000, tmp_path)
    assert len(frame) == 120
    assert "540 row(s) of funding are missing between the first and the last" in notes
    assert len(venue.asked) < 30


def test_a_history_that_broke_off_goes_on_where_it_was(tmp_path: Path) -> None:
    """Pages that came are not asked for again, the table is that of a calm fetch; a long one says how far it is."""
    whole = Hourly(range(2500))
    calm, _, _ = of_hours(whole, 2500, tmp_path / "calm")
    with pytest.raises(FetchError):
        of_hours(Hourly(range(2500), fails_at=12), 2500, tmp_path / "rough")
    again = Hourly(range(2500))
    frame, _, pages = of_hours(again, 2500, tmp_path / "rough")
    assert (pages.resumed, len(again.asked)) == (11, len(whole.asked) - 11)
    assert any("20 pages" in line for line in again.said)
    pd.testing.assert_frame_equal(frame, calm)


def test_a_late_beginning_is_said() -> None:
    """A venue that gives its last rows whatever is asked leaves a hole, which is named."""
    _, notes = history("funding", Span(datetime(2024, 1, 1, tzinfo=UTC), DAY.until))
    assert "it begins at 2024-01-12 00:00 UTC" in notes
