"""Checks the figures by leverage tier: distribution, make-up of the critical mass, withstand volatility."""

import json
from collections.abc import Callable

import altair as alt
import chart_frames as made
import pandas as pd
import pytest
from chart_reading import dashed_at, marks, rows_of, words

from cohortiv.charts import critical_mass_makeup, leverage_distribution, renditions, withstand_volatility
from cohortiv.charts.theme import NARROW
from cohortiv.palette import SIDES


def test_distribution_shows_notional_above_collateral() -> None:
    """The two panels show notional and collateral shares, each with its title."""
    bars = marks(leverage_distribution(made.tiers()), "bar")
    assert [bar["encoding"]["y"]["field"] for bar in bars] == ["share", "collateral_share"]
    assert [bar["encoding"]["y"]["title"] for bar in bars] == [
        "Share of leveraged notional (%)",
        "Share of collateral, TVL (%)",
    ]


def test_distribution_draws_the_numbers_of_the_frame() -> None:
    """Bars are the shares as they are given: nothing is summed or scaled."""
    frame = made.tiers()
    assert [row["share"] for row in rows_of(leverage_distribution(frame), "bar")] == frame["share"].tolist()


def test_distribution_sets_long_beside_short() -> None:
    """Long and short keep their places beside each other, also where one of them is absent."""
    offset = marks(leverage_distribution(made.one_tier()), "bar")[0]["encoding"]["xOffset"]
    assert offset["scale"]["domain"] == ["long", "short"]


def test_distribution_writes_percentages() -> None:
    """A share of 0.1234 is written as 12.3, and a withheld one is not written."""
    frame = made.tiers().head(2).assign(share=[0.1234, float("nan")], collateral_share=0.5)
    assert words(leverage_distribution(frame)) == ["12.3", "50.0"]


@pytest.mark.parametrize("chart", [leverage_distribution, critical_mass_makeup])
def test_tiers_stand_in_the_order_of_leverage(chart: Callable[[pd.DataFrame], alt.TopLevelMixin]) -> None:
    """Tiers are ordered by their lower edge, not by their label."""
    sort = marks(chart(made.tiers()), "bar")[0]["encoding"]["x"]["sort"]
    assert sort == {"field": "tier_floor", "op": "min", "order": "ascending"}


@pytest.mark.parametrize("chart", [leverage_distribution, critical_mass_makeup])
def test_sides_have_their_colours(chart: Callable[[pd.DataFrame], alt.TopLevelMixin]) -> None:
    """Long and short have the colours that they have everywhere."""
    scale = marks(chart(made.tiers()), "bar")[0]["encoding"]["color"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True)) == dict(SIDES)


def test_makeup_is_stacked() -> None:
    """Contributions of a tier stand on each other, long first."""
    encoding = marks(critical_mass_makeup(made.tiers()), "bar")[0]["encoding"]
    assert (encoding["y"]["field"], encoding["y"]["stack"]) == ("contribution", "zero")
    assert encoding["order"] == {"field": "side", "sort": "ascending", "type": "nominal"}


def test_withstand_has_a_panel_for_each_symbol() -> None:
    """Symbols become panels in the order of the frame."""
    facet = withstand_volatility(made.tier_rows(("SOL", "BTC")), reference_volatility=0.4).to_dict()["facet"]
    assert (facet["field"], facet["sort"]) == ("symbol", ["SOL", "BTC"])


def test_withstand_marks_the_reference() -> None:
    """The reference volatility is a dashed rule with words."""
    chart = withstand_volatility(made.tier_rows(), reference_volatility=0.4)
    assert dashed_at(chart, "x", "at") == [0.4]
    assert words(chart) == ["Reference 40\u00a0%"]


def test_withstand_orders_tiers_by_their_number() -> None:
    """Tiers run from low to high leverage, also when the rows are mixed."""
    mixed = made.tier_rows().sample(frac=1, random_state=made.SEED)
    axis = marks(withstand_volatility(mixed, reference_volatility=0.4), "circle")[0]["encoding"]["y"]
    assert axis["scale"]["domain"] == list(made.TIERS[1:])


def test_withstand_leaves_out_what_has_no_place_on_a_log_scale() -> None:
    """Rows without a line or at their line draw no dot."""
    frame = made.tier_rows(("BTC",)).head(3).assign(withstand_volatility=[0.5, 0.0, float("nan")])
    assert [row["at"] for row in rows_of(withstand_volatility(frame, reference_volatility=0.4), "circle")] == [0.5]


def test_narrow_distribution_writes_whole_percent() -> None:
    """On a phone a share of 0.1234 is written as 12, and one under half a percent not at all."""
    frame = made.tiers().head(2).assign(share=[0.1234, 0.004], collateral_share=0.5)
    assert words(leverage_distribution(frame, width=NARROW)) == ["12", "50"]


@pytest.mark.parametrize(
    ("symbols", "wide", "narrow"), [(1, 1, 1), (2, 2, 2), (3, 3, 2), (4, 4, 2), (6, 3, 2), (7, 4, 2)]
)
def test_no_panel_is_left_alone(symbols: int, wide: int, narrow: int) -> None:
    """Panels stand three or four a row on a desk's screen, so that the last row has company, and two on a phone."""
    rows = made.tier_rows(tuple("ABCDEFG"[:symbols]))
    drawn = renditions(withstand_volatility, rows, reference_volatility=0.4)
    assert (drawn.wide.to_dict()["columns"], drawn.narrow.to_dict()["columns"]) == (wide, narrow)


def test_log_axis_has_ticks_enough() -> None:
    """From 31 % to 780 % the coarse ticks would be two; the fine ones are four."""
    frame = made.tier_rows(("BTC",)).head(2).assign(withstand_volatility=[1.67, 6.0])
    text = json.dumps(withstand_volatility(frame, reference_volatility=0.4).to_dict())
    assert '"values": [0.5, 1.0, 2.0, 5.0]' in text


def test_a_tier_whose_parts_are_withheld_says_so() -> None:
    """No bar is not nothing: the word stands where the bar would."""
    frame = pd.DataFrame(
        {
            "tier": ["2-20x", "2-20x", "25x"],
            "tier_floor": [2.0, 2.0, 25.0],
            "side": ["long", "short", "short"],
            "contribution": [float("nan"), 0.55, float("nan")],
        }
    )
    (text,) = [mark for mark in marks(critical_mass_makeup(frame), "text") if mark["mark"].get("text") == "withheld"]
    assert [row["tier"] for row in text["rows"]] == ["25x"]
