"""Figures of a test of the warning: AUROC with its interval, ROC, reliability, usefulness, and learned weights."""

import altair as alt
import pandas as pd

from cohortiv.charts.cascade import shades_of
from cohortiv.charts.marks import dashed, halo_text, overlaid
from cohortiv.charts.theme import DASH, FIT, SMALL_PX, WIDTH, is_narrow, select, styled
from cohortiv.palette import ACCENT, INK, MUTED, PAPER

#: Patterns of lines, so that shades are not told apart alone: the first is the signal that is judged.
DASHES = ([1, 0], [6, 3], [2, 2], [9, 3, 2, 3], [4, 4])
#: What scores as chance does [1].
CHANCE = 0.5

_ROW_PX, _MARGINS_PX = 26, 64
_SQUARE_PX = 420
_CURVE_PX = 300
_LABEL_PX, _NARROW_LABEL_PX = 250, 150
_LEGEND_PX = 24
_LINE_PX = 16


def auroc_intervals(scores: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """Which signal tells days before an event from calm ones, and how sure is that?

    Parameters
    ----------
    scores : DataFrame
        One row a signal, in their order: name, value, low, high (AUROC with its interval [1]; NaN ends draw none),
        events (independent), is_signal (whether it is the one that is judged).
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        A point with its interval for each signal, the judged one filled dark, chance as a dashed rule.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    numbers = ["value", "low", "high"]
    frame = select(scores, ["name", *numbers, "events", "is_signal"], numbers=numbers)
    drawn = frame.drop(columns="is_signal").assign(fill=[INK if own else PAPER for own in frame["is_signal"]])
    label_px = _NARROW_LABEL_PX if is_narrow(width) else _LABEL_PX
    y = alt.Y("name:N", sort=None, axis=alt.Axis(title=None, labelLimit=label_px, ticks=False))
    axis = alt.Axis(title="AUROC (1 = perfect, 0.5 = chance)", format=".1f", values=[0, 0.2, 0.4, 0.5, 0.6, 0.8, 1])
    x = alt.X("value:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=axis)
    tooltip = [
        alt.Tooltip("name:N", title="Signal"),
        *(alt.Tooltip(f"{name}:Q", title=name.capitalize(), format=".2f") for name in numbers),
        alt.Tooltip("events:Q", title="Independent events"),
    ]
    base = alt.Chart(drawn).encode(y=y)
    layers = [
        dashed(alt.Chart(pd.DataFrame({"value": [CHANCE]}))).encode(x=x),
        base.mark_rule(color=ACCENT, strokeWidth=2.5).encode(x=alt.X("low:Q"), x2=alt.X2("high")),
        base.mark_point(size=80, stroke=INK, strokeWidth=1.6, opacity=1).encode(
            x=x, fill=alt.Fill("fill:N", scale=None, legend=None), tooltip=tooltip
        ),
    ]
    height = _ROW_PX * max(1, len(frame)) + _MARGINS_PX
    return styled(overlaid(*layers).properties(width=width, height=height, autosize=FIT))


def roc_picture(curves: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """How many events does a signal catch for how many false alarms?

    Parameters
    ----------
    curves : DataFrame
        One row a signal and threshold: name, false_rate, true_rate [1], each curve from (0, 0) to (1, 1). Lines are
        drawn in the order of the frame, at most five.
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        A line for each signal, chance as a dashed diagonal.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(curves, ["name", "false_rate", "true_rate"], numbers=["false_rate", "true_rate"])
    x = alt.X("false_rate:Q", axis=_share_axis("Share of calm rows with an alarm (%)"), scale=_whole())
    y = alt.Y("true_rate:Q", axis=_share_axis("Share of event rows with an alarm (%)"), scale=_whole())
    lines = _lines(frame, x, y, order="false_rate")
    diagonal = _diagonal("false_rate", "true_rate")
    return _square(diagonal, lines, count=frame["name"].nunique(), width=width)


def reliability_picture(curves: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """Do events come as often as they are forecast?

    Parameters
    ----------
    curves : DataFrame
        One row a signal and bin of forecasts: name, forecast (mean), observed (share of events) [1], rows, events
        (independent). At most five signals.
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        A line with its bins for each signal, the dashed diagonal where forecast and outcome agree.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    numbers = ["forecast", "observed"]
    frame = select(curves, ["name", *numbers, "rows", "events"], numbers=numbers)
    x = alt.X("forecast:Q", axis=_share_axis("Forecast chance of an event (%)"), scale=_whole())
    y = alt.Y("observed:Q", axis=_share_axis("Share of rows with an event (%)"), scale=_whole())
    dots = alt.Chart(frame).mark_point(size=46, filled=True, opacity=1).encode(
        x=x, y=y, color=name_colour(list(dict.fromkeys(frame["name"]))),
        tooltip=[
            alt.Tooltip("name:N", title="Signal"),
            *(alt.Tooltip(f"{name}:Q", title=name.capitalize(), format=".0%") for name in numbers),
            alt.Tooltip("rows:Q", title="Rows"),
            alt.Tooltip("events:Q", title="Independent events"),
        ],
    )  # fmt: skip
    layers = [_diagonal("forecast", "observed"), _lines(frame[["name", *numbers]], x, y, order="forecast"), dots]
    return _square(*layers, count=frame["name"].nunique(), width=width)


def usefulness_picture(usefulness: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """For whom are the alarms of use?

    Parameters
    ----------
    usefulness : DataFrame
        One row a signal and preference: name, preference (weight of a missed event), relative_usefulness (of the
        perfect signal's) [1]. At most five signals.
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        A line for each signal, a dashed rule at 0, where ignoring the signal is as good.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    numbers = ["preference", "relative_usefulness"]
    frame = select(usefulness, ["name", *numbers], numbers=numbers)
    x_axis = alt.Axis(title="Weight of a missed event against a false alarm (1)", format=".1f", tickCount=5)
    x = alt.X("preference:Q", axis=x_axis, scale=alt.Scale(zero=False, nice=False, padding=12))
    y = alt.Y("relative_usefulness:Q", axis=_share_axis("Relative usefulness (%; 100 = perfect, 0 = none)"))
    zero = dashed(alt.Chart(pd.DataFrame({"relative_usefulness": [0.0]}))).encode(y=y)
    lines = _lines(frame, x, y, order="preference")
    height = _CURVE_PX + _LINE_PX * frame["name"].nunique()
    return styled(overlaid(zero, lines).properties(width=width, height=height, autosize=FIT))


def tier_weights(weights: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """Which tiers did the past show to go with events?

    Parameters
    ----------
    weights : DataFrame
        One row a learner and tier, tiers rising: name (of the learner, in words), tier, weight [1].
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        A dot for each learner's weight of a tier, a dashed rule at 1, the equal weight.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(weights, ["name", "tier", "weight"], numbers=["weight"])
    names = list(dict.fromkeys(frame["name"]))
    y = alt.Y("tier:N", sort=None, axis=alt.Axis(title="Leverage tier", ticks=False))
    x_axis = alt.Axis(title="Weight of the tier's notional (1 = as in the index)", tickCount=6)
    x = alt.X("weight:Q", axis=x_axis, scale=alt.Scale(zero=True, nice=True, domainMin=0))
    legend = alt.Legend(title=None, labelLimit=0, symbolType="circle", offset=_LEGEND_PX)
    looks = alt.Scale(domain=names, range=["circle", "diamond", "square", "cross", "triangle-up"][: len(names)])
    dots = alt.Chart(frame).mark_point(size=90, opacity=1, strokeWidth=1.8).encode(
        x=x, y=y, color=alt.Color("name:N", sort=None, scale=alt.Scale(domain=names, range=shades_of(len(names)))),
        shape=alt.Shape("name:N", sort=None, scale=looks),
        tooltip=[alt.Tooltip("tier:N", title="Tier"), alt.Tooltip("weight:Q", title="Weight", format=".2f")],
    )  # fmt: skip
    dots.encoding.color.legend = legend
    dots.encoding.shape.legend = legend
    rule = dashed(alt.Chart(pd.DataFrame({"weight": [1.0]}))).encode(x=x)
    words = alt.Chart(pd.DataFrame({"weight": [1.0], "words": ["equal"]})).encode(
        x=alt.X("weight:Q"), text=alt.Text("words:N"), y=alt.YDatum(str(frame["tier"].iloc[0]) if len(frame) else "")
    )
    layers = [rule, dots, *halo_text(words, dy=-14, dx=4, align="left", fontSize=SMALL_PX, color=MUTED)]
    height = _ROW_PX * max(1, frame["tier"].nunique()) + _MARGINS_PX + _LEGEND_PX
    return styled(overlaid(*layers).properties(width=width, height=height, autosize=FIT))


def _share_axis(title: str) -> alt.Axis:
    return alt.Axis(title=title, format=".0%", tickCount=5)


def _whole() -> alt.Scale:
    return alt.Scale(domain=[0, 1], nice=False)


def _lines(frame: pd.DataFrame, x: alt.X, y: alt.Y, *, order: str) -> alt.Chart:
    """A line for each name, in a shade and a pattern of its own."""
    names = list(dict.fromkeys(frame["name"]))
    patterns = alt.Scale(domain=names, range=list(DASHES))
    lines: alt.Chart = alt.Chart(frame).mark_line(strokeWidth=2).encode(
        x=x, y=y, order=alt.Order(f"{order}:Q"), color=name_colour(names),
        strokeDash=alt.StrokeDash("name:N", sort=None, scale=patterns, legend=stroke_legend()),
    )  # fmt: skip
    return lines


def name_colour(names: list[str]) -> alt.Color:
    """Shade of each line, with its legend below."""
    scale = alt.Scale(domain=names, range=shades_of(len(names)))
    return alt.Color("name:N", sort=None, scale=scale, legend=stroke_legend())


def stroke_legend() -> alt.Legend:
    """Legend of lines that differ in shade and pattern."""
    return alt.Legend(
        title=None, columns=1, symbolType="stroke", symbolStrokeWidth=3, symbolSize=500, labelLimit=0, orient="bottom"
    )


def _diagonal(x: str, y: str) -> alt.Chart:
    ends = alt.Chart(pd.DataFrame({x: [0.0, 1.0], y: [0.0, 1.0]}))
    drawn: alt.Chart = ends.mark_line(color=MUTED, strokeDash=DASH, strokeWidth=1.2).encode(
        x=alt.X(f"{x}:Q"), y=alt.Y(f"{y}:Q")
    )
    return drawn


def _square(*layers: alt.Chart, count: int, width: int) -> alt.LayerChart:
    """Layers on a plot about as high as it is wide, with room for the legend below."""
    height = min(width, _SQUARE_PX) + _LINE_PX * count
    return styled(overlaid(*layers).properties(width=width, height=height, autosize=FIT))
