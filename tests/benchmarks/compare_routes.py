"""Profiles without positions against real positions of the same hours: how far off they are.

Run by hand, with the folder of real data in COHORTIV_REAL_DATA: python tests/benchmarks/compare_routes.py [--every 1].
"""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pandas as pd


def main() -> None:
    """Compare both routes and print medians with 5 to 95 % ranges over the snapshots."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="take each such snapshot only")
    arguments = parser.parse_args()
    if "COHORTIV_REAL_DATA" not in os.environ:
        print("COHORTIV_REAL_DATA is not set: this compares with real positions. Name their folder.")
        return
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from routes_support import compare_reconstruction, compare_tier_map

    folder = Path(os.environ["COHORTIV_REAL_DATA"])
    for cohort, rows in compare_tier_map(folder, every=arguments.every).groupby("cohort"):
        _tell(f"tier map, {cohort}, {len(rows)} snapshots", _of_map(rows))
    for mix, rows in compare_reconstruction(folder, every=arguments.every).groupby("mix"):
        _tell(f"reconstruction, {mix} mix, {len(rows)} snapshots", _of_model(rows))
        ranks = rows["index"].rank().corr(rows["real_index"].rank())
        print(f"  {'rank correlation of both indices':<45}{ranks:.2f}")


def _of_map(rows: pd.DataFrame) -> Mapping[str, "pd.Series[float]"]:
    return {
        "share of notional that the map can hold": rows["covered"],
        "index by the map": rows["by_map"],
        "index by the same positions": rows["in_range"],
        "map less the same positions [points]": rows["by_map"] - rows["in_range"],
        "map over the same positions": rows["by_map"] / rows["in_range"],
        "index by all positions": rows["by_positions"],
        "map over all positions": rows["by_map"] / rows["by_positions"],
    }


def _of_model(rows: pd.DataFrame) -> Mapping[str, "pd.Series[float]"]:
    return {
        "index": rows["index"],
        "index by positions": rows["real_index"],
        "index over index by positions": rows["index"] / rows["real_index"],
        "critical drawdown": rows["drawdown"],
        "critical drawdown by positions": rows["real_drawdown"],
        "distance of the ladders (0 same, 1 apart)": rows["ladder_distance"],
    }


def _tell(title: str, figures: Mapping[str, "pd.Series[float]"]) -> None:
    print(f"{title}: median (5 to 95 %)")
    for name, values in figures.items():
        low, middle, high = values.quantile([0.05, 0.5, 0.95])
        print(f"  {name:<45}{middle:.3g} ({low:.3g} to {high:.3g})")


if __name__ == "__main__":
    main()
