"""Checks the figures of a cascade: curves with their cliffs, the map over depths, tier damage, ladders by state."""

import numpy as np
import pandas as pd
import pytest
from chart_reading import marks, rows_of, words

from cohortiv import charts
from cohortiv.charts import alt_text
from cohortiv.charts.cascade import SHADES
from cohortiv.charts.theme import NARROW

LINES = ("Before", "After")


def curves(names: tuple[str, ...] = LINES, directions: tuple[str, ...] = ("down",)) -> pd.DataFrame:
    """Lines that rise from the shock by a tenth, and one column that no chart may embed."""
    shocks = np.linspace(0.0, 0.3, 7)
    parts = [
        pd.DataFrame({"direction": way, "name": name, "shock": shocks, "total_move": 1.1 * shocks, "account": "0xfeed"})
        for way in directions
        for name in names
    ]
    return pd.concat(parts, ignore_index=True)


def cliffs(shock: float = 0.05) -> pd.DataFrame:
    """A cliff of the first line."""
    row = {"direction": "down", "name": "Before", "shock": shock, "settled_move": 0.06, "total_move": 0.21}
    return pd.DataFrame([row])


def grid() -> pd.DataFrame:
    """Two depths by two shocks."""
    return pd.DataFrame(
        {
            "depth": ["100.0 m USD", "100.0 m USD", "400.0 m USD", "400.0 m USD"],
            "shock": [0.05, 0.1, 0.05, 0.1],
            "total_move": [0.4, 0.5, 0.06, 0.13],
        }
    )


def damage() -> pd.DataFrame:
    """Two tiers in two states, one share missing."""
    return pd.DataFrame(
        {
            "tier": ["10x", "3x", "10x", "3x"],
            "tier_floor": [10.0, 3.0, 10.0, 3.0],
            "state": ["Before", "Before", "After", "After"],
            "share": [0.83, 0.0, 0.25, float("nan")],
        }
    )


def ladders() -> pd.DataFrame:
    """A wide and a narrow level in two states."""
    return pd.DataFrame(
        {
            "state": ["Before", "Before", "After"],
            "move_low": [-0.1, 0.02, -0.1],
            "move_high": [-0.05, 0.04, -0.05],
            "side": ["long", "short", "long"],
            "notional_usd": [5e6, 4e6, 1e6],
        }
    )


def test_a_panel_for_each_direction() -> None:
    """Side by side on a desk, below each other on a phone, titled by what the price does."""
    wide = charts.cascade_curves(curves(directions=("down", "up"))).to_dict()
    narrow = charts.cascade_curves(curves(directions=("down", "up")), width=NARROW).to_dict()
    assert [panel["title"]["text"] for panel in wide["concat"]] == ["The price falls", "The price rises"]
    assert (wide["columns"], narrow["columns"]) == (2, 1)


def test_the_shock_alone_is_dashed() -> None:
    """From nothing to the largest shock, at 45 degrees."""
    dashed = [line for line in marks(charts.cascade_curves(curves()), "line") if "strokeDash" in line["mark"]]
    assert [row["total_move"] for row in dashed[0]["rows"]] == [0.0, 0.3]


def test_a_line_jumps_at_its_cliff() -> None:
    """From where the move settled to a dot where it goes, in the colour of its line; the other goes its way."""
    chart = charts.cascade_curves(curves(), cliffs())
    line = marks(chart, "line")[1]
    rows = pd.DataFrame(line["rows"]).sort_values("place")
    at = rows[(rows["name"] == "Before") & rows["shock"].between(0.04, 0.06)]
    assert at["total_move"].tolist() == [pytest.approx(0.055), 0.06, 0.21]
    assert len(rows[rows["name"] == "After"]) == 7
    assert line["encoding"]["order"]["field"] == "place"
    (dot,) = marks(chart, "circle")
    assert (dot["rows"][0]["total_move"], dot["encoding"]["color"]["field"]) == (0.21, "name")


def test_a_panel_names_its_cliffs() -> None:
    """In order, above the plot, where no curve runs through the words."""
    both = pd.concat([cliffs(0.1), cliffs(0.06).assign(name="After")])
    panel, without = (charts.cascade_curves(curves(), found).to_dict()["concat"][0] for found in (both, both.iloc[:0]))
    assert panel["title"]["subtitle"] == ["Cliffs at 6.0\u00a0%, 10.0\u00a0%"]
    assert without["title"]["subtitle"] == []


def test_what_goes_beyond_a_hundred_percent_is_drawn_there() -> None:
    """A rise without end would press all falls to the ground."""
    frame = curves(directions=("down", "up"))
    far = frame.assign(total_move=frame["total_move"] * (1 + 99 * (frame["direction"] == "up")))
    chart = charts.cascade_curves(far).to_dict()
    assert chart["concat"][0]["layer"][1]["encoding"]["y"]["scale"]["domain"] == [0, 1.0]
    assert max(row["total_move"] for line in marks(charts.cascade_curves(far), "line") for row in line["rows"]) == 1.0


def test_a_cliff_beyond_the_curve_is_left_out() -> None:
    """Its mark would stretch the axis."""
    assert marks(charts.cascade_curves(curves(), cliffs(0.4)), "circle") == []


@pytest.mark.parametrize("count", range(2, 6))
def test_lines_take_shades_far_apart(count: int) -> None:
    """As many as there are lines, none twice, the darkest first."""
    names = tuple(f"Line {number}" for number in range(count))
    line = marks(charts.cascade_curves(curves(names)), "line")[1]
    shades = line["encoding"]["color"]["scale"]["range"]
    assert len(set(shades)) == count
    assert shades == sorted(shades, key=SHADES.index)


def test_the_map_writes_whole_percent() -> None:
    """In every cell, dark letters on pale cells."""
    chart = charts.total_move_map(grid())
    assert words(chart) == ["40", "50", "6", "13"]
    inks = {row["words"]: row["ink"] for row in rows_of(chart, "text")}
    assert inks["50"] != inks["6"]


def test_tier_damage_orders_tiers_and_leaves_out_what_is_missing() -> None:
    """By their lowest leverage; a missing share has no words."""
    chart = charts.tier_damage(damage())
    assert marks(chart, "bar")[0]["encoding"]["x"]["sort"]["field"] == "tier_floor"
    assert words(chart) == ["83", "0", "25"]


def test_ladders_are_per_point_of_move_and_stand_on_zero() -> None:
    """A level of 5 % with 5 m USD is as high as one of 1 % with 1 m USD."""
    chart = charts.ladders_compared(ladders())
    (bars,) = marks(chart, "bar")
    assert sorted(row["per_point"] for row in bars["rows"]) == pytest.approx([0.2e6, 1e6, 2e6])
    assert bars["encoding"]["y2"] == {"datum": 0}
    assert chart.to_dict()["facet"]["sort"] == list(LINES)


def test_no_column_is_embedded_that_is_not_drawn() -> None:
    """An account id beside the curve stays inside."""
    assert "0xfeed" not in str(charts.cascade_curves(curves()).to_dict())


def test_a_missing_column_is_named() -> None:
    """With what to do."""
    with pytest.raises(ValueError, match=r"without \['settled_move'\]"):
        charts.cascade_curves(curves(), cliffs().drop(columns="settled_move"))


def test_alt_texts_tell_extremes_and_message() -> None:
    """Kind of chart, unit, lowest, highest and message of each of the four."""
    said = alt_text.cascade_curves_alt(curves(), message="It holds")
    assert said.startswith("Line chart. Total move in % by outside shock")
    assert "highest 33.0\u00a0% (Before after a shock of 30\u00a0% down). It holds." in said
    assert "highest 50.0\u00a0% (a shock of 10\u00a0% at a depth of 100.0 m USD)" in alt_text.total_move_map_alt(grid())
    assert "Lowest 0.0\u00a0% (3x Before), highest 83.0\u00a0% (10x Before)" in alt_text.tier_damage_alt(damage())
    assert "highest 2.0\u00a0m\u00a0USD (Before, short from 2\u00a0% to 4\u00a0%)" in alt_text.ladders_compared_alt(
        ladders()
    )
