"""What would change the verdict: conditions with their numbers, and how many more events each would take."""

import math
from typing import Final

import pandas as pd

from cohortiv.findings.context import Words
from cohortiv.findings.validation import ValidationFindings, independent, interval_words, two
from cohortiv.findings.validation_overlap import overlap_words
from cohortiv.quantities import many
from cohortiv.validation.verdict import Condition

#: Key, label, pattern and alignment of the columns of the table, as `page.Column` takes them.
CONDITION_COLUMNS: Final = (
    ("what", "The index is", "{}", "left"),
    ("found", "Found (interval); events", "{}", "left"),
    ("answer", "Holds", "{}", "left"),
    ("needed", "Events needed in all", "{}", "left"),
)
_ANSWERS: Final = {True: "yes", False: "no", None: "too few events"}
#: More events than this are told as so many; the present width says little about so far ahead.
_MOST_TOLD: Final = 1000


def condition_rows(f: ValidationFindings) -> pd.DataFrame:
    """Every condition of the verdict: what, found, answer, needed.

    Parameters
    ----------
    f : ValidationFindings
    """
    asked = f.pair.verdict.rules.comparators
    # The first condition is about the index alone, then two follow for each comparator.
    lacking = [f.pair.missing.get(f.signal), *(f.pair.missing.get(name) for name in asked for _ in range(2))]
    rows = [
        {
            "what": name,
            "found": f"{interval_words(condition.value, condition.low, condition.high)};\u00a0{condition.events}",
            "answer": reason if condition.met is None and reason else _ANSWERS[condition.met],
            "needed": "–" if condition.met is None and reason else _needed_words(f, condition),
        }
        for name, condition, reason in zip(_names(f), f.pair.verdict.conditions, lacking, strict=True)
    ]
    return pd.DataFrame(rows)


def _names(f: ValidationFindings) -> list[str]:
    """What each condition says of the index: above chance, then better and earlier than each comparator."""
    asked = [f.title(name) for name in f.pair.verdict.rules.comparators]
    return ["better than chance", *(f"{way} than: {name}" for name in asked for way in ("better", "earlier"))]


def conditions(f: ValidationFindings) -> Words:
    """The table of conditions."""
    held = [condition.met for condition in f.pair.verdict.conditions].count(True)
    title = f"{held} of {len(f.pair.verdict.conditions)} conditions hold"
    note = (
        "Better than chance: AUROC above 0.5. Better: AUROC of the index less that of the other above 0. Earlier: the "
        "same for what follows one horizon later. A condition holds where the lower end of its interval lies above the "
        "bound. Events needed: rounded up to one digit, at the present value, with an interval that narrows with the "
        "root of their number; “more do not help” where the value itself is at the bound or below."
    )
    return f.words("conditions", title, "Conditions of the verdict, fixed before scoring", note=note, reading=change(f))


def events_needed(condition: Condition) -> float:
    """Independent events at which the lower end of an interval would pass the bound, the value staying as it is.

    Parameters
    ----------
    condition : Condition
        With an interval.

    Returns
    -------
    float
        Events in all; infinite where the value is at the bound or below, NaN without an interval.

    Notes
    -----
    The distance from the value to the lower end is taken to shrink with the root of the events:
    events * ((value - low) / (value - bound)) ** 2.
    """
    if math.isnan(condition.low):
        return math.nan
    if condition.value <= condition.bound:
        return math.inf
    return condition.events * ((condition.value - condition.low) / (condition.value - condition.bound)) ** 2


def _name(condition: Condition) -> str:
    """What a condition is about, without what must hold of it."""
    return condition.statement.partition(":")[0]


def _needed_words(f: ValidationFindings, condition: Condition) -> str:
    if condition.met:
        return "–"
    needed = events_needed(condition)
    if math.isnan(needed):
        return f"{f.pair.verdict.rules.fewest_events} or more"
    if math.isinf(needed):
        return "more do not help"
    return f"over {_MOST_TOLD:,}" if needed > _MOST_TOLD else f"about {_digit(needed):,}"


def _digit(count: float) -> int:
    """A count rounded up to one digit: 744 is 800."""
    unit = int(10 ** max(0, math.floor(math.log10(count))))
    return math.ceil(count / unit) * unit


def change(f: ValidationFindings) -> str:
    """What would have to be different for another answer.

    Parameters
    ----------
    f : ValidationFindings
    """
    found = f.pair.verdict.conditions
    open_ones = [condition for condition in found if condition.met is None]
    failed = [condition for condition in found if condition.met is False]
    if not open_ones and not failed:
        weakest = min(found, key=lambda condition: condition.low - condition.bound)
        return (
            f"All conditions hold. The nearest to failing is “{_name(weakest)}”, whose lower end "
            f"of {two(weakest.low)} lies {two(weakest.low - weakest.bound)} above its bound."
        )
    return "\n".join(f"- {line}" for line in [*_few(f, open_ones), *_failed(f, failed), *_better_data(f)])


def _better_data(f: ValidationFindings) -> list[str]:
    """That positions in place of a model of them could change it, where how far off it is is known."""
    off = overlap_words(f)
    return [f"Positions over as many years would test the claim itself. {off}"] if off else []


def _few(f: ValidationFindings, open_ones: list[Condition]) -> list[str]:
    """What the conditions that could not be decided lack."""
    needed = f.pair.verdict.rules.fewest_events
    lacking = [condition for condition in open_ones if 0 < condition.events < needed]
    absent = [condition for condition in open_ones if condition.events == 0]
    said = []
    if lacking:
        most = max(needed - condition.events for condition in lacking)
        said.append(
            f"For {many(len(lacking), 'condition')} there are fewer than {needed} independent events: {most} more "
            f"decide all of them{_years(f, most)}."
        )
    if absent and f.pair.events:
        said += _absent(f, absent)
    elif absent:
        what = "No independent event follows any snapshot" if f.has_outcomes else "No snapshot has a known outcome"
        said.append(f"{what}; {needed} independent events are needed to decide.")
    decided = sum(condition.events >= needed for condition in open_ones)
    return [
        *said,
        *([f"For {many(decided, 'condition')} there are events enough, but no interval."] if decided else []),
    ]


def _absent(f: ValidationFindings, absent: list[Condition]) -> list[str]:
    """What the conditions lack on which nothing could be counted: data, or an event."""
    without = [f.title(name) for name in f.pair.verdict.rules.comparators if name in f.pair.missing]
    names = dict.fromkeys(_name(condition).removesuffix(", one horizon ahead") for condition in absent)
    eventless = [name for name in names if not name.endswith(tuple(f" that of {title}" for title in without))]
    told = (("Without data", without), ("Without an event", eventless))
    return [f"{reason}: {'; '.join(listed)}." for reason, listed in told if listed]


def _failed(f: ValidationFindings, failed: list[Condition]) -> list[str]:
    """How far the conditions that fail are from holding."""
    reachable = [condition for condition in failed if math.isfinite(events_needed(condition))]
    said = []
    if reachable:
        hardest = max(reachable, key=events_needed)
        said.append(
            f"Of {many(len(failed), 'condition')} not met, {len(reachable)} would hold at the present values with "
            f"more events: {'the hardest of these, ' if len(reachable) > 1 else ''}“{_name(hardest)}” at "
            f"{interval_words(hardest.value, hardest.low, hardest.high)} on {independent(hardest.events)}, with "
            f"{_many(f, events_needed(hardest), now=hardest.events)}."
        )
    below = [condition for condition in failed if not math.isfinite(events_needed(condition))]
    if below:
        worst = min(below, key=lambda condition: condition.value - condition.bound)
        said.append(
            f"For {many(len(below), 'condition')} the value is at the bound or below it, and more events "
            f"of the same kind would not help: “{_name(worst)}” is {two(worst.value)} on {independent(worst.events)}, "
            f"and would have to rise by {two(worst.bound - worst.value)} even to reach its bound."
        )
    return said


def _many(f: ValidationFindings, events: float, *, now: int) -> str:
    """So many events in all, to one digit, and how long they would take at the rate of those that there are."""
    if events > _MOST_TOLD:
        return f"over {_MOST_TOLD:,} in all"
    rounded = _digit(events)
    return f"about {rounded:,} in all{_years(f, rounded - now)}"


def _years(f: ValidationFindings, events: float) -> str:
    """How long so many events would take at the judged pair's rate, to two digits; nothing where there is none."""
    rate = f.pair.events / f.years if f.years else 0.0
    if not rate:
        return ""
    years = events / rate
    told = float(f"{years:.2g}")
    long = f"{told:,g} {'year' if told == 1 else 'years'}" if years >= 1 else many(math.ceil(12 * years), "month")
    return f", some {long} at the present {rate:.1f} a year"
