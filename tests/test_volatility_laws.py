"""First passage of geometric Brownian motion."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_first_passage import hit_probability, integrated_hit_probability

from cohortiv.volatility import HitLaw, gbm_hit_probability, gbm_hit_slope

# 60-digit arithmetic: mpmath 1.3, mp.dps = 60, the textbook sum with N(x) = erfc(-x / sqrt(2)) / 2.
SIXTY_DIGITS = [
    (-1e-12, 1e-8, 0.999920211544552654),
    (1e-12, 1e-8, 0.999920211543552734),
    (-1e-4, 1e-4, 0.317326373576652903),
    (-0.1, 0.02, 6.02668923806004748e-7),
    (-0.1, 0.2, 0.647674828318633345),
    (0.1, 0.02, 5.45317392947135784e-7),
    (0.1, 1.0, 0.867303234153391141),
    (-1.0, 0.2, 9.40820219861678734e-7),
    (-1.0, 6.0, 0.999792487797947264),
    (3.0, 0.2, 1.6301068526137616e-51),
    (3.0, 6.0, 0.0497105364147834975),
    (-30.0, 1.0, 2.83185584127738312e-191),
    (-30.0, 6.0, 0.0293981456531413314),
    (30.0, 1.0, 2.64994392647814561e-204),
    (30.0, 40.0, 9.3576229688401746e-14),
    (-800.0, 38.0, 0.0212650465641848702),
    (-800.0, 40.0, 0.50996733518830131),
    (-1000.0, 38.0, 1.48952781393383594e-13),
    (-1000.0, 40.0, 3.19673492262732736e-7),
]

distances = st.floats(min_value=1e-6, max_value=50.0)
volatilities = st.floats(min_value=1e-6, max_value=40.0)
sides = st.sampled_from([-1.0, 1.0])


@pytest.mark.parametrize(
    ("mark", "line", "volatility", "days", "expected"),
    [
        (100.0, 95.0, 0.5, 30.0, 0.7387250626),
        (100.0, 90.0, 0.6, 30.0, 0.5686334050),
        (100.0, 110.0, 0.6, 30.0, 0.5518443330),
        (60_000.0, 54_271.3568, 0.55, 30.0, 0.5508422486),
    ],
)
def test_agrees_with_two_libraries(mark: float, line: float, volatility: float, days: float, expected: float) -> None:
    """The chance is the one that QuantLib 1.44 and merton 1.0.2 print for the same barrier."""
    chance = gbm_hit_probability(math.log(line / mark), volatility * math.sqrt(days / 365.0))
    assert float(chance) == pytest.approx(expected, abs=5e-11)


def test_continuous_watching_is_meant() -> None:
    """A line 15 % below at v = 0.2 is touched with 0.4507, not the 0.3955 of thirty checks."""
    assert float(gbm_hit_probability(math.log(0.85), 0.2)) == pytest.approx(0.4507, abs=5e-5)


@pytest.mark.parametrize(("distance", "v", "expected"), SIXTY_DIGITS)
def test_agrees_with_sixty_digits(distance: float, v: float, expected: float) -> None:
    """The relative error stays under 1e-12 from tiny to huge distances, far into the tail."""
    assert float(gbm_hit_probability(distance, v)) == pytest.approx(expected, rel=1e-12, abs=0.0)


@pytest.mark.parametrize("v", [0.05, 0.2, 1.0, 3.0])
@pytest.mark.parametrize("distance", [-1.0, -0.1, 0.05, 0.4])
def test_agrees_with_the_integrated_density(distance: float, v: float) -> None:
    """The closed form is the integral of the density of the first touching time."""
    assert float(gbm_hit_probability(distance, v)) == pytest.approx(integrated_hit_probability(distance, v), abs=1e-11)


@given(distances, sides, volatilities)
def test_agrees_with_the_textbook(size: float, side: float, v: float) -> None:
    """The chance equals exp(a + log N(.)) of the textbook on both sides."""
    assert float(gbm_hit_probability(side * size, v)) == pytest.approx(hit_probability(side * size, v), rel=1e-11)


@given(distances, volatilities)
def test_the_two_sides_differ_by_the_change_of_measure(size: float, v: float) -> None:
    """A line above is touched with exp(-a) times the chance of the one as far below."""
    above, below = gbm_hit_probability([size, -size], v)
    assert above == pytest.approx(math.exp(-size) * below, rel=1e-14)


@given(distances, sides, volatilities, st.floats(min_value=1.0, max_value=10.0))
def test_chance_is_a_chance_and_rises_with_v(size: float, side: float, v: float, factor: float) -> None:
    """The chance lies in [0, 1] and never falls as v rises."""
    less, more = gbm_hit_probability(side * size, [v, factor * v])
    assert 0.0 <= less <= more + 4e-16
    assert more <= 1.0


@given(distances, sides, volatilities, st.floats(min_value=1.0, max_value=10.0))
def test_chance_falls_with_the_distance(size: float, side: float, v: float, factor: float) -> None:
    """A farther line is never more likely to be touched."""
    near, far = gbm_hit_probability([side * size, side * size * factor], v)
    assert far <= near + 4e-16


@pytest.mark.parametrize("v", [0.0, 1e-8, 0.2, 40.0, np.inf])
def test_at_the_line_it_is_certain(v: float) -> None:
    """Distance 0 is touched whatever the volatility, none included."""
    assert float(gbm_hit_probability(0.0, v)) == 1.0


@pytest.mark.parametrize("distance", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("v", [0.0, 0.2, np.inf])
def test_no_line_is_never_touched(distance: float, v: float) -> None:
    """NaN or infinite distance means no line, at any volatility."""
    assert float(gbm_hit_probability(distance, v)) == 0.0
    assert float(gbm_hit_slope(distance, v)) == 0.0


def test_no_volatility_touches_nothing() -> None:
    """At v = 0 a line away from the mark is not touched."""
    assert gbm_hit_probability([-1e-12, 1e-12, -800.0], 0.0).tolist() == [0.0, 0.0, 0.0]


def test_limit_of_all_volatility() -> None:
    """At v = infinity lines below are certain, and a line above is touched with exp(-distance)."""
    chances = gbm_hit_probability([-1e-12, -800.0, 0.1, 3.0], np.inf)
    np.testing.assert_allclose(chances, [1.0, 1.0, math.exp(-0.1), math.exp(-3.0)], rtol=1e-15)


def test_arguments_broadcast() -> None:
    """A column of v against a row of distances gives the table; nothing in, nothing out."""
    assert gbm_hit_probability([-0.1, 0.1, 0.2], [[0.1], [0.2]]).shape == (2, 3)
    assert gbm_hit_slope([-0.1, 0.1, 0.2], [[0.1], [0.2]]).shape == (2, 3)
    assert gbm_hit_probability([], 0.2).shape == (0,)


@pytest.mark.parametrize("function", [gbm_hit_probability, gbm_hit_slope])
def test_bad_v_is_refused_with_its_number(function: HitLaw) -> None:
    """Negative and NaN v are counted in the error."""
    with pytest.raises(ValueError, match="got 2 values of v"):
        function(np.array(-0.1), np.array([0.2, -0.2, np.nan]))


@pytest.mark.parametrize("distance", [-1.0, -0.1, 0.05, 0.4])
@pytest.mark.parametrize("v", [0.05, 0.2, 1.0, 3.0])
def test_slope_is_the_derivative(distance: float, v: float) -> None:
    """The slope agrees with a central difference of the chance."""
    step = 1e-5 * v
    lower, upper = gbm_hit_probability(distance, [v - step, v + step])
    assert float(gbm_hit_slope(distance, v)) == pytest.approx((upper - lower) / (2.0 * step), rel=1e-7, abs=1e-9)


def test_slope_at_the_ends() -> None:
    """The slope is 0 at v = 0 and v = infinity, and at the line, also where its terms overflow."""
    slopes = gbm_hit_slope([[0.0], [-1e-12], [800.0]], [0.0, np.inf])
    np.testing.assert_array_equal(slopes, np.zeros((3, 2)))
