"""Signals of a pair: the index, the index under learned weights, and everything else that might have warned."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.assessment.study_data import StudyData
from cohortiv.errors import DataError
from cohortiv.profile import LiquidationProfile
from cohortiv.study.index_series import SolvedSeries, solve_index, tier_shares
from cohortiv.study.outcome_pairs import interest_of
from cohortiv.study.result import LearnedWeights
from cohortiv.validation.combined import with_feature
from cohortiv.validation.comparators import COMPARATORS, ComparatorInputs, comparators, fitted_models
from cohortiv.validation.daily_sentiment import DailySentiment
from cohortiv.validation.outcomes import Outcome
from cohortiv.validation.propensity import LEARNERS, Learner
from cohortiv.validation.sample import DAY
from cohortiv.validation.volatility_models import ModelForecast
from cohortiv.validation.weighted_index import weights_known_at
from cohortiv.validation.weights import PERMUTATIONS, TierWeights, learn_weights

INDEX: Final = "iv_index"
WEIGHTED: Final = "weighted_index"
WITH_SENTIMENT: Final = "index_with_sentiment"
TITLES: Final[Mapping[str, str]] = {
    INDEX: "IV Index",
    WEIGHTED: "IV Index, learned tier weights",
    WITH_SENTIMENT: "IV Index with sentiment as a feature, learned",
    **{item.name: item.title for item in COMPARATORS},
}
UNITS: Final[Mapping[str, str]] = {
    INDEX: "%",
    WEIGHTED: "%",
    WITH_SENTIMENT: "log-odds",
    **{item.name: item.unit for item in COMPARATORS},
}
DIRECTIONS: Final[Mapping[str, str]] = {
    INDEX: "less volatility is enough to liquidate the critical mass",
    WEIGHTED: "the same, tiers weighted by what they did before events",
    WITH_SENTIMENT: "higher odds of an event by the index and negative sentiment, as both went with past events",
    **{item.name: item.direction for item in COMPARATORS},
}
ROTATIONS: Final[Mapping[Learner, int]] = {"logistic": PERMUTATIONS, "boosting": 39}
"""Rotations of the permutation test; boosting takes far longer, and 39 can show 5 %."""
QUICK_ROTATIONS: Final[Mapping[Learner, int]] = {"logistic": 39, "boosting": 19}
"""The fewest that can show 5 % for the made-up sample, which is run to be looked at."""

NOT_LEARNED: Final = "learned for the primary pair only"
#: Days between two times at which weights are learned anew.
_RELEARN_DAYS: Final = 365
#: What of a cell's notional is in the index, all multiplied by its tier's weight.
_WEIGHED: Final = ("notional_cents", "first", "second", "third", "other_first")
#: Seed of the random comparator.
_SEED: Final = 20260930


@dataclass(frozen=True, eq=False)
class Signals:
    """Signals at the times of a series.

    Attributes
    ----------
    frame : DataFrame
        As in `Pair.signals`.
    missing : mapping of str to str
        Signals without any value, and why.
    """

    frame: pd.DataFrame
    missing: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Common:
    """What the signals of all pairs share.

    Attributes
    ----------
    sentiment : DailySentiment or None
    models : mapping of int to mapping of str to ModelForecast
        Fitted volatilities by horizon [days].
    """

    sentiment: DailySentiment | None
    models: Mapping[int, Mapping[str, ModelForecast]]


def common_of(data: StudyData, sentiment: DailySentiment | None, *, horizons_days: Iterable[float]) -> Common:
    """What the signals of all pairs share; volatilities are fitted once a horizon.

    Parameters
    ----------
    data : StudyData
    sentiment : DailySentiment or None
    horizons_days : iterable of float
        Of the outcomes [days].
    """
    closes, step = data.prices.frame["close"], bar_length(data)
    days = sorted({whole_days(each) for each in horizons_days})
    return Common(sentiment, {each: fitted_models(closes, horizon_days=each, step=step) for each in days})


def bar_length(data: StudyData) -> pd.Timedelta:
    """Length of the bars of the prices; DataError if they are none."""
    if data.prices.step is None:
        raise DataError(f"{data.prices.path.name} holds no bars; volatilities need them. Bring bars of one length.")
    return data.prices.step


def whole_days(horizon_days: float) -> int:
    """A horizon in whole days, 1 or more: models forecast days."""
    return max(1, round(horizon_days))


def signals_of(
    solved: SolvedSeries,
    outcome: Outcome,
    data: StudyData,
    *,
    common: Common,
    weighted: "pd.Series[float] | None",
) -> Signals:
    """All signals of a pair.

    Parameters
    ----------
    solved : SolvedSeries
    outcome : Outcome
        For the newest outcome and the share of events so far.
    data : StudyData
    common : Common
    weighted : Series or None
        Index under learned weights, by the times of the series.

    Returns
    -------
    Signals
    """
    index = solved.frame[INDEX]
    made = comparators(_inputs(outcome, data, common), pd.DatetimeIndex(index.index))
    second = weighted if weighted is not None else pd.Series(np.nan, index=index.index)
    days = outcome.definition.horizon_days
    third = with_feature(index, made.frame["sentiment"], outcome.event, horizon_days=days)
    missing = {} if weighted is not None else {WEIGHTED: NOT_LEARNED}
    if index.isna().all():
        missing |= {INDEX: "no snapshot has an index"}
    if third.isna().all():
        missing |= {WITH_SENTIMENT: made.missing.get("sentiment", "too short a past to fit")}
    own = [index, second.rename(WEIGHTED), third.rename(WITH_SENTIMENT)]
    return Signals(pd.concat([*own, made.frame], axis=1), missing | made.missing)


def weighted_series(
    solved: SolvedSeries,
    outcome: Outcome,
    data: StudyData,
    *,
    rng: np.random.Generator,
    rotations: Mapping[Learner, int] = ROTATIONS,
) -> tuple["pd.Series[float]", LearnedWeights]:
    """The index under tier weights, each time those that could have been learned by then.

    Parameters
    ----------
    solved : SolvedSeries
    outcome : Outcome
        That the weights are learned on.
    data : StudyData
    rng : numpy.random.Generator
    rotations : mapping of str to int, optional
        Rotations of the permutation test by learner.

    Returns
    -------
    tuple of Series and LearnedWeights
        The index by time, and the weights. They are learned anew once a year, from the first year on; before that, and
        where nothing was learned, all weights are 1 and the two indices are the same.
    """
    shares = tier_shares(solved.profile).reindex(solved.frame.index)
    event, days = outcome.event, outcome.definition.horizon_days
    times = pd.DatetimeIndex(solved.frame.index)
    streams = rng.spawn(len(LEARNERS) + 1)
    learned: dict[str, TierWeights] = {
        learner: learn_weights(
            shares, event, horizon_days=days, rng=stream, learner=learner, permutations=rotations[learner]
        )
        for learner, stream in zip(LEARNERS, streams[1:], strict=True)
    }
    moments = pd.date_range(times[0] + _RELEARN_DAYS * DAY, times[-1], freq=_RELEARN_DAYS * DAY)
    at = list(moments.to_pydatetime())
    known = weights_known_at(
        shares, event, at=at, horizon_days=days, rng=streams[0], permutations=rotations["logistic"]
    )
    index = solved.frame[INDEX].copy()
    for moment, until, weights in zip(moments, [*moments[1:], None][: len(moments)], known, strict=True):
        if weights.strength:
            served = slice(moment, None if until is None else until - pd.Timedelta(1, "us"))
            index.loc[served] = solve_index(solved.given, _weighed(solved.profile, weights), data)[INDEX].loc[served]
    return index.rename(WEIGHTED), LearnedWeights(learned, _known(at, known))


def _known(at: list[object], known: tuple[TierWeights, ...]) -> pd.DataFrame:
    rows = [{"status": w.status, "events": w.events, "strength": w.strength, "p_value": w.p_value} for w in known]
    columns = ["status", "events", "strength", "p_value"]
    return pd.DataFrame(rows, columns=columns, index=pd.DatetimeIndex(at, name="time"))


def _weighed(profile: LiquidationProfile, learned: TierWeights) -> LiquidationProfile:
    """The profile with each tier's notional multiplied by its weight; a tier without one counts once."""
    by_tier = {int(float(str(tier))): float(weight) for tier, weight in learned.weights.items()}
    factor = profile.cells["tier"].map(by_tier).astype("float64").fillna(1.0)
    weighed = {name: profile.cells[name] * factor for name in _WEIGHED}
    return replace(profile, cells=profile.cells.assign(**weighed))


def _inputs(outcome: Outcome, data: StudyData, common: Common) -> ComparatorInputs:
    """What the comparators are made of, as far as it is given."""
    horizon_days = whole_days(outcome.definition.horizon_days)
    held = {name: read.frame for name, (_, read) in data.comparators.items()}
    return ComparatorInputs(
        closes=data.prices.frame["close"],
        step=bar_length(data),
        horizon_days=horizon_days,
        seed=_SEED,
        outcome=outcome,
        implied=held["implied"]["implied_volatility"] if "implied" in held else None,
        funding=held["funding"]["funding_annual"] if "funding" in held else None,
        interest=interest_of(data)[0],
        fear_greed=held["fear_greed"]["fear_greed"] if "fear_greed" in held else None,
        sentiment=common.sentiment.series["negative_sentiment"] if common.sentiment is not None else None,
        models=common.models[horizon_days],
    )
