"""What closes an outlook: limits with their numbers, and the method of the run."""

from dataclasses import replace

from cohort_support import ENGINE_WARNINGS
from outlook_cases import findings

from cohortiv.config.outlook_strands import UncertainPositive
from cohortiv.findings import outlook_closing as closing

pytestmark = ENGINE_WARNINGS


def test_without_distances_the_words_are_of_the_mix_alone() -> None:
    """The method and the limits."""
    f = findings("history", distances=False)
    assert "residual" not in closing.method(f)
    assert "Draws move the mix of tiers alone" in closing.notes(f)
    assert "correlation" not in closing.notes(f)


def test_a_stated_spread_is_not_called_measured() -> None:
    """Neither in the method nor in the limits."""
    f = findings(weeks=4)
    stated = UncertainPositive(low=0.5, mode=1.0, high=2.0, source="assumption: made up for a test")
    assert f.outlook.distances is not None
    ahead = replace(f.outlook, distances=replace(f.outlook.distances, stated=stated))
    f = replace(f, shown=replace(f.shown, outlook=ahead))
    assert "walk of a stated volatility, 0.5 to 2 a year" in closing.method(f)
    assert "stated volatility, since the history is too short" in closing.notes(f)


def test_notes_hold_fallbacks_and_limits() -> None:
    """Each a line of the list."""
    lines = closing.notes(findings(weeks=4)).splitlines()
    assert any(line.startswith("- Exploratory") for line in lines)
    assert any("neither the" in line for line in lines)


def test_the_method_names_strands_and_assumptions() -> None:
    """As they are in this run."""
    said = closing.method(findings())
    assert "Strands that act: history, adoption of products, regulation" in said
    assert "“A small one” (small)" in said


def test_how_mix_and_distances_hung_together_is_told() -> None:
    """With its sign, and what it would mean for the band."""
    f = findings("history")
    assert f.outlook.distances is not None
    against = replace(f.outlook, distances=replace(f.outlook.distances, correlation=-0.34))
    said = closing.notes(replace(f, shown=replace(f.shown, outlook=against)))
    assert "correlation over one period was −0.34" in said
    assert "would spread less than drawn" in said


def test_the_method_tells_number_and_length_of_the_periods() -> None:
    """And what they span."""
    assert "The history has 16 periods of 7\u00a0days, 4 March 2026 to 17 June 2026." in closing.method(findings())
