"""Reads histories through ccxt from frozen answers of Gate."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from fault_server import fault_server
from fetch_support import QUICK, GateRoutes, specimen

from cohortiv.errors import DataError
from cohortiv.sources.fetch.ccxt_history import Span, fetch_history
from cohortiv.sources.fetch.ccxt_venue import open_venue

START, HOUR = 1_705_017_600_000, 3_600_000
DAY = Span(datetime(2024, 1, 12, tzinfo=UTC), datetime(2024, 1, 13, tzinfo=UTC))
TICKERS = [{"contract": "BTC_USDT", "last": "46050", "mark_price": "46050"}]


def history(kind: str, span: Span = DAY, **changed: object) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """One history of bitcoin."""
    with fault_server(GateRoutes(**{"futures__usdt__tickers": TICKERS, **changed})) as server:
        venue = open_venue("gate", url=server.url, pace=QUICK)
        venue.call("load_markets")
        return fetch_history(venue, kind, instrument="BTC/USDT:USDT", span=span)


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


def test_ratios_are_asked_by_the_hour() -> None:
    """The structure of a long/short ratio, which Gate does not offer: spacing, since and limit are passed on."""
    asked: list[tuple[object, ...]] = []

    def ratios(*arguments: object) -> list[dict[str, object]]:
        asked.append(arguments)
        return [{"symbol": "BTC/USDT:USDT", "timestamp": 1705032000000, "timeframe": "1h", "longShortRatio": 1.25}]

    venue = open_venue("gate", url="http://127.0.0.1:1", pace=QUICK)
    venue.exchange.has = {**venue.exchange.has, "fetchLongShortRatioHistory": True}
    venue.exchange.fetch_long_short_ratio_history = ratios
    frame, _ = fetch_history(venue, "ratios", instrument="BTC/USDT:USDT", span=DAY)
    assert list(frame["long_short_ratio"]) == [1.25]
    assert asked[0] == ("BTC/USDT:USDT", "1h", 1705017600000, 100)


def test_another_period_is_left_out() -> None:
    """Rows outside the span are not kept, and a history without rows is told."""
    later = Span(datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 2, 2, tzinfo=UTC))
    with pytest.raises(DataError, match="has no funding"):
        history("funding", later)


def test_an_empty_page_does_not_end_a_history() -> None:
    """An instrument that was listed later, or a hole of weeks: what follows is there, and what is missing is said."""
    asked = []

    class Venue:
        name, notices = "gate", ()

        def refuse_missing(self, _: str) -> None:
            """It has all."""

        def call(self, _method: str, _instrument: str, since: int, limit: int) -> list[dict[str, object]]:
            asked.append(since)
            times = [START + hour * HOUR for hour in (*range(200, 260), *range(800, 860))]
            return [{"timestamp": at, "fundingRate": 1e-4} for at in times if since <= at < since + limit * HOUR]

    first = datetime.fromtimestamp(START / 1000, tz=UTC)
    span = Span(first, first + timedelta(hours=1000))
    frame, notes = fetch_history(Venue(), "funding", instrument="BTC/USDT:USDT", span=span)  # type: ignore[arg-type]
    assert len(frame) == 120
    assert "540 row(s) of funding are missing between the first and the last" in notes
    assert len(asked) < 30


def test_a_late_beginning_is_said() -> None:
    """A venue that gives its last rows whatever is asked leaves a hole, which is named."""
    _, notes = history("funding", Span(datetime(2024, 1, 1, tzinfo=UTC), DAY.until))
    assert "it begins at 2024-01-12 00:00 UTC" in notes
