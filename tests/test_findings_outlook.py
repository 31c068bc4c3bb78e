"""The sentences of an outlook, with their numbers."""

from dataclasses import replace

import pytest
from cohort_support import ENGINE_WARNINGS
from outlook_cases import findings

from cohortiv.config.outlook_strands import UncertainPositive
from cohortiv.findings import outlook as told
from cohortiv.quantities import percent, points, points_range

pytestmark = ENGINE_WARNINGS


def test_the_sentence_holds_date_median_and_band() -> None:
    """And the likeliest code with its chance."""
    f = findings()
    said = told.sentence(f)
    assert said.startswith(
        "From changes of the tier mix and of the distances within tiers, the IV Index by 30 September 2026 is "
    )
    assert f"{points(float(f.shown.index_then['median']))} in the median of 400 draws" in said
    assert "The likeliest code is" in said


def test_the_headline_is_todays_with_the_outlooks_words() -> None:
    """Code and index stay those of the snapshot."""
    f = findings()
    head = told.headline(f)
    assert head["code"] == str(f.base.result.code)
    assert head["series"] == "Distribution outlook, exploratory"
    assert [figure["label"] for figure in head["key_figures"]][:2] == ["IV Index today", "Median then"]


def test_plain_words_name_gains_strands_assumption_and_verdict() -> None:
    """One line each."""
    lines = told.summary_text(findings()).splitlines()
    assert len(lines) == 5
    assert "gains most" in lines[0]
    assert "Shapley values" in lines[1]
    assert "matters most" in lines[2]
    assert "held-out periods" in lines[3]
    assert lines[4].startswith("- Of the index itself: 1 period ahead, its 90 % band held ")


def test_without_distances_the_words_are_of_the_mix_alone() -> None:
    """The sentence, the figure beside the headline, the method and the limits."""
    f = findings("history", distances=False)
    assert told.sentence(f).startswith("From changes of the tier mix alone, the IV Index by ")
    assert told.key_figures(f)[2]["context"] == "mix alone"
    assert "residual" not in told.method(f)
    assert "Draws move the mix of tiers alone" in told.notes(f)
    assert told.band_said(f) == ""


def test_the_band_from_the_mix_alone_stands_beside_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the part of the width that distances make up."""
    f = findings("history")
    monkeypatch.setattr(type(f.shown), "distance_share", 0.4)
    alone = points_range(f.shown.mix_then["low"], f.shown.mix_then["high"])
    assert told.key_figures(f)[2]["context"] == f"{alone} from the mix alone"
    assert alone in told.band_said(f)
    assert percent(f.shown.distance_share, 0) in told.band_said(f)


def test_what_lies_under_the_error_of_the_draws_has_no_visible_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a strand nor the change of the median is told then."""
    f = findings("history")
    monkeypatch.setattr(type(f.shown), "mix_error", 1e6)
    assert told.strands_said(f).startswith("No strand has a visible effect on the median index")
    assert told._change(28.1, 28.2, error=0.3) == "no visible change from today's 28.2"


def test_where_no_code_is_told_the_words_have_none() -> None:
    """Neither the sentence nor the key figures; the reason stands in its place."""
    f = findings("history")
    grey = replace(f, shown=replace(f.shown, code_probability=None, uncoded="the snapshot is Grey (too few accounts)"))
    assert told.sentence(grey).endswith("No code is told: the snapshot is Grey (too few accounts).")
    assert [figure["context"] for figure in told.key_figures(grey)][1] == "no code"
    assert told.key_figures(grey)[3]["value"] == "not told"


def test_a_stated_spread_is_not_called_measured() -> None:
    """Neither in the method nor in the limits."""
    f = findings(weeks=4)
    stated = UncertainPositive(low=0.5, mode=1.0, high=2.0, source="assumption: made up for a test")
    assert f.outlook.distances is not None
    ahead = replace(f.outlook, distances=replace(f.outlook.distances, stated=stated))
    f = replace(f, shown=replace(f.shown, outlook=ahead))
    assert "walk of a stated volatility, 0.5 to 2 a year" in told.method(f)
    assert "stated volatility, since the history is too short" in told.notes(f)


def test_a_tier_gains_only_where_its_mean_rises() -> None:
    """Medians of skewed draws nearly all lie below today's shares."""
    f = findings()
    moved = (f.shown.tiers["mean"] - f.shown.tiers["now"]).max()
    assert ("gains most" in told.summary_text(f)) == (moved >= 0.005)


def test_a_history_too_short_for_a_test_says_so() -> None:
    """In place of a verdict."""
    assert told.verdict(findings(weeks=4)).startswith("The history is too short to test the projection on")


def test_notes_hold_fallbacks_and_limits() -> None:
    """Each a line of the list."""
    lines = told.notes(findings(weeks=4)).splitlines()
    assert any(line.startswith("- Exploratory") for line in lines)
    assert any("neither the" in line for line in lines)


def test_the_method_names_strands_and_assumptions() -> None:
    """As they are in this run."""
    said = told.method(findings())
    assert "Strands that act: history, adoption of products, regulation" in said
    assert "“A small one” (small)" in said


def test_the_summary_adds_to_todays() -> None:
    """Under a key of its own."""
    summary = told.summary(findings(), {"code": "green"})
    assert summary["code"] == "green"
    assert isinstance(summary["outlook"], dict)
