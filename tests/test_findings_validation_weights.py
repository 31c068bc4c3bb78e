"""Learned weights in words."""

from cohort_support import ENGINE_WARNINGS
from validation_cases import findings

from cohortiv.findings import validation_weights as weights

pytestmark = ENGINE_WARNINGS


def test_learned_weights_are_drawn_by_tier() -> None:
    """One row a learner and tier."""
    rows = weights.weight_rows(findings("leads"))
    assert rows.to_dict("list") == {
        "name": ["Regularised logistic regression"] * 2, "tier": ["5x", "20x"], "weight": [0.8, 1.3],
    }  # fmt: skip


def test_what_was_not_tested_is_no_finding() -> None:
    """Equal weights without a test are the rule, and are not drawn."""
    f = findings("blind")
    assert weights.weight_rows(f).empty
    assert weights.weights(f).title == "Not tested: too few events"
    assert "nothing was tested" in weights.weights(f).reading


def test_the_weighted_index_stands_beside_the_unweighted_one() -> None:
    """Never instead, and with how often something was learned."""
    said = weights.weights(findings("leads")).reading
    assert "shown beside the index, never instead" in said
    assert said.endswith("Weights were learned at 2 times; they differed from equal ones at 1.")


def test_a_weighted_index_without_a_score_says_why() -> None:
    """Too few events."""
    assert "has no score (too few events)" in weights.weights(findings("few")).reading


def test_learners_have_their_test() -> None:
    """Skill and p of the permutation."""
    (row,) = weights.learner_rows(findings("leads"))
    assert (row["skill"], row["own_skill"], row["p_value"], row["status"]) == (0.04, -0.02, 0.01, "learned")
    assert "rotated outcomes" in weights.learners(findings("leads")).note
