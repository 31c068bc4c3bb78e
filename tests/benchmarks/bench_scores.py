"""What scores cost and how often their intervals hold: CPU of a full table, coverage of a random score's AUROC.

Prints CPU seconds (process_time, all threads) of a table of twelve signals with 1,000 resamples, daily and hourly, and
of the learned weights; then, over seeded simulations of risk that lives long, in what share of them the 95 % interval
of a score without information holds 0.5: stationary block bootstrap as the product takes it, and DeLong.
"""

import sys
import time
from functools import partial
from typing import Final

import numpy as np
import pandas as pd
import scipy

from cohortiv.validation.bootstrap import interval, sample_block
from cohortiv.validation.delong import delong
from cohortiv.validation.ranking import auroc, rank
from cohortiv.validation.sample import read_sample
from cohortiv.validation.scores import score_table
from cohortiv.validation.weights import learn_weights
from cohortiv.volatility import FloatArray

SIGNALS: Final = 12
DAYS: Final = 1_180
SIMULATIONS: Final = 400
COVERAGE_DAYS: Final = 1_000
HORIZON: Final = 7


def lasting(rng: np.random.Generator, *, rows: int, memory: float) -> FloatArray:
    """An autoregression of unit variance."""
    shocks = rng.normal(size=rows) * np.sqrt(1.0 - memory**2)
    found: FloatArray = scipy.signal.lfilter([1.0], [1.0, -memory], shocks)
    return found


def outcome(rng: np.random.Generator, risk: FloatArray, *, ahead: int, often: float) -> pd.Series:
    """Whether a shock falls into the rows ahead, shocks being likelier where risk is high; the end is not covered."""
    rows = risk.size
    shocks = rng.random(rows) < often * np.exp(risk - 0.5)
    reached = np.convolve(np.append(shocks, 0.0), np.ones(ahead))[ahead : ahead + rows]
    event = pd.Series(reached > 0.0, dtype="boolean")
    event.iloc[-ahead:] = pd.NA
    return event


def table_cpu(*, rows: int, step: str, ahead: int) -> float:
    """CPU seconds of a full score table."""
    rng = np.random.default_rng(1)
    times = pd.date_range("2023-01-01", periods=rows, freq=step)
    risk = lasting(rng, rows=rows, memory=0.95)
    event = outcome(rng, risk, ahead=ahead, often=0.02 * HORIZON / ahead).set_axis(times)
    scores = pd.DataFrame({f"signal {k}": risk + k * rng.normal(size=rows) for k in range(SIGNALS)}, index=times)
    start = time.process_time()
    score_table(scores, event, horizon_days=HORIZON, rng=rng)
    return time.process_time() - start


def weights_cpu() -> float:
    """CPU seconds of learned weights with all rotations."""
    rng = np.random.default_rng(2)
    times = pd.date_range("2023-01-01", periods=DAYS)
    masses = np.exp(np.stack([lasting(rng, rows=DAYS, memory=0.95) for _ in range(12)], axis=1))
    shares = pd.DataFrame(masses / masses.sum(axis=1, keepdims=True), index=times)
    event = outcome(rng, 2.0 * (shares[11] / shares[11].std()).to_numpy() - 2.0, ahead=HORIZON, often=0.02)
    start = time.process_time()
    learn_weights(shares, event.set_axis(times), horizon_days=HORIZON, rng=rng)
    return time.process_time() - start


def coverage(simulations: int, *, memory: float) -> tuple[float, float]:
    """Share of simulations in which the interval of an independent score holds 0.5: block bootstrap, DeLong."""
    held = np.zeros((simulations, 2))
    times = pd.date_range("2023-01-01", periods=COVERAGE_DAYS)
    for seed in range(simulations):
        rng = np.random.default_rng(seed)
        event = outcome(rng, lasting(rng, rows=COVERAGE_DAYS, memory=0.95), ahead=HORIZON, often=0.02)
        score = lasting(rng, rows=COVERAGE_DAYS, memory=memory)
        frame = pd.DataFrame({"score": score, "event": event.to_numpy()}, index=times)
        sample = read_sample(frame, horizon_days=HORIZON)
        ranking = rank(sample.score, sample.event)
        found = interval(
            partial(auroc, ranking),
            len(sample.times),
            block_rows=sample_block(sample),
            rng=rng,
            draws=500,
        )
        secondary = delong(sample.score, sample.event)
        held[seed] = found.low <= 0.5 <= found.high, secondary.low <= 0.5 <= secondary.high
    block, independent = held.mean(axis=0).tolist()
    return block, independent


def main() -> None:
    """Print the costs, then the coverage for scores of two memories."""
    simulations = int(sys.argv[1]) if len(sys.argv) > 1 else SIMULATIONS
    table_cpu(rows=400, step="D", ahead=HORIZON)
    print(f"score table, {SIGNALS} signals, {DAYS} daily rows, 1,000 resamples: ", end="")
    print(f"{table_cpu(rows=DAYS, step='D', ahead=HORIZON):.1f} s CPU")
    print(f"the same, {24 * DAYS} hourly rows: {table_cpu(rows=24 * DAYS, step='h', ahead=24 * HORIZON):.1f} s CPU")
    print(f"learned weights, 12 tiers, {DAYS} daily rows, 199 rotations: {weights_cpu():.1f} s CPU")
    for memory in (0.0, 0.9, 0.95):
        block, independent = coverage(simulations, memory=memory)
        print(
            f"score with memory {memory}: 95 % interval holds 0.5 in {100.0 * block:.1f} % of {simulations} runs, "
            f"DeLong in {100.0 * independent:.1f} %"
        )


if __name__ == "__main__":
    main()
