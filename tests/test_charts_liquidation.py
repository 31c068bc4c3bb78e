"""Checks the figures of liquidation: the ladder of lines and the curve of the hit share."""

import altair as alt
import chart_frames as made
import pandas as pd
import pytest
from chart_reading import dashed_at, marks, rows_of, words

from cohortiv.charts import hit_share_curve, liquidation_ladder
from cohortiv.charts.theme import NARROW, WIDTH
from cohortiv.palette import SIDES

INFINITE = float("inf")


def ladder(*, width: int = WIDTH, **moves: float | None) -> alt.LayerChart:
    """The ladder of one symbol with some critical moves."""
    return liquidation_ladder(made.ladder(), mark_price=made.MARK_PRICE, width=width, **moves)


def curve(critical_volatility: float | None, *, width: int = WIDTH) -> alt.LayerChart:
    """The hit share with the usual critical mass and reference."""
    return hit_share_curve(
        made.hit_curve(),
        critical_mass=0.15,
        critical_volatility=critical_volatility,
        reference_volatility=0.4,
        width=width,
    )


def test_ladder_stands_on_prices() -> None:
    """With a mark price the bars stand at prices, and the axis says both price and move."""
    bars = marks(ladder(), "bar")[0]
    assert sorted(row["low"] for row in bars["rows"]) == pytest.approx(sorted(made.ladder()["price_low"]))
    assert bars["encoding"]["y"]["axis"]["title"] == "Price in USD (move from the mark in %)"
    assert "67812.0" in bars["encoding"]["y"]["axis"]["labelExpr"]


def test_ladder_of_a_cohort_stands_on_moves() -> None:
    """Without a mark price the axis is the move in %, and no price is embedded."""
    chart = liquidation_ladder(made.ladder(mark_price=None), critical_drawdown=0.084)
    frame = made.ladder(mark_price=None)
    assert sorted(row["low"] for row in rows_of(chart, "bar")) == pytest.approx(sorted(frame["move_low"]))
    assert dashed_at(chart, "y", "at") == pytest.approx([0.0, -0.084])
    assert words(chart) == ["Today's prices", "Critical drawdown\n−8\u00a0%"]


def test_ladder_marks_the_critical_moves() -> None:
    """Mark and critical moves are dashed rules that say their move and price."""
    chart = ladder(critical_drawdown=0.1, critical_rally=0.2)
    assert dashed_at(chart, "y", "at") == pytest.approx([67_812.0, 81_374.4, 61_030.8])
    assert words(chart) == [
        "Mark 67,812\u00a0USD",
        "Critical rally\n+20\u00a0% to 81,374\u00a0USD",
        "Critical drawdown\n−10\u00a0% to 61,031\u00a0USD",
    ]


@pytest.mark.parametrize("move", [None, INFINITE])
def test_ladder_without_critical_moves_marks_the_price_only(move: float | None) -> None:
    """Where no move holds the critical mass there is no rule for it."""
    assert dashed_at(ladder(critical_drawdown=move, critical_rally=move), "y", "at") == [made.MARK_PRICE]


def test_ladder_reaches_as_far_as_its_rules() -> None:
    """A critical move beyond the bars stays inside the axis."""
    domain = marks(ladder(critical_rally=0.9), "bar")[0]["encoding"]["y"]["scale"]["domain"]
    assert domain[1] == pytest.approx(1.9 * made.MARK_PRICE)


def level(low: float, high: float, notional_usd: float, side: str = "long") -> pd.DataFrame:
    """One level of a cohort's ladder."""
    return pd.DataFrame({"move_low": [low], "move_high": [high], "side": [side], "notional_usd": [notional_usd]})


def test_area_of_a_bar_is_its_notional() -> None:
    """A level five times as wide with five times the notional is as long as its neighbour."""
    frame = pd.concat([level(-0.02, 0.0, 4e6), level(-0.12, -0.02, 2e7)])
    assert [row["per_point"] for row in rows_of(liquidation_ladder(frame), "bar")] == pytest.approx([2e6, 2e6])


def test_bars_begin_at_zero_and_do_not_hide_each_other() -> None:
    """Bars of both sides begin at zero, and the shorter one is drawn after the longer one."""
    frame = pd.concat([level(0.0, 0.02, 1e6), level(0.0, 0.1, 9e7, "short")])
    bars = marks(liquidation_ladder(frame), "bar")[0]
    assert bars["encoding"]["x"]["stack"] is None
    assert bars["encoding"]["x2"] == {"datum": 0}
    assert [row["side"] for row in bars["rows"]] == ["short", "long"]


def test_levels_without_a_place_are_said_in_words() -> None:
    """What lies beyond +100 % or is past its line has no bar, but is written with its side and amount."""
    frame = pd.concat([level(-0.02, 0.0, 1e6), level(1.0, 1.02, 6.644e8, "short"), level(0.0, 0.0, 2.5e6)])
    chart = liquidation_ladder(frame)
    assert len(rows_of(chart, "bar")) == 1
    assert {"Beyond +100\u00a0%: short 664.4\u00a0m\u00a0USD", "Past their line: long 2.5\u00a0m\u00a0USD"} <= set(
        words(chart)
    )


def test_merged_sides_have_a_colour_of_their_own() -> None:
    """A cell merged over both sides is neither long nor short and says so in the legend."""
    colour = marks(liquidation_ladder(level(-0.02, 0.0, 1e6, "other")), "bar")[0]["encoding"]["color"]
    assert colour["scale"]["domain"] == ["long", "short", "other"]
    assert colour["scale"]["range"][2] not in SIDES.values()
    assert "Both together" in colour["legend"]["labelExpr"]


def test_words_of_close_rules_are_kept_apart() -> None:
    """Critical moves next to the mark move their words away from the mark's."""
    texts = marks(ladder(critical_drawdown=0.001, critical_rally=0.001), "text")
    assert [text["mark"]["dy"] for text in texts] == pytest.approx([0.0, -27.5, 13.5], abs=0.5)


def test_curve_marks_mass_and_volatilities() -> None:
    """Critical mass, critical and reference volatility are dashed rules with words."""
    chart = curve(0.602)
    assert dashed_at(chart, "x", "volatility") == [0.4, 0.602]
    assert dashed_at(chart, "y", "share") == [0.15]
    assert set(words(chart)) == {
        "Reference volatility 40\u00a0%",
        "Critical volatility 60.2\u00a0%",
        "Critical mass 15\u00a0%",
    }


def test_curve_has_a_dot_where_the_mass_is_reached() -> None:
    """The point that the index is read from is marked."""
    assert rows_of(curve(0.602), "circle") == [{"volatility": 0.602, "share": 0.15}]


@pytest.mark.parametrize("critical", [None, INFINITE])
def test_curve_says_when_no_volatility_reaches_the_mass(critical: float | None) -> None:
    """Without a critical volatility there is no rule and no dot, but words."""
    chart = curve(critical)
    assert dashed_at(chart, "x", "volatility") == [0.4]
    assert "Critical mass 15\u00a0%: no volatility reaches it" in words(chart)
    assert marks(chart, "circle") == []


def test_curve_says_when_the_mass_is_past_its_lines() -> None:
    """A critical volatility of zero is said in words, not as a number."""
    said = words(curve(0.0))
    assert "The critical mass is already past its lines" in said
    assert not [text for text in said if text.startswith("Critical volatility")]


def test_ladder_says_when_the_mass_is_past_its_lines() -> None:
    """Moves of nothing have one rule, with words."""
    said = " ".join(words(ladder(critical_drawdown=0.0, critical_rally=0.0)))
    assert "already past its lines" in said
    assert "Critical rally" not in said


def test_curve_reaches_past_its_rules() -> None:
    """A critical volatility beyond the curve stays inside the axis."""
    assert marks(curve(4.0), "line")[0]["encoding"]["x"]["scale"]["domain"][1] > 4.0


def test_narrow_ladder_has_the_words_on_the_plot() -> None:
    """On a phone a rule's words take two lines beside bars that leave them room, and the axis has moves alone."""
    chart = ladder(critical_rally=0.2, width=NARROW)
    bars = marks(chart, "bar")[0]
    longest = max(row["per_point"] for row in bars["rows"])
    assert "Critical rally\n+20\u00a0% to 81,374\u00a0USD" in words(chart)
    assert bars["encoding"]["x"]["scale"]["domain"][1] > 1.5 * longest
    assert bars["encoding"]["y"]["axis"]["title"] == "Move from the mark (%)"


def test_narrow_curve_has_short_words() -> None:
    """On a phone the rules say which volatility they are in one word."""
    assert {"Reference 40\u00a0%", "Critical 60.2\u00a0%"} <= set(words(curve(0.602, width=NARROW)))


def test_words_at_the_foot_of_a_narrow_ladder_stand_above_their_rule() -> None:
    """Below it they would run into the axis."""

    def drawdown_side(size: float) -> str:
        chart = ladder(critical_drawdown=size, critical_rally=0.9, width=NARROW)
        text = [mark for mark in marks(chart, "text") if "drawdown" in mark["rows"][0].get("words", "")]
        return str(text[-1]["mark"]["baseline"])

    assert (drawdown_side(0.97), drawdown_side(0.1)) == ("bottom", "top")
