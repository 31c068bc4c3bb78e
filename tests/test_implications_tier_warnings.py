"""Tiers that deserve a warning."""

import math

import pandas as pd
import pytest

from cohortiv.implications.tier_warnings import warned_tiers


def tiers(*rows: tuple[str, float, float]) -> pd.DataFrame:
    """Published tiers from (tier, share, contribution)."""
    return pd.DataFrame([{"tier": t, "side": "long", "share": s, "contribution": c} for t, s, c in rows])


def test_largest_part_comes_first() -> None:
    """Tiers that add half as much again as their share are named, the greatest part first."""
    found = warned_tiers(tiers(("5x", 0.6, 0.1), ("20x", 0.2, 0.35), ("50x", 0.2, 0.55)))
    assert [warning.tier for warning in found] == ["50x", "20x"]
    assert found[0].multiple == pytest.approx(2.75)


@pytest.mark.parametrize(
    ("share", "contribution", "warned"),
    [(0.5, 0.75, True), (0.5, 0.74, False), (0.05, 0.1, True), (0.05, 0.09, False), (0.0, 0.2, False)],
)
def test_edges_of_the_rule(share: float, contribution: float, warned: bool) -> None:  # noqa: FBT001 - a case
    """One and a half times the share and a tenth of the critical mass are enough, less is not."""
    assert bool(warned_tiers(tiers(("20x", share, contribution)))) is warned


def test_no_critical_volatility_no_warning() -> None:
    """Without a root nothing contributes, and without tiers there are none."""
    assert warned_tiers(tiers(("20x", 0.5, math.nan))) == ()
    assert warned_tiers(pd.DataFrame(columns=["tier", "side", "share", "contribution"])) == ()
