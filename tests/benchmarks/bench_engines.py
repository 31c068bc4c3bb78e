"""Profiles of the same positions on DuckDB and on Spark: whether every cell is equal, and the time of each.

Run by hand, where pyspark 4.0 and Java 17 are: python tests/benchmarks/bench_engines.py --positions
hyperliquid:FILE [--symbol BTC] [--engine "spark://local[2]"]. All snapshots of the positions are profiled.
"""

import argparse
import time

import pandas as pd

from cohortiv.assessment import Settings
from cohortiv.assessment.building import build_past


def main() -> None:
    """Profile twice, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--positions", required=True)
    parser.add_argument("--symbol")
    parser.add_argument("--engine", default="spark://local[2]")
    arguments = parser.parse_args()
    frames, seconds = [], []
    for engine in ("duckdb", arguments.engine):
        begun = time.perf_counter()
        frames.append(_cells(arguments.positions, arguments.symbol, engine))
        seconds.append(time.perf_counter() - begun)
    here, there = frames
    whole = [name for name in here.columns if not pd.api.types.is_float_dtype(here[name])]
    pd.testing.assert_frame_equal(here[whole], there[whole])
    floats = [name for name in here.columns if name not in whole]
    gap = max(((here[name] - there[name]).abs() / here[name].abs().clip(lower=1e-300)).max() for name in floats)
    print(f"{len(here):,} cells of {here['as_of'].nunique():,} snapshots: keys, counts and cents are equal")
    print(f"largest relative difference of the other numbers: {gap:.1e}")
    print(f"duckdb {seconds[0]:.1f} s, {arguments.engine} {seconds[1]:.1f} s")


def _cells(positions: str, symbol: str | None, engine: str) -> pd.DataFrame:
    """Cells of all snapshots, in an order of their own."""
    settings = Settings(positions=positions, symbol=symbol, engine=engine)
    cells = build_past(settings, every=True, units=False, say=lambda _: None).cells
    keys = [name for name in cells.columns if not pd.api.types.is_numeric_dtype(cells[name])]
    numbers = [name for name in cells.columns if name not in keys]
    return cells.sort_values([*keys, *numbers], ignore_index=True)


if __name__ == "__main__":
    main()
