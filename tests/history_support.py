"""Profiles of made-up cells for the tests of the history: one position a bin, any number of times."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from cohortiv.comovement import Comovement
from cohortiv.history.snapshot import Snapshot, snapshots_of
from cohortiv.profile import LiquidationProfile
from cohortiv.profile.bins import OFFSET, SCALE
from cohortiv.profile.cells import tidy

TIMES = tuple(f"2026-02-{day:02d}T12:00:00" for day in (1, 2, 3))
BINS = np.arange(OFFSET - 80, OFFSET - 20)


def cells_at(time: str, *, seed: int = 1, symbol: str = "BTC", scale: float = 1.0) -> pd.DataFrame:
    """Cells of one time: longs below the mark and shorts above, places and sizes drawn."""
    rng = np.random.default_rng([seed, pd.Timestamp(time).day])
    bins = np.concatenate([-BINS, BINS])
    cents = np.ceil(scale * 1e7 * rng.lognormal(size=bins.size))
    part = np.floor(rng.random(bins.size) * SCALE)
    square = np.floor(part * part / SCALE)
    return pd.DataFrame(
        {
            "as_of": pd.Timestamp(time), "reason": 0, "venue": "binance", "symbol": symbol, "product": "perpetual",
            "side": np.where(bins < 0, "long", "short"), "tier": 10, "reading": 0, "state": 0, "bin": bins,
            "second_bin": 0, "positions": 1, "notional_cents": cents, "collateral_cents": np.ceil(cents / 10),
            "first": cents * part, "second": cents * square, "third": cents * np.floor(square * part / SCALE),
            "mark_low": 60_000.0, "mark_high": 60_000.0,
        }
    )  # fmt: skip


def profile_at(
    *times: str,
    seed: int = 1,
    symbol: str = "BTC",
    scale: float = 1.0,
    cohort: str = "all-accounts",
    movement: Comovement | None = None,
) -> LiquidationProfile:
    """The profile of some times."""
    frame = pd.concat([cells_at(time, seed=seed, symbol=symbol, scale=scale) for time in times or TIMES])
    units = {pd.Timestamp(time).isoformat(): 40 for time in times or TIMES}
    origin = {"sources": ["book.parquet"], "symbol": symbol, "cohort": cohort, "margin_units": units}
    return LiquidationProfile(tidy(frame), movement or Comovement(), origin)


def snapshots_at(
    *times: str,
    seed: int = 1,
    symbol: str = "BTC",
    scale: float = 1.0,
    cohort: str = "all-accounts",
    movement: Comovement | None = None,
) -> tuple[Snapshot, ...]:
    """Snapshots of some times."""
    return snapshots_of(
        profile_at(*times, seed=seed, symbol=symbol, scale=scale, cohort=cohort, movement=movement)
    )  # fmt: skip


def names(folder: Path) -> list[str]:
    """Files of a folder that are no lock."""
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


def moments(times: Sequence[str] = TIMES) -> list[datetime]:
    """Times as the house has them."""
    return [datetime.fromisoformat(time) for time in times]
