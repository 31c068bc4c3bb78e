"""AUROC and average precision against scikit-learn, by hand, and at their limits."""

import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.metrics import roc_curve as sklearn_roc_curve

from cohortiv.validation.ranking import auroc, average_precision, rank, roc_curve
from cohortiv.validation.sample import BoolArray
from cohortiv.volatility import FloatArray


def drawn(seed: int) -> tuple[FloatArray, BoolArray, FloatArray]:
    """Scores with ties, events, and weights, some of them 0."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 12, 80).astype(np.float64), rng.random(80) < 0.3, rng.integers(0, 4, 80).astype(np.float64)


@pytest.mark.parametrize("seed", range(5))
def test_auroc_agrees_with_scikit_learn(seed: int) -> None:
    """With ties, with and without weights."""
    score, event, weights = drawn(seed)
    ranking = rank(score, event)
    assert float(auroc(ranking)) == pytest.approx(roc_auc_score(event, score), abs=1e-12)
    expected = roc_auc_score(event, score, sample_weight=weights)
    assert float(auroc(ranking, weights)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_average_precision_agrees_with_scikit_learn(seed: int) -> None:
    """With ties, with and without weights."""
    score, event, weights = drawn(seed)
    ranking = rank(score, event)
    assert float(average_precision(ranking)) == pytest.approx(average_precision_score(event, score), abs=1e-12)
    expected = average_precision_score(event, score, sample_weight=weights)
    assert float(average_precision(ranking, weights)) == pytest.approx(expected, abs=1e-12)


def test_curve_agrees_with_scikit_learn() -> None:
    """The same points, none dropped."""
    score, event, _ = drawn(0)
    false_rate, true_rate, _ = sklearn_roc_curve(event, score, drop_intermediate=False)
    found = roc_curve(rank(score, event))
    np.testing.assert_allclose(found, (false_rate, true_rate), atol=1e-12)


def test_auroc_by_hand() -> None:
    """Of the four pairs two are in order, one is tied and one is not."""
    ranking = rank(np.array([3.0, 1.0, 1.0, 2.0]), np.array([True, True, False, False]))
    assert float(auroc(ranking)) == 2.5 / 4.0


def test_only_order_counts() -> None:
    """A rising function of the score changes nothing, infinite scores included."""
    score, event, _ = drawn(3)
    raised = np.where(score == score.max(), math.inf, np.exp(score))
    assert float(auroc(rank(raised, event))) == float(auroc(rank(score, event)))


def test_the_other_way_round_is_one_less() -> None:
    """A score turned upside down has one less the AUROC."""
    score, event, _ = drawn(4)
    assert float(auroc(rank(-score, event))) == pytest.approx(1.0 - float(auroc(rank(score, event))), abs=1e-12)


def test_many_weightings_at_once() -> None:
    """A table of weights gives what its rows give."""
    score, event, weights = drawn(1)
    table = np.stack([weights, np.ones(80)])
    ranking = rank(score, event)
    assert auroc(ranking, table).tolist() == [float(auroc(ranking, row)) for row in table]


def test_one_class_has_no_value() -> None:
    """Without calm rows there is no AUROC, without event rows no precision, without rows neither."""
    assert math.isnan(float(auroc(rank(np.ones(3), np.ones(3, dtype=np.bool_)))))
    assert math.isnan(float(average_precision(rank(np.ones(3), np.zeros(3, dtype=np.bool_)))))
    assert math.isnan(float(auroc(rank(np.ones(0), np.ones(0, dtype=np.bool_)))))


def test_a_constant_score_knows_nothing() -> None:
    """All tied: AUROC one half, average precision the share of events."""
    ranking = rank(np.ones(10), np.arange(10) < 3)
    assert (float(auroc(ranking)), float(average_precision(ranking))) == pytest.approx((0.5, 0.3))


def test_missing_scores_are_refused() -> None:
    """NaN has no rank."""
    with pytest.raises(ValueError, match="1 of them NaN"):
        rank(np.array([1.0, math.nan]), np.array([True, False]))
