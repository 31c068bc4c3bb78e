"""Sentences of a validation report: the verdict, its key figures, method and limits; every number is computed."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from cohortiv.config.study import OWN_LINES
from cohortiv.display import Displayed
from cohortiv.findings.context import Words
from cohortiv.findings.headline import long_day
from cohortiv.palette import CODES
from cohortiv.plain import MISSING
from cohortiv.quantities import NONE, many, percent, points, usd
from cohortiv.study.result import IndexHistory, Pair, Study
from cohortiv.validation.comparison import Comparison
from cohortiv.validation.scores import AUROC, EVENTS_WARNED, FALSE_ALARMS, LEAD_DAYS
from cohortiv.validation.verdict import NOT_SUPPORTED, SUPPORTED, Condition

SERIES: Final = "Validation report"
#: Signals that are no comparators: chance, and the index under other weights or with a feature.
NO_COMPARATORS: Final = frozenset({"random", "weighted_index", "index_with_sentiment"})
_BADGES: Final = {SUPPORTED: "Supported", NOT_SUPPORTED: "Not supported"}
_FEW: Final = "Too few events"


@dataclass(frozen=True, eq=False)
class ValidationFindings(Displayed):
    """A study with what its sentences need.

    Attributes
    ----------
    study : Study
    """

    study: Study

    @property
    def pair(self) -> Pair:
        """The pair that the verdict is about."""
        return self.study.primary

    @property
    def series(self) -> IndexHistory:
        """The index series of that pair."""
        return self.study.history(self.pair.series)

    @property
    def signal(self) -> str:
        """Name of the signal that is judged."""
        return self.pair.verdict.rules.signal

    @property
    def badge(self) -> str:
        """The verdict in one to three words."""
        return _BADGES.get(self.pair.verdict.answer, _FEW)

    @property
    def period(self) -> str:
        """First and last day of the judged series."""
        return period_of(self.series.frame)

    @property
    def scored_period(self) -> str:
        """First and last day of the rows that the judged signal is scored on: what its events are counted over."""
        rows = self.pair.scores.coverage
        own = rows.loc[rows["signal"] == self.signal, ["first", "last"]].dropna()
        return period_of(own.T.set_axis(own.to_numpy().ravel())) if len(own) else self.period

    @property
    def has_outcomes(self) -> bool:
        """Whether what followed is known at any time of the judged pair."""
        return bool(self.pair.result.frame["event"].notna().any())

    @property
    def years(self) -> float:
        """Length of the rows that the judged signal is scored on [years]; 0 without any."""
        rows = self.pair.scores.coverage
        own = rows[rows["signal"] == self.signal]
        days = (own["last"] - own["first"]).dt.total_seconds() / 86_400.0
        return float(days.fillna(0.0).sum()) / 365.0

    @property
    def source(self) -> str:
        """Where numbers come from, in a line: the files themselves stand in the table of data."""
        made = " (SYNTHETIC)" * self.study.synthetic
        return f"Study “{self.study.title}”{made}, its files under “Data used”; cohortiv"

    @property
    def files(self) -> str:
        """Files that the study stands on."""
        names = dict.fromkeys(", ".join(self.study.data["files"].astype(str)).split(", "))
        return f"{', '.join(name for name in names if name)}{' (SYNTHETIC)' * self.study.synthetic}"

    def title(self, signal: str) -> str:
        """Name of a signal as readers see it."""
        return self.study.titles.get(signal, signal)

    def words(self, name: str, title: str, measure: str, **more: str) -> Words:
        """Words of a figure or table of the judged pair."""
        return Words(name, title, f"{measure}; {self.series.title}, {self.period}", self.source, **more)

    def score(self, signal: str, metric: str, pair: Pair | None = None) -> "pd.Series[Any]":
        """Row of the table of scores: value, low, high, events, rows, status."""
        table = (pair or self.pair).scores.table
        return table[(table["signal"] == signal) & (table["metric"] == metric)].iloc[0]

    def comparison(self, signal: str) -> Comparison | None:
        """The judged signal against another, if the two were compared."""
        return next((each for each in self.pair.comparisons if each.second == signal), None)


def find(study: Study) -> ValidationFindings:
    """A study with what its sentences need.

    Parameters
    ----------
    study : Study
    """
    return ValidationFindings(study)


def period_of(frame: pd.DataFrame) -> str:
    """First and last day of a frame by time; "no rows" without any."""
    if frame.empty:
        return "no rows"
    first, last = (long_day(f"{moment:%Y-%m-%d}") for moment in (frame.index[0], frame.index[-1]))
    return first if first == last else f"{first} to {last}"


def interval_words(value: float, low: float, high: float) -> str:
    """A share-like score with its interval: "0.55 (0.43 to 0.66)"; without ends the value alone; "none" for NaN.

    The interval never breaks over two lines.
    """
    if math.isnan(value):
        return NONE
    return f"{two(value)}{bracketed(low, high)}"


def bracketed(low: float, high: float, written: Callable[[float], str] | None = None) -> str:
    """An interval in brackets after a space, in one piece; nothing without both ends. Two decimals by default."""
    say = written or two
    return "" if math.isnan(low) or math.isnan(high) else f" ({say(low)}\u00a0to\u00a0{say(high)})"


def two(value: float) -> str:
    """A number with two decimals and a true minus sign."""
    return f"{value:z.2f}".replace("-", "−")


def independent(events: int) -> str:
    """A count of independent events in words."""
    return many(int(events), "independent event")


def outcome_words(f: ValidationFindings, value: float) -> str:
    """A value of the outcome in its unit."""
    return usd(value) if f.pair.result.unit == "USD" else percent(value)


def outcome_short(pair: Pair) -> str:
    """The outcome in a few words, without its unit."""
    definition = pair.result.definition
    what = "touched" if definition.source == "profile" else "liquidated"
    over = f" over {definition.over.replace('_', ' ')}" if definition.over != "nothing" else ""
    days = "day" if definition.horizon_days == 1 else f"{definition.horizon_days:g} days"
    return f"{what} in the next {days}{over}"


def short_title(pair: Pair) -> str:
    """A pair with its outcome in a few words."""
    return pair.title.replace(pair.result.definition.title, outcome_short(pair))


def day_span(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """First and last day in a cell of a table, each in one piece; a dash without any."""
    return MISSING if pd.isna(first) else f"{first:%-d\u00a0%b\u00a0%Y} to {last:%-d\u00a0%b\u00a0%Y}"


def best_comparator(f: ValidationFindings, pair: Pair | None = None) -> str | None:
    """The comparator with the highest AUROC; None where none is scored."""
    table = (pair or f.pair).scores.table
    kept = table[(table["metric"] == AUROC) & ~table["signal"].isin([*NO_COMPARATORS, f.signal])]
    given = kept.dropna(subset="value")
    return None if given.empty else str(given.sort_values("value", ascending=False, kind="stable")["signal"].iloc[0])


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
        "verdict": f.badge,
        "synthetic": f.study.synthetic,
    }


def as_of_text(f: ValidationFindings) -> str:
    """Time of the last snapshot, ISO 8601 with Z."""
    return f"{f.series.frame.index[-1]:%Y-%m-%dT%H:%M:%S}Z"


def sentence(f: ValidationFindings) -> str:
    """The verdict in one sentence, with what it stands on."""
    conditions = f.pair.verdict.conditions
    own = conditions[0]
    stands = f"on {independent(f.pair.events)} from {f.scored_period}"
    found = f"the index has an AUROC of {interval_words(own.value, own.low, own.high)}{_beside(f)}"
    if f.pair.verdict.answer == SUPPORTED:
        return f"Supported: {stands}, {found}, and all {len(conditions)} conditions hold."
    if f.pair.verdict.answer == NOT_SUPPORTED:
        return f"Not supported: {stands}, {found}; {_counted(conditions)}."
    return f"Too few events: {_undecided(f, conditions)}."


def _counted(conditions: tuple[Condition, ...]) -> str:
    """How many conditions fail, and of the others how many hold and how many are undecided."""
    failed, held, undecided = (sum(c.met is answer for c in conditions) for answer in (False, True, None))
    words = ((held, "holds", "hold"), (undecided, "is undecided", "are undecided"))
    others = [f"{number} {one if number == 1 else more}" for number, one, more in words if number]
    return ", ".join([f"{failed} of {len(conditions)} conditions fail", *others])


def basis_words(f: ValidationFindings) -> str:
    """What the verdict is about where it is no exchange's positions, and whose liquidations follow."""
    series, feed = f.series, f.study.data[f.study.data["name"] == f.pair.feed]
    index = f"The index is of positions modelled from {series.stand_in}." if series.stand_in else ""
    covers = str(feed["note"].iloc[0]).partition(". ")[0] if len(feed) else ""
    followed = f"What it is held against: {covers[:1].lower()}{covers[1:]}." if covers else ""
    if f.pair.feed == OWN_LINES:
        followed = "What followed is what prices touched of the profile's own lines, not closures at a venue."
    return " ".join(part for part in (index, followed) if part)


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


def warned_words(f: ValidationFindings) -> str:
    """How many independent events the index warned of: "1 of 14 independent events"."""
    row = f.score(f.signal, EVENTS_WARNED)
    return f"{round(row['value'] * row['events'])} of {independent(row['events'])}"


def _last_index(f: ValidationFindings) -> dict[str, str]:
    last = f.series.frame.iloc[-1]
    return _figure(
        "Last IV Index",
        points(float(last["iv_index"])),
        f"code {CODES[str(last['code'])].word}, {long_day(as_of_text(f))}",
    )


def claim(f: ValidationFindings) -> str:
    """What is judged, on what, and by which rules that were fixed before."""
    rules, pair = f.pair.verdict.rules, f.pair
    names = "; ".join(f.title(name) for name in rules.comparators)
    return (
        f"**The claim**: {f.study.hypothesis}\n\n**Judged on**: {short_title(pair)}, {f.scored_period}. **An event** "
        f"follows where {event_words(f)}. It stands on {independent(pair.events)} and "
        f"{many(pair.calm_spells, 'calm spell')}.\n\n"
        f"**Fixed before scoring**: rules {rules.name}, outcomes {f.study.outcomes_version}, dated events "
        f"{f.study.events_version}. The index has to beat each of: {names}; a condition with fewer than "
        f"{rules.fewest_events} independent events decides nothing."
    )


def event_words(f: ValidationFindings) -> str:
    """When an event of the judged outcome follows, as part of a sentence."""
    definition = f.pair.result.definition
    rule = definition.event
    limit = (
        f"more than {percent(rule.share, 0)}"
        if rule.share is not None
        else f"more than the {percent(rule.quantile, 0)} quantile of the last {rule.past_days} days"
    )
    over = f", over {f.pair.result.base}," if definition.source == "liquidations" and f.pair.result.base else ""
    return f"“{definition.title}”{over} is {limit}"
