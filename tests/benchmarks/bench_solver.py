"""Critical volatility of 43,800 profiles (five years of hours) of 400 bins: our solver against a loop of brentq.

Prints CPU seconds and their ratio within one run, repetitions interleaved, and the largest relative difference.
CPU time is process_time, all threads together; OPENBLAS_NUM_THREADS=1 keeps the matrix product on one thread.
"""

import os
import statistics
import sys
import time
from typing import Final

import numpy as np
from scipy.optimize import brentq

from cohortiv.volatility import FloatArray, gbm_hit_probability, solve_critical_volatility

PROFILES: Final = 43_800
BINS: Final = 400
CRITICAL_MASS: Final = 0.15
REPETITIONS: Final = 3


def profiles(count: int) -> tuple[FloatArray, FloatArray]:
    """Seeded profiles on logarithmic bins of both sides, with critical v from about 0.001 to 0.4."""
    rng = np.random.default_rng(20260930)
    edges = np.geomspace(1e-4, 3.0, BINS // 2)
    distances = np.concatenate([-edges, edges])
    centre = rng.normal(-3.0, 0.7, (count, 1))
    bell = np.exp(-0.5 * ((np.log(np.abs(distances)) - centre) / 0.8) ** 2)
    return rng.lognormal(size=(count, BINS)) * bell, distances


def brentq_loop(weights: FloatArray, distances: FloatArray) -> FloatArray:
    """Critical v of each profile by scipy's brentq, on the same hit law, one profile at a time."""
    found = np.empty(len(weights))
    for row, masses in enumerate(weights):
        target = CRITICAL_MASS * masses.sum()

        def gap(log_v: float, masses: FloatArray = masses, target: float = target) -> float:
            return float(masses @ gbm_hit_probability(distances, np.exp(log_v)) - target)

        found[row] = np.exp(brentq(gap, np.log(1e-4), np.log(2.0), xtol=1e-13, rtol=1e-13))
    return found


def main() -> None:
    """Run both in turn and print what each repetition took."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PROFILES
    weights, distances = profiles(count)
    print(f"{count} profiles of {BINS} bins, OPENBLAS_NUM_THREADS={os.environ.get('OPENBLAS_NUM_THREADS', 'not set')}")
    ratios = []
    for repetition in range(1, REPETITIONS + 1):
        start = time.process_time()
        ours = solve_critical_volatility(weights, distances, critical_mass=CRITICAL_MASS).v
        between = time.process_time()
        loop = brentq_loop(weights, distances)
        loop_cpu, our_cpu = time.process_time() - between, between - start
        difference = float(np.max(np.abs(ours / loop - 1.0)))
        ratios.append(loop_cpu / our_cpu)
        print(
            f"{repetition}: brentq loop {loop_cpu:.2f} s CPU, ours {our_cpu:.3f} s, ratio {ratios[-1]:.1f}, "
            f"largest relative difference {difference:.1e}, v from {ours.min():.4f} to {ours.max():.4f}"
        )
    print(f"median ratio {statistics.median(ratios):.1f} (wanted: at least 12, equal to 1e-9)")


if __name__ == "__main__":
    main()
