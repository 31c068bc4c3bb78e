"""A history of 43,800 stored profiles (five years of hours) of 400 bins: loading it, and solving its index series.

Prints, repetitions interleaved: wall and CPU time of loading over those in which DuckDB scans the same columns of the
same files, monthly files and (for fewer snapshots) one file a snapshot; and CPU time of a loop of brentq over ours.
Both go from the same loaded cells to critical volatilities. The loop knows where each snapshot begins, makes two nodes
a bin and calls scipy's brentq, all in numpy and scipy. It runs on some of the snapshots, spread over the series, and is
extrapolated to all, which is said. CPU time is process_time, all threads together.
"""

import argparse
import math
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import brentq
from scipy.special import ndtr

from cohortiv.comovement import Comovement
from cohortiv.history.compact import month_path
from cohortiv.history.files import publish, stage_month
from cohortiv.history.load import SERIES_COLUMNS, load_series
from cohortiv.history.places import FROM_SUMS, PLACES
from cohortiv.history.series import critical_volatilities
from cohortiv.history.snapshot import snapshots_of
from cohortiv.history.store import add_snapshots
from cohortiv.profile import LiquidationProfile
from cohortiv.profile.bins import OFFSET, SCALE, STEP
from cohortiv.profile.cells import tidy
from cohortiv.volatility import FloatArray, root_horizon

BINS: Final = 400
LOOSE: Final = 2_000
LOOPED: Final = 400
REPETITIONS: Final = 5
CRITICAL_MASS: Final = 0.15
HORIZON_DAYS: Final = 7.0


@dataclass(frozen=True, eq=False)
class Cells:
    """Loaded cells as arrays, one entry a cell, and the number of the first cell of each snapshot (and of the last)."""

    starts: npt.NDArray[np.int64]
    code: FloatArray
    weight: FloatArray
    first: FloatArray
    second: FloatArray
    third: FloatArray


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


def nodes_of(cells: Cells, part: slice) -> tuple[FloatArray, FloatArray]:
    """Weights and distances of two nodes a bin, the mean place and a standard deviation to each side."""
    weight, code = cells.weight[part], cells.code[part]
    mean = cells.first[part] / weight / SCALE + 0.5 / SCALE
    deviation = np.sqrt(np.maximum(cells.second[part] / weight / SCALE + 0.5 / SCALE - mean * mean, 0.0))
    places = np.clip(np.stack([mean - deviation, mean + deviation]), 0.0, 1.0)
    return np.concatenate([weight, weight]) / 2.0, (
        np.sign(code) * np.exp(STEP * (np.abs(code) - OFFSET + places))
    ).ravel()


def four_of(cells: Cells, part: slice) -> tuple[FloatArray, FloatArray]:
    """Weights and distances of the four places that our own table has."""
    sums = np.stack([values[part] for values in (cells.weight, cells.first, cells.second, cells.third)], axis=-1)
    code = cells.code[part, np.newaxis]
    distances = np.sign(code) * np.exp(STEP * (np.abs(code) - OFFSET + PLACES + 0.5 / SCALE))
    return (sums @ FROM_SUMS).ravel(), distances.ravel()


def brentq_root(masses: FloatArray, distances: FloatArray) -> float:
    """Critical volatility of one book: scipy's brentq on ln v, the textbook formula over all nodes at once."""
    size = np.abs(distances)
    near, far = masses * np.exp(-np.maximum(distances, 0.0)), np.exp(size)
    target = CRITICAL_MASS * masses.sum()

    def gap(log_v: float) -> float:
        v = math.exp(log_v)
        return float(near @ (ndtr(v / 2.0 - size / v) + far * ndtr(-v / 2.0 - size / v)) - target)

    log_v = brentq(gap, math.log(1e-5), math.log(3.0), xtol=1e-12, rtol=1e-12)
    return math.exp(log_v) / root_horizon(HORIZON_DAYS)


def looped(
    cells: Cells, chosen: npt.NDArray[np.int64], make: Callable[[Cells, slice], tuple[FloatArray, FloatArray]]
) -> FloatArray:
    """Critical volatilities of some snapshots, one at a time."""
    return np.array([brentq_root(*make(cells, slice(*cells.starts[[row, row + 1]]))) for row in chosen])


def cells_of(profile: LiquidationProfile) -> Cells:
    """Columns of loaded cells as arrays, with the first cell of each snapshot."""
    names = ("bin", "notional_cents", "first", "second", "third")
    times = profile.cells["as_of"].to_numpy()
    starts = np.concatenate([[0], np.flatnonzero(times[1:] != times[:-1]) + 1, [times.size]])
    return Cells(starts, *(profile.cells[name].to_numpy(dtype=np.float64) for name in names))


def compare_solving(profile: LiquidationProfile) -> None:
    """Solve and loop in turn, and print what each repetition took and how far the two are apart."""
    cells = cells_of(profile)
    chosen = np.unique(np.linspace(0, cells.starts.size - 2, LOOPED).astype(int))
    scale, ratios = (cells.starts.size - 1) / chosen.size, []
    for repetition in range(1, REPETITIONS + 1):
        start = time.process_time()
        ours = critical_volatilities(profile, symbol="BTC", critical_mass=CRITICAL_MASS, horizon_days=HORIZON_DAYS)
        solved = time.process_time()
        loop = looped(cells, chosen, nodes_of)
        end = time.process_time()
        base = (end - solved) * scale
        ratios.append(base / (solved - start))
        print(f"{repetition}: ours {solved - start:.2f} s CPU, loop {base:.1f} s CPU, ratio {ratios[-1]:.1f}")
    same = looped(cells, chosen, four_of)
    apart = [float(np.max(np.abs(ours.volatility[chosen] / other - 1.0))) for other in (same, loop)]
    print(
        f"solving from cells: median ratio {statistics.median(ratios):.1f} (wanted: at least 12); largest relative "
        f"difference {apart[0]:.1e} to the loop over our four places (wanted: 1e-9), {apart[1]:.1e} to the two nodes"
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
        compare_solving(load_series(folder / "months").profile)


if __name__ == "__main__":
    main()
