"""From 10,000 draws of 13 tiers to draws of the IV Index: our table against a loop of single solves.

Prints CPU seconds, the ratio within one run (repetitions interleaved) and the largest relative difference. The loops
are run on a sample of the draws and extrapolated to all of them, which is said: scipy's brentq on the same nodes, and
our own solver once a draw. CPU time is process_time, all threads together.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Final

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from cohortiv.distribution.hit_table import HitTable, hit_table
from cohortiv.distribution.index_draws import index_draws
from cohortiv.iv_index import iv_index
from cohortiv.schema import TIER_EDGES
from cohortiv.volatility import FloatArray, LineBook, critical_volatility_of, expected_share, root_horizon

DRAWS: Final = 10_000
NODES_A_TIER: Final = 200
SAMPLE: Final = 100
REPETITIONS: Final = 3
CRITICAL_MASS: Final = 0.15
HORIZON_DAYS: Final = 7.0


def book() -> pd.DataFrame:
    """Seeded nodes on both sides, lines about 1 / leverage away; one node in twenty has no line."""
    rng = np.random.default_rng(20260930)
    tier = np.repeat(TIER_EDGES, NODES_A_TIER)
    distance = rng.choice((-1.0, 1.0), tier.size) * rng.lognormal(-0.2, 0.5, tier.size) / tier
    return pd.DataFrame(
        {
            "tier": tier,
            "weight": rng.lognormal(size=tier.size),
            "distance": np.where(rng.random(tier.size) < 1 / 20, np.nan, distance),
            "second_distance": np.nan,
            "kappa": rng.choice((1.0, 1.33, 1.91), tier.size),
        }
    )


def mixes(count: int) -> FloatArray:
    """Seeded draws of the tier mix, most of it at 2x to 10x."""
    rng = np.random.default_rng(7)
    masses = np.exp(-0.5 * np.log(np.array(TIER_EDGES) / 4.0) ** 2 + rng.normal(0.0, 0.4, (count, len(TIER_EDGES))))
    shares: FloatArray = masses / masses.sum(axis=1, keepdims=True)
    return shares


def mixed(table: HitTable, mix: FloatArray) -> LineBook:
    """The one book that a mix stands for."""
    lines = table.book
    sizes = np.diff([*table.starts, lines.distances.size])
    return LineBook(np.repeat(mix, sizes) * lines.weights, lines.distances, lines.second_distances, lines.kappas)


def by_brentq(lines: LineBook) -> float:
    """Critical volatility of one book by scipy's brentq on ln v."""

    def gap(log_v: float) -> float:
        return float(expected_share(lines, np.exp(log_v))) - CRITICAL_MASS

    log_v = brentq(gap, np.log(1e-4), np.log(3.0), xtol=1e-12, rtol=1e-12)
    return float(np.exp(log_v)) / root_horizon(HORIZON_DAYS)


def by_our_solver(lines: LineBook) -> float:
    """Critical volatility of one book by our solver."""
    return critical_volatility_of(lines, critical_mass=CRITICAL_MASS, horizon_days=HORIZON_DAYS).value


def looped(solve: Callable[[LineBook], float], table: HitTable, draws: FloatArray) -> FloatArray:
    """Index of each draw, one solve at a time."""
    return iv_index(np.array([solve(mixed(table, mix)) for mix in draws]))


def main() -> None:
    """Run all three in turn and print what each repetition took."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS
    nodes, draws = book(), mixes(count)
    sample = min(int(sys.argv[2]) if len(sys.argv) > 2 else SAMPLE, count)
    print(
        f"{count} draws of {len(TIER_EDGES)} tiers, {len(nodes)} nodes; loops run on {sample} draws and extrapolated, "
        f"OPENBLAS_NUM_THREADS={os.environ.get('OPENBLAS_NUM_THREADS', 'not set')}"
    )
    ratios = []
    for repetition in range(1, REPETITIONS + 1):
        start = time.process_time()
        table = hit_table(nodes, TIER_EDGES)
        ours = index_draws(table, draws, critical_mass=CRITICAL_MASS, horizon_days=HORIZON_DAYS).index
        done = time.process_time()
        brents = looped(by_brentq, table, draws[:sample])
        between = time.process_time()
        singles = looped(by_our_solver, table, draws[:sample])
        end = time.process_time()
        brent_cpu, single_cpu, our_cpu = (
            (between - done) * count / sample,
            (end - between) * count / sample,
            done - start,
        )
        differences = [float(np.max(np.abs(ours[:sample] / other - 1.0))) for other in (brents, singles)]
        ratios.append(brent_cpu / our_cpu)
        print(
            f"{repetition}: ours {our_cpu:.3f} s CPU, brentq loop {brent_cpu:.1f} s (ratio {ratios[-1]:.0f}), "
            f"loop of our solver {single_cpu:.1f} s (ratio {single_cpu / our_cpu:.0f}), largest relative difference "
            f"{differences[0]:.1e} and {differences[1]:.1e}, index from {ours.min():.1f} to {ours.max():.1f}"
        )
    print(f"median ratio {statistics.median(ratios):.0f} (wanted: at least 30, equal to 1e-6)")


if __name__ == "__main__":
    main()
