"""Figures by leverage tier: how locked value is spread, who makes up the critical mass, what each tier withstands."""

import math
import re

import altair as alt
import pandas as pd

from cohortiv.charts.marks import at_y, dashed, halo_text, overlaid, side_colour, sides_drawn
from cohortiv.charts.theme import FIT, SMALL_PX, WIDTH, is_narrow, select, styled
from cohortiv.palette import INK, MUTED, PAPER
from cohortiv.quantities import exact_percent

TIER_TITLE = "Leverage tier"

_AXIS_PX = 44
_PANEL_PX = 130
_MAKEUP_PX, _NARROW_MAKEUP_PX = 310, 280
_HEAD_ROOM = 1.15
_FEW_TIERS = 6
_ROW_PX = 22
_COLUMNS, _NARROW_COLUMNS = 3, 2
_LONG_TITLE_PX = 180
#: Share from which a label in whole percent says something [1].
_LEAST_WHOLE = 0.005
_MOST_UPRIGHT = 6
_GAP = 20
_LOG_TICKS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
_FINE_LOG_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
_FEWEST_TICKS = 4


def leverage_distribution(tiers: pd.DataFrame, *, width: int = WIDTH) -> alt.VConcatChart:
    """How are leveraged notional and locked value spread over leverage?

    Parameters
    ----------
    tiers : DataFrame
        One row per tier and side: tier, tier_floor [x], side, share and collateral_share [fraction]. A missing share
        draws no bar.
    width : int
        Width of the whole [px]; a narrow one labels the bars in whole percent.

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
        _share_panel(frame, "share", title="Share of leveraged notional (%)", width=width),
        _share_panel(frame, "collateral_share", title="Share of collateral, TVL (%)", width=width),
    ]
    return styled(alt.VConcatChart(vconcat=panels, spacing=30))


def _tier_axis(tiers: int, *, width: int, shown: bool = True) -> alt.X:
    """Tiers from low to high leverage; a few get wide gaps, so that their bars stay bars."""
    angle = -45 if is_narrow(width) and tiers > _MOST_UPRIGHT else 0
    axis = alt.Axis(title=TIER_TITLE if shown else None, labels=shown, ticks=False, labelAngle=angle, labelLimit=70)
    sort = alt.EncodingSortField(field="tier_floor", op="min", order="ascending")
    sparse = tiers < _FEW_TIERS
    scale = alt.Scale(paddingInner=0.6 if sparse else 0.22, paddingOuter=0.8 if sparse else 0.1)
    return alt.X("tier:N", sort=sort, axis=axis, scale=scale)


def _share_panel(frame: pd.DataFrame, column: str, *, title: str, width: int) -> alt.LayerChart:
    digits, least = (0, _LEAST_WHOLE) if is_narrow(width) else (1, 0.0)
    words = [f"{100 * share:.{digits}f}" if share >= least else "" for share in frame[column].astype(float)]
    highest = float(frame[column].astype(float).max())
    scale = alt.Scale(domain=[0, _HEAD_ROOM * highest], nice=False) if highest > 0 else alt.Undefined
    base = alt.Chart(frame[["tier", "tier_floor", "side", column]].assign(words=words)).encode(
        x=_tier_axis(frame["tier"].nunique(), width=width, shown=column == "collateral_share"),
        xOffset=alt.XOffset("side:N", scale=alt.Scale(domain=sides_drawn(frame["side"]))),
        y=alt.Y(f"{column}:Q", title=title, scale=scale, axis=alt.Axis(format=".0%", tickCount=4)),
    )
    tooltip = [
        alt.Tooltip("tier:N", title=TIER_TITLE),
        alt.Tooltip("side:N", title="Side"),
        alt.Tooltip(f"{column}:Q", title=title, format=".2%"),
    ]
    bars = base.mark_bar().encode(color=side_colour(frame["side"], legend_offset=6), tooltip=tooltip)
    labels = base.mark_text(dy=-7, fontSize=SMALL_PX, color=INK).encode(text=alt.Text("words:N"))
    return overlaid(bars, labels).properties(width=width - _AXIS_PX, height=_PANEL_PX)


def critical_mass_makeup(tiers: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """Which tiers and sides make up the critical mass?

    Parameters
    ----------
    tiers : DataFrame
        One row per tier and side: tier, tier_floor [x], side, contribution [fraction of the critical mass].
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        Stacked bars by tier, long under short, parts of 2 % or more labelled; a tier without any is called withheld.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(tiers, ["tier", "tier_floor", "side", "contribution"])
    axis = alt.Axis(title="Share of the critical mass (%)", format=".0%", tickCount=5)
    base = alt.Chart(frame).encode(
        x=_tier_axis(frame["tier"].nunique(), width=width),
        y=alt.Y("contribution:Q", stack="zero", axis=axis),
        order=alt.Order("side:N", sort="ascending"),
    )
    tooltip = [
        alt.Tooltip("tier:N", title=TIER_TITLE),
        alt.Tooltip("side:N", title="Side"),
        alt.Tooltip("contribution:Q", title="Share of the critical mass", format=".1%"),
    ]
    colour = side_colour(frame["side"], legend_offset=30)
    bars = base.mark_bar(stroke=PAPER, strokeWidth=1).encode(color=colour, tooltip=tooltip)
    labels = base.mark_text(fontSize=SMALL_PX).encode(
        y=alt.Y("contribution:Q", stack="zero", bandPosition=0.5),
        text=alt.condition("datum.contribution >= 0.02", alt.Text("contribution:Q", format=".0%"), alt.value("")),
        color=alt.condition("datum.side == 'long'", alt.value(PAPER), alt.value(INK)),
    )
    height = _NARROW_MAKEUP_PX if is_narrow(width) else _MAKEUP_PX
    layers = overlaid(bars, labels, *_withheld(frame, width=width))
    return styled(layers.properties(width=width, height=height, autosize=FIT))


def _withheld(frame: pd.DataFrame, *, width: int) -> list[alt.Chart]:
    """Words at the foot of tiers of which no part is told: no bar there is not nothing."""
    told = frame.groupby(["tier", "tier_floor"], sort=False)["contribution"].count()
    missing = told[told == 0].reset_index()[["tier", "tier_floor"]]
    words = alt.Chart(missing).mark_text(text="withheld", dy=-8, fontSize=SMALL_PX, color=MUTED)
    x = _tier_axis(frame["tier"].nunique(), width=width)
    return [words.encode(x=x, y=alt.YDatum(0))] if len(missing) else []


def withstand_volatility(tier_rows: pd.DataFrame, *, reference_volatility: float, width: int = WIDTH) -> alt.FacetChart:
    """Which volatility does each tier withstand, and is it more than the reference?

    Parameters
    ----------
    tier_rows : DataFrame
        One row per symbol, tier and side: symbol, tier, side, withstand_volatility [annualised fraction]. Tiers are
        ordered by the number their label begins with. Rows without a line (NaN) or at their line (0) draw no dot.
    reference_volatility : float
        Reference volatility [annualised fraction].
    width : int
        Width of the whole [px]; a narrow one has two panels a row.

    Returns
    -------
    alt.FacetChart
        A panel of dots for each symbol on one logarithmic axis, the reference as a dashed rule.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(tier_rows, ["symbol", "tier", "side", "withstand_volatility"])
    drawn = frame[frame["withstand_volatility"] > 0].rename(columns={"withstand_volatility": "at"})
    symbols = list(dict.fromkeys(drawn["symbol"]))
    tiers = sorted(dict.fromkeys(drawn["tier"]), key=_leading_number)
    columns = _columns(len(symbols), narrow=is_narrow(width))
    panel_width = (width - _AXIS_PX - 20 - _GAP * (columns - 1)) / columns
    roomy = panel_width > _LONG_TITLE_PX
    reach = [*drawn["at"], reference_volatility]
    ends = (min(reach) / 1.3, max(reach) * 1.3)
    title = "Annualised volatility (%, log scale)" if roomy else "Volatility (%, log scale)"
    dots = _withstand_dots(drawn, tiers, ends=ends, title=title)
    panel = overlaid(*_reference_rule(reference_volatility, ends=ends, roomy=roomy), *dots)
    chart = alt.FacetChart(
        data=drawn,
        spec=panel.properties(width=panel_width, height=_ROW_PX * (max(len(tiers), 2) + 1)),
        facet=alt.Facet("symbol:N", sort=symbols, title=None),
        columns=columns,
        spacing=_GAP,
    )
    return styled(chart)


def _columns(panels: int, *, narrow: bool) -> int:
    """Panels a row, so that none is left alone in the last row of a wide chart."""
    most = _NARROW_COLUMNS if narrow else _COLUMNS + (panels % _COLUMNS == 1)
    return max(1, min(panels, most))


def _leading_number(tier: str) -> float:
    found = re.match(r"\d+(\.\d+)?", tier)
    return float(found.group()) if found else math.inf


def _reference_rule(reference: float, *, ends: tuple[float, float], roomy: bool) -> list[alt.Chart]:
    """The reference with its words on the side that has more room; a small panel leaves its number to the sentence."""
    words = f"Reference {exact_percent(reference)}" if roomy else "Reference"
    far = math.log(reference / ends[0]) > math.log(ends[1] / ends[0]) / 2
    rule = alt.Chart(pd.DataFrame({"at": [reference], "words": [words]})).encode(x=alt.X("at:Q"))
    text = rule.encode(y=at_y(3), text=alt.Text("words:N"))
    return [dashed(rule), *halo_text(text, align="right" if far else "left", baseline="top", dx=-5 if far else 5)]


def _log_ticks(ends: tuple[float, float]) -> list[float]:
    """Round values between the ends of a logarithmic axis; finer ones where few of the coarse are there."""
    coarse, fine = ([at for at in ticks if ends[0] <= at <= ends[1]] for ticks in (_LOG_TICKS, _FINE_LOG_TICKS))
    return coarse if len(coarse) >= _FEWEST_TICKS else fine


def _withstand_dots(drawn: pd.DataFrame, tiers: list[str], *, ends: tuple[float, float], title: str) -> list[alt.Chart]:
    scale = alt.Scale(type="log", domain=list(ends), nice=False)
    axis = alt.Axis(title=title, format=",.0%", values=_log_ticks(ends), grid=True, labelBound=True)
    base = alt.Chart().encode(
        x=alt.X("at:Q", scale=scale, axis=axis),
        y=alt.Y("tier:N", scale=alt.Scale(domain=tiers, padding=1), axis=alt.Axis(title=None, labelLimit=70)),
    )
    tooltip = [
        alt.Tooltip("tier:N", title=TIER_TITLE),
        alt.Tooltip("side:N", title="Side"),
        alt.Tooltip("at:Q", title="Withstand volatility", format=".1%"),
    ]
    return [
        base.mark_line(color=MUTED, strokeWidth=1.2).encode(detail=alt.Detail("tier:N")),
        base.mark_circle(size=70, opacity=1).encode(color=side_colour(drawn["side"], legend_offset=6), tooltip=tooltip),
    ]
