"""Frames ready to plot: ROC curves, and reliability of past-only probabilities."""

import pandas as pd

from cohortiv.validation.bootstrap import LEVEL
from cohortiv.validation.calibration import RELIABILITY_BINS, RELIABILITY_COLUMNS, calibrate, reliability
from cohortiv.validation.ranking import rank, roc_curve
from cohortiv.validation.sample import FEWEST_EVENTS, Sample, read_sample, spells


def roc_curves(
    scores: pd.DataFrame, event: pd.Series, *, horizon_days: float, fewest_events: int = FEWEST_EVENTS
) -> pd.DataFrame:
    """ROC curve of each signal on its own rows.

    Parameters
    ----------
    scores : DataFrame
        One column a signal, higher more dangerous, NaN for none, indexed by the time at which it was known.
    event : Series
        Whether the outcome over the horizon after the time was an event; missing where not covered. Same index.
    horizon_days : float
        Horizon of the outcome [days].
    fewest_events : int, optional
        Independent events below which a signal has no curve. Default 10.

    Returns
    -------
    DataFrame
        signal, false_rate, true_rate [1], from (0, 0) to (1, 1); signals below the floor are absent.
    """
    curves = []
    for signal, sample in _scored(scores, event, horizon_days=horizon_days, fewest_events=fewest_events):
        false_rate, true_rate = roc_curve(rank(sample.score, sample.event))
        curves.append(pd.DataFrame({"signal": signal, "false_rate": false_rate, "true_rate": true_rate}))
    return (
        pd.concat(curves, ignore_index=True) if curves else pd.DataFrame(columns=["signal", "false_rate", "true_rate"])
    )


def reliability_curves(
    scores: pd.DataFrame,
    event: pd.Series,
    *,
    horizon_days: float,
    bins: int = RELIABILITY_BINS,
    level: float = LEVEL,
    fewest_events: int = FEWEST_EVENTS,
) -> pd.DataFrame:
    """Reliability of each signal's past-only probabilities.

    Parameters
    ----------
    scores, event, horizon_days, fewest_events
        As for `roc_curves`.
    bins : int, optional
        Bins of about equally many rows. Default 5.
    level : float, optional
        Of the intervals [1]. Default 0.95.

    Returns
    -------
    DataFrame
        signal and the columns of `calibration.reliability`; a signal whose rows with a probability hold fewer
        independent events than the floor is absent.
    """
    tables = []
    for signal, sample in _scored(scores, event, horizon_days=horizon_days, fewest_events=fewest_events):
        given = calibrate(sample)
        if spells(sample.times[given.given & sample.event], sample.horizon) >= fewest_events:
            tables.append(reliability(sample, given, bins=bins, level=level).assign(signal=signal))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["signal", *RELIABILITY_COLUMNS])


def _scored(
    scores: pd.DataFrame, event: pd.Series, *, horizon_days: float, fewest_events: int
) -> list[tuple[str, Sample]]:
    """Each signal that reaches the floor, with its sample."""
    if not scores.index.equals(event.index):
        raise ValueError("got scores and events with different indices; reindex the outcome to the scores' times")
    samples = [
        (str(name), read_sample(pd.DataFrame({"score": scores[name], "event": event}), horizon_days=horizon_days))
        for name in scores.columns
    ]
    return [(name, sample) for name, sample in samples if sample.status(fewest_events=fewest_events) == "scored"]
