"""Total moves of 1,000 shocks on 10,000 profiles of 1,000 bins: running maximum against fixed points.

Prints CPU seconds and their ratios within one run, repetitions interleaved, and the largest difference. The plain
Python loop walks the bins for each shock until the price stops. The numpy loop, and a quicker Python loop that finds
bins by bisection, look for the fixed point x = s + impact(Q(x)) from below; numpy goes on only with the moves that have
not settled. The Python loops run on a sample of profiles and are extrapolated. CPU time is process_time, all threads.
"""

import argparse
import statistics
import time
from bisect import bisect_right
from collections.abc import Callable
from typing import Final

import numpy as np

from cohortiv.cascade import (
    ForcedFlow,
    PriceImpact,
    flow_of_bins,
    linear_impact,
    price_impact,
    square_root_impact,
    total_log_moves,
)
from cohortiv.profile.bins import FloatArray

BINS: Final = 1_000
SHOCKS: Final = 1_000
SAMPLE: Final = 3
REPETITIONS: Final = 3
BLOCK: Final = 100
SETTLED: Final = 1e-15
IMPACTS: Final[dict[str, PriceImpact]] = {
    "linear": linear_impact(4e8),
    "square root": square_root_impact(3e10, 0.04),
}


def flow(count: int) -> ForcedFlow:
    """Seeded profiles of 5 bn to 15 bn USD, with and without a cliff, on logarithmic bins from 0.1 % to 150 %."""
    rng = np.random.default_rng(20260930)
    edges = np.geomspace(1e-3, 1.5, BINS + 1)
    centre = rng.normal(-1.5, 0.5, (count, 1))
    held = rng.lognormal(size=(count, BINS)) * np.exp(-0.5 * ((np.log(edges[1:]) - centre) / 0.7) ** 2)
    held *= rng.uniform(5e9, 1.5e10, (count, 1)) / held.sum(axis=1, keepdims=True)
    return flow_of_bins(edges, held, direction="down")


def numpy_fixed_point(profiles: ForcedFlow, impact: PriceImpact, shocks: FloatArray) -> FloatArray:
    """Fixed points of all shocks and profiles, in blocks of profiles."""
    found = np.empty((len(profiles.after), shocks.size))
    widths = np.append(np.diff(profiles.distances), np.inf)
    for first in range(0, len(found), BLOCK):
        held = profiles.after[first : first + BLOCK]
        slopes = np.append(np.diff(held, axis=1), np.zeros((len(held), 1)), axis=1) / widths
        rows = np.repeat(np.arange(len(held)), shocks.size)
        outside = np.tile(shocks, len(held))
        moves, going = outside.copy(), np.arange(outside.size)
        while going.size:
            x, row = moves[going], rows[going]
            k = np.searchsorted(profiles.distances, x, side="right") - 1
            forced = held[row, k] + slopes[row, k] * (x - profiles.distances[k])
            following = outside[going] + price_impact(impact, forced)
            moves[going] = following
            going = going[np.abs(following - x) > SETTLED]
        found[first : first + BLOCK] = moves.reshape(len(held), -1)
    return found


def python_loop(profiles: ForcedFlow, impact: PriceImpact, shocks: FloatArray, *, walk: bool) -> FloatArray:
    """Fixed points of a few profiles, one shock and one number at a time; bins by walking or by bisection."""
    scale, root = float(impact.scale), impact.law == "square_root"
    knots = [*profiles.distances.tolist(), float("inf")]
    found = np.empty((len(profiles.after), shocks.size))
    for row, given in enumerate(profiles.after.tolist()):
        values = [*given, given[-1]]
        for column, shock in enumerate(shocks.tolist()):
            x, k = shock, 0
            while True:
                if walk:
                    while knots[k + 1] <= x:
                        k += 1
                else:
                    k = bisect_right(knots, x) - 1
                forced = values[k] + (values[k + 1] - values[k]) * (x - knots[k]) / (knots[k + 1] - knots[k])
                following = shock + scale * (forced**0.5 if root else forced)
                if abs(following - x) <= SETTLED:
                    break
                x = following
            found[row, column] = following
    return found


def timed(run: Callable[[], FloatArray]) -> tuple[FloatArray, float]:
    """Result and CPU seconds."""
    start = time.process_time()
    result = run()
    return result, time.process_time() - start


def compare(law: str, profiles: ForcedFlow, shocks: FloatArray) -> tuple[float, float, float]:
    """Run all in turn, print what they took, and return the ratios to ours: plain and quicker Python, numpy."""
    impact, count = IMPACTS[law], len(profiles.after)
    ours, own = timed(lambda: total_log_moves(profiles, impact, shocks))
    looped, vectorised = timed(lambda: numpy_fixed_point(profiles, impact, shocks))
    few = ForcedFlow(profiles.direction, profiles.distances, profiles.before[:SAMPLE], profiles.after[:SAMPLE])
    walked, plain = timed(lambda: python_loop(few, impact, shocks, walk=True))
    bisected, quicker = timed(lambda: python_loop(few, impact, shocks, walk=False))
    ratios = plain * count / SAMPLE / own, quicker * count / SAMPLE / own, vectorised / own
    parts = (ours - looped, ours[:SAMPLE] - walked, ours[:SAMPLE] - bisected)
    print(
        f"{law}: ours {own:.2f} s CPU; plain Python loop {ratios[0]:.0f} times that, with bisection {ratios[1]:.0f}, "
        f"numpy fixed point {ratios[2]:.1f}; largest difference {max(float(np.abs(part).max()) for part in parts):.1e}"
    )
    return ratios


def main() -> None:
    """Run both laws in turn and print what each repetition took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profiles", type=int, default=10_000)
    count = parser.parse_args().profiles
    profiles, shocks = flow(count), -np.log1p(-np.linspace(0.0, 0.5, SHOCKS))
    print(f"{SHOCKS} shocks, {count} profiles of {BINS} bins")
    for law in IMPACTS:
        rounds = [compare(law, profiles, shocks) for _ in range(REPETITIONS)]
        plain, quicker, vectorised = (statistics.median(column) for column in zip(*rounds, strict=True))
        print(
            f"{law}: medians {plain:.0f} (wanted: at least 100), {quicker:.0f}, {vectorised:.1f} (wanted: more than 1)"
        )


if __name__ == "__main__":
    main()
