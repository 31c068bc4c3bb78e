"""Critical moves and the two other readings of a critical mass."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortiv.iv_index import CriticalMoves, critical_moves, largest_positions_reading, quantile_reading
from cohortiv.volatility import expected_share, line_book


def test_moves_by_hand() -> None:
    """The mass of 15 is held below at the second line and above at the first."""
    book = line_book([10.0, 10.0, 20.0, 60.0], [math.log(0.95), math.log(0.90), math.log(1.2), math.log(2.0)])
    moves = critical_moves(book)
    assert moves.drawdown == pytest.approx(0.10, rel=1e-12)
    assert moves.rally == pytest.approx(0.20, rel=1e-12)


def test_the_whole_counts_what_has_no_line() -> None:
    """Notional without a line stands in the denominator, so 14 of 100 never hold 15 %."""
    assert critical_moves(line_book([14.0, 86.0], [-0.1, np.nan])) == CriticalMoves(drawdown=None, rally=None)


def test_one_direction_only() -> None:
    """All long, no rally is critical."""
    moves = critical_moves(line_book([1.0], [math.log(0.9)]))
    assert moves.drawdown == pytest.approx(0.10, rel=1e-12)
    assert moves.rally is None


def test_past_lines_count_at_zero_both_ways() -> None:
    """Positions past their line help both directions, and alone they make both moves 0."""
    moves = critical_moves(line_book([10.0, 5.0, 5.0, 80.0], [0.0, -0.1, 0.2, np.nan]))
    assert moves.drawdown == pytest.approx(-math.expm1(-0.1), rel=1e-12)
    assert moves.rally == pytest.approx(math.expm1(0.2), rel=1e-12)
    assert critical_moves(line_book([15.0, 85.0], [0.0, -0.1])) == CriticalMoves(drawdown=0.0, rally=0.0)


def test_a_unit_with_two_lines_counts_on_both_sides() -> None:
    """A unit with a line below and one above is in reach of both moves."""
    moves = critical_moves(line_book([20.0, 80.0], [-0.1, np.nan], second_distances=[0.3, np.nan]))
    assert moves.drawdown == pytest.approx(-math.expm1(-0.1), rel=1e-12)
    assert moves.rally == pytest.approx(math.expm1(0.3), rel=1e-12)


def test_of_two_lines_on_one_side_the_nearer_counts() -> None:
    """Of two lines below the nearer one closes the unit, once."""
    for pair in ((-0.3, -0.1), (-0.1, -0.3)):
        moves = critical_moves(line_book([1.0], [pair[0]], second_distances=[pair[1]]))
        assert moves.drawdown == pytest.approx(-math.expm1(-0.1), rel=1e-12)


def test_a_spread_node_is_cut_where_the_mass_is_reached() -> None:
    """Half of a node spread from 0.1 to 0.2 is held at 0.15, signed edges or not."""
    book = line_book([30.0, 70.0], [-0.15, np.nan])
    for inner, outer in (([-0.1, np.nan], [-0.2, np.nan]), ([0.1, np.nan], [0.2, np.nan])):
        assert critical_moves(book, inner=inner, outer=outer).drawdown == pytest.approx(-math.expm1(-0.15), rel=1e-12)


def test_an_atom_within_a_spread_node_jumps() -> None:
    """A spread of 10 from 0 to 1 with an atom of 10 at 0.5 holds 15 at the atom, and 4 at 0.4."""
    book = line_book([10.0, 10.0, 80.0], [0.5, 0.5, np.nan])
    inner, outer = [0.0, 0.5, np.nan], [1.0, 0.5, np.nan]
    for mass, expected in ((0.15, 0.5), (0.04, 0.4), (0.17, 0.7)):
        moves = critical_moves(book, critical_mass=mass, inner=inner, outer=outer)
        assert moves.rally == pytest.approx(math.expm1(expected), rel=1e-10)


def test_spread_over_many_nodes_equals_a_fine_scan() -> None:
    """The cut in a seeded book of overlapping spreads is where a fine scan finds it."""
    rng = np.random.default_rng(2)
    centre, half, weights = rng.uniform(0.2, 0.9, 30), rng.uniform(0.0, 0.2, 30), rng.lognormal(size=30)
    moves = critical_moves(line_book(weights, -centre), inner=centre - half, outer=centre + half)
    scan = np.linspace(0.0, 1.2, 120_001)
    held = (np.clip((scan[:, np.newaxis] - centre + half) / (2.0 * half), 0.0, 1.0) @ weights) / weights.sum()
    assert moves.drawdown == pytest.approx(-math.expm1(-float(scan[np.argmax(held >= 0.15)])), abs=2e-5)


@given(
    st.lists(
        st.tuples(st.floats(0.0, 1e6), st.floats(-2.0, 2.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0)), max_size=12
    ),
    st.floats(min_value=0.01, max_value=0.9),
)
def test_moves_hold_the_mass_and_grow_with_it(nodes: list[tuple[float, float, float, float]], mass: float) -> None:
    """A larger mass never needs a smaller move, and None stays None."""
    columns = np.array(nodes).reshape(-1, 4).T
    book = line_book(columns[0], columns[1])
    size = np.abs(columns[1])
    inner, outer = size * (1.0 - columns[2]), size * (1.0 + columns[3])
    less, more = (critical_moves(book, critical_mass=c, inner=inner, outer=outer) for c in (mass, mass * 1.1))
    for small, large in ((less.drawdown, more.drawdown), (less.rally, more.rally)):
        assert large is None or (small is not None and small <= large + 1e-12)


def test_moves_of_nothing() -> None:
    """Nothing leveraged has no critical move."""
    assert critical_moves(line_book([], [])) == CriticalMoves(drawdown=None, rally=None)
    assert critical_moves(line_book([0.0], [-0.1])) == CriticalMoves(drawdown=None, rally=None)


@pytest.mark.parametrize(
    ("inner", "outer", "message"),
    [
        ([0.1, 0.1], None, "only one of inner and outer"),
        ([0.1], [0.2], "edges of shape"),
        ([0.3, 0.1], [0.2, 0.2], "got 1 nodes whose inner edge"),
    ],
)
def test_bad_edges_are_refused(inner: list[float], outer: list[float] | None, message: str) -> None:
    """Edges come in pairs, one pair a node, the inner one first."""
    with pytest.raises(ValueError, match=message):
        critical_moves(line_book([1.0, 1.0], [0.1, 0.1]), inner=inner, outer=outer)


def test_several_profiles_or_a_bad_mass_are_refused() -> None:
    """Moves are of one profile and a mass between 0 and 1."""
    with pytest.raises(ValueError, match="one profile"):
        critical_moves(line_book([[1.0], [2.0]], [0.1]))
    with pytest.raises(ValueError, match="critical mass of"):
        critical_moves(line_book([1.0], [0.1]), critical_mass=1.0)


def test_quantile_reading_of_the_printed_check() -> None:
    """All long at a 10 % drop reads 0.761, index 52.6."""
    reading = quantile_reading(critical_moves(line_book([1.0], [math.log(0.9)])))
    assert round(reading.volatility, 3) == 0.761
    assert round(reading.iv_index, 1) == 52.6


def test_quantile_reading_takes_the_nearer_side() -> None:
    """Of a fall of 25 % and a rise of 11 % the rise is nearer, measured in logarithms."""
    reading = quantile_reading(CriticalMoves(drawdown=0.25, rally=0.11), horizon_days=365.0)
    assert reading.volatility == pytest.approx(math.log(1.11), rel=1e-12)
    level = quantile_reading(CriticalMoves(drawdown=0.20, rally=0.24), horizon_days=365.0)
    assert level.volatility == pytest.approx(math.log(1.24), rel=1e-12)


def test_quantile_reading_at_the_ends() -> None:
    """No critical move reads as unreachable; a move of 0 as past its lines."""
    nowhere = quantile_reading(CriticalMoves(drawdown=None, rally=None))
    assert (nowhere.volatility, nowhere.iv_index) == (math.inf, 0.0)
    already = quantile_reading(CriticalMoves(drawdown=0.0, rally=0.0))
    assert (already.volatility, already.iv_index) == (0.0, math.inf)


def test_largest_positions_are_half_touched() -> None:
    """At the reading's volatility half of the given positions is expected to be touched."""
    book = line_book([5.0, 3.0, 2.0], [-0.1, -0.2, 0.15])
    reading = largest_positions_reading(book)
    assert float(expected_share(book, reading.volatility * math.sqrt(7.0 / 365.0))) == pytest.approx(0.5, rel=1e-12)
    assert reading.iv_index == pytest.approx(40.0 / reading.volatility, rel=1e-12)


def test_largest_positions_out_of_reach() -> None:
    """Shorts more than ln 2 away are never half touched; no positions have no reading."""
    assert largest_positions_reading(line_book([1.0], [0.7])).iv_index == 0.0
    assert math.isnan(largest_positions_reading(line_book([], [])).volatility)
