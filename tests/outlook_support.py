"""Histories of tier shares and assumptions for tests of the outlook."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from cohortiv.config.assumptions import OutlookAssumptions
from cohortiv.distribution.hit_table import HitTable, hit_table
from cohortiv.distribution.index_history import IndexHistory, index_history
from cohortiv.volatility import FloatArray

EDGES = (2.0, 5.0, 10.0, 20.0, 50.0)
WHY = "assumption: made up for a test"


def between(low: float, mode: float, high: float) -> dict[str, Any]:
    """An uncertain number as a file states it."""
    return {"low": low, "mode": mode, "high": high, "source": WHY}


def sure(value: float) -> dict[str, Any]:
    """A number without doubt as a file states it."""
    return between(value, value, value)


def product(name: str, share: float, *, ceiling: dict[str, Any], tiers: dict[float, float]) -> dict[str, Any]:
    """A product as a file states it, at a speed of 1 a year."""
    now = {"value": share, "source": WHY}
    return {
        "product": name, "share_now": now, "ceiling": ceiling, "speed": sure(1.0), "tiers": tiers, "tiers_source": WHY,
    }  # fmt: skip


def cap(name: str, chance: float, **rule: object) -> dict[str, Any]:
    """A scenario with a cap as a file states it: at 10x from 1 August 2026, everyone moves to it, unless told."""
    fields = {
        "starts": dt.date(2026, 8, 1),
        "cap": 10,
        "cap_source": WHY,
        "compliance": sure(1.0),
        "leaving": sure(0.0),
    }
    return {"name": name, "probability": sure(chance)} | fields | rule


#: All strands on: perpetuals at high leverage grow twice as far as margin at low, and a cap comes in half of the draws.
FIELDS: dict[str, Any] = {
    "name": "small",
    "title": "A small one",
    "to": dt.date(2026, 9, 30),
    "draws": 400,
    "seed": 7,
    "history": {
        "drift_prior_years": between(0.5, 2.0, 8.0),
        "pseudo_share": sure(0.005),
        "fallback_volatility": between(0.5, 1.0, 2.0),
    },
    "adoption": {
        "products": [
            product("perpetual", 0.6, ceiling=between(1.0, 1.5, 2.0), tiers={10: 0.5, 50: 0.5}),
            product("margin", 0.4, ceiling=sure(1.0), tiers={2: 0.5, 5: 0.5}),
        ]
    },
    "regulation": {
        "scenarios": [
            {"name": "none", "probability": between(0.3, 0.5, 0.7)},
            cap("10x", 0.5, compliance=between(0.5, 0.8, 1.0), leaving=between(0.0, 0.1, 0.4)),
        ]
    },
}


def small(**changes: object) -> OutlookAssumptions:
    """The small assumptions with other sections at the top."""
    return OutlookAssumptions.model_validate(FIELDS | changes)


def assumptions_file(folder: Path, fields: dict[str, Any] | None = None, name: str = "small.yaml") -> Path:
    """Assumptions on disk."""
    path = folder / name
    path.write_text(yaml.safe_dump(fields or FIELDS, sort_keys=False), encoding="utf-8")
    return path


def only(strand: str) -> dict[str, Any]:
    """Switches that leave one strand on."""
    return {name: FIELDS[name] | {"enabled": name == strand} for name in ("history", "adoption", "regulation")}


def history(periods: int = 30, *, edges: Sequence[float] = EDGES, seed: int = 1) -> pd.DataFrame:
    """Weekly tier shares that end on 1 July 2026, a random walk about 40, 30, 15, 10 and 5 %."""
    rng = np.random.default_rng(seed)
    level = np.log(np.array([0.40, 0.30, 0.15, 0.10, 0.05])[: len(edges)])
    steps = 0.1 * rng.standard_normal((periods, len(edges)))
    parts = np.exp(level + steps.cumsum(axis=0))
    dates = pd.date_range(end="2026-07-01", periods=periods, freq="7D")
    return pd.DataFrame(parts / parts.sum(axis=1, keepdims=True), index=dates, columns=[float(e) for e in edges])


def index_past(
    *, levels: Sequence[float], shares: Sequence[float], left_out: Sequence[bool] | None = None
) -> IndexHistory:
    """Weekly periods whose index is the level of their distances times the share of the second of two tiers."""
    dates = pd.date_range(end="2026-07-01", periods=len(levels), freq="7D")
    mixes = pd.DataFrame({2.0: 1 - np.array(shares), 10.0: shares}, index=dates)
    nodes = pd.DataFrame({"tier": [2, 10], "weight": 1.0, "distance": -0.1, "second_distance": np.nan, "kappa": 1.0})
    tables = [hit_table(nodes, (2.0, 10.0)) for _ in levels]
    of_table = {id(table): level for table, level in zip(tables, levels, strict=True)}

    def solve(table: HitTable, asked: FloatArray) -> FloatArray:
        found: FloatArray = of_table[id(table)] * asked[:, 1]
        return found

    return index_history(mixes, tables, solve, left_out=left_out)
