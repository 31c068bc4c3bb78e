"""Books of lines for the tests of the cascade: bins to the records that the product makes of a profile."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd
from reference_cascade import Bin

from cohortiv.cascade import Direction, ForcedFlow, ForcedLines, forced_flow
from cohortiv.comovement import comovement
from cohortiv.profile import LiquidationProfile
from cohortiv.profile.cells import tidy

AS_OF = datetime(2026, 2, 18, 12)  # noqa: DTZ001 - house times are UTC without zone


def cell(**changes: object) -> dict[str, object]:
    """A cell of 100 USD long in BTC at 10x, one position, its line in bin 954 below the mark."""
    sound: dict[str, object] = {
        "as_of": AS_OF, "reason": 0, "venue": "v", "symbol": "BTC", "product": "perpetual", "side": "long",
        "tier": 10, "reading": 0, "state": 0, "bin": -954, "positions": 1, "notional_cents": 10_000,
    }  # fmt: skip
    return sound | changes


def profile_of(*cells: dict[str, object]) -> LiquidationProfile:
    """A profile of these cells; of none where none is given."""
    return LiquidationProfile(cells=tidy(pd.DataFrame(cells, columns=[*cell(), "second_bin"])), comovement=comovement())


def lines_of(bins: Sequence[Bin], *, direction: Direction = "down", family: Sequence[int] | None = None) -> ForcedLines:
    """Lines of one venue and tier."""
    frame = pd.DataFrame(
        {
            "inner": [one.inner for one in bins],
            "outer": [one.outer for one in bins],
            "forced_usd": [one.forced_usd for one in bins],
            "family": list(family) if family is not None else [0] * len(bins),
        },
        dtype=float,
    )
    frame = frame.assign(
        venue="v", symbol="BTC", side="long", tier=10, notional_usd=frame["forced_usd"].abs(), positions=1.0
    )
    return ForcedLines(direction, frame, frame[["venue", "tier", "notional_usd", "positions"]])


def flow_of(*bins: tuple[float, float, float], direction: Direction = "down") -> ForcedFlow:
    """Flow of bins given as inner edge, outer edge [log] and forced notional [USD]."""
    return forced_flow(lines_of([Bin(*one) for one in bins], direction=direction, family=range(len(bins))))


def random_bins(seed: int) -> tuple[list[Bin], list[int]]:
    """Bins of two overlapping families, some of them netting, and lumps, one of them past its line; with families."""
    rng = np.random.default_rng(seed)
    edges = np.cumsum(rng.uniform(0.002, 0.03, 13))
    sizes = rng.lognormal(18.0, 1.0, (2, 12)) * np.where(rng.random((2, 12)) < 0.25, -1.0, 1.0)
    bins = [Bin(edges[k], edges[k + 1], sizes[0, k]) for k in range(12) if k % 5 != 3]
    bins += [Bin(1.3 * edges[k], 1.3 * edges[k + 1], sizes[1, k]) for k in range(12)]
    family = [0] * (len(bins) - 12) + [1] * 12
    places = [0.0, *rng.uniform(0.01, 0.3, 4)]
    bins += [Bin(place, place, size) for place, size in zip(places, rng.normal(0.0, 5e7, 5), strict=True)]
    return bins, family + [0] * 5
