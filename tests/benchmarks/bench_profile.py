"""CPU and memory of the liquidation profile, over what DuckDB needs to decode and sum the same Parquet columns.

Run by hand or by `make bench`: python tests/benchmarks/bench_profile.py [--sizes 1e6 1e7]. Each size runs in
processes of its own; decode and profile take turns, and the ratio is that of the medians of their CPU time.
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import process_time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cohortiv.comovement import comovement
from cohortiv.engine import connect
from cohortiv.liquidation import LineTable, liquidation_lines
from cohortiv.margin.brackets import load_brackets
from cohortiv.positions import Holding, Positions, take_inventory
from cohortiv.profile import BuiltProfile, Scope, account_figures, build_profile, leveraged_positions
from cohortiv.profile.cells import kept
from cohortiv.sources.files import open_positions

CHUNK = 1_000_000
#: Rows of a row group, as DuckDB writes them; a file that is one group is read by one thread.
ROW_GROUP = 122_880
MARK = 60_000.0
AS_OF = datetime(2026, 10, 1)  # noqa: DTZ001 - house times are UTC without zone
LEVERAGES = np.array([3, 5, 10, 20, 25, 50, 75, 100, 125], dtype=float)
SHARES = [0.2, 0.2, 0.25, 0.1, 0.1, 0.07, 0.04, 0.02, 0.02]
DECODE = """SELECT max(account_id), max(symbol), max(venue), max(side), max(margin_mode), sum(quantity),
sum(entry_price), sum(mark_price), sum(leverage), sum(margin) FROM '{path}'"""
REPEATS = {1_000_000: 9, 10_000_000: 5}


def generate(path: Path, rows: int, *, cross: bool, per_account: int = 2, seed: int = 7) -> None:
    """Write SYNTHETIC positions: lognormal sizes, entries round the mark, one or two (long and short) an account."""
    rng = np.random.default_rng(seed)
    writer: pq.ParquetWriter | None = None
    for start in range(0, rows, CHUNK):
        table = _chunk(rng, start, min(CHUNK, rows - start), cross=cross, per_account=per_account)
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd", compression_level=1)
        writer.write_table(table, row_group_size=ROW_GROUP)
    if writer:
        writer.close()


def _chunk(rng: np.random.Generator, start: int, count: int, *, cross: bool, per_account: int) -> pa.Table:
    leverage = rng.choice(LEVERAGES, count, p=SHARES)
    notional = np.exp(rng.normal(7.6, 1.8, count))
    quantity = np.maximum(np.round(notional / MARK, 5), 1e-5)
    number = np.arange(start, start + count)
    account = number // per_account
    is_short = rng.random(count) > 0.6
    is_short[1::2] = ~is_short[: 2 * (count // 2) : 2]
    return pa.table(
        {
            "account_id": pa.array(account.astype(str)),
            "symbol": np.where(number % 2 == 0, "BTC", "ETH") if cross else np.full(count, "BTC"),
            "venue": np.full(count, "binance"),
            "side": np.array(["long", "short"])[is_short.astype(int)],
            "quantity": quantity,
            "entry_price": np.round(MARK * np.exp(rng.normal(0, 0.03, count) * np.minimum(1, 6 / leverage)), 1),
            "mark_price": np.full(count, MARK),
            "leverage": leverage,
            "margin_mode": np.full(count, "cross" if cross else "isolated"),
            "margin": quantity * MARK / leverage * rng.uniform(1.0, 3.0, count),
        }
    )


def measure(path: Path, what: str, repeats: int) -> dict[str, float]:
    """Median CPU seconds of the decode and of one stage, taking turns; or the peak memory of one profile alone."""
    connection = connect(threads=2)
    brackets, movement = load_brackets(), comovement()
    decode, stage = [], []

    def profile() -> tuple[Positions, tuple[Holding, ...], LineTable, BuiltProfile]:
        positions = open_positions(str(path), connection=connection)
        inventory = take_inventory(positions)
        lines = liquidation_lines(positions, inventory, brackets=brackets, comovement=movement, as_of=AS_OF)
        built = build_profile(
            lines, inventory, positions.given, scope=Scope(), comovement=movement, origin={}
        )  # fmt: skip
        return positions, inventory, lines, built

    def accounts(made: BuiltProfile) -> None:
        kappas = {"BTC": 1.0, "ETH": 1.33}
        account_figures(leveraged_positions(kept(made.lines, {}), kappas), kappas)

    if what == "peak":
        profile()
        return {"peak_mb": _peak_mb()}
    for _ in range(repeats):
        decode.append(_cpu(lambda: connection.raw_sql(DECODE.format(path=path)).fetchall()))
        if what == "accounts":
            made = profile()[3]
            stage.append(_cpu(lambda made=made: accounts(made)))  # type: ignore[misc]
        else:
            stage.append(_cpu(profile))
    return {"decode": statistics.median(decode), "stage": statistics.median(stage)}


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
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        path, what, repeats = arguments.measure
        print(json.dumps(measure(Path(path), what, int(repeats))))
        return
    print(f"{'positions':>12} {'stage':>9} {'decode CPU s':>13} {'stage CPU s':>12} {'ratio':>6} {'peak MB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for size in map(int, arguments.sizes):
            for what in arguments.stages:
                if what == "profile" or size <= arguments.largest_accounts:
                    _report(Path(folder), size, what)


def _report(folder: Path, size: int, what: str) -> None:
    path = folder / f"{'cross' if what == 'cross' else 'isolated'}-{size}.parquet"
    if not path.exists():
        generate(path, size, cross=what == "cross")
    found = _run([str(path), what, str(REPEATS.get(size, 3))])
    found |= _run([str(path), "peak", "1"]) if what != "accounts" else {"peak_mb": math.nan}
    ratio = found["stage"] / found["decode"]
    seconds = f"{found['decode']:>13.3f} {found['stage']:>12.3f}"
    print(f"{size:>12,} {what:>9} {seconds} {ratio:>6.2f} {found['peak_mb']:>8.0f}", flush=True)


def _run(arguments: list[str]) -> dict[str, float]:
    """Measure in a process of its own."""
    command = [sys.executable, __file__, "--measure", *arguments]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


if __name__ == "__main__":
    main()
