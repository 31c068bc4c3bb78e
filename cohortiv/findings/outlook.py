"""Headline and plain words of an outlook report; every number in them is computed."""

import math
from collections.abc import Mapping
from typing import Any, Final

from cohortiv.distribution.levers import SHARE
from cohortiv.distribution.outlook_tables import HHI
from cohortiv.early_warning import code_of
from cohortiv.findings.headline import headline as headline_today
from cohortiv.findings.outlook_context import (
    SHOWN_CHANGE,
    SHOWN_POINTS,
    OutlookFindings,
    high_mean,
    parts_said,
)
from cohortiv.findings.outlook_scores import index_verdict, tested_words, verdict
from cohortiv.palette import CODES
from cohortiv.published_outlook import outlook_values
from cohortiv.quantities import chance, exact_percent, percent, points, points_range, signed

SERIES: Final = "Distribution outlook"
#: Part of the band from which an assumption matters [1].
NOTABLE: Final = 0.1


def headline(f: OutlookFindings) -> dict[str, Any]:
    """Arguments of `page.headline`: today's code and index, the coming date's in sentence and figures."""
    symbol = f.base.result.settings.symbol
    exploratory = ", exploratory" if is_exploratory(f) else ""
    return headline_today(f.base) | {
        "series": f"{SERIES}{exploratory}",
        "title": f"{symbol or 'All symbols'}: leverage and index by {f.to}",
        "sentence": sentence(f),
        "key_figures": key_figures(f),
    }


def is_exploratory(f: OutlookFindings) -> bool:
    """Whether the base is too thin to judge the projection by."""
    return any(note.startswith("Exploratory") for note in f.outlook.notes) or not f.outlook.backtests


def sentence(f: OutlookFindings) -> str:
    """Index today and then, its band, and the likeliest code."""
    then, now = f.shown.index_then, f.base.result.iv_index
    return (
        f"From changes of {_moved_by(f)}, the IV Index by {f.to} is {points(then['median'])} in the median of "
        f"{f.outlook.assumptions.draws:,} draws "
        f"({_change(then['median'], now, error=f.shown.error)}), and "
        f"{points_range(then['low'], then['high'])} in 90 % of them. {_code_said(f)}"
    )


def _code_said(f: OutlookFindings) -> str:
    """The code that most draws have, the worse of two alike; or why none is told."""
    if f.shown.code_probability is None:
        return f"No code is told: {f.shown.uncoded}."
    chances = vars(f.shown.code_probability)
    likeliest = max(chances, key=lambda code: (chances[code], list(chances).index(code)))
    word, most = CODES[likeliest].word, float(chances[likeliest])
    return f"The likeliest code is {word} ({chance(most)}); Red has {chance(chances['red'])}."


def _moved_by(f: OutlookFindings) -> str:
    """What the draws of the index hold."""
    return "the tier mix and of the distances within tiers" if f.outlook.distances_act else "the tier mix alone"


def _change(then: float, now: float, *, error: float) -> str:
    if not (math.isfinite(then) and math.isfinite(now)):
        return f"{points(now)} today"
    if abs(then - now) < max(SHOWN_POINTS, error):
        return f"no visible change from today's {points(now)}"
    return f"{signed(then - now)} from today's {points(now)}"


def key_figures(f: OutlookFindings) -> list[dict[str, str]]:
    """Five numbers with their context."""
    then, now = f.shown.index_then, f.base.result.iv_index
    figures = [
        _figure("IV Index today", points(now), f"code {CODES[str(f.base.result.code)].word}"),
        _figure("Median then", points(then["median"]), _code_word(f, float(then["median"]))),
        _figure("90 % of the draws", points_range(then["low"], then["high"]), f"{_mix_words(f)}; {tested_words(f)}"),
        _red_figure(f),
    ]
    if len(f.shown.share_fan):
        share = f.shown.share_fan.iloc[-1]
        middle, low, high = (percent(float(share[name]), 0) for name in ("median", "low", "high"))
        band = f"mean; median {middle}; {low} to {high} in 90 % of the draws"
        figures.append(_figure("At 10x or more then", percent(high_mean(f), 0), band))
    return figures


def _red_figure(f: OutlookFindings) -> dict[str, str]:
    """The chances of the codes, or why none is told."""
    chances = f.shown.code_probability
    if chances is None:
        return _figure("Chance of Red", "not told", f.shown.uncoded)
    context = f"Yellow {chance(chances.yellow)}, Green {chance(chances.green)}"
    return _figure("Chance of Red", chance(chances.red), context)


def _mix_words(f: OutlookFindings) -> str:
    """The band from the mix alone, where there is more in the draws."""
    alone = f.shown.mix_then
    return f"{points_range(alone['low'], alone['high'])} from the mix alone" if f.outlook.distances_act else "mix alone"


def _figure(label: str, value: str, context: str) -> dict[str, str]:
    return {"label": label, "value": value, "context": context}


def _code_word(f: OutlookFindings, index: float) -> str:
    return "no code" if f.shown.uncoded else f"code {CODES[str(code_of(index, f.thresholds))].word}"


def summary_text(f: OutlookFindings) -> str:
    """The outlook in plain language, for readers who look at no figure."""
    lines = (*_what_changes(f), *_what_gathers(f), *_what_decides(f), verdict(f), index_verdict(f))
    return "\n".join(f"- {line}" for line in lines if line)


def _what_changes(f: OutlookFindings) -> list[str]:
    """Which tiers gain and lose most, by the mean of the draws; medians of skewed draws nearly all lie below today."""
    moved = f.shown.tiers.assign(change=f.shown.tiers["mean"] - f.shown.tiers["now"])
    ends = (
        [moved.iloc[int(place)] for place in (moved["change"].argmax(), moved["change"].argmin())] if len(moved) else []
    )
    said = [
        f"{row['tier']} {verb} most: {percent(row['now'], 0)} of the notional today, {percent(row['mean'], 0)} in the "
        f"mean of the draws, {percent(row['low'], 0)} to {percent(row['high'], 0)} in 90 % of them"
        for row, verb, sign in zip(ends, ("gains", "loses"), (1, -1), strict=False)
        if sign * row["change"] >= SHOWN_CHANGE
    ]
    return [f"{'; '.join(said)}."] if said else ["No tier's mean share moves by half a percent of the notional."]


def _what_gathers(f: OutlookFindings) -> list[str]:
    """That draws gather in few tiers by the model's own doing, where today's mix lies below nearly all of them."""
    rows = f.shown.concentration
    row = rows[rows["measure"] == HHI].iloc[0]
    now, low, median = (float(row[column]) for column in ("now", "low", "median"))
    if not now < low:
        return []
    said = (
        f"That draws gather in few tiers is the model's doing: the Herfindahl index over tiers is {now:#.2g} today, "
        f"{median:#.2g} in the median of the draws and under {low:#.2g} in only 5 % of them, since a walk of shares "
        "without a pull back runs into the ends. It is no finding about the cohort, and makes bands of single tiers "
        "too wide."
    )
    return [said]


def _what_decides(f: OutlookFindings) -> list[str]:
    said = []
    if len(f.shown.steps):
        said.append(parts_said(f))
    acting = f.shown.swings[f.shown.swings["idle"] == ""]
    if len(acting):
        widest = acting.iloc[0]
        ends = (lever_value(float(widest[end]), str(widest["unit"])) for end in ("low", "high"))
        said.append(
            f"{_matters(f, float(widest['range']))} “{widest['assumption']}”: from {' to '.join(ends)} it takes the "
            f"median index from {points(widest['at_low'])} to {points(widest['at_high'])}."
            if widest["visible"]
            else "No assumption has a visible effect on the median index: each stays within the error of its draws."
        )
    return said


def _matters(f: OutlookFindings, moved: float) -> str:
    """How to begin about the widest assumption: beside the band of the index it may be next to nothing."""
    width = float(f.shown.index_then["high"]) - float(f.shown.index_then["low"])
    if moved >= NOTABLE * width:
        return "The assumption that matters most is"
    return f"No assumption moves the median by as much as a tenth of the band ({points(width)}); most does"


def lever_value(value: float, unit: str) -> str:
    """An end of an assumption with its unit: "20 %", "2 years", "1.08 times today's".

    Parameters
    ----------
    value : float
        In its unit.
    unit : str
        From `distribution.levers`.
    """
    return exact_percent(value) if unit == SHARE else f"{value:g}\u00a0{unit}"


def summary(f: OutlookFindings, today: Mapping[str, object]) -> dict[str, object]:
    """What `summary.json` holds: today's figures, and the outlook's own.

    Parameters
    ----------
    f : OutlookFindings
    today : mapping
        From `summarise`.
    """
    return {**today, "outlook": outlook_values(f.shown)}
