"""Series for a validation: public exports in house words, when a row was known, and what is refused."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cohortiv.errors import DataError, UsageError
from cohortiv.sources.validation_data import Kind, ValidationSeries, read_validation_series

HOURS = [f"2026-02-18T{hour:02}:00:00Z" for hour in range(4)]
DAYS = [f"2026-02-{day}" for day in range(10, 14)]


def read(folder: Path, kind: Kind, *, suffix: str = "csv", **columns: object) -> ValidationSeries:
    """The series of a table."""
    path = folder / f"file.{suffix}"
    frame = pd.DataFrame(columns)
    frame.to_csv(path, index=False) if suffix == "csv" else frame.to_parquet(path)
    return read_validation_series(path, kind=kind)


def first_known(found: ValidationSeries) -> str:
    """When the first row was known."""
    return str(found.frame.index[0])


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_prices_are_known_at_the_end_of_their_bar(tmp_path: Path, suffix: str) -> None:
    """An hourly bar of midnight at one; the file speaks from midnight on."""
    found = read(tmp_path, "prices", suffix=suffix, timestamp=HOURS, close=[1.0, 2.0, 3.0, 4.0])
    assert first_known(found) == "2026-02-18 01:00:00"
    assert found.span == (pd.Timestamp("2026-02-18"), pd.Timestamp("2026-02-18 04:00"))
    assert found.step == pd.Timedelta(hours=1)


def test_a_daily_close_is_known_at_midnight(tmp_path: Path) -> None:
    """After its day."""
    assert first_known(read(tmp_path, "prices", date=DAYS, price=[1, 2, 3, 4])) == "2026-02-11 00:00:00"


def test_implied_volatility_becomes_a_fraction(tmp_path: Path) -> None:
    """Of a year, known after its day."""
    found = read(tmp_path, "implied-volatility", date=DAYS, dvol=[50.0, 60.0, 70.0, 80.0])
    assert found.frame["implied_volatility"].tolist() == [0.5, 0.6, 0.7, 0.8]
    assert first_known(found) == "2026-02-11 00:00:00"


def test_fear_and_greed_is_known_an_hour_after_midnight(tmp_path: Path) -> None:
    """It is published for the day that begins."""
    assert first_known(read(tmp_path, "fear-greed", date=DAYS, fng=[10, 20, 30, 40])) == "2026-02-10 01:00:00"


def test_funding_is_annual_by_the_distance_of_payments(tmp_path: Path) -> None:
    """A payment each hour is made 8,760 times a year, and known when it is made; it may be negative."""
    found = read(tmp_path, "funding", timestamp=HOURS, funding_rate=[1e-5, -1e-5, 0, 0])
    assert found.frame["funding_annual"].tolist() == pytest.approx([0.0876, -0.0876, 0, 0])
    assert first_known(found) == "2026-02-18 00:00:00"


def test_a_daily_mean_of_funding_needs_its_period(tmp_path: Path) -> None:
    """Rows a day apart don't say what a rate is for."""
    with pytest.raises(DataError, match=r"a funding rate every 24 hours.*Say how many hours a rate is for"):
        read(tmp_path, "funding", date=DAYS, funding_mean=[1e-4] * 4)
    found = read_validation_series(tmp_path / "file.csv", kind="funding", funding_hours=8)
    assert found.frame["funding_annual"].iloc[0] == pytest.approx(1e-4 * 3 * 365)
    assert first_known(found) == "2026-02-11 00:00:00"


@pytest.mark.parametrize(("factor", "unit"), [(1, "seconds"), (1000, "milliseconds")])
def test_times_since_1970_are_read(tmp_path: Path, factor: int, unit: str) -> None:
    """In seconds or milliseconds."""
    stamps = [(1_771_372_800 + 3600 * k) * factor for k in range(3)]
    found = read(tmp_path, "liquidations", timestamp=stamps, datetime_utc=unit, totalUsd=[1, 2, 3], longUsd=[1, 1, 1])
    assert first_known(found) == "2026-02-18 01:00:00"
    assert list(found.frame) == ["amount_usd", "long_usd"]


def test_single_liquidations_are_added_up(tmp_path: Path) -> None:
    """Two of one second are one row; there is no step, and no gap."""
    found = read(tmp_path, "liquidation-events", time=[HOURS[3], HOURS[0], HOURS[0]], amount_usd=[4.0, 1.0, 2.0])
    assert found.frame["amount_usd"].tolist() == [3.0, 4.0]
    assert (found.step, found.gaps, found.repeated) == (None, 0, 0)


def test_margin_is_in_coins(tmp_path: Path) -> None:
    """Rows without one of the two sides are left out and counted."""
    found = read(tmp_path, "margin", ts_utc=HOURS, coin="BTC", longs=[1, 2, None, 4], shorts=[1, 1, 1, 1])
    assert found.frame["longs_coin"].tolist() == [1, 2, 4]
    assert (found.blank, found.gaps) == (1, 1)


def test_a_row_that_repeats_another_is_dropped_and_counted(tmp_path: Path) -> None:
    """The order doesn't matter."""
    found = read(tmp_path, "open-interest", time=[HOURS[2], *HOURS], oi_usd=[3, 1, 2, 3, 4])
    assert found.repeated == 1
    assert found.frame["oi_usd"].tolist() == [1, 2, 3, 4]


def test_two_values_of_one_time_are_refused(tmp_path: Path) -> None:
    """The first is shown."""
    with pytest.raises(DataError, match=r"2 rows whose time has another value too \(first 2026-02-18 02:00:00\)"):
        read(tmp_path, "open-interest", time=[HOURS[2], *HOURS], oi_usd=[5, 1, 2, 3, 4])


def test_gaps_stay_and_are_counted(tmp_path: Path) -> None:
    """Two holes of any length."""
    times = [f"2026-02-18T{hour:02}:00:00Z" for hour in (0, 1, 2, 5, 6, 7, 9)]
    found = read(tmp_path, "prices", time=times, close=range(1, 8))
    assert (found.gaps, len(found.frame)) == (2, 7)


def test_one_of_several_symbols_and_venues_is_read(tmp_path: Path) -> None:
    """Which must be named; bad values of the others don't matter."""
    with pytest.raises(DataError, match=r"symbols BTC, ETH; a run is about one"):
        read(
            tmp_path,
            "open-interest",
            time=HOURS,
            coin=["BTC", "ETH"] * 2,
            venue=["a", "a", "b", "a"],
            oi_usd=[1, -2, 3, -4],
        )
    with pytest.raises(DataError, match="venues a, b"):
        read_validation_series(tmp_path / "file.csv", kind="open-interest", symbol="BTC")
    with pytest.raises(DataError, match="2 of 2 value"):
        read_validation_series(tmp_path / "file.csv", kind="open-interest", symbol="ETH")


@pytest.mark.parametrize(
    ("kind", "columns", "said"),
    [
        ("prices", {"close": [1, 0, 3, 4]}, r"1 of 4 value\(s\) of close cannot be used \(row 2: '0'\)"),
        ("prices", {"price_usd": [1, 2, 3, 4]}, "lacks close; it has"),
        ("prices", {"close": [1, None, None, None]}, r"holds 1 row\(s\) with a value; needed are at least 2"),
        ("liquidations", {"amount_usd": [1, -2, 3, 4]}, "of amount_usd cannot be used"),
        ("fear-greed", {"fear_greed": [1, 101, 3, 4]}, "got 101.0 as fear_greed; allowed is 0 to 100"),
        ("implied-volatility", {"dvol": [1, 2, "x", 4]}, "of volatility_pct cannot be used"),
    ],
)
def test_bad_values_are_refused(tmp_path: Path, kind: Kind, columns: dict[str, Any], said: str) -> None:
    """Counted and shown, with what is allowed."""
    with pytest.raises(DataError, match=said):
        read(tmp_path, kind, time=HOURS, **columns)


def test_a_table_without_times_is_refused(tmp_path: Path) -> None:
    """Naming what it has."""
    with pytest.raises(DataError, match="lacks time"):
        read(tmp_path, "prices", close=[1, 2, 3])


def test_a_file_that_is_not_there_is_refused() -> None:
    """Naming what it was for."""
    with pytest.raises(UsageError, match=r"fear-greed got 'none\.csv'"):
        read_validation_series("none.csv", kind="fear-greed")


@pytest.mark.parametrize(
    ("name", "kind", "rows", "first"),
    [
        ("btcusdt_perp_1h_2023-2026.csv.gz", "prices", 28_310, "2023-01-01 01:00:00"),
        ("btc_dvol_daily_2023-2026.csv", "implied-volatility", 1_283, "2023-02-17 00:00:00"),
        ("fear_greed_daily_2018-2026.csv", "fear-greed", 3_121, "2018-02-01 01:00:00"),
        ("coinglass_btc_liquidations_1h_2025-11_2026-05.csv.gz", "liquidations", 4_320, "2025-11-23 07:00:00"),
        ("aave_btc_collateral_liquidations_2020-2026.csv.gz", "liquidation-events", 4_185, "2020-12-22 08:25:48"),
    ],
)
def test_public_exports_are_read_as_they_are(real_data: Path, name: str, kind: Kind, rows: int, first: str) -> None:
    """Rows and the time at which the first was known."""
    found = read_validation_series(real_data / name, kind=kind)
    assert (len(found.frame), first_known(found)) == (rows, first)


def test_hours_of_liquidations_are_named_by_their_start(real_data: Path) -> None:
    """Long liquidations go with the fall of the same hour, not of the next: a row is known an hour after its time."""
    fed = read_validation_series(
        real_data / "coinglass_btc_liquidations_1h_2025-11_2026-05.csv.gz", kind="liquidations"
    )
    bars = read_validation_series(real_data / "btcusdt_perp_1h_2023-2026.csv.gz", kind="prices").frame
    falls = (1 - bars["close"] / bars["open"]).clip(lower=0)
    same, following = (
        fed.frame["long_usd"].corr(falls.shift(-k).reindex(fed.frame.index), method="spearman") for k in (0, 1)
    )
    assert same > 0.5
    assert following < 0.1
