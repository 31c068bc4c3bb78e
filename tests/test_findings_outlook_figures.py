"""Titles and readings of an outlook's figures."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from cohort_support import ENGINE_WARNINGS
from outlook_cases import findings

from cohortiv.findings import outlook_figures as figures
from cohortiv.findings.context import Words
from cohortiv.findings.outlook import OutlookFindings, find

pytestmark = ENGINE_WARNINGS
ALL = (
    figures.tiers, figures.fan, figures.concentration, figures.concentration_table, figures.cases, figures.case_table,
    figures.products, figures.waterfall, figures.tornado, figures.swings, figures.backtests, figures.index_backtests,
)  # fmt: skip


@pytest.mark.parametrize("strands", [(), ("history",)], ids=["all strands", "history alone"])
@pytest.mark.parametrize("words", ALL, ids=lambda words: words.__name__)
def test_every_figure_has_a_title_and_its_date(
    words: Callable[[OutlookFindings], Words], strands: tuple[str, ...]
) -> None:
    """Also where strands are switched off."""
    found = words(findings(*strands))
    assert found.title
    assert "to 30 September 2026" in found.subtitle
    assert "nan" not in f"{found.title} {found.reading} {found.note}"


def test_rules_stand_with_their_probability() -> None:
    """Strands have none."""
    names = list(figures.case_rows(findings())["case"])
    assert names[0] == "History alone"
    assert [name for name in names if name.startswith("Rule: 10x (")] != []


def test_the_past_is_a_line_of_values() -> None:
    """One a snapshot, today's last."""
    f = findings()
    past = figures.index_history(f)
    assert list(past.columns) == ["as_of", "value"]
    assert past["value"].iloc[-1] == pytest.approx(f.base.result.iv_index)


def test_concentration_is_written_in_its_units() -> None:
    """Shares in percent, indices with two decimals."""
    rows = figures.concentration_rows(findings())
    assert len(rows) >= 2
    assert all(len(row) == len(figures.CONCENTRATION_COLUMNS) for row in rows)


def test_one_strand_is_a_sentence() -> None:
    """Without adoption and rules there is nothing to compare, with distances or without."""
    assert figures.has_one_case(findings("history"))
    assert not figures.has_one_case(findings())
    assert figures.cases(findings("history")).reading.startswith("History is the only strand that acts")


def test_without_any_strand_there_is_a_sentence() -> None:
    """All switched off: no case is lowest or highest."""
    some = findings()
    none = find(some.base, replace(some.shown, cases=some.shown.cases.head(0)))
    assert figures.cases(none).reading == figures.NO_STRAND


def test_cases_within_the_error_of_the_draws_are_not_ranked() -> None:
    """A rule that does nothing has other draws, and so another median."""
    some = findings()
    alike = find(some.base, replace(some.shown, cases=some.shown.cases.assign(median=40.0)))
    assert figures.cases(alike).reading.startswith("The medians differ by no more than draws")


def test_assumptions_without_visible_effect_are_said_to_have_none() -> None:
    """They are not drawn."""
    f = findings()
    table = figures.swing_rows(f)
    assert (table["visible"] == (table["effect"] != "no visible effect")).all()
    assert figures.swings_drawn(f)["visible"].all()


def test_a_fan_is_taken_away_with_its_past() -> None:
    """The past first, then the draws, each date once in its part."""
    f = findings()
    past, fan = figures.index_history(f), f.shown.index_fan
    rows = figures.fan_rows(past, fan)
    assert list(rows["part"]) == ["past"] * len(past) + ["draws"] * len(fan)
    assert rows["value"].head(len(past)).tolist() == past["value"].tolist()
    assert rows["median"].tail(len(fan)).tolist() == fan["median"].tolist()


def test_the_index_is_tested_with_and_without_distances() -> None:
    """A row for each, and the coverage in the title."""
    f = findings()
    assert {"projection", "projection, mix alone", "persistence"} <= set(f.shown.index_backtests["model"])
    assert figures.index_backtests(f).title.startswith("Bands of the index held ")
    assert figures.index_backtests(findings(weeks=4)).title == "The index is not tested"
