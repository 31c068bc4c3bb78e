"""The verdict on the core hypothesis, by rules that were fixed in a file before anything was scored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from cohortiv.config.verdict import VerdictRules
from cohortiv.validation.bootstrap import Interval, interval, sample_block
from cohortiv.validation.comparison import Comparison, compare
from cohortiv.validation.ranking import auroc, rank
from cohortiv.validation.rules import ScoringRules
from cohortiv.validation.sample import read_sample

Answer = Literal["supported", "not supported", "too few events"]

SUPPORTED: Final[Answer] = "supported"
NOT_SUPPORTED: Final[Answer] = "not supported"
UNDECIDED: Final[Answer] = "too few events"


@dataclass(frozen=True)
class Condition:
    """One thing that must hold for the hypothesis to be supported.

    Attributes
    ----------
    statement : str
        What must hold, in words.
    value, low, high : float
        The number and its interval [1]; NaN where there is none.
    bound : float
        What the lower end must exceed [1].
    events : int
        Independent events that it stands on.
    met : bool or None
        Whether it holds; None where events are too few to say.
    """

    statement: str
    value: float
    low: float
    high: float
    bound: float
    events: int
    met: bool | None


@dataclass(frozen=True, eq=False)
class Verdict:
    """What came out.

    Attributes
    ----------
    answer : str
        "supported", "not supported" or "too few events".
    sentence : str
        The verdict with its numbers.
    conditions : tuple of Condition
        Everything that was asked, in the order of the file.
    comparisons : tuple of Comparison
        The signal against each comparator.
    rules : VerdictRules
        What was fixed before.
    """

    answer: Answer
    sentence: str
    conditions: tuple[Condition, ...]
    comparisons: tuple[Comparison, ...]
    rules: VerdictRules

    @property
    def table(self) -> pd.DataFrame:
        """One row a condition: statement, value, low, high, bound, events, met (missing where undecided)."""
        table = pd.DataFrame([vars(condition) for condition in self.conditions])
        return table.assign(met=table["met"].astype("boolean"))


def judge(
    scores: pd.DataFrame,
    event: pd.Series,
    *,
    horizon_days: float,
    rules: VerdictRules,
    rng: np.random.Generator,
    titles: Mapping[str, str] | None = None,
) -> Verdict:
    """Judge the hypothesis.

    Parameters
    ----------
    scores : DataFrame
        One column a signal, higher more dangerous, NaN for none, indexed by the time at which it was known. A
        comparator of the rules that is not among the columns has no rows, and its conditions are undecided.
    event : Series
        Whether the outcome over the horizon after the time was an event; missing where not covered. Same index.
    horizon_days : float
        Horizon of the outcome [days].
    rules : VerdictRules
    rng : numpy.random.Generator
        Each comparison has a stream of its own.
    titles : mapping of str to str, optional
        Names of signals as readers see them.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If the signal is not among the columns, or indices differ.
    DataError
        If times fall or carry a zone.

    Notes
    -----
    Conditions: the lower end of the signal's AUROC lies above 0.5; for every comparator the lower end of the difference
    of AUROCs lies above 0 on common rows ("better"), and so it does for the outcome one horizon later ("earlier"). One
    that fails on enough events makes the answer "not supported", whatever else is undecided; all that hold,
    "supported". Several comparators have to be beaten together, so no correction for their number is due.
    """
    if rules.signal not in scores.columns:
        raise ValueError(f"got signals {', '.join(map(str, scores.columns))}; {rules.signal} must be among them")
    names = {name: (titles or {}).get(name, name) for name in (rules.signal, *rules.comparators)}
    own, *streams = rng.spawn(1 + len(rules.comparators))
    signal = scores[rules.signal]
    comparisons = tuple(
        compare(
            signal,
            scores[name] if name in scores.columns else pd.Series(np.nan, index=scores.index, name=name),
            event,
            horizon_days=horizon_days,
            rng=stream,
            rules=scoring_rules(rules),
        )
        for name, stream in zip(rules.comparators, streams, strict=True)
    )
    first = _warns_at_all(signal, event, horizon_days=horizon_days, rules=rules, rng=own, title=names[rules.signal])
    pairs = (pair for each in comparisons for pair in _conditions(each, names[rules.signal], names[each.second]))
    conditions = (first, *pairs)
    answer = answer_of(conditions)
    return Verdict(answer, _sentence(answer, conditions, rules), conditions, comparisons=comparisons, rules=rules)


def scoring_rules(rules: VerdictRules) -> ScoringRules:
    """The part of a verdict's rules that the scores share."""
    return ScoringRules(
        draws=rules.draws,
        level=rules.level,
        fewest_events=rules.fewest_events,
        preference=rules.preference,
        false_share=rules.false_share,
        window_days=rules.window_days,
    )


def answer_of(conditions: tuple[Condition, ...]) -> Answer:
    """The answer that conditions add up to: one that fails decides, all must hold."""
    if any(condition.met is False for condition in conditions):
        return NOT_SUPPORTED
    return SUPPORTED if all(condition.met for condition in conditions) else UNDECIDED


def _warns_at_all(
    signal: pd.Series,
    event: pd.Series,
    *,
    horizon_days: float,
    rules: VerdictRules,
    rng: np.random.Generator,
    title: str,
) -> Condition:
    """The signal's own AUROC on its own rows."""
    sample = read_sample(pd.DataFrame({"score": signal, "event": event}), horizon_days=horizon_days)
    found = None
    if sample.status(fewest_events=rules.fewest_events) == "scored":
        ranking = rank(sample.score, sample.event)
        found = interval(
            lambda weights: auroc(ranking, weights),
            len(sample.times),
            block_rows=sample_block(sample),
            rng=rng,
            draws=rules.draws,
            level=rules.level,
        )
    return _condition(f"AUROC of {title}", found, sample.events, bound=rules.least_auroc)


def _conditions(comparison: Comparison, signal: str, comparator: str) -> tuple[Condition, Condition]:
    """Better, and earlier."""
    less = f"AUROC of {signal} less that of {comparator}"
    return (
        _condition(less, comparison.better, comparison.events, bound=0.0),
        _condition(f"{less}, one horizon ahead", comparison.earlier, comparison.earlier_events, bound=0.0),
    )


def _condition(what: str, found: Interval | None, events: int, *, bound: float) -> Condition:
    value, low, high = (found.value, found.low, found.high) if found else (np.nan, np.nan, np.nan)
    return Condition(
        statement=f"{what}: the lower end of its interval lies above {bound:g}",
        value=value,
        low=low,
        high=high,
        bound=bound,
        events=events,
        met=None if np.isnan(low) else bool(low > bound),
    )


def _sentence(answer: Answer, conditions: tuple[Condition, ...], rules: VerdictRules) -> str:
    """The verdict with every number that it stands on."""
    numbers = "; ".join(_number(condition) for condition in conditions)
    return f"{answer.capitalize()} (rules {rules.name}, intervals of {100.0 * rules.level:g} %): {numbers}."


def _number(condition: Condition) -> str:
    what = condition.statement.partition(":")[0]
    events = f"{condition.events} independent event{'' if condition.events == 1 else 's'}"
    if condition.met is None:
        return f"{what} is not given on {events}"
    value, low, high = (
        f"{number:.2f}".replace("-", "−") for number in (condition.value, condition.low, condition.high)
    )
    return f"{what} is {value} ({low} to {high}) on {events}"
