"""Tables of a user's own file that served no position."""

from datetime import date, datetime

import pytest
from book_support import AS_OF, schedule

from cohortiv.margin.brackets import Brackets, BracketSchedule
from cohortiv.margin.idle import idle_tables
from cohortiv.positions import Holding

SHIPPED = schedule("BTC", (0,), (0.004,), venue="binance")


def held(venue: str, symbol: str, as_of: datetime | None = None) -> Holding:
    """Some isolated linear positions."""
    return Holding(as_of, venue, symbol, "linear", "isolated", "USDT", 3)


def idle(own: list[BracketSchedule], *holdings: Holding) -> tuple[str, ...]:
    """Idle tables of a file beside one shipped table."""
    return idle_tables(own, Brackets((SHIPPED, *own)), holdings, as_of=AS_OF)


def test_a_table_that_serves_is_not_named() -> None:
    """An empty venue serves a venue without a table of its own."""
    assert idle([schedule("BTC", (0,), (0.01,))], held("okx", "BTC"), held("binance", "BTC")) == ()


@pytest.mark.parametrize(
    ("own", "told"),
    [
        (
            schedule("BTC", (0,), (0.01,)),
            (
                "empty venue BTC linear from 2020-01-01: binance has a table of its own, and an empty venue serves "
                "only venues without one; write the venue to replace it"
            ),
        ),
        (schedule("SOL", (0,), (0.01,)), "empty venue SOL linear from 2020-01-01: no position in SOL linear"),
        (
            schedule("BTC", (0,), (0.01,), venue="okx"),
            "okx BTC linear from 2020-01-01: no such position on okx; the positions are on binance",
        ),
    ],
    ids=["empty venue", "symbol", "venue"],
)
def test_why_a_table_served_nothing(own: BracketSchedule, told: str) -> None:
    """The shipped table of the venue won, or there is no such position."""
    assert idle([own], held("binance", "BTC")) == (told,)


def test_a_table_of_another_date_is_named() -> None:
    """One that came into force after the snapshot waits for its day."""
    now, later = (schedule("ETH", (0,), (0.01,), effective_from=date(year, 1, 1)) for year in (2020, 2030))
    assert idle([now, later], held("okx", "ETH")) == (
        "empty venue ETH linear from 2030-01-01: a table of another date is in force",
    )


def test_the_day_of_each_snapshot_counts() -> None:
    """Both tables serve where the snapshots lie on both sides of the change."""
    tables = [schedule("ETH", (0,), (0.01,), effective_from=date(year, 1, 1)) for year in (2020, 2026)]
    times = (datetime(2025, 6, 1), datetime(2026, 6, 1))  # noqa: DTZ001 - house times are UTC without zone
    assert idle(tables, *(held("okx", "ETH", time) for time in times)) == ()
