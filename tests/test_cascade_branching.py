"""Branching ratio and liquidation gamma on the price's way, against values by hand and the slow reference."""

import math
from functools import partial

import numpy as np
import pytest
from cascade_support import flow_of, lines_of, random_bins
from reference_cascade import linear, orders

from cohortiv.cascade import (
    Direction,
    branching_along,
    forced_flow,
    linear_impact,
    liquidation_gamma,
    mean_branching,
    square_root_impact,
    total_moves,
)
from cohortiv.cascade.branching import PATH_MOVES
from cohortiv.cascade.moves import log_moves

STEP = -math.log(0.99)


def test_an_even_book_by_hand() -> None:
    """Where each log percent forces 10 m at a depth of 40 m, a dollar forces a quarter, at every place."""
    found = branching_along(flow_of((0.0, 0.5, 5e8)), linear_impact(4e7), [0.0, 0.1, 0.3])
    assert found.branching_ratio == pytest.approx([0.25, 0.25, 0.25])
    assert found.gamma_usd == pytest.approx([1e9 * STEP] * 3)


@pytest.mark.parametrize("direction", ["down", "up"])
def test_gamma_is_for_a_percent_of_the_price_reached(direction: Direction) -> None:
    """A fall of 1 % is a little more than a rise of 1 % in the logarithm."""
    found = branching_along(flow_of((0.0, 1.0, 1e9), direction=direction), linear_impact(1e8), [0.1])
    step = STEP if direction == "down" else math.log(1.01)
    assert found.gamma_usd == pytest.approx([1e9 * step])
    assert found.direction == direction


def test_a_line_counts_within_its_percent_and_not_at_its_start() -> None:
    """A single line at 10 % is in the percent before it, and no more in the one that begins there."""
    flow = flow_of((-math.log(0.9), -math.log(0.9), 2e8))
    found = branching_along(flow, linear_impact(4e7), [0.08, 0.095, 0.1])
    assert found.gamma_usd == pytest.approx([0.0, 2e8, 0.0])
    assert found.branching_ratio == pytest.approx([0.0, 0.05 / STEP, 0.0])


def test_below_zero_where_netting_shrinks_orders() -> None:
    """Purchases on the way down push the price back."""
    flow = flow_of((0.05, 0.1, 1e8), (0.2, 0.3, -5e7))
    found = branching_along(flow, square_root_impact(1e10, 0.03), [0.15, -math.expm1(-0.25)])
    assert found.branching_ratio[0] == 0.0
    assert found.branching_ratio[1] < 0.0
    assert found.gamma_usd[1] < 0.0


@pytest.mark.parametrize("seed", range(5))
def test_meets_one_bin_after_another(seed: int) -> None:
    """Impact after a further percent less impact now, from the slow reference."""
    bins, family = random_bins(seed)
    flow, impact = forced_flow(lines_of(bins, family=family)), partial(linear, depth=5e7)
    found = branching_along(flow, linear_impact(5e7))
    starts = [-math.log1p(-move) for move in PATH_MOVES]
    expected = [(impact(orders(bins, x + STEP)) - impact(orders(bins, x))) / STEP for x in starts]
    assert found.branching_ratio == pytest.approx(expected, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_no_price_stops_at_the_end_of_a_percent_that_feeds_itself(seed: int) -> None:
    """Where the ratio is 1 or more, no shock that carries the price past the place ends a percent further on."""
    bins, family = random_bins(seed)
    flow, impact = forced_flow(lines_of(bins, family=family)), linear_impact(2e7)
    found = branching_along(flow, impact)
    ends = 1.0 - (1.0 - found.moves[found.branching_ratio >= 1.0]) * 0.99
    reached = total_moves(flow, impact, np.linspace(0.001, 0.3, 500))
    assert len(ends)
    assert np.abs(reached[:, np.newaxis] - ends).min() > 0.0


def test_average_on_a_way_by_hand() -> None:
    """A shock of 5 % that a quarter of each dollar follows ends a third further, and the average is that quarter."""
    flow, impact = flow_of((0.0, 0.5, 5e8)), linear_impact(4e7)
    start = np.array([0.0, 0.05])
    assert mean_branching(flow, impact, starts=start, ends=start / 0.75) == pytest.approx([0.0, 0.25])


def test_nothing_leveraged() -> None:
    """Nothing is forced, and nothing branches."""
    found = branching_along(flow_of(), linear_impact(1e8))
    assert not found.gamma_usd.any()
    assert not found.branching_ratio.any()
    assert liquidation_gamma(flow_of(), log_moves([0.1], "down")).tolist() == [0.0]


def test_frame() -> None:
    """One row a place."""
    frame = branching_along(flow_of((0.1, 0.2, 1e8)), linear_impact(1e8), [0.05, 0.1]).frame()
    assert list(frame.columns) == ["move", "gamma_usd", "branching_ratio"]
    assert frame["move"].tolist() == [0.05, 0.1]


def test_moves_out_of_range_are_refused() -> None:
    """A fall of all of the price is none."""
    with pytest.raises(ValueError, match="got 1 of 1 moves down outside"):
        branching_along(flow_of(), linear_impact(1e8), [1.0])
