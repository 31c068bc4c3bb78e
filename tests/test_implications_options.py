"""What protection costs: textbook prices, parity, limits and refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortiv.implications.options import HedgeCost, hedge_cost

HALF_YEAR = 182.5


def test_put_is_hulls() -> None:
    """Hull, Options, Futures and Other Derivatives, example 15.6: 42, strike 40, 10 %, 20 %, half a year."""
    put = hedge_cost(40.0 / 42.0 - 1.0, volatility=0.20, days=HALF_YEAR, rate=0.10)
    assert 42.0 * put.cost_share == pytest.approx(0.81, abs=0.005)


@pytest.mark.parametrize("move", [-0.3, -0.05, 0.05, 0.3])
def test_cost_is_the_discounted_mean_payoff(move: float) -> None:
    """The formula meets the payoff averaged over the law of the price by a plain sum."""
    volatility, days, rate = 0.8, 30.0, 0.05
    years = days / 365.0
    z = np.linspace(-12.0, 12.0, 200_001)
    ends = np.exp(rate * years - volatility**2 * years / 2 + volatility * math.sqrt(years) * z)
    hedge = hedge_cost(move, volatility=volatility, days=days, rate=rate)
    payoffs = np.array([hedge.payoff_share(end - 1.0) for end in ends])
    mean = float(payoffs @ np.exp(-(z**2) / 2)) * (z[1] - z[0]) / math.sqrt(2 * math.pi)
    assert hedge.cost_share == pytest.approx(math.exp(-rate * years) * mean, rel=1e-6)


def test_put_on_a_future_is_hulls() -> None:
    """Hull's put on a future: 20, strike 20, 9 %, 25 %, four months costs 1.12; at zero rate that is undiscounted."""
    days = 365.0 * 4 / 12
    nearly_at_the_mark = hedge_cost(-1e-9, volatility=0.25, days=days)
    assert 20.0 * nearly_at_the_mark.cost_share * math.exp(-0.09 * 4 / 12) == pytest.approx(1.12, abs=0.005)


@given(move=st.floats(-0.6, -0.01), volatility=st.floats(0.05, 3.0), days=st.floats(1.0, 90.0))
def test_put_and_call_are_symmetric(move: float, volatility: float, days: float) -> None:
    """At a rate of 0, a put at K is worth K calls at 1/K."""
    put = hedge_cost(move, volatility=volatility, days=days)
    call = hedge_cost(1.0 / (1.0 + move) - 1.0, volatility=volatility, days=days)
    assert put.cost_share == pytest.approx((1.0 + move) * call.cost_share, rel=1e-9, abs=1e-15)


@given(volatility=st.floats(0.05, 3.0), days=st.floats(1.0, 90.0), rate=st.floats(-0.05, 0.15))
def test_put_and_call_hold_parity(volatility: float, days: float, rate: float) -> None:
    """At the mark, a call less a put is the underlying less the discounted strike."""
    put, call = (hedge_cost(move, volatility=volatility, days=days, rate=rate).cost_share for move in (-1e-12, 1e-12))
    assert call - put == pytest.approx(1.0 - math.exp(-rate * days / 365.0), abs=1e-11)


def test_a_spread_is_the_difference_of_two_options() -> None:
    """The cost of a spread is that of the strike bought less that of the strike sold."""
    spread = hedge_cost(-0.08, sold_move=-0.20, volatility=0.6)
    bought, sold = (hedge_cost(move, volatility=0.6).cost_share for move in (-0.08, -0.20))
    assert spread.cost_share == pytest.approx(bought - sold, abs=1e-15)
    assert spread.kind == "put spread"
    assert hedge_cost(0.08, sold_move=0.20, volatility=0.6).kind == "call spread"


def test_no_volatility_costs_nothing() -> None:
    """A strike out of the money is worth nothing when the price cannot move."""
    assert hedge_cost(-0.08, volatility=0.0).cost_share == 0.0


def test_boundless_volatility_costs_the_strike() -> None:
    """As volatility grows a put tends to its strike and a call to the underlying."""
    assert hedge_cost(-0.10, volatility=1e3).cost_share == pytest.approx(0.90)
    assert hedge_cost(0.10, volatility=1e3).cost_share == pytest.approx(1.0)


@given(st.floats(-0.6, -0.01), st.floats(0.05, 2.0), st.floats(1.01, 2.0))
def test_cost_rises_with_volatility(move: float, volatility: float, more: float) -> None:
    """The same strike costs more at a higher volatility."""
    assert (
        hedge_cost(move, volatility=more * volatility).cost_share >= hedge_cost(move, volatility=volatility).cost_share
    )


def test_strikes_follow_the_mark() -> None:
    """A mark price gives the strikes in dollars and leaves the share alone."""
    hedge = hedge_cost(-0.10, sold_move=-0.25, volatility=0.6, mark_price=60_000.0)
    assert hedge.strike_usd == pytest.approx(54_000.0)
    assert hedge.sold_strike_usd == pytest.approx(45_000.0)
    assert hedge.cost_share == hedge_cost(-0.10, sold_move=-0.25, volatility=0.6).cost_share
    assert hedge_cost(-0.10, volatility=0.6).strike_usd is None


@pytest.mark.parametrize(
    ("hedge", "move", "expected"),
    [
        (hedge_cost(-0.10, volatility=0.6), -0.17, 0.07),
        (hedge_cost(-0.10, volatility=0.6), 0.17, 0.0),
        (hedge_cost(-0.10, sold_move=-0.15, volatility=0.6), -0.30, 0.05),
        (hedge_cost(0.10, volatility=0.6), 0.17, 0.07),
        (hedge_cost(0.10, sold_move=0.12, volatility=0.6), 0.17, 0.02),
    ],
)
def test_payoff_by_hand(hedge: HedgeCost, move: float, expected: float) -> None:
    """A hedge pays what the price is beyond its strike, a spread no more than the gap between its strikes."""
    assert hedge.payoff_share(move) == pytest.approx(expected)


@pytest.mark.parametrize("move", [0.0, -1.0, math.nan, math.inf])
def test_a_strike_needs_a_move(move: float) -> None:
    """No move, a price of zero, NaN and infinity are no strikes."""
    with pytest.raises(ValueError, match="above -1 that is not 0"):
        hedge_cost(move, volatility=0.6)


@pytest.mark.parametrize(("move", "sold"), [(-0.1, -0.1), (-0.1, -0.05), (-0.1, 0.2), (0.1, 0.05), (-0.1, -1.0)])
def test_the_sold_strike_lies_farther_out(move: float, sold: float) -> None:
    """A spread sells a strike on the same side, farther from the mark than the one it buys."""
    with pytest.raises(ValueError, match="farther from the mark"):
        hedge_cost(move, sold_move=sold, volatility=0.6)


@pytest.mark.parametrize(("volatility", "rate"), [(-0.1, 0.0), (math.nan, 0.0), (math.inf, 0.0), (0.6, math.nan)])
def test_volatility_and_rate_are_numbers(volatility: float, rate: float) -> None:
    """A volatility that is negative or not finite, and a rate that is no number, are refused."""
    with pytest.raises(ValueError, match="annualised volatility of 0 or more"):
        hedge_cost(-0.1, volatility=volatility, rate=rate)


@pytest.mark.parametrize("mark_price", [0.0, -1.0, math.nan])
def test_a_mark_price_is_positive(mark_price: float) -> None:
    """A mark price of 0 or less, or NaN, is refused."""
    with pytest.raises(ValueError, match="more than 0 USD"):
        hedge_cost(-0.1, volatility=0.6, mark_price=mark_price)
