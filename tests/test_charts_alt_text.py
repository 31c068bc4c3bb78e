"""Checks what a figure says to those who cannot see it."""

import chart_frames as made
import pandas as pd
import pytest

from cohortiv.charts import alt_text

INFINITE, MISSING = float("inf"), float("nan")


def test_description_has_kind_extremes_last_and_message() -> None:
    """A series tells its kind, what is plotted, the lowest, the highest, the last value and the message."""
    said = alt_text.describe(
        "Line chart", "Index in %", [("May", 2.0), ("June", 1.0), ("July", 1.5)], series=True, message="It fell."
    )
    assert said == "Line chart. Index in %. Lowest 1.0 (June), highest 2.0 (May), last 1.5 (July). It fell."


def test_description_without_order_has_no_last() -> None:
    """Where the order means nothing no last value is told."""
    assert "last" not in alt_text.describe("Bar chart", "Shares", [("a", 1.0), ("b", 2.0)])


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([], "No values"),
        ([("a", MISSING)], "No values"),
        ([("a", 1.0), ("b", MISSING)], "One value: 1.0 (a)"),
        ([("a", 1.0), ("b", INFINITE)], "Lowest 1.0 (a), highest infinite (b)"),
    ],
)
def test_description_of_degenerate_values(points: list[tuple[str, float]], expected: str) -> None:
    """Missing values are passed over, infinity is said in a word, and no values are said to be none."""
    assert alt_text.describe("Bar chart", "Shares", points) == f"Bar chart. Shares. {expected}."


def test_gauge_tells_code_and_interval() -> None:
    """The gauge tells index, code and interval."""
    said = alt_text.index_gauge_alt(made.index(66.4, 58.9, 74.9), code="red", message="Above the threshold")
    assert said == (
        "Gauge. IV Index in % on the scale of the codes, code Red, 90 % interval 58.9 to 74.9. One value: 66.4. "
        "Above the threshold."
    )


def test_gauge_tells_infinity() -> None:
    """An infinite index is said in a word, and a missing interval is not mentioned."""
    said = alt_text.index_gauge_alt(made.index(INFINITE, MISSING, MISSING))
    assert said == "Gauge. IV Index in % on the scale of the codes. One value: infinite."


def test_history_tells_its_period() -> None:
    """The history names its first and last day and the last value."""
    frame = pd.DataFrame(
        {"as_of": pd.to_datetime(["2026-02-18", "2026-02-04"]), "iv_index": [50.0, 40.0], "code": "yellow"}
    )
    said = alt_text.index_history_alt(frame)
    assert "4 Feb 2026 to 18 Feb 2026" in said
    assert said.endswith("Lowest 40.0 (4 Feb 2026), highest 50.0 (18 Feb 2026), last 50.0 (18 Feb 2026).")


def test_distribution_tells_both_measures() -> None:
    """The distribution tells the extremes of notional and of collateral."""
    said = alt_text.leverage_distribution_alt(made.tiers())
    assert said.startswith("Two bar charts. Share of leveraged notional by leverage tier and side: lowest")
    assert "highest 15.7\u00a0% (15x long)" in said
    assert "Share of collateral by leverage tier and side. Lowest" in said


def test_ladder_tells_mark_and_critical_moves() -> None:
    """The ladder tells the mark, the critical moves and where most notional lies."""
    said = alt_text.liquidation_ladder_alt(
        made.ladder(), mark_price=67_812.0, critical_drawdown=0.084, critical_rally=None
    )
    assert "in USD per 1 % of move, mark 67,812\u00a0USD, critical drawdown 8\u00a0%." in said
    assert "m\u00a0USD (long from −9\u00a0% to −8\u00a0%)" in said


def test_ladder_past_its_lines_has_no_moves() -> None:
    """Moves of nothing are said as what they mean."""
    said = alt_text.liquidation_ladder_alt(made.ladder(), critical_drawdown=0.0, critical_rally=0.0)
    assert "in USD per 1 % of move, the critical mass already past its lines." in said


@pytest.mark.parametrize(
    ("critical", "expected"),
    [
        (0.602, "reached at 60.2\u00a0%"), (None, "reached at no volatility"), (INFINITE, "reached at no volatility"),
        (0.0, "already past its lines"),
    ],
)  # fmt: skip
def test_curve_tells_where_the_mass_is_reached(critical: float | None, expected: str) -> None:
    """The curve tells the volatility that reaches the critical mass, or that none does or need."""
    said = alt_text.hit_share_curve_alt(
        made.hit_curve(), critical_mass=0.15, critical_volatility=critical, reference_volatility=0.4
    )
    assert f"the critical mass of 15\u00a0% is {expected}, the reference is 40\u00a0%" in said


def test_other_figures_name_their_marks() -> None:
    """Make-up, sensitivity and withstand volatility name the marks of their extremes."""
    assert "(15x long)" in alt_text.critical_mass_makeup_alt(made.tiers())
    assert "lowest 25.1 (Horizon 1 day)" in alt_text.index_sensitivity_alt(made.sensitivity()).lower().replace(
        "horizon", "Horizon"
    )
    assert "75-125x" in alt_text.withstand_volatility_alt(made.tier_rows(), reference_volatility=0.4)
