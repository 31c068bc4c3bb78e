"""Checks the figures of how leverage is used today: by capital and count, declared and effective, and its density."""

import pandas as pd
import pytest
from chart_reading import marks, words

from cohortiv import charts
from cohortiv.charts.theme import NARROW


def shares() -> pd.DataFrame:
    """Two tiers by two measures, one withheld."""
    return pd.DataFrame(
        {
            "tier": ["3x", "10x", "3x", "10x"], "tier_floor": [3.0, 10.0, 3.0, 10.0],
            "measure": ["Notional", "Notional", "Accounts", "Accounts"], "share": [0.7, 0.3, 0.2, float("nan")],
        }
    )  # fmt: skip


def standing() -> pd.DataFrame:
    """Two declared tiers, the second all of one kind."""
    rows = [("20x", 20.0, "Less than declared", 0.7), ("20x", 20.0, "As declared or more", 0.3)]
    rows += [("3x", 3.0, "As declared or more", 1.0)]
    return pd.DataFrame(rows, columns=["tier", "tier_floor", "standing", "share"])


def curves() -> pd.DataFrame:
    """One fit at three points."""
    return pd.DataFrame({"name": "By notional", "leverage": [1.0, 10.0, 100.0], "density": [0.1, 0.4, 0.1]})


def steps() -> pd.DataFrame:
    """Two tiers of it."""
    columns = ["name", "leverage_low", "leverage_high", "density"]
    return pd.DataFrame([("By notional", 2.0, 10.0, 0.3), ("By notional", 10.0, 100.0, 0.2)], columns=columns)


def test_measures_stand_beside_each_other() -> None:
    """Each with its share in percent; what is withheld has no number."""
    chart = charts.capital_and_count(shares())
    (bars,) = marks(chart, "bar")
    assert bars["encoding"]["xOffset"]["sort"] == ["Notional", "Accounts"]
    assert words(chart) == ["70", "30", "20"]


def test_a_narrow_chart_has_bars_only() -> None:
    """Numbers would overlap."""
    assert words(charts.capital_and_count(shares(), width=NARROW)) == []


def test_effective_leverage_is_stacked_in_the_order_of_the_frame() -> None:
    """Declared tiers by their leverage, what is less leveraged at the foot."""
    (bars,) = marks(charts.effective_leverage(standing()), "bar")
    assert bars["encoding"]["x"]["sort"]["field"] == "tier_floor"
    assert [row["place"] for row in bars["rows"]] == [0, 1, 1]
    assert bars["encoding"]["color"]["scale"]["domain"] == ["Less than declared", "As declared or more"]


def test_the_density_is_drawn_over_a_logarithmic_axis() -> None:
    """With the tiers' own densities as dashed steps."""
    chart = charts.leverage_density(curves(), steps())
    (line,) = marks(chart, "line")
    (tiers,) = marks(chart, "rule")
    assert line["encoding"]["x"]["scale"]["type"] == "log"
    assert "strokeDash" in tiers["mark"]
    assert [row["leverage_low"] for row in tiers["rows"]] == [2.0, 10.0]


@pytest.mark.parametrize("draw", [charts.capital_and_count, charts.effective_leverage])
def test_a_missing_column_is_named(draw: object) -> None:
    """What was got and what is drawn."""
    assert callable(draw)
    with pytest.raises(ValueError, match="Got a frame without"):
        draw(pd.DataFrame({"other": [1.0]}))


def test_empty_frames_draw_quietly() -> None:
    """A page shows the title alone then, and the chart is made all the same."""
    drawn = (
        charts.capital_and_count(shares().head(0)), charts.effective_leverage(standing().head(0)),
        charts.leverage_density(curves().head(0), steps().head(0)),
    )  # fmt: skip
    assert all(chart.to_dict()["$schema"] for chart in drawn)


def over_time() -> pd.DataFrame:
    """Two figures at three snapshots, one of them withheld."""
    dates = pd.date_range("2026-02-01", periods=3)
    return pd.DataFrame(
        {
            "as_of": [*dates, *dates], "figure": ["Gini coefficient"] * 3 + ["10 largest accounts"] * 3,
            "value": [0.5, float("nan"), 0.6, 0.3, 0.31, 0.32],
        }
    )  # fmt: skip


def test_concentration_is_a_line_a_figure_with_gaps() -> None:
    """From 0 to 1, told apart by colour and by dashes."""
    chart = charts.concentration_history(over_time()).to_dict()
    encoding = chart["layer"][0]["encoding"]
    assert encoding["y"]["scale"]["domain"] == [0, 1]
    assert encoding["color"]["scale"]["domain"] == encoding["strokeDash"]["scale"]["domain"]
    assert len(marks(charts.concentration_history(over_time()), "line")) == 1


def test_concentration_over_time_is_drawn_narrow_and_empty() -> None:
    """The legend is one column on a phone."""
    narrow = charts.concentration_history(over_time(), width=NARROW).to_dict()
    assert narrow["layer"][0]["encoding"]["color"]["legend"]["columns"] == 1
    charts.concentration_history(over_time().head(0)).to_dict()
