"""One pair scored: every metric of every signal, the index against the others, the verdict, and curves to draw."""

import zlib
from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.assessment.study_data import StudyData
from cohortiv.config.verdict import VerdictRules
from cohortiv.study.outcome_pairs import Candidate, outcome_of
from cohortiv.study.result import Pair
from cohortiv.study.signals import INDEX, ROTATIONS, TITLES, Common, signals_of, weighted_series
from cohortiv.validation.alarms import event_record, onsets
from cohortiv.validation.comparison import Comparison, compare
from cohortiv.validation.curves import reliability_curves, roc_curves
from cohortiv.validation.propensity import Learner
from cohortiv.validation.rules import ScoringRules
from cohortiv.validation.sample import Sample, read_sample
from cohortiv.validation.scores import SCORED, score_table
from cohortiv.validation.thresholds import matched_alarms, usefulness_table
from cohortiv.validation.verdict import Verdict, judge, scoring_rules

#: With the name of a pair it seeds that pair's resamples, so that another pair changes none of them.
_SEED: Final = 20260930


def score_pair(
    candidate: Candidate,
    data: StudyData,
    *,
    version: str,
    rules: VerdictRules,
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
    for_weights, for_scores, for_verdict, for_others = np.random.default_rng([_SEED, zlib.crc32(slug.encode())]).spawn(
        4
    )
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
        scores=score_table(frame, event, horizon_days=days, rng=for_scores, rules=scoring),
        comparisons=_comparisons(verdict, frame, event, days=days, rules=scoring, rng=for_others)
        if candidate.primary
        else verdict.comparisons,
        verdict=verdict,
        roc=roc_curves(frame, event, horizon_days=days, fewest_events=scoring.fewest_events),
        reliability=reliability_curves(
            frame if candidate.primary else frame[[INDEX]],
            event,
            horizon_days=days,
            fewest_events=scoring.fewest_events,
        ),
        usefulness=_usefulness(frame, event, days=days, rules=scoring),
        leads=_leads(frame, event, days=days, rules=scoring),
        weights=weights,
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


def _scored(
    frame: pd.DataFrame, event: "pd.Series[bool]", *, days: float, rules: ScoringRules
) -> list[tuple[str, Sample]]:
    """Signals that reach the floor."""
    samples = [(str(name), _sample(frame[name], event, days)) for name in frame.columns]
    return [(name, held) for name, held in samples if held.status(fewest_events=rules.fewest_events) == SCORED]


def _usefulness(frame: pd.DataFrame, event: "pd.Series[bool]", *, days: float, rules: ScoringRules) -> pd.DataFrame:
    parts = [
        usefulness_table(held, fewest_events=rules.fewest_events).assign(signal=name)
        for name, held in _scored(frame, event, days=days, rules=rules)
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["signal", "preference", "status"])


def _leads(frame: pd.DataFrame, event: "pd.Series[bool]", *, days: float, rules: ScoringRules) -> pd.DataFrame:
    """What each signal's matched alarms did before each independent event."""
    parts = [
        event_record(
            matched_alarms(held, false_share=rules.false_share).series,
            onsets(held),
            known_until=held.times[-1] + held.horizon,
            horizon_days=held.horizon_days,
            window_days=rules.window_days,
        ).leads.assign(signal=name)
        for name, held in _scored(frame, event, days=days, rules=rules)
    ]
    columns = ["signal", "event", "status", "lead_days"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
