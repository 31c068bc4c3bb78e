"""Learned tier weights of a validation report, beside equal ones and never instead."""

import math
from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from cohortiv.findings.context import Words
from cohortiv.findings.validation import ValidationFindings, independent, interval_words
from cohortiv.quantities import many
from cohortiv.validation.sample import FEWEST_EVENTS
from cohortiv.validation.scores import AUROC
from cohortiv.validation.weights import SIGNIFICANCE, TierWeights

#: Key, label, pattern and alignment of the columns of the table, as `page.Column` takes them.
LEARNER_COLUMNS: Final = (
    ("learner", "Learner", "{}", "left"),
    ("status", "What came out", "{}", "left"),
    ("own_skill", "Skill as fitted", "{:.1%}", "right"),
    ("skill", "Skill shrunk", "{:.1%}", "right"),
    ("p_value", "p (permutation)", "{:.3f}", "right"),
    ("strength", "Strength kept", "{:.2f}", "right"),
    ("events", "Independent events", "{:,}", "right"),
)
_LEARNERS: Final = {"logistic": "Regularised logistic regression", "boosting": "Gradient boosting"}
_WEIGHTED: Final = "weighted_index"


def weight_rows(f: ValidationFindings) -> pd.DataFrame:
    """What `charts.tier_weights` draws: name, tier, weight; no rows where nothing was learned."""
    learned = _learned(f)
    parts = [
        pd.DataFrame(
            {"name": _LEARNERS.get(name, name), "tier": [f"{float(edge):g}x" for edge in found.weights.index],
             "weight": found.weights.to_numpy(dtype="float64")}
        )
        for name, found in learned.items() if len(found.weights)
    ]  # fmt: skip
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["name", "tier", "weight"])
    return rows if any(found.strength for found in learned.values()) else rows.head(0)


def _learned(f: ValidationFindings) -> Mapping[str, TierWeights]:
    return {} if f.pair.weights is None else f.pair.weights.learned


def weights(f: ValidationFindings) -> Words:
    """Learned weights."""
    measure = "Weight of each tier's notional, learned from all rows: a description, not a forecast"
    learned = _learned(f)
    spoke = [_LEARNERS.get(name, name) for name, found in learned.items() if found.strength]
    tested = [found for found in learned.values() if not math.isnan(found.p_value)]
    title = "The data do not speak for other weights than equal ones"
    if not tested:
        title = "Not tested: too few events" if learned else "No weights were learned"
    if spoke:
        title = f"{' and '.join(spoke)} found weights that differ"
    said = (_untested(learned), _beside(f), _known(f), _constant(f) if learned else "")
    reading = " ".join(part for part in said if part) or "Weights are learned for the judged pair alone."
    return f.words("tier-weights", title, measure, reading=reading)


def learner_rows(f: ValidationFindings) -> list[dict[str, Any]]:
    """One row a learner: status, skill, p_value, strength, events."""
    return [
        {"learner": _LEARNERS.get(name, name)}
        | {key: getattr(found, key) for key in ("status", "own_skill", "skill", "p_value", "strength", "events")}
        for name, found in _learned(f).items()
    ]


def learners(f: ValidationFindings) -> Words:
    """The table of learners with their permutation test."""
    note = (
        "Skill: part of the past base rate's log loss that is saved out of sample; below 0 the model errs more. "
        "Shrunk: with as much of the model as saves most, none of it allowed, so 0 at least. p: share of rotated "
        "outcomes with as much shrunk skill; weights differ from 1 only where it is at most "
        f"{SIGNIFICANCE:g}. A dash: not tested."
    )
    title = "Learned weights against chance"
    return f.words("learners", title, "Purged walk-forward splits and a permutation test", note=note)


def _untested(learned: Mapping[str, TierWeights]) -> str:
    """Why nothing was tested; empty where something was."""
    if not learned or any(not math.isnan(found.p_value) for found in learned.values()):
        return ""
    events = next(iter(learned.values())).events
    return (
        f"With {independent(events)} nothing was tested, which takes {FEWEST_EVENTS} and a past that holds some: that "
        "weights are equal is the rule, and no finding."
    )


def _constant(f: ValidationFindings) -> str:
    """What moves the shares of a reconstruction."""
    if not f.series.basis.startswith("reconstructed"):
        return ""
    return (
        "New positions of this reconstruction have one tier mix throughout, so shares move only by positions that are "
        "closed or touched: little is there to learn from."
    )


def _beside(f: ValidationFindings) -> str:
    """The weighted index beside the unweighted one."""
    table = f.pair.scores.table
    if _WEIGHTED not in set(table["signal"]):
        return ""
    weighted, plain = (f.score(name, AUROC) for name in (_WEIGHTED, f.signal))
    if math.isnan(weighted["value"]):
        return f"The index under learned weights has no score ({weighted['status']})."
    return (
        f"Under weights as they could have been learned at the time, the index has an AUROC of "
        f"{interval_words(weighted['value'], weighted['low'], weighted['high'])}, unweighted "
        f"{interval_words(plain['value'], plain['low'], plain['high'])}, on {independent(plain['events'])}. It is "
        "shown beside the index, never instead."
    )


def _known(f: ValidationFindings) -> str:
    """How often learning found something at the time."""
    if f.pair.weights is None or f.pair.weights.known.empty:
        return ""
    known = f.pair.weights.known
    differed = int((known["strength"] > 0).sum())
    return f"Weights were learned at {many(len(known), 'time')}; they differed from equal ones at {differed}."
