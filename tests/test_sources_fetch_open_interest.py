"""Open interest in coins and in USD, each checked by the other."""

import pandas as pd
import pytest

from cohortiv.errors import DataError
from cohortiv.sources.fetch.market_rows import ReadRows
from cohortiv.sources.fetch.open_interest import in_both_units

TIMES = pd.date_range("2026-02-18", periods=4, freq="h")
CLOSE = pd.Series(100.0, index=TIMES)


def found(*, close: "pd.Series[float] | None" = CLOSE, coins_each: float = 1.0, **columns: object) -> ReadRows:
    """Open interest of these columns at four hours, contracts being 10 USD."""
    interest = pd.DataFrame({"time": TIMES, **columns})
    return in_both_units(interest, coins_each=coins_each, usd_each=10.0, close=close)


def test_contracts_are_turned_into_usd() -> None:
    """30 contracts of 10 USD are 300 USD, which 3 coins at 100 USD confirm."""
    both = found(contracts=30.0, oi_coin=3.0)
    assert both.frame["oi_usd"].tolist() == [300.0] * 4
    assert "contracts" not in both.frame
    assert both.notes == ()


def test_usd_follow_from_coins_and_the_close() -> None:
    """3 coins at 100 USD are 300 USD, and the note says that it is derived."""
    both = found(oi_coin=3.0)
    assert both.frame["oi_usd"].tolist() == [300.0] * 4
    assert both.notes == ("open interest comes in one unit; the other is by the price of its time",)


def test_coins_follow_from_usd_and_the_close() -> None:
    """300 USD at 100 USD are 3 coins."""
    assert found(oi_usd=300.0).frame["oi_coin"].tolist() == [3.0] * 4


def test_thousands_become_coins() -> None:
    """3 units of 1,000 coins at 100 USD a coin are 300,000 USD."""
    assert found(oi_coin=3.0, oi_usd=300_000.0, coins_each=1000.0).frame["oi_coin"].tolist() == [3000.0] * 4


def test_a_row_in_another_unit_is_left_out_and_counted() -> None:
    """Contracts in place of coins in one row are seen by the price."""
    both = found(oi_coin=[3.0, 3.0, 3000.0, 3.0], oi_usd=300.0)
    assert len(both.frame) == 3
    assert both.notes[0].startswith("1 row(s) of open interest left out")


def test_units_that_changed_throughout_are_refused() -> None:
    """With the figures that contradict each other."""
    with pytest.raises(DataError, match="such as 3 USD and 3 coins, where 300 USD is expected"):
        found(oi_coin=3.0, oi_usd=3.0)


def test_without_bars_usd_are_taken_as_they_are() -> None:
    """Nothing is there to check them by."""
    assert found(oi_usd=300.0, close=None).frame["oi_usd"].tolist() == [300.0] * 4


def test_coins_without_bars_are_refused() -> None:
    """The error says what to ask for."""
    with pytest.raises(DataError, match="Ask for bars too"):
        found(oi_coin=3.0, close=None)
