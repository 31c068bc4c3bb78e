"""Curves of a validation report, ROC, reliability and usefulness: rows, titles and readings of the figures."""

import math
from typing import Final

import pandas as pd

from cohortiv.findings.context import Words
from cohortiv.findings.validation import ValidationFindings, best_comparator, independent, interval_words, two
from cohortiv.quantities import many, percent
from cohortiv.validation.scores import AUROC, BRIER_SKILL

#: Lines of one picture.
_LINES: Final = 6
#: Steps of a drawn ROC curve [1].
_ROC_STEP: Final = 0.04
#: Decimals of a drawn share: finer than a pixel.
_DIGITS: Final = 4


def signals_drawn(f: ValidationFindings) -> list[str]:
    """Signals that curves show: the judged one, the best of the others, and those that it has to beat."""
    wanted = [f.signal, best_comparator(f), *f.pair.verdict.rules.comparators]
    given = f.pair.scores.table
    scored = set(given.loc[(given["metric"] == AUROC) & given["value"].notna(), "signal"])
    return [name for name in dict.fromkeys(wanted) if name is not None and name in scored][:_LINES]


def roc_rows(f: ValidationFindings) -> pd.DataFrame:
    """What `charts.roc_picture` draws: name, false_rate, true_rate, at steps of 4 % of false alarms, four digits."""
    parts = [_stepped(f.pair.roc[f.pair.roc["signal"] == name]).assign(name=f.title(name)) for name in signals_drawn(f)]
    columns = ["name", "false_rate", "true_rate"]
    found = pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
    return found.round(_DIGITS)


def _stepped(curve: pd.DataFrame) -> pd.DataFrame:
    """The first and the last point of a curve in every step of the false rate."""
    place = (curve["false_rate"] / _ROC_STEP).round()
    return curve[(place != place.shift()) | (place != place.shift(-1))]


def roc(f: ValidationFindings) -> Words:
    """The ROC picture."""
    rows = roc_rows(f)
    measure = "Share of event rows with an alarm against share of calm rows with one, at every threshold"
    own = rows[rows["name"] == f.title(f.signal)]
    if own.empty:
        none = "The index has too few independent events for a curve."
        return f.words("roc", "No ROC curve can be drawn", measure, reading=none)
    caught = float(own.loc[own["false_rate"] <= f.study.rules.false_share, "true_rate"].max())
    at = percent(f.study.rules.false_share, 0)
    title = f"With {at} false alarms the index catches {percent(caught, 0)}"
    events = independent(f.score(f.signal, AUROC)["events"])
    reading = (
        f"On {events}: at thresholds with alarms on {at} of the calm rows, the index stands alarmed on "
        f"{percent(caught, 0)} of the event rows; chance would be on {at}. Thresholds are chosen after the fact here; "
        "those of the tables are not."
    )
    return f.words("roc", title, measure, reading=reading)


def reliability_rows(f: ValidationFindings) -> pd.DataFrame:
    """What `charts.reliability_picture` draws: name, forecast, observed with its interval, rows, windows, events."""
    wanted = [name for name in signals_drawn(f) if name in {f.signal, best_comparator(f)}]
    table = f.pair.reliability
    parts = [table[table["signal"] == name].assign(name=f.title(name)) for name in wanted]
    columns = ["name", "forecast", "observed", "observed_low", "observed_high", "rows", "windows", "events"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def reliability(f: ValidationFindings) -> Words:
    """The reliability picture."""
    rows = reliability_rows(f)
    measure = "Observed share of events by forecast chance, fitted on the past alone"
    skill = f.score(f.signal, BRIER_SKILL)
    if rows.empty or math.isnan(skill["value"]):
        none = f"No probabilities can be judged: {skill['status']}."
        return f.words("reliability", "No forecast chance can be judged", measure, reading=none)
    own = rows[rows["name"] == f.title(f.signal)]
    if own.empty:
        none = "The index has too few independent events among the rows that have a forecast."
        return f.words("reliability", "No forecast chance can be judged", measure, reading=none)
    better = "less" if skill["low"] > 0 else "more" if skill["high"] < 0 else "no less"
    title = f"Index forecasts err {better} than the base rate"
    highest = own.iloc[int(own["forecast"].argmax())]
    reading = (
        f"Brier skill of the index: {interval_words(skill['value'], skill['low'], skill['high'])}, on "
        f"{independent(skill['events'])}; above 0 it errs less than the base rate of the past. {_missed(own)} "
        f"Where it forecast most, {percent(highest['forecast'], 0)} on average, "
        f"an event followed in {percent(highest['observed'], 0)} of {int(highest['rows']):,} rows "
        f"({percent(highest['observed_low'], 0)} to {percent(highest['observed_high'], 0)}), with "
        f"{many(int(highest['events']), 'independent event')} behind them."
    )
    note = (
        "Each point is a fifth of the rows, those of the index with their independent events beside them; the floor on "
        f"events holds for a signal, not for a point. Bars: Wilson's {percent(f.study.rules.level, 0)} interval on as "
        "many observations as the rows have windows that do not overlap."
    )
    return f.words("reliability", title, measure, note=note, reading=reading)


def _missed(own: pd.DataFrame) -> str:
    """Which points of a signal say another chance than followed, in turn from the lowest forecast."""
    off = own[(own["forecast"] < own["observed_low"]) | (own["forecast"] > own["observed_high"])]
    if off.empty:
        return "No point's interval misses what was forecast."
    said = [
        f"at {percent(row['forecast'], 0)} forecast {percent(row['observed'], 0)} followed "
        f"({percent(row['observed_low'], 0)} to {percent(row['observed_high'], 0)})"
        for row in off.sort_values("forecast").to_dict("records")
    ]
    return f"{len(off)} of {len(own)} points miss it: {'; '.join(said)}."


def usefulness_rows(f: ValidationFindings) -> pd.DataFrame:
    """What `charts.usefulness_picture` draws: name, preference, relative_usefulness, its low and high, is_signal.

    Beside them what it is made of: missed, false, noise_to_signal and events.
    """
    columns = ["name", "preference", "relative_usefulness", "low", "high", "is_signal"]
    table, columns = f.pair.usefulness, [*columns, "missed", "false", "noise_to_signal", "events"]
    if "relative_usefulness" not in table:
        return pd.DataFrame(columns=columns)
    parts = [
        table[table["signal"] == name].assign(name=f.title(name), is_signal=name == f.signal)
        for name in signals_drawn(f)
    ]
    found = pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
    return found.dropna(subset="relative_usefulness")


def usefulness(f: ValidationFindings) -> Words:
    """Usefulness over preferences."""
    rows = usefulness_rows(f)
    measure = "Relative usefulness by the weight of a missed event, thresholds fitted on the past alone"
    own = rows[rows["name"] == f.title(f.signal)]
    if own.empty:
        none = "The index has too few independent events after its first fit."
        return f.words("usefulness", "Usefulness cannot be told", measure, reading=none)
    of_use = int((own["low"] > 0).sum())
    title = f"The index beats ignoring it at {of_use} of {len(own)} preferences"
    if not of_use:
        title = "The index is no better than ignoring it"
    best = own.iloc[int(own["relative_usefulness"].argmax())]
    judged = f.pair.usefulness[f.pair.usefulness["signal"] == f.signal].set_index("preference").loc[best["preference"]]
    ends = "no interval" if pd.isna(best["low"]) else f"{percent(best['low'], 0)} to {percent(best['high'], 0)}"
    reading = (
        f"At its best, with a weight of {best['preference']:.1f} on a missed event, alarms from the index are worth "
        f"{percent(best['relative_usefulness'], 0)} of a perfect signal's ({ends}), on "
        f"{many(int(judged['events']), 'independent event')}; they stand on {percent(judged['false'], 0)} of the calm "
        f"rows. At 0 ignoring them, or being alarmed always, is as good; below, better. {_noise(own)}"
    )
    note = (
        "Bars: interval of the index by block bootstrap. Better than ignoring it: the lower end lies above 0. "
        "Noise-to-signal: share of calm rows alarmed over share of event rows alarmed; 1 is chance, below is better."
    )
    return f.words("usefulness", title, measure, note=note, reading=reading)


def _noise(own: pd.DataFrame) -> str:
    """Noise-to-signal at each preference."""
    told = [
        f"{'none' if pd.isna(row['noise_to_signal']) else two(row['noise_to_signal'])} at {row['preference']:.1f}"
        for row in own.to_dict("records")
    ]
    return f"Its noise-to-signal by that weight: {', '.join(told)}."
