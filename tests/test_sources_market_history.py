"""Market data: bars by their end, open interest of one symbol and venue, and what is refused."""

from pathlib import Path

import pandas as pd
import pytest

from cohortiv.errors import DataError, UsageError
from cohortiv.sources.market_history import MarketHistory, read_market_history

BARS = pd.DataFrame({"time": pd.date_range("2026-02-18", periods=3, freq="h", tz="UTC"), "open": 100.0, "high": 102.0,
                     "low": 99.0, "close": 101.0})  # fmt: skip
INTEREST = pd.DataFrame({"timestamp": pd.date_range("2026-02-18 01:00", periods=2, freq="h", tz="UTC"),
                         "venue": "binance", "coin": "BTC", "oi_usd": [10.0, 11.0]})  # fmt: skip


def read(
    folder: Path, bars: pd.DataFrame = BARS, interest: pd.DataFrame | None = INTEREST, *, venue: str = ""
) -> MarketHistory:
    """History of BTC from these tables, the bars as CSV and open interest as Parquet."""
    bars.to_csv(folder / "bars.csv", index=False)
    if interest is not None:
        interest.to_parquet(folder / "interest.parquet")
    other = str(folder / "interest.parquet") if interest is not None else ""
    return read_market_history(str(folder / "bars.csv"), open_interest=other, symbol="BTC", venue=venue)


def test_bars_are_named_by_their_end(tmp_path: Path) -> None:
    """A bar that starts at midnight is known at one."""
    assert read(tmp_path).bars["time"].iloc[0] == pd.Timestamp("2026-02-18 01:00")


def test_bars_are_put_in_order(tmp_path: Path) -> None:
    """A file may hold the newest first."""
    assert read(tmp_path, BARS[::-1]).bars["time"].is_monotonic_increasing


def test_the_venue_is_that_of_the_open_interest(tmp_path: Path) -> None:
    """A file that holds one venue names it."""
    assert read(tmp_path).venue == "binance"


def test_one_of_several_venues_must_be_named(tmp_path: Path) -> None:
    """They are listed."""
    several = pd.concat([INTEREST, INTEREST.assign(venue="okx", oi_usd=1.0)])
    assert read(tmp_path, interest=several, venue="okx").interest["oi_usd"].tolist() == [1.0, 1.0]
    with pytest.raises(DataError, match=r"venues binance, okx; a run is about one\. Name it with --venue"):
        read(tmp_path, interest=several)


def test_a_symbol_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With those that are."""
    with pytest.raises(DataError, match=r"--symbol got 'BTC', but interest\.parquet holds the symbols ETH"):
        read(tmp_path, interest=INTEREST.assign(coin="ETH"))


def test_bars_may_bring_open_interest(tmp_path: Path) -> None:
    """It is that at the bar's end."""
    found = read(tmp_path, BARS.assign(oi_usd=[1.0, float("nan"), 3.0]), None, venue="binance")
    assert found.interest["oi_usd"].tolist() == [1.0, 3.0]
    assert found.interest["time"].iloc[0] == pd.Timestamp("2026-02-18 01:00")
    assert found.venue == "binance"


def test_without_open_interest_there_is_nothing_to_follow(tmp_path: Path) -> None:
    """The option that brings it is named."""
    with pytest.raises(DataError, match="no oi_usd; name a file of open interest with --open-interest"):
        read(tmp_path, interest=None)


@pytest.mark.parametrize(
    ("bars", "said"),
    [
        (BARS.iloc[:1], r"holds 1 bar\(s\)"),
        (pd.concat([BARS, BARS.iloc[:1]]), r"repeats 1 time\(s\)"),
        (BARS.assign(low=101.5), r"3 bar\(s\) have a low above"),
        (BARS.assign(high=[102.0, 90.0, 102.0]), r"1 bar\(s\) have .*first at 2026-02-18 01:00"),
        (BARS.drop(columns="close"), "lacks close"),
    ],
)
def test_bars_that_are_none_are_refused(tmp_path: Path, bars: pd.DataFrame, said: str) -> None:
    """Too few, repeated, or impossible."""
    with pytest.raises(DataError, match=said):
        read(tmp_path, bars)


def test_a_source_is_not_a_file() -> None:
    """Market data come from files."""
    with pytest.raises(UsageError, match="--market got the source 'binance'; allowed is a plain path"):
        read_market_history("binance:BTCUSDT", symbol="BTC")


def test_bars_and_open_interest_must_overlap(tmp_path: Path) -> None:
    """Bars of another period follow nothing."""
    later = INTEREST.assign(timestamp=INTEREST["timestamp"] + pd.Timedelta(days=9))
    with pytest.raises(DataError, match="0 of 3 bars end between the first and the last time of open interest"):
        read(tmp_path, interest=later)


def test_only_bars_with_open_interest_are_covered(tmp_path: Path) -> None:
    """The third bar ends after the last time."""
    assert len(read(tmp_path).covered) == 2
