"""Wall and CPU time of `cohortiv index` on generated positions, over a process that only imports ibis and scipy.

One position an account, as on the real snapshot of 18 February 2026, or with --per-account 2 a long and a short. The
package runs from compiled files, as its libraries do and as it does once installed: both write theirs to a temporary
folder in a first run that is not counted.

Run by hand or by `make bench`: python tests/benchmarks/bench_index.py [--rows 1e6] [--per-account 1]. The two take
turns.
"""

import argparse
import os
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
    parser.add_argument("--per-account", type=int, choices=[1, 2], default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "positions.parquet"
        generate(path, int(arguments.rows), cross=False, per_account=arguments.per_account)
        index = [sys.executable, "-m", "cohortiv", "index", "--positions", str(path), "--symbol", "BTC", "--json"]
        compiled = Path(folder) / "compiled"
        base, ours = [], []
        for _ in range(REPEATS + 1):
            base.append(_took([sys.executable, "-c", IMPORTS], compiled))
            ours.append(_took(index, compiled))
        base, ours = base[1:], ours[1:]
    for name, alone, both in zip(("wall", "CPU"), zip(*base, strict=True), zip(*ours, strict=True), strict=True):
        imports, took = statistics.median(alone), statistics.median(both)
        print(f"{name}: imports {imports:.2f} s, index {took:.2f} s, ratio {took / imports:.2f}")


def _took(command: list[str], compiled: Path) -> tuple[float, float]:
    """Wall and CPU time of a command [s], with compiled files in a folder."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start, before = perf_counter(), _cpu()
    subprocess.run(command, check=True, capture_output=True, env=environment | {"PYTHONPYCACHEPREFIX": str(compiled)})
    return perf_counter() - start, _cpu() - before


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
