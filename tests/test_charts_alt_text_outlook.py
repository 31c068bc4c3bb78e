"""Every figure of Pillar 1 has a text with its kind, its values and its message."""

from test_charts_outlook import fan, history, tiers
from test_charts_outlook_drivers import cases, steps, swings
from test_charts_usage import curves, over_time, shares, standing

from cohortiv.charts import alt_text_outlook as texts


def test_tiers_are_said_with_todays_share() -> None:
    """Today's shares in full, the draws by their extremes."""
    said = texts.tier_outlook_alt(tiers(), message="High tiers grow")
    assert "Today: 10x 40.0\u00a0%, 3x 60.0\u00a0%." in said
    assert "Lowest 45.0\u00a0% (10x), highest 55.0\u00a0% (3x). High tiers grow." in said


def test_fans_tell_their_end() -> None:
    """The last median and the band around it."""
    said = texts.index_fan_alt(history(), fan())
    assert said.startswith("Fan chart. IV Index in % by date")
    assert "from 30.0 to 60.0 in 90 % of the draws" in said
    assert said.endswith("last 44.0 (31 Dec 2026).")


def test_a_share_has_its_unit() -> None:
    """In percent."""
    said = texts.share_fan_alt(history(0.01), fan(scale=0.01), title="Share at 10x or more")
    assert "Share at 10x or more by date" in said
    assert "last 44.0\u00a0%" in said


def test_the_waterfall_is_told_in_full() -> None:
    """Levels and signed changes in their order."""
    assert "Today 41.0, History +2.0, Regulation −7.0, Then 36.0" in texts.index_waterfall_alt(steps())


def test_the_tornado_tells_its_base() -> None:
    """And the ends of each assumption."""
    said = texts.index_tornado_alt(swings(), base=41.0)
    assert "41.0 with all as usual" in said
    assert "Lowest 35.0 (Chance of a cap at 60 %), highest 45.0 (Chance of a cap at 10 %)" in said


def test_cases_are_named() -> None:
    """The lowest and the highest."""
    assert "Lowest 31.0 (Cap at 20x (30 %)), highest 41.0 (No change (70 %))" in texts.index_by_case_alt(cases())


def test_measures_are_named() -> None:
    """What is withheld is passed over."""
    said = texts.capital_and_count_alt(shares())
    assert "by Notional, Accounts" in said
    assert "Lowest 20.0\u00a0% (3x Accounts), highest 70.0\u00a0% (3x Notional)" in said


def test_standings_are_named() -> None:
    """By their declared tier."""
    said = texts.effective_leverage_alt(standing())
    assert "Lowest 30.0\u00a0% (20x as declared or more), highest 100.0\u00a0% (3x as declared or more)" in said


def test_densities_are_said_at_their_leverage() -> None:
    """With the name of the fit."""
    assert "highest 0.40 (By notional at 10.0x)" in texts.leverage_density_alt(curves())


def test_concentration_over_time_is_told_by_figure_and_date() -> None:
    """With its extremes."""
    said = texts.concentration_history_alt(over_time(), message="It rises")
    assert said.startswith("Line chart. Gini coefficient, 10 largest accounts by snapshot.")
    assert "highest 0.60 (Gini coefficient, 3 Feb 2026). It rises." in said
