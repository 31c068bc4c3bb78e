"""Alarm thresholds fitted on the past only, and what they were worth: usefulness and noise-to-signal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.validation.bootstrap import DRAWS, LEVEL, Interval, intervals, sample_block
from cohortiv.validation.calibration import EVENTS_TO_FIT, REFIT_DAYS, fit_stretches
from cohortiv.validation.ranking import rank, roc_curve
from cohortiv.validation.sample import FEWEST_EVENTS, BoolArray, Sample, spells
from cohortiv.volatility import FloatArray

PREFERENCES: Final = (0.3, 0.4, 0.5, 0.6, 0.7)
"""Default weights of a missed event against a false alarm [1]."""

FALSE_SHARE: Final = 0.10
"""Default share of past calm rows on which matched alarms stand [1]."""

_VALUES: Final = ("missed", "false", "usefulness", "relative_usefulness", "low", "high", "noise_to_signal")

_Fit = Callable[[FloatArray, BoolArray], float]


@dataclass(frozen=True, eq=False)
class Alarms:
    """Alarms that could have been raised at each row's time.

    Attributes
    ----------
    times : DatetimeIndex
        Rising (UTC without zone).
    threshold : ndarray, shape (n,)
        Lowest score that raises an alarm; NaN where none does or nothing was fitted yet.
    judged : ndarray of bool, shape (n,)
        Whether a fit was possible by then.
    alarm, event : ndarray of bool, shape (n,)
        Whether there was an alarm, and whether an event followed within the horizon.
    """

    times: pd.DatetimeIndex
    threshold: FloatArray
    judged: BoolArray
    alarm: BoolArray
    event: BoolArray

    @property
    def series(self) -> pd.Series:
        """Alarms at the judged rows, indexed by time."""
        return pd.Series(self.alarm[self.judged], index=self.times[self.judged])


def past_alarms(
    sample: Sample,
    *,
    preference: float = 0.5,
    refit_days: float = REFIT_DAYS,
    events_to_fit: int = EVENTS_TO_FIT,
) -> Alarms:
    """Raise alarms by the threshold that was most useful on what was known at the time.

    Parameters
    ----------
    sample : Sample
    preference : float, optional
        Weight of a missed event against a false alarm, between 0 and 1. Default 0.5.
    refit_days : float, optional
        Days between two fits. Default 30.
    events_to_fit : int, optional
        Independent events that the past must hold. Default 3.

    Returns
    -------
    Alarms

    Raises
    ------
    ValueError
        On a preference outside (0, 1).

    Notes
    -----
    A fit at t takes rows t' with t' + horizon <= t. Of equally useful thresholds it takes the highest; where none is
    more useful than ignoring the score, no alarm is raised.
    """
    _refuse_no_share(preference, what="preference")
    fit = partial(best_threshold, preference=preference)
    return _fitted(sample, fit, refit_days=refit_days, events_to_fit=events_to_fit)


def matched_alarms(
    sample: Sample,
    *,
    false_share: float = FALSE_SHARE,
    refit_days: float = REFIT_DAYS,
    events_to_fit: int = EVENTS_TO_FIT,
) -> Alarms:
    """Raise alarms by the lowest threshold that would have stood on at most so much of the calm past.

    Parameters
    ----------
    sample : Sample
    false_share : float, optional
        Share of calm rows, between 0 and 1. Default 0.10.
    refit_days, events_to_fit
        As for `past_alarms`.

    Returns
    -------
    Alarms

    Raises
    ------
    ValueError
        On a share outside (0, 1).

    Notes
    -----
    Signals whose alarms stand equally often for nothing can be compared by their lead times; else the one that is
    alarmed most is always the earliest.
    """
    _refuse_no_share(false_share, what="share of calm rows")
    fit = partial(matched_threshold, false_share=false_share)
    return _fitted(sample, fit, refit_days=refit_days, events_to_fit=events_to_fit)


def best_threshold(score: FloatArray, event: BoolArray, *, preference: float) -> float:
    """The highest of the most useful thresholds; NaN where no alarm at all is as useful as any.

    Parameters
    ----------
    score : ndarray, shape (n,)
        Infinite is allowed.
    event : ndarray of bool, shape (n,)
        Both classes are present.
    preference : float
        Weight of a missed event, between 0 and 1 [1].
    """
    ranking = rank(score, event)
    false, hits = (rate[1:] for rate in roc_curve(ranking))
    worth = usefulness(1.0 - hits, false, preference=preference)
    best = int(np.argmax(worth))
    return float(score[ranking.order[ranking.starts[best]]]) if worth[best] > 0.0 else float("nan")


def matched_threshold(score: FloatArray, event: BoolArray, *, false_share: float) -> float:
    """The lowest threshold at or above which at most a share of the calm rows lies; NaN where none is so rare.

    Parameters
    ----------
    score, event
        As for `best_threshold`.
    false_share : float
        Share of calm rows [1].
    """
    ranking = rank(score, event)
    rare = int(np.count_nonzero(roc_curve(ranking)[0][1:] <= false_share))
    return float(score[ranking.order[ranking.starts[rare - 1]]]) if rare else float("nan")


def usefulness(missed: FloatArray, false: FloatArray, *, preference: float) -> FloatArray:
    """What alarms save a reader who would else ignore the score or always be alarmed.

    Parameters
    ----------
    missed, false : ndarray
        Share of event rows without and of calm rows with an alarm [1].
    preference : float
        Weight theta of a missed event, between 0 and 1 [1].

    Returns
    -------
    ndarray
        U = min(theta, 1 - theta) - theta missed - (1 - theta) false [1]: min(theta, 1 - theta) when perfect, 0 or less
        when alarms never or always stand.

    References
    ----------
    Alessi and Detken (2011), Quasi real time early warning indicators for costly asset price boom/bust cycles,
    https://doi.org/10.1016/j.ejpoleco.2011.01.003
    """
    worth: FloatArray = min(preference, 1.0 - preference) - preference * missed - (1.0 - preference) * false
    return worth


def alarm_rates(alarms: Alarms, weights: FloatArray | None = None) -> tuple[FloatArray, FloatArray]:
    """Missed and false shares of the judged rows.

    Parameters
    ----------
    alarms : Alarms
    weights : ndarray, shape (..., n), optional
        Weight of each row, >= 0. Default 1 each.

    Returns
    -------
    missed, false : ndarray
        Share of event rows without an alarm and of calm rows with one, shape (...) [1]; NaN without such rows.
    """
    rows = (np.ones(alarms.event.size) if weights is None else weights) * alarms.judged
    wrong = rows * (alarms.alarm != alarms.event)
    missed, false = (
        np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=np.asarray(whole) > 0.0)
        for part, whole in ((wrong @ of, rows @ of) for of in (alarms.event * 1.0, ~alarms.event * 1.0))
    )
    return missed, false


def relative_usefulness(alarms: Alarms, weights: FloatArray | None = None, *, preference: float) -> FloatArray:
    """Usefulness of alarms as a part of the perfect signal's.

    Parameters
    ----------
    alarms, weights
        As for `alarm_rates`.
    preference : float
        Weight of a missed event [1].

    Returns
    -------
    ndarray
        1 is perfect, 0 no better than ignoring the signal, less is worse [1].
    """
    missed, false = alarm_rates(alarms, weights)
    return usefulness(missed, false, preference=preference) / min(preference, 1.0 - preference)


def usefulness_table(
    sample: Sample,
    *,
    rng: np.random.Generator,
    preferences: Sequence[float] = PREFERENCES,
    fewest_events: int = FEWEST_EVENTS,
    draws: int = DRAWS,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Usefulness and noise-to-signal over preferences, thresholds fitted on the past.

    Parameters
    ----------
    sample : Sample
    rng : numpy.random.Generator
        All preferences share its resamples.
    preferences : sequence of float, optional
        Weights of a missed event [1]. Default 0.3 to 0.7.
    fewest_events : int, optional
        Independent events among the judged rows below which nothing is given. Default 10.
    draws, level
        As for `bootstrap.intervals`.

    Returns
    -------
    DataFrame
        One row a preference: preference, rows (judged), events (independent), missed, false, usefulness,
        relative_usefulness (of the perfect signal's) with low and high (its interval, NaN where there is none),
        noise_to_signal (false over hit share; below 1 is better than chance) [1], status ("scored", or why numbers are
        missing).
    """
    raised = {theta: past_alarms(sample, preference=theta) for theta in preferences}
    judged = next(iter(raised.values())).judged
    events = spells(sample.times[judged & sample.event], sample.horizon)
    if events < fewest_events:
        why = "too few events after the first fit"
        why = why if sample.status(fewest_events=fewest_events) == "scored" else sample.status()
        empty = dict.fromkeys(_VALUES, np.nan) | {"status": why}
        return pd.DataFrame([_counted(theta, raised[theta], events) | empty for theta in preferences])
    found = intervals(
        {f"{theta}": partial(relative_usefulness, alarms, preference=theta) for theta, alarms in raised.items()},
        len(sample.times),
        block_rows=sample_block(sample),
        rng=rng,
        draws=draws,
        level=level,
    )
    return pd.DataFrame(
        [
            _counted(theta, alarms, events) | _valued(theta, alarms, found[f"{theta}"])
            for theta, alarms in raised.items()
        ]
    )


def _counted(preference: float, alarms: Alarms, events: int) -> dict[str, float | str]:
    return {"preference": preference, "rows": int(alarms.judged.sum()), "events": events}


def _valued(preference: float, alarms: Alarms, found: Interval) -> dict[str, float | str]:
    """What alarms at one preference were worth."""
    missed, false = (float(rate) for rate in alarm_rates(alarms))
    worth = float(usefulness(np.asarray(missed), np.asarray(false), preference=preference))
    noise = false / (1.0 - missed) if missed < 1.0 else float("nan")
    status = "scored" if missed < 1.0 else "no alarm before any event: no noise-to-signal"
    values = (missed, false, worth, found.value, found.low, found.high, noise)
    return dict(zip(_VALUES, values, strict=True)) | {"status": status}


def _fitted(sample: Sample, fit: _Fit, *, refit_days: float, events_to_fit: int) -> Alarms:
    """Alarms by a threshold that is fitted anew on what is known, stretch by stretch."""
    threshold = np.full(len(sample.times), np.nan)
    judged = np.zeros(len(sample.times), dtype=np.bool_)
    for past, served in fit_stretches(sample, refit_days=refit_days, events_to_fit=events_to_fit):
        threshold[served] = fit(sample.score[:past], sample.event[:past])
        judged[served] = True
    return Alarms(
        times=sample.times, threshold=threshold, judged=judged, alarm=sample.score >= threshold, event=sample.event
    )


def _refuse_no_share(given: float, *, what: str) -> None:
    if not 0.0 < given < 1.0:
        raise ValueError(f"got a {what} of {given}; it lies between 0 and 1, for instance 0.5")
