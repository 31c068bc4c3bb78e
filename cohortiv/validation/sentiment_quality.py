"""How good a scorer is: accuracy and AUROC on labelled texts, beside the answer that looks at none."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy

from cohortiv.validation.delong import delong
from cohortiv.validation.sample import BoolArray
from cohortiv.volatility import FloatArray

LEVEL: Final = 0.95
"""Nominal level of the intervals [1]."""


@dataclass(frozen=True)
class SentimentQuality:
    """A scorer held against labels.

    Attributes
    ----------
    texts : int
        Labelled texts.
    accuracy, accuracy_low, accuracy_high : float
        Share of texts told right, a score over 0 read as good and all else as bad [1], with Wilson's interval.
    baseline : float
        Share told right by saying for every text what most texts are [1].
    auroc, auroc_low, auroc_high : float
        Chance that a good text scores higher than a bad one, ties half [1], with DeLong's interval; texts count as
        independent of each other.
    neutral : float
        Share of texts with a score of 0, or none [1].
    accuracy_decided : float
        Share told right among the others [1]; NaN where there are none.
    """

    texts: int
    accuracy: float
    accuracy_low: float
    accuracy_high: float
    baseline: float
    auroc: float
    auroc_low: float
    auroc_high: float
    neutral: float
    accuracy_decided: float


def sentiment_quality(score: FloatArray, good: BoolArray, *, level: float = LEVEL) -> SentimentQuality:
    """Hold scores against labels.

    Parameters
    ----------
    score : ndarray, shape (n,)
        Higher is better; NaN, not scored, is read as 0.
    good : ndarray of bool, shape (n,)
        Labels; two texts or more of each class.
    level : float, optional
        Nominal level of the intervals. Default 0.95.

    Returns
    -------
    SentimentQuality

    Raises
    ------
    ValueError
        If shapes differ, or a class has fewer than two texts.
    """
    if score.shape != good.shape:
        raise ValueError(f"got {score.size} scores for {good.size} labels; allowed is one score for each label")
    held = np.nan_to_num(score, nan=0.0)
    area = delong(held, good, level=level)
    right, decided = (held > 0.0) == good, held != 0.0
    accuracy = scipy.stats.binomtest(int(right.sum()), right.size).proportion_ci(level, method="wilson")
    return SentimentQuality(
        texts=right.size,
        accuracy=float(right.mean()),
        accuracy_low=float(accuracy.low),
        accuracy_high=float(accuracy.high),
        baseline=float(max(good.mean(), 1.0 - good.mean())),
        auroc=area.value,
        auroc_low=area.low,
        auroc_high=area.high,
        neutral=float(1.0 - decided.mean()),
        accuracy_decided=float(right[decided].mean()) if decided.any() else float("nan"),
    )
