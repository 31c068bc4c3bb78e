"""How far the next code is, in points and in price."""

import math
from dataclasses import replace

import pytest
from implication_support import TERMS, all_long, profile

from cohortiv.early_warning import Code
from cohortiv.implications.next_code import NextCode, next_codes
from cohortiv.implications.standing import standing
from cohortiv.profile import LiquidationProfile
from cohortiv.scenario.changes import price_move


def found(book: LiquidationProfile, mark_price: float | None = None) -> tuple[NextCode, ...]:
    """Neighbours of a profile's code."""
    return next_codes(book, standing(book, TERMS), TERMS, mark_price=mark_price)


def test_points_are_the_rest_to_the_edge() -> None:
    """All long at a 20 % drop stands at 37.161: 22.839 below Red, 7.161 above Green."""
    red, green = found(all_long(0.8))
    assert (red.code, red.edge, green.code, green.edge) == (Code.RED, 60.0, Code.GREEN, 30.0)
    assert red.points == pytest.approx(22.839, abs=2e-3)
    assert green.points == pytest.approx(-7.161, abs=2e-3)


def test_price_moves_bring_the_index_to_the_edge() -> None:
    """After the fall the index is 60, after the rise 30; the other way round no move helps."""
    book = all_long(0.8)
    red, green = found(book, mark_price=60_000.0)
    assert red.fall is not None
    assert green.rise is not None
    assert standing(price_move(book, red.fall, symbol="BTC").profile, TERMS).iv_index == pytest.approx(60.0, abs=1e-2)
    assert standing(price_move(book, green.rise, symbol="BTC").profile, TERMS).iv_index == pytest.approx(30.0, abs=1e-2)
    assert red.rise is None
    assert red.fall_price_usd == pytest.approx(60_000.0 * (1 + red.fall))
    assert red.rise_price_usd is None


def test_single_line_by_hand() -> None:
    """A line at a 20 % drop is as near as one at a 10 % drop after a fall of 1 - 0.8/0.9: the index is then 77.131."""
    moved = price_move(all_long(0.8), 0.8 / 0.9 - 1.0, symbol="BTC").profile
    assert standing(moved, TERMS).iv_index == pytest.approx(77.131, abs=2e-3)
    red, _ = found(all_long(0.8))
    assert red.fall is not None
    assert 0.8 / 0.9 - 1.0 < red.fall < 0.0


def test_liquidated_lines_bring_a_lower_code() -> None:
    """A rise that squeezes out near shorts leaves a calmer book."""
    book = profile([("short", 1.06, 5e8, 20), ("long", 0.5, 5e8, 2)])
    yellow = found(book)[0]
    assert yellow.code is Code.YELLOW
    assert yellow.rise == pytest.approx(0.06, abs=0.005)


def test_neighbours_of_the_outer_codes() -> None:
    """Green and Red have one neighbour, Yellow; Grey has none."""
    assert [item.code for item in found(all_long(0.6, tier=2))] == [Code.YELLOW]
    assert [item.code for item in found(all_long(0.95, tier=20))] == [Code.YELLOW]
    assert found(profile([("long", 0.9, 1e9, 0)])) == ()


def test_whole_cohorts_follow_the_market() -> None:
    """With several symbols the move is the market's, and each follows by its beta as in a scenario's price move."""
    terms = replace(TERMS, symbol=None)
    book = all_long(0.75) + profile([("long", 0.7, 5e8, 10), ("short", 1.3, 2e8, 5)], symbol="SOL")
    red, green = next_codes(book, standing(book, terms), terms)
    assert red.fall is not None
    assert green.rise is not None
    assert green.rise == pytest.approx(0.3 / 1.37, abs=0.005)  # SOL's shorts are at their line, and gone
    assert standing(price_move(book, red.fall).profile, terms).iv_index == pytest.approx(60.0, abs=1e-2)
    assert standing(price_move(book, green.rise).profile, terms).code is Code.GREEN
    assert standing(price_move(book, green.rise - 1e-4).profile, terms).code is Code.YELLOW


def test_no_line_has_no_price() -> None:
    """Where nothing has a line no move changes the index, and the distance in points is all there is."""
    (yellow,) = found(profile([("long", math.nan, 1e9, 10)]))
    assert (yellow.points, yellow.fall, yellow.rise) == (30.0, None, None)


def test_a_code_that_a_series_holds_has_its_own_neighbours() -> None:
    """At an index of Green, from Yellow: Red is above, and Green is no code to come."""
    book = all_long(0.6, tier=2)
    now = standing(book, TERMS)
    assert now.code is Code.GREEN
    (above,) = next_codes(book, now, TERMS, code=Code.YELLOW)
    assert above.code is Code.RED
    assert above.points == pytest.approx(TERMS.thresholds.red - now.iv_index)
