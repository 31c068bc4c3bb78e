"""Titles, readings and rows of what an outlook depends on: the waterfall, cases, products and the tornado."""

import math
from collections.abc import Iterable
from typing import Any, Final

import pandas as pd

from cohortiv.distribution.levers import PRODUCTS, SHARE
from cohortiv.findings.context import Words
from cohortiv.findings.outlook import lever_value
from cohortiv.findings.outlook_context import SHOWN_POINTS, OutlookFindings, band_said, parts_said, visible_parts
from cohortiv.plain import Written
from cohortiv.published_usage import PublishedUsage
from cohortiv.quantities import exact_percent, percent, points, signed

CASE_COLUMNS: Final = (
    ("case", "Case", "{}", "left"),
    ("probability", "Probability", "{:.0%}", "right"),
    ("cap", "Cap", "{}", "left"),
    ("left", "Notional that leaves", "{:.0%}", "right"),
    ("high_share", "At 10x or more (median)", "{:.0%}", "right"),
    ("low", "Index, 5\u00a0%", points, "right"),
    ("median", "Median", points, "right"),
    ("high", "95\u00a0%", points, "right"),
    ("effect", "Against all as stated", "{}", "right", "index points"),
    ("error", "Error", "{:.1f}", "right", "index points"),
)
PRODUCT_COLUMNS: Final = (
    ("product", "Product", "{}", "left"),
    ("data", "In the data today", "{:.1%}", "right"),
    ("now", "Assumed today (used)", "{:.1%}", "right"),
    ("low", "Then, 5\u00a0%", "{:.1%}", "right"),
    ("median", "Median", "{:.1%}", "right"),
    ("high", "95\u00a0%", "{:.1%}", "right"),
)
SWING_COLUMNS: Final = (
    ("assumption", "Assumption", "{}", "left"),
    ("unit", "Unit", "{}", "left"),
    ("low_end", "Low end", "{}", "right"),
    ("high_end", "High end", "{}", "right"),
    ("at_low", "Index at the low end", points, "right"),
    ("at_high", "At the high end", points, "right"),
    ("effect", "Change", "{}", "right", "index points"),
    ("error", "Error", "{:.1f}", "right", "index points"),
)
SOURCE_COLUMNS: Final = (
    ("assumption", "Assumption", "{}", "left"),
    ("source", "Source", "{}", "left"),
)
NO_STRAND: Final = "No strand acts: every strand is switched off, and the mix stays as it is."
"""What stands in place of cases where the assumptions switch every strand off."""
#: What a reader has to know of an assumption, by a part of its name.
_MEANINGS: Final = {
    "trendless years": "Trendless years: the trend of the past is weighed against as many years without one.",
    "share lent": "Share lent to each tier: put on before logarithms and taken off after.",
    "final weight": "Final weight: where adoption levels off.",
    "part that complies": "Part that complies: of the notional above the cap; of it a part leaves the cohort, the rest "
    "moves to the cap.",
    "stated volatility": "Stated volatility: of log-ratios of the mix, or of the log of the index at a given mix; used "
    "where the past is too short.",
}
#: Assumptions that the tornado draws at most.
SWINGS_DRAWN: Final = 8
#: A change of weight that a tenth of a percent shows [1].
_MOVES: Final = 0.0005
_RULES: Final = {"strands": "", "products": "Products: ", "regulation": "Rule: "}


def waterfall(f: OutlookFindings) -> Words:
    """What each strand adds, and what distances do.

    Parameters
    ----------
    f : OutlookFindings
    """
    measure = "Median IV Index from today to the coming date: what each strand adds, then distances"
    if f.shown.steps.empty:
        none = "For some of the strands the median index is infinite, and a difference from it has no meaning."
        return f.words("index-waterfall", "The change cannot be split", measure, reading=none)
    parts = sorted(visible_parts(f), key=lambda part: -abs(part[1]))
    title = "Nothing moves the median index visibly"
    if parts:
        verb = "move" if parts[0][0] == "distances" else "moves"
        title = f"{parts[0][0].capitalize()} {verb} the median index most: {signed(parts[0][1])} points"
    note = (
        "Strands: Shapley values in the median from the mix alone, which add up. Distances: by how much they move that "
        "median on the same draws; they have no trend, but draws of the mix are skewed."
        if f.outlook.distances_act
        else "Shapley values, which add up."
    )
    reading = band_said(f) or parts_said(f)
    pale = f"{note} Pale: within the draws' own error."
    return f.words("index-waterfall", title, measure, note=pale, reading=reading)


def case_rows(f: OutlookFindings) -> pd.DataFrame:
    """What `charts.index_by_case` draws: case (a rule with its probability), low, median, high.

    Parameters
    ----------
    f : OutlookFindings
    """
    rows = f.shown.cases
    names = [
        _RULES[str(kind)] + str(case) + ("" if math.isnan(chance) else f" ({percent(chance, 0)})")
        for kind, case, chance in zip(rows["kind"], rows["case"], rows["probability"], strict=True)
    ]
    return rows.assign(case=names)[["case", "low", "median", "high"]]


def has_one_case(f: OutlookFindings) -> bool:
    """Whether there is nothing to compare: one strand acts, without products or rules beside each other.

    Parameters
    ----------
    f : OutlookFindings
    """
    return len(f.shown.cases) == 1


def cases(f: OutlookFindings) -> Words:
    """Strands added one after the other, products and regulatory scenarios side by side.

    Parameters
    ----------
    f : OutlookFindings
    """
    rows = f.shown.cases
    if rows.empty:
        return f.words("index-by-case", "No strand acts", "IV Index by case", reading=NO_STRAND)
    measure = f"IV Index in each case, {_same_kind(f)}"
    if has_one_case(f):
        only = str(rows["case"].iloc[0]).removesuffix(" alone")
        title = f"{only} is the only strand that acts"
        none = (
            f"{title}: neither adoption of products nor rules are assumed to change the mix. The assumptions "
            "“published-cohort-2026” set all strands side by side."
        )
        return f.words("index-by-case", title, measure, reading=none)
    low, high = (rows.iloc[int(place)] for place in (rows["median"].argmin(), rows["median"].argmax()))
    title = f"Median index {points(low['median'])} to {points(high['median'])}, case by case"
    return f.words("index-by-case", title, measure, note=_case_note(f), reading=_ranked(f, low, high))


def _same_kind(f: OutlookFindings) -> str:
    """What all cases hold alike."""
    return "all with the distances" if f.outlook.distances_act else "all from the mix alone"


def _case_note(f: OutlookFindings) -> str:
    """What the cases are, and that no bands of codes stand behind them where no code is told."""
    said = "Strands one after the other; then all of them with one product's curve alone, or one rule for certain."
    return f"{said} No codes: {f.shown.uncoded}." if f.shown.uncoded else said


def _ranked(f: OutlookFindings, low: "pd.Series[float]", high: "pd.Series[float]") -> str:
    """Lowest and highest case, where they are farther apart than the error of their difference."""
    apart, error = float(high["median"]) - float(low["median"]), f.shown.spread_error
    if not apart > error:
        return f"No two medians differ by more than the error of their difference on the same draws ({points(error)})."
    return (
        f"Lowest in “{low['case']}” ({points(low['median'])}), highest in “{high['case']}” ({points(high['median'])}); "
        f"on the same draws the difference is known to {points(error)} points. In the outlook a draw picks one rule by "
        "its probability."
    )


def case_table_rows(f: OutlookFindings) -> pd.DataFrame:
    """Rows of the table of cases, each with its difference to the outlook as stated.

    Parameters
    ----------
    f : OutlookFindings
    """
    rows = f.shown.cases
    effects = [
        Written(None if math.isnan(change) else change, _effect(change, error=error))
        for change, error in zip(rows["change"], rows["error"], strict=True)
    ]
    names = [_RULES[str(kind)] + str(case) for kind, case in zip(rows["kind"], rows["case"], strict=True)]
    return rows.assign(case=names, effect=_cells(effects, rows.index))


def _effect(change: float, *, error: float) -> str:
    """A difference on the same draws, where it exceeds its error."""
    if math.isnan(change):
        return "no number"
    if abs(change) <= error:
        return "no visible effect" if error else "the same"
    return signed(change) if abs(change) >= SHOWN_POINTS else f"under {points(2 * SHOWN_POINTS)}"


def case_table(f: OutlookFindings) -> Words:
    """The table of the cases.

    Parameters
    ----------
    f : OutlookFindings
    """
    measure = f"IV Index in each case, {_same_kind(f)}, and what a rule does to the mix"
    note = (
        "All cases share their draws; against all as stated: the difference of the medians, with its error at 90 %. A "
        "dash: not part of the case, or withheld. Rules: as if the scenario were certain."
    )
    return f.words("cases", "The cases in numbers", measure, note=note)


def product_rows(f: OutlookFindings, used: PublishedUsage | None) -> pd.DataFrame:
    """Weights of products, with those of the data beside the assumed ones; none where no weight moves.

    Parameters
    ----------
    f : OutlookFindings
    used : PublishedUsage or None
        Of the snapshot; None where no positions are behind the result.
    """
    rows = f.shown.products
    if rows.empty or not _moves(rows):
        return rows.head(0).assign(data=pd.Series(dtype=float))
    shares = pd.DataFrame(columns=["value", "notional_share"])
    if used is not None:
        shares = used.shares.loc[used.shares["dimension"] == "product", ["value", "notional_share"]]
    known = dict(zip(shares["value"], shares["notional_share"].astype(float), strict=True))
    absent = math.nan if used is None or len(known) > len(set(known) & set(PRODUCTS)) else 0.0
    return rows.assign(data=[known.get(product, absent) for product in rows["product"]])


def _moves(rows: pd.DataFrame) -> bool:
    """Whether any weight differs between today and the draws."""
    return bool((rows[["low", "high"]].sub(rows["now"], axis=0).abs() > _MOVES).to_numpy().any())


def products(f: OutlookFindings) -> Words:
    """Weights of the products.

    Parameters
    ----------
    f : OutlookFindings
    """
    rows = f.shown.products
    measure = "Weights of products in leveraged notional, by logistic adoption"
    if rows.empty or not _moves(rows):
        none = "No product's weight moves: there is one product, or all stay as they are." if len(rows) else ""
        return f.words("products", "No product's adoption is assumed to change", measure, reading=none)
    top = rows.assign(change=rows["median"] - rows["now"]).sort_values("change", ascending=False).iloc[0]
    name = PRODUCTS[str(top["product"])].capitalize()
    title = f"{name}: {percent(top['now'])} today, {percent(top['median'])} in the median"
    note = (
        "The assumed weights are used, as the file states them with their sources: only how their mix changes moves "
        "the cohort's own tiers, so a product that the data don't hold moves tiers too. A dash: not told, or not known."
    )
    return f.words("products", title, measure, note=note)


def swings_drawn(f: OutlookFindings) -> pd.DataFrame:
    """Assumptions that `charts.index_tornado` draws: the widest first, those within their error marked.

    Parameters
    ----------
    f : OutlookFindings

    Returns
    -------
    DataFrame
        assumption, low_value, high_value (words), low, high (index [%]), visible; none where none is visible.
    """
    rows = f.shown.swings
    drawn = rows[rows["range"] > 0].head(SWINGS_DRAWN) if rows["visible"].any() else rows.head(0)
    ends = {f"{end}_value": _values(drawn, end) for end in ("low", "high")}
    table = drawn.assign(**ends, low=drawn["at_low"], high=drawn["at_high"])
    return table[["assumption", "low_value", "high_value", "low", "high", "visible"]]


def _values(rows: pd.DataFrame, end: str) -> list[str]:
    return [lever_value(float(value), str(unit)) for value, unit in zip(rows[end], rows["unit"], strict=True)]


def swing_rows(f: OutlookFindings) -> pd.DataFrame:
    """Rows of the table of assumptions, each with its effect in words.

    Parameters
    ----------
    f : OutlookFindings
    """
    rows = f.shown.swings
    ends = {
        f"{end}_end": _cells(map(_end_cell, rows[end].astype(float), rows["unit"]), rows.index)
        for end in ("low", "high")
    }
    changes = zip(rows["at_high"] - rows["at_low"], rows["error"], rows["idle"], strict=True)
    effects = [
        Written(None, f"not used: {idle}") if idle else Written(change, _effect(change, error=error))
        for change, error, idle in changes
    ]
    return rows.assign(**ends, effect=_cells(effects, rows.index))


def _end_cell(value: float, unit: str) -> Written:
    """An end whose unit stands beside it; shares in percent."""
    return Written(value, exact_percent(value) if unit == SHARE else f"{value:g}")


def _cells(values: Iterable[Written], index: pd.Index) -> "pd.Series[Any]":
    return pd.Series(list(values), index=index, dtype=object)


def tornado(f: OutlookFindings) -> Words:
    """Which assumption matters most.

    Parameters
    ----------
    f : OutlookFindings
    """
    measure = "Median IV Index with one assumption at its low or high end and the others as stated"
    drawn = swings_drawn(f)
    if drawn.empty:
        title = "No assumption has a visible effect on the median"
        none = f"{title}: none moves it by more than the error of that difference on the same draws."
        return f.words("index-tornado", title, measure, reading=none)
    widest = drawn.iloc[0]
    band = float(f.shown.index_then["high"]) - float(f.shown.index_then["low"])
    title = (
        f"“{widest['assumption']}” moves the median by {points(abs(widest['high'] - widest['low']))}, of a band "
        f"{points(band)} wide"
    )
    reading = (
        f"With “{widest['assumption']}” at {widest['low_value']} the median index is {points(widest['low'])}, at "
        f"{widest['high_value']} it is {points(widest['high'])}; with all as stated it is "
        f"{points(f.shown.index_then['median'])}."
    )
    note = (
        f"The {len(drawn)} widest of {len(f.shown.swings)} assumptions. Pale: within the error of the difference on "
        "the same draws, at 90 %."
    )
    return f.words("index-tornado", title, measure, note=note, reading=reading)


def swings(f: OutlookFindings) -> Words:
    """The table of assumptions and their effects.

    Parameters
    ----------
    f : OutlookFindings
    """
    title = f"Assumptions of “{f.outlook.assumptions.title}”, and what each does"
    measure = "Each at its low and high end, the median IV Index there, and the error of the difference at 90 %"
    names = " ".join(f.shown.swings["assumption"])
    note = " ".join(meaning for word, meaning in _MEANINGS.items() if word in names)
    return f.words("assumptions", title, measure, note=note)


def sources(f: OutlookFindings) -> Words:
    """The table of where assumptions come from.

    Parameters
    ----------
    f : OutlookFindings
    """
    title = f"Where the assumptions of “{f.outlook.assumptions.title}” come from"
    return f.words("assumption-sources", title, "Citation with its date, or “assumption” and why it is reasonable")
