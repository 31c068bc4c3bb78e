"""Checks the figures of the IV Index: gauge, history and sensitivity."""

import chart_frames as made
import pandas as pd
import pytest
from chart_reading import dashed_at, layers, marks, rows_of, words

from cohortiv.charts import index_gauge, index_history, index_sensitivity
from cohortiv.charts.marks import code_bands, index_top
from cohortiv.charts.theme import NARROW
from cohortiv.early_warning import Thresholds
from cohortiv.palette import CODES, INK, PAPER

INFINITE, MISSING = float("inf"), float("nan")


def test_gauge_says_value_interval_and_bands() -> None:
    """The gauge writes the index, its interval and the words of the three bands."""
    said = words(index_gauge(made.index(66.4, 58.9, 74.9), code="red"))
    assert {"66.4", "90 % interval 58.9 to 74.9", "● Green below 30", "▲ Yellow 30 to 60", "■ Red above 60"} <= set(
        said
    )


def test_gauge_has_dashed_thresholds() -> None:
    """Dashed rules stand where Yellow and Red begin, wherever that is configured."""
    assert dashed_at(index_gauge(made.index(), thresholds=Thresholds(25.0, 50.0)), "x", "start") == [25.0, 50.0]


@pytest.mark.parametrize("code", CODES)
def test_gauge_mark_has_the_shape_of_its_code(code: str) -> None:
    """The mark takes shape and colours from the code's style."""
    point = marks(index_gauge(made.index(), code=code), "point")[0]
    shapes = point["encoding"]["shape"]["scale"]
    assert point["rows"][0]["code"] == code
    assert dict(zip(shapes["domain"], shapes["range"], strict=True))[code] == CODES[code].shape


def test_gauge_without_code_is_neutral() -> None:
    """Without a code the mark is a diamond in ink, which is no code's shape."""
    mark = marks(index_gauge(made.index()), "point")[0]["mark"]
    assert (mark["shape"], mark["fill"]) == ("diamond", INK)


def test_gauge_clips_an_infinite_index_with_an_arrow() -> None:
    """An infinite index stands at the edge of the scale, is written as infinite and has an arrow."""
    chart = index_gauge(made.index(INFINITE, MISSING, MISSING), code="red")
    assert marks(chart, "point")[0]["rows"][0]["drawn"] == 100.0
    assert {"infinite", "▶"} <= set(words(chart))


def test_gauge_widens_for_an_index_above_100() -> None:
    """An index of 140 gets a longer scale instead of an arrow."""
    chart = index_gauge(made.index(140.0, 120.0, 160.0), code="red")
    assert marks(chart, "point")[0]["rows"][0]["drawn"] == 140.0
    assert "▶" not in words(chart)


def test_gauge_says_when_there_is_no_index() -> None:
    """A missing index is said in words and draws no mark."""
    chart = index_gauge(made.index(MISSING, MISSING, MISSING), code="grey")
    assert "No index: the data do not allow one" in words(chart)
    assert marks(chart, "point")[0]["rows"][0]["drawn"] is None


def test_gauge_without_interval_says_none() -> None:
    """Where the interval is missing no interval is drawn or written."""
    chart = index_gauge(made.index(0.0, MISSING, MISSING), code="green")
    assert [text for text in words(chart) if "interval" in text] == []
    assert rows_of(chart, "tick")[0]["low"] is None


def test_gauge_draws_one_index_only() -> None:
    """Two rows are refused with what to do."""
    two = pd.concat([made.index(), made.index()])
    with pytest.raises(ValueError, match=r"Got 2 rows.*Select one snapshot"):
        index_gauge(two)


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], 100.0), ([12.0], 100.0), ([99.0], 120.0), ([INFINITE, MISSING], 100.0), ([160.0], 200.0), ([5e3], 300.0)],
)
def test_index_axis_ends_at_a_round_number(values: list[float], expected: float) -> None:
    """The axis ends at a round number over the values, between 100 and 300."""
    assert index_top(values, Thresholds(30.0, 60.0)) == expected


def test_index_axis_reaches_past_high_thresholds() -> None:
    """Thresholds above the usual axis still leave room for Red."""
    assert index_top([10.0], Thresholds(200.0, 400.0)) > 400.0


def test_bands_join_without_gaps() -> None:
    """Each band begins where the one before ends, from 0 to the top."""
    bands = code_bands(100.0, Thresholds(30.0, 60.0))
    assert [*bands["start"], 100.0] == [0.0, *bands["end"]]


def test_history_labels_its_last_value() -> None:
    """The last known index is written beside its mark."""
    frame = made.history()
    assert f"{frame['iv_index'].iloc[-1]:.1f}" in words(index_history(frame))


def test_history_shapes_points_by_code() -> None:
    """Each snapshot carries its code, whatever its index is."""
    frame = made.history()
    assert [row["code"] for row in rows_of(index_history(frame), "point")] == list(frame["code"])


def test_history_has_dashed_thresholds_with_words() -> None:
    """Dashed rules stand at both thresholds, and each band is named."""
    chart = index_history(made.history())
    assert dashed_at(chart, "y", "start") == [30.0, 60.0]
    assert {"● Green below 30", "▲ Yellow 30 to 60", "■ Red above 60"} <= set(words(chart))


def test_history_marks_infinity_at_the_edge() -> None:
    """An infinite index is drawn at the upper edge with an arrow and is not mistaken for a number."""
    frame = made.history(snapshots=4).assign(iv_index=[20.0, 40.0, 70.0, INFINITE], code="red")
    chart = index_history(frame)
    assert [row["drawn"] for row in rows_of(chart, "line")] == [20.0, 40.0, 70.0, 100.0]
    assert {"▲", "infinite"} <= set(words(chart))


def test_history_leaves_a_gap_where_there_is_no_index() -> None:
    """A missing index breaks the line and stands as a Grey stroke at the foot."""
    frame = made.history(snapshots=3).assign(iv_index=[20.0, MISSING, 40.0], code=["green", "grey", "yellow"])
    chart = index_history(frame)
    assert [row["drawn"] for row in rows_of(chart, "line")] == [20.0, None, 40.0]
    assert "– Grey no index" in words(chart)


def test_history_is_drawn_in_the_order_of_time() -> None:
    """Snapshots in any order make the same line."""
    frame = made.history()
    assert index_history(frame.iloc[::-1]).to_dict() == index_history(frame).to_dict()


def test_history_dates_carry_a_time_of_day() -> None:
    """Dates reach the browser with their time, so that no time zone shifts them by a day."""
    dates = [row["as_of"] for row in rows_of(index_history(made.history()), "line")]
    assert {date[10:] for date in dates} == {"T00:00:00"}


@pytest.mark.parametrize(
    ("spacing", "written", "title"),
    [
        ("1h", "%-d %b %H:%M", "Snapshot (UTC), 2025"),
        ("7D", "%-d %b", "Snapshot (UTC), 2025 to 2026"),
        ("30D", "%b %Y", "Snapshot (UTC)"),
    ],
)
def test_history_dates_are_as_fine_as_they_lie_apart(spacing: str, written: str, title: str) -> None:
    """Hours, days or months are written, and the year stands where it is needed once."""
    frame = made.history()
    dates = pd.date_range("2025-08-27", periods=len(frame), freq=spacing)
    axis = marks(index_history(frame.assign(as_of=dates)), "line")[0]["encoding"]["x"]["axis"]
    assert (axis["format"], axis["title"]) == (written, title)


def test_history_without_snapshots_is_refused() -> None:
    """A history without rows is refused with what to do."""
    with pytest.raises(ValueError, match=r"Got a history without snapshots.*Leave the figure out"):
        index_history(made.history().head(0))


def test_sensitivity_has_a_panel_for_each_parameter() -> None:
    """Parameters become panels in the order of the frame."""
    frame = made.sensitivity()
    facet = index_sensitivity(frame).to_dict()["facet"]
    assert facet["field"] == "parameter"
    assert facet["sort"] == list(dict.fromkeys(frame["parameter"]))


def test_sensitivity_fills_the_default() -> None:
    """Only the default value of each parameter is filled with ink."""
    frame = made.sensitivity()
    fills = [row["fill"] for row in rows_of(index_sensitivity(frame), "point")]
    assert fills == [INK if default else PAPER for default in frame["is_default"]]


def test_sensitivity_orders_labels_by_value() -> None:
    """The labels of a panel stand in the order of their values, not of their spelling."""
    sort = marks(index_sensitivity(made.sensitivity()), "point")[0]["encoding"]["x"]["sort"]
    assert sort == {"field": "value", "op": "min", "order": "ascending"}


def test_sensitivity_has_dashed_thresholds_with_words() -> None:
    """Each panel has the thresholds as dashed rules and names the codes."""
    chart = index_sensitivity(made.sensitivity(), thresholds=Thresholds(20.0, 50.0))
    assert dashed_at(chart, "y", "start") == [20.0, 50.0]
    assert {"Green", "Yellow", "Red"} <= set(words(chart))


def test_sensitivity_writes_infinity() -> None:
    """An infinite index is written as such, inside the panel."""
    chart = index_sensitivity(made.sensitivity().assign(iv_index=INFINITE))
    assert {row["drawn"] for row in rows_of(chart, "point")} == {90.0}
    assert "infinite" in words(chart)


def test_every_layer_of_the_gauge_has_rows() -> None:
    """No layer of the gauge is left without data."""
    assert [layer for layer in layers(index_gauge(made.index(), code="red")) if not layer["rows"]] == []


@pytest.mark.parametrize(
    ("high", "said"), [(70.0, {"● Green", "▲ Yellow", "■ Red"}), (260.0, {"●", "▲", "■"})], ids=["short", "long"]
)
def test_narrow_gauge_says_the_codes_in_fewer_words(high: float, said: set[str]) -> None:
    """On a phone the limits are read from the axis, and on a long scale the shapes stand for the codes."""
    chart = index_gauge(made.index(0.9 * high, 0.8 * high, high), code="red", width=NARROW)
    assert said <= set(words(chart))
    assert "● Green below 30" not in words(chart)
