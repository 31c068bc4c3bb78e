"""The sentences of an outlook, with their numbers."""

from dataclasses import replace

import pytest
from cohort_support import ENGINE_WARNINGS
from outlook_cases import findings

from cohortiv.findings import outlook as told
from cohortiv.quantities import points, points_range

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
    assert "The median index goes from" in lines[1]
    assert "matters most" in lines[2]
    assert "held-out periods" in lines[3]
    assert lines[4].startswith("- Of the index itself: 1 period (7\u00a0days) ahead, its 90 % band held ")


def test_without_distances_the_words_are_of_the_mix_alone() -> None:
    """The sentence, and the figure beside the headline."""
    f = findings("history", distances=False)
    assert told.sentence(f).startswith("From changes of the tier mix alone, the IV Index by ")
    assert told.key_figures(f)[2]["context"] == "mix alone; tested 28 of 104 days ahead"


def test_a_change_within_the_error_is_no_visible_one() -> None:
    """Neither is one that no decimal shows."""
    assert told._change(28.1, 28.2, error=0.3) == "no visible change from today's 28.2"
    assert told._change(28.6, 28.2, error=0.3) == "+0.4 from today's 28.2"


def test_the_band_from_the_mix_alone_stands_beside_the_whole() -> None:
    """As the context of the figure."""
    f = findings("history")
    alone = points_range(f.shown.mix_then["low"], f.shown.mix_then["high"])
    assert told.key_figures(f)[2]["context"] == f"{alone} from the mix alone; tested 28 of 104 days ahead"


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [(0.15, "share", "15\u00a0%"), (2.0, "years", "2\u00a0years"), (1.08, "times today's", "1.08\u00a0times today's")],
)
def test_an_end_of_an_assumption_has_its_unit(value: float, unit: str, words: str) -> None:
    """Shares in percent."""
    assert told.lever_value(value, unit) == words


def test_where_no_code_is_told_the_words_have_none() -> None:
    """Neither the sentence nor the key figures; the reason stands in its place."""
    f = findings("history")
    grey = replace(f, shown=replace(f.shown, code_probability=None, uncoded="the snapshot is Grey (too few accounts)"))
    assert told.sentence(grey).endswith("No code is told: the snapshot is Grey (too few accounts).")
    assert [figure["context"] for figure in told.key_figures(grey)][1] == "no code"
    assert told.key_figures(grey)[3]["value"] == "not told"


def test_a_tier_gains_only_where_its_mean_rises() -> None:
    """Medians of skewed draws nearly all lie below today's shares."""
    f = findings()
    moved = (f.shown.tiers["mean"] - f.shown.tiers["now"]).max()
    assert ("gains most" in told.summary_text(f)) == (moved >= 0.005)


def test_the_summary_adds_to_todays() -> None:
    """Under a key of its own."""
    summary = told.summary(findings(), {"code": "green"})
    assert summary["code"] == "green"
    assert isinstance(summary["outlook"], dict)


def test_draws_that_gather_are_called_the_models_doing() -> None:
    """Where today's Herfindahl index lies below nearly all of them, and nowhere else."""
    f = findings("history")
    table = f.shown.concentration
    low = float(table.loc[table["measure"] == "hhi", "low"].iloc[0])

    def said(now: float) -> str:
        moved = table.assign(now=table["now"].where(table["measure"] != "hhi", now))
        return told.summary_text(replace(f, shown=replace(f.shown, concentration=moved)))

    assert f"is the model's doing: the Herfindahl index over tiers is {low - 0.01:#.2g} today" in said(low - 0.01)
    assert "model's doing" not in said(low + 0.01)


@pytest.mark.parametrize(
    ("part", "words"), [(0.5, "The assumption that matters most is"), (0.05, "No assumption moves")]
)
def test_an_assumption_matters_beside_the_band(part: float, words: str) -> None:
    """One that moves the median by a twentieth of the band is not said to matter."""
    f = findings("history")
    width = float(f.shown.index_then["high"]) - float(f.shown.index_then["low"])
    rows = f.shown.swings
    first = rows.index == rows[rows["idle"] == ""].index[0]
    moved = rows.assign(range=rows["range"].where(~first, part * width), visible=rows["visible"].where(~first, True))
    assert f"- {words}" in told.summary_text(replace(f, shown=replace(f.shown, swings=moved)))
