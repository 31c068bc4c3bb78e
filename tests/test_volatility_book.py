"""The line book and the share of it that is expected to be touched."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_first_passage import Node
from reference_first_passage import expected_share as reference_share

from cohortiv.volatility import (
    FloatArray,
    expected_share,
    gbm_hit_probability,
    hit_chances,
    hit_curve,
    hit_elasticities,
    line_book,
    root_horizon,
)

DISTANCES = [-0.1, 0.2, 0.0, np.nan, -0.5]


def test_chance_of_one_line_is_the_law() -> None:
    """A node with one line has the chance of the law at its own volatility."""
    book = line_book([1.0, 1.0], [-0.1, 0.2], kappas=[1.0, 1.5])
    np.testing.assert_allclose(hit_chances(book, 0.3), gbm_hit_probability([-0.1, 0.2], [0.3, 0.45]), rtol=1e-15)


def test_two_lines_add_up_to_one_at_most() -> None:
    """A unit with lines on both sides has the sum of the two chances, capped at 1."""
    book = line_book([1.0], [-0.1], second_distances=[0.15])
    apart = gbm_hit_probability([-0.1, 0.15], 0.1).sum()
    assert hit_chances(book, 0.1)[0] == pytest.approx(apart, rel=1e-15)
    assert hit_chances(book, 5.0)[0] == 1.0


def test_share_by_hand() -> None:
    """Past its line, no line and one line share 5, 3 and 2 parts: S = 0.5 + 0.2 p."""
    book = line_book([5.0, 3.0, 2.0], [0.0, np.nan, -0.1])
    expected = 0.5 + 0.2 * float(gbm_hit_probability(-0.1, 0.2))
    assert float(expected_share(book, 0.2)) == pytest.approx(expected, rel=1e-15)


def test_share_agrees_with_the_slow_reference() -> None:
    """S equals a loop over nodes, two lines and kappas included."""
    rng = np.random.default_rng(5)
    firsts, seconds = -rng.exponential(0.3, 40), np.where(np.arange(40) % 3 == 0, rng.exponential(0.3, 40), np.nan)
    weights, kappas = rng.lognormal(size=40), rng.uniform(0.5, 2.0, 40)
    book = line_book(weights, firsts, second_distances=seconds, kappas=kappas)
    nodes = [Node(float(weights[i]), (float(firsts[i]), float(seconds[i])), kappa=float(kappas[i])) for i in range(40)]
    grid = [0.01, 0.1, 0.5, 2.0]
    np.testing.assert_allclose(
        expected_share(book, grid), [reference_share(nodes, v) for v in grid], rtol=1e-12, atol=1e-300
    )


def test_share_of_many_profiles_pairs_them_with_v() -> None:
    """Profiles and v broadcast: one v each, one v for all, or a curve for one profile."""
    weights = np.arange(1.0, 13.0).reshape(2, 3, 2)
    book = line_book(weights, [-0.1, 0.2])
    volatilities = np.linspace(0.1, 0.6, 6).reshape(2, 3)
    each = expected_share(book, volatilities)
    assert each.shape == (2, 3)
    assert float(expected_share(line_book(weights[1, 2], [-0.1, 0.2]), 0.6)) == pytest.approx(each[1, 2], rel=1e-15)
    assert expected_share(book, 0.2).shape == (2, 3)


def test_share_is_read_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cutting the work into chunks changes no digit."""
    book = line_book([1.0, 2.0, 3.0, 4.0, 5.0], DISTANCES)
    whole = expected_share(book, np.linspace(0.0, 2.0, 17))
    monkeypatch.setattr("cohortiv.volatility.book._CHUNK_CELLS", 7)
    np.testing.assert_array_equal(expected_share(book, np.linspace(0.0, 2.0, 17)), whole)


def test_share_of_nothing_is_nan() -> None:
    """Without weight, or without nodes, there is no share."""
    assert np.isnan(expected_share(line_book([0.0, 0.0], [-0.1, 0.1]), 0.2))
    assert np.isnan(expected_share(line_book([], []), 0.2))


@given(
    st.lists(st.floats(min_value=0.0, max_value=1e12), min_size=5, max_size=5),
    st.floats(min_value=0.0, max_value=20.0),
    st.floats(min_value=1.0, max_value=3.0),
)
def test_share_is_a_share_and_rises(weights: list[float], v: float, factor: float) -> None:
    """S lies in [0, 1] and never falls as v rises."""
    if sum(weights) == 0.0:
        return
    less, more = expected_share(line_book(weights, DISTANCES), [v, factor * v])
    assert 0.0 <= less <= more + 1e-15
    assert more <= 1.0


@given(
    st.lists(st.floats(min_value=1e-3, max_value=1e6), min_size=5, max_size=5), st.floats(min_value=0.0, max_value=9)
)
def test_share_sums_over_groups(weights: list[float], v: float) -> None:
    """S of a book is the mean of S of its parts, weighted by their notional."""
    masses = np.array(weights)
    parts = [line_book(masses[cut], np.array(DISTANCES)[cut]) for cut in (slice(0, 2), slice(2, 5))]
    sizes = [float(part.weights.sum()) for part in parts]
    mixed = sum(size * float(expected_share(part, v)) for size, part in zip(sizes, parts, strict=True)) / sum(sizes)
    assert float(expected_share(line_book(masses, DISTANCES), v)) == pytest.approx(mixed, rel=1e-12)


def test_splitting_a_node_changes_nothing() -> None:
    """A node cut into three of the same distance gives the same share."""
    whole = expected_share(line_book([6.0, 4.0], [-0.1, 0.3]), [0.1, 0.4])
    split = expected_share(line_book([1.0, 2.0, 3.0, 4.0], [-0.1, -0.1, -0.1, 0.3]), [0.1, 0.4])
    np.testing.assert_allclose(split, whole, rtol=1e-14)


def test_curve_is_the_share_at_annual_volatilities() -> None:
    """The hit curve at 40 % over 7 days is S at v = 0.4 * sqrt(7/365)."""
    book = line_book([1.0, 1.0], [-0.1, 0.2])
    curve = hit_curve(book, [0.0, 0.4], horizon_days=7.0)
    assert curve.tolist() == [0.0, float(expected_share(book, 0.4 * math.sqrt(7.0 / 365.0)))]


def test_elasticity_is_the_derivative_by_log_v() -> None:
    """Elasticities agree with differences of the chances, on two lines and other kappas too."""
    book = line_book(
        [1.0, 1.0, 1.0], [-0.1, 0.2, np.nan], second_distances=[0.3, np.nan, np.nan], kappas=[1.0, 1.7, 1.0]
    )
    step = 1e-5
    lower, upper = hit_chances(book, [0.15 * math.exp(-step), 0.15 * math.exp(step)])
    np.testing.assert_allclose(hit_elasticities(book, 0.15), (upper - lower) / (2.0 * step), rtol=1e-8, atol=1e-12)


def test_elasticity_is_zero_at_the_cap() -> None:
    """Where two chances already add up to 1 more volatility adds nothing."""
    assert hit_elasticities(line_book([1.0], [-0.1], second_distances=[0.1]), 4.0).tolist() == [0.0]


def test_elasticity_of_another_law_is_differenced() -> None:
    """A law without a known slope gets one from differences, close to the exact one where both exist."""

    def same(distance: FloatArray, v: FloatArray) -> FloatArray:
        return gbm_hit_probability(distance, v)

    book = line_book([1.0, 1.0], [-0.1, 0.2])
    np.testing.assert_allclose(hit_elasticities(book, 0.2, law=same), hit_elasticities(book, 0.2), rtol=1e-3)


def test_bad_weights_are_counted() -> None:
    """NaN, infinite and negative weights are refused, with the number of each."""
    with pytest.raises(ValueError, match="got 1 NaN, 2 infinite and 1 negative weights of 6"):
        line_book([1.0, np.nan, np.inf, np.inf, -2.0, 0.0], np.full(6, -0.1))


def test_negative_weights_that_cancel_are_refused() -> None:
    """A negative weight is found although the profile's sum is positive."""
    with pytest.raises(ValueError, match="1 negative"):
        line_book([[1.0, 1.0], [5.0, -1.0]], [-0.1, 0.1])


@pytest.mark.parametrize("weights", [[1.0, 2.0, 3.0], 5.0])
def test_shapes_that_do_not_fit_are_refused(weights: list[float] | float) -> None:
    """There is one distance for each node."""
    with pytest.raises(ValueError, match="one distance for each node"):
        line_book(weights, [-0.1, 0.2])


def test_second_lines_and_kappas_fit_too() -> None:
    """Second distances and kappas have one value for each node."""
    with pytest.raises(ValueError, match="second_distances of shape"):
        line_book([1.0, 1.0], [-0.1, 0.2], second_distances=[0.1])
    with pytest.raises(ValueError, match="kappas of shape"):
        line_book([1.0, 1.0], [-0.1, 0.2], kappas=[1.0, 1.0, 1.0])


@pytest.mark.parametrize("kappa", [0.0, -1.0, np.nan, np.inf])
def test_bad_kappas_are_refused(kappa: float) -> None:
    """A kappa is finite and more than 0."""
    with pytest.raises(ValueError, match="got 1 of 2 kappas"):
        line_book([1.0, 1.0], [-0.1, 0.2], kappas=[1.0, kappa])


@pytest.mark.parametrize("days", [0.0, -7.0, math.nan, math.inf])
def test_bad_horizons_are_refused(days: float) -> None:
    """A horizon is finite and more than 0."""
    with pytest.raises(ValueError, match="horizon of"):
        root_horizon(days)


def test_a_year_has_365_days() -> None:
    """The square root of a horizon of 365 days is 1."""
    assert root_horizon(365.0) == 1.0
