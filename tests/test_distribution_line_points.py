"""Notional at known lines as points: sides, states, tiers and collateral."""

import numpy as np
import pandas as pd
import pytest

from cohortiv.comovement import comovement
from cohortiv.distribution.line_points import line_points
from cohortiv.liquidation import UNLEVERAGED
from cohortiv.profile import profile_of_points


def lines(**changes: object) -> pd.DataFrame:
    """One long of 1,000 USD at 10x whose line is a tenth below the mark, with changes."""
    row = {"as_of": pd.Timestamp("2026-02-18"), "venue": "binance", "symbol": "BTC", "side": "long", "leverage": 10.0,
           "mark_price": 60_000.0, "line": 54_000.0, "notional_usd": 1000.0}  # fmt: skip
    return pd.DataFrame([row | changes])


def test_a_distance_is_the_logarithm_of_line_over_mark() -> None:
    """A tenth below: ln 0.9."""
    assert line_points(lines())["distance"].tolist() == pytest.approx([np.log(0.9)])


@pytest.mark.parametrize(
    ("side", "line"), [("long", 60_000.0), ("long", 61_000.0), ("short", 60_000.0), ("short", 1.0)]
)
def test_a_line_on_the_wrong_side_is_past(side: str, line: float) -> None:
    """Also one at the mark."""
    assert line_points(lines(side=side, line=line))["distance"].tolist() == [0.0]


@pytest.mark.parametrize("line", [np.nan, 0.0, -5.0])
@pytest.mark.parametrize("side", ["long", "short"])
def test_no_price_is_no_line(side: str, line: float) -> None:
    """Missing, zero and below; such notional stays in the denominator."""
    points = line_points(lines(side=side, line=line))
    assert points["distance"].isna().tolist() == [True]
    assert profile_of_points(points, comovement=comovement()).leveraged_notional_usd == 1000.0


@pytest.mark.parametrize(("leverage", "tier"), [(1.0, UNLEVERAGED), (1.5, 1), (10.0, 10), (14.9, 10), (200.0, 125)])
def test_a_leverage_is_in_the_largest_tier_below_it(leverage: float, tier: int) -> None:
    """Leverage 1 is unleveraged."""
    assert line_points(lines(leverage=leverage))["tier"].tolist() == [tier]


def test_collateral_is_estimated_where_it_is_not_known() -> None:
    """Notional over leverage stands in, row by row."""
    both = pd.concat([lines(collateral_usd=70.0), lines(collateral_usd=np.nan)], ignore_index=True)
    assert line_points(both)["collateral"].tolist() == [70.0, 100.0]
    assert line_points(lines())["collateral"].tolist() == [100.0]


def test_no_lines_are_no_points() -> None:
    """An empty table gives an empty profile."""
    assert profile_of_points(line_points(lines().head(0)), comovement=comovement()).cells.empty
