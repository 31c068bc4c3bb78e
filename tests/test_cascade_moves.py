"""Moves: simple outside, logarithmic inside; a symbol's own moves and the market's."""

import math

import numpy as np
import pytest

from cohortiv.cascade import Direction, log_moves, simple_moves
from cohortiv.cascade.moves import market_distance


def test_half_and_double_are_the_same_size() -> None:
    """A fall of 50 % and a rise of 100 % are both ln 2."""
    assert log_moves([0.5], "down") == pytest.approx([math.log(2.0)])
    assert log_moves([1.0], "up") == pytest.approx([math.log(2.0)])


@pytest.mark.parametrize("direction", ["down", "up"])
def test_there_and_back(direction: Direction) -> None:
    """Fractions survive the way to logarithms and back; 0 stays 0."""
    fractions = np.array([0.0, 1e-9, 0.03, 0.5, 0.999])
    assert simple_moves(log_moves(fractions, direction), direction) == pytest.approx(fractions, rel=1e-13)


def test_rises_have_no_limit_and_falls_do() -> None:
    """A price can rise by 300 %, and cannot fall by 100 %."""
    assert log_moves(3.0, "up") == pytest.approx(math.log(4.0))
    with pytest.raises(ValueError, match="got 1 of 1 moves down"):
        log_moves(1.0, "down")


def test_market_distance_by_hand() -> None:
    """With beta 2 a line 30 % below is reached when the market has fallen by 15 %, one 30 % above at 15 % up."""
    assert market_distance([-math.log(0.7)], [2.0], "down") == pytest.approx([-math.log(0.85)])
    assert market_distance([math.log(1.3)], [2.0], "up") == pytest.approx([math.log(1.15)])


def test_lines_that_no_market_move_reaches() -> None:
    """With beta 0, or a fall of 60 % at beta 0.5, none; past its line a symbol needs no move."""
    found = market_distance([0.1, -math.log(0.4), 0.0], [0.0, 0.5, 0.0], "down")
    assert found.tolist() == [math.inf, math.inf, 0.0]


def test_beta_one_changes_nothing() -> None:
    """Not in the last digit, nor for lines hardly above 0."""
    assert market_distance([1e-12, 0.1, 60.0], [1.0, 1.0, 1.0], "down").tolist() == [1e-12, 0.1, 60.0]
