"""Figures of a test of the warning: AUROC with its interval, ROC, reliability, usefulness, and learned weights."""

import math

import altair as alt
import pandas as pd

from cohortiv.charts.cascade import shades_of
from cohortiv.charts.marks import at_x, dashed, halo_text, overlaid
from cohortiv.charts.theme import DASH, FIT, SMALL_PX, WIDTH, is_narrow, select, styled
from cohortiv.palette import ACCENT, INK, MUTED, PAPER

#: Patterns of lines, so that shades are not told apart alone: the first is the signal that is judged.
DASHES = ([1, 0], [6, 3], [2, 2], [9, 3, 2, 3], [4, 4], [12, 4])
#: What scores as chance does [1].
CHANCE = 0.5

_ROW_PX, _NARROW_ROW_PX, _MARGINS_PX = 26, 42, 64
_SQUARE_PX = 420
_CURVE_PX = 300
_LABEL_PX = 300
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
        A point with its interval for each signal, its independent events in brackets, the judged one filled dark,
        chance as a dashed rule. On a narrow chart names stand above their intervals.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    numbers = ["value", "low", "high"]
    frame = select(scores, ["name", *numbers, "events", "is_signal"], numbers=numbers)
    drawn = frame.drop(columns="is_signal").assign(
        fill=[INK if own else PAPER for own in frame["is_signal"]],
        label=[f"{name} ({events})" for name, events in zip(frame["name"], frame["events"], strict=True)],
    )
    narrow = is_narrow(width)
    names = alt.Axis(title=None, labelLimit=_LABEL_PX, labels=not narrow, ticks=False)
    y = alt.Y("label:N", sort=None, axis=names)
    axis = alt.Axis(title="AUROC (1 = perfect, 0.5 = chance)", format=".2", values=[0, 0.25, 0.5, 0.75, 1])
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
    if narrow:
        named = base.encode(x=at_x(2), text=alt.Text("label:N"))
        layers += halo_text(named, dy=-14, align="left", fontSize=SMALL_PX, color=INK)
    height = (_NARROW_ROW_PX if narrow else _ROW_PX) * max(1, len(frame)) + _MARGINS_PX
    return styled(overlaid(*layers).properties(width=width, height=height, autosize=FIT))


def roc_picture(curves: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """How many events does a signal catch for how many false alarms?

    Parameters
    ----------
    curves : DataFrame
        One row a signal and threshold: name, false_rate, true_rate [1], each curve from (0, 0) to (1, 1). Lines are
        drawn in the order of the frame, at most six.
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
    x = alt.X("false_rate:Q", axis=_share_axis("Share of calm rows with an alarm (%)"), scale=_from_zero(1.0))
    y = alt.Y("true_rate:Q", axis=_share_axis("Share of event rows with an alarm (%)"), scale=_from_zero(1.0))
    lines = _lines(frame, x, y, order="false_rate")
    diagonal = _diagonal("false_rate", "true_rate", top=1.0)
    return _square(diagonal, lines, count=frame["name"].nunique(), width=width)


def reliability_picture(curves: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """Do events come as often as they are forecast?

    Parameters
    ----------
    curves : DataFrame
        One row a signal and bin of forecasts: name, forecast (mean), observed (share of events), observed_low,
        observed_high (its interval) [1], rows, events (independent). At most six signals.
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        A line with its bins for each signal, each with its interval, those of the first signal with their events, and a
        dashed line where forecast and outcome agree; each axis ends where its values do.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    numbers = ["forecast", "observed", "observed_low", "observed_high"]
    frame = select(curves, ["name", *numbers, "rows", "events"], numbers=numbers)
    right, top = (_reach(frame[column].max()) for column in ("forecast", "observed_high"))
    x = alt.X("forecast:Q", axis=_share_axis("Forecast chance of an event (%)", top=right), scale=_from_zero(right))
    y = alt.Y("observed:Q", axis=_share_axis("Share of rows with an event (%)", top=top), scale=_from_zero(top))
    base = alt.Chart(frame).encode(color=name_colour(list(dict.fromkeys(frame["name"]))))
    bars = base.mark_rule(strokeWidth=1.2).encode(x=x, y=alt.Y("observed_low:Q"), y2=alt.Y2("observed_high"))
    dots = base.mark_point(size=46, filled=True, opacity=1).encode(
        x=x, y=y,
        tooltip=[
            alt.Tooltip("name:N", title="Signal"),
            *(alt.Tooltip(f"{name}:Q", title=name.capitalize().replace("_", ", "), format=".0%") for name in numbers),
            alt.Tooltip("rows:Q", title="Rows"),
            alt.Tooltip("events:Q", title="Independent events"),
        ],
    )  # fmt: skip
    lines = _lines(frame[["name", "forecast", "observed"]], x, y, order="forecast")
    first = frame[frame["name"].isin(frame["name"].head(1))]
    counts = alt.Chart(first[["forecast", "observed", "events"]]).encode(x=x, y=y, text=alt.Text("events:Q"))
    words = halo_text(counts, dx=7, dy=-7, align="left", fontSize=SMALL_PX, color=INK)
    layers = [_diagonal("forecast", "observed", top=min(right, top)), bars, lines, dots, *words]
    return _square(*layers, count=frame["name"].nunique(), width=width)


def usefulness_picture(usefulness: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """For whom are the alarms of use?

    Parameters
    ----------
    usefulness : DataFrame
        One row a signal and preference: name, preference (weight of a missed event), relative_usefulness (of the
        perfect signal's), low, high (its interval; NaN ends draw none) [1], is_signal (whether it is the one that is
        judged). At most six signals.
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        A line for each signal, intervals of the judged one, a dashed rule at 0, where ignoring the signal is as good.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    numbers = ["preference", "relative_usefulness", "low", "high"]
    frame = select(usefulness, ["name", *numbers, "is_signal"], numbers=numbers)
    x_axis = alt.Axis(title="Weight of a missed event against a false alarm (1)", format=".1f", tickCount=5)
    x = alt.X("preference:Q", axis=x_axis, scale=alt.Scale(zero=False, nice=False, padding=12))
    y = alt.Y("relative_usefulness:Q", axis=_share_axis("Relative usefulness (%; 100 = perfect, 0 = none)"))
    zero = dashed(alt.Chart(pd.DataFrame({"relative_usefulness": [0.0]}))).encode(y=y)
    lines = _lines(frame[["name", "preference", "relative_usefulness"]], x, y, order="preference")
    judged = frame.loc[frame["is_signal"].astype(bool), ["preference", "low", "high"]].dropna()
    bars = alt.Chart(judged).mark_rule(color=INK, strokeWidth=1.6).encode(x=x, y=alt.Y("low:Q"), y2=alt.Y2("high"))
    height = _CURVE_PX + _LINE_PX * frame["name"].nunique()
    return styled(overlaid(zero, bars, lines).properties(width=width, height=height, autosize=FIT))


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


def _share_axis(title: str, *, top: float = 1.0) -> alt.Axis:
    """Axis of a share; one that ends below the whole has every tenth, or every fifth, up to its end."""
    if top == 1.0:
        return alt.Axis(title=title, format=".0%", tickCount=5)
    step = 1 if top <= 0.5 else 2  # noqa: PLR2004 - more than six labels crowd a phone
    return alt.Axis(title=title, format=".0%", values=[part / 10.0 for part in range(0, round(10.0 * top) + 1, step)])


def _reach(highest: float) -> float:
    """End of an axis of shares: the next tenth, a fifth at least, the whole at most."""
    return 1.0 if math.isnan(highest) else min(1.0, max(0.2, math.ceil(10.0 * highest) / 10.0))


def _from_zero(top: float) -> alt.Scale:
    return alt.Scale(domain=[0, top], nice=False)


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


def _diagonal(x: str, y: str, *, top: float) -> alt.Chart:
    ends = alt.Chart(pd.DataFrame({x: [0.0, top], y: [0.0, top]}))
    drawn: alt.Chart = ends.mark_line(color=MUTED, strokeDash=DASH, strokeWidth=1.2).encode(
        x=alt.X(f"{x}:Q"), y=alt.Y(f"{y}:Q")
    )
    return drawn


def _square(*layers: alt.Chart, count: int, width: int) -> alt.LayerChart:
    """Layers on a plot about as high as it is wide, with room for the legend below."""
    height = min(width, _SQUARE_PX) + _LINE_PX * count
    return styled(overlaid(*layers).properties(width=width, height=height, autosize=FIT))
