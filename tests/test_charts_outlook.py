"""Checks the figures of a coming date: tiers with bands, and fans."""

import math
from datetime import datetime

import pandas as pd
import pytest
from chart_reading import dashed_at, marks, rows_of, words

from cohortiv import charts
from cohortiv.charts.outlook import FAN_COLUMNS
from cohortiv.charts.theme import NARROW


def tiers() -> pd.DataFrame:
    """Two tiers, and one column that no chart may embed."""
    return pd.DataFrame(
        {
            "tier": ["10x", "3x"], "tier_floor": [10.0, 3.0], "now": [0.4, 0.6], "low": [0.2, 0.4],
            "median": [0.45, 0.55], "high": [0.6, 0.8], "account": ["0xfeed", "0xfeed"],
        }
    )  # fmt: skip


def history(scale: float = 1.0) -> pd.DataFrame:
    """Two snapshots."""
    return pd.DataFrame({"as_of": pd.to_datetime(["2026-09-23", "2026-09-30"]), "value": [40 * scale, 42 * scale]})


def fan(high: float = 60.0, scale: float = 1.0) -> pd.DataFrame:
    """Today and one coming date."""
    days = [datetime(2026, 9, 30), datetime(2026, 12, 31)]  # noqa: DTZ001 - house times are UTC without zone
    rows = [[42.0] * 5, [30.0, 38.0, 44.0, 50.0, high]]
    scaled = [[scale * value for value in row] for row in rows]
    return pd.DataFrame([[day, *row] for day, row in zip(days, scaled, strict=True)], columns=list(FAN_COLUMNS))


def test_tiers_stand_in_the_order_of_their_leverage() -> None:
    """Not in that of their names, in which 10x comes before 3x."""
    (band,) = marks(charts.tier_outlook(tiers()), "bar")
    assert band["encoding"]["y"]["sort"] == {"field": "tier_floor", "op": "min", "order": "ascending"}


def test_each_tier_has_a_band_a_median_and_todays_share() -> None:
    """The band from low to high, with words for all three."""
    chart = charts.tier_outlook(tiers())
    (band,), (median,), (now,) = (marks(chart, kind) for kind in ("bar", "tick", "point"))
    assert (band["encoding"]["x"]["field"], band["encoding"]["x2"]["field"]) == ("low", "high")
    assert (median["encoding"]["x"]["field"], now["encoding"]["x"]["field"]) == ("median", "now")
    assert band["encoding"]["color"]["scale"]["domain"][0] == "Today"


def test_an_infinite_index_stands_at_the_edge_of_the_fan() -> None:
    """The axis keeps its length."""
    outer = rows_of(charts.index_fan(history(), fan(math.inf)), "area")
    assert outer[-1]["high"] == pytest.approx(100.0)


def test_the_fan_says_its_last_median() -> None:
    """Beside the words of the codes."""
    assert words(charts.index_fan(history(), fan()))[-1] == "44.0"
    assert dashed_at(charts.index_fan(history(), fan()), "y", "start") == [30.0, 60.0]


def test_without_codes_the_fan_has_no_bands_of_them() -> None:
    """The last median is the only word."""
    chart = charts.index_fan(history(), fan(), coded=False)
    assert words(chart) == ["44.0"]


def test_a_fan_keeps_room_for_its_words() -> None:
    """Before the past for the codes' names, behind the last median; without codes none before."""
    days = [row["as_of"][:10] for row in rows_of(charts.index_fan(history(), fan()), "point")]
    assert days[0] < "2026-09-23"
    assert days[-1] > "2026-12-31"
    bare = [row["as_of"][:10] for row in rows_of(charts.index_fan(history(), fan(), coded=False), "point")]
    assert bare[0] == "2026-09-23"


def test_a_share_is_said_in_percent() -> None:
    """On an axis that begins at 0."""
    chart = charts.share_fan(history(0.01), fan(scale=0.01), title="Share at 10x or more (%)")
    assert words(chart) == ["44\u00a0%"]
    (line,) = (layer for layer in marks(chart, "point") if "axis" in layer["encoding"].get("y", {}))
    assert line["encoding"]["y"]["scale"]["zero"] is True


def test_only_what_is_drawn_is_embedded() -> None:
    """Another column of the frame stays out of the specification."""
    assert "0xfeed" not in str(charts.tier_outlook(tiers()).to_dict())


@pytest.mark.parametrize(
    "draw",
    [
        charts.tier_outlook,
        lambda empty: charts.index_fan(empty, fan()),
        lambda empty: charts.share_fan(empty, fan(), title="Share"),
    ],
)
def test_a_missing_column_is_named(draw: object) -> None:
    """What was got and what is drawn."""
    assert callable(draw)
    with pytest.raises(ValueError, match="Got a frame without"):
        draw(pd.DataFrame({"other": [1.0]}))


@pytest.mark.parametrize("width", [NARROW, 720])
def test_empty_frames_draw_quietly(width: int) -> None:
    """A page shows the title alone then, and the chart is made all the same."""
    empty = [frame.head(0) for frame in (tiers(), history(), fan())]
    drawn = (
        charts.tier_outlook(empty[0], width=width), charts.index_fan(empty[1], empty[2], width=width),
        charts.share_fan(empty[1], empty[2], title="Share", width=width),
    )  # fmt: skip
    assert all(chart.to_dict()["$schema"] for chart in drawn)
