"""Checks the figures of what a coming index depends on: the waterfall, the tornado and the cases."""

import math

import pandas as pd
import pytest
from chart_reading import dashed_at, marks, rows_of, words

from cohortiv import charts
from cohortiv.charts.theme import NARROW


def steps() -> pd.DataFrame:
    """Two levels and a rise and a fall between them."""
    return pd.DataFrame(
        {
            "name": ["Today", "History", "Regulation", "Then"],
            "start": [0.0, 41.0, 43.0, 0.0],
            "end": [41.0, 43.0, 36.0, 36.0],
            "is_level": [True, False, False, True],
            "error": [0.0, 0.5, 0.5, 0.0],
        }
    )


def swings() -> pd.DataFrame:
    """One assumption."""
    row = {"assumption": "Chance of a cap", "low_value": "10 %", "high_value": "60 %", "low": 45.0, "high": 35.0}
    return pd.DataFrame([row | {"visible": True}])


def cases(high: float = 50.0) -> pd.DataFrame:
    """Two cases."""
    rows = [("No change (70 %)", 35.0, 41.0, high), ("Cap at 20x (30 %)", 25.0, 31.0, 36.0)]
    return pd.DataFrame(rows, columns=["case", "low", "median", "high"])


def test_the_waterfall_writes_levels_and_signed_changes() -> None:
    """A fall has its own shade and a true minus."""
    chart = charts.index_waterfall(steps())
    assert words(chart) == ["41.0", "+2.0", "−7.0", "36.0"]
    fills = [row["fill"] for row in rows_of(chart, "bar")]
    assert len(set(fills)) == 3
    assert fills[0] == fills[3]


def test_the_tornado_marks_its_base() -> None:
    """As a dashed rule; both ends are dots with their values."""
    chart = charts.index_tornado(swings(), base=41.0)
    assert dashed_at(chart, "x", "base") == [41.0]
    assert [row["value"] for row in rows_of(chart, "circle")] == [45.0, 35.0]
    assert sorted(words(chart)) == ["10 %", "60 %"]


def test_a_narrow_tornado_leaves_values_to_the_table() -> None:
    """There is no room for them."""
    assert words(charts.index_tornado(swings(), base=41.0, width=NARROW)) == []


def test_cases_stand_over_the_codes() -> None:
    """In the order of the frame, infinite ends at the edge, the codes in words."""
    chart = charts.index_by_case(cases(math.inf))
    (rule,) = (layer for layer in marks(chart, "rule") if "x2" in layer["encoding"])
    assert rule["rows"][0]["high"] == pytest.approx(100.0)
    assert rule["encoding"]["y"]["sort"] is None
    assert words(chart)[:3] == ["● Green", "▲ Yellow", "■ Red"]


def test_long_labels_go_on_below() -> None:
    """None is cut on a phone: the axis breaks them where the data do."""
    long = cases().assign(case="History + adoption + regulation + distances")
    narrow = charts.index_by_case(long, width=NARROW).to_dict()
    axis = next(layer["encoding"]["y"]["axis"] for layer in narrow["layer"] if "axis" in layer["encoding"].get("y", {}))
    assert axis["labelLimit"] == 0
    assert "split(datum.label" in axis["labelExpr"]
    names = {row["case"] for rows in narrow["datasets"].values() for row in rows if "case" in row}
    assert all(len(line) <= 18 for name in names for line in name.split("\n"))


def test_what_is_within_its_error_is_pale() -> None:
    """In the waterfall and in the tornado; levels are not."""
    vague = rows_of(charts.index_waterfall(steps().assign(error=[0.0, 9.0, 0.5, 0.0])), "bar")
    assert [row["strength"] < 1.0 for row in vague] == [False, True, False, False]
    (bar,) = rows_of(charts.index_tornado(swings().assign(visible=False), base=41.0), "bar")
    assert bar["strength"] < 1.0


def test_values_of_the_tornado_stand_on_the_outer_side() -> None:
    """The lower index's to the left of its dot, the higher's to the right."""
    layers = marks(charts.index_tornado(swings(), base=41.0), "text")
    placed = {layer["rows"][0]["words"]: layer["mark"]["align"] for layer in layers}
    assert placed == {"60 %": "right", "10 %": "left"}


def test_without_codes_the_cases_have_no_bands_of_them() -> None:
    """The medians are the only words."""
    assert words(charts.index_by_case(cases(), coded=False)) == ["41.0", "31.0"]


@pytest.mark.parametrize(
    "draw", [charts.index_waterfall, lambda empty: charts.index_tornado(empty, base=1.0), charts.index_by_case]
)
def test_a_missing_column_is_named(draw: object) -> None:
    """What was got and what is drawn."""
    assert callable(draw)
    with pytest.raises(ValueError, match="Got a frame without"):
        draw(pd.DataFrame({"other": [1.0]}))


@pytest.mark.parametrize("width", [NARROW, 720])
def test_empty_frames_draw_quietly(width: int) -> None:
    """A page shows the title alone then, and the chart is made all the same."""
    drawn = (
        charts.index_waterfall(steps().head(0), width=width),
        charts.index_tornado(swings().head(0), base=1.0, width=width),
        charts.index_by_case(cases().head(0), width=width),
    )
    assert all(chart.to_dict()["$schema"] for chart in drawn)
