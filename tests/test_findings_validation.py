"""The sentences of a validation report, with their numbers."""

from dataclasses import replace

import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from validation_cases import findings

from cohortiv.findings import validation as told
from cohortiv.findings import validation_headline as first
from cohortiv.findings.validation_change import change

pytestmark = ENGINE_WARNINGS


@pytest.mark.parametrize(
    ("kind", "badge"), [("leads", "Supported"), ("blind", "Not supported"), ("few", "Too few events")]
)
def test_the_verdict_opens_the_sentence(kind: str, badge: str) -> None:
    """Badge and sentence say the same."""
    f = findings(kind)
    assert first.badge(f) == badge
    assert first.sentence(f).startswith(f"{badge}: ")


def test_the_sentence_has_the_verdicts_own_numbers() -> None:
    """AUROC with its interval, events and the best comparator."""
    f = findings("leads")
    own = f.pair.verdict.conditions[0]
    said = first.sentence(f)
    assert told.interval_words(own.value, own.low, own.high) in said
    assert f"{own.events} independent events" in said
    assert f.title(str(told.best_comparator(f))) in said


def test_a_condition_without_data_is_undecided_and_counted() -> None:
    """Failed conditions are not read as if the others held."""
    assert "7 of 9 conditions fail, 2 are undecided" in first.sentence(findings("blind"))


def test_too_few_events_say_how_many_are_needed() -> None:
    """And that nothing can be said."""
    said = first.sentence(findings("few"))
    assert "holds 2 independent events" in said
    assert "a verdict needs 10" in said


def test_the_headline_shows_the_verdict_in_place_of_a_code() -> None:
    """With five figures; the last index is one of them."""
    head = first.headline(findings("blind"))
    assert head["verdict"] == "Not supported"
    assert [figure["label"] for figure in head["key_figures"]][-1] == "Last IV Index of the judged series"
    assert len(head["key_figures"]) == 5


def test_a_figure_without_a_value_says_why() -> None:
    """Never a silent dash."""
    figures = first.key_figures(findings("few"))
    assert [figure["value"] for figure in figures[:4]] == ["none"] * 4
    assert "too few events: 2 independent events" in figures[0]["context"]


def test_the_best_comparator_is_no_other_form_of_the_index() -> None:
    """Nor chance."""
    assert told.best_comparator(findings("leads")) not in {"weighted_index", "random", "iv_index"}


def test_the_claim_names_what_was_fixed() -> None:
    """Hypothesis, event, rules and floor."""
    said = told.claim(findings("leads"))
    assert "warns of liquidations earlier and better" in said
    assert "is more than 15\u00a0%" in said
    assert "rules verdict-1, outcomes outcomes-1" in said
    assert "fewer than 10 independent events decides nothing" in said


@pytest.mark.parametrize(
    ("value", "low", "high", "said"),
    [
        (0.5, 0.4, 0.6, "0.50 (0.40\u00a0to\u00a00.60)"),
        (-0.1, float("nan"), float("nan"), "−0.10"),
        (float("nan"), float("nan"), float("nan"), "none"),
    ],
)
def test_intervals_are_written_in_full(value: float, low: float, high: float, said: str) -> None:
    """Without ends the value alone; without a value a word."""
    assert told.interval_words(value, low, high) == said


def test_events_are_counted_over_the_rows_that_are_scored() -> None:
    """A week of rows without an outcome ends the series, and is not in the period of the verdict."""
    f = findings("leads")
    rows = f.pair.scores.coverage.set_index("signal").loc["iv_index"]
    assert rows["last"] < f.series.frame.index[-1]
    assert f.scored_period.endswith(f"{rows['last']:%-d %B %Y}")
    assert f.scored_period in first.sentence(f)


def without_outcomes() -> told.ValidationFindings:
    """Data of what followed that are shorter than the horizon."""
    f = findings("few")
    frame = f.pair.result.frame.assign(value=float("nan"), why="data end before the horizon")
    unknown = pd.Series(index=frame.index, dtype="boolean")
    result = replace(f.pair.result, frame=frame.assign(event=unknown))
    pair = replace(f.pair, result=result, events=0)
    return replace(f, study=replace(f.study, pairs=(pair, *f.study.pairs[1:])))


def test_no_known_outcome_is_no_calm() -> None:
    """Where nothing that followed is known, that is said with its reason, and no period is called free of events."""
    f = without_outcomes()
    said = first.sentence(f)
    assert f"has a known outcome over 7 days (data end before the horizon: {len(f.series.frame):,})" in said
    assert "0 independent events" not in said
    assert "No snapshot has a known outcome" in change(f)


def test_the_claim_says_why_this_pair() -> None:
    """In the words of the study file, as a sentence; nothing where it says nothing."""
    f = findings("leads")
    assert "Why this pair" not in told.claim(f)
    said = told.claim(replace(f, study=replace(f.study, primary_why="It is the longest.")))
    assert "**Why this pair**: It is the longest.\n" in said


def test_a_verdict_without_data_of_a_comparator_says_that_it_takes_them() -> None:
    """Without them nothing can be supported, whatever the index does."""
    f = findings("blind")
    assert "“supported” also takes data for: Implied volatility of options (DVOL)" in first.sentence(f)
    assert "also takes data" not in first.sentence(findings("leads"))


def test_a_modelled_index_is_named_as_one() -> None:
    """With what stands in for open interest, or with what it is made of."""
    f = findings("leads")
    assert "modelled from margin longs and shorts" in first.basis_words(f)
    made = replace(f.series, stand_in="", basis="reconstructed from price and open interest")
    assert "modelled from price and open interest" in first.basis_words(
        replace(f, study=replace(f.study, series=(made,)))
    )
