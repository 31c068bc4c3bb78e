"""Rows, titles and readings of an outlook's figures and tables."""

import math
from collections.abc import Callable, Mapping
from typing import Final

import pandas as pd

from cohortiv.distribution.backtest import PROJECTION
from cohortiv.distribution.outlook_tables import GINI, HHI, HIGH_SHARE
from cohortiv.findings.context import Words
from cohortiv.findings.outlook import (
    OutlookFindings,
    active_parts,
    band_said,
    figures_by_model,
    index_verdict,
    stated_distances,
    strands_said,
    verdict,
)
from cohortiv.quantities import chance, percent, points, points_range, signed

CONCENTRATION_COLUMNS: Final = (
    ("measure", "Measure", "{}", "left"),
    ("now", "Today", "{}", "right"),
    ("low", "Then, 5\u00a0%", "{}", "right"),
    ("median", "Median", "{}", "right"),
    ("high", "95\u00a0%", "{}", "right"),
)
CASE_COLUMNS: Final = (
    ("case", "Case", "{}", "left"),
    ("draw_share", "Share of draws", "{:.0%}", "right"),
    ("left", "Notional that leaves", "{:.0%}", "right"),
    ("high_share", "At 10x or more", "{:.0%}", "right"),
    ("low", "Index, 5\u00a0%", points, "right"),
    ("median", "Median", points, "right"),
    ("high", "95\u00a0%", points, "right"),
)
PRODUCT_COLUMNS: Final = (
    ("product", "Product", "{}", "left"),
    ("now", "Weight today", "{:.1%}", "right"),
    ("low", "Then, 5\u00a0%", "{:.1%}", "right"),
    ("median", "Median", "{:.1%}", "right"),
    ("high", "95\u00a0%", "{:.1%}", "right"),
)
SWING_COLUMNS: Final = (
    ("assumption", "Assumption", "{}", "left"),
    ("low_value", "Low end", "{}", "right"),
    ("high_value", "High end", "{}", "right"),
    ("low", "Index at the low end", points, "right"),
    ("high", "At the high end", points, "right"),
    ("effect", "Change", "{}", "right"),
    ("source", "Source", "{}", "left"),
)
BACKTEST_COLUMNS: Final = (
    ("steps", "Periods ahead", "{:.0f}", "right"),
    ("quantity", "Of", "{}", "left"),
    ("model", "Forecast", "{}", "left"),
    ("dates", "Dates", "{:.0f}", "right"),
    ("coverage", "Inside its 90 % band", "{:.0%}", "right"),
    ("sound_low", "Sound from", "{:.0%}", "right"),
    ("crps", "Mean CRPS", "{:.4f}", "right"),
    ("crps_ratio", "Projection's CRPS over it", "{:.2f}", "right"),
)
#: Words of the measures of concentration, and how they are written.
_MEASURES: Final[Mapping[str, tuple[str, Callable[[float], str]]]] = {
    HIGH_SHARE: ("Share at 10x or more", lambda share: percent(share, 0)),
    HHI: ("Herfindahl index over tiers", "{:.2f}".format),
    GINI: ("Gini coefficient over tiers", "{:.2f}".format),
}
#: As for the mix; the score is in points of the index.
INDEX_BACKTEST_COLUMNS: Final = (
    BACKTEST_COLUMNS[0],
    *BACKTEST_COLUMNS[2:6],
    ("crps", "Mean CRPS (points)", "{:.2f}", "right"),
    BACKTEST_COLUMNS[7],
)
#: Assumptions that the tornado draws at most.
SWINGS_DRAWN: Final = 8


def tiers(f: OutlookFindings) -> Words:
    """Tiers today and then."""
    rows = f.shown.tiers
    high = rows[rows["tier_floor"] >= 10]  # noqa: PLR2004 - the leverage that is called high
    title = f"Most of the notional stands at {rows.iloc[int(rows['now'].argmax())]['tier']}"
    if len(f.shown.share_fan):
        now, then = (percent(float(high[name].sum()), 0) for name in ("now", "mean"))
        title = f"10x or more: {now} today, {then} in the mean of draws"
    widest = rows.iloc[int((rows["high"] - rows["low"]).argmax())]
    reading = (
        f"The widest band is that of {widest['tier']}: {percent(widest['low'], 0)} to {percent(widest['high'], 0)} of "
        "the leveraged notional. Bands hold for one tier at a time, and medians need not add up to 100 %."
    )
    measure = "Share of leveraged notional by tier, today and in the draws"
    return f.words("tier-outlook", title, measure, reading=reading)


def fan(f: OutlookFindings) -> Words:
    """The index over time."""
    then = f.shown.index_then
    title = f"The index by then: {points_range(then['low'], then['high'])} in 90 % of draws"
    reading = f"{_codes_said(f)} {_what_moves(f)} The market's own way is not part of the draws."
    return f.words("index-fan", title, "IV Index of the past and of the draws", reading=reading)


def _codes_said(f: OutlookFindings) -> str:
    chances = f.shown.code_probability
    if chances is None:
        return f"No code is told of the draws: {f.shown.uncoded}."
    return (
        f"By {f.to} {chance(chances.green)} of the draws are Green, {chance(chances.yellow)} Yellow and "
        f"{chance(chances.red)} Red."
    )


def _what_moves(f: OutlookFindings) -> str:
    if f.outlook.distances_act:
        alone = f.shown.mix_then
        how = "as much as it did in the past" if stated_distances(f) is None else "by a stated volatility"
        return (
            f"The tier mix moves, and the index at a given mix {how}; from the mix alone the "
            f"band is {points_range(alone['low'], alone['high'])}."
        )
    return "Only the tier mix moves: each tier keeps today's distances to its lines."


def fan_rows(past: pd.DataFrame, fan: pd.DataFrame) -> pd.DataFrame:
    """What readers take away of a fan: the line of the past, then the points of the draws.

    Parameters
    ----------
    past : DataFrame
        as_of, value.
    fan : DataFrame
        as_of and the points of the draws.

    Returns
    -------
    DataFrame
        part ("past" or "draws"), as_of, value (of the past; NaN in the draws), the points (NaN in the past).
    """
    parts = [frame.assign(part=part) for part, frame in (("past", past), ("draws", fan)) if len(frame)]
    columns = ["part", "as_of", "value", *fan.columns.drop("as_of")]
    return pd.concat(parts, ignore_index=True).reindex(columns=columns) if parts else pd.DataFrame(columns=columns)


def index_history(f: OutlookFindings) -> pd.DataFrame:
    """The line of the past that `charts.index_fan` draws: as_of, value."""
    history = f.base.shown.history.rename(columns={"iv_index": "value"})
    return history[["as_of", "value"]]


def concentration(f: OutlookFindings) -> Words:
    """The share at 10x or more over time."""
    measure = "Share of leveraged notional at 10x or more"
    if f.shown.share_fan.empty:
        none = "A range of tiers that is told together lies on both sides of 10x, so the share cannot be told."
        return f.words("high-leverage-share", "The share at 10x or more is withheld", measure, reading=none)
    end, now = f.shown.share_fan.iloc[-1], float(f.shown.share_fan.iloc[0]["median"])
    title = f"At 10x or more: {percent(now, 0)} today, {percent(end['low'], 0)} to {percent(end['high'], 0)} then"
    hidden = len(f.outlook.history) - len(f.shown.share_history)
    note = f"{hidden} earlier period(s) are withheld: too few accounts, or one held too much." if hidden else ""
    reading = f"In the median of the draws it is {percent(float(end['median']))} by {f.to}."
    return f.words("high-leverage-share", title, measure, note=note, reading=reading)


def concentration_rows(f: OutlookFindings) -> list[dict[str, str]]:
    """Rows of the table of concentration, each written in its own way."""
    rows = []
    for name, *values in f.shown.concentration.itertuples(index=False):
        words, written = _MEASURES[str(name)]
        numbers = (written(float(value)) for value in values)
        rows.append(dict(zip((key for key, *_ in CONCENTRATION_COLUMNS), (words, *numbers), strict=True)))
    return rows


def concentration_table(f: OutlookFindings) -> Words:
    """Whether the mix gathers in fewer tiers."""
    measure = "Concentration of leveraged notional over tiers, today and in the draws"
    note = (
        f"Over the {len(f.shown.tiers)} tiers and ranges of the figure above. Herfindahl index: sum of squared shares; "
        "Gini coefficient: 0 if all hold alike. Draws that spread out raise both by themselves."
    )
    return f.words("concentration-outlook", "How concentrated the tiers may be", measure, note=note)


NO_STRAND: Final = "No strand acts: every strand is switched off, and the mix stays as it is."
"""What stands in place of cases where the assumptions switch every strand off."""


def case_rows(f: OutlookFindings) -> pd.DataFrame:
    """What `charts.index_by_case` draws: case (with its probability), low, median, high."""
    rows = f.shown.cases
    known = rows["draw_share"].notna()
    names = [
        f"Rule: {case} ({percent(share, 0)})" if told else case
        for case, share, told in zip(rows["case"], rows["draw_share"], known, strict=True)
    ]
    return rows.assign(case=names)[["case", "low", "median", "high"]]


def has_one_case(f: OutlookFindings) -> bool:
    """Whether one strand acts and there is nothing to compare: no other strand, no regulatory scenario."""
    return int((f.shown.cases["kind"] != "distances").sum()) == 1


def cases(f: OutlookFindings) -> Words:
    """Strands added one after the other, and regulatory scenarios side by side."""
    rows = f.shown.cases
    if rows.empty:
        return f.words("index-by-case", "No strand acts", "IV Index by case", reading=NO_STRAND)
    low, high = (rows.iloc[int(place)] for place in (rows["median"].argmin(), rows["median"].argmax()))
    measure = "IV Index with the strands added one after the other, then distances, and under each regulatory scenario"
    if not f.outlook.distances_act:
        measure = measure.replace(", then distances", "")
    if has_one_case(f):
        only = str(rows["case"].iloc[0]).removesuffix(" alone")
        title = f"{only} is the only strand that acts"
        none = (
            f"{title}: neither adoption of products nor rules are assumed to change the mix. The assumptions "
            "“published-cohort-2026” set all strands side by side."
        )
        return f.words("index-by-case", title, measure, reading=none)
    title = f"Median index {points(low['median'])} to {points(high['median'])}, case by case"
    error = f.shown.error * math.sqrt(2 / float(rows["draw_share"].fillna(1.0).min()))
    reading = (
        f"The medians differ by no more than draws of these numbers do by chance ({points(error)} points)."
        if float(high["median"]) - float(low["median"]) <= error
        else f"Lowest under “{low['case']}” ({points(low['median'])}), highest under “{high['case']}” "
        f"({points(high['median'])}). A draw picks one regulatory scenario by its probability."
    )
    return f.words("index-by-case", title, measure, reading=reading)


def case_table(f: OutlookFindings) -> Words:
    """The table of the cases."""
    measure = "IV Index in each case, and what the rule does to the mix"
    note = "A dash: not part of the case, or withheld. The share at 10x or more is the median of the case's draws."
    return f.words("cases", "The cases in numbers", measure, note=note)


def products(f: OutlookFindings) -> Words:
    """Weights of the products."""
    rows = f.shown.products
    title = "No product's adoption is assumed to change"
    if len(rows):
        top = rows.assign(change=rows["median"] - rows["now"]).sort_values("change", ascending=False).iloc[0]
        title = (
            f"{str(top['product']).capitalize()}: {percent(top['now'])} today, {percent(top['median'])} in the median"
        )
    return f.words("products", title, "Weights of products in leveraged notional, by logistic adoption")


def waterfall(f: OutlookFindings) -> Words:
    """What each strand adds."""
    measure = "Median IV Index, and what each strand adds to it (Shapley values, which add up)"
    if f.shown.steps.empty:
        none = "For some of the strands the median index is infinite, and a difference from it has no meaning."
        return f.words("index-waterfall", "The change cannot be split", measure, reading=none)
    parts = sorted(active_parts(f), key=lambda part: -abs(part[1]))
    title = "No strand moves the median index visibly"
    if parts and abs(parts[0][1]) > f.shown.mix_error:
        title = f"{parts[0][0].capitalize()} moves the index most: {signed(parts[0][1])} points"
    note = (
        "Strands are split in the median from the mix alone. Distances have no trend; their bar is by how much the "
        "median of the draws moves all the same, since draws of the mix are skewed, and by the draws' own error."
        if f.outlook.distances_act
        else ""
    )
    reading = f"{strands_said(f)} {band_said(f)}".strip()
    return f.words("index-waterfall", title, measure, note=note, reading=reading)


def swings_drawn(f: OutlookFindings) -> pd.DataFrame:
    """Assumptions that `charts.index_tornado` draws: those with a visible effect, the widest first."""
    return f.shown.swings[f.shown.swings["visible"]].head(SWINGS_DRAWN)


def swing_rows(f: OutlookFindings) -> pd.DataFrame:
    """Rows of the table of assumptions, each with its effect in words."""
    rows = f.shown.swings
    changes = zip(rows["low"], rows["high"], rows["visible"], strict=True)
    effects = [signed(high - low) if visible else "no visible effect" for low, high, visible in changes]
    return rows.assign(effect=pd.array(effects, dtype="str"))


def tornado(f: OutlookFindings) -> Words:
    """Which assumption matters most."""
    measure = "Median IV Index from the mix, one assumption at its low or high end and the others as stated"
    drawn = swings_drawn(f)
    error = f"{points(f.shown.swing_error, 2)} points"
    if drawn.empty:
        title = "No assumption has a visible effect on the median"
        none = f"{title}: none moves it by more than the draws' own error, {error}."
        return f.words("index-tornado", title, measure, reading=none)
    widest = drawn.iloc[0]
    title = f"“{widest['assumption']}” moves the median by {points(abs(widest['high'] - widest['low']))}"
    reading = (
        f"With “{widest['assumption']}” at {widest['low_value']} the median index is {points(widest['low'])}, at "
        f"{widest['high_value']} it is {points(widest['high'])}; with all as stated it is "
        f"{points(f.shown.mix_then['median'])}."
    )
    note = (
        f"{len(drawn)} of {len(f.shown.swings)} assumptions; those under the draws' own error, {error}, are left out."
    )
    shown = note if len(f.shown.swings) > len(drawn) else ""
    return f.words("index-tornado", title, measure, note=shown, reading=reading)


def swings(f: OutlookFindings) -> Words:
    """The table of assumptions."""
    title = f"Assumptions of “{f.outlook.assumptions.title}”, and where they come from"
    return f.words("assumptions", title, "Each at its low and high end, in the unit of the assumptions file")


def backtests(f: OutlookFindings) -> Words:
    """The projection on held-out periods."""
    measure = "Forecasts of the tier mix at held-out periods from what was known before; the history strand alone"
    note = (
        "Sound from: the least that a sound band holds of so few dates, nine times in ten. CRPS: continuous ranked "
        "probability score, lower is better; a ratio over 1 says that the projection lost."
    )
    title = "The tier mix against simple forecasts" if f.outlook.backtests else "The history is too short for a test"
    return f.words("backtest", title, measure, note=note, reading=verdict(f))


def index_backtests(f: OutlookFindings) -> Words:
    """The index on held-out periods, with and without distances."""
    measure = "Forecasts of the IV Index at held-out periods from what was known before them"
    note = (
        "Every forecast stands on its origin's own distances. Projection, mix alone: without what moves the index at a "
        "given mix. Simple forecasts stand in the logarithm of the index. Columns as in the table above."
    )
    title = "The index is not tested"
    tests = f.outlook.index_backtests
    if tests:
        held, dates = (figures_by_model(tests[0], name)[PROJECTION] for name in ("coverage", "dates"))
        title = f"Bands of the index held {percent(held, 0)} of {dates:.0f} dates"
    reading = index_verdict(f) or "No held-out period has an index to test the projection of the index on."
    return f.words("index-backtest", title, measure, note=note, reading=reading)
