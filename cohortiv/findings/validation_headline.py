"""The first screen of a validation report: the verdict in a sentence, and its key figures."""

import math
from typing import Any, Final

from cohortiv.config.study import OWN_LINES
from cohortiv.findings.headline import long_day
from cohortiv.findings.validation import (
    NO_COMPARATORS,
    ValidationFindings,
    as_of_text,
    best_comparator,
    independent,
    interval_words,
    last_snapshot_text,
    two,
    warned_words,
)
from cohortiv.findings.validation_overlap import overlap_words
from cohortiv.palette import CODES
from cohortiv.quantities import NONE, many, percent, points
from cohortiv.validation.scores import AUROC, EVENTS_WARNED, FALSE_ALARMS, LEAD_DAYS
from cohortiv.validation.verdict import NOT_SUPPORTED, SUPPORTED, Condition

SERIES: Final = "Validation report"
_BADGES: Final = {SUPPORTED: "Supported", NOT_SUPPORTED: "Not supported"}
_FEW: Final = "Too few events"


def headline(f: ValidationFindings) -> dict[str, Any]:
    """Arguments of `page.headline`: the verdict in place of a code."""
    last = f.series.frame.iloc[-1]
    index = float(last["iv_index"])
    return {
        "series": SERIES,
        "title": "Does the warning work?",
        "cohort": f.series.title,
        "symbols": [f.series.symbol] if f.series.symbol else [],
        "as_of": as_of_text(f),
        "sentence": f"{sentence(f)} {basis_words(f)}".strip(),
        "key_figures": key_figures(f),
        "code": str(last["code"]),
        "iv_index": None if math.isnan(index) else index,
        "verdict": badge(f),
        "synthetic": f.study.synthetic,
    }


def badge(f: ValidationFindings) -> str:
    """The verdict in one to three words."""
    return _BADGES.get(f.pair.verdict.answer, _FEW)


def sentence(f: ValidationFindings) -> str:
    """The verdict in one sentence, with what it stands on."""
    conditions = f.pair.verdict.conditions
    own = conditions[0]
    stands = f"on {independent(f.pair.events)} from {f.scored_period}"
    found = f"the index has an AUROC of {interval_words(own.value, own.low, own.high)}{_beside(f)}"
    if f.pair.verdict.answer == SUPPORTED:
        return f"Supported: {stands}, {found}, and all {len(conditions)} conditions hold."
    if f.pair.verdict.answer == NOT_SUPPORTED:
        return f"Not supported: {stands}, {found}; {_counted(f, conditions)}."
    return f"Too few events: {_undecided(f, conditions)}."


def _counted(f: ValidationFindings, conditions: tuple[Condition, ...]) -> str:
    """How many conditions fail, and of the others how many hold and how many are undecided."""
    failed, held, undecided = (sum(c.met is answer for c in conditions) for answer in (False, True, None))
    words = ((held, "holds", "hold"), (undecided, "is undecided", "are undecided"))
    others = [f"{number} {one if number == 1 else more}" for number, one, more in words if number]
    return ", ".join([f"{failed} of {len(conditions)} conditions fail", *others]) + _without(f)


def _without(f: ValidationFindings) -> str:
    """That a comparator of the verdict has no data, without which nothing can be supported."""
    names = [f.title(name) for name in f.pair.verdict.rules.comparators if name in f.pair.missing]
    return f"; “supported” also takes data for: {', '.join(names)}" if names else ""


def basis_words(f: ValidationFindings) -> str:
    """What the verdict is about where it is no exchange's positions, and whose liquidations follow."""
    series, feed = f.series, f.study.data[f.study.data["name"] == f.pair.feed]
    modelled = series.stand_in or ("price and open interest" if series.basis.startswith("reconstructed") else "")
    index = f"The index is of positions modelled from {modelled}." if modelled else ""
    covers = str(feed["note"].iloc[0]).partition(". ")[0] if len(feed) else ""
    followed = f"What it is held against: {covers[:1].lower()}{covers[1:]}." if covers else ""
    if f.pair.feed == OWN_LINES:
        followed = "What followed is what prices touched of the profile's own lines, not closures at a venue."
    return " ".join(part for part in (index, followed, overlap_words(f)) if part)


def _beside(f: ValidationFindings) -> str:
    """The best comparator beside the index; nothing where none is scored."""
    best = best_comparator(f)
    if best is None:
        return ""
    row = f.score(best, AUROC)
    return (
        f", and the highest of {many(_compared(f), 'comparator')}, “{f.title(best)}”, "
        f"{interval_words(row['value'], row['low'], row['high'])}"
    )


def _compared(f: ValidationFindings) -> int:
    """How many comparators have an AUROC."""
    table = f.pair.scores.table
    kept = table[(table["metric"] == AUROC) & ~table["signal"].isin([*NO_COMPARATORS, f.signal])]
    return int(kept["value"].notna().sum())


def _undecided(f: ValidationFindings, conditions: tuple[Condition, ...]) -> str:
    """Why nothing could be decided."""
    needed = f.pair.verdict.rules.fewest_events
    open_ones = [condition for condition in conditions if condition.met is None]
    if not f.has_outcomes:
        reasons = "; ".join(f"{why}: {times:,}" for why, times in f.pair.result.not_covered.items())
        return (
            f"no snapshot of {f.series.title} has a known outcome over {f.pair.horizon_days:g} days ({reasons}); "
            "nothing can be said for or against the claim"
        )
    if f.pair.events < needed:
        return (
            f"{f.series.title} holds {independent(f.pair.events)} from {f.scored_period}, and a verdict needs "
            f"{needed}; nothing can be said for or against the claim"
        )
    fewest = min(open_ones, key=lambda condition: condition.events)
    return (
        f"{len(open_ones)} of {len(conditions)} conditions stand on fewer than {needed} independent events or on no "
        f"data, such as “{fewest.statement.partition(':')[0]}” on {fewest.events}"
    )


def key_figures(f: ValidationFindings) -> list[dict[str, str]]:
    """Five numbers with their context."""
    return [
        _own(f),
        _best(f),
        _difference(f),
        _lead(f),
        _last_index(f),
    ]


def _figure(label: str, value: str, context: str) -> dict[str, str]:
    return {"label": label, "value": value, "context": context}


def _own(f: ValidationFindings) -> dict[str, str]:
    """The AUROC that the verdict stands on."""
    own, row, label = f.pair.verdict.conditions[0], f.score(f.signal, AUROC), "AUROC of the index"
    if math.isnan(own.value):
        return _figure(label, NONE, f"{row['status']}: {independent(own.events)}")
    ends = _ends(own.low, own.high, f.pair.verdict.rules.level)
    return _figure(label, two(own.value), f"{ends}; {independent(own.events)}; chance is 0.50")


def _scored(f: ValidationFindings, signal: str, label: str) -> dict[str, str]:
    row = f.score(signal, AUROC)
    if math.isnan(row["value"]):
        return _figure(label, NONE, f"{row['status']}: {independent(row['events'])}")
    ends = _ends(float(row["low"]), float(row["high"]), f.study.rules.level)
    return _figure(label, two(row["value"]), f"{f.title(signal)}; {ends}; {independent(row['events'])}")


def _ends(low: float, high: float, level: float) -> str:
    return "no interval" if math.isnan(low) else f"{percent(level, 0)} interval {two(low)} to {two(high)}"


def _best(f: ValidationFindings) -> dict[str, str]:
    best, label = best_comparator(f), "Highest AUROC of a comparator"
    if best is None:
        return _figure(label, NONE, "no comparator is scored")
    return _scored(f, best, label)


def _difference(f: ValidationFindings) -> dict[str, str]:
    best, label = best_comparator(f), "Index less that comparator"
    found = None if best is None else f.comparison(best)
    if found is None or found.better is None:
        return _figure(label, NONE, "too few events in common" if found is None else found.status)
    ends = _ends(found.better.low, found.better.high, found.better.level)
    return _figure(
        label, two(found.better.value), f"AUROC; {ends}; {independent(found.events)} in common; chosen after the fact"
    )


def _lead(f: ValidationFindings) -> dict[str, str]:
    lead, label = f.score(f.signal, LEAD_DAYS), "Median lead of the index"
    warned, false = f.score(f.signal, EVENTS_WARNED), f.score(f.signal, FALSE_ALARMS)
    if math.isnan(warned["value"]):
        return _figure(label, NONE, f"{warned['status']}: {independent(lead['events'])}")
    share = f"{warned_words(f)} warned"
    share += f"; {false['value']:.1f} false alarms a year"
    return _figure(label, "not told" if math.isnan(lead["value"]) else f"{lead['value']:.1f} days", share)


def _last_index(f: ValidationFindings) -> dict[str, str]:
    last = f.series.frame.iloc[-1]
    return _figure(
        "Last IV Index of the judged series",
        points(float(last["iv_index"])),
        f"{'of modelled positions, ' if f.series.stand_in else ''}code {CODES[str(last['code'])].word}, "
        f"{long_day(last_snapshot_text(f))}",
    )
