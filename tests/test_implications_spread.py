"""How much wider a quoted spread should be."""

import math
from typing import Final

import numpy as np
import pytest
from scipy.stats import norm

from cohortiv.cascade import Direction, ForcedFlow, linear_impact, square_root_impact
from cohortiv.implications.spread import spread_widening

DAILY: Final = 0.03


def one_line(size: float, orders_usd: float, direction: Direction = "down") -> ForcedFlow:
    """All orders forced at one place."""
    return ForcedFlow(direction, np.array([0.0, size]), np.zeros(2), np.array([0.0, orders_usd]))


def quiet(direction: Direction) -> ForcedFlow:
    """Nothing is forced."""
    return ForcedFlow(direction, np.array([0.0]), np.zeros(1), np.zeros(1))


def test_no_cascade_is_exactly_one() -> None:
    """Where no order is forced the factor is 1, without rounding."""
    found = spread_widening(quiet("down"), quiet("up"), linear_impact(4e8), daily_volatility=DAILY)
    assert (found.factor, found.daily_volatility_fed_back) == (1.0, DAILY)


def test_bottomless_depth_is_exactly_one() -> None:
    """Where orders move no price the factor is 1, without rounding."""
    found = spread_widening(one_line(0.02, 2e9), quiet("up"), linear_impact(math.inf), daily_volatility=DAILY)
    assert found.factor == 1.0


@pytest.mark.parametrize("size", [0.01, 0.03, 0.06])
def test_one_line_has_a_closed_form(size: float) -> None:
    """Shocks from the line on run a fixed jump further: E[x^2] is then a truncated normal's second moment."""
    jump = 0.01 * 1.2e9 / 4e8
    found = spread_widening(one_line(size, 1.2e9), quiet("up"), linear_impact(4e8), daily_volatility=DAILY)
    a = size / DAILY
    more = 2 * jump * DAILY * norm.pdf(a) + jump**2 * norm.sf(a)
    assert found.factor == pytest.approx(math.sqrt(1 + more / DAILY**2), rel=2e-4)


def test_directions_are_mirror_images() -> None:
    """The same orders above the mark widen the spread as those below it do, and both together by more."""
    impact = square_root_impact(1e10, 0.03)
    below = spread_widening(one_line(0.03, 1e9), quiet("up"), impact, daily_volatility=DAILY).factor
    above = spread_widening(quiet("down"), one_line(0.03, 1e9, "up"), impact, daily_volatility=DAILY).factor
    both = spread_widening(one_line(0.03, 1e9), one_line(0.03, 1e9, "up"), impact, daily_volatility=DAILY).factor
    assert above == pytest.approx(below, rel=1e-12)
    assert both**2 - 1 == pytest.approx(2 * (below**2 - 1), rel=1e-9)


def test_thinner_books_widen_more() -> None:
    """The factor falls as depth grows."""
    factors = [
        spread_widening(one_line(0.03, 1e9), quiet("up"), linear_impact(depth), daily_volatility=DAILY).factor
        for depth in (1e8, 4e8, 1e9, 1e10)
    ]
    assert factors == sorted(factors, reverse=True)
    assert factors[-1] > 1.0


@pytest.mark.parametrize("volatility", [0.0, -0.1, math.nan, math.inf])
def test_volatility_is_positive(volatility: float) -> None:
    """Without a volatility there is nothing to widen."""
    with pytest.raises(ValueError, match="daily volatility"):
        spread_widening(quiet("down"), quiet("up"), linear_impact(4e8), daily_volatility=volatility)


def test_flows_come_in_order() -> None:
    """Flows that are swapped are refused."""
    with pytest.raises(ValueError, match="give the one down first"):
        spread_widening(quiet("up"), quiet("down"), linear_impact(4e8), daily_volatility=DAILY)
