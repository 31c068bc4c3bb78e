"""Figures by leverage tier: how locked value is spread, who makes up the critical mass, what each tier withstands."""

import math
import re

import altair as alt
import pandas as pd

from cohortiv.charts.marks import dashed, halo_text, overlaid, side_colour
from cohortiv.charts.theme import FIT, SMALL_PX, WIDTH, number, percent, select, styled
from cohortiv.palette import INK, MUTED, PAPER, SIDES

TIER_TITLE = "Leverage tier"

_PLOT_WIDTH = 676
_FEW_TIERS = 6
_ROW_PX = 22
_LOG_TICKS = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0]


def leverage_distribution(tiers: pd.DataFrame) -> alt.VConcatChart:
    """How are leveraged notional and locked value spread over leverage?

    Parameters
    ----------
    tiers : DataFrame
        One row per tier and side: tier, tier_floor [x], side, share and collateral_share [fraction]. A missing share
        draws no bar.

    Returns
    -------
    alt.VConcatChart
        Two aligned panels of bars, notional above and collateral below, long beside short.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(tiers, ["tier", "tier_floor", "side", "share", "collateral_share"])
    panels = [
        _share_panel(frame, "share", title="Share of leveraged notional (%)", last=False),
        _share_panel(frame, "collateral_share", title="Share of collateral, TVL (%)", last=True),
    ]
    return styled(alt.VConcatChart(vconcat=panels, spacing=30))


def _tier_axis(tiers: int, *, shown: bool = True) -> alt.X:
    """Tiers from low to high leverage; a few get wide gaps, so that their bars stay bars."""
    axis = alt.Axis(title=TIER_TITLE if shown else None, labels=shown, ticks=False, labelAngle=0, labelLimit=70)
    sort = alt.EncodingSortField(field="tier_floor", op="min", order="ascending")
    sparse = tiers < _FEW_TIERS
    scale = alt.Scale(paddingInner=0.6 if sparse else 0.22, paddingOuter=0.8 if sparse else 0.1)
    return alt.X("tier:N", sort=sort, axis=axis, scale=scale)


def _share_panel(frame: pd.DataFrame, column: str, *, title: str, last: bool) -> alt.LayerChart:
    words = ["" if pd.isna(share) else number(100 * share) for share in frame[column]]
    base = alt.Chart(frame[["tier", "tier_floor", "side", column]].assign(words=words)).encode(
        x=_tier_axis(frame["tier"].nunique(), shown=last),
        xOffset=alt.XOffset("side:N", scale=alt.Scale(domain=list(SIDES))),
        y=alt.Y(f"{column}:Q", title=title, axis=alt.Axis(format=".0%", tickCount=5)),
    )
    tooltip = [
        alt.Tooltip("tier:N", title=TIER_TITLE),
        alt.Tooltip("side:N", title="Side"),
        alt.Tooltip(f"{column}:Q", title=title, format=".2%"),
    ]
    bars = base.mark_bar().encode(color=side_colour(legend_offset=6), tooltip=tooltip)
    labels = base.mark_text(dy=-7, fontSize=SMALL_PX, color=INK).encode(text="words:N")
    return overlaid(bars, labels).properties(width=_PLOT_WIDTH, height=165)


def critical_mass_makeup(tiers: pd.DataFrame) -> alt.LayerChart:
    """Which tiers and sides make up the critical mass?

    Parameters
    ----------
    tiers : DataFrame
        One row per tier and side: tier, tier_floor [x], side, contribution [fraction of the critical mass].

    Returns
    -------
    alt.LayerChart
        Stacked bars by tier, long under short, parts of 2 % or more labelled.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(tiers, ["tier", "tier_floor", "side", "contribution"])
    axis = alt.Axis(title="Share of the critical mass (%)", format=".0%", tickCount=5)
    base = alt.Chart(frame).encode(
        x=_tier_axis(frame["tier"].nunique()),
        y=alt.Y("contribution:Q", stack="zero", axis=axis),
        order=alt.Order("side:N", sort="ascending"),
    )
    tooltip = [
        alt.Tooltip("tier:N", title=TIER_TITLE),
        alt.Tooltip("side:N", title="Side"),
        alt.Tooltip("contribution:Q", title="Share of the critical mass", format=".1%"),
    ]
    bars = base.mark_bar(stroke=PAPER, strokeWidth=1).encode(color=side_colour(legend_offset=30), tooltip=tooltip)
    labels = base.mark_text(fontSize=SMALL_PX).encode(
        y=alt.Y("contribution:Q", stack="zero", bandPosition=0.5),
        text=alt.condition("datum.contribution >= 0.02", alt.Text("contribution:Q", format=".0%"), alt.value("")),
        color=alt.condition("datum.side == 'long'", alt.value(PAPER), alt.value(INK)),
    )
    return styled(overlaid(bars, labels).properties(width=WIDTH, height=385, autosize=FIT))


def withstand_volatility(tier_rows: pd.DataFrame, *, reference_volatility: float) -> alt.ConcatChart:
    """Which volatility does each tier withstand, and is it more than the reference?

    Parameters
    ----------
    tier_rows : DataFrame
        One row per symbol, tier and side: symbol, tier, side, withstand_volatility [annualised fraction]. Tiers are
        ordered by the number their label begins with. Rows without a line (NaN) or at their line (0) draw no dot.
    reference_volatility : float
        Reference volatility [annualised fraction].

    Returns
    -------
    alt.ConcatChart
        A panel of dots for each symbol on one logarithmic axis, the reference as a dashed rule.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(tier_rows, ["symbol", "tier", "side", "withstand_volatility"])
    drawn = frame[frame["withstand_volatility"] > 0]
    symbols = list(dict.fromkeys(drawn["symbol"])) or [""]
    columns = min(len(symbols), 3)
    x = _volatility_axis([*drawn["withstand_volatility"], reference_volatility])
    width = (_PLOT_WIDTH - 20 - 20 * (columns - 1)) / columns
    tiers = sorted(dict.fromkeys(drawn["tier"]), key=_leading_number)
    height = _ROW_PX * max(len(tiers), 3)
    reference = pd.DataFrame({"at": [reference_volatility], "words": [f"Reference {percent(reference_volatility)}"]})
    panels = [
        _withstand_panel(
            drawn[drawn["symbol"] == symbol], reference, x=x, y=_tier_rows_axis(tiers, labels=place % columns == 0)
        ).properties(title=str(symbol), width=width, height=height)
        for place, symbol in enumerate(symbols)
    ]
    return styled(alt.ConcatChart(concat=panels, columns=columns, spacing=20))


def _leading_number(tier: str) -> float:
    found = re.match(r"\d+(\.\d+)?", tier)
    return float(found.group()) if found else math.inf


def _volatility_axis(values: list[float]) -> alt.X:
    axis = alt.Axis(title="Annualised volatility (%, log scale)", format=".0%", values=_LOG_TICKS, grid=True)
    scale = alt.Scale(type="log", domain=[min(values) / 1.3, max(values) * 1.3], nice=False)
    return alt.X("at:Q", scale=scale, axis=axis)


def _tier_rows_axis(tiers: list[str], *, labels: bool) -> alt.Y:
    return alt.Y("tier:N", scale=alt.Scale(domain=tiers), axis=alt.Axis(title=None, labels=labels, labelLimit=70))


def _withstand_panel(frame: pd.DataFrame, reference: pd.DataFrame, *, x: alt.X, y: alt.Y) -> alt.LayerChart:
    points = frame[["tier", "side"]].assign(at=frame["withstand_volatility"])
    base = alt.Chart(points).encode(x=x, y=y)
    rule = alt.Chart(reference).encode(x=x)
    tooltip = [
        alt.Tooltip("tier:N", title=TIER_TITLE),
        alt.Tooltip("side:N", title="Side"),
        alt.Tooltip("at:Q", title="Withstand volatility", format=".1%"),
    ]
    return overlaid(
        base.mark_line(color=MUTED, strokeWidth=1.2).encode(detail="tier:N"),
        dashed(rule),
        base.mark_circle(size=70, opacity=1).encode(color=side_colour(legend_offset=6), tooltip=tooltip),
        *halo_text(rule.encode(y=alt.value("height"), text="words:N"), align="left", baseline="bottom", dx=5, dy=-4),
    )
