"""Tables of tiers: columns, multipliers, buckets, and the export that names buckets by their lower edge."""

from pathlib import Path

import pandas as pd
import pytest

from cohortiv.errors import DataError, UsageError
from cohortiv.sources.tier_map import read_tier_mix, read_tier_table

HEAD = "as_of,symbol,side,tier,mark_price,notional_usd,liquidation_price"
ROW = "2026-02-18T12:00:00Z,BTC,long,10x,60000,1000,54000"


def written(folder: Path, *lines: str, name: str = "tiers.csv") -> str:
    """A file of these lines."""
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def exported(folder: Path, *edges: float) -> str:
    """A liquidation map with these buckets, as a spec."""
    frame = pd.DataFrame({"snapshot_utc": "2026-02-18 12:00:00+00:00", "cohort": "one", "coin": "BTC",
                          "current_price": 60_000.0, "side": "long", "bucket_price": edges, "leverage_tier": "25x",
                          "position_value_usd": 5.0})  # fmt: skip
    frame.to_csv(folder / "map.csv", index=False)
    return f"hyperliquid:{folder / 'map.csv'}"


@pytest.mark.parametrize("tier", ["10", "10x", " 10x "])
def test_a_multiplier_may_end_in_x(tmp_path: Path, tier: str) -> None:
    """10 and 10x are the same."""
    read = read_tier_table(written(tmp_path, HEAD, ROW.replace("10x", tier)))
    assert read.frame["tier"].tolist() == [10.0]


def test_what_the_file_lacks_is_missing(tmp_path: Path) -> None:
    """Texts are empty, numbers and times missing, buckets without width."""
    lines = (HEAD.removeprefix("as_of,"), ROW.partition(",")[2])
    row = read_tier_table(written(tmp_path, *lines)).frame.iloc[0]
    assert (row["cohort"], row["venue"], row["bucket_width"]) == ("", "", 0.0)
    assert pd.isna(row["as_of"])
    assert pd.isna(row["entry_price"])


def test_a_row_may_have_no_line(tmp_path: Path) -> None:
    """An empty price, and a price of 0, are read; notional without a line belongs into the table."""
    read = read_tier_table(written(tmp_path, HEAD, ROW.removesuffix("54000"), ROW.replace("54000", "0")))
    assert read.frame["liquidation_price"].fillna(-1.0).tolist() == [-1.0, 0.0]


def test_a_table_without_a_place_is_refused(tmp_path: Path) -> None:
    """Notional lies at a liquidation price or at an entry price."""
    with pytest.raises(DataError, match="neither liquidation_price nor entry_price"):
        read_tier_table(written(tmp_path, HEAD.removesuffix(",liquidation_price"), ROW.removesuffix(",54000")))


@pytest.mark.parametrize("tier", ["0.5", "ten", ""])
def test_what_is_no_multiplier_is_refused(tmp_path: Path, tier: str) -> None:
    """Also a multiplier below 1."""
    with pytest.raises(DataError, match="a multiplier of at least 1, such as 10 or 10x"):
        read_tier_table(written(tmp_path, HEAD, ROW.replace("10x", tier)))


def test_an_export_names_buckets_by_their_lower_edge(tmp_path: Path) -> None:
    """The grid is the smallest step between edges of the symbol; the price is the middle."""
    rows = read_tier_table(exported(tmp_path, 50_000.0, 51_000.0, 55_000.0)).frame
    assert rows["bucket_width"].tolist() == [1000.0] * 3
    assert rows["liquidation_price"].tolist() == [50_500.0, 51_500.0, 55_500.0]
    assert rows[["venue", "symbol", "tier"]].iloc[0].tolist() == ["hyperliquid", "BTC", 25.0]


def test_a_single_bucket_has_no_width(tmp_path: Path) -> None:
    """One edge tells nothing about a grid."""
    assert read_tier_table(exported(tmp_path, 50_000.0)).frame["bucket_width"].tolist() == [0.0]


def test_an_unknown_source_is_bad_usage(tmp_path: Path) -> None:
    """The option and the names allowed are said."""
    with pytest.raises(UsageError, match=r"--tier-table got the source 'nowhere'; allowed are hyperliquid, or a plain"):
        read_tier_table(f"nowhere:{written(tmp_path, HEAD, ROW)}")


def test_an_export_of_another_kind_is_refused(tmp_path: Path) -> None:
    """A file in house columns is no export."""
    with pytest.raises(DataError, match="lacks bucket_price or coin"):
        read_tier_table(f"hyperliquid:{written(tmp_path, HEAD, ROW)}")


def test_a_tier_mix_is_read(tmp_path: Path) -> None:
    """Multipliers and shares, as they stand."""
    read = read_tier_mix(Path(written(tmp_path, "tier,share", "5x,0.75", "10,0.25")))
    assert read.to_numpy().tolist() == [[5.0, 0.75], [10.0, 0.25]]


def test_a_tier_mix_is_of_leveraged_notional(tmp_path: Path) -> None:
    """A multiplier of 1 is none."""
    with pytest.raises(DataError, match="more than 1"):
        read_tier_mix(Path(written(tmp_path, "tier,share", "1,1")))
