"""The cliff: by hand, at its edges, and against a fine grid of shocks."""

import math

import numpy as np
import pytest
from cascade_support import flow_of, lines_of, random_bins

from cohortiv.cascade import (
    Direction,
    ForcedFlow,
    Withdrawal,
    find_cliff,
    flow_of_bins,
    forced_flow,
    linear_impact,
    log_moves,
    simple_moves,
    square_root_impact,
    total_moves,
)

TEN_PERCENT = -math.log(0.9)


def test_single_line_by_hand() -> None:
    """2 bn at 10 %, depth 400 m: at a shock of 10 % the price goes to 0.9 exp(-0.05), 54,000 is the mark's share."""
    cliff = find_cliff(flow_of((TEN_PERCENT, TEN_PERCENT, 2e9)), linear_impact(4e8), mark=60_000.0)
    assert cliff is not None
    total = 1 - 0.9 * math.exp(-0.05)
    assert (cliff.shock, cliff.settled_move, cliff.total_move) == pytest.approx((0.1, 0.1, total), rel=1e-13)
    assert cliff.jump == pytest.approx(total - 0.1, rel=1e-12)
    assert cliff.price == pytest.approx(54_000.0)


def test_rises_have_cliffs_too() -> None:
    """The mirror image: a line 10 % above, and the price beyond it."""
    line = math.log(1.1)
    cliff = find_cliff(flow_of((line, line, 2e9), direction="up"), linear_impact(4e8), mark=60_000.0)
    assert cliff is not None
    assert (cliff.shock, cliff.total_move) == pytest.approx((0.1, 1.1 * math.exp(0.05) - 1), rel=1e-12)
    assert cliff.price == pytest.approx(66_000.0)
    assert find_cliff(flow_of((line, line, 2e9), direction="up"), linear_impact(4e8)).price is None  # type: ignore[union-attr]


def test_small_jumps_are_no_cliff() -> None:
    """A jump of 0.9 % is none, one of 1.1 % is."""
    flows = [flow_of((TEN_PERCENT, TEN_PERCENT, size)) for size in (4e8, 4.9e8)]
    assert find_cliff(flows[0], linear_impact(4e8)) is None
    assert find_cliff(flows[1], linear_impact(4e8)) is not None


@pytest.mark.parametrize("flow", [flow_of(), flow_of((0.8, 0.8, 9e9)), flow_of((0.0, 0.5, 1e9))])
def test_no_cliff(flow: ForcedFlow) -> None:
    """Nothing leveraged, lines beyond a shock of 50 %, or lines so thin that every shock goes smoothly further."""
    assert find_cliff(flow, linear_impact(4e8)) is None


def test_steep_bins_are_cliffs() -> None:
    """2 bn spread over one percent at a depth of 400 m: each percent forces five, so the bin falls as one."""
    cliff = find_cliff(flow_of((0.1, 0.11, 2e9)), linear_impact(4e8))
    assert cliff is not None
    assert cliff.shock == pytest.approx(-math.expm1(-0.1))
    assert cliff.total_move == pytest.approx(-math.expm1(-0.15))


def test_lines_past_are_a_cliff_at_zero() -> None:
    """Where orders past their lines move the price by themselves the cliff is at a shock of 0."""
    cliff = find_cliff(flow_of((0.0, 0.0, 2e9)), linear_impact(4e8), mark=100.0)
    assert cliff is not None
    assert (cliff.shock, cliff.settled_move, cliff.price) == (0.0, 0.0, 100.0)
    assert cliff.jump == pytest.approx(-math.expm1(-0.05))


@pytest.mark.parametrize("direction", ["down", "up"])
@pytest.mark.parametrize("seed", range(6))
def test_meets_a_fine_grid_of_shocks(seed: int, direction: Direction) -> None:
    """The largest step between neighbouring shocks of 0 to 50 % is the cliff, at that shock and of that size."""
    thin = Withdrawal(0.8, 2e8)
    impact = [linear_impact(1e8), square_root_impact(2e10, 0.4), linear_impact(2e8, withdrawal=thin)][seed % 3]
    bins, family = random_bins(seed)
    flow = forced_flow(lines_of(bins, direction=direction, family=family))
    shocks = simple_moves(np.linspace(0.0, float(log_moves(0.5, direction)), 100_001), direction)
    moves = np.concatenate([[0.0], total_moves(flow, impact, shocks)])
    steps = np.diff(moves)
    cliff = find_cliff(flow, impact)
    assert cliff is not None
    assert cliff.shock == pytest.approx(shocks[steps.argmax()], abs=2e-5)
    assert cliff.jump == pytest.approx(steps.max(), rel=2e-2)


def test_one_profile_and_one_depth() -> None:
    """Several at once are refused, and so is a mark of nothing."""
    flow = flow_of((0.1, 0.2, 1e9))
    for case in ((flow_of_bins([0.1, 0.2], [[1e9], [2e9]], direction="down"), linear_impact(1e8)),
                 (flow, linear_impact([1e8, 2e8]))):  # fmt: skip
        with pytest.raises(ValueError, match="got several profiles or depths"):
            find_cliff(*case)
    with pytest.raises(ValueError, match=r"got a mark of 0\.0 USD"):
        find_cliff(flow, linear_impact(1e8), mark=0.0)
