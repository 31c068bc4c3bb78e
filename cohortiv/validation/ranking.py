"""Ranks of a score: AUROC and average precision under any weights of the rows, so that a resample is a weighting."""

from dataclasses import dataclass

import numpy as np

from cohortiv.validation.sample import BoolArray, WholeArray
from cohortiv.volatility import FloatArray


@dataclass(frozen=True, eq=False)
class Ranking:
    """Rows in falling order of their score, equal scores in one group.

    Attributes
    ----------
    order : ndarray of int, shape (n,)
        Row at each place.
    starts : ndarray of int, shape (g,)
        Place at which each group of equal scores begins.
    event : ndarray of bool, shape (n,)
        Whether the row at each place is an event.
    """

    order: WholeArray
    starts: WholeArray
    event: BoolArray


def rank(score: FloatArray, event: BoolArray) -> Ranking:
    """Order rows by their score.

    Parameters
    ----------
    score : ndarray, shape (n,)
        Higher is more dangerous; infinite is allowed.
    event : ndarray of bool, shape (n,)

    Returns
    -------
    Ranking

    Raises
    ------
    ValueError
        If shapes differ or a score is NaN.
    """
    if score.shape != event.shape or np.isnan(score).any():
        raise ValueError(
            f"got {score.size} scores, {np.count_nonzero(np.isnan(score))} of them NaN, for {event.size} events; "
            "each row has one of both"
        )
    order = np.argsort(-score, kind="stable")
    sorted_score = score[order]
    with np.errstate(invalid="ignore"):
        new = np.concatenate([[True], sorted_score[1:] != sorted_score[:-1]]) if score.size else np.zeros(0, np.bool_)
    return Ranking(order=order, starts=np.flatnonzero(new), event=event[order])


def auroc(ranking: Ranking, weights: FloatArray | None = None) -> FloatArray:
    """Chance that an event row has a higher score than a calm row, ties counted half.

    Parameters
    ----------
    ranking : Ranking
    weights : ndarray, shape (..., n), optional
        Weight of each row in the rows' own order, >= 0 [1]. Default 1 each.

    Returns
    -------
    ndarray
        Shape (...), between 0 and 1 [1]; NaN where either class has no weight.
    """
    events, calm = _masses(ranking, weights)
    above = np.cumsum(events, axis=-1) - 0.5 * events
    return _ratio((calm * above).sum(axis=-1), events.sum(axis=-1) * calm.sum(axis=-1))


def average_precision(ranking: Ranking, weights: FloatArray | None = None) -> FloatArray:
    """Area under the precision-recall curve as a step: precision at each score, weighted by the gain in recall.

    Parameters
    ----------
    ranking, weights
        As for `auroc`.

    Returns
    -------
    ndarray
        Shape (...) [1]; a score without information has the share of events. NaN where no event has weight.
    """
    events, calm = _masses(ranking, weights)
    found, named = np.cumsum(events, axis=-1), np.cumsum(events + calm, axis=-1)
    precision = np.divide(found, named, out=np.zeros_like(found), where=named > 0.0)
    return _ratio((precision * events).sum(axis=-1), events.sum(axis=-1))


def roc_curve(ranking: Ranking) -> tuple[FloatArray, FloatArray]:
    """Points of the ROC curve from (0, 0) to (1, 1), for a picture.

    Returns
    -------
    false_rate, true_rate : ndarray, shape (g + 1,)
        Share of calm rows and of event rows at or above each score, scores falling [1]; NaN with one class only.
    """
    events, calm = _masses(ranking, None)
    curves = [np.concatenate([[0.0], np.cumsum(mass)]) for mass in (calm, events)]
    false_rate, true_rate = (curve / curve[-1] if curve[-1] else np.full_like(curve, np.nan) for curve in curves)
    return false_rate, true_rate


def _masses(ranking: Ranking, weights: FloatArray | None) -> tuple[FloatArray, FloatArray]:
    """Weight of events and of calm rows in each group of equal scores."""
    rows = np.ones(ranking.order.size) if weights is None else weights[..., ranking.order]
    events = rows * ranking.event
    if ranking.starts.size == ranking.order.size:  # no ties, or no rows
        return events, rows - events
    return np.add.reduceat(events, ranking.starts, axis=-1), np.add.reduceat(rows - events, ranking.starts, axis=-1)


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    return np.asarray(np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=np.asarray(whole) > 0.0))
