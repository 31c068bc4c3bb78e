"""A signal with a second one as a feature: what both say together, fitted on the past alone."""

import numpy as np
import pandas as pd

from cohortiv.validation.calibration import EVENTS_TO_FIT, REFIT_DAYS, fit_stretches, past_ranks
from cohortiv.validation.sample import Sample, read_sample
from cohortiv.volatility import FloatArray


def with_feature(
    score: pd.Series,
    feature: pd.Series,
    event: pd.Series,
    *,
    horizon_days: float,
    refit_days: float = REFIT_DAYS,
    events_to_fit: int = EVENTS_TO_FIT,
) -> "pd.Series[float]":
    """Log-odds of an event by a score and a feature.

    Parameters
    ----------
    score, feature : Series
        NaN for none, indexed by the time at which both were known.
    event : Series
        Whether the outcome over the horizon after the time was an event; missing where not covered. Same index.
    horizon_days : float
        Horizon of the outcome [days].
    refit_days : float, optional
        Days between two fits. Default 30.
    events_to_fit : int, optional
        Independent events that the past must hold. Default 3.

    Returns
    -------
    Series
        Same index; NaN where one of the two or the outcome is missing, before the first fit, and at times that repeat.

    Raises
    ------
    DataError, ValueError
        As for `sample.read_sample`.

    Notes
    -----
    Penalised logistic regression on the ranks of both among their past values, fitted at t on rows t' with
    t' + horizon <= t: splits, penalty and ranks are those of `calibration.calibrate`, so that only the feature
    differs.
    """
    frame = pd.DataFrame({"score": score.where(feature.notna()), "event": event})
    sample = read_sample(frame, horizon_days=horizon_days)
    second = feature[~feature.index.duplicated(keep=False)].reindex(sample.times).to_numpy(dtype=np.float64)
    found = pd.Series(np.nan, index=score.index)
    for past, served in fit_stretches(sample, refit_days=refit_days, events_to_fit=events_to_fit):
        found.loc[sample.times[served]] = _log_odds(sample, second, past=past, served=served)
    return found


def _log_odds(sample: Sample, second: FloatArray, *, past: int, served: slice) -> FloatArray:
    """Log-odds of the rows that one fit serves."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - heavy, and only needed here

    fitted, asked = (
        np.column_stack([past_ranks(values[rows], np.sort(values[:past])) for values in (sample.score, second)])
        for rows in (slice(past), served)
    )
    model = LogisticRegression(solver="newton-cholesky").fit(fitted, sample.event[:past])
    return np.asarray(model.decision_function(asked), dtype=np.float64)
