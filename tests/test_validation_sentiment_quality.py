"""Quality of a scorer: worked by hand, at its limits, and on real labelled comments."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from cohortiv.validation.sentiment import score_texts
from cohortiv.validation.sentiment_quality import sentiment_quality

GOOD = np.array([True, True, True, False, False])


def test_a_small_case_worked_by_hand() -> None:
    """Scores 1, 0, -1 of good texts and 0, -1 of bad ones: 3 of 5 right, 4 of 6 pairs in order."""
    quality = sentiment_quality(np.array([1.0, 0.0, -1.0, 0.0, -1.0]), GOOD)
    assert (quality.texts, quality.accuracy, quality.baseline) == (5, 0.6, 0.6)
    assert quality.auroc == pytest.approx(4 / 6)
    assert quality.neutral == pytest.approx(0.4)
    assert quality.accuracy_decided == pytest.approx(2 / 3)


def test_the_interval_of_accuracy_is_wilsons() -> None:
    """The published example of 81 right in 263: 0.2553 to 0.3662."""
    good = np.arange(263) < 81
    quality = sentiment_quality(np.ones(263), good)
    assert quality.accuracy_low == pytest.approx(0.2553, abs=5e-5)
    assert quality.accuracy_high == pytest.approx(0.3662, abs=5e-5)


def test_the_area_agrees_with_scikit_learn() -> None:
    """On random scores with ties."""
    rng = np.random.default_rng(3)
    good = rng.random(200) < 0.4
    score = np.round(rng.normal(good * 0.5), 1)
    assert sentiment_quality(score, good).auroc == pytest.approx(roc_auc_score(good, score), abs=1e-12)


def test_a_perfect_scorer_is_right_throughout() -> None:
    """Accuracy and area are 1."""
    quality = sentiment_quality(np.where(GOOD, 0.5, -0.5), GOOD)
    assert (quality.accuracy, quality.auroc, quality.neutral, quality.accuracy_decided) == (1.0, 1.0, 0.0, 1.0)


def test_a_scorer_that_says_nothing_is_no_better_than_a_coin() -> None:
    """Texts without a score count as neutral: area 0.5, and no accuracy among the decided."""
    quality = sentiment_quality(np.full(5, np.nan), GOOD)
    assert (quality.auroc, quality.neutral) == (0.5, 1.0)
    assert np.isnan(quality.accuracy_decided)


def test_one_class_only_is_refused() -> None:
    """There is nothing to rank."""
    with pytest.raises(ValueError, match="two rows or more of each class"):
        sentiment_quality(np.zeros(5), np.ones(5, dtype=np.bool_))


def test_each_label_needs_a_score() -> None:
    """Arrays of different lengths are refused."""
    with pytest.raises(ValueError, match="got 4 scores for 5 labels"):
        sentiment_quality(np.zeros(4), GOOD)


def test_real_chinese_comments_are_told_right_more_often_than_not(real_data: Path) -> None:
    """On 9,214 stock comments the word list is right in four of five, well over the half of saying one thing always."""
    comments = pd.read_csv(real_data / "zh_stock_comment_sentiment.csv.gz")
    scored = score_texts(comments.assign(language=""))
    quality = sentiment_quality(scored.frame["score"].to_numpy(), (comments["label"] == 1).to_numpy())
    assert quality.baseline == 0.5
    assert quality.accuracy_low > 0.80
    assert quality.auroc_low > 0.87
    assert quality.auroc_high < 0.90
    assert scored.frame["language"].eq("zh").mean() > 0.99
