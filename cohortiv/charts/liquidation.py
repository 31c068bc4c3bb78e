"""Figures of liquidation: where the lines lie in price, and how much is touched at which volatility."""

import math
from typing import Literal

import altair as alt
import pandas as pd

from cohortiv.charts.marks import at_x, at_y, dashed, halo_text, overlaid, side_colour, to_y
from cohortiv.charts.theme import FIT, MOVE_LABEL, SMALL_PX, TEXT_PX, USD_LABEL, WIDTH, is_narrow, select, styled
from cohortiv.palette import INK, PAPER
from cohortiv.quantities import exact_percent, percent, price, usd

_FEW_LEVELS = 160
_OPEN_END = 1.0
_ALONE = 0.1
_LADDER_PX = 280
_LADDER_MARGINS_PX = 90
_LINE_PX = 14
_ROW_PX = 16
#: Words of a volatility beyond this part of the axis stand at its left [1].
_FAR_RIGHT, _NARROW_FAR_RIGHT = 0.75, 0.6
#: Room for the words of the rules beyond the longest bar of a narrow ladder, as a multiple of that bar.
_WORDS_ROOM = 1.75
_CURVE_PX = 310
_PRICE = ",.6~r"

Baseline = Literal["bottom", "middle", "top"]


def per_point(ladder: pd.DataFrame) -> pd.DataFrame:
    """Levels with their notional per 1 % of move, so that a wide level does not look heavier than it is.

    Parameters
    ----------
    ladder : DataFrame
        move_low, move_high [fraction from the mark], notional_usd [USD] and any more columns.

    Returns
    -------
    DataFrame
        The same with per_point [USD per 1 % of move], the highest first. Levels without width (past their line) and
        from +100 % on (no upper end) are left out.
    """
    width = ladder["move_high"].astype(float) - ladder["move_low"].astype(float)
    closed = (width > 0) & (ladder["move_low"].astype(float) < _OPEN_END)
    levels = ladder[closed]
    levels = levels.assign(per_point=levels["notional_usd"].astype(float) / (100 * width[closed]))
    return levels.sort_values("per_point", ascending=False, ignore_index=True)


def liquidation_ladder(
    ladder: pd.DataFrame,
    *,
    mark_price: float | None = None,
    critical_drawdown: float | None = None,
    critical_rally: float | None = None,
    width: int = WIDTH,
) -> alt.LayerChart:
    """At which prices does how much notional have its liquidation line?

    Parameters
    ----------
    ladder : DataFrame
        One row per level and side: move_low, move_high [fraction from the mark], side, notional_usd [USD]; with a mark
        price also price_low, price_high [USD]. Levels may differ in width and from side to side. A level without width
        holds what is past its line, one from +100 % on has no upper end: both are said in words.
    mark_price : float or None
        Mark price [USD]; None for a cohort of several symbols, whose axis is the move in %.
    critical_drawdown, critical_rally : float or None
        Smallest fall and rise whose lines hold the critical mass [positive fraction]; None draws no rule.
    width : int
        Width of the whole [px]; a narrow one has the words of the rules on the plot, and moves alone on the axis.

    Returns
    -------
    alt.LayerChart
        Horizontal bars at their levels, all from zero, as long as the notional per 1 % of move: the area of a bar is
        its notional. Shorter bars lie over longer ones. Mark and critical moves are dashed rules.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    low, high = ("move_low", "move_high") if mark_price is None else ("price_low", "price_high")
    frame = select(ladder, list(dict.fromkeys(["move_low", "move_high", low, high, "side", "notional_usd"])))
    levels = per_point(frame).rename(columns={low: "low", high: "high"})
    rules = _ladder_rules(mark_price, critical_drawdown, critical_rally)
    edges = pd.concat([levels["low"], levels["high"], rules["at"]]).astype(float)
    lowest, highest = float(edges.min()), float(edges.max())
    if lowest == highest:
        lowest, highest = lowest - _ALONE * (mark_price or 1.0), highest + _ALONE * (mark_price or 1.0)
    narrow = is_narrow(width)
    axis = _level_axis(lowest, highest, mark_price, narrow=narrow)
    layers = [
        _ladder_bars(levels, axis, written=_PRICE if mark_price else "+.1%", narrow=narrow),
        *_ladder_words(rules, lowest, highest, narrow=narrow),
        *_words_without_bars(frame, narrow=narrow),
    ]
    return styled(overlaid(*layers).properties(width=width, height=_LADDER_PX + _LADDER_MARGINS_PX, autosize=FIT))


def _ladder_rules(mark_price: float | None, drawdown: float | None, rally: float | None) -> pd.DataFrame:
    """Rules as rows: where they stand on the axis, their words, and on which side of the rule the words go."""
    unit = mark_price or 1.0

    def in_usd(at: float) -> str:
        return price(at) if mark_price else ""

    to = " to " if mark_price else ""
    rows = [(unit, f"Mark {in_usd(unit)}" if mark_price else "Today's prices", "middle")]
    if drawdown == 0 or rally == 0:
        rows.append((unit, "Critical mass\nalready past its lines", "top"))
    if rally and math.isfinite(rally):
        at = unit * (1 + rally)
        rows.append((at, f"Critical rally\n+{percent(rally, 0)}{to}{in_usd(at)}", "bottom"))
    if drawdown and math.isfinite(drawdown):
        at = unit * (1 - drawdown)
        rows.append((at, f"Critical drawdown\n{percent(-drawdown, 0)}{to}{in_usd(at)}", "top"))
    rules = pd.DataFrame(rows, columns=["at", "words", "baseline"])
    return rules if mark_price else rules.assign(at=rules["at"] - 1)


def _level_axis(lowest: float, highest: float, mark_price: float | None, *, narrow: bool) -> alt.Y:
    scale = alt.Scale(domain=[lowest, highest], nice=False, zero=False)
    if mark_price is None:
        axis = alt.Axis(title="Move from today's prices (%)", labelExpr=MOVE_LABEL, tickCount=10)
    else:
        move = f"format(datum.value / {float(mark_price)!r} - 1, '+.0%')"
        words = f"format(datum.value, '{_PRICE}') + ' (' + {move} + ')'"
        title = "Price in USD (move from the mark in %)"
        if narrow:
            words, title = move, "Move from the mark (%)"
        axis = alt.Axis(title=title, labelExpr=words, tickCount=10)
    return alt.Y("low:Q", scale=scale, axis=axis)


def _ladder_bars(levels: pd.DataFrame, y: alt.Y, *, written: str, narrow: bool) -> alt.Chart:
    title = "USD per 1 % of move" if narrow else "Notional with its liquidation line here (USD per 1 % of move)"
    tooltip = [
        alt.Tooltip("low:Q", title="From", format=written),
        alt.Tooltip("high:Q", title="To", format=written),
        alt.Tooltip("side:N", title="Side"),
        alt.Tooltip("notional_usd:Q", title="Notional (USD)", format=",.0f"),
        alt.Tooltip("per_point:Q", title="USD per 1 % of move", format=",.0f"),
    ]
    gap = 0.6 if len(levels) <= _FEW_LEVELS else 0
    drawn = alt.Chart(levels[["low", "high", "side", "notional_usd", "per_point"]])
    axis = alt.Axis(title=title, labelExpr=USD_LABEL, grid=True, tickCount=3 if narrow else 5)
    longest = float(levels["per_point"].max()) if narrow and len(levels) else 0.0
    scale = alt.Scale(domain=[0, _WORDS_ROOM * longest], nice=False) if longest > 0 else alt.Scale(zero=True)
    bars: alt.Chart = drawn.mark_bar(stroke=PAPER, strokeWidth=gap).encode(
        x=alt.X("per_point:Q", stack=None, scale=scale, axis=axis),
        x2=alt.X2Datum(0),
        y=y,
        y2=alt.Y2("high"),
        color=side_colour(levels["side"], legend_offset=30),
        tooltip=tooltip,
    )
    return bars


def _ladder_words(rules: pd.DataFrame, lowest: float, highest: float, *, narrow: bool) -> list[alt.Chart]:
    """Dashed rules with their words: beside the plot, or on it; words of rules that nearly coincide stand apart."""
    layers = [dashed(alt.Chart(rules[["at"]])).encode(y=alt.Y("at:Q"))]
    heights = [_LADDER_PX * (place - lowest) / (highest - lowest) for place in rules["at"].astype(float)]
    for height, words, side in zip(heights, rules["words"], rules["baseline"], strict=True):
        base = alt.Chart(rules.loc[rules["words"] == words, ["at"]].assign(words=words)).encode(
            y=alt.Y("at:Q"), x=at_x("width"), text=alt.Text("words:N")
        )
        apart = max(0.0, _LINE_PX - abs(height - heights[0]))
        lines = words.count("\n") + 1
        layers += (
            _on_rule(base, _inward(side, height, lines), apart, lines=lines)
            if narrow
            else [_beside_rule(base, side, apart)]
        )
    return layers


def _inward(side: Baseline, height: float, lines: int) -> Baseline:
    """Side of a rule for its words: the other one where they would run out of the plot."""
    room = _LINE_PX * (lines + 0.5)
    if side == "top" and height < room:
        return "bottom"
    return "top" if side == "bottom" and _LADDER_PX - height < room else side


def _on_rule(base: alt.Chart, baseline: Baseline, apart: float, *, lines: int) -> list[alt.Chart]:
    dy = {"bottom": -2 - apart - _LINE_PX * (lines - 1), "middle": 0.0, "top": 2 + apart}[baseline]
    return halo_text(base, align="right", baseline=baseline, dx=-4, dy=dy, lineBreak="\n", lineHeight=_LINE_PX)


def _beside_rule(base: alt.Chart, baseline: Baseline, apart: float) -> alt.Chart:
    dy = {"bottom": -_LINE_PX - apart, "middle": 0.0, "top": apart}[baseline]
    text: alt.Chart = base.mark_text(
        align="left", baseline=baseline, dx=8, dy=dy, lineBreak="\n", lineHeight=_LINE_PX, color=INK
    )
    return text


def _words_without_bars(frame: pd.DataFrame, *, narrow: bool) -> list[alt.Chart]:
    """What has no place on the axis: beyond +100 % at the top, past its line at the foot, as "name: side 12 m USD"."""
    beyond = frame[frame["move_low"] >= _OPEN_END]
    past = frame[frame["move_low"] == frame["move_high"]]
    layers: list[alt.Chart] = []
    for rows, name, place in ((beyond, "Beyond +100\u00a0%", at_y(4)), (past, "Past their line", at_y("height"))):
        if rows.empty:
            continue
        sides = [f"{side} {usd(amount)}" for side, amount in zip(rows["side"], rows["notional_usd"], strict=True)]
        base = alt.Chart(pd.DataFrame({"words": [f"{name}: {', '.join(sides)}"]}))
        text = base.encode(x=at_x("width"), y=place, text=alt.Text("words:N"))
        size = SMALL_PX if narrow else TEXT_PX
        at_top = name[0] == "B"
        layers += halo_text(text, align="right", dx=-4, baseline="top" if at_top else "bottom", dy=-2, fontSize=size)
    return layers


def hit_share_curve(
    curve: pd.DataFrame,
    *,
    critical_mass: float,
    critical_volatility: float | None,
    reference_volatility: float,
    width: int = WIDTH,
) -> alt.LayerChart:
    """At which volatility is how much of the leveraged notional expected to touch its line?

    Parameters
    ----------
    curve : DataFrame
        volatility [annualised fraction], share [fraction of leveraged notional].
    critical_mass : float
        Share that counts as critical [fraction].
    critical_volatility : float or None
        Where the curve reaches it [annualised fraction]; None or infinite if no volatility does, 0 if the mass is past
        its lines: both are said in words.
    reference_volatility : float
        Reference volatility [annualised fraction].
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        The curve, with critical mass, critical and reference volatility as dashed rules.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(curve, ["volatility", "share"])
    narrow = is_narrow(width)
    rules = _volatility_words(critical_volatility, reference_volatility, "" if narrow else " volatility")
    reached = len(rules) > 1
    right = max([*frame["volatility"], *(1.1 * rules["volatility"])])
    layers = [
        _share_line(frame, right=right, top=max([1.25 * critical_mass, *frame["share"]]), narrow=narrow),
        *_volatility_rules(rules, (_NARROW_FAR_RIGHT if narrow else _FAR_RIGHT) * right),
        *_mass_rule(critical_mass, reached=reached),
        *_crossing(critical_volatility if reached else None, critical_mass),
    ]
    return styled(overlaid(*layers).properties(width=width, height=_CURVE_PX, autosize=FIT))


def _volatility_words(critical: float | None, reference: float, noun: str) -> pd.DataFrame:
    """The volatilities to mark with their words, the lowest first."""
    rows = [(reference, f"Reference{noun} {exact_percent(reference)}")]
    if critical is not None and math.isfinite(critical):
        told = f"Critical{noun} {percent(critical)}" if critical > 0 else "The critical mass is already past its lines"
        rows.append((critical, told))
    return pd.DataFrame(sorted(rows), columns=["volatility", "words"])


def _share_line(frame: pd.DataFrame, *, right: float, top: float, narrow: bool) -> alt.Chart:
    touched = "Expected share" if narrow else "Expected share of leveraged notional"
    title = f"{touched} that touches its line (%)"
    x_axis = alt.Axis(title="Annualised volatility (%)", format=".0%", tickCount=4 if narrow else 8)
    y_axis = alt.Axis(title=title, format=".0%", tickCount=6, titleY=-42)
    line: alt.Chart = alt.Chart(frame).mark_line(color=INK, strokeWidth=2.4)
    return line.encode(
        x=alt.X("volatility:Q", scale=alt.Scale(domain=[0, right], nice=False), axis=x_axis),
        y=alt.Y("share:Q", scale=alt.Scale(domain=[0, top], nice=True), axis=y_axis),
    )


def _volatility_rules(rules: pd.DataFrame, far_from: float) -> list[alt.Chart]:
    """Vertical rules, words above the plot; the lower volatility's rule is longer, so that no words cross it."""
    layers: list[alt.Chart] = []
    for row in range(len(rules)):
        base = alt.Chart(rules.iloc[[row]]).encode(x=alt.X("volatility:Q"))
        far = float(rules["volatility"].iloc[row]) > far_from
        text = base.mark_text(baseline="middle", align="right" if far else "left", dx=-5 if far else 5, color=INK)
        above = -_ROW_PX * (len(rules) - row - 0.5)
        layers.append(dashed(base).encode(y=at_y(above - 6), y2=to_y("height")))
        layers.append(text.encode(y=at_y(above), text=alt.Text("words:N")))
    return layers


def _mass_rule(critical_mass: float, *, reached: bool) -> list[alt.Chart]:
    """The critical mass, its words at the right, where the curve is well above it or stays below."""
    words = f"Critical mass {exact_percent(critical_mass)}{'' if reached else ': no volatility reaches it'}"
    base = alt.Chart(pd.DataFrame({"share": [critical_mass], "words": [words]}))
    text = base.encode(x=at_x("width"), y=alt.Y("share:Q"), text=alt.Text("words:N"))
    return [dashed(base).encode(y=alt.Y("share:Q")), *halo_text(text, align="right", baseline="bottom", dx=-4, dy=-3)]


def _crossing(volatility: float | None, share: float) -> list[alt.Chart]:
    if not volatility:
        return []
    point = alt.Chart(pd.DataFrame({"volatility": [volatility], "share": [share]}))
    return [point.mark_circle(size=80, color=INK, opacity=1).encode(x=alt.X("volatility:Q"), y=alt.Y("share:Q"))]
