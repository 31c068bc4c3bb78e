"""Total moves: by hand, at the limits, and against the price moved tick by tick."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from cascade_support import flow_of, lines_of, random_bins
from reference_cascade import linear, square_root, total_move

from cohortiv.cascade import (
    Direction,
    PriceImpact,
    Withdrawal,
    flow_of_bins,
    forced_flow,
    linear_impact,
    square_root_impact,
    total_log_moves,
    total_moves,
)

SHOCKS = np.array([0.001, 0.01, 0.03, 0.05, 0.08, 0.12, 0.2, 0.35])
THIN = Withdrawal(0.8, 2e8)
LAWS: dict[str, tuple[PriceImpact, Callable[[float], float]]] = {
    "linear": (linear_impact(1e8), partial(linear, depth=1e8)),
    "square root": (square_root_impact(2e10, 0.4), partial(square_root, volume=2e10, volatility=0.4)),
    "linear, withdrawing": (
        linear_impact(2e8, withdrawal=THIN),
        partial(linear, depth=2e8, ceiling=0.8, half=2e8),
    ),
    "square root, withdrawing": (
        square_root_impact(4e10, 0.4, withdrawal=THIN),
        partial(square_root, volume=4e10, volatility=0.4, ceiling=0.8, half=2e8),
    ),
}


@pytest.mark.parametrize(
    ("shock", "expected"), [(0.0, 0.0), (0.05, 0.05), (0.0999, 0.0999), (0.10, 1 - 0.9 * math.exp(-0.05))]
)
def test_single_line_by_hand(shock: float, expected: float) -> None:
    """A line of 2 bn at 10 % stands until the shock is there; then 2 bn at a depth of 400 m add a log move of 5 %."""
    line = -math.log1p(-0.1)
    moves = total_moves(flow_of((line, line, 2e9)), linear_impact(4e8), [shock])
    assert moves == pytest.approx([expected], rel=1e-14)


def test_within_a_bin_by_hand() -> None:
    """10 m a percent at a depth of 40 m: every percent beyond the edge takes a third more."""
    flow = flow_of((0.05, 0.10, 5e7))
    found = total_log_moves(flow, linear_impact(4e7), np.array([0.04, 0.05, 0.06, 0.08, 0.09]))
    assert found == pytest.approx([0.04, 0.05, 0.05 + 0.01 / 0.75, 0.05 + 0.03 / 0.75, 0.09 + 0.0125], rel=1e-14)


@pytest.mark.parametrize("direction", ["down", "up"])
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("seed", range(6))
def test_meets_the_price_moved_tick_by_tick(seed: int, law: str, direction: Direction) -> None:
    """Overlapping bins, lumps, netting and lines already past: the same stop as the slow walk, to 1e-12."""
    bins, family = random_bins(seed if direction == "down" else seed + 100)
    impact, slow = LAWS[law]
    flow = forced_flow(lines_of(bins, direction=direction, family=family))
    found = total_log_moves(flow, impact, SHOCKS)
    assert found == pytest.approx([total_move(bins, slow, shock) for shock in SHOCKS.tolist()], rel=1e-12)


@pytest.mark.parametrize("law", LAWS)
def test_many_profiles_are_each_alone(law: str) -> None:
    """A block of profiles gives what each gives by itself, whatever the order of shocks."""
    rng = np.random.default_rng(5)
    edges = np.geomspace(0.005, 0.8, 41)
    held = rng.lognormal(16.0, 1.0, (3, 4, 40)) * np.where(rng.random((3, 4, 40)) < 0.2, -1.0, 1.0)
    past = rng.normal(0.0, 1e7, (3, 4))
    impact = LAWS[law][0]
    shuffled = SHOCKS[::-1]
    together = total_moves(flow_of_bins(edges, held, direction="up", past_usd=past), impact, shuffled)
    assert together.shape == (3, 4, 8)
    for at in np.ndindex(3, 4):
        alone = flow_of_bins(edges, held[at], direction="up", past_usd=past[at])
        assert together[at][::-1] == pytest.approx(total_moves(alone, impact, SHOCKS), rel=1e-13)


@pytest.mark.parametrize("law", LAWS)
def test_zero_shock_and_nothing_leveraged(law: str) -> None:
    """Without orders a shock stays what it is; a shock of 0 forces none."""
    assert total_moves(flow_of(), LAWS[law][0], SHOCKS) == pytest.approx(SHOCKS, rel=1e-14)
    assert total_moves(flow_of((0.0, 0.1, 1e9)), LAWS[law][0], [0.0]) == [0.0]


def test_zero_shock_with_lines_past() -> None:
    """Orders past their lines move the price without any shock: 1 bn at 100 m a percent by 10 %."""
    assert total_log_moves(flow_of((0.0, 0.0, 1e9)), linear_impact(1e8), np.zeros(1)) == pytest.approx([0.1])


def test_infinite_depth() -> None:
    """Where orders move nothing the total move is the shock."""
    bins, family = random_bins(3)
    flow = forced_flow(lines_of(bins, family=family))
    assert total_log_moves(flow, linear_impact(math.inf), SHOCKS) == pytest.approx(SHOCKS, rel=1e-14)
    assert total_log_moves(flow, square_root_impact(math.inf, 0.05), SHOCKS) == pytest.approx(SHOCKS, rel=1e-14)


@pytest.mark.parametrize("law", LAWS)
def test_larger_shocks_end_further(law: str) -> None:
    """The total move is never below the shock and never falls with it."""
    bins, family = random_bins(11)
    shocks = np.linspace(0.0, 0.6, 2001)
    found = total_log_moves(forced_flow(lines_of(bins, family=family)), LAWS[law][0], shocks)
    assert (np.diff(found) >= 0.0).all()
    assert (found >= shocks * (1 - 1e-14)).all()


@pytest.mark.parametrize("withdrawal", [None, THIN])
def test_thinner_books_end_further(withdrawal: Withdrawal | None) -> None:
    """The total move never falls as depth falls, all depths at once."""
    bins, family = random_bins(12)
    depths = np.geomspace(1e10, 1e7, 60)
    impact = linear_impact(depths, withdrawal=withdrawal)
    found = total_log_moves(forced_flow(lines_of(bins, family=family)), impact, SHOCKS)
    assert found.shape == (60, 8)
    assert (np.diff(found, axis=0) >= -1e-15).all()


def test_only_orders_over_depth_count() -> None:
    """A thousand times the notional at a thousand times the depth moves the price as far."""
    edges, held = np.linspace(0.01, 0.5, 30), np.random.default_rng(2).lognormal(15.0, 1.0, 29)
    small = total_moves(flow_of_bins(edges, held, direction="down"), linear_impact(1e7), SHOCKS)
    large = total_moves(flow_of_bins(edges, 1e3 * held, direction="down"), linear_impact(1e10), SHOCKS)
    assert small == pytest.approx(large, rel=1e-13)


def test_venues_share_one_price() -> None:
    """Lines of one venue reach another's: together, at added depth, the move exceeds either's alone."""
    near, far = (0.05, 0.06, 4e8), (0.065, 0.08, 1e9)
    alone = [total_moves(flow_of(one), linear_impact(1e8), [0.055])[0] for one in (near, far)]
    together = total_moves(flow_of(near, far), linear_impact(2e8), [0.055])[0]
    assert together > max(alone)


@pytest.mark.parametrize("shock", [-0.01, 1.0, math.nan, math.inf])
def test_shocks_that_are_none(shock: float) -> None:
    """A fall is from 0 to below 1."""
    with pytest.raises(ValueError, match="got 1 of 2 moves down outside 0 to 1"):
        total_moves(flow_of((0.1, 0.2, 1e6)), linear_impact(1e8), [0.1, shock])
