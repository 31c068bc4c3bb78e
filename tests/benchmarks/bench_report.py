"""CPU time of `cohortiv report` over papermill followed by nbconvert, and of each further report in a call.

All run the default risk report on the embedded sample; nbconvert uses its default template. They take turns.

Run by hand or by `make bench`: python tests/benchmarks/bench_report.py [--repeats 3].
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cohortiv.sources.sample import write_sample

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "risk-report.ipynb"
AS_OF = "2026-09-30"
SYMBOLS = ("BTC", "ETH", "SOL")


def main() -> None:
    """Take turns, print the medians and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    base, ours, several = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        positions = write_sample(room).positions
        for turn in range(arguments.repeats):
            base.append(_by_tools(positions, room=room))
            ours.append(_by_us(positions, SYMBOLS[:1], out=room / f"one-{turn}"))
            several.append(_by_us(positions, SYMBOLS, out=room / f"several-{turn}"))
    tools, first, all_of_them = map(statistics.median, (base, ours, several))
    further = (all_of_them - first) / (len(SYMBOLS) - 1)
    print(f"one report: papermill and nbconvert {tools:.2f} s CPU, cohortiv {first:.2f} s, ratio {first / tools:.2f}")
    print(f"each further report in a call: {further:.2f} s CPU, {further / first:.2f} of the first")


def _by_tools(positions: Path, *, room: Path) -> float:
    """CPU time of papermill and nbconvert, one after the other [s]."""
    ran = room / "ran.ipynb"
    tools = Path(sys.executable).parent
    given = ["-p", "positions", str(positions), "-p", "as_of", AS_OF, "-p", "symbol", SYMBOLS[0]]
    return _cpu_of([str(tools / "papermill"), str(NOTEBOOK), str(ran), *given]) + _cpu_of(
        [str(tools / "jupyter-nbconvert"), "--to", "html", str(ran)]
    )


def _by_us(positions: Path, symbols: Sequence[str], *, out: Path) -> float:
    """CPU time of one call for reports on some symbols [s]."""
    asked = [word for symbol in symbols for word in ("--symbol", symbol)]
    given = ["--positions", str(positions), "--as-of", AS_OF, "--out", str(out)]
    return _cpu_of([sys.executable, "-m", "cohortiv", "report", *given, *asked])


def _cpu_of(command: Sequence[str]) -> float:
    before = _used()
    subprocess.run(command, check=True, capture_output=True)
    return _used() - before


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
