"""Index series of a study beside the judged one, each against what followed it."""

import math
from typing import Any

import pandas as pd

from cohortiv.config.study import OWN_LINES
from cohortiv.findings.context import Words
from cohortiv.findings.headline import long_day
from cohortiv.findings.validation import ValidationFindings, independent, interval_words, outcome_short
from cohortiv.findings.validation_figures import event_marks, over_time
from cohortiv.palette import CODES
from cohortiv.quantities import many, points, points_range
from cohortiv.study.result import Pair
from cohortiv.validation.scores import AUROC


def others(f: ValidationFindings) -> list[ValidationFindings]:
    """The findings of each other series that can be drawn, looked at with the outcome that is known most often.

    Parameters
    ----------
    f : ValidationFindings

    Returns
    -------
    list of ValidationFindings
        In the order of the study file. Among outcomes known equally often, one of another feed than the judged pair's
        comes first. A series without an index, or without any known outcome of a feed, is left out.
    """
    seen = []
    for series in f.study.series:
        pairs = [pair for pair in f.study.pairs if pair.series == series.name and pair.feed != OWN_LINES]
        known = [pair for pair in pairs if pair.result.frame["value"].notna().any()]
        if series.name != f.pair.series and known and series.frame["iv_index"].notna().any():
            seen.append(ValidationFindings(f.study, max(known, key=lambda pair: _knows(f, pair))))
    return seen


def _knows(f: ValidationFindings, pair: Pair) -> tuple[int, bool]:
    """How many times have an outcome, and whether its feed is another one."""
    return int(pair.result.frame["value"].notna().sum()), pair.feed != f.pair.feed


def other_over_time(f: ValidationFindings) -> Words:
    """One of the others against what followed: its picture and, in its reading, its dated events and its score.

    Parameters
    ----------
    f : ValidationFindings
        One of `others`.
    """
    drawn, known = over_time(f), f.series.frame["iv_index"].dropna()
    low, high = float(known.min()), float(known.max())
    what = "Modelled index" if f.series.basis.startswith("reconstructed") else "Index of positions"
    events = many(f.pair.events, "event")
    title = f"{what}: {points_range(low, high)}; {events} followed"
    what_followed = f"IV Index above; below, {outcome_short(f.pair)} ({_feed(f)}), threshold dashed, events as dots"
    reading = " ".join(part for part in (drawn.reading, _dated(f), _scored(f)) if part)
    return f.words(f"{drawn.name}-{f.series.name}"[:64], title, what_followed, note=drawn.note, reading=reading)


def _feed(f: ValidationFindings) -> str:
    """The feed as readers see it."""
    named = f.study.data[(f.study.data["role"] == "liquidations") & (f.study.data["name"] == f.pair.feed)]
    return str(named["title"].iloc[0]) if len(named) else f.pair.feed


def _dated(f: ValidationFindings) -> str:
    """The index and the held code before each dated event that the series covers; nothing without one."""
    frame, listed = f.series.frame, f.series.overlay.events
    said = []
    for number, (mark, name) in enumerate(zip(listed["date"], listed["name"], strict=True), start=1):
        before = frame[frame.index <= mark].dropna(subset="iv_index")
        if str(number) not in set(event_marks(f)["label"]) or before.empty:
            continue
        last = before.iloc[-1]
        said.append(
            f"before dated event {number}, {long_day(f'{mark:%Y-%m-%d}')} ({name}), {_level(last)} at "
            f"{before.index[-1]:%H:%M} UTC on {long_day(f'{before.index[-1]:%Y-%m-%d}')}"
        )
    words = "; ".join(said)
    held = "The held code rises at once and falls only when two snapshots in a row are 2 points clear of its threshold."
    return f"{words[:1].upper()}{words[1:]}. {held}" if words else ""


def _level(row: "pd.Series[Any]") -> str:
    """An index with the code that was held: "24.4, held code Green"."""
    return f"the index was {points(float(row['iv_index']))}, held code {CODES[str(row['code_held'])].word},"


def _scored(f: ValidationFindings) -> str:
    """The score of the index on what is drawn, or why it has none."""
    row = f.score(f.signal, AUROC)
    stands = independent(row["events"])
    if math.isnan(row["value"]):
        return f"No score: {row['status']}, {stands}."
    return f"AUROC {interval_words(row['value'], row['low'], row['high'])}, on {stands}."
