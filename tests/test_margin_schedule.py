"""Maintenance margin of one schedule."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cohortiv.margin.schedule import BracketSchedule

BTC = BracketSchedule(
    venue="binance",
    symbol="BTC",
    contract="linear",
    effective_from=date(2021, 3, 18),
    floors=(0.0, 50_000.0, 250_000.0),
    rates=(0.004, 0.005, 0.01),
    amounts=(0.0, 50.0, 1_300.0),
    max_leverage=(125.0, 100.0, None),
    source="Binance announcement of 2021-03-18",
)


def looked_up(notional: float) -> float:
    """Maintenance margin by looking the bracket up, as a venue's help page tells it."""
    bracket = max(index for index, floor in enumerate(BTC.floors) if floor <= notional)
    return BTC.rates[bracket] * notional - BTC.amounts[bracket]


def test_margin_by_hand() -> None:
    """A position of 100 000 USD in the 0.5 % bracket needs 450 USD."""
    assert BTC.maintenance(100_000.0) == 450.0


def test_zero_notional_needs_nothing() -> None:
    """No position needs no margin."""
    assert BTC.maintenance(0.0) == 0.0


def test_shape_and_nan_are_kept() -> None:
    """An array comes back in its shape, NaN as NaN."""
    margins = BTC.maintenance([[50_000.0, float("nan")], [300_000.0, 0.0]])
    np.testing.assert_allclose(margins, [[200.0, np.nan], [1_700.0, 0.0]], rtol=1e-15)


def test_empty_input_gives_an_empty_array() -> None:
    """No positions have no margins."""
    assert BTC.maintenance([]).shape == (0,)


@given(st.floats(min_value=0.0, max_value=1e9))
def test_envelope_is_the_looked_up_bracket(notional: float) -> None:
    """The upper envelope equals the margin of the bracket in which the notional lies."""
    assert np.isclose(BTC.maintenance(notional), looked_up(notional), rtol=1e-12, atol=1e-9)


def test_key_is_what_a_position_is_looked_up_by() -> None:
    """The key holds venue, symbol and contract."""
    assert BTC.key == ("binance", "BTC", "linear")
