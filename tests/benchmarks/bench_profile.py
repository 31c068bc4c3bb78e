"""CPU, memory and spilled bytes of the liquidation profile, over what DuckDB needs to decode and sum the same columns.

Run by hand or by `make bench`: python tests/benchmarks/bench_profile.py [--sizes 1e6 1e7] [--memory-limit 2GB]. Each
figure comes from a process of its own; decode and stage take turns, and the ratio is that of the medians of their CPU
time. A stage that does not go through is told with its error. Positions are SYNTHETIC.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from time import perf_counter, process_time

from cohortiv.comovement import comovement
from cohortiv.engine import MEMORY_LIMIT, connect
from cohortiv.liquidation import liquidation_lines
from cohortiv.margin.brackets import load_brackets
from cohortiv.positions import take_inventory
from cohortiv.profile import BuiltProfile, Scope, account_figures, build_profile, leveraged_positions
from cohortiv.profile.cells import kept
from cohortiv.sources.files import open_positions

AS_OF = datetime(2026, 10, 1)  # noqa: DTZ001 - house times are UTC without zone
DECODE = """SELECT max(account_id), max(symbol), max(venue), max(side), max(margin_mode), sum(quantity),
sum(entry_price), sum(mark_price), sum(leverage), sum(margin) FROM '{path}'"""
#: Lognormal sizes, entries round the mark, one position an account or two, a long and a short. Chance is a hash of the
#: row's number, so every thread count writes the same rows.
GENERATE = """COPY (
    WITH drawn AS (SELECT i, [(hash(i * 8 + k, 7) >> 11) / 9007199254740992.0 FOR k IN [0, 1, 2, 3, 4, 5]] AS u
                   FROM range({rows}) AS numbers(i)),
    sized AS (SELECT i, u, list_aggregate([x FOR x IN {leverages} IF x[1] > u[1]], 'min')[2]::DOUBLE AS leverage,
                     greatest(round(exp(7.6 + 1.8 * sqrt(-2 * ln(1 - u[2])) * cos(2 * pi() * u[3])) / 60000, 5), 1e-5)
                         AS quantity
              FROM drawn)
    SELECT (i // {per_account})::VARCHAR AS account_id, {symbol} AS symbol, 'binance' AS venue,
           CASE WHEN (hash(i // 2, 7) % 10 < 6) = (i % 2 = 0) THEN 'long' ELSE 'short' END AS side, quantity,
           round(60000 * exp(0.03 * sqrt(-2 * ln(1 - u[4])) * cos(2 * pi() * u[5]) * least(1, 6 / leverage)), 1)
               AS entry_price,
           60000::DOUBLE AS mark_price, leverage, '{mode}' AS margin_mode,
           quantity * 60000 / leverage * (1 + 2 * u[6]) AS margin
    FROM sized
) TO '{path}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"""
#: Upper end of the chance of each leverage, and the leverage.
LEVERAGES = [
    [0.2, 3.0],
    [0.4, 5.0],
    [0.65, 10.0],
    [0.75, 20.0],
    [0.85, 25.0],
    [0.92, 50.0],
    [0.96, 75.0],
    [0.98, 100.0],
]
LEVERAGES += [[1.0, 125.0]]
REPEATS = {1_000_000: 9, 10_000_000: 3}
KAPPAS = {"BTC": 1.0, "ETH": 1.33}
GIGABYTE = 1e9


def generate(path: Path, rows: int, *, cross: bool, per_account: int = 2) -> None:
    """Write SYNTHETIC positions: isolated ones in BTC, or an account's cross pair of BTC and ETH."""
    symbol, mode = ("CASE WHEN i % 2 = 0 THEN 'BTC' ELSE 'ETH' END", "cross") if cross else ("'BTC'", "isolated")
    connection = connect(memory_limit="3GB")
    connection.raw_sql("SET preserve_insertion_order = false")
    drawn = {"rows": rows, "leverages": LEVERAGES, "per_account": per_account}
    connection.raw_sql(GENERATE.format(**drawn, symbol=symbol, mode=mode, path=path))
    connection.disconnect()


def measure(path: Path, what: str, *, repeats: int, memory_limit: str) -> dict[str, float]:
    """Median CPU seconds of the decode and of one stage in turn, peak memory, and the most that was spilled."""
    connection = connect(memory_limit=memory_limit, threads=2)
    brackets, movement = load_brackets(), comovement()

    def profile() -> BuiltProfile:
        positions = open_positions(str(path), connection=connection)
        inventory = take_inventory(positions)
        lines = liquidation_lines(positions, inventory, brackets=brackets, comovement=movement, as_of=AS_OF)
        return build_profile(lines, inventory, positions.given, scope=Scope(), comovement=movement, origin={})

    def accounts(made: BuiltProfile) -> None:
        account_figures(leveraged_positions(kept(made.lines, {}), KAPPAS), KAPPAS)

    made = profile() if what == "accounts" else None
    decode, stage, wall, peak = [], [], [], 0.0
    with watched_spill() as spilled:
        for _ in range(repeats):
            decode.append(_cpu(lambda: connection.raw_sql(DECODE.format(path=path)).fetchall()))
            began = perf_counter()
            stage.append(_cpu(profile if made is None else lambda: accounts(made)))
            wall.append(perf_counter() - began)
            peak = peak or _peak_mb()  # the engine keeps what a stage stored, so a second one would find it filled
    seconds = {"decode": statistics.median(decode), "stage": statistics.median(stage), "wall": statistics.median(wall)}
    return seconds | {"peak_mb": peak, "spilled": max(spilled)}


@contextmanager
def watched_spill() -> Iterator[list[int]]:
    """Sizes of the engine's spilled files, looked at five times a second [bytes]."""
    folder, seen, over = Path(tempfile.gettempdir()) / "cohortiv-spill", [0], Event()

    def look() -> None:
        while not over.wait(0.2):
            seen.append(sum(_size(file) for file in folder.glob("*")))

    watcher = Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _peak_mb() -> float:
    """Peak resident memory of this process since it began [MB]; getrusage would count what its parent had."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(float(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def _cpu(run: Callable[[], object]) -> float:
    start = process_time()
    run()
    return process_time() - start


def main() -> None:
    """Generate, measure in processes of their own, print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="*", type=float, default=[1e6, 1e7, 1e8])
    parser.add_argument("--stages", nargs="*", default=["profile", "accounts", "cross"])
    parser.add_argument("--largest-accounts", type=float, default=1e7, help="largest size for the passes by account")
    parser.add_argument("--memory-limit", default=MEMORY_LIMIT, help="what DuckDB keeps before it spills")
    parser.add_argument("--repeats", type=int, help="turns of decode and stage; by default 9, 3 and 1 by size")
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    limit = arguments.memory_limit
    if arguments.measure:
        path, what, repeats = arguments.measure
        print(json.dumps(measure(Path(path), what, repeats=int(repeats), memory_limit=limit)))
        return
    print(f"DuckDB may keep {limit}")
    titles = ("decode CPU s", "stage CPU s", "ratio", "wall s", "peak MB", "file GB", "spilled GB")
    print(f"{'positions':>12} {'stage':>9} {' '.join(f'{title:>12}' for title in titles)}")
    for size in map(int, arguments.sizes):
        for what in arguments.stages:
            if what == "profile" or size <= arguments.largest_accounts:
                with tempfile.TemporaryDirectory() as folder:
                    turns = arguments.repeats or REPEATS.get(size, 1)
                    _report(Path(folder), size, what=what, limit=limit, turns=turns)


def _report(folder: Path, size: int, *, what: str, limit: str, turns: int) -> None:
    path = folder / "positions.parquet"
    generate(path, size, cross=what == "cross")
    command = [sys.executable, __file__, "--memory-limit", limit, "--measure", str(path), what, str(turns)]
    environment = os.environ | {"TMPDIR": str(folder)}
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        print(f"{size:>12,} {what:>9} does not go through: {done.stderr.strip().splitlines()[-1:]}", flush=True)
        return
    found: dict[str, float] = json.loads(done.stdout)
    ratio, held = found["stage"] / found["decode"], path.stat().st_size / GIGABYTE
    figures = (
        found["decode"],
        found["stage"],
        ratio,
        found["wall"],
        found["peak_mb"],
        held,
        found["spilled"] / GIGABYTE,
    )
    print(f"{size:>12,} {what:>9} {' '.join(f'{figure:>12.3f}' for figure in figures)}", flush=True)


if __name__ == "__main__":
    main()
