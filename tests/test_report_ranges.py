"""Ranges that the comments behind parameters declare."""

import pytest

from cohortiv.errors import UsageError
from cohortiv.report.ranges import split_range


@pytest.mark.parametrize(
    ("end", "inside", "outside"),
    [
        ("0 < x <= 365", [0.1, 365], [0, 366]),
        ("x > 0", [1], [0, -1]),
        ("0 <= x < 1", [0, 0.5], [-0.1, 1]),
        ("-1 < x", [0], [-1, -2]),
        ("x >= 1e3", [1000], [999]),
    ],
)
def test_range_is_read_from_the_end_of_a_comment(end: str, inside: list[float], outside: list[float]) -> None:
    """What follows the last semicolon is the range, what stands before it the meaning."""
    meaning, found = split_range(f"some share; none takes the usual [1]; {end}", "x")
    assert found is not None
    assert (meaning, found.text) == ("some share; none takes the usual [1]", end)
    assert all(map(found.holds, inside))
    assert not any(map(found.holds, outside))


def test_nothing_is_in_a_range_without_an_order() -> None:
    """NaN is outside every range."""
    _, found = split_range("; x > 0", "x")
    assert found is not None
    assert not found.holds(float("nan"))


@pytest.mark.parametrize("comment", ["", "days", "days; none takes seven", "days; seven", "share [1]; x"])
def test_other_comments_declare_no_range(comment: str) -> None:
    """A semicolon in a sentence is no range, and the comment stays whole."""
    assert split_range(comment, "x") == (comment, None)


@pytest.mark.parametrize("end", ["0 < y", "x < y", "0 < 1", "x == 1", "x in (1, 2)", "0 < x < y"])
def test_range_of_anything_else_is_refused(end: str) -> None:
    """A comparison that is not of the parameter with numbers is a slip of the pen."""
    with pytest.raises(UsageError, match=r"The range of the parameter 'x' .*Allowed are <"):
        split_range(f"share; {end}", "x")
