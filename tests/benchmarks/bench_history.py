"""A history of 43,800 stored profiles (five years of hours) of 400 bins: loading it, and solving its index series.

Prints, repetitions interleaved: wall and CPU time of loading over those in which DuckDB scans the same columns of the
same files, monthly files and (for fewer snapshots) one file a snapshot; and CPU time of a loop of brentq over ours.
Ours goes from loaded cells to critical volatilities, the loop once the same way (each profile's own nodes, then the
root) and once from nodes that are ready, one a bin, the least it can do. It runs on some of the profiles and is
extrapolated to all, which is said. CPU time is process_time, all threads together.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import pandas as pd
from scipy.optimize import brentq

from cohortiv.comovement import Comovement
from cohortiv.history.compact import month_path
from cohortiv.history.files import history_files, publish, read_snapshots, stage_month
from cohortiv.history.load import SERIES_COLUMNS, load_series
from cohortiv.history.series import critical_volatilities
from cohortiv.history.snapshot import snapshots_of
from cohortiv.history.store import add_snapshots
from cohortiv.profile import LiquidationProfile
from cohortiv.profile.bins import OFFSET, SCALE
from cohortiv.profile.cells import tidy
from cohortiv.volatility import FloatArray, gbm_hit_probability, root_horizon

BINS: Final = 400
LOOSE: Final = 2_000
LOOPED: Final = 400
REPETITIONS: Final = 3
CRITICAL_MASS: Final = 0.15
HORIZON_DAYS: Final = 7.0


def month(start: pd.Timestamp, hours: int, rng: np.random.Generator) -> LiquidationProfile:
    """Seeded profiles, one an hour, of one position a bin on both sides."""
    codes = np.arange(OFFSET - BINS // 2 + 20, OFFSET + 20)
    bins = np.concatenate([-codes[::-1], codes])
    centre = rng.normal(-3.0, 0.7, (hours, 1))
    size = np.exp(-0.5 * ((0.05 * (np.abs(bins) - OFFSET) - centre) / 0.8) ** 2)
    cents = np.ceil(1e9 * rng.lognormal(size=size.shape) * size).ravel()
    part = np.floor(rng.random(cents.size) * SCALE)
    square = np.floor(part * part / SCALE)
    frame = pd.DataFrame(
        {
            "as_of": np.repeat(pd.date_range(start, periods=hours, freq="h"), bins.size),
            "reason": 0, "venue": "binance", "symbol": "BTC", "product": "perpetual", "tier": 10, "reading": 0,
            "side": np.tile(np.where(bins < 0, "long", "short"), hours), "state": 0, "bin": np.tile(bins, hours),
            "second_bin": 0, "positions": 1, "notional_cents": cents, "collateral_cents": np.ceil(cents / 10),
            "first": cents * part, "second": cents * square, "third": cents * np.floor(square * part / SCALE),
            "mark_low": 60_000.0, "mark_high": 60_000.0,
        }
    )  # fmt: skip
    return LiquidationProfile(tidy(frame), Comovement(), {"symbol": "BTC", "cohort": "bench"})


def fill(folder: Path, count: int, *, monthly: bool) -> None:
    """Write a history of hours, one file a snapshot or, as compacting leaves it, one a month."""
    folder.mkdir()
    rng = np.random.default_rng(20260930)
    times = pd.Series(pd.date_range("2021-01-01", periods=count, freq="h"))
    for _, part in times.groupby(times.dt.to_period("M")):
        snapshots = snapshots_of(month(part.iloc[0], len(part), rng))
        if monthly:
            path = month_path(folder, snapshots)
            publish(stage_month(snapshots, path), path)
        else:
            add_snapshots(folder, snapshots)


def scan(folder: Path) -> None:
    """Let DuckDB read every value of the columns that a series is solved from."""
    read = ", ".join(f"max({name})" for name in SERIES_COLUMNS)
    duckdb.execute(f"SELECT {read} FROM read_parquet('{folder}/*.parquet')").fetchall()  # noqa: S608 - our own names


def took(work: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU time of some work [s]."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def compare_loading(folder: Path, what: str) -> None:
    """Load and scan in turn, and print the medians of the ratios."""
    pairs = [(took(lambda: scan(folder)), took(lambda: load_series(folder))) for _ in range(REPETITIONS)]
    walls, cpus = ([ours[k] / base[k] for base, ours in pairs] for k in (0, 1))
    base, ours = pairs[-1]
    print(
        f"{what}: DuckDB {base[0]:.2f} s ({base[1]:.2f} s CPU), loading {ours[0]:.2f} s ({ours[1]:.2f} s CPU); median "
        f"ratio wall {statistics.median(walls):.2f}, CPU {statistics.median(cpus):.2f} (wanted: at most 3)"
    )


def brentq_loop(books: list[tuple[FloatArray, FloatArray]]) -> FloatArray:
    """Critical volatility of each book by scipy's brentq on ln v, one at a time."""
    found = np.empty(len(books))
    for row, (masses, distances) in enumerate(books):
        target = CRITICAL_MASS * masses.sum()

        def gap(
            log_v: float, masses: FloatArray = masses, distances: FloatArray = distances, target: float = target
        ) -> float:
            return float(masses @ gbm_hit_probability(distances, np.exp(log_v)) - target)

        found[row] = np.exp(brentq(gap, np.log(1e-5), np.log(3.0), xtol=1e-13, rtol=1e-13))
    return found / root_horizon(HORIZON_DAYS)


def books_of(profiles: list[LiquidationProfile]) -> list[tuple[FloatArray, FloatArray]]:
    """Weights and distances of profiles, as the loop takes them."""
    frames = [profile.nodes().frame for profile in profiles]
    return [(frame["weight"].to_numpy(), frame["distance"].to_numpy()) for frame in frames]


def compare_solving(profile: LiquidationProfile, sample: list[LiquidationProfile]) -> None:
    """Solve and loop in turn, and print what each repetition took."""
    scale, ready, whole = len(profile.snapshots) / len(sample), [], []
    for repetition in range(1, REPETITIONS + 1):
        start = time.process_time()
        ours = critical_volatilities(profile, symbol="BTC", critical_mass=CRITICAL_MASS, horizon_days=HORIZON_DAYS)
        solved = time.process_time()
        books = books_of(sample)
        made = time.process_time()
        looped = brentq_loop(books)
        end = time.process_time()
        difference = float(np.max(np.abs(ours.volatility[: len(sample)] / looped - 1.0)))
        ready.append((end - made) * scale / (solved - start))
        whole.append((end - solved) * scale / (solved - start))
        print(
            f"{repetition}: ours {solved - start:.2f} s CPU, loop {(end - solved) * scale:.1f} s, of which roots "
            f"{(end - made) * scale:.1f} s, largest relative difference {difference:.1e}"
        )
    print(
        f"solving from cells: median ratio {statistics.median(whole):.1f} (wanted: at least 12); over the roots alone "
        f"{statistics.median(ready):.1f}"
    )


def main() -> None:
    """Fill two histories, compare loading and solving."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--snapshots", type=int, default=43_800)
    count = parser.parse_args().snapshots
    print(
        f"{count} profiles of {BINS} bins, loop on {LOOPED} of them and extrapolated, "
        f"OPENBLAS_NUM_THREADS={os.environ.get('OPENBLAS_NUM_THREADS', 'not set')}"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "loose", min(LOOSE, count), monthly=False)
        compare_loading(folder / "loose", f"{min(LOOSE, count)} files of one snapshot")
        fill(folder / "months", count, monthly=True)
        compare_loading(folder / "months", f"{count} snapshots in monthly files")
        first = read_snapshots(history_files(folder / "months")[0])[:LOOPED]
        compare_solving(load_series(folder / "months").profile, [snapshot.profile for snapshot in first])


if __name__ == "__main__":
    main()
