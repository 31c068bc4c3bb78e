"""Forced flow: straight lines and jumps, against one bin after another."""

import numpy as np
import pytest
from cascade_support import flow_of, lines_of, random_bins
from reference_cascade import orders

from cohortiv.cascade import flow_of_bins, forced_at, forced_flow
from cohortiv.cascade.flow import flow_slopes


def test_a_bin_and_a_lump_by_hand() -> None:
    """Half way through a bin half of it is forced; a lump counts where it is reached, not before."""
    flow = flow_of((0.1, 0.2, 100.0), (0.3, 0.3, 50.0))
    assert forced_at(flow, [0.0, 0.1, 0.15, 0.2, 0.3 - 1e-12, 0.3, 9.0]) == pytest.approx(
        [0.0, 0.0, 50.0, 100.0, 100.0, 150.0, 150.0]
    )


@pytest.mark.parametrize("seed", range(20))
def test_meets_one_bin_after_another(seed: int) -> None:
    """Two families that overlap, netting, lumps: the same sum as bin by bin, everywhere."""
    bins, family = random_bins(seed)
    flow = forced_flow(lines_of(bins, family=family))
    places = np.concatenate([flow.distances, np.linspace(0.0, 0.6, 601)])
    expected = [orders(bins, x) for x in places.tolist()]
    assert forced_at(flow, places) == pytest.approx(expected, rel=1e-12, abs=1e-5)


def test_netting_stops_at_zero() -> None:
    """Where more is bought than sold nothing is forced, from the very place where the sum crosses."""
    flow = flow_of((0.0, 0.1, 100.0), (0.1, 0.2, -200.0), (0.2, 0.3, 200.0))
    assert forced_at(flow, [0.1, 0.125, 0.15, 0.2, 0.25, 0.3]) == pytest.approx([100, 50, 0, 0, 0, 100], abs=1e-12)


def test_slope_by_hand() -> None:
    """100 USD over a bin of 0.1 are 1,000 USD a unit, from its inner edge on and no more at its outer."""
    flow = flow_of((0.1, 0.2, 100.0))
    assert flow.distances == pytest.approx([0.0, 0.1, 0.2])
    assert flow_slopes(flow) == pytest.approx([0.0, 1e3, 0.0])


def test_shared_bins_are_the_same_flow() -> None:
    """Many profiles at once give what each gives as lines."""
    edges = np.array([0.02, 0.05, 0.1, 0.3])
    held = np.array([[5.0, -9.0, 7.0], [1.0, 2.0, 3.0]])
    many = flow_of_bins(edges, held, direction="down", past_usd=[2.0, 0.0])
    for row in range(2):
        alone = flow_of((0.0, 0.0, [2.0, 0.0][row]), *zip(edges[:-1], edges[1:], held[row], strict=True))
        distances = np.broadcast_to(many.distances, many.after.shape)[row]
        assert many.after[row] == pytest.approx(forced_at(alone, distances), abs=1e-12)


def test_nothing_is_one_knot() -> None:
    """No lines force no orders."""
    flow = flow_of()
    assert (flow.distances.tolist(), flow.before.tolist(), flow.after.tolist()) == ([0.0], [0.0], [0.0])


@pytest.mark.parametrize(
    ("edges", "held", "expected"),
    [
        ([0.1, 0.2], [1.0, 2.0], "got edges of shape"),
        ([0.2, 0.1], [1.0], "do not rise"),
        ([-0.1, 0.1], [1.0], "do not rise"),
        ([0.1, np.inf], [1.0], "do not rise"),
        ([0.1, 0.2], [np.nan], "NaN or infinite"),
    ],
)
def test_bins_that_are_none(edges: list[float], held: list[float], expected: str) -> None:
    """Edges rise from 0 or more, one more of them than bins, and notional is a number."""
    with pytest.raises(ValueError, match=expected):
        flow_of_bins(edges, held, direction="down")
