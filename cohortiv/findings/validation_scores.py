"""Tables of scores of a validation report, each number with its interval and its independent events."""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import pandas as pd

from cohortiv.findings.context import Words
from cohortiv.findings.validation import (
    ValidationFindings,
    interval_words,
    period_of,
    short_title,
    two,
    warned_words,
)
from cohortiv.plain import MISSING
from cohortiv.quantities import percent
from cohortiv.study.result import Pair
from cohortiv.validation.scores import (
    ALARM_FLIPS,
    AUROC,
    AUROC_DELONG,
    AVERAGE_PRECISION,
    BRIER,
    BRIER_SKILL,
    EVENT_SHARE,
    EVENTS_WARNED,
    FALSE_ALARMS,
    LEAD_DAYS,
    NOISE_TO_SIGNAL,
    SCORED,
    USEFULNESS,
)

#: What a validator must know of an outcome that the judged model makes itself.
OWN_LINES: Final = (
    "The outcome is made of the same lines as the index: it says whether the price reached them, not whether anyone "
    "was liquidated, so a high score is the model agreeing with itself in part."
)

Columns = tuple[tuple[str, str, str, str], ...]

_RANKING: Final = {
    AUROC: "AUROC", AVERAGE_PRECISION: "Average precision", BRIER: "Brier score", BRIER_SKILL: "Brier skill",
    AUROC_DELONG: "AUROC, DeLong (secondary)",
}  # fmt: skip
_ALARMS: Final = {
    USEFULNESS: "Relative usefulness", NOISE_TO_SIGNAL: "Noise-to-signal", EVENTS_WARNED: "Events warned",
    LEAD_DAYS: "Median lead (days)", FALSE_ALARMS: "False alarms a year", ALARM_FLIPS: "Alarm flips a year",
}  # fmt: skip
_SHORT: Final = (AUROC, AVERAGE_PRECISION, BRIER_SKILL, USEFULNESS, NOISE_TO_SIGNAL, EVENTS_WARNED)
_ONE_DECIMAL: Final = frozenset({LEAD_DAYS, FALSE_ALARMS, ALARM_FLIPS})


def _columns(metrics: Mapping[str, str]) -> Columns:
    return (("signal", "Signal", "{}", "left"), *((name, label, "{}", "left") for name, label in metrics.items()))


#: Key, label, pattern and alignment of the columns of the tables, as `page.Column` takes them.
RANKING_COLUMNS: Final[Columns] = _columns(_RANKING)
ALARM_COLUMNS: Final[Columns] = _columns(_ALARMS)
SHORT_COLUMNS: Final[Columns] = _columns({name: (_RANKING | _ALARMS)[name] for name in _SHORT})
COMPARISON_COLUMNS: Final[Columns] = (
    ("signal", "Index against", "{}", "left"),
    ("better", "Difference of AUROC", "{}", "left"),
    ("earlier", "One horizon earlier", "{}", "left"),
    ("lead", "Difference of lead (days)", "{}", "left"),
    ("delong", "DeLong (secondary)", "{}", "left"),
)


def score_rows(f: ValidationFindings, pair: Pair | None = None) -> pd.DataFrame:
    """One row a signal that has values: its title and every metric as "value (low to high); events".

    Parameters
    ----------
    f : ValidationFindings
    pair : Pair, optional
        Default the judged one.

    Returns
    -------
    DataFrame
        signal and all metrics, in words: the reason and the events where there is no value. No rows where no signal has
        any value.
    """
    held = pair or f.pair
    table = held.scores.table[~held.scores.table["signal"].isin(list(held.missing))]
    cells = table.assign(cell=[score_cell(row) for row in table.to_dict("records")])
    wide = cells.pivot_table(index="signal", columns="metric", values="cell", aggfunc="first", sort=False)
    if not table["status"].str.startswith(SCORED).any():
        wide = wide.head(0)
    return wide.reset_index().assign(signal=[f.title(str(name)) for name in wide.index])


def score_cell(row: Mapping[Any, Any]) -> str:
    """One metric with its interval and its independent events."""
    metric, value = str(row["metric"]), float(row["value"])
    if math.isnan(value):
        return f"{row['status']}; {row['events']}"
    low, high = float(row["low"]), float(row["high"])
    written = _written(metric)
    ends = "" if math.isnan(low) else f" ({written(low)} to {written(high)})"
    return f"{written(value)}{ends}; {row['events']}"


def _written(metric: str) -> Callable[[float], str]:
    if metric == EVENTS_WARNED:
        return lambda value: percent(value, 0)
    return (lambda value: f"{value:.1f}") if metric in _ONE_DECIMAL else two


def ranking(f: ValidationFindings) -> Words:
    """The table of ranks and probabilities."""
    own = f.score(f.signal, AUROC)
    title = f"The index has no score: {own['status']}"
    if not math.isnan(own["value"]):
        above = _above(f, own["value"])
        title = f"{above} of {_compared(f)} comparators rank higher than the index"
    base = f.score(f.signal, EVENT_SHARE)
    share = (
        ""
        if math.isnan(base["value"])
        else f" Average precision by chance is the share of event rows, {two(base['value'])}."
    )
    note = (
        f"{reading_note(f)}{share} Brier skill is over the base rate of the past. The verdict has resamples of its "
        f"own, so its intervals differ slightly.{_absent(f, f.pair)}"
    )
    return f.words("scores-ranking", title, "Does a higher score go with an event?", note=note)


def alarms(f: ValidationFindings) -> Words:
    """The table of alarms."""
    rules = f.study.rules
    warned = f.score(f.signal, EVENTS_WARNED)
    title = "What alarms would have been worth"
    if not math.isnan(warned["value"]):
        title = f"The index warned of {warned_words(f)}"
    note = (
        f"{reading_note(f)} Thresholds are fitted on the past alone. Usefulness and noise-to-signal at equal weight of "
        f"missed events and false alarms; the others with alarms on at most {percent(rules.false_share, 0)} of the "
        f"calm rows of the past, and a lead of at most {rules.window_days:g} days. Leads describe: a slow signal has "
        "long ones by chance."
    )
    return f.words("scores-alarms", title, "Alarms before events, and for nothing", note=note)


def reading_note(f: ValidationFindings) -> str:
    """How to read a cell of the tables of scores."""
    return (
        f"Value ({percent(f.study.rules.level, 0)} interval); independent events that it stands on, at least "
        f"{f.study.rules.fewest_events}."
    )


def _absent(f: ValidationFindings, pair: Pair) -> str:
    if not pair.missing:
        return ""
    return f" Without data: {', '.join(f'{f.title(name)} ({why})' for name, why in pair.missing.items())}."


def _given(f: ValidationFindings) -> pd.DataFrame:
    """AUROCs of comparators that have one."""
    table = f.pair.scores.table
    kept = table[(table["metric"] == AUROC) & ~table["signal"].isin(["weighted_index", "random", f.signal])]
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
    title = f"AUROC of the index {interval_words(own['value'], own['low'], own['high'])}"
    stand_in = f.study.history(pair.series).stand_in
    own_lines = f" {OWN_LINES}" if pair.result.definition.source == "profile" else ""
    note = (
        reading_note(f)
        + (f" Open interest: {stand_in}, a stand-in." if stand_in else "")
        + own_lines
        + _absent(f, pair)
    )
    period = period_of(f.study.history(pair.series).frame)
    return Words(f"scores-{pair.name}"[:64], title, f"{short_title(pair)}; {period}", f.source, note)


def comparison_rows(f: ValidationFindings) -> pd.DataFrame:
    """The index against each signal on common rows."""
    rows = []
    given = [found for found in f.pair.comparisons if found.rows]
    for found in given if any(found.better for found in given) else []:
        better, earlier, lead, delong = found.better, found.earlier, found.lead_gain, found.better_delong
        rows.append(
            {
                "signal": f.title(found.second),
                "better": f"{interval_words(better.value, better.low, better.high)}; {found.events}"
                if better else f"{found.status}; {found.events}",
                "earlier": f"{interval_words(earlier.value, earlier.low, earlier.high)}; {found.earlier_events}"
                if earlier else f"too few events; {found.earlier_events}",
                "lead": f"{interval_words(lead.value, lead.low, lead.high)}; {found.lead_events}"
                if lead else f"too few events; {found.lead_events}",
                "delong": interval_words(delong.value, delong.low, delong.high) if delong else MISSING,
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=[name for name, *_ in COMPARISON_COLUMNS])


def comparisons(f: ValidationFindings) -> Words:
    """The table of differences."""
    scored = [found.better for found in f.pair.comparisons if found.better is not None]
    beaten = sum(found.low > 0 for found in scored)
    title = (
        f"The index beats {beaten} of {len(scored)} signals beyond chance"
        if scored
        else "No comparison has events enough"
    )
    note = (
        f"{reading_note(f)} On rows that both have, with the same resamples. Above 0 the index is better. One horizon "
        "earlier: the same for what follows a horizon later. DeLong's interval takes rows for independent, and is too "
        "narrow."
    )
    return f.words("comparisons", title, "AUROC of the index less that of another signal", note=note)
