"""Learned tier weights: shrunk to equal weights unless the past shows, out of sample, that tiers differ."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.errors import DataError
from cohortiv.validation.propensity import Learner, fit, propensities
from cohortiv.validation.sample import DAY, FEWEST_EVENTS, BoolArray, WholeArray, refuse_bad_times, spells
from cohortiv.validation.splits import Split, walk_forward
from cohortiv.volatility import FloatArray

FOLDS: Final = 5
PERMUTATIONS: Final = 199
SIGNIFICANCE: Final = 0.05
LARGEST_WEIGHT: Final = 4.0
"""No weight is more than four times or less than a quarter of an equal one."""

_STRENGTHS: Final = np.linspace(0.0, 1.0, 21)


@dataclass(frozen=True, eq=False)
class TierWeights:
    """Weights of the tiers, and why they are what they are.

    Attributes
    ----------
    weights : Series
        By tier edge: what multiplies its notional in numerator and denominator of the index [1]; 1 on average over the
        mean mix (before the cut at 4 and a quarter), all 1 where the data do not speak.
    propensity : Series
        By tier edge: what one standard deviation more of its share adds to the log-odds of an event, before shrinkage.
    strength : float
        How much of the propensities is kept, between 0 (equal weights) and 1.
    skill : float
        Part of the past base rate's log loss that the model saves out of sample at the strength with the least loss,
        so 0 at least [1]; NaN without a test.
    own_skill : float
        The same of the model unshrunk, at strength 1 [1]: below 0 it errs more than the base rate.
    p_value : float
        Share of rotated outcomes, the true one among them, with as much skill; NaN without a test.
    learner : {"logistic", "boosting"}
    rows, events : int
        Rows with an outcome, and independent events among them.
    folds : int
        Stretches that were tested.
    status : str
        "learned", "equal: no skill out of sample", or why nothing was tested.
    """

    weights: pd.Series
    propensity: pd.Series
    strength: float
    skill: float
    own_skill: float
    p_value: float
    learner: Learner
    rows: int
    events: int
    folds: int
    status: str


def learn_weights(
    shares: pd.DataFrame,
    event: pd.Series,
    *,
    horizon_days: float,
    rng: np.random.Generator,
    learner: Learner = "logistic",
    folds: int = FOLDS,
    embargo_days: float | None = None,
    permutations: int = PERMUTATIONS,
    fewest_events: int = FEWEST_EVENTS,
) -> TierWeights:
    """Learn tier weights from how past mixes went with events.

    Parameters
    ----------
    shares : DataFrame
        Shares of leveraged notional [1], one column a tier edge [x], indexed by the time at which they were known,
        rising, none twice. Rows with NaN are left out.
    event : Series
        Whether the outcome over the horizon after the time was an event; missing where not covered. Same index.
    horizon_days : float
        Horizon of the outcome [days].
    rng : numpy.random.Generator
        Draws the rotations.
    learner : {"logistic", "boosting"}, optional
        Default logistic.
    folds : int, optional
        Stretches tested. Default 5.
    embargo_days : float, optional
        Gap before each test [days]. Default one horizon.
    permutations : int, optional
        Rotations of the outcome. Default 199.
    fewest_events : int, optional
        Independent events below which nothing is learned. Default 10.

    Returns
    -------
    TierWeights

    Raises
    ------
    DataError
        If times fall, repeat or carry a zone, or the indices differ.

    Notes
    -----
    Out of sample, by purged walk-forward splits, the model's log-odds m are pooled with those of the past base rate b,
    b + strength (m - b). The strength with the least log loss is kept if a permutation test at 5 % finds skill, else 0:
    outcomes are rotated in time by more than a horizon, which keeps their runs. Then weight_k = exp(strength * g_k),
    g_k the propensity of tier k, over its mean under the mean mix, cut to between 1/4 and 4.
    """
    rows, came = _complete(shares, event)
    times, values = pd.DatetimeIndex(rows.index), rows.to_numpy(dtype=np.float64)
    gap = horizon_days if embargo_days is None else embargo_days
    splits = walk_forward(times, folds=folds, horizon_days=horizon_days, embargo_days=gap) if len(times) else ()
    task = _Task(values, splits, learner)
    equal = _equal(rows, task, events=spells(times[came], horizon_days * DAY))
    trial = _trial(task, came) if equal.events >= fewest_events else None
    if trial is None:
        few = equal.events < fewest_events
        return equal if few else replace(equal, status="equal: no stretch with both classes before it")
    slack = int(np.ceil(horizon_days * DAY / pd.Timedelta(np.median(np.diff(times.to_numpy())))))
    shifts = rng.integers(slack, max(slack + 1, len(rows) - slack), size=permutations)
    p_value = _p_value(task, came, trial, shifts=shifts)
    propensity = propensities(fit(learner, values, came), values)
    strength = trial.strength if p_value <= SIGNIFICANCE else 0.0
    return replace(
        equal,
        weights=pd.Series(
            tier_weights(propensity, values.mean(axis=0), strength=strength), rows.columns, name="weight"
        ),
        propensity=pd.Series(propensity, rows.columns, name="propensity"),
        strength=strength,
        skill=trial.skill,
        own_skill=trial.own_skill,
        p_value=p_value,
        status="learned" if strength else "equal: no skill out of sample",
    )


def tier_weights(propensity: FloatArray, mix: FloatArray, *, strength: float) -> FloatArray:
    """Weights from propensities: exp(strength * propensity) over its mean under a mix, between 1/4 and 4.

    Parameters
    ----------
    propensity : ndarray, shape (k,)
        What a tier adds to the log-odds of an event.
    mix : ndarray, shape (k,)
        Shares of the tiers, >= 0, not all 0 [1].
    strength : float
        Between 0, all weights 1, and 1.

    Returns
    -------
    ndarray, shape (k,)
        Weights [1].
    """
    raised = np.exp(strength * propensity)
    return np.asarray(np.clip(raised / (raised @ mix / mix.sum()), 1.0 / LARGEST_WEIGHT, LARGEST_WEIGHT))


@dataclass(frozen=True, eq=False)
class _Task:
    """What is fitted on what: shares of the tiers, the splits, and the learner."""

    values: FloatArray
    splits: tuple[Split, ...]
    learner: Learner


@dataclass(frozen=True)
class _Trial:
    """The pooling strength with the least log loss out of sample, and what it saves."""

    strength: float
    skill: float
    own_skill: float


def _equal(rows: pd.DataFrame, task: _Task, *, events: int) -> TierWeights:
    """Weights before anything is learned."""
    return TierWeights(
        weights=pd.Series(1.0, index=rows.columns, name="weight"),
        propensity=pd.Series(np.nan, index=rows.columns, name="propensity"),
        strength=0.0,
        skill=np.nan,
        own_skill=np.nan,
        p_value=np.nan,
        learner=task.learner,
        rows=len(rows),
        events=events,
        folds=len(task.splits),
        status="equal: too few events",
    )


def _p_value(task: _Task, came: BoolArray, trial: _Trial, *, shifts: WholeArray) -> float:
    """Share of rotated outcomes, the true one among them, with as much skill; 1 where there is none to reach."""
    if trial.skill <= 0.0:
        return 1.0
    rotated = [_trial(task, np.roll(came, shift)) for shift in shifts.tolist()]
    as_good = sum(other is not None and other.skill >= trial.skill for other in rotated)
    return (1.0 + as_good) / (1.0 + len(rotated))


def _trial(task: _Task, came: BoolArray) -> _Trial | None:
    """Test the learner on every stretch whose past has both classes; None if there is no such stretch."""
    bases, models, outcomes = [], [], []
    for split in task.splits:
        past = came[split.train]
        if past.all() or not past.any():
            continue
        rate = float(past.mean())
        bases.append(np.full(split.test.size, np.log(rate / (1.0 - rate))))
        models.append(fit(task.learner, task.values[split.train], past)(task.values[split.test]))
        outcomes.append(came[split.test])
    if not outcomes:
        return None
    base, model, outcome = np.concatenate(bases), np.concatenate(models), np.concatenate(outcomes)
    losses = np.array([_log_loss(base + strength * (model - base), outcome) for strength in _STRENGTHS])
    best = int(np.argmin(losses))
    saved = 1.0 - losses / losses[0]
    return _Trial(strength=float(_STRENGTHS[best]), skill=float(saved[best]), own_skill=float(saved[-1]))


def _log_loss(log_odds: FloatArray, came: BoolArray) -> float:
    return float(np.logaddexp(0.0, np.where(came, -log_odds, log_odds)).mean())


def _complete(shares: pd.DataFrame, event: pd.Series) -> tuple[pd.DataFrame, BoolArray]:
    """Rows with all shares and an outcome."""
    refuse_bad_times(shares.index, what="history of tier shares")
    if not shares.index.equals(event.index) or not shares.index.is_unique:
        raise DataError("The tier shares and the outcome have different times, or times repeat; give one row a time.")
    kept = shares.notna().all(axis=1) & event.notna()
    return shares[kept], event[kept].to_numpy(dtype=np.bool_)
