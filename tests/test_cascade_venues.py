"""Venues: closing in steps, and where a position is bankrupt."""

import math

import numpy as np
import pytest

from cohortiv.cascade import VenueRules
from cohortiv.cascade.venues import bankruptcy_distance, closing_distances


def test_closing_at_once_is_one_step() -> None:
    """At the line itself."""
    assert closing_distances(VenueRules(0.005), "down").tolist() == [0.0]


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_steps_are_where_equity_meets_maintenance(side: float) -> None:
    """Five fifths, followed in dollars: at each further line the equity is the maintenance of what is still held."""
    rules = VenueRules(0.01, closing_steps=5)
    prices = 100.0 * np.exp(side * closing_distances(rules, "down" if side < 0 else "up"))
    equity, held = 0.01 * 100.0, 1.0
    for k in range(4):
        held -= 0.2
        equity -= held * abs(prices[k + 1] - prices[k])
        assert equity == pytest.approx(0.01 * held * prices[k + 1], rel=1e-10)


def test_first_further_step_by_hand() -> None:
    """A fifth closed at 0.5 % maintenance: the next line is 0.126 % lower."""
    further = closing_distances(VenueRules(0.005, closing_steps=5), "down")[1]
    assert 1 - math.exp(-further) == pytest.approx(0.005 * 0.25 / 0.995, rel=1e-12)


def test_bankruptcy_by_hand() -> None:
    """With a maintenance of 1 % nothing is left 1 % beyond the line."""
    assert bankruptcy_distance(VenueRules(0.01), "down") == pytest.approx(-math.log(0.99))
    assert bankruptcy_distance(VenueRules(0.01), "up") == pytest.approx(math.log(1.01))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"maintenance_rate": 0.0}, "maintenance rate of 0.0"),
        ({"maintenance_rate": 0.5}, "maintenance rate of 0.5"),
        ({"maintenance_rate": 0.01, "closing_steps": 0}, "got 0 closing steps"),
        ({"maintenance_rate": 0.01, "insurance_fund_usd": -1.0}, "insurance fund of -1.0"),
    ],
)
def test_rules_that_make_no_sense(rules: dict[str, float], expected: str) -> None:
    """Rates, steps and funds out of range are refused."""
    with pytest.raises(ValueError, match=expected):
        VenueRules(**rules)  # type: ignore[arg-type]
