"""Dated events of a validation report: before which each signal's alarm stood, and how often it stands anyway."""

from typing import Final

import pandas as pd

from cohortiv.findings.context import Words
from cohortiv.findings.validation import ValidationFindings
from cohortiv.findings.validation_scores import Columns
from cohortiv.plain import MISSING
from cohortiv.quantities import percent
from cohortiv.validation.dated_hits import HIT, MISS
from cohortiv.validation.events import NOT_COVERED

#: Key, label, pattern and alignment of the columns of the table, as `page.Column` takes them.
HIT_COLUMNS: Final[Columns] = (
    ("signal", "Signal", "{}", "left"),
    ("hit", "Hit (No.)", "{}", "left"),
    ("missed", "Missed (No.)", "{}", "left"),
    ("not_covered", "No value or threshold yet (No.)", "{}", "left"),
    ("count", "Hits of covered", "{}", "right"),
    ("by_chance", "Alarm in any such span", "{:.0%}", "right"),
)


def hit_rows(f: ValidationFindings) -> pd.DataFrame:
    """One row a signal that has values: numbers of the events it hit, missed and did not cover, and their count.

    Parameters
    ----------
    f : ValidationFindings
    """
    dated = f.pair.dated
    rows = []
    for signal, part in dated[~dated["signal"].isin(list(f.pair.missing))].groupby("signal", sort=False):
        numbers = {status: _numbers(part["status"], status) for status in (HIT, MISS, NOT_COVERED)}
        hits, covered = _counts(part["status"])
        rows.append(
            {
                "signal": f.title(str(signal)),
                "hit": numbers[HIT],
                "missed": numbers[MISS],
                "not_covered": numbers[NOT_COVERED],
                "count": f"{hits} of {covered}",
                "by_chance": part["by_chance"].iloc[0],
            }
        )
    return pd.DataFrame(rows, columns=[key for key, *_ in HIT_COLUMNS])


def _numbers(status: "pd.Series[str]", wanted: str) -> str:
    """Places in the list of events, as in its table; a dash for none."""
    return ", ".join(str(place) for place, held in enumerate(status, start=1) if held == wanted) or MISSING


def _counts(status: "pd.Series[str]") -> tuple[int, int]:
    """How many events were hit, and how many are covered."""
    return int((status == HIT).sum()), int((status != NOT_COVERED).sum())


def hits(f: ValidationFindings) -> Words:
    """The table of hits and misses."""
    own = f.pair.dated[f.pair.dated["signal"] == f.signal]
    count, covered = _counts(own["status"])
    title = f"Alarms of the index stood before {count} of {covered} dated events"
    if not covered:
        title = "No dated event could have been warned of"
    note = (
        "Numbers are those of the table above. Hit: an alarm stood at some time within the "
        f"{_days(f.pair.horizon_days)} before, even if it was over by then, unlike in the table of leads; alarms as "
        f"there, on at most {percent(f.study.rules.false_share, 0)} of the calm past. No value or threshold yet: also "
        "where the series itself covers the event. The last column says in what share of such spans without a dated "
        f"event an alarm stood too.{_few(f, covered)}"
    )
    return f.words("dated-hits", title, "Alarms before dated events, thresholds fitted on the past alone", note=note)


def _days(days: float) -> str:
    """A horizon in words: "7 days", "day"."""
    return "day" if days == 1.0 else f"{days:g} days"


def _few(f: ValidationFindings, covered: int) -> str:
    """That counts below the floor are no rate."""
    floor = f.study.rules.fewest_events
    return f" Fewer than {floor} events are covered: counts, and no rate." if covered < floor else ""
