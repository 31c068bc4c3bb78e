"""Price impact: by hand, never falling, and refused where it would."""

import math

import numpy as np
import pytest

from cohortiv.cascade import (
    PriceImpact,
    Withdrawal,
    impact_of_depth,
    linear_impact,
    price_impact,
    square_root_impact,
)
from cohortiv.cascade.impact import impact_slope

THIN = Withdrawal(0.9, 1e8)
LAWS = {
    "linear": linear_impact(4e8),
    "square root": square_root_impact(3e10, 0.03),
    "linear, withdrawing": linear_impact(4e8, withdrawal=THIN),
    "square root, withdrawing": square_root_impact(3e10, 0.03, withdrawal=THIN),
}


def test_one_depth_moves_one_percent() -> None:
    """And five of them five, on the log scale."""
    assert price_impact(linear_impact(4e8), [0.0, 4e8, 2e9]) == pytest.approx([0.0, 0.01, 0.05])


def test_square_root_by_hand() -> None:
    """A quarter of a day's volume moves the price by half a day's volatility; Y = 2 doubles it."""
    assert price_impact(square_root_impact(4e9, 0.03), [1e9]) == pytest.approx([0.015])
    assert price_impact(square_root_impact(4e9, 0.03, coefficient=2.0), [1e9]) == pytest.approx([0.03])


def test_a_depth_is_the_same_under_both_laws() -> None:
    """It moves the price by 1 %; a quarter of it moves a quarter of that or half of it."""
    assert price_impact(impact_of_depth(4e8), [1e8, 4e8]) == pytest.approx([0.0025, 0.01])
    assert price_impact(impact_of_depth(4e8, law="square_root"), [1e8, 4e8]) == pytest.approx([0.005, 0.01])


def test_withdrawal_by_hand() -> None:
    """At the half 45 % of the depth is gone, so that the move is 1 / 0.55 of what it was."""
    assert price_impact(LAWS["linear, withdrawing"], [1e8]) == pytest.approx([0.0025 / 0.55])
    expected = 0.03 * math.sqrt(1e8 / 3e10 / 0.55)
    assert price_impact(LAWS["square root, withdrawing"], [1e8]) == pytest.approx([expected])


@pytest.mark.parametrize("law", LAWS)
def test_impact_never_falls(law: str) -> None:
    """From a dollar to a trillion it rises with the orders; none move nothing."""
    moved = price_impact(LAWS[law], np.concatenate([[0.0], np.geomspace(1.0, 1e12, 500)]))
    assert moved[0] == 0.0
    assert (np.diff(moved) > 0.0).all()


@pytest.mark.parametrize("law", LAWS)
def test_slope_is_the_derivative(law: str) -> None:
    """Central differences over a millionth of the orders agree."""
    orders = np.geomspace(1e4, 1e11, 40)
    difference = price_impact(LAWS[law], orders * (1 + 1e-6)) - price_impact(LAWS[law], orders * (1 - 1e-6))
    assert impact_slope(LAWS[law], orders) == pytest.approx(difference / (2e-6 * orders), rel=1e-6)


def test_slope_where_orders_begin() -> None:
    """Endless under the square root, unless nothing has an impact."""
    assert impact_slope(LAWS["square root"], [0.0]).tolist() == [math.inf]
    assert impact_slope(square_root_impact(math.inf, 0.03), [0.0]).tolist() == [0.0]


def test_no_withdrawal_is_a_ceiling_of_zero() -> None:
    """Both give the same move."""
    still = linear_impact(4e8, withdrawal=Withdrawal(0.0, 1e8))
    assert price_impact(still, [1e6, 1e10]) == pytest.approx(price_impact(LAWS["linear"], [1e6, 1e10]), rel=1e-15)


def test_many_depths() -> None:
    """One scale for each profile."""
    moved = price_impact(linear_impact([1e8, 2e8]), [[1e8], [1e8]])
    assert moved == pytest.approx(np.array([[0.01], [0.005]]))


@pytest.mark.parametrize("depth", [0.0, -1.0, math.nan])
def test_depth_that_is_none(depth: float) -> None:
    """Depth is more than 0."""
    with pytest.raises(ValueError, match="got 1 of 2 depths that are not more than 0 USD"):
        linear_impact([1e8, depth])


def test_volume_that_is_none() -> None:
    """So is a day's volume."""
    with pytest.raises(ValueError, match="got 1 of 1 daily volumes"):
        square_root_impact(0.0, 0.03)


@pytest.mark.parametrize("scale", [-1e-9, math.inf, math.nan])
def test_impact_that_falls_is_refused(scale: float) -> None:
    """As it would be with a negative volatility."""
    with pytest.raises(ValueError, match="impact must not fall with forced orders"):
        PriceImpact("square_root", np.asarray(scale))


@pytest.mark.parametrize(
    ("ceiling", "half", "expected"),
    [(1.0, 1e8, "ceiling of 1.0"), (-0.1, 1e8, "ceiling of -0.1"), (0.5, 0.0, "half of 0.0"), (0.5, math.inf, "half")],
)
def test_withdrawal_that_leaves_nothing(ceiling: float, half: float, expected: str) -> None:
    """A ceiling is below 1, a half a positive number."""
    with pytest.raises(ValueError, match=expected):
        Withdrawal(ceiling, half)
