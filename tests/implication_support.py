"""What the tests of implications share: profiles from a few points, and the terms they are measured by."""

import math
from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from cohortiv.comovement import comovement
from cohortiv.early_warning import Thresholds
from cohortiv.implications.standing import IndexTerms
from cohortiv.liquidation import OWN
from cohortiv.profile import LiquidationProfile, profile_of_points

TERMS = IndexTerms(
    symbol="BTC", critical_mass=0.15, horizon_days=7.0, reference_volatility=0.40, thresholds=Thresholds()
)
AS_OF = datetime(2026, 2, 18, 12)  # noqa: DTZ001 - house times are UTC without zone
Point = tuple[str, float, float, int]


def profile(points: Sequence[Point], *, product: str = "perpetual", symbol: str = "BTC") -> LiquidationProfile:
    """A profile of one symbol from (side, line over mark or NaN, notional in USD, tier)."""
    frame = pd.DataFrame(
        {
            "as_of": AS_OF,
            "venue": "binance",
            "symbol": symbol,
            "product": product,
            "side": [side for side, *_ in points],
            "tier": [tier for *_, tier in points],
            "reading": OWN,
            "weight": [weight for _, _, weight, _ in points],
            "collateral": [weight / max(tier, 1) for _, _, weight, tier in points],
            "distance": [math.log(ratio) if ratio != 1 else 0.0 for _, ratio, *_ in points],
            "second_distance": math.nan,
            "positions": 100.0,
        }
    )
    return profile_of_points(frame, comovement=comovement())


def all_long(line: float = 0.9, tier: int = 10) -> LiquidationProfile:
    """A billion long with one line over the mark; at 0.9 the index is 77.131."""
    return profile([("long", line, 1e9, tier)])
