"""The table of scores: each signal against one outcome, every metric with its interval and its independent events."""

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.validation.alarms import EventRecord, changes_a_year, event_record, onsets
from cohortiv.validation.bootstrap import Interval, Statistic, intervals, sample_block
from cohortiv.validation.calibration import brier, brier_skill, calibrate
from cohortiv.validation.delong import delong, has_variance
from cohortiv.validation.ranking import auroc, average_precision, rank
from cohortiv.validation.rules import DEFAULT_RULES, ScoringRules
from cohortiv.validation.sample import BoolArray, Sample, read_sample, spells
from cohortiv.validation.thresholds import Alarms, alarm_rates, matched_alarms, past_alarms, relative_usefulness
from cohortiv.volatility import FloatArray

AUROC: Final = "AUROC"
AUROC_DELONG: Final = "AUROC, DeLong interval (secondary)"
AVERAGE_PRECISION: Final = "average precision"
EVENT_SHARE: Final = "share of event rows"
BRIER: Final = "Brier score"
BRIER_SKILL: Final = "Brier skill over the past base rate"
USEFULNESS: Final = "relative usefulness"
NOISE_TO_SIGNAL: Final = "noise-to-signal"
CALM_ALARMED: Final = "share of calm rows alarmed"
EVENTS_WARNED: Final = "share of events warned"
LEAD_DAYS: Final = "median lead time [days]"
FALSE_ALARMS: Final = "false alarms a year"
ALARM_FLIPS: Final = "alarm flips a year"
METRICS: Final = (
    AUROC, AUROC_DELONG, AVERAGE_PRECISION, EVENT_SHARE, BRIER, BRIER_SKILL, USEFULNESS, NOISE_TO_SIGNAL,
    CALM_ALARMED, EVENTS_WARNED, LEAD_DAYS, FALSE_ALARMS, ALARM_FLIPS,
)  # fmt: skip
"""Every metric of the table, in its order."""

SCORED: Final = "scored"
_NO_PAST: Final = "too short a past to fit"
_NO_EVENT: Final = "no event after the first fit"

_COLUMNS: Final = ["signal", "metric", "value", "low", "high", "events", "rows", "status"]


@dataclass(frozen=True, eq=False)
class ScoreTable:
    """Scores of several signals against one outcome, each on its own rows.

    Attributes
    ----------
    table : DataFrame
        One row a signal and metric: signal, metric, value, low, high (interval, NaN where the metric has none), events
        (independent), rows (that the metric stands on), status. The value is NaN exactly where `status` does not begin
        with "scored"; it then says why. What follows "scored" says why there is no interval.
    coverage : DataFrame
        One row a signal: signal, first, last, rows, scored, not_covered, without_score, repeated, contradictory, gaps,
        longest_gap_days, events, calm_spells, block_rows (mean block of the bootstrap; NaN without one).
    rules : ScoringRules
        What was fixed before.
    """

    table: pd.DataFrame
    coverage: pd.DataFrame
    rules: ScoringRules


def score_table(
    scores: pd.DataFrame,
    event: pd.Series,
    *,
    horizon_days: float,
    rng: np.random.Generator,
    rules: ScoringRules = DEFAULT_RULES,
) -> ScoreTable:
    """Score every signal against the outcome.

    Parameters
    ----------
    scores : DataFrame
        One column a signal, higher more dangerous, NaN for none, indexed by the time at which it was known.
    event : Series
        Whether the outcome over the horizon after the time was an event; missing where not covered. Same index.
    horizon_days : float
        Horizon of the outcome [days].
    rng : numpy.random.Generator
        Each signal has a stream of its own.
    rules : ScoringRules, optional
        Resamples, level, floor on events and how alarms are raised.

    Returns
    -------
    ScoreTable

    Raises
    ------
    DataError
        If times fall or carry a zone.
    ValueError
        If the two indices differ, or a number is out of range.

    Notes
    -----
    Each signal stands on its own rows here; signals are compared on common rows by `comparison.compare`.
    """
    if not scores.index.equals(event.index):
        raise ValueError("got scores and events with different indices; reindex the outcome to the scores' times")
    tables, coverage = [], []
    for signal, stream in zip(scores.columns, rng.spawn(scores.shape[1]), strict=True):
        sample = read_sample(pd.DataFrame({"score": scores[signal], "event": event}), horizon_days=horizon_days)
        why = sample.status(fewest_events=rules.fewest_events)
        block = sample_block(sample) if why == SCORED else float("nan")
        rows = _rows(sample, rules, block=block, rng=stream) if why == SCORED else _refused(sample, why)
        tables.append(rows.assign(signal=str(signal))[_COLUMNS])
        coverage.append({"signal": str(signal)} | _coverage(sample) | {"block_rows": block})
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=_COLUMNS)
    return ScoreTable(table=table, coverage=pd.DataFrame(coverage), rules=rules)


@dataclass(frozen=True, eq=False)
class _Weighed:
    """A metric as a function of the rows' weights, and the rows that it stands on."""

    of: Statistic
    rows: BoolArray


def _rows(sample: Sample, rules: ScoringRules, *, block: float, rng: np.random.Generator) -> pd.DataFrame:
    """All metrics of one sample, each on events enough or with the reason for none."""
    matched = matched_alarms(sample, false_share=rules.false_share)
    weighed = _weighed(sample, rules, matched)
    found = intervals(
        {name: metric.of for name, metric in weighed.items()},
        len(sample.times),
        block_rows=block,
        rng=rng,
        draws=rules.draws,
        level=rules.level,
    )
    rows = [_of_interval(name, found[name], sample, judged=metric.rows) for name, metric in weighed.items()]
    rows.insert(1, _of_delong(sample, level=rules.level))
    return _floored(pd.DataFrame([*rows, *_of_events(sample, rules, matched)]), rules.fewest_events)


def _weighed(sample: Sample, rules: ScoringRules, matched: Alarms) -> dict[str, _Weighed]:
    """Metrics that have an interval; everything that takes fits is done once."""
    ranking, calibrated = rank(sample.score, sample.event), calibrate(sample)
    alarms = past_alarms(sample, preference=rules.preference)
    whole = np.ones(len(sample.times), dtype=np.bool_)
    worth = partial(relative_usefulness, alarms, preference=rules.preference)
    return {
        AUROC: _Weighed(partial(auroc, ranking), whole),
        AVERAGE_PRECISION: _Weighed(partial(average_precision, ranking), whole),
        EVENT_SHARE: _Weighed(lambda weights: weights @ sample.event / weights.sum(axis=-1), whole),
        BRIER: _Weighed(partial(brier, calibrated.probability, calibrated.event), calibrated.given),
        BRIER_SKILL: _Weighed(partial(brier_skill, calibrated), calibrated.given),
        USEFULNESS: _Weighed(worth, alarms.judged),
        NOISE_TO_SIGNAL: _Weighed(partial(_noise_to_signal, alarms), alarms.judged),
        CALM_ALARMED: _Weighed(lambda weights: alarm_rates(matched, weights)[1], matched.judged),
    }


def _of_interval(metric: str, found: Interval, sample: Sample, *, judged: BoolArray) -> dict[str, object]:
    status = SCORED if found.status == "given" else f"{SCORED}, no interval: {found.status}"
    if np.isnan(found.value):
        status = "no alarm before any event" if metric == NOISE_TO_SIGNAL and judged.any() else _NO_PAST
    return {
        "metric": metric,
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "events": spells(sample.times[judged & sample.event], sample.horizon),
        "rows": int(judged.sum()),
        "status": status,
    }


def _of_delong(sample: Sample, *, level: float) -> dict[str, object]:
    row: dict[str, object] = {"metric": AUROC_DELONG, "events": sample.events, "rows": len(sample.times)}
    if not has_variance(sample.event):
        return row | dict.fromkeys(("value", "low", "high"), np.nan) | {"status": "one row of a class only"}
    found = delong(sample.score, sample.event, level=level)
    return row | {"value": found.value, "low": found.low, "high": found.high, "status": SCORED}


def _of_events(sample: Sample, rules: ScoringRules, alarms: Alarms) -> list[dict[str, object]]:
    """Lead time and false alarms against the sample's own events, on the rows after the first fit."""
    record = event_record(
        alarms.series,
        onsets(sample),
        known_until=sample.times[-1] + sample.horizon,
        horizon_days=sample.horizon_days,
        window_days=rules.window_days,
    )
    shared = {"low": np.nan, "high": np.nan, "events": record.covered, "rows": int(alarms.judged.sum())}
    none = _NO_EVENT if alarms.judged.any() else _NO_PAST
    lead, why = _lead_of(record, none, fewest_events=rules.fewest_events)
    values = {
        EVENTS_WARNED: (record.warned / record.covered if record.covered else np.nan, none),
        LEAD_DAYS: (lead, why),
        FALSE_ALARMS: (record.false_alarms_a_year, none),
        ALARM_FLIPS: (changes_a_year(alarms.series), none),
    }
    return [
        {"metric": metric, "value": value, "status": why if np.isnan(value) else SCORED} | shared
        for metric, (value, why) in values.items()
    ]


def _lead_of(record: EventRecord, none: str, *, fewest_events: int) -> tuple[float, str]:
    """Median lead over the events that were warned, if they are enough; NaN with its reason otherwise."""
    if record.warned >= fewest_events:
        return record.median_lead_days, none
    if record.covered < fewest_events:
        return np.nan, "too few events" if record.covered else none
    return np.nan, f"only {record.warned} warned" if record.warned else "no event was warned"


def _refused(sample: Sample, why: str) -> pd.DataFrame:
    """Every metric without a value."""
    empty = {"value": np.nan, "low": np.nan, "high": np.nan, "events": sample.events, "rows": len(sample.times)}
    return pd.DataFrame([{"metric": metric, "status": why} | empty for metric in METRICS])


def _floored(rows: pd.DataFrame, fewest_events: int) -> pd.DataFrame:
    """Take away every value that stands on too few independent events; a value that is kept has a status "scored"."""
    few = (rows["events"] < fewest_events) & ~rows["status"].isin([_NO_PAST, _NO_EVENT])
    kept = rows.copy()
    kept.loc[few, "status"] = "too few events"
    kept.loc[few, ["value", "low", "high"]] = np.nan
    return kept


def _coverage(sample: Sample) -> dict[str, object]:
    return {
        "first": sample.times[0] if len(sample.times) else pd.NaT,
        "last": sample.times[-1] if len(sample.times) else pd.NaT,
        "rows": sample.rows,
        "scored": len(sample.times),
        "not_covered": sample.not_covered,
        "without_score": sample.without_score,
        "repeated": sample.repeated,
        "contradictory": sample.contradictory,
        "gaps": sample.gaps,
        "longest_gap_days": sample.longest_gap_days,
        "events": sample.events,
        "calm_spells": sample.calm_spells,
    }


def _noise_to_signal(alarms: Alarms, weights: FloatArray) -> FloatArray:
    missed, false = alarm_rates(alarms, weights)
    hits = 1.0 - missed
    return np.asarray(np.divide(false, hits, out=np.full(np.shape(hits), np.nan), where=hits > 0.0))
