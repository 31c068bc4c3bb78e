"""Pairs of made-up series and feeds: a signal that leads scores so, a random one does not."""

import functools
from dataclasses import replace

import pytest
from cohort_support import ENGINE_WARNINGS
from study_support import quick_rules, solved, study_data

from cohortiv.config.validation import load_events, load_outcomes
from cohortiv.study.outcome_pairs import candidates
from cohortiv.study.pairing import score_pair
from cohortiv.study.result import Pair
from cohortiv.study.signals import common_of
from cohortiv.validation.propensity import Learner
from cohortiv.validation.scores import AUROC

pytestmark = ENGINE_WARNINGS
#: Too few rotations to learn anything, enough to try.
FEW: dict[Learner, int] = {"logistic": 3, "boosting": 2}


@functools.cache
def pair(pull: float) -> Pair:
    """The primary pair of the study whose feed follows the index so much."""
    data, listed = study_data(pull), load_outcomes()
    first = replace(candidates([solved()], data, listed)[0], primary=pull > 0.0)
    common = common_of(data, None, horizons_days=[7.0])
    return score_pair(
        first, data, version=listed.name, rules=quick_rules(), events=load_events(), common=common, rotations=FEW
    )


def test_a_signal_that_leads_scores_so() -> None:
    """The lower end of the AUROC's interval lies above a half, on five independent events or more."""
    condition = pair(2.0).verdict.conditions[0]
    assert condition.events >= 5
    assert condition.low > 0.5


def test_a_feed_at_random_is_not_foreseen() -> None:
    """The AUROC's interval holds a half, and the verdict is not "supported"."""
    condition = pair(0.0).verdict.conditions[0]
    assert condition.low < 0.5 < condition.high
    assert pair(0.0).verdict.answer != "supported"


def test_the_index_is_held_against_every_other_signal_with_values() -> None:
    """The verdict's comparators come first, the random number is among the others."""
    made = pair(2.0)
    seconds = [each.second for each in made.comparisons]
    assert seconds[:4] == ["realised_7d", "realised_30d", "garch", "implied"]
    assert "random" in seconds
    assert made.comparisons[3].status == "nothing covered"


def test_curves_and_leads_are_of_scored_signals() -> None:
    """Signals below the floor have no curve and no lead."""
    made = pair(2.0)
    table = made.scores.table
    scored = set(table.loc[(table["metric"] == "AUROC") & (table["status"] == "scored"), "signal"])
    assert set(made.roc["signal"]) == set(made.leads["signal"]) == scored
    assert "implied" not in scored


def test_the_same_study_gives_the_same_numbers() -> None:
    """Resamples are seeded by the name of the pair."""
    data, listed = study_data(0.0), load_outcomes()
    first = replace(candidates([solved()], data, listed)[0], primary=False)
    common = common_of(data, None, horizons_days=[7.0])
    again = score_pair(first, data, version=listed.name, rules=quick_rules(), events=load_events(), common=common)
    assert again.verdict.sentence == pair(0.0).verdict.sentence


def test_weights_are_of_the_primary_pair_only() -> None:
    """Another pair has none, and its second index says why it is missing."""
    assert pair(0.0).weights is None
    assert pair(0.0).missing["weighted_index"] == "learned for the primary pair only"


def test_where_nothing_is_learned_the_indices_are_the_same() -> None:
    """Weights of strength 0 leave the index as it is."""
    made = pair(2.0)
    assert made.weights is not None
    if not made.weights.known["strength"].any():
        assert made.signals["weighted_index"].equals(made.signals["iv_index"].rename("weighted_index"))
    assert set(made.weights.learned) == {"logistic", "boosting"}


@pytest.mark.parametrize("pull", [0.0, 2.0])
def test_the_status_is_that_of_the_index(pull: float) -> None:
    """A pair says why it has no score, or that it has one."""
    made = pair(pull)
    assert made.status == "scored"
    assert made.events == made.verdict.conditions[0].events


def test_the_judged_score_has_one_interval() -> None:
    """That of the verdict stands in the table too, and no other row is touched by it."""
    scored = pair(2.0)
    own, table = scored.verdict.conditions[0], scored.scores.table
    ranked = table[table["metric"] == AUROC].set_index("signal")
    judged = ranked.loc[scored.verdict.rules.signal]
    assert (judged["value"], judged["low"], judged["high"]) == (own.value, own.low, own.high)
    others = ranked.drop(index=scored.verdict.rules.signal).dropna(subset="low")
    assert not (others["low"] == own.low).any()
