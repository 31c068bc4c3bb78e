"""Isolated liquidation lines: the printed checks, limits, and a slow search for the root."""

from datetime import date

import numpy as np
import pytest
from reference_isolated import isolated_inverse_line, isolated_linear_line

from cohortiv.margin.brackets import load_brackets

RATES = (0.004, 0.005, 0.01)
AMOUNTS = (0.0, 50.0, 1_300.0)


def linear(side: float, quantity: float, entry: float, *, margin: float) -> float:
    """Line under the brackets of the printed checks."""
    return float(isolated_linear_line(side, quantity, entry, margin=margin, rates=RATES, amounts=AMOUNTS))


@pytest.mark.parametrize(
    ("side", "quantity", "margin", "expected"),
    ((1, 1.0, 6_000.0, "54221.1055"), (-1, 1.0, 6_000.0, "65721.3930"), (1, 10.0, 30_000.0, "57444.4444")),
)
def test_printed_linear_checks(side: int, quantity: float, margin: float, *, expected: str) -> None:
    """A long and a short of 1 BTC at 10x and 10 BTC at 20x end where METHODOLOGY prints it."""
    assert f"{linear(side, quantity, 60_000.0, margin=margin):.4f}" == expected


def test_printed_inverse_check() -> None:
    """Two COIN-M contracts end at the line that the exchange reported."""
    line = isolated_inverse_line(1, 200.0, 37_643.10000021, margin_coin=0.00268058, rates=[0.004], amounts=[0.0])
    assert f"{float(line):.7f}" == "25119.9744576"


def test_leverage_one_long_has_no_line_without_maintenance() -> None:
    """Fully paid and no maintenance: the line is 0, which no price reaches."""
    assert np.isnan(isolated_linear_line(1, 1.0, 100.0, margin=100.0, rates=[0.0], amounts=[0.0]))


def test_overpaid_long_has_no_line() -> None:
    """A long with more margin than it cost cannot be closed by force."""
    assert np.isnan(linear(1, 1.0, 60_000.0, margin=70_000.0))


def test_inverse_short_at_leverage_one_has_no_line() -> None:
    """A short whose coins are worth the contract is hedged at every price."""
    assert np.isnan(isolated_inverse_line(-1, 100.0, 100.0, margin_coin=1.0, rates=[0.004], amounts=[0.0]))


def test_only_brackets_with_a_line_count_for_an_inverse_short() -> None:
    """A bracket whose denominator is not above 0 sets no line; the other one does."""
    line = isolated_inverse_line(-1, 100.0, 100.0, margin_coin=0.5, rates=[0.004, 0.5], amounts=[0.0, 0.6])
    assert float(line) == pytest.approx(100.0 * 0.996 / 0.5, rel=1e-15)


def test_empty_and_nan_positions() -> None:
    """No positions give no lines; NaN and a quantity of 0 give NaN."""
    assert isolated_linear_line([], [], [], margin=[], rates=RATES, amounts=AMOUNTS).shape == (0,)
    assert np.isnan(linear(1, np.nan, 60_000.0, margin=6_000.0))
    assert np.isnan(linear(1, 0.0, 60_000.0, margin=6_000.0))
    lines = isolated_inverse_line([1, -1], [np.nan, 0.0], 100.0, margin_coin=0.1, rates=[0.004], amounts=[0.0])
    assert np.isnan(lines).all()


@pytest.mark.parametrize("side", (0, 2, float("nan")))
def test_a_side_is_one_or_minus_one(side: float) -> None:
    """Anything else for a side is refused."""
    with pytest.raises(ValueError, match="neither 1 nor -1"):
        linear(side, 1.0, 60_000.0, margin=6_000.0)


@pytest.mark.parametrize("rate", (-0.1, 1.0, float("nan")))
def test_a_rate_is_a_fraction_below_one(rate: float) -> None:
    """At a rate of 1 or more there is no price at which the position could live."""
    with pytest.raises(ValueError, match="outside"):
        isolated_linear_line(1, 1.0, 100.0, margin=10.0, rates=[rate], amounts=[0.0])


def test_lines_do_not_depend_on_the_unit_of_money() -> None:
    """With all money ten times as large the line is ten times as large."""
    scaled = isolated_linear_line(
        1, 1.0, 600_000.0, margin=60_000.0, rates=RATES, amounts=[10.0 * amount for amount in AMOUNTS]
    )
    assert float(scaled) == pytest.approx(10.0 * linear(1, 1.0, 60_000.0, margin=6_000.0), rel=1e-14)


@pytest.mark.parametrize("side", (1, -1))
def test_equity_meets_maintenance_at_a_linear_line(side: int) -> None:
    """On a seeded grid of sizes, the shipped brackets and equity meet exactly at the line, and not before it."""
    item = load_brackets().schedule_for("binance", "BTC", "linear", as_of=date(2026, 9, 30))
    assert item is not None
    rng = np.random.default_rng(7)
    size, entry = 10.0 ** rng.uniform(-3, 3.5, 500), rng.uniform(2e4, 1.2e5, 500)
    margin = size * entry / rng.uniform(1.5, 4.0, 500)
    rates, amounts = item.schedule.rates, item.schedule.amounts
    line = isolated_linear_line(side, size, entry, margin=margin, rates=rates, amounts=amounts)

    def spare(price: np.ndarray) -> np.ndarray:
        return margin + side * size * (price - entry) - item.schedule.maintenance(size * price)

    np.testing.assert_allclose(spare(line) / margin, 0.0, atol=1e-12)
    assert (spare(line * (1.0 + 1e-6 * side)) > 0.0).all()


@pytest.mark.parametrize("side", (1, -1))
def test_equity_meets_maintenance_at_an_inverse_line(side: int) -> None:
    """The same for coin-margined contracts, in coin."""
    item = load_brackets().schedule_for("binance", "BTC", "inverse", as_of=date(2026, 9, 30))
    assert item is not None
    rng = np.random.default_rng(8)
    size, entry = 10.0 ** rng.uniform(2, 7.5, 500), rng.uniform(2e4, 1.2e5, 500)
    coins = size / entry / rng.uniform(2.5, 4.0, 500)
    rates, amounts = item.schedule.rates, item.schedule.amounts
    line = isolated_inverse_line(side, size, entry, margin_coin=coins, rates=rates, amounts=amounts)

    def spare(price: np.ndarray) -> np.ndarray:
        return coins + side * size * (1.0 / entry - 1.0 / price) - item.schedule.maintenance(size / price)

    np.testing.assert_allclose(spare(line) / coins, 0.0, atol=1e-12)
    assert (spare(line * (1.0 + 1e-6 * side)) > 0.0).all()
