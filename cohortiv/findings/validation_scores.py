"""Tables of scores of a validation report, each number with its interval and its independent events."""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import pandas as pd

from cohortiv.findings.context import Words
from cohortiv.findings.validation import (
    NO_COMPARATORS,
    ValidationFindings,
    bracketed,
    independent,
    interval_words,
    period_of,
    short_title,
    two,
    warned_words,
)
from cohortiv.plain import MISSING
from cohortiv.quantities import percent
from cohortiv.study.result import Pair
from cohortiv.validation.bootstrap import Interval
from cohortiv.validation.comparison import Comparison
from cohortiv.validation.scores import (
    ALARM_FLIPS,
    AUROC,
    AUROC_DELONG,
    AVERAGE_PRECISION,
    BRIER,
    BRIER_SKILL,
    CALM_ALARMED,
    EVENT_SHARE,
    EVENTS_WARNED,
    FALSE_ALARMS,
    LEAD_DAYS,
    NOISE_TO_SIGNAL,
    SCORED,
    USEFULNESS,
)

#: The 97.5 % point of a standard normal.
_NORMAL_95: Final = 1.96
#: What a validator must know of an outcome that the judged model makes itself.
OWN_LINES: Final = (
    "The outcome is made of the same lines as the index: it says whether the price reached them, not whether anyone "
    "was liquidated, so a high score is the model agreeing with itself in part."
)

#: How often intervals hold what they should, as METHODOLOGY measures it.
COVERS: Final = (
    "In 1,000 simulations where risk has a long memory, 95\u00a0% intervals of a score that knows nothing held 0.5 in "
    "90 to 93\u00a0%."
)

Columns = tuple[tuple[str, str, str, str], ...]

_RANKING: Final = {AUROC: "AUROC", AVERAGE_PRECISION: "Average precision", AUROC_DELONG: "AUROC, DeLong (secondary)"}
_PAST: Final = {
    BRIER: "Brier score", BRIER_SKILL: "Brier skill", USEFULNESS: "Relative usefulness",
    NOISE_TO_SIGNAL: "Noise-to-signal",
}  # fmt: skip
_ALARMS: Final = {
    CALM_ALARMED: "Calm rows alarmed", EVENTS_WARNED: "Events warned", LEAD_DAYS: "Median lead (days)",
    FALSE_ALARMS: "False alarms a year", ALARM_FLIPS: "Alarm flips a year",
}  # fmt: skip
_SHARES: Final = frozenset({CALM_ALARMED, EVENTS_WARNED})
#: The metric whose independent events stand in the column of counts of each table.
_COUNTED: Final = {"events_ranked": AUROC, "events_past": BRIER, "events_alarms": EVENTS_WARNED}
_ONE_DECIMAL: Final = frozenset({LEAD_DAYS, FALSE_ALARMS, ALARM_FLIPS})


def _columns(metrics: Mapping[str, str], events: str) -> Columns:
    signal, counted = ("signal", "Signal", "{}", "left"), (events, "Independent events", "{:,}", "right")
    return (signal, counted, *((name, label, "{}", "left") for name, label in metrics.items()))


#: Key, label, pattern and alignment of the columns of the tables, as `page.Column` takes them.
RANKING_COLUMNS: Final[Columns] = _columns(_RANKING, "events_ranked")
PAST_COLUMNS: Final[Columns] = _columns(_PAST, "events_past")
ALARM_COLUMNS: Final[Columns] = _columns(_ALARMS, "events_alarms")
SHORT_COLUMNS: Final[Columns] = (
    *_columns({AUROC: "AUROC", AVERAGE_PRECISION: "Average precision"}, "events_ranked"),
    ("events_past", "Events after the first fit", "{:,}", "right"),
    *_columns({BRIER_SKILL: "Brier skill", USEFULNESS: "Relative usefulness"}, "events_past")[2:],
)
FEW_COLUMNS: Final[Columns] = (
    ("signal", "Signal", "{}", "left"),
    ("events", "Independent events", "{:,}", "right"),
    ("scored", "Rows with score and outcome", "{:,}", "right"),
)
COMPARISON_COLUMNS: Final[Columns] = (
    ("signal", "Index against", "{}", "left"),
    ("better", "Difference of AUROC", "{}", "left"),
    ("earlier", "One horizon earlier", "{}", "left"),
    ("lead", "Difference of lead (days)", "{}", "left"),
    ("delong", "DeLong (secondary)", "{}", "left"),
)


def score_rows(f: ValidationFindings, pair: Pair | None = None) -> pd.DataFrame:
    """One row a signal that has values: its title, every metric as "value (low to high)", and independent events.

    Parameters
    ----------
    f : ValidationFindings
    pair : Pair, optional
        Default the judged one.

    Returns
    -------
    DataFrame
        signal and all metrics, in words: the reason where there is no value; events_ranked, events_past and
        events_alarms, the independent events that each table's metrics stand on. No rows where no signal has any value.
    """
    held = pair or f.pair
    table = held.scores.table[~held.scores.table["signal"].isin(list(held.missing))]
    cells = table.assign(cell=[score_cell(row) for row in table.to_dict("records")])
    wide, counts = (
        cells.pivot_table(index="signal", columns="metric", values=what, aggfunc="first", sort=False)
        for what in ("cell", "events")
    )
    if not table["status"].str.startswith(SCORED).any():
        wide, counts = wide.head(0), counts.head(0)
    counted = {name: counts[metric] for name, metric in _COUNTED.items() if metric in counts}
    return wide.assign(**counted).reset_index().assign(signal=[f.title(str(name)) for name in wide.index])


def few_rows(f: ValidationFindings) -> pd.DataFrame:
    """One row a signal that has values, where none is scored: its title, rows with an outcome, independent events."""
    table = f.pair.scores.coverage
    kept = table[~table["signal"].isin(list(f.pair.missing))]
    return kept.assign(signal=[f.title(str(name)) for name in kept["signal"]])[[key for key, *_ in FEW_COLUMNS]]


def few(f: ValidationFindings) -> Words:
    """The table that stands for those of scores where there is none."""
    needed = f.study.rules.fewest_events
    note = f"A score takes {needed} independent events; no metric is given on fewer.{absent(f, f.pair)}"
    return f.words("scores-few", f"No signal has {needed} independent events", "What could be scored", note=note)


def score_cell(row: Mapping[Any, Any]) -> str:
    """One metric with its interval, or why there is none."""
    metric, value = str(row["metric"]), float(row["value"])
    if math.isnan(value):
        return str(row["status"])
    written = _written(metric)
    return f"{written(value)}{bracketed(float(row['low']), float(row['high']), written)}"


def _written(metric: str) -> Callable[[float], str]:
    if metric in _SHARES:
        return lambda value: percent(value, 0)
    return (lambda value: f"{value:.1f}") if metric in _ONE_DECIMAL else two


def ranking(f: ValidationFindings) -> Words:
    """The table of ranks and probabilities."""
    own = f.score(f.signal, AUROC)
    title = f"The index has no score: {own['status']}"
    if not math.isnan(own["value"]):
        above, beyond = _above(f, own["value"]), _beyond(f, own["value"])
        title = f"{above} of {_compared(f)} comparators rank higher, {beyond} of them beyond chance"
    base = f.score(f.signal, EVENT_SHARE)
    share = (
        ""
        if math.isnan(base["value"])
        else f" Average precision by chance is the share of event rows, {two(base['value'])}."
    )
    note = (
        f"{reading_note(f)}{share} Beyond chance: the interval of the difference on common rows, below, lies under "
        f"0. The random number is one draw{_of_chance(f)}."
        f"{absent(f, f.pair)}"
    )
    return f.words("scores-ranking", title, "Does a higher score go with an event?", note=note)


def _of_chance(f: ValidationFindings) -> str:
    """Between what AUROCs draws of a random number lie, where there is a score.

    Mann and Whitney (1947), https://doi.org/10.1214/aoms/1177730491: the variance of the AUROC of values that know
    nothing, each drawn anew, is (n + 1) / (12 n_event n_calm).
    """
    share, rows = (f.score("random", EVENT_SHARE)[name] for name in ("value", "rows"))
    if math.isnan(share):
        return ""
    half = _NORMAL_95 * math.sqrt((rows + 1.0) / (12.0 * share * (1.0 - share))) / rows
    return (
        f": drawn anew again and again, 95 in 100 lie between {two(0.5 - half)} and {two(0.5 + half)}; signals that "
        "last, as all others do, vary more"
    )


def past(f: ValidationFindings) -> Words:
    """The table of what was fitted on the past: probabilities, and alarms at even weights."""
    skill = f.score(f.signal, BRIER_SKILL)
    title = "What could have been forecast at the time"
    if not math.isnan(skill["value"]):
        title = f"Brier skill of the index {_scored_words(skill)}"
    note = (
        f"{reading_note(f)} Probabilities and thresholds are fitted on the past alone; rows before the first fit are "
        "not judged. Brier skill is over the base rate of the past. Usefulness and noise-to-signal are at equal weight "
        "of missed events and false alarms; noise-to-signal under 1 is better than chance."
    )
    return f.words("scores-past", title, "Probabilities, and alarms at even weights", note=note)


def alarms(f: ValidationFindings) -> Words:
    """The table of alarms."""
    rules = f.study.rules
    warned = f.score(f.signal, EVENTS_WARNED)
    title = "What alarms would have been worth"
    if not math.isnan(warned["value"]):
        title = f"The index warned of {warned_words(f)}"
    note = (
        f"{reading_note(f)} Thresholds are fitted on the past alone, so that alarms stood on at most "
        f"{percent(rules.false_share, 0)} of its calm rows; on how many they stood afterwards is in the first column. "
        f"A lead is at most {rules.window_days:g} days. A false alarm has no event during it or in the "
        f"{rules.window_days:g} days after; one that goes on counts anew after as long. A gap is no time, and ends an "
        "alarm. Leads describe: a slow signal has long ones by chance."
    )
    return f.words("scores-alarms", title, "Alarms before events, and for nothing", note=note)


def reading_note(f: ValidationFindings) -> str:
    """How to read a cell of the tables of scores."""
    return (
        f"Value ({percent(f.study.rules.level, 0)} interval), on at least {f.study.rules.fewest_events} independent "
        "events; else the reason for none."
    )


def absent(f: ValidationFindings, pair: Pair) -> str:
    """Signals of a pair without any value, and why, after a space; nothing without such."""
    if not pair.missing:
        return ""
    return f" Without data: {', '.join(f'{f.title(name)} ({why})' for name, why in pair.missing.items())}."


def _scored_words(row: "pd.Series[Any]") -> str:
    """A score with its interval and its independent events: "0.46 (0.36 to 0.56), on 17 independent events"."""
    return f"{interval_words(row['value'], row['low'], row['high'])}, on {independent(row['events'])}"


def _beyond(f: ValidationFindings, value: float) -> int:
    """How many of those that rank higher than an AUROC do so by more than chance, on the rows that both have."""
    given = _given(f)
    above = set(given.loc[given["value"] > value, "signal"])
    return sum(each.second in above and each.better is not None and each.better.high < 0 for each in f.pair.comparisons)


def _given(f: ValidationFindings) -> pd.DataFrame:
    """AUROCs of comparators that have one."""
    table = f.pair.scores.table
    kept = table[(table["metric"] == AUROC) & ~table["signal"].isin([*NO_COMPARATORS, f.signal])]
    return kept.dropna(subset="value")


def _compared(f: ValidationFindings) -> int:
    return len(_given(f))


def _above(f: ValidationFindings, value: float) -> int:
    return int((_given(f)["value"] > value).sum())


def other_pairs(f: ValidationFindings) -> list[tuple[pd.DataFrame, dict[str, str]]]:
    """Rows and caption of a table for each further pair that has a score."""
    return [(score_rows(f, pair), _other(f, pair).caption) for pair in f.study.pairs[1:] if pair.status == SCORED]


def _other(f: ValidationFindings, pair: Pair) -> Words:
    own = f.score(f.signal, AUROC, pair)
    title = f"AUROC of the index {_scored_words(own)}"
    stand_in = f.study.history(pair.series).stand_in
    own_lines = f" {OWN_LINES}" if pair.result.definition.source == "profile" else ""
    note = (
        reading_note(f) + (f" Open interest: {stand_in}, a stand-in." if stand_in else "") + own_lines + absent(f, pair)
    )
    period = period_of(f.study.history(pair.series).frame)
    return Words(f"scores-{pair.name}"[:64], title, f"{short_title(pair)}; {period}", f.source, note)


def comparison_rows(f: ValidationFindings) -> pd.DataFrame:
    """The index against each signal on common rows."""
    given = [found for found in f.pair.comparisons if found.rows]
    rows = [_compared_row(f, found) for found in given] if any(found.better for found in given) else []
    return pd.DataFrame(rows, columns=[name for name, *_ in COMPARISON_COLUMNS])


def comparison_data(f: ValidationFindings) -> pd.DataFrame:
    """What the table of differences is made of, unrounded.

    Returns
    -------
    DataFrame
        One row a signal: its name, rows in common, and of each difference value, low, high and independent events; NaN
        where there is none.
    """
    return pd.DataFrame([_difference_of(found) for found in f.pair.comparisons if found.rows])


def _difference_of(found: Comparison) -> dict[str, object]:
    parts = {
        "better": (found.better, found.events),
        "earlier": (found.earlier, found.earlier_events),
        "lead_days": (found.lead_gain, found.lead_events),
        "better_delong": (found.better_delong, found.events),
    }
    row: dict[str, object] = {"signal": found.second, "rows": found.rows}
    for name, (told, events) in parts.items():
        values = (told.value, told.low, told.high) if told else (math.nan,) * 3
        row |= dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True)) | {f"{name}_events": events}
    return row


def _compared_row(f: ValidationFindings, found: Comparison) -> dict[str, str]:
    delong, few = found.better_delong, "too few events"
    return {
        "signal": f.title(found.second),
        "better": _counted(found.better, found.events, none=found.status),
        "earlier": _counted(found.earlier, found.earlier_events, none=few),
        "lead": _counted(found.lead_gain, found.lead_events, none=few),
        "delong": interval_words(delong.value, delong.low, delong.high) if delong else MISSING,
    }


def _counted(found: Interval | None, events: int, *, none: str) -> str:
    """A difference with its interval, or why there is none, and its events; the count stays with the interval."""
    told = none if found is None else interval_words(found.value, found.low, found.high)
    return f"{told};\u00a0{events}"


def comparisons(f: ValidationFindings) -> Words:
    """The table of differences."""
    scored = [
        found.better for found in f.pair.comparisons if found.better is not None and found.second not in NO_COMPARATORS
    ]
    beaten = sum(found.low > 0 for found in scored)
    title = (
        f"The index beats {beaten} of {len(scored)} comparators beyond chance"
        if scored
        else "No comparison has events enough"
    )
    note = (
        f"{reading_note(f)} Their number stands last. On rows that both have, with the same resamples. Above 0 the "
        "index is better. One horizon earlier: the same for what follows a horizon later. Difference of lead: in the "
        "mean of the events, of which one that is missed has a lead of 0. DeLong's interval stands on the events of "
        "the first difference, takes rows for independent, and is too narrow."
    )
    return f.words("comparisons", title, "AUROC of the index less that of another signal", note=note)
