"""Hyperliquid exports in house words."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cohortiv.engine import connect
from cohortiv.errors import DataError
from cohortiv.positions import Positions, take_inventory
from cohortiv.sources.files import open_positions

EXPORT: dict[str, Any] = {
    "snapshot_utc": "2026-02-18 10:00:00+00:00", "trader_id": "t", "coin": "BTC", "side": "Long", "size": 2.0,
    "entry_px": 70_000.0, "leverage": 10, "position_value_usd": 136_000.0, "liquidation_px": None,
}  # fmt: skip


def opened(path: Path, *rows: dict[str, Any]) -> Positions:
    """Open an export of rows."""
    pd.DataFrame(rows).to_csv(path, index=False)
    return open_positions(f"hyperliquid:{path}", connection=connect(threads=1))


def test_fields_become_house_words(tmp_path: Path) -> None:
    """The mark is position value / size; a null line is a known absence; cross is the default."""
    row = opened(tmp_path / "h.csv", EXPORT).table.to_pyarrow().to_pylist()[0]
    assert row["reason"] == 0
    assert (row["account_id"], row["symbol"], row["side"], row["quantity"]) == ("t", "BTC", "long", 2.0)
    assert (row["mark_price"], row["entry_price"], row["leverage"]) == (68_000.0, 70_000.0, 10.0)
    assert (row["venue"], row["margin_mode"], row["collateral_asset"]) == ("hyperliquid", "cross", "USDC")
    assert (row["liquidation_price"], row["liquidation_price_known"]) == (None, True)


@pytest.mark.parametrize(("word", "mode"), [("cross", "cross"), ("Isolated", "isolated"), (None, "cross")])
def test_the_leverage_type_is_the_margin_mode(tmp_path: Path, word: str | None, mode: str) -> None:
    """A missing word is the venue's default, cross, not the contract's."""
    table = opened(tmp_path / "h.csv", EXPORT | {"leverage_type": word}, EXPORT | {"leverage_type": "cross"}).table
    assert table.to_pyarrow().to_pylist()[0]["margin_mode"] == mode


@pytest.mark.parametrize(("changes", "code"), [({"size": 0.0}, 4), ({"size": "x"}, 4), ({"side": "Flat"}, 3)])
def test_closed_or_odd_rows_break_a_rule(tmp_path: Path, changes: dict[str, Any], code: int) -> None:
    """Dividing by a size of nothing doesn't stop the engine."""
    assert opened(tmp_path / "h.csv", EXPORT | changes).table.reason.to_pyarrow().to_pylist() == [code]


def test_missing_fields_are_named(tmp_path: Path) -> None:
    """With the way out for files in house columns."""
    row = {name: value for name, value in EXPORT.items() if name not in {"coin", "size"}}
    with pytest.raises(DataError, match=r"export lacks coin, size.*without 'hyperliquid:'"):
        opened(tmp_path / "h.csv", row)


def wallets(path: Path, *rows: dict[str, Any]) -> list[float | None]:
    """Margins of exported rows with an account value of 50,000."""
    table = opened(path, *[{"account_value_usd": 50_000.0, "leverage_type": "cross"} | row for row in rows]).table
    found: list[float | None] = table.order_by("symbol", "margin_mode").to_pyarrow().to_pydict()["margin"]
    return found


def test_the_wallet_is_the_account_value_without_profit(tmp_path: Path) -> None:
    """A long that lost 4,000: 54,000 were paid in."""
    assert wallets(tmp_path / "h.csv", EXPORT) == [pytest.approx(54_000.0)]


def test_a_wallet_is_split_over_the_rows_of_its_account(tmp_path: Path) -> None:
    """The rows add up to it; a short of 10 at 3,000 that is worth 29,000 won 1,000."""
    short = EXPORT | {"coin": "ETH", "side": "Short", "size": 10.0, "entry_px": 3_000.0, "position_value_usd": 29_000.0}
    assert wallets(tmp_path / "h.csv", EXPORT, short) == [pytest.approx(26_500.0)] * 2


def test_a_row_given_twice_does_not_change_the_wallet(tmp_path: Path) -> None:
    """Both rows have the whole, and one of them is dropped later."""
    assert wallets(tmp_path / "h.csv", EXPORT, EXPORT) == [pytest.approx(54_000.0)] * 2


def test_isolated_margin_is_taken_out_of_the_wallet(tmp_path: Path) -> None:
    """The isolated row has 30,000 / 10 behind it, and no wallet."""
    alone = EXPORT | {
        "coin": "ETH", "size": 10.0, "entry_px": 3_000.0, "position_value_usd": 30_000.0, "leverage_type": "isolated",
    }  # fmt: skip
    assert wallets(tmp_path / "h.csv", EXPORT, alone) == [pytest.approx(51_000.0), None]


def test_a_wallet_below_nothing_is_none(tmp_path: Path) -> None:
    """Profit that was spent: the contract knows no negative margin, so the row has none and stays sound."""
    positions = opened(tmp_path / "h.csv", EXPORT | {"account_value_usd": 5_000.0, "entry_px": 60_000.0})
    row = positions.table.to_pyarrow().to_pylist()[0]
    assert (row["margin"], row["reason"]) == (None, 0)


def test_without_an_account_value_there_is_no_wallet(tmp_path: Path) -> None:
    """Nothing is made up."""
    assert "margin" not in opened(tmp_path / "h.csv", EXPORT).given


def test_real_exports_are_sound(real_data: Path) -> None:
    """Every row of the public dumps passes the rules that need one row only."""
    for name in ("hl_positions_2026-02.parquet", "hl_top_traders_positions_2026-01_02.csv.gz"):
        positions = open_positions(f"hyperliquid:{real_data / name}", connection=connect(threads=2))
        broken = positions.table.filter(positions.table.reason != 0).count().to_pyarrow().as_py()
        assert broken == 0
        assert {held.venue for held in take_inventory(positions)} == {"hyperliquid"}


BULK: dict[str, Any] = {
    "timestamp": "2026-02-18 10:00:00+00:00", "user": "u", "market": "BTC", "size": -2.0, "notional": -136_000.0,
    "entry_price": 70_000.0, "liquidation_price": 90_000.0, "leverage_type": "isolated", "leverage": 10,
    "funding_pnl": 1.5, "account_value": 50_000.0, "account_mode": "default",
}  # fmt: skip


def test_bulk_snapshots_have_the_same_meaning(tmp_path: Path) -> None:
    """Their names are others, and a size below 0 is a short."""
    row = opened(tmp_path / "h.csv", BULK).table.to_pyarrow().to_pylist()[0]
    assert (row["reason"], row["account_id"], row["symbol"], row["side"]) == (0, "u", "BTC", "short")
    assert (row["quantity"], row["mark_price"], row["liquidation_price"]) == (2.0, 68_000.0, 90_000.0)
    assert (row["margin_mode"], row["venue"]) == ("isolated", "hyperliquid")


def test_bulk_snapshots_without_sides_are_refused(tmp_path: Path) -> None:
    """Sizes without a sign would make every position a long."""
    with pytest.raises(DataError, match="longs and shorts cannot be told apart"):
        opened(tmp_path / "h.csv", BULK | {"size": 2.0})
    row = opened(tmp_path / "s.csv", BULK | {"size": 2.0, "side": "short"}).table.to_pyarrow().to_pylist()[0]
    assert (row["side"], row["quantity"]) == ("short", 2.0)


def test_missing_fields_of_bulk_snapshots_are_named(tmp_path: Path) -> None:
    """What is lacking is told under the export's names."""
    with pytest.raises(DataError, match="lacks side, size"):
        opened(tmp_path / "h.csv", {name: value for name, value in BULK.items() if name != "notional"})
