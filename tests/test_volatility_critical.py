"""Critical volatility: printed checks, degenerate cases, invariants, and a slow reference."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from reference_first_passage import Node, critical_v

from cohortiv.volatility import (
    CriticalStatus,
    FloatArray,
    critical_volatility_of,
    critical_volatility_of_mixtures,
    expected_share,
    gbm_hit_probability,
    hit_chances,
    line_book,
    solve_critical_volatility,
)

SOLVED, PAST, UNREACHABLE, EMPTY = CriticalStatus


def steps(distance: FloatArray, v: FloatArray) -> FloatArray:
    """A law with one step: a line is touched once v reaches its distance."""
    return np.where(np.abs(distance) <= v, 1.0, 0.0)


@pytest.mark.parametrize(
    ("move", "expected"), [(-0.10, 0.518597), (-0.20, 1.076410), (0.10, 0.486748), (0.40, 1.805290)]
)
def test_printed_checks(move: float, expected: float) -> None:
    """All notional at one line gives the values of the methodology, to the digits printed."""
    assert round(solve_critical_volatility([1.0], [math.log(1.0 + move)]).value, 6) == expected


# Research table: isolated positions at 0.4 % maintenance, critical volatility in percent at 1, 7 and 30 days.
LEVERAGED = [
    (3, -1, (497.9, 188.2, 90.9)),
    (10, -1, (132.1, 49.9, 24.1)),
    (100, -1, (8.01, 3.03, 1.46)),
    (3, 1, (398.2, 150.5, 72.7)),
    (10, 1, (123.3, 46.6, 22.5)),
    (100, 1, (7.92, 2.99, 1.45)),
]


@pytest.mark.parametrize(("leverage", "side", "expected"), LEVERAGED)
def test_books_of_one_leverage(leverage: int, side: int, expected: tuple[float, ...]) -> None:
    """Books of one leverage have the critical volatilities that research computed apart from us."""
    line = (1.0 - 1.0 / leverage) / 0.996 if side < 0 else (1.0 + 1.0 / leverage) / 1.004
    for days, percent in zip((1.0, 7.0, 30.0), expected, strict=True):
        value = solve_critical_volatility([1.0], [math.log(line)], horizon_days=days).value
        assert 100.0 * value == pytest.approx(percent, abs=0.051 if percent > 10.0 else 0.0051)


# Degenerate inputs on which root finders raise, return NaN or return the end of their bracket.
DEGENERATE = [
    ([0.2, 0.8], [0.0, -0.1], 0.0, PAST),
    ([0.15, 0.85], [0.0, -0.1], 0.0, PAST),
    ([15.0, 85.0], [0.0, -0.1], 0.0, PAST),
    ([1.0, 1.0], [np.nan, np.nan], np.inf, UNREACHABLE),
    ([1.0], [-np.inf], np.inf, UNREACHABLE),
    ([0.0, 0.0], [-0.1, 0.1], np.nan, EMPTY),
    ([], [], np.nan, EMPTY),
    ([1.0], [3.0], np.inf, UNREACHABLE),
    ([1.0], [-math.log(0.15)], np.inf, UNREACHABLE),
    ([1.0], [1.897], 6.802496439877, SOLVED),
    ([1.0], [1e-12], 6.94670467571e-13, SOLVED),
    ([1.0], [-1e-12], 6.94670467571e-13, SOLVED),
    ([1.0], [-800.0], 38.9529850371623, SOLVED),
]


@pytest.mark.parametrize(("weights", "distances", "v", "status"), DEGENERATE)
def test_degenerate_cases(weights: list[float], distances: list[float], v: float, status: CriticalStatus) -> None:
    """Each degenerate case has its value and says how it came about."""
    critical = solve_critical_volatility(weights, distances)
    assert critical.single_status is status
    assert critical.single_v == pytest.approx(v, rel=1e-9, nan_ok=True)


def test_a_hair_over_the_limit_is_solved() -> None:
    """Shorts whose share can just reach the mass have a root, which the share confirms."""
    book = line_book([1.0], [-math.log(0.15001)])
    critical = critical_volatility_of(book)
    assert critical.single_v == pytest.approx(7.080884424, rel=1e-8)
    assert float(expected_share(book, critical.single_v)) == pytest.approx(0.15, rel=1e-12)


@pytest.mark.parametrize("weights", [(1.0, 1.0), (1.0, 6.0), (0.1, 0.9)])
def test_tiny_and_huge_distances_in_one_book(weights: tuple[float, float]) -> None:
    """Lines 1e-12 and 800 away are solved together."""
    book = line_book(weights, [-1e-12, -800.0])
    critical = critical_volatility_of(book)
    assert critical.single_status is SOLVED
    assert float(expected_share(book, critical.single_v)) == pytest.approx(0.15, rel=1e-11)


def test_no_line_stays_in_the_denominator() -> None:
    """Half of the notional without a line makes 15 % of the whole 30 % of the rest."""
    half = solve_critical_volatility([1.0, 1.0], [-0.1, np.nan]).single_v
    assert half == pytest.approx(solve_critical_volatility([1.0], [-0.1], critical_mass=0.30).single_v, rel=1e-12)


def seeded_book(seed: int) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Weights, first and second distances and kappas of a book of up to sixty nodes."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 60))
    firsts = rng.choice([-1.0, 1.0], count) * rng.lognormal(rng.uniform(-5.0, 0.0), 1.0, count)
    seconds = np.where(rng.random(count) < 0.3, -np.sign(firsts) * rng.lognormal(-1.5, 1.0, count), np.nan)
    return rng.lognormal(0.0, 2.0, count), firsts, seconds, rng.uniform(0.4, 2.5, count)


@pytest.mark.parametrize("seed", range(40))
def test_agrees_with_the_slow_reference(seed: int) -> None:
    """Seeded books with second lines and kappas agree with brentq over a plain loop to 1e-9."""
    weights, firsts, seconds, kappas = seeded_book(seed)
    critical = solve_critical_volatility(weights, firsts, second_distances=seconds, kappas=kappas)
    nodes = [
        Node(float(weights[i]), (float(firsts[i]), float(seconds[i])), kappa=float(kappas[i]))
        for i in range(weights.size)
    ]
    if critical.single_status is UNREACHABLE:
        limit = float(expected_share(line_book(weights, firsts, second_distances=seconds), 1e3))
        assert limit <= 0.15
        return
    assert critical.single_v == pytest.approx(critical_v(nodes, critical_mass=0.15), rel=1e-9)


def test_many_profiles_equal_one_at_a_time() -> None:
    """A table of profiles, degenerate ones among them, gives what each gives alone, in its shape."""
    rng = np.random.default_rng(8)
    distances = np.array([0.0, -0.02, -0.1, -0.5, 0.03, 0.2, 2.5, np.nan])
    weights = rng.lognormal(0.0, 2.0, (4, 30, 8))
    weights[0, 0] = 0.0
    weights[1, 1] = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]
    weights[2, 2, 0] = 1e6
    many = solve_critical_volatility(weights, distances)
    assert many.volatility.shape == many.v.shape == many.status.shape == (4, 30)
    alone = [solve_critical_volatility(row, distances) for row in weights.reshape(-1, 8)]
    np.testing.assert_allclose(many.v.ravel(), [one.single_v for one in alone], rtol=1e-11)
    assert many.status.ravel().tolist() == [one.single_status for one in alone]
    assert set(many.status.ravel().tolist()) == {SOLVED, PAST, UNREACHABLE, EMPTY}


def test_no_profiles_give_empty_arrays() -> None:
    """No profiles have no critical volatilities."""
    assert solve_critical_volatility(np.empty((0, 3)), [-0.1, 0.1, 0.2]).volatility.shape == (0,)


nodes = st.lists(
    st.tuples(
        st.floats(min_value=1e-3, max_value=1e9),
        st.sampled_from([-1.0, 1.0]),
        st.floats(min_value=1e-6, max_value=20.0),
    ),
    min_size=1,
    max_size=12,
)


@given(nodes, st.floats(min_value=0.01, max_value=0.9))
def test_share_at_the_solution_is_the_mass(book: list[tuple[float, float, float]], mass: float) -> None:
    """Where there is a root, S there is the critical mass."""
    lines = line_book([weight for weight, _, _ in book], [side * size for _, side, size in book])
    critical = critical_volatility_of(lines, critical_mass=mass)
    assume(critical.single_status is SOLVED)
    assert float(expected_share(lines, critical.single_v)) == pytest.approx(mass, rel=1e-10)


@given(nodes, st.floats(min_value=1e-6, max_value=1e6))
def test_scale_of_weights_does_not_matter(book: list[tuple[float, float, float]], scale: float) -> None:
    """Weights in another unit give the same critical volatility."""
    weights, distances = np.array([node[0] for node in book]), [side * size for _, side, size in book]
    one, other = (solve_critical_volatility(weights * unit, distances) for unit in (1.0, scale))
    assume(one.single_status is SOLVED and expected_share(line_book(weights, distances), 1e3) > 0.1501)
    assert other.single_v == pytest.approx(one.single_v, rel=1e-9)


@given(nodes, st.floats(min_value=0.02, max_value=0.5), st.floats(min_value=1.0, max_value=1.9))
def test_a_larger_mass_needs_no_less_volatility(
    book: list[tuple[float, float, float]], mass: float, factor: float
) -> None:
    """The critical volatility never falls as the critical mass rises."""
    lines = line_book([weight for weight, _, _ in book], [side * size for _, side, size in book])
    small = critical_volatility_of(lines, critical_mass=mass).single_v
    large = critical_volatility_of(lines, critical_mass=mass * factor).single_v
    assert small <= large * (1.0 + 1e-9)


def test_one_v_serves_every_horizon() -> None:
    """Over four times the horizon half the volatility is critical."""
    week = solve_critical_volatility([1.0], [-0.1], horizon_days=7.0)
    month = solve_critical_volatility([1.0], [-0.1], horizon_days=28.0)
    assert month.single_v == week.single_v
    assert month.value == pytest.approx(week.value / 2.0, rel=1e-15)


def test_a_common_kappa_divides_the_market_volatility() -> None:
    """A symbol twice as volatile as the market reaches its mass at half the market's volatility."""
    market = solve_critical_volatility([1.0, 2.0], [-0.1, 0.2]).single_v
    symbol = solve_critical_volatility([1.0, 2.0], [-0.1, 0.2], kappas=2.0).single_v
    assert symbol == pytest.approx(market / 2.0, rel=1e-12)


def test_steps_give_the_smallest_volatility() -> None:
    """Under a law with steps the infimum is the step at which the mass is reached, not below and not beyond."""
    critical = solve_critical_volatility([10.0, 10.0, 80.0], [-0.1, 0.25, -0.6], law=steps)
    assert critical.single_v == pytest.approx(0.25, rel=1e-12)
    assert critical.single_v >= 0.25


def test_steps_of_many_profiles() -> None:
    """Profiles under a law with steps are solved together."""
    weights = [[10.0, 10.0, 80.0], [20.0, 0.0, 80.0], [5.0, 5.0, 90.0], [0.0, 14.0, 0.0]]
    critical = solve_critical_volatility(weights, [-0.1, 0.25, -0.6], law=steps)
    np.testing.assert_allclose(critical.v, [0.25, 0.1, 0.6, 0.25], rtol=1e-12)


def test_a_smooth_law_of_ones_own_agrees() -> None:
    """The default law under another name takes the same way to the same root."""

    def same(distance: FloatArray, v: FloatArray) -> FloatArray:
        return gbm_hit_probability(distance, v)

    weights, firsts, seconds, kappas = seeded_book(3)
    ours, other = (
        solve_critical_volatility(weights, firsts, second_distances=seconds, kappas=kappas, law=law)
        for law in (gbm_hit_probability, same)
    )
    assert other.single_v == ours.single_v


def test_a_law_with_far_reach_widens_the_search() -> None:
    """A law far slower or far quicker than the default one is still bracketed."""

    def slow(distance: FloatArray, v: FloatArray) -> FloatArray:
        return gbm_hit_probability(distance, np.asarray(v) * 1e-6)

    def quick(distance: FloatArray, v: FloatArray) -> FloatArray:
        return gbm_hit_probability(distance, np.asarray(v) * 1e6)

    usual = solve_critical_volatility([1.0], [-0.1]).single_v
    assert solve_critical_volatility([1.0], [-0.1], law=slow).single_v == pytest.approx(usual * 1e6, rel=1e-11)
    assert solve_critical_volatility([1.0], [-0.1], law=quick).single_v == pytest.approx(usual / 1e6, rel=1e-11)


@pytest.mark.parametrize("seed", range(5))
def test_mixtures_of_parts_are_the_whole(seed: int) -> None:
    """A book cut in two parts, mixed again as it was, has the critical volatility of the whole."""
    weights, firsts, seconds, kappas = seeded_book(seed)
    book = line_book(weights, firsts, second_distances=seconds, kappas=kappas)
    cut = len(weights) // 3
    sums = np.array([book.weights[:cut].sum(), book.weights[cut:].sum()])
    shares = np.stack([book.weights, book.weights], axis=1) / sums
    shares[cut:, 0], shares[:cut, 1] = 0.0, 0.0
    mixed = critical_volatility_of_mixtures(sums, book, chances=lambda v: hit_chances(book, v) @ shares)
    assert mixed.value == pytest.approx(critical_volatility_of(book).value, rel=1e-12)


@pytest.mark.parametrize("weight", [np.nan, np.inf, -1.0])
def test_bad_weights_are_refused(weight: float) -> None:
    """One bad weight in one of many profiles is an error that counts it."""
    with pytest.raises(ValueError, match=r"weights of 4; weights are notional"):
        solve_critical_volatility([[1.0, 1.0], [1.0, weight]], [-0.1, 0.1])


@pytest.mark.parametrize("mass", [0.0, 1.0, -0.1, math.nan])
def test_bad_masses_are_refused(mass: float) -> None:
    """A critical mass lies between 0 and 1."""
    with pytest.raises(ValueError, match="critical mass of"):
        solve_critical_volatility([1.0], [-0.1], critical_mass=mass)


def test_one_number_of_many_profiles_is_refused() -> None:
    """Asking several profiles for the one number is an error."""
    critical = solve_critical_volatility([[1.0], [2.0]], [-0.1])
    with pytest.raises(ValueError, match="got 2 profiles"):
        _ = critical.value
