"""One pair scored: every metric of every signal, the index against the others, the verdict, and curves to draw."""

import math
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.assessment.study_data import StudyData
from cohortiv.config.validation import EventsFile
from cohortiv.config.verdict import VerdictRules
from cohortiv.study.outcome_pairs import Candidate, outcome_of
from cohortiv.study.result import Pair
from cohortiv.study.signals import INDEX, ROTATIONS, TITLES, Common, signals_of, weighted_series
from cohortiv.validation.alarms import event_record, onsets
from cohortiv.validation.comparison import Comparison, compare
from cohortiv.validation.curves import reliability_curves, roc_curves
from cohortiv.validation.dated_hits import dated_hits
from cohortiv.validation.propensity import Learner
from cohortiv.validation.rules import ScoringRules
from cohortiv.validation.sample import Sample, read_sample
from cohortiv.validation.scores import AUROC, SCORED, ScoreTable, score_table
from cohortiv.validation.thresholds import Alarms, matched_alarms, usefulness_table
from cohortiv.validation.verdict import Verdict, judge, scoring_rules

#: With the name of a pair it seeds that pair's resamples, so that another pair changes none of them.
_SEED: Final = 20260930


def score_pair(
    candidate: Candidate,
    data: StudyData,
    *,
    version: str,
    rules: VerdictRules,
    events: EventsFile,
    common: Common,
    rotations: Mapping[Learner, int] = ROTATIONS,
) -> Pair:
    """Hold one series against one outcome.

    Parameters
    ----------
    candidate : Candidate
        One that can be made.
    data : StudyData
    version : str
        Name of the outcomes file.
    rules : VerdictRules
    events : EventsFile
        Dated events, which the primary pair's alarms are held against.
    common : Common
    rotations : mapping of str to int, optional
        Rotations of the permutation test of learned weights, by learner.

    Returns
    -------
    Pair
    """
    outcome = outcome_of(candidate, data, version=version)
    name = candidate.solved.given.source.name
    slug = f"{name}--{candidate.feed}--{candidate.definition.name}"
    seeded = np.random.default_rng([_SEED, zlib.crc32(slug.encode())])
    for_weights, for_scores, for_verdict, for_others, for_alarms = seeded.spawn(5)
    weighted, weights = (
        weighted_series(candidate.solved, outcome, data, rng=for_weights, rotations=rotations)
        if candidate.primary
        else (None, None)
    )
    signals = signals_of(candidate.solved, outcome, data, common=common, weighted=weighted)
    days, scoring = candidate.definition.horizon_days, scoring_rules(rules)
    frame, event = signals.frame, outcome.event
    verdict = judge(frame, event, horizon_days=days, rules=rules, rng=for_verdict, titles=TITLES)
    sample = _sample(frame[INDEX], event, days)
    told = frame if candidate.primary else frame.head(0)
    raised = _raised(told, event.loc[told.index], days=days, rules=scoring)
    return Pair(
        series=name,
        feed=candidate.feed,
        outcome=candidate.definition.name,
        title=candidate.title,
        primary=candidate.primary,
        horizon_days=days,
        result=outcome,
        signals=frame,
        missing=signals.missing,
        status=sample.status(fewest_events=scoring.fewest_events),
        events=sample.events,
        calm_spells=sample.calm_spells,
        scores=_as_judged(score_table(frame, event, horizon_days=days, rng=for_scores, rules=scoring), verdict),
        comparisons=_comparisons(verdict, frame, event, days=days, rules=scoring, rng=for_others)
        if candidate.primary
        else verdict.comparisons,
        verdict=verdict,
        roc=roc_curves(frame, event, horizon_days=days, fewest_events=scoring.fewest_events),
        reliability=reliability_curves(
            frame if candidate.primary else frame[[INDEX]],
            event,
            horizon_days=days,
            level=scoring.level,
            fewest_events=scoring.fewest_events,
        ),
        usefulness=_usefulness(raised, rules=scoring, rng=for_alarms),
        leads=_leads(raised, rules=scoring),
        dated=_dated(raised, events),
        weights=weights,
    )


def _as_judged(scores: ScoreTable, verdict: Verdict) -> ScoreTable:
    """The scores with the interval on which the verdict stands, so that one AUROC has one interval on a page."""
    own, table = verdict.conditions[0], scores.table
    judged = (table["signal"] == verdict.rules.signal) & (table["metric"] == AUROC) & table["value"].notna()
    if math.isnan(own.low):
        return scores
    return replace(
        scores, table=table.assign(low=table["low"].mask(judged, own.low), high=table["high"].mask(judged, own.high))
    )


def _sample(score: "pd.Series[float]", event: "pd.Series[bool]", days: float) -> Sample:
    return read_sample(pd.DataFrame({"score": score, "event": event}), horizon_days=days)


def _comparisons(
    verdict: Verdict,
    frame: pd.DataFrame,
    event: "pd.Series[bool]",
    *,
    days: float,
    rules: ScoringRules,
    rng: np.random.Generator,
) -> tuple[Comparison, ...]:
    """The verdict's comparisons, then those with every other signal that has values."""
    done = {each.second for each in verdict.comparisons} | {INDEX}
    others = [name for name in frame.columns if name not in done and frame[name].notna().any()]
    made = (
        compare(frame[INDEX], frame[name], event, horizon_days=days, rng=stream, rules=rules)
        for name, stream in zip(others, rng.spawn(len(others)), strict=True)
    )
    return (*verdict.comparisons, *made)


def _raised(
    frame: pd.DataFrame, event: "pd.Series[bool]", *, days: float, rules: ScoringRules
) -> dict[str, tuple[Sample, Alarms]]:
    """Each signal's rows, and its alarms on as many calm rows as every other's."""
    samples = {str(name): _sample(frame[name], event, days) for name in frame.columns}
    return {
        name: (held, matched_alarms(held, false_share=rules.false_share))
        for name, held in samples.items()
        if len(held.times)
    }


def _usefulness(
    raised: Mapping[str, tuple[Sample, Alarms]], *, rules: ScoringRules, rng: np.random.Generator
) -> pd.DataFrame:
    """Usefulness of the signals that reach the floor."""
    parts = [
        usefulness_table(
            held, rng=stream, fewest_events=rules.fewest_events, draws=rules.draws, level=rules.level
        ).assign(signal=name)
        for (name, (held, _)), stream in zip(raised.items(), rng.spawn(len(raised)), strict=True)
        if held.status(fewest_events=rules.fewest_events) == SCORED
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["signal", "preference", "status"])


def _leads(raised: Mapping[str, tuple[Sample, Alarms]], *, rules: ScoringRules) -> pd.DataFrame:
    """What the alarms of each signal that reaches the floor did before each independent event."""
    parts = [
        event_record(
            alarms.series,
            onsets(held),
            known_until=held.times[-1] + held.horizon,
            horizon_days=held.horizon_days,
            window_days=rules.window_days,
        ).leads.assign(signal=name)
        for name, (held, alarms) in raised.items()
        if held.status(fewest_events=rules.fewest_events) == SCORED
    ]
    columns = ["signal", "event", "status", "lead_days"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _dated(raised: Mapping[str, tuple[Sample, Alarms]], events: EventsFile) -> pd.DataFrame:
    """What each signal's alarms did before each dated event."""
    hits = {name: dated_hits(events, alarms.series, horizon=held.horizon) for name, (held, alarms) in raised.items()}
    parts = [found.events.assign(signal=name, by_chance=found.by_chance) for name, found in hits.items()]
    columns = ["signal", "date", "status", "by_chance"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
