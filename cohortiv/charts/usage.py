"""Figures of how leverage is used: by capital and by count, over time, as declared and as it is."""

import altair as alt
import pandas as pd

from cohortiv.charts.cascade import shades_of
from cohortiv.charts.marks import overlaid
from cohortiv.charts.theme import DASH, FIT, SMALL_PX, WIDTH, is_narrow, select, styled, utc_naive
from cohortiv.palette import INK, MUTED

_HEIGHT_PX = 330
_LEGEND_PX = 24
#: Lines that cross are told apart without colour.
_DASHES = [[1, 0], [7, 3], [2, 2], [10, 3, 2, 3]]


def capital_and_count(shares: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """How does the spread over tiers differ by capital and by count?

    Parameters
    ----------
    shares : DataFrame
        One row a tier and measure: tier, tier_floor [x], measure (its words, in the order of bars), share [1].
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        Bars by tier, measures beside each other, each with its share in percent.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(shares, ["tier", "tier_floor", "measure", "share"])
    measures = list(dict.fromkeys(frame["measure"]))
    words = ["" if pd.isna(share) else f"{100 * share:.0f}" for share in frame["share"]]
    sort = alt.EncodingSortField(field="tier_floor", op="min", order="ascending")
    base = alt.Chart(frame.assign(words=words)).encode(
        x=alt.X("tier:N", sort=sort, axis=alt.Axis(title="Leverage tier", labelAngle=0, ticks=False)),
        xOffset=alt.XOffset("measure:N", sort=measures),
        y=alt.Y("share:Q", axis=alt.Axis(title="Share of all (%)", format=".0%", tickCount=5)),
    )
    legend = alt.Legend(title=None, labelLimit=0, columns=1 if is_narrow(width) else 0, offset=_LEGEND_PX)
    scale = alt.Scale(domain=measures, range=shades_of(len(measures)))
    tooltip = [
        alt.Tooltip("tier:N", title="Tier"),
        alt.Tooltip("measure:N", title="Measure"),
        alt.Tooltip("share:Q", title="Share", format=".1%"),
    ]
    colour = alt.Color("measure:N", sort=measures, scale=scale, legend=legend)
    bars = base.mark_bar().encode(color=colour, tooltip=tooltip)
    layers = [bars]
    if not is_narrow(width):
        layers.append(base.mark_text(dy=-7, fontSize=SMALL_PX - 1, color=INK).encode(text=alt.Text("words:N")))
    return styled(overlaid(*layers).properties(width=width, height=_HEIGHT_PX, autosize=FIT))


def concentration_history(history: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """How did concentration over accounts move?

    Parameters
    ----------
    history : DataFrame
        One row a snapshot and figure: as_of (UTC), figure (its words, in the order of the legend), value [1]. NaN
        leaves a gap.
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        A line for each figure with a point at each snapshot, from 0 to 1.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(history, ["as_of", "figure", "value"], numbers=["value"])
    names = list(dict.fromkeys(frame["figure"]))
    axis = alt.Axis(
        title="Date (UTC)", format="%-d %b %y", tickCount=3 if is_narrow(width) else 6, labelOverlap="greedy"
    )
    legend = alt.Legend(
        title=None, labelLimit=0, symbolType="stroke", symbolStrokeWidth=3, offset=_LEGEND_PX,
        columns=1 if is_narrow(width) else 0,
    )  # fmt: skip
    tooltip = [
        alt.Tooltip("figure:N", title="Figure"),
        alt.Tooltip("as_of:T", title="Date (UTC)", format="%-d %b %Y"),
        alt.Tooltip("value:Q", title="Value", format=".2f"),
    ]
    base = alt.Chart(frame.assign(as_of=utc_naive(frame["as_of"]))).encode(
        x=alt.X("as_of:T", axis=axis, scale=alt.Scale(padding=10)),
        y=alt.Y("value:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(title="Share or coefficient (0 to 1)")),
        color=alt.Color(
            "figure:N", sort=names, scale=alt.Scale(domain=names, range=shades_of(len(names))), legend=legend
        ),
        strokeDash=alt.StrokeDash(
            "figure:N", sort=names, scale=alt.Scale(domain=names, range=_DASHES[: len(names)]), legend=legend
        ),
        tooltip=tooltip,
    )
    layers = [base.mark_line(strokeWidth=2), base.mark_circle(size=22, opacity=1)]
    return styled(overlaid(*layers).properties(width=width, height=_HEIGHT_PX, autosize=FIT))


def effective_leverage(standing: pd.DataFrame, *, width: int = WIDTH) -> alt.Chart:
    """How much of each declared tier is less leveraged than it says?

    Parameters
    ----------
    standing : DataFrame
        One row a declared tier and standing: tier, tier_floor [x], standing (its words, in the order of the stack),
        share [of the tier's notional, 1].
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.Chart
        Bars of 100 % by declared tier, parted by how the effective leverage stands to the declared one.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(standing, ["tier", "tier_floor", "standing", "share"])
    names = list(dict.fromkeys(frame["standing"]))
    drawn = frame.assign(place=[names.index(name) for name in frame["standing"]])
    sort = alt.EncodingSortField(field="tier_floor", op="min", order="ascending")
    legend = alt.Legend(title=None, labelLimit=0, columns=1 if is_narrow(width) else 0, offset=_LEGEND_PX)
    scale = alt.Scale(domain=names, range=shades_of(len(names)))
    tooltip = [
        alt.Tooltip("tier:N", title="Declared"),
        alt.Tooltip("standing:N", title="Effective"),
        alt.Tooltip("share:Q", title="Share of the tier", format=".1%"),
    ]
    bars: alt.Chart = (
        alt.Chart(drawn)
        .mark_bar()
        .encode(
            x=alt.X("tier:N", sort=sort, axis=alt.Axis(title="Declared leverage", labelAngle=0, ticks=False)),
            y=alt.Y("share:Q", stack="zero", axis=alt.Axis(title="Share of the tier's notional (%)", format=".0%")),
            color=alt.Color("standing:N", sort=names, scale=scale, legend=legend),
            order=alt.Order("place:Q"),
            tooltip=tooltip,
        )
    )
    return styled(bars.properties(width=width, height=_HEIGHT_PX, autosize=FIT))


def leverage_density(curves: pd.DataFrame, steps: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """What smooth density describes the leverage?

    Parameters
    ----------
    curves : DataFrame
        One row a fit and point: name (of the fit, in words), leverage [x], density [share per ln of leverage, 1].
    steps : DataFrame
        One row a tier and fit: name, leverage_low, leverage_high [x], density (share of the tier over its width in ln).
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        The fits as lines over a logarithmic axis, the tiers' own densities as dashed steps.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    lines = select(curves, ["name", "leverage", "density"], numbers=["leverage", "density"])
    ends = ["leverage_low", "leverage_high"]
    tiers = select(steps, ["name", *ends, "density"], numbers=ends)
    names = list(dict.fromkeys(lines["name"]))
    low, high = (float(lines["leverage"].min()), float(lines["leverage"].max())) if len(lines) else (1.0, 100.0)
    ticks = [tick for tick in (1, 2, 3, 5, 10, 20, 50, 100) if low <= tick <= high]
    axis = alt.Axis(title="Leverage (x), logarithmic", values=ticks, labelExpr="datum.value + 'x'")
    x = alt.X("leverage:Q", scale=alt.Scale(type="log", domain=[low, high], nice=False), axis=axis)
    y = alt.Y("density:Q", axis=alt.Axis(title="Share per unit of ln(leverage)", tickCount=5))
    colour = alt.Color(
        "name:N", sort=names, scale=alt.Scale(domain=names, range=shades_of(len(names))),
        legend=alt.Legend(
            title=None, labelLimit=0, symbolType="stroke", symbolStrokeWidth=3, offset=_LEGEND_PX,
            columns=1 if is_narrow(width) else 0,
        ),
    )  # fmt: skip
    tooltip = [
        alt.Tooltip("name:N", title="Weighted"),
        alt.Tooltip("leverage:Q", title="Leverage (x)", format=".1f"),
        alt.Tooltip("density:Q", title="Density", format=".2f"),
    ]
    smooth = alt.Chart(lines).mark_line(strokeWidth=2.2).encode(x=x, y=y, color=colour, tooltip=tooltip)
    marks = alt.Chart(tiers).mark_rule(strokeDash=DASH, strokeWidth=1.4, color=MUTED).encode(
        x=alt.X("leverage_low:Q"), x2=alt.X2("leverage_high"), y=y, color=colour
    )  # fmt: skip
    return styled(overlaid(marks, smooth).properties(width=width, height=_HEIGHT_PX, autosize=FIT))
