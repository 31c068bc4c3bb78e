"""From a score to a probability by past rows only, and how good the probabilities were: Brier and reliability."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, get_args

import numpy as np
import pandas as pd
import scipy

from cohortiv.validation.bootstrap import LEVEL
from cohortiv.validation.sample import DAY, BoolArray, Sample, known_rows, spells, windows
from cohortiv.volatility import FloatArray

Method = Literal["logistic", "isotonic"]
METHODS: Final[tuple[Method, ...]] = get_args(Method)

REFIT_DAYS: Final = 30.0
"""Default days between two fits on the past."""

EVENTS_TO_FIT: Final = 3
"""Independent events that the past must hold before anything is fitted on it."""

RELIABILITY_BINS: Final = 5
"""Default number of bins of the reliability table."""

RELIABILITY_COLUMNS: Final = (
    "low", "high", "forecast", "observed", "observed_low", "observed_high", "rows", "windows", "events",
)  # fmt: skip
"""Columns of the reliability table."""


@dataclass(frozen=True, eq=False)
class Calibrated:
    """Probabilities that each row could have been given at its time.

    Attributes
    ----------
    probability : ndarray, shape (n,)
        Chance of an event over the horizon, by rows whose outcome was known [1]; NaN before the first fit.
    base : ndarray, shape (n,)
        Share of events among the same rows [1]; NaN before the first fit.
    event : ndarray of bool, shape (n,)
        What came.
    method : {"logistic", "isotonic"}
        How scores were turned into probabilities.
    """

    probability: FloatArray
    base: FloatArray
    event: BoolArray
    method: Method

    @property
    def given(self) -> BoolArray:
        """Rows with a probability."""
        return ~np.isnan(self.probability)


def refit_rows(times: pd.DatetimeIndex, every_days: float) -> list[int]:
    """First row of each stretch of so many days, counted from the first time; later rows never move earlier ones.

    Parameters
    ----------
    times : DatetimeIndex
        Rising.
    every_days : float
        Length of a stretch, more than 0 [days].

    Raises
    ------
    ValueError
        If the length is not more than 0.
    """
    if not every_days > 0.0:
        raise ValueError(f"got a fit every {every_days} days; allowed is more than 0, for instance 30")
    if times.empty:
        return []
    stretch = np.floor((times - times[0]).to_numpy() / (every_days * DAY).to_timedelta64())
    return np.flatnonzero(np.concatenate([[True], np.diff(stretch) > 0])).tolist()


def fit_stretches(sample: Sample, *, refit_days: float, events_to_fit: int) -> list[tuple[int, slice]]:
    """Leading rows to fit on and the rows that the fit serves; stretches with too little past are left out.

    Returns
    -------
    list of (int, slice)
        The count of leading rows whose outcome was known at the stretch's first time, with `events_to_fit` independent
        events and calm rows among them, and the stretch.
    """
    known, begins = known_rows(sample.times, sample.horizon), refit_rows(sample.times, refit_days)
    found = []
    for begin, end in pairwise([*begins, len(sample.times)]):
        past = int(known[begin])
        came = sample.event[:past]
        if not came.all() and spells(sample.times[:past][came], sample.horizon) >= events_to_fit:
            found.append((past, slice(begin, end)))
    return found


def calibrate(
    sample: Sample,
    *,
    method: Method = "logistic",
    refit_days: float = REFIT_DAYS,
    events_to_fit: int = EVENTS_TO_FIT,
) -> Calibrated:
    """Give each row a probability by what was known at its time.

    Parameters
    ----------
    sample : Sample
    method : {"logistic", "isotonic"}, optional
        Logistic regression, penalised, or isotonic regression, on the score's rank among past scores. Default logistic:
        with few events isotonic regression gives chances of 0 and 1.
    refit_days : float, optional
        Days between two fits. Default 30.
    events_to_fit : int, optional
        Independent events that the past must hold. Default 3.

    Returns
    -------
    Calibrated

    Raises
    ------
    ValueError
        On another method.

    Notes
    -----
    A fit at t takes rows t' with t' + horizon <= t. Ranks make infinite scores harmless and a fit the same for every
    rising function of the score.
    """
    if method not in METHODS:
        raise ValueError(f"got method {method!r}; allowed are {', '.join(METHODS)}")
    probability, base = np.full(len(sample.times), np.nan), np.full(len(sample.times), np.nan)
    for past, served in fit_stretches(sample, refit_days=refit_days, events_to_fit=events_to_fit):
        came = sample.event[:past]
        before = np.sort(sample.score[:past])
        ranks = past_ranks(sample.score[:past], before), past_ranks(sample.score[served], before)
        probability[served] = _fitted(ranks, came, method=method)
        base[served] = came.mean()
    return Calibrated(probability=probability, base=base, event=sample.event, method=method)


def brier(probability: FloatArray, event: BoolArray, weights: FloatArray | None = None) -> FloatArray:
    """Mean squared error of probabilities; less is better.

    Parameters
    ----------
    probability : ndarray, shape (n,)
        NaN: left out [1].
    event : ndarray of bool, shape (n,)
    weights : ndarray, shape (..., n), optional
        Weight of each row, >= 0. Default 1 each.

    Returns
    -------
    ndarray
        Shape (...), between 0 and 1 [1]; NaN without rows that have a probability.
    """
    given = ~np.isnan(probability)
    rows = np.ones(probability.size) if weights is None else weights
    counted = rows[..., given]
    whole = np.asarray(counted.sum(axis=-1))
    error = counted @ (probability[given] - event[given]) ** 2
    return np.asarray(np.divide(error, whole, out=np.full(whole.shape, np.nan), where=whole > 0.0))


def brier_skill(calibrated: Calibrated, weights: FloatArray | None = None) -> FloatArray:
    """Part of the base rate's Brier score that the probabilities save: 1 is perfect, 0 no better, below 0 worse.

    Parameters
    ----------
    calibrated : Calibrated
    weights : ndarray, shape (..., n), optional

    Returns
    -------
    ndarray
        Shape (...) [1]; NaN where the base rate makes no error or there are no rows.
    """
    own, base = (brier(given, calibrated.event, weights) for given in (calibrated.probability, calibrated.base))
    return np.asarray(1.0 - np.divide(own, base, out=np.full(own.shape, np.nan), where=base > 0.0))


def reliability(
    sample: Sample, calibrated: Calibrated, *, bins: int = RELIABILITY_BINS, level: float = LEVEL
) -> pd.DataFrame:
    """How often events came where so much was forecast, ready to plot.

    Parameters
    ----------
    sample : Sample
        The sample that was calibrated.
    calibrated : Calibrated
    bins : int, optional
        Bins of about equally many rows; equal probabilities share a bin. Default 5.
    level : float, optional
        Of the intervals [1]. Default 0.95.

    Returns
    -------
    DataFrame
        One row a bin, forecasts rising: low, high (of the forecasts), forecast (mean), observed (share of events),
        observed_low, observed_high (its interval) [1], rows, windows (that do not overlap), events (independent). Empty
        where nothing has a probability.

    Notes
    -----
    The interval is Wilson's on as many observations as the bin has windows that do not overlap, because rows of one
    horizon see the same days; a bin without an event is no proof that none can come.
    """
    given = calibrated.given
    if not given.any():
        return pd.DataFrame(columns=list(RELIABILITY_COLUMNS))
    table = pd.DataFrame({"forecast": calibrated.probability, "event": calibrated.event}, index=sample.times)[given]
    label = pd.qcut(table["forecast"].rank(method="dense"), bins, labels=False, duplicates="drop").fillna(0)
    return pd.DataFrame([_binned(part, sample.horizon, level=level) for _, part in table.groupby(label)])


def _binned(part: pd.DataFrame, horizon: pd.Timedelta, *, level: float) -> dict[str, float]:
    """One bin of the reliability table."""
    times, observed = pd.DatetimeIndex(part.index), float(part["event"].mean())
    independent = windows(times, horizon)
    ends = scipy.stats.binomtest(round(observed * independent), independent).proportion_ci(level, method="wilson")
    values = (part["forecast"].min(), part["forecast"].max(), part["forecast"].mean(), observed, ends.low, ends.high)
    counts = (len(part), independent, spells(times[part["event"]], horizon))
    return dict(zip(RELIABILITY_COLUMNS, (*values, *counts), strict=True))


def past_ranks(score: FloatArray, before: FloatArray) -> FloatArray:
    """Share of past scores, given in order, below each score, ties counted half, about 0 in the middle."""
    places = np.searchsorted(before, score, "left") + np.searchsorted(before, score, "right")
    ranks: FloatArray = 0.5 * places / before.size - 0.5
    return ranks


def _fitted(ranks: tuple[FloatArray, FloatArray], came: BoolArray, *, method: Method) -> FloatArray:
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415 - heavy, and only needed here
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - as above

    past, now = ranks
    if method == "isotonic":
        rising = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(past, came.astype(np.float64))
        return np.asarray(rising.predict(now), dtype=np.float64)
    model = LogisticRegression(solver="newton-cholesky").fit(past[:, np.newaxis], came)
    return np.asarray(model.predict_proba(now[:, np.newaxis])[:, 1], dtype=np.float64)
