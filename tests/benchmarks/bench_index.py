"""Wall time of `cohortiv index` on generated positions, over a Python process that only imports ibis and scipy.

One position an account, as on the real snapshot of 18 February 2026.

Run by hand or by `make bench`: python tests/benchmarks/bench_index.py [--rows 1e6]. The two take turns.
"""

import argparse
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
    """Generate, run both in turn, print the medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=float, default=1e6)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "positions.parquet"
        generate(path, int(arguments.rows), cross=False, per_account=1)
        index = [sys.executable, "-m", "cohortiv.cli", "index", "--positions", str(path), "--symbol", "BTC", "--json"]
        base, ours = [], []
        for _ in range(REPEATS):
            base.append(_wall([sys.executable, "-c", IMPORTS]))
            ours.append(_wall(index))
    imports, took = statistics.median(base), statistics.median(ours)
    print(f"imports {imports:.2f} s, index {took:.2f} s, ratio {took / imports:.2f}")


def _wall(command: list[str]) -> float:
    start = perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return perf_counter() - start


if __name__ == "__main__":
    main()
