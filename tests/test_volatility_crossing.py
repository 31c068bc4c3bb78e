"""First crossings of many rising curves."""

import math

import numpy as np

from cohortiv.volatility import FloatArray
from cohortiv.volatility.crossing import first_crossings


def powers(v: FloatArray) -> FloatArray:
    """Two curves of v: v and v squared."""
    return np.stack([v, v * v], axis=-1)


def test_crossings_by_hand() -> None:
    """Hand-solved: v = 0.3 at 0.3, v^2 = 0.25 at 0.5, v + v^2 = 6 at 2."""
    weights = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    found = first_crossings(weights, np.array([0.3, 0.25, 6.0]), chances=powers, low=-9.0, high=9.0)
    np.testing.assert_allclose(np.exp(found), [0.3, 0.5, 2.0], rtol=1e-13)


def test_a_plateau_ends_where_the_target_is_reached() -> None:
    """On a plateau at the target its beginning is found."""

    def staircase(v: FloatArray) -> FloatArray:
        return np.floor(v)[:, np.newaxis]

    found = first_crossings(np.ones((2, 1)), np.array([3.0, 2.5]), chances=staircase, low=-3.0, high=5.0)
    np.testing.assert_allclose(np.exp(found), [3.0, 3.0], rtol=1e-12)
    assert (np.floor(np.exp(found)) >= 3.0).all()


def test_a_crossing_at_the_lower_end_stays_there() -> None:
    """A row that reaches its target at the lower end, as rounding may have it, is given that end."""
    found = first_crossings(np.ones((1, 2)), np.array([1e-30]), chances=powers, low=-2.0, high=2.0)
    assert found.tolist() == [-2.0]


def test_a_steep_curve_is_followed() -> None:
    """A jump of a width of 1e-9 in ln v is found inside a range of 40."""

    def jump(v: FloatArray) -> FloatArray:
        return (0.5 + 0.5 * np.tanh((np.log(v) - math.pi) * 1e9))[:, np.newaxis]

    found = first_crossings(np.ones((1, 1)), np.array([0.5]), chances=jump, low=-20.0, high=20.0)
    assert abs(found[0] - math.pi) < 1e-12


def test_nothing_in_nothing_out() -> None:
    """No rows have no crossings."""
    assert first_crossings(np.empty((0, 2)), np.empty(0), chances=powers, low=-1.0, high=1.0).shape == (0,)
