"""The IV Index, contributions to the critical mass, and its sensitivity."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohortiv.iv_index import SensitivityPoint, contributions, iv_index, sensitivity
from cohortiv.volatility import FloatArray, critical_volatility_of, expected_share, line_book, solve_critical_volatility


@pytest.mark.parametrize(("move", "expected"), [(-0.10, 77.131), (-0.20, 37.161), (0.10, 82.178), (0.40, 22.157)])
def test_printed_checks(move: float, expected: float) -> None:
    """All notional at one line gives the indices of the methodology, to the digits printed."""
    critical = solve_critical_volatility([1.0], [math.log(1.0 + move)])
    assert round(float(iv_index(critical.value)), 3) == expected


def test_ends_of_the_scale() -> None:
    """Past its lines the index is infinite, unreachable 0, without leverage none, and 100 at the reference."""
    np.testing.assert_array_equal(iv_index([0.0, -0.0, np.inf, np.nan, 0.4]), [np.inf, np.inf, 0.0, np.nan, 100.0])


def test_shape_is_kept() -> None:
    """A table of critical volatilities gives a table of indices; nothing gives nothing."""
    assert iv_index(np.ones((2, 3))).shape == (2, 3)
    assert iv_index([]).shape == (0,)


@given(st.floats(min_value=1e-6, max_value=1e3), st.floats(min_value=1.01, max_value=10.0))
def test_index_rises_with_fragility(volatility: float, factor: float) -> None:
    """A book that needs more volatility has a lower index, in proportion."""
    fragile, sturdy = iv_index([volatility, factor * volatility])
    assert fragile == pytest.approx(factor * sturdy, rel=1e-12)


@pytest.mark.parametrize("reference", [0.0, -0.4, math.nan, math.inf])
def test_bad_references_are_refused(reference: float) -> None:
    """The anchor is finite and more than 0."""
    with pytest.raises(ValueError, match="reference volatility of"):
        iv_index(0.5, reference)


def test_negative_critical_volatilities_are_counted() -> None:
    """A negative critical volatility is refused with its number."""
    with pytest.raises(ValueError, match="got 2 negative"):
        iv_index([0.5, -0.5, -1.0])


def test_contributions_by_hand() -> None:
    """At the solution a node past its line adds its weight and the others what is left of the mass."""
    book = line_book([10.0, 50.0, 40.0], [0.0, -0.1, np.nan])
    parts = contributions(book, critical_volatility_of(book))
    np.testing.assert_allclose(parts, [10.0 / 15.0, 5.0 / 15.0, 0.0], rtol=1e-12)


def test_contributions_of_groups_add_up() -> None:
    """A node cut in two contributes the same in two parts."""
    whole = line_book([60.0, 40.0], [-0.1, 0.2])
    split = line_book([20.0, 40.0, 40.0], [-0.1, -0.1, 0.2])
    parts = contributions(split, critical_volatility_of(split))
    expected = contributions(whole, critical_volatility_of(whole))
    np.testing.assert_allclose([parts[0] + parts[1], parts[2]], expected, rtol=1e-12)


def test_contributions_at_the_ends() -> None:
    """Past its lines, unreachable, without a line and empty: what is touched in the limit, or nothing."""
    weights = [[20.0, 80.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    book = line_book(weights, [0.0, -0.1, 3.0])
    parts = contributions(book, critical_volatility_of(book))
    assert parts.tolist() == [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]]
    without = line_book([1.0], [np.nan])
    assert contributions(without, critical_volatility_of(without)).tolist() == [0.0]


def test_contributions_follow_the_law() -> None:
    """Under another law its own chances count."""

    def steps(distance: FloatArray, v: FloatArray) -> FloatArray:
        return np.where(np.abs(distance) <= v, 1.0, 0.0)

    book = line_book([10.0, 20.0, 70.0], [-0.1, 0.2, -0.5])
    critical = critical_volatility_of(book, law=steps)
    np.testing.assert_allclose(contributions(book, critical, law=steps), [1.0 / 3.0, 2.0 / 3.0, 0.0], rtol=1e-12)


def rows_of(points: tuple[SensitivityPoint, ...], parameter: str) -> list[SensitivityPoint]:
    """Points of one parameter."""
    return [point for point in points if point.parameter == parameter]


def test_sensitivity_equals_solving_anew() -> None:
    """Every point is the index solved from scratch with that one parameter changed."""
    book = line_book([3.0, 2.0, 5.0], [-0.05, -0.2, 0.3])
    for point in sensitivity(book):
        mass = point.value if point.parameter == "Critical mass" else 0.15
        days = point.value if point.parameter == "Horizon" else 7.0
        reference = point.value if point.parameter == "Reference volatility" else 0.40
        anew = critical_volatility_of(book, critical_mass=mass, horizon_days=days).value
        assert point.iv_index == pytest.approx(float(iv_index(anew, reference)), rel=1e-12)


def test_sensitivity_marks_the_values_in_use() -> None:
    """Values in use join the lists, once, and are the only ones marked."""
    points = sensitivity(line_book([1.0], [-0.1]), horizon_days=5.0)
    assert [point.label for point in points if point.is_default] == ["15 %", "5 days", "40 %"]
    assert [point.label for point in rows_of(points, "Horizon")] == [
        "1 day",
        "3 days",
        "5 days",
        "7 days",
        "14 days",
        "30 days",
    ]
    assert len({point.iv_index for point in points if point.is_default}) == 1


def test_sensitivity_of_a_book_in_part_past_its_lines() -> None:
    """Where the mass is past its lines the index is infinite, and a number where a larger mass is asked for."""
    points = rows_of(sensitivity(line_book([12.0, 88.0], [0.0, -0.1])), "Critical mass")
    assert [math.isinf(point.iv_index) for point in points] == [True, True, False, False, False]


def test_sensitivity_of_nothing() -> None:
    """Without leverage there is no index anywhere."""
    assert all(math.isnan(point.iv_index) for point in sensitivity(line_book([], [])))


def test_index_of_a_share_curve() -> None:
    """An index of 100 says that the reference volatility is where the share is the critical mass."""
    book = line_book([1.0, 2.0], [-0.08, 0.1])
    reference = critical_volatility_of(book).value
    assert float(iv_index(reference, reference)) == 100.0
    assert float(expected_share(book, reference * math.sqrt(7.0 / 365.0))) == pytest.approx(0.15, rel=1e-12)
