"""Titles and readings of an outlook's figures of the index and of the mix, and the rows of its concentration."""

from collections.abc import Callable, Mapping
from typing import Final

import pandas as pd

from cohortiv.distribution.outlook_tables import GINI, HHI, HIGH_SHARE
from cohortiv.findings.context import Words
from cohortiv.findings.outlook_context import OutlookFindings, high_mean, stated_distances
from cohortiv.plain import Written
from cohortiv.quantities import chance, percent, points, points_range

CONCENTRATION_COLUMNS: Final = (
    ("measure", "Measure", "{}", "left"),
    ("now", "Today", "{}", "right"),
    ("low", "Then, 5\u00a0%", "{}", "right"),
    ("median", "Median", "{}", "right"),
    ("high", "95\u00a0%", "{}", "right"),
)
#: What the name of a tier means.
TIERS_NOTE: Final = "A tier holds leverage from its name up to the next tier of the cohort, such as 25x to under 50x."
#: Where the axis of an index ends at the latest [%].
HIGHEST_DRAWN: Final = 300
#: A measure of concentration that stays within this is left out [1].
_STILL: Final = 5e-5
#: Words of the measures of concentration, and how they are written.
_MEASURES: Final[Mapping[str, tuple[str, Callable[[float], str]]]] = {
    HIGH_SHARE: ("Share at 10x or more", lambda share: percent(share, 0)),
    HHI: ("Herfindahl index over tiers", "{:#.2g}".format),
    GINI: ("Gini coefficient over tiers", "{:#.2g}".format),
}


def tiers(f: OutlookFindings) -> Words:
    """Tiers today and then."""
    rows = f.shown.tiers
    title = f"Most of the notional stands at {rows.iloc[int(rows['now'].argmax())]['tier']}"
    if len(f.shown.share_fan):
        now = percent(float(f.shown.share_fan["median"].iloc[0]), 0)
        title = f"10x or more: {now} today, {percent(high_mean(f), 0)} in the mean of draws"
    widest = rows.iloc[int((rows["high"] - rows["low"]).argmax())]
    reading = (
        f"The widest band is that of {widest['tier']}: {percent(widest['low'], 0)} to {percent(widest['high'], 0)} of "
        "the leveraged notional. Bands hold for one tier at a time; medians need not add up to 100 %, as means do."
    )
    measure = "Share of leveraged notional by tier, today and in the draws"
    return f.words("tier-outlook", title, measure, note=TIERS_NOTE, reading=reading)


def fan(f: OutlookFindings) -> Words:
    """The index over time."""
    then = f.shown.index_then
    title = f"The index by then: {points_range(then['low'], then['high'])} in 90 % of draws"
    reading = f"{_codes_said(f)} {_what_moves(f)} The market's own way is not part of the draws."
    return f.words("index-fan", title, "IV Index of the past and of the draws", note=_cut_said(f), reading=reading)


def _cut_said(f: OutlookFindings) -> str:
    """That the axis ends below some of the draws; nothing where it holds them all."""
    drawn = pd.concat([f.shown.index_fan["high"], index_history(f)["value"]])
    top = max(HIGHEST_DRAWN, 1.3 * f.thresholds.red)
    return f"The axis ends at {top:g}: the band or the past reaches {points(drawn.max())}." if drawn.max() > top else ""


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
    mean, median = percent(high_mean(f), 0), percent(float(end["median"]), 0)
    reading = f"In the mean of the draws it is {mean} by {f.to}; the dashed line is their median, {median}"
    skewed = ", which differs since draws run into the ends of what a share can be"
    reading += f"{skewed if mean != median else ''}."
    return f.words("high-leverage-share", title, measure, note=note, reading=reading)


def concentration_rows(f: OutlookFindings) -> list[dict[str, object]]:
    """Rows of the table of concentration, each written in its own way; without those that cannot move."""
    rows = []
    for name, *values in _moving(f).itertuples(index=False):
        words, written = _MEASURES[str(name)]
        numbers = (Written(float(value), written(float(value))) for value in values)
        rows.append(dict(zip((key for key, *_ in CONCENTRATION_COLUMNS), (words, *numbers), strict=True)))
    return rows


def _moving(f: OutlookFindings) -> pd.DataFrame:
    """Measures of concentration that differ between today and any of the draws' points."""
    rows = f.shown.concentration
    values = rows.drop(columns="measure")
    return rows[values.max(axis=1) - values.min(axis=1) > _STILL]


def concentration_table(f: OutlookFindings) -> Words:
    """Whether the mix gathers in fewer tiers."""
    measure = "Concentration of leveraged notional over tiers, today and in the draws"
    note = (
        f"Over the {len(f.shown.tiers)} tiers and ranges of the figure above. Herfindahl index: sum of squared shares; "
        "Gini coefficient: 0 if all hold alike. Draws that spread out raise both by themselves."
    )
    still = len(f.shown.concentration) - len(_moving(f))
    note += f" {still} measure(s) that the draws leave as they are today are left out." if still else ""
    return f.words("concentration-outlook", "How concentrated the tiers may be", measure, note=note)
