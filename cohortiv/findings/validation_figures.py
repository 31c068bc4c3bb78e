"""Scores, series over time and sentiment of a validation report: rows, titles and readings of the figures."""

import math
from collections.abc import Callable
from typing import Final

import pandas as pd

from cohortiv.code_series import current_spell
from cohortiv.early_warning import Code
from cohortiv.findings.context import Words
from cohortiv.findings.headline import long_day
from cohortiv.findings.validation import (
    ValidationFindings,
    independent,
    interval_words,
    outcome_short,
    outcome_words,
    period_of,
    two,
)
from cohortiv.findings.validation_scores import COVERS
from cohortiv.palette import CODES
from cohortiv.quantities import many, percent, points_range
from cohortiv.validation.scores import AUROC

#: What scores as chance does [1].
_CHANCE: Final = 0.5
#: How good the house's scorers are, as METHODOLOGY measures it.
QUALITY: Final = (
    "How well scorers read: on 9,214 labelled comments of a Chinese stock forum the Chinese word list told 81\u00a0% "
    "right, with an AUROC of 0.88 (METHODOLOGY.md, Sentiment); on crypto expect less. VADER is for English as it is "
    "written in social media, and was not measured here."
)
#: Decimals of a drawn index [%]: finer than a pixel.
_DIGITS: Final = 2
#: Rows of a drawn series.
ROWS_DRAWN: Final = 250
#: Values of an outcome of the profile's own lines are told in whole percent: finer ones would tell single lines.
_OWN_DECIMALS: Final = 2


def auroc_rows(f: ValidationFindings) -> pd.DataFrame:
    """What `charts.auroc_intervals` draws: name, value, low, high, events, is_signal; the judged signal first."""
    table = f.pair.scores.table
    kept = table[(table["metric"] == AUROC) & table["value"].notna()]
    named = kept.assign(
        name=[f.title(str(signal)) for signal in kept["signal"]], is_signal=kept["signal"] == f.signal
    ).sort_values(["is_signal", "value"], ascending=False, kind="stable")
    return named[["name", "value", "low", "high", "events", "is_signal"]].reset_index(drop=True)


def score_data(f: ValidationFindings) -> pd.DataFrame:
    """Every metric of every signal, unrounded: signal, metric, value, low, high, events, rows, status."""
    table = f.pair.scores.table
    return (
        table.assign(signal=[f.title(str(name)) for name in table["signal"]]) if len(auroc_rows(f)) else table.head(0)
    )


def aurocs(f: ValidationFindings) -> Words:
    """AUROC of every signal."""
    own = f.score(f.signal, AUROC)
    measure = f"AUROC with its {percent(f.study.rules.level, 0)} interval by block bootstrap"
    if math.isnan(own["value"]):
        none = f"The index has no AUROC: {own['status']}. It has {many(int(own['events']), 'independent event')}."
        return f.words("scores", "The index has no AUROC", measure, reading=none)
    how = "better than" if own["low"] > _CHANCE else "worse than" if own["high"] < _CHANCE else "no better than"
    title = f"The index tells days before events {how} chance"
    secondary = f.comparison("random")
    reading = (
        f"AUROC of the index: {interval_words(own['value'], own['low'], own['high'])}, on {independent(own['events'])}."
    )
    if secondary is not None and secondary.better is not None:
        gap = secondary.better
        reading += (
            f" Less that of a random number on the same rows: {interval_words(gap.value, gap.low, gap.high)}, on "
            f"{independent(secondary.events)}."
        )
    note = (
        "The filled point is the index. In brackets: independent events. The data file holds every metric, unrounded. "
        f"{COVERS}"
    )
    return f.words("scores", title, measure, note=note, reading=reading)


def history_rows(f: ValidationFindings) -> pd.DataFrame:
    """Index to draw: time, iv_index; of many rows the highest of each stretch at its own time."""
    return _highest(f.series.frame[["iv_index"]].round(_DIGITS).rename_axis("time").reset_index(), ["iv_index"])


def _highest(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """The highest row of each stretch, so that no peak is lost or moved."""
    step = math.ceil(len(table) / ROWS_DRAWN)
    if step <= 1:
        return table
    stretch = pd.Series(table.index // step, index=table.index)
    ranked = table.sort_values(by, na_position="first", kind="stable")
    return ranked.groupby(stretch, sort=False).tail(1).sort_index().reset_index(drop=True)


def outcome_table(f: ValidationFindings) -> pd.DataFrame:
    """What followed each time: time, value, threshold, is_event (<NA> where it is not known), own lines in percent."""
    frame = f.pair.result.frame.rename_axis("time").reset_index()
    value = frame["value"].astype("float64")
    own = f.pair.result.definition.source == "profile"
    return pd.DataFrame(
        {
            "time": frame["time"],
            "value": value.round(_OWN_DECIMALS) if own else value,
            "threshold": frame["threshold"].astype("float64"),
            "is_event": frame["event"].astype("boolean"),
        }
    )


def outcome_rows(f: ValidationFindings) -> pd.DataFrame:
    """Outcome to draw: time, value, threshold, is_event; of many rows the highest of each stretch, events first."""
    table = outcome_table(f)
    return _highest(table.assign(is_event=table["is_event"].fillna(value=False).astype(bool)), ["is_event", "value"])


def event_marks(f: ValidationFindings) -> pd.DataFrame:
    """Dated events that the series covers: time, label, its number in the table."""
    listed = f.series.overlay.events
    marks = pd.DataFrame({"time": listed["date"], "label": [str(place) for place in range(1, len(listed) + 1)]})
    return marks[(listed["coverage"] == "covered").to_numpy()].reset_index(drop=True)


def panels(f: ValidationFindings) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """What `charts.index_and_outcome` draws: the index, what followed, and the dated events."""
    return history_rows(f), outcome_rows(f), event_marks(f)


def outcome_axis(f: ValidationFindings) -> str:
    """Title of the outcome's axis with its unit."""
    unit = "USD" if f.pair.result.unit == "USD" else "%"
    words = outcome_short(f.pair)
    return f"{words[:1].upper()}{words[1:]} ({unit})"


def outcome_form(f: ValidationFindings) -> Callable[[float], str]:
    """How a value of the outcome is written in the alternative text."""
    return lambda value: _told(f, value)


def over_time_data(f: ValidationFindings) -> pd.DataFrame:
    """Rows behind the figure over time: time, iv_index, value, threshold, is_event; empty cells are not known."""
    outcome = outcome_table(f)
    index = f.series.frame[["iv_index"]].rename_axis("time").reset_index()
    return index.merge(outcome, on="time", how="left")


def over_time(f: ValidationFindings) -> Words:
    """The index against what followed."""
    frame, result = f.series.frame, f.pair.result
    known = frame["iv_index"].dropna()
    measure = "IV Index above; below, what followed each time, its threshold dashed, events as dots"
    step = math.ceil(len(frame) / ROWS_DRAWN)
    thinned = f" Drawn is the highest of every {step} rows, at its own time." if step > 1 else ""
    inside = event_marks(f)
    dated = "No dated event lies in the series: each is not covered."
    if len(inside):
        others = "" if len(inside) == len(f.series.overlay.events) else "; the others are not covered"
        dated = (
            f"Dotted {'rule' if len(inside) == 1 else 'rules'}: No. {', '.join(inside['label'])} of the dated "
            f"events{others}."
        )
    note = (
        f"{dated}{thinned} A gap in a line is a time without a value. In the data file an empty cell is a value, or an "
        "event, that is not known."
    )
    title = "The series has no index"
    if len(known):
        title = f"The index was {points_range(float(known.min()), float(known.max()))}; {_events_short(f)}"
    top = result.value.max()
    most = "" if pd.isna(top) else f" The most that followed was {_told(f, float(top))}."
    reading = f"{_gap_words(f)}{most}"
    return f.words("index-and-outcome", title, measure, note=note, reading=reading)


def _events_short(f: ValidationFindings) -> str:
    return f"{many(f.pair.events, 'event')} followed"


def _told(f: ValidationFindings, value: float) -> str:
    own = f.pair.result.definition.source == "profile"
    return percent(value, 0) if own else outcome_words(f, value)


def _gap_words(f: ValidationFindings) -> str:
    series = f.series
    every = "" if math.isnan(series.step_hours) else f", usually every {series.step_hours:.3g} hours"
    gaps = (
        "no gap" if not series.gaps else f"{many(series.gaps, 'gap')}, the longest {series.longest_gap_days:.1f} days"
    )
    return f"{len(series.frame):,} snapshots{every}; {gaps}."


def timeline_rows(f: ValidationFindings) -> pd.DataFrame:
    """What `charts.code_timeline` draws: series, code, first, last, snapshots, of every index series."""
    parts = [each.timeline.assign(series=each.title) for each in f.study.series if len(each.frame) > 1]
    columns = ["series", "code", "first", "last", "snapshots"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def timeline(f: ValidationFindings) -> Words:
    """The code over time."""
    series = f.series
    codes = [Code(code) for code in series.frame["code_held"]]
    spell = current_spell(list(pd.DatetimeIndex(series.frame.index).to_pydatetime()), codes)
    measure = "Code of the series at each snapshot"
    if spell is None or len(codes) < 2:  # noqa: PLR2004 - one snapshot has no changes
        return f.words("code-timeline", "No timeline: fewer than two snapshots", measure)
    word, changes = CODES[str(spell.code)].word, len(series.timeline) - 1
    title = f"The code changed {many(changes, 'time')}, and ended {word}"
    days = series.timeline.groupby("code")["snapshots"].sum() / len(series.frame)
    split = ", ".join(f"{CODES[str(code)].word} {percent(share, 0)}" for code, share in days.items())
    reading = (
        f"{f.series.title}: {series.flips_a_year:.1f} changes a year; of its snapshots {split}. {word} has stood since "
        f"{long_day(f'{spell.since:%Y-%m-%d}')}{', the first snapshot' if spell.from_start else ''}."
    )
    return f.words("code-timeline", title, measure, reading=reading)


def sentiment_rows(f: ValidationFindings) -> pd.DataFrame:
    """What `charts.sentiment_by_day` draws: time, mean."""
    if f.study.sentiment.empty:
        return pd.DataFrame(columns=["time", "mean"])
    return f.study.sentiment[["mean"]].rename_axis("time").reset_index()


def _languages(f: ValidationFindings) -> str:
    """Texts by language with what scored them, as a sentence and a space; nothing without texts."""
    told = [
        f"{row['language'] or 'not known'} {row['scored']:,} of {row['scored'] + row['not_scored']:,}"
        f"{' (' + str(row['scorer']) + ')' if row['scorer'] else ''}"
        for row in f.study.sentiment_by_language.to_dict("records")
    ]
    return f"Scored by language: {'; '.join(told)}. " if told else ""


def sentiment(f: ValidationFindings) -> Words:
    """Sentiment of texts."""
    measure = "Mean sentiment of each day's texts"
    daily = f.study.sentiment
    if daily.empty:
        none = f"The study names no texts, so sentiment is not tested. {QUALITY}"
        return f.words("sentiment", "No texts are given", measure, reading=none)
    row = f.score("sentiment", AUROC)
    score = (
        f"it has no score: {row['status']}"
        if math.isnan(row["value"])
        else f"{interval_words(row['value'], row['low'], row['high'])}, on {independent(row['events'])}"
    )
    left = sum(f.study.sentiment_left_out.values())
    reasons = "; ".join(f"{why}: {count:,}" for why, count in f.study.sentiment_left_out.items())
    silent = int(daily["mean"].isna().sum())
    reading = (
        f"{int(daily['texts'].sum()):,} texts over {many(len(daily), 'day')} were scored, {silent:,} of these days "
        f"{'has' if silent == 1 else 'have'} too few. Not scored: {left:,} texts{f' ({reasons})' if left else ''}. "
        f"{_languages(f)}AUROC of negative sentiment: {score}. {_feature(f)} {QUALITY}"
    )
    title = f"Daily sentiment lay between {two(daily['mean'].min())} and {two(daily['mean'].max())}"
    pooled = ", of all languages together" if len(f.study.sentiment_by_language) > 1 else ""
    return Words("sentiment", title, f"{measure}{pooled}; {period_of(daily)}", f.source, reading=reading)


def _feature(f: ValidationFindings) -> str:
    """What sentiment adds to the index as a feature, on the rows that both have."""
    found = f.comparison("index_with_sentiment")
    if found is None or found.better is None:
        return "As a feature beside the index it has too few events to be judged."
    gain = found.better
    return (
        "As a feature, fitted on the past, it changes the AUROC of the index by "
        f"{interval_words(-gain.value, -gain.high, -gain.low)}, on {independent(found.events)} that both have; part of "
        "that is the fit, which the index alone does without."
    )
