"""Bars that agree with themselves, and hours without holes."""

import pandas as pd
import pytest

from cohortiv.sources.fetch.market_checks import MarketChecks, holes

TIMES = pd.Series(pd.date_range("2026-02-18", periods=4, freq="h"))
BARS = pd.DataFrame(
    {
        "time": TIMES,
        "open": 100.0,
        "high": 102.0,
        "low": 99.0,
        "close": [101.0, 100.0, 101.0, 100.0],
        "volume_coin": 5.0,
    }
)


def test_sound_bars_stay_as_they_are() -> None:
    """Without a word."""
    found = MarketChecks("BTCUSDT").checked("bars", BARS)
    pd.testing.assert_frame_equal(found.frame, BARS)
    assert found.notes == ()


def test_a_bar_that_contradicts_itself_leaves_a_hole() -> None:
    """A high below the close is left out, and the missing hour is counted."""
    found = MarketChecks("BTCUSDT").checked("bars", BARS.assign(high=[102.0, 99.5, 102.0, 102.0]))
    assert found.notes == (
        "1 bar(s) of BTCUSDT left out: low or high contradicts open and close",
        "1 hour(s) of bars of BTCUSDT are missing between the first and the last",
    )


def test_thousands_become_one() -> None:
    """A price of 1,000 coins is a thousandth for one, and its volume is a thousand times as many."""
    found = MarketChecks("1000PEPEUSDT", coins_each=1000.0).checked("bars", BARS)
    assert found.frame["close"].iloc[0] == pytest.approx(0.101)
    assert found.frame["volume_coin"].iloc[0] == pytest.approx(5000.0)


def test_open_interest_is_checked_by_the_bars_before_it() -> None:
    """The price at an hour is the close of the bar that ends then, and the open before the first."""
    checks = MarketChecks("BTCUSDT")
    checks.checked("bars", BARS)
    found = checks.checked("interest", pd.DataFrame({"time": TIMES, "oi_coin": 2.0}))
    assert found.frame["oi_usd"].tolist() == [200.0, 202.0, 200.0, 202.0]


def test_shares_become_a_ratio() -> None:
    """60 % long and 40 % short are 1.5; nobody short has no ratio."""
    frame = pd.DataFrame({"time": TIMES[:2], "long_share": [0.6, 1.0], "short_share": [0.4, 0.0]})
    ratio = MarketChecks("BTCUSDT").checked("ratios", frame).frame["long_short_ratio"]
    assert ratio.iloc[0] == pytest.approx(1.5)
    assert ratio.isna().tolist() == [False, True]


def test_several_times_an_hour_are_no_hole() -> None:
    """Five minutes apart or an hour, an hour is there or not."""
    minutes = pd.Series(pd.date_range("2026-02-18", periods=36, freq="5min"))
    assert holes(minutes, what="interest") == ()
    assert holes(TIMES.drop([1, 2]), what="interest") == (
        "2 hour(s) of interest are missing between the first and the last",
    )
    assert holes(TIMES[:0], what="interest") == ()
