"""Rows, titles and readings of how leverage is used today."""

import math

import pytest
from cohort_support import ENGINE_WARNINGS
from outlook_cases import snapshot

from cohortiv.findings import Findings, usage
from cohortiv.publication import publish
from cohortiv.published_usage import PublishedUsage, publish_usage

pytestmark = ENGINE_WARNINGS


@pytest.fixture(scope="module")
def base() -> Findings:
    """Of the snapshot."""
    return Findings(snapshot(), publish(snapshot()), None)


@pytest.fixture(scope="module")
def shown(base: Findings) -> PublishedUsage:
    """What may be shown of its usage."""
    found = publish_usage(base.result, base.shown)
    assert found is not None
    return found


def test_capital_and_count_are_set_side_by_side(base: Findings, shown: PublishedUsage) -> None:
    """Notional and collateral sum to 1 over the tiers, and the title holds both shares."""
    rows = usage.tier_rows(shown)
    assert rows[rows["measure"] == "Notional"]["share"].sum() == pytest.approx(1.0)
    assert usage.tiers(base, shown).title.startswith("10x or more: ")


def test_large_positions_are_told_from_the_shares() -> None:
    """By which of the two is larger."""
    assert "less leverage" in usage._larger(0.2, 0.4)
    assert "more leverage" in usage._larger(0.4, 0.2)


def test_a_dimension_shows_its_largest_values(shown: PublishedUsage) -> None:
    """No more than a few of each, tiers apart."""
    rows = usage.dimension_rows(shown)
    assert "tier" not in set(rows["dimension"])
    assert rows.groupby("dimension").size().max() <= usage.VALUES_SHOWN + 1


def test_what_is_withheld_is_a_dash(base: Findings, shown: PublishedUsage) -> None:
    """The largest account's share is never told."""
    rows = {row["figure"]: row for row in usage.concentration_rows(shown)}
    assert rows["Largest account"]["value"] == "–"
    assert rows["Gini coefficient"]["value"] != "–"
    assert "equal ones would be" in usage.concentration(base, shown).reading


def test_shares_of_a_declared_tier_sum_to_one(shown: PublishedUsage) -> None:
    """However its effective leverage stands."""
    rows = usage.standing_rows(shown)
    assert rows.groupby("tier_floor")["share"].sum().to_numpy() == pytest.approx(1.0)


def test_steps_of_the_density_have_the_mass_of_their_tier(shown: PublishedUsage) -> None:
    """Density times width in logarithms; the last tier is cut where the curve ends."""
    steps = usage.density_steps(shown)
    by_capital = steps[steps["name"] == "By notional"]
    widths = (by_capital["leverage_high"] / by_capital["leverage_low"]).map(math.log)
    assert (by_capital["density"] * widths).sum() == pytest.approx(1.0)


@pytest.mark.parametrize("words", [usage.tiers, usage.dimensions, usage.concentration, usage.effective, usage.density])
def test_without_positions_it_says_so(base: Findings, words: object) -> None:
    """Where the result stands on aggregates."""
    assert callable(words)
    assert words(base, None).title == "Accounts are not known"


def test_without_positions_there_are_no_rows() -> None:
    """For every figure and table."""
    frames = (usage.tier_rows, usage.dimension_rows, usage.standing_rows, usage.density_rows, usage.density_steps)
    assert all(rows(None).empty for rows in frames)
    assert usage.concentration_rows(None) == []
