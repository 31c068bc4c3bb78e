"""Specifications that would load something are refused, and widths are set where there is one."""

import pytest

from cohortiv.errors import UsageError
from cohortiv.specification import check_specification, with_width


@pytest.mark.parametrize(
    ("specification", "message"),
    [
        ({"data": {"url": "https://example.org/a.csv"}, "mark": "bar"}, "from a URL"),
        ({"layer": [{"transform": [{"from": {"data": {"url": "a.csv"}}}]}]}, "from a URL"),
        ({"mark": "image"}, "image marks"),
        ({"hconcat": [{"mark": {"type": "image"}}]}, "image marks"),
    ],
)
def test_what_loads_is_refused(specification: dict[str, object], message: str) -> None:
    """Data from elsewhere and pictures from elsewhere are errors, however deep they are."""
    with pytest.raises(UsageError, match=message):
        check_specification(specification, name="x")


def test_rows_may_speak_of_urls() -> None:
    """A column of the data may have any name."""
    check_specification(
        {"data": {"values": [{"data": {"url": "x"}}]}, "datasets": {"a": [{"mark": "image"}]}}, name="x"
    )


def test_a_chart_gets_the_width() -> None:
    """A chart with one plot gets the width, axes included."""
    drawn = with_width({"mark": "bar", "width": "container"}, 640)
    assert drawn == {"mark": "bar", "width": 640, "autosize": {"type": "fit", "contains": "padding"}}


@pytest.mark.parametrize("specification", [{"hconcat": []}, {"facet": {}, "spec": {}}, {"width": {"step": 20}}])
def test_composed_charts_keep_their_width(specification: dict[str, object]) -> None:
    """Charts of several plots and charts with a width per step stay as they are."""
    assert with_width(specification, 640) == specification
