"""A study made by hand for the tests of its page: a signal that leads, one that knows nothing, or too few events."""

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
from signal_support import HORIZON, days, lasting, world

from cohortiv.config.validation import DatedEvent, EventsFile, load_outcomes
from cohortiv.config.verdict import VerdictRules, load_verdict_rules
from cohortiv.early_warning import Thresholds, code_of
from cohortiv.findings.validation import ValidationFindings, find
from cohortiv.study.history import code_timeline
from cohortiv.study.result import IndexHistory, LearnedWeights, Pair, Study
from cohortiv.validation.alarms import event_record, onsets
from cohortiv.validation.comparison import compare
from cohortiv.validation.curves import reliability_curves, roc_curves
from cohortiv.validation.dated_hits import dated_hits
from cohortiv.validation.events import lay_events
from cohortiv.validation.outcomes import Outcome
from cohortiv.validation.sample import DAY, Sample, read_sample
from cohortiv.validation.scores import score_table
from cohortiv.validation.thresholds import matched_alarms, usefulness_table
from cohortiv.validation.verdict import judge, scoring_rules
from cohortiv.validation.weights import TierWeights

TITLES = {
    "iv_index": "IV Index", "weighted_index": "IV Index, learned tier weights",
    "realised_7d": "Realised volatility, 7 days", "realised_30d": "Realised volatility, 30 days",
    "garch": "GARCH(1,1) forecast", "implied": "Implied volatility of options (DVOL)", "random": "A random number",
    "sentiment": "Negative sentiment of texts", "index_with_sentiment": "IV Index with sentiment",
}  # fmt: skip
ROWS = 1400


def rules() -> VerdictRules:
    """The shipped rules with few resamples."""
    return load_verdict_rules().model_copy(update={"draws": 60})


def events() -> EventsFile:
    """One dated event within the series and one before it."""
    listed = [
        DatedEvent(date=date(2020, 3, 12), name="Fall of March 2020", description="A fall", source="Public"),
        DatedEvent(date=date(2024, 3, 1), name="A <day> of 2024", description="A fall", source="Public"),
    ]
    return EventsFile(
        name="events-small", complete_from=date(2020, 1, 1), complete_to=date(2026, 1, 1), events=tuple(listed)
    )


def series(index: "pd.Series[float]") -> IndexHistory:
    """An index series with its codes."""
    codes = [str(code_of(value)) for value in index]
    frame = pd.DataFrame(
        {"iv_index": index, "critical_volatility": 40.0 / index, "leveraged_notional_usd": 1e9, "usable_share": 1.0,
         "code": codes, "code_held": codes}
    )  # fmt: skip
    timeline = code_timeline(frame["code_held"])
    return IndexHistory(
        name="made-up", title="Made-up index", basis="positions", stand_in="margin longs and shorts", symbol="BTC",
        frame=frame, timeline=timeline, flips_a_year=float(len(timeline) - 1), gaps=0, longest_gap_days=1.0,
        overlay=lay_events(events(), index, horizon=HORIZON * DAY), step_hours=24.0,
        thresholds=Thresholds(), notes=("A model, not positions",),
    )  # fmt: skip


def outcome(event: "pd.Series[bool]") -> Outcome:
    """What followed, as a share of the profile's own lines."""
    definition = load_outcomes().definition("touched-7d")
    value = event.astype("Float64").astype("float64") * 0.2 + 0.01234
    why = pd.Series("", index=event.index).mask(event.isna(), "data end before the horizon")
    frame = pd.DataFrame(
        {
            "value": value,
            "end": pd.DatetimeIndex(event.index) + HORIZON * DAY,
            "threshold": 0.15,
            "event": event,
            "why": why,
        }
    )
    return Outcome(definition, "outcomes-1", frame, "1", "leveraged notional of the profile")


def tier_weights(*, strength: float) -> TierWeights:
    """Weights of two tiers."""
    weights = pd.Series([0.8, 1.3] if strength else [1.0, 1.0], index=[5, 20])
    return TierWeights(
        weights=weights, propensity=weights - 1.0, strength=strength, skill=0.04 if strength else float("nan"),
        own_skill=-0.02 if strength else float("nan"),
        p_value=0.01 if strength else float("nan"), learner="logistic", rows=ROWS, events=12, folds=5,
        status="learned" if strength else "equal: too few events",
    )  # fmt: skip


def learned(*, strength: float) -> LearnedWeights:
    """Weights learned twice."""
    known = pd.DataFrame(
        {"status": "learned", "events": [5, 9], "strength": [0.0, strength], "p_value": [1.0, 0.01]}, index=days(2)
    )
    return LearnedWeights({"logistic": tier_weights(strength=strength)}, known)


def signals(score: "np.ndarray", *, with_implied: bool) -> pd.DataFrame:
    """An index made of a score, and comparators that know nothing; implied volatility is given or not."""
    rng = np.random.default_rng(5)
    index = pd.Series(45.0 * np.exp(0.3 * score), index=days(len(score)))
    blind = {name: lasting(rng, len(score)) for name in ("realised_7d", "realised_30d", "garch")}
    return pd.DataFrame(
        {"iv_index": index, "weighted_index": 1.1 * index, "index_with_sentiment": index.rank(), **blind,
         "implied": lasting(rng, len(score)) if with_implied else np.nan,
         "sentiment": lasting(rng, len(score)), "random": rng.random(len(score))}
    )  # fmt: skip


def pair(frame: pd.DataFrame, event: "pd.Series[bool]", *, primary: bool = True, strength: float = 0.5) -> Pair:
    """One pair, scored as a study scores it."""
    fixed, horizon = rules(), float(HORIZON)
    scoring = scoring_rules(fixed)
    samples = {
        str(name): read_sample(pd.DataFrame({"score": frame[name], "event": event}), horizon_days=horizon)
        for name in frame
    }
    held = {name: each for name, each in samples.items() if each.status() == "scored"}
    raised = {name: matched_alarms(each).series for name, each in samples.items() if len(each.times)}
    dated = {name: dated_hits(events(), alarms, horizon=HORIZON * DAY) for name, alarms in raised.items()}
    made = frame.columns[frame.notna().any()]
    return Pair(
        series="made-up", feed="own-lines", outcome="touched-7d", title="Made-up index: lines touched within 7 days",
        primary=primary, horizon_days=horizon, result=outcome(event), signals=frame,
        missing={str(name): "no such data given" for name in frame if name not in set(made)},
        status=samples["iv_index"].status(), events=samples["iv_index"].events,
        calm_spells=samples["iv_index"].calm_spells,
        scores=score_table(frame, event, horizon_days=horizon, rng=np.random.default_rng(1), rules=scoring),
        comparisons=tuple(
            compare(
                frame["iv_index"], frame[name], event, horizon_days=horizon, rules=scoring, rng=np.random.default_rng(2)
            )
            for name in made if name != "iv_index"
        ),
        verdict=judge(frame, event, horizon_days=horizon, rules=fixed, rng=np.random.default_rng(3), titles=TITLES),
        roc=roc_curves(frame[made], event, horizon_days=horizon),
        reliability=reliability_curves(frame[made], event, horizon_days=horizon),
        usefulness=_stacked(
            {name: usefulness_table(each, rng=np.random.default_rng(4), draws=60) for name, each in held.items()},
            ["preference", "status"],
        ),
        leads=_stacked({name: _leads(each) for name, each in held.items()}, ["event", "status", "lead_days"]),
        dated=_stacked(
            {name: found.events.assign(by_chance=found.by_chance) for name, found in dated.items()},
            ["date", "status", "by_chance"],
        ),
        weights=learned(strength=strength) if primary else None,
    )  # fmt: skip


def _leads(sample: Sample) -> pd.DataFrame:
    """What matched alarms did before each event."""
    alarms, until = matched_alarms(sample).series, sample.times[-1] + sample.horizon
    return event_record(alarms, onsets(sample), known_until=until, horizon_days=sample.horizon_days).leads


def _stacked(parts: dict[str, pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Tables below each other, each with its signal."""
    named = [part.assign(signal=name) for name, part in parts.items()]
    return pd.concat(named, ignore_index=True) if named else pd.DataFrame(columns=["signal", *columns])


@cache
def findings(kind: str = "leads") -> ValidationFindings:
    """A study whose index "leads", is "blind", or has "few" events; the last two have no texts and equal weights."""
    risk, event = world(17, rows=ROWS)
    if kind == "few":
        event = event.copy()
        event.iloc[200:] = event.iloc[200:].mask(event.iloc[200:].notna(), other=False)
    score = risk if kind == "leads" else lasting(np.random.default_rng(9), ROWS)
    frame = signals(score, with_implied=kind == "leads")
    held = pair(frame, event, strength=0.5 if kind == "leads" else 0.0)
    return find(_study(held, frame, with_texts=kind == "leads"))


def _study(held: Pair, frame: pd.DataFrame, *, with_texts: bool) -> Study:
    """The study around a pair, with a second one like it."""
    days_ = pd.DataFrame({"mean": [0.1, np.nan, -0.2], "texts": [20, 3, 40]}, index=days(3))
    sources = pd.DataFrame(
        {"role": "index", "name": "made-up", "title": ["Made-up index", ""], "kind": "positions",
         "files": ["positions.parquet", "bars.csv"], "first": days(2), "last": days(2), "rows": [ROWS, 10],
         "step_hours": 24.0, "gaps": [0, 2], "repeated": 0, "blank": 0, "note": ["", "A lower bound"]}
    )  # fmt: skip
    fixed = rules()
    return Study(
        name="small", title="A small study", hypothesis=fixed.hypothesis, synthetic=True,
        series=(series(frame["iv_index"]),), pairs=(held, replace(held, primary=False, feed="feed", weights=None)),
        data=sources, titles=TITLES, units={"iv_index": "%"}, directions={"iv_index": "less volatility is enough"},
        outcomes_version="outcomes-1", events_version="events-small", verdict_version=fixed.name,
        rules=scoring_rules(fixed), sentiment=days_ if with_texts else pd.DataFrame(),
        sentiment_by_language=pd.DataFrame(
            [["en", "vader", 90, 4]] if with_texts else [], columns=["language", "scorer", "scored", "not_scored"]
        ),
        sentiment_left_out={"no text": 4} if with_texts else {}, critical_mass=0.15, index_horizon_days=7.0,
        reference_volatility=0.4,
        not_paired=pd.DataFrame(
            [{"series": "made-up", "feed": "feed", "outcome": "liquidated-1d", "why": "the feed has no long_usd"}]
        ),
        notes=("Positions are SYNTHETIC",),
    )  # fmt: skip
