"""Bulk files of Binance, unpacked, kept as what is fetched is; and read by reports and studies."""

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from cohortiv.errors import DataError, UsageError
from cohortiv.sources.fetch.binance_dumps import keep_dumps, liquidations
from cohortiv.sources.fetch.kept import read_origin
from cohortiv.sources.fetch.kinds import Kind
from cohortiv.sources.market_history import read_market_history
from cohortiv.sources.validation_data import read_validation_series

START = 1_771_372_800_000  # 2026-02-18
KLINES = (
    "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore"
)
METRICS = (
    "create_time,symbol,sum_open_interest,sum_open_interest_value,count_toptrader_long_short_ratio,"
    "sum_toptrader_long_short_ratio,count_long_short_ratio,sum_taker_long_short_vol_ratio"
)
FUNDING = "calc_time,funding_interval_hours,last_funding_rate"
FORCED = (
    "time,side,order_type,time_in_force,original_quantity,price,average_price,order_status,last_fill_quantity,"
    "accumulated_fill_quantity"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of bulk files of one day: bars without a header, metrics, funding and liquidations."""
    bars = [f"{START + hour * 3_600_000},100,102,99,101,5.5,{START},555,9,2.5,252,0" for hour in range(24)]
    metrics = [
        f"2026-02-18 {minutes // 60:02}:{minutes % 60:02}:00,BTCUSDT,10.0,1010.0,1.5,1.2,1.4,0.9"
        for minutes in range(5, 1440, 5)
    ]
    write(tmp_path, "BTCUSDT-1h-2026-02-18.csv", bars)
    write(tmp_path, "BTCUSDT-metrics-2026-02-18.csv", [METRICS, *metrics, metrics[-1]])
    write(
        tmp_path, "BTCUSDT-fundingRate-2026-02.csv", [FUNDING, f"{START},8,-0.0001", f"{START + 28_800_000},8,0.0002"]
    )
    return tmp_path


def write(folder: Path, name: str, lines: list[str]) -> None:
    """A file of lines below the folder."""
    path = folder / "unpacked" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def kept(folder: Path, name: str = "BTCUSDT") -> tuple[dict[Kind, Path], list[str]]:
    """Kept files by kind, and what was said."""
    said: list[str] = []
    return keep_dumps(name, folder / "unpacked", folder=folder / "data", say=said.append), said


def test_each_kind_becomes_a_kept_file(folder: Path) -> None:
    """Of one time, that at which the data end; what a folder does not have is not made up."""
    made, _ = kept(folder)
    assert list(made) == ["bars", "interest", "funding", "ratios"]
    assert {path.stem[-18:] for path in made.values()} == {"2026-02-19T000000Z"}


def test_bars_and_open_interest_make_a_market(folder: Path) -> None:
    """A report without private data reads them as --market and --open-interest."""
    made, _ = kept(folder)
    history = read_market_history(str(made["bars"]), open_interest=str(made["interest"]), symbol="BTC")
    assert (len(history.covered), history.venue) == (23, "binance")
    assert set(history.interest["oi_usd"]) == {1010.0}


def test_a_study_reads_funding_and_prices(folder: Path) -> None:
    """As its comparator and its prices."""
    made, _ = kept(folder)
    funding = read_validation_series(made["funding"], kind="funding", symbol="BTC", venue="binance")
    prices = read_validation_series(made["bars"], kind="prices", symbol="BTC")
    assert funding.frame["funding_annual"].tolist() == pytest.approx([-0.1095, 0.219])
    assert len(prices.frame) == 24


def test_repeated_and_blank_cells_are_counted(folder: Path) -> None:
    """Rows that real files repeat count once; a blank is left out."""
    write(folder, "BTCUSDT-metrics-2026-02-19.csv", [METRICS, "2026-02-19 00:05:00,BTCUSDT,,1010.0,1,1,1,1"])
    made, said = kept(folder)
    assert len(pd.read_parquet(made["interest"])) == 287
    assert "Note: 1 row(s) of interest of BTCUSDT came twice and count once" in said
    assert "Note: 1 row(s) of interest of BTCUSDT left out: oi_coin is no number" in said


def test_ratios_are_named(folder: Path) -> None:
    """Accounts, top accounts and positions of top traders are three columns of the file."""
    ratios = pd.read_parquet(kept(folder)[0]["ratios"])
    assert ratios.groupby("who")["long_short_ratio"].first().to_dict() == {
        "accounts": 1.4, "top-accounts": 1.5, "top-positions": 1.2,
    }  # fmt: skip


def test_liquidations_are_in_usd_by_whose_they_were(folder: Path) -> None:
    """A SELL of three contracts of 100 USD closed a long of 300 USD; the same row again counts once."""
    rows = [f"{START},SELL,LIMIT,IOC,5,60000,60010,FILLED,1,3", f"{START + 9},BUY,LIMIT,IOC,2,60000,59990,FILLED,2,2"]
    write(folder, "BTCUSD_PERP-liquidationSnapshot-2026-02-18.csv", [FORCED, *rows, rows[0]])
    made, said = kept(folder, "BTCUSD_PERP")
    frame = pd.read_parquet(made["liquidations"])
    assert frame[["amount_usd", "long_usd", "short_usd"]].to_numpy().tolist() == [[300, 300, 0], [200, 0, 200]]
    assert "Note: 1 row(s) of liquidations of BTCUSD_PERP came twice and count once" in said
    series = read_validation_series(made["liquidations"], kind="liquidation-events", symbol="BTC")
    assert series.frame["amount_usd"].tolist() == [300.0, 200.0]


def test_sizes_of_usd_m_are_coins() -> None:
    """Two coins at 60,000 USD are 120,000 USD; a side that is neither is counted."""
    row = {"time": str(START), "side": "BUY", "accumulated_fill_quantity": "2", "average_price": "60000"}
    found = liquidations([row, {**row, "side": "BOTH"}], name="BTCUSDT")
    assert found.frame["short_usd"].tolist() == [120_000.0]
    assert found.notes == ("1 row(s) of liquidations of BTCUSDT left out: the side is neither BUY nor SELL",)


def test_contracts_of_coin_m_metrics_become_usd(folder: Path) -> None:
    """30 contracts of 100 USD, beside 30 coins at 100 USD a coin."""
    line = "2026-02-18 01:00:00,BTCUSD_PERP,30,30,1,1,1,1"
    write(folder, "BTCUSD_PERP-metrics-2026-02-18.csv", [METRICS, line])
    assert pd.read_parquet(kept(folder, "BTCUSD_PERP")[0]["interest"])["oi_usd"].tolist() == [3000.0]


def test_a_header_is_no_bar(folder: Path) -> None:
    """Newer klines have one, and may count in microseconds."""
    write(
        folder,
        "ETHUSDT-1h-2026-02-18.csv",
        [KLINES, *(f"{START + hour * 3_600_000}000,9,9,9,9,1,0,0,0,0,0,0" for hour in range(3))],
    )
    made, said = kept(folder, "ETHUSDT")
    assert len(pd.read_parquet(made["bars"])) == 3
    assert "Note: 3 time(s) of bars of ETHUSDT came in microseconds and were mapped" in said


def test_the_origin_names_files_and_their_digests(folder: Path) -> None:
    """By name, not by where they lie."""
    requests = read_origin(kept(folder)[0]["bars"])["requests"]
    assert isinstance(requests, list)
    content = (folder / "unpacked" / "BTCUSDT-1h-2026-02-18.csv").read_bytes()
    assert [(request["endpoint"], request["sha256"]) for request in requests] == [
        ("BTCUSDT-1h-2026-02-18.csv", hashlib.sha256(content).hexdigest())
    ]


def test_archives_are_not_opened(folder: Path) -> None:
    """They are counted, and the user is told to unpack them."""
    (folder / "unpacked" / "XRPUSDT-1h-2026-02-18.zip").write_bytes(b"PK")
    with pytest.raises(DataError, match=r"files of BTCUSDT and 1 archive\(s\), which are not opened: unpack them"):
        kept(folder, "XRPUSDT")


def test_a_file_that_is_no_text_is_refused(folder: Path) -> None:
    """By its name."""
    (folder / "unpacked" / "BTCUSDT-1h-2026-02-19.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match=r"BTCUSDT-1h-2026-02-19\.csv is no table of text"):
        kept(folder)


def test_another_layout_is_refused(folder: Path) -> None:
    """Its fields are told beside those that are known."""
    write(folder, "LTCUSDT-fundingRate-2026-02.csv", ["time,rate", "1,2"])
    with pytest.raises(DataError, match="known are the fields calc_time, last_funding_rate"):
        kept(folder, "LTCUSDT")


def test_an_empty_file_is_told(folder: Path) -> None:
    """A header alone is no history."""
    write(folder, "LTCUSDT-fundingRate-2026-02.csv", [FUNDING])
    with pytest.raises(DataError, match="The bulk files of LTCUSDT have no row of funding"):
        kept(folder, "LTCUSDT")


def test_no_folder_is_bad_usage(folder: Path) -> None:
    """It is named as it was given."""
    with pytest.raises(UsageError, match="which is no folder"):
        keep_dumps("BTCUSDT", folder / "nowhere", folder=folder, say=print)
