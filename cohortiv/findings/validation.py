"""A study with what the sentences of its report need, and the words that several of them share."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from cohortiv.display import Displayed
from cohortiv.findings.context import Words
from cohortiv.findings.headline import long_day
from cohortiv.plain import MISSING
from cohortiv.quantities import NONE, many, percent, usd
from cohortiv.study.result import IndexHistory, Pair, Study
from cohortiv.validation.comparison import Comparison
from cohortiv.validation.scores import AUROC, EVENTS_WARNED

#: Signals that are no comparators: chance, and the index under other weights or with a feature.
NO_COMPARATORS: Final = frozenset({"random", "weighted_index", "index_with_sentiment"})


@dataclass(frozen=True, eq=False)
class ValidationFindings(Displayed):
    """A study with what its sentences need.

    Attributes
    ----------
    study : Study
    looked_at : Pair, optional
        The pair that words and rows are about; the judged one by default.
    """

    study: Study
    looked_at: Pair | None = None

    @property
    def pair(self) -> Pair:
        """The pair that words and rows are about."""
        return self.looked_at or self.study.primary

    @property
    def series(self) -> IndexHistory:
        """The index series of that pair."""
        return self.study.history(self.pair.series)

    @property
    def signal(self) -> str:
        """Name of the signal that is judged."""
        return self.pair.verdict.rules.signal

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


def as_of_text(f: ValidationFindings) -> str:
    """What the study knows up to, ISO 8601: the day or time that it was asked for, else the end of its data."""
    until = f.study.until
    if until is None:
        until = max(f.series.frame.index[-1], f.study.data["last"].max())
    elif until == until.normalize():
        return f"{until - pd.Timedelta(days=1):%Y-%m-%d}"
    return f"{until:%Y-%m-%dT%H:%M:%S}Z"


def last_snapshot_text(f: ValidationFindings) -> str:
    """Time of the last snapshot of the judged series, ISO 8601 with Z."""
    return f"{f.series.frame.index[-1]:%Y-%m-%dT%H:%M:%S}Z"


def warned_words(f: ValidationFindings) -> str:
    """How many independent events the index warned of: "1 of 14 independent events"."""
    row = f.score(f.signal, EVENTS_WARNED)
    return f"{round(row['value'] * row['events'])} of {independent(row['events'])}"


def claim(f: ValidationFindings) -> str:
    """What is judged, on what, and by which rules that were fixed before."""
    rules, pair = f.pair.verdict.rules, f.pair
    names = "; ".join(f.title(name) for name in rules.comparators)
    return (
        f"**The claim**: {f.study.hypothesis}\n\n**Judged on**: {short_title(pair)}, {f.scored_period}. **An event** "
        f"follows where {event_words(f)}. It stands on {independent(pair.events)} and "
        f"{many(pair.calm_spells, 'calm spell')}, stretches of rows that no event follows.{_chosen(f)}\n\n"
        f"**Fixed before scoring**: rules {rules.name}, outcomes {f.study.outcomes_version}, dated events "
        f"{f.study.events_version}. The index has to beat each of: {names}; a condition with fewer than "
        f"{rules.fewest_events} independent events decides nothing."
    )


def _chosen(f: ValidationFindings) -> str:
    """Why this pair is the judged one, in the words of the study file."""
    return f" **Why this pair**: {f.study.primary_why.rstrip('.')}." if f.study.primary_why else ""


def event_words(f: ValidationFindings) -> str:
    """When an event of the judged outcome follows, as part of a sentence."""
    definition = f.pair.result.definition
    rule = definition.event
    limit = (
        f"more than {percent(rule.share, 0)}"
        if rule.share is not None
        else f"more than the {percent(rule.quantile, 0)} quantile of the last {rule.past_days} days (of as many as "
        f"there are, {rule.least_days} at least)"
    )
    over = f", over {f.pair.result.base}," if definition.source == "liquidations" and f.pair.result.base else ""
    return f"“{definition.title}”{over} is {limit}"
