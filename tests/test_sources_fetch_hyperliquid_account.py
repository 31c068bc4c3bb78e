"""Parses the frozen `clearinghouseState`."""

import copy
from datetime import UTC, datetime

import pytest
from fetch_support import specimen

from cohortiv.errors import DataError
from cohortiv.sources.fetch.hyperliquid_account import parse_state

STATE = specimen("hyperliquid")["clearinghouseState"]


def test_the_isolated_line_follows_from_what_was_read() -> None:
    """Margin, entry and size of the documented ETH position give the documented line at half of 1/50."""
    held = parse_state(STATE, account="a").positions[0]
    assert held.margin is not None
    rate = 0.5 / 50
    computed = (held.margin - held.quantity * held.entry_price) / (held.quantity * (rate - 1))
    assert computed == pytest.approx(2125.00856238, rel=1e-9)
    assert held.liquidation_price == 2125.00856238


def test_a_margin_mode_that_is_not_told_is_not_guessed() -> None:
    """The row is excluded by its rule, and the wallet does not stand behind it."""
    renamed = copy.deepcopy(STATE)
    for entry in renamed["assetPositions"]:
        entry["position"]["leverage"]["kind"] = entry["position"]["leverage"].pop("type")
    assert {(held.margin_mode, held.margin) for held in parse_state(renamed, account="a").positions} == {
        ("not told", None)
    }


def test_a_thousand_pepe_are_counted_in_coins() -> None:
    """Sizes and prices of kPEPE are per coin, and the notional stays."""
    held = parse_state(STATE, account="a").positions[2]
    assert (held.symbol, held.instrument, held.side, held.quantity) == ("PEPE", "kPEPE", "short", 6_400_000.0)
    assert held.quantity * held.mark_price == pytest.approx(80.0)
    assert held.liquidation_price == pytest.approx(0.000143)


def test_the_wallet_stands_in_the_first_cross_position() -> None:
    """Cross account value 1,040 less 23.2 of profit; the rows are added up."""
    crossed = [held for held in parse_state(STATE, account="a").positions if held.margin_mode == "cross"]
    assert [held.margin for held in crossed] == [pytest.approx(1016.8), 0.0]


def test_no_line_is_known_to_be_none() -> None:
    """A null line is one that cannot be reached, not one that is missing."""
    held = parse_state(STATE, account="a").positions[1]
    assert (held.liquidation_price, held.liquidation_price_known) == (None, True)
    assert held.as_of == datetime(2024, 7, 27, 6, 45, tzinfo=UTC).replace(tzinfo=None)


@pytest.mark.parametrize("answer", [{"time": 1}, {"time": 1, "assetPositions": "none"}, {"time": None}])
def test_another_shape_is_told(answer: dict[str, object]) -> None:
    """An answer without its parts is an error in words."""
    with pytest.raises(DataError, match=r"answered|dated"):
        parse_state(answer, account="a")
