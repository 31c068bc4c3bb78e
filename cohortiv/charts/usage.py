"""Figures of how leverage is used today: by capital and by count, as declared and as it is."""

import altair as alt
import pandas as pd

from cohortiv.charts.cascade import shades_of
from cohortiv.charts.marks import overlaid
from cohortiv.charts.theme import DASH, FIT, SMALL_PX, WIDTH, is_narrow, select, styled
from cohortiv.palette import INK, MUTED, PAPER

_HEIGHT_PX = 330
_ROW_PX = 30
_MAP_MARGINS_PX = 80
_LEGEND_PX = 24
#: Cells of the map above this part of its largest value are pale, and have dark letters [1].
_PALE = 0.55


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


def effective_leverage(table: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """How much leverage is there behind what was declared?

    Parameters
    ----------
    table : DataFrame
        One row a pair of tiers: declared, declared_floor, effective, effective_floor [x], share [of notional, 1].
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        A cell for each pair with its share in percent; the paler, the more.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(table, ["declared", "declared_floor", "effective", "effective_floor", "share"])
    largest = float(frame["share"].max()) if len(frame) else 0.0
    words = [f"{100 * share:.0f}" if share >= 0.005 else "" for share in frame["share"]]  # noqa: PLR2004 - rounds to 0
    inks = [INK if share > _PALE * largest else PAPER for share in frame["share"]]
    rows = alt.EncodingSortField(field="declared_floor", op="min", order="descending")
    columns = alt.EncodingSortField(field="effective_floor", op="min", order="ascending")
    base = alt.Chart(frame.assign(words=words, ink=inks)).encode(
        x=alt.X("effective:N", sort=columns, axis=alt.Axis(title="Effective leverage", labelAngle=0, ticks=False)),
        y=alt.Y("declared:N", sort=rows, axis=alt.Axis(title="Declared leverage")),
    )
    tooltip = [
        alt.Tooltip("declared:N", title="Declared"),
        alt.Tooltip("effective:N", title="Effective"),
        alt.Tooltip("share:Q", title="Share of notional", format=".1%"),
    ]
    scale = alt.Scale(scheme="cividis", domain=[0, largest or 1.0])
    cells = base.mark_rect(stroke=PAPER).encode(color=alt.Color("share:Q", scale=scale, legend=None), tooltip=tooltip)
    text = base.mark_text(fontSize=SMALL_PX).encode(
        text=alt.Text("words:N"), color=alt.Color("ink:N", scale=None, legend=None)
    )
    chart = alt.LayerChart(layer=[cells, text], resolve=alt.Resolve(scale={"color": "independent"}))
    height = _ROW_PX * max(1, frame["declared"].nunique()) + _MAP_MARGINS_PX
    sized: alt.LayerChart = chart.properties(width=width, height=height, autosize=FIT)
    return styled(sized)


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
    lines = select(curves, ["name", "leverage", "density"])
    tiers = select(steps, ["name", "leverage_low", "leverage_high", "density"])
    names = list(dict.fromkeys(lines["name"]))
    low, high = float(lines["leverage"].min()), float(lines["leverage"].max())
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
