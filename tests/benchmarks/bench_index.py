"""Wall and CPU time of `cohortiv index` on generated positions, over a process that only imports ibis and scipy.

One position an account, as on the real snapshot of 18 February 2026.

Run by hand or by `make bench`: python tests/benchmarks/bench_index.py [--rows 1e6]. The two take turns.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from bench_profile import generate

IMPORTS = "import ibis, scipy.special, scipy.optimize"
REPEATS = 5


def main() -> None:
    """Generate, run both in turn, print the medians and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=float, default=1e6)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "positions.parquet"
        generate(path, int(arguments.rows), cross=False, per_account=1)
        index = [sys.executable, "-m", "cohortiv.cli", "index", "--positions", str(path), "--symbol", "BTC", "--json"]
        base, ours = [], []
        for _ in range(REPEATS):
            base.append(_took([sys.executable, "-c", IMPORTS]))
            ours.append(_took(index))
    for name, alone, both in zip(("wall", "CPU"), zip(*base, strict=True), zip(*ours, strict=True), strict=True):
        imports, took = statistics.median(alone), statistics.median(both)
        print(f"{name}: imports {imports:.2f} s, index {took:.2f} s, ratio {took / imports:.2f}")


def _took(command: list[str]) -> tuple[float, float]:
    """Wall and CPU time of a command [s]."""
    start, before = perf_counter(), _cpu()
    subprocess.run(command, check=True, capture_output=True)
    return perf_counter() - start, _cpu() - before


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
