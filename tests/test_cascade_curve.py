"""What goes with total moves: amplification, orders, branching ratio, gamma, and the grid over depth."""

import math

import numpy as np
import pytest
from cascade_support import flow_of

from cohortiv.cascade import (
    Withdrawal,
    cascade,
    depth_grid,
    flow_of_bins,
    linear_impact,
    square_root_impact,
    total_moves,
)

TEN_PERCENT = -math.log(0.9)


def test_single_line_by_hand() -> None:
    """5 % stays 5 %; 10 % becomes 14.4 %, forces 2 bn, and forces nothing more."""
    result = cascade(flow_of((TEN_PERCENT, TEN_PERCENT, 2e9)), linear_impact(4e8), [0.0, 0.05, 0.1], mark=60_000.0)
    total = 1 - 0.9 * math.exp(-0.05)
    assert result.direction == "down"
    assert result.total_moves == pytest.approx([0.0, 0.05, total])
    assert result.amplification == pytest.approx([math.nan, 1.0, 10 * total], nan_ok=True)
    assert result.forced_usd.tolist() == [0.0, 0.0, 2e9]
    assert result.branching_ratio == pytest.approx([0.0, 0.0, 0.0], abs=1e-14)
    assert result.gamma_usd.tolist() == [0.0, 0.0, 0.0]
    assert result.cliff is not None
    assert result.cliff.price == pytest.approx(54_000.0)


def test_branching_ratio_of_a_way_by_hand() -> None:
    """Where each log percent forces 10 m at a depth of 40 m, a dollar forces a quarter on the whole way."""
    result = cascade(flow_of((0.0, 0.5, 5e8)), linear_impact(4e7), [0.05, 0.2])
    assert result.branching_ratio == pytest.approx([0.25, 0.25])


def test_gamma_by_hand() -> None:
    """A further percent of the price forces its share of the bin, downwards and upwards."""
    for direction, step in (("down", -math.log(0.99)), ("up", math.log(1.01))):
        flow = flow_of((0.0, 1.0, 1e9), direction=direction)  # type: ignore[arg-type]
        result = cascade(flow, linear_impact(math.inf), [0.1])
        assert result.gamma_usd == pytest.approx([1e9 * step])


def test_frame_of_a_cascade() -> None:
    """One row a shock."""
    frame = cascade(flow_of((0.1, 0.2, 1e8)), linear_impact(1e8), [0.05, 0.1]).frame()
    assert frame["shocks"].tolist() == [0.05, 0.1]
    assert list(frame.columns) == [
        "shocks", "total_moves", "amplification", "forced_usd", "branching_ratio", "gamma_usd",
    ]  # fmt: skip


def test_nothing_leveraged() -> None:
    """Every shock stays what it is, amplified by 1."""
    result = cascade(flow_of(), linear_impact(1e8), [0.05, 0.5])
    assert result.total_moves == pytest.approx([0.05, 0.5])
    assert result.amplification == pytest.approx([1.0, 1.0])
    assert (result.forced_usd.tolist(), result.cliff) == ([0.0, 0.0], None)


def test_grid_is_one_cascade_a_depth() -> None:
    """Each row is what that depth gives alone; thinner books fall further."""
    flow, shocks = flow_of((0.05, 0.3, 1e9)), [0.02, 0.1, 0.2]
    thin = Withdrawal(0.9, 1e9)
    grid = depth_grid(flow, [4e8, 1e8], shocks, withdrawal=thin)
    for depth, row in zip(grid.depths_usd, grid.total_moves, strict=True):
        assert row == pytest.approx(total_moves(flow, linear_impact(depth, withdrawal=thin), shocks))
    assert (grid.total_moves[1] >= grid.total_moves[0]).all()
    frame = grid.frame()
    assert frame["depth_usd"].tolist() == [4e8] * 3 + [1e8] * 3
    assert frame["total_move"].tolist() == grid.total_moves.ravel().tolist()


def test_a_grid_follows_its_law() -> None:
    """Under the square root a depth is the volume a day of which moves the price by 1 %."""
    flow, shocks = flow_of((0.05, 0.3, 1e9)), [0.02, 0.1, 0.2]
    grid = depth_grid(flow, [4e8], shocks, law="square_root")
    assert grid.total_moves[0] == pytest.approx(total_moves(flow, square_root_impact(4e8, 0.01), shocks))


def test_grid_of_several_profiles_is_refused() -> None:
    """A heat map is of one."""
    with pytest.raises(ValueError, match="got 2 profiles"):
        depth_grid(flow_of_bins([0.1, 0.2], np.ones((2, 1)), direction="down"), [1e8], [0.1])
