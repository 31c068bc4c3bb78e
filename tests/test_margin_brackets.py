"""Brackets in force: dates, venues, and a user's own table."""

import csv
import gzip
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cohortiv.margin.brackets import Brackets, BracketSchedule, ScheduleInForce, load_brackets

HEADER = "venue,symbol,contract,effective_from,floor_notional,mmr,maintenance_amount,max_leverage"
Ladder = list[tuple[float, float, float]]


@pytest.fixture(scope="module")
def shipped() -> Brackets:
    """The tables that ship with the package."""
    return load_brackets()


def found(brackets: Brackets, venue: str, symbol: str, *, as_of: date) -> ScheduleInForce:
    """The linear schedule that a position would get."""
    item = brackets.schedule_for(venue, symbol, "linear", as_of=as_of)
    assert item is not None
    return item


def ladder(schedule: BracketSchedule) -> Ladder:
    """Floor, rate and amount of each bracket."""
    return list(zip(schedule.floors, schedule.rates, schedule.amounts, strict=True))


def own_table(folder: Path, *rows: str) -> Brackets:
    """The shipped tables with a user's rows on top."""
    path = folder / "own.csv"
    path.write_text("\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    return load_brackets(path)


def test_the_latest_table_counts(shipped: Brackets) -> None:
    """On its first day a table replaces the older one."""
    item = found(shipped, "binance", "BTC", as_of=date(2026, 9, 29))
    assert (item.schedule.effective_from, item.early) == (date(2026, 9, 29), False)


def test_the_day_before_the_older_table_counts(shipped: Brackets) -> None:
    """Until the day before, the older table is in force."""
    item = found(shipped, "binance", "BTC", as_of=date(2026, 9, 28))
    assert (item.schedule.effective_from, item.early) == (date(2021, 3, 18), False)


def test_before_the_first_table_the_earliest_serves_and_is_marked(shipped: Brackets) -> None:
    """A day before all tables gets the earliest, and data quality can say so."""
    item = found(shipped, "binance", "BTC", as_of=date(2020, 1, 1))
    assert (item.schedule.effective_from, item.early) == (date(2021, 3, 18), True)


def test_each_contract_is_in_force_once(shipped: Brackets) -> None:
    """The schedules in force have one entry for each venue, symbol and contract."""
    keys = [item.schedule.key for item in shipped.effective(date(2026, 9, 30)).in_force]
    assert len(keys) == len(set(keys))
    assert keys == sorted(keys)


def test_an_unknown_contract_has_no_brackets(shipped: Brackets) -> None:
    """A symbol without a table is None, for the caller to exclude with its reason."""
    assert shipped.schedule_for("binance", "ETH", "inverse", as_of=date(2026, 9, 30)) is None


def test_the_empty_venue_serves_who_has_no_table(tmp_path: Path) -> None:
    """A row without a venue serves unknown venues and leaves a venue's own table alone."""
    brackets = own_table(tmp_path, ",BTC,linear,2020-01-01,0,0.03,0,")
    day = date(2026, 9, 30)
    assert found(brackets, "unknown", "BTC", as_of=day).schedule.rates == (0.03,)
    assert found(brackets, "binance", "BTC", as_of=day).schedule.rates[0] == 0.004


def test_own_rows_win_over_shipped_ones(tmp_path: Path) -> None:
    """A user's table replaces the shipped ones of its contract, of all dates, and no other."""
    brackets = own_table(tmp_path, "binance,BTC,linear,2020-01-01,0,0.03,0,")
    day = date(2026, 9, 30)
    assert found(brackets, "binance", "BTC", as_of=day).schedule.rates == (0.03,)
    assert found(brackets, "binance", "ETH", as_of=day).schedule.rates[0] == 0.004
    inverse = brackets.schedule_for("binance", "BTC", "inverse", as_of=day)
    assert inverse is not None
    assert inverse.schedule.rates[0] == 0.004


def test_no_schedules_have_nothing_in_force() -> None:
    """An empty collection is valid and empty on any day."""
    assert Brackets(()).effective(date(2026, 9, 30)).in_force == ()


@pytest.mark.parametrize("symbol", ("BTC", "ETH", "SOL", "XRP", "DOGE", "BNB", "ADA", "LINK", "AVAX", "LTC", "HYPE"))
@pytest.mark.parametrize("venue", ("binance", "hyperliquid"))
def test_the_main_symbols_have_brackets(shipped: Brackets, venue: str, symbol: str) -> None:
    """The main symbols are served on both shipped venues."""
    assert not found(shipped, venue, symbol, as_of=date(2026, 9, 30)).early


def test_each_shipped_schedule_names_its_source(shipped: Brackets) -> None:
    """A table without a citable source is not shipped."""
    assert all(len(schedule.source) > 20 for schedule in shipped.schedules)


def test_hyperliquid_rate_is_half_of_one_over_the_largest_leverage(shipped: Brackets) -> None:
    """Hyperliquid's rule holds in each bracket to the last digit."""
    for schedule in shipped.schedules:
        if schedule.venue == "hyperliquid":
            assert schedule.rates == tuple(0.5 / (leverage or 0.0) for leverage in schedule.max_leverage)


def test_coin_margined_amount_of_the_faq(shipped: Brackets) -> None:
    """Binance's help page prints 11.605 BTC as the amount of a position of 300 BTC."""
    item = shipped.schedule_for("binance", "BTC", "inverse", as_of=date(2026, 9, 30))
    assert item is not None
    assert item.schedule.maintenance(300.0) == pytest.approx(300 * 0.125 - 11.605, rel=1e-15)


def real_rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a CSV file, packed or not."""
    packed = path.read_bytes()
    text = gzip.decompress(packed) if path.suffix == ".gz" else packed
    yield from csv.DictReader(io.StringIO(text.decode()))


def test_binance_tables_agree_with_the_file_they_come_from(shipped: Brackets, real_data: Path) -> None:
    """Every shipped USD-M bracket of 2026-09-29 is in the venue's table, and no bracket is left out."""
    real: dict[str, Ladder] = {}
    for row in real_rows(real_data / "binance_usdm_leverage_tiers_2026-09-29.csv.gz"):
        bracket = (float(row["min_notional"]), float(row["maintenance_margin_rate"]), float(row["cum"]))
        real.setdefault(row["symbol"], []).append(bracket)
    ours = [item for item in shipped.schedules if item.effective_from == date(2026, 9, 29)]
    assert len(ours) == 15
    assert all(ladder(item) == real[f"{item.symbol}/USDT:USDT"] for item in ours)


@pytest.mark.parametrize(
    ("published", "symbol", "dated"),
    (
        ("BTCUSDT legacy", "BTC", date(2021, 3, 18)),
        ("ETHUSDT legacy", "ETH", date(2021, 1, 1)),
        ("BTCUSD COIN-M", "BTC", date(2021, 7, 27)),
        ("SOL/USDT:USDT", "SOL", date(2026, 9, 29)),
    ),
)
def test_published_tables_agree(
    shipped: Brackets, real_data: Path, published: str, *, symbol: str, dated: date
) -> None:
    """Tables as published, then and now, are shipped unchanged."""
    real = [
        (float(row["min_notional"]), float(row["mmr"]), float(row["maintenance_amount"]))
        for row in real_rows(real_data / "brackets_published.csv")
        if row["contract"] == published
    ]
    keyed = {(item.venue, item.symbol, item.effective_from): item for item in shipped.schedules}
    assert ladder(keyed["binance", symbol, dated]) == real


def test_hyperliquid_tables_agree_with_the_file_they_come_from(shipped: Brackets, real_data: Path) -> None:
    """Floors and largest leverages are the venue's; amounts differ by its rounding of the rate alone."""
    every = {item.symbol: item for item in shipped.schedules if item.venue == "hyperliquid"}
    ours = {symbol: item for symbol, item in every.items() if f"k{symbol}" not in every}
    rows = list(real_rows(real_data / "hyperliquid_margin_tiers_2026-02.csv"))
    assert sum(len(item.floors) for item in ours.values()) == len(rows)
    for row in rows:
        item, tier = ours[row["coin"]], int(row["tier"]) - 1
        assert item.floors[tier] == float(row["lower_notional_usd"])
        assert item.max_leverage[tier] == float(row["max_leverage"])
        assert item.rates[tier] == pytest.approx(float(row["maintenance_margin_rate"]), abs=5e-7)
        assert item.amounts[tier] == pytest.approx(float(row["maintenance_deduction_usd"]), abs=0.01)


def test_a_thousand_coins_have_the_brackets_of_one(shipped: Brackets) -> None:
    """Notional is the same by both names of what Hyperliquid counts in thousands."""
    every = {item.symbol: ladder(item) for item in shipped.schedules if item.venue == "hyperliquid"}
    thousands = [symbol for symbol in every if symbol[0] == "k"]
    assert len(thousands) == 7
    assert all(every[symbol] == every[symbol[1:]] for symbol in thousands)
