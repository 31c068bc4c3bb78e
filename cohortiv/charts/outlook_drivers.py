"""Figures of what a coming index depends on: strand by strand, assumption by assumption, and case by case."""

from collections.abc import Iterable
from textwrap import wrap

import altair as alt
import pandas as pd

from cohortiv.charts.index import INDEX_TITLE
from cohortiv.charts.marks import (
    DEFAULT_THRESHOLDS,
    at_y,
    code_bands,
    dashed,
    halo_text,
    index_top,
    overlaid,
    own_colour,
)
from cohortiv.charts.theme import FIT, SMALL_PX, WIDTH, is_narrow, select, styled
from cohortiv.early_warning import Thresholds
from cohortiv.palette import ACCENT, INK, MUTED
from cohortiv.quantities import points, signed

#: Of changes downwards and low ends, and of bars between two dots.
_FALL, _BAR = "#8FAAC6", "#B9C0CA"
#: Of what is within its error [1].
_PALE = 0.35
_CASE_PX = 34
_MARGINS_PX = 86
_BAR_PX, _LINE_PX = 22, 14
#: Letters of a line of labels beside bars; what is longer goes on below.
_LABEL_LETTERS, _NARROW_LABEL_LETTERS = 38, 18


def index_waterfall(steps: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """What does each strand add to the index?

    Parameters
    ----------
    steps : DataFrame
        One row a bar, in their order: name, start, end [%], is_level (whether it stands on 0), error (of a change,
        [%]).
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        Levels at both ends, changes between them, each with its number; changes within their error are pale.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(steps, ["name", "start", "end", "is_level", "error"], numbers=["start", "end", "error"])
    changes = frame["end"] - frame["start"]
    words = [
        points(end) if level else signed(change)
        for level, end, change in zip(frame["is_level"], frame["end"], changes, strict=True)
    ]
    colours = [
        MUTED if level else ACCENT if change >= 0 else _FALL
        for level, change in zip(frame["is_level"], changes, strict=True)
    ]
    strength = [_PALE if within else 1.0 for within in changes.abs() <= frame["error"]]
    drawn = frame.assign(words=words, fill=colours, strength=strength, top=frame[["start", "end"]].max(axis=1))
    drawn = drawn.drop(columns=["is_level", "error"])
    highest = float(drawn["top"].max()) if len(drawn) else 1.0
    base = alt.Chart(drawn.assign(name=_in_lines(drawn["name"], width))).encode(
        y=alt.Y("name:N", sort=None, axis=_label_axis())
    )
    x = alt.X(
        "start:Q",
        axis=alt.Axis(title=INDEX_TITLE, tickCount=6),
        scale=alt.Scale(domain=[0, 1.12 * highest], nice=False),
    )
    tooltip = [alt.Tooltip("name:N", title="Step"), alt.Tooltip("words:N", title="Index points")]
    bars = base.mark_bar(height=_BAR_PX).encode(
        x=x, x2=alt.X2("end"), color=own_colour("fill"), opacity=_own_strength(), tooltip=tooltip
    )
    labels = halo_text(
        base.encode(x=alt.X("top:Q"), text=alt.Text("words:N")), align="left", dx=5, fontSize=SMALL_PX + 1
    )
    height = _CASE_PX * max(1, len(frame)) + _MARGINS_PX / 2
    return styled(overlaid(bars, *labels).properties(width=width, height=height, autosize=FIT))


def index_tornado(swings: pd.DataFrame, *, base: float, width: int = WIDTH) -> alt.LayerChart:
    """Which assumption moves the index most?

    Parameters
    ----------
    swings : DataFrame
        One row an assumption, the widest first: assumption, low_value, high_value (in words), low, high (index with it
        at its low and high end [%]), visible (whether the two differ by more than their error).
    base : float
        Index with all assumptions at their usual value [%].
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        A bar from the one index to the other for each assumption, pale where it is within its error, the base as a
        dashed rule; a narrow one leaves the assumptions' values to the table.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(swings, ["assumption", "low_value", "high_value", "low", "high", "visible"], numbers=["low", "high"])
    strength = [1.0 if seen else _PALE for seen in frame["visible"]]
    frame = frame.assign(assumption=_in_lines(frame["assumption"], width), strength=strength).drop(columns="visible")
    rising = frame["low"] <= frame["high"]
    ends = [
        frame.assign(value=frame[side], left=rising == (side == "low"), words=frame[f"{side}_value"], end=name)
        for side, name in (("low", "Low end"), ("high", "High end"))
    ]
    drawn = pd.concat(ends, ignore_index=True)
    y = alt.Y("assumption:N", sort=None, axis=_label_axis())
    x = alt.X(
        "low:Q",
        axis=alt.Axis(title=INDEX_TITLE, tickCount=6),
        scale=alt.Scale(zero=False, padding=12 if is_narrow(width) else 90),
    )
    looks = alt.Scale(domain=["Low end", "High end"], range=[_FALL, ACCENT])
    tooltip = [
        alt.Tooltip("assumption:N", title="Assumption"),
        alt.Tooltip("words:N", title="Value"),
        alt.Tooltip("value:Q", title=INDEX_TITLE, format=".1f"),
    ]
    bars = (
        alt.Chart(frame)
        .mark_bar(color=_BAR, height=_BAR_PX - 8)
        .encode(x=x, x2=alt.X2("high"), y=y, opacity=_own_strength())
    )
    dots = alt.Chart(drawn).mark_circle(size=90).encode(
        x=alt.X("value:Q"), y=y, color=alt.Color("end:N", scale=looks, legend=alt.Legend(title=None)),
        opacity=_own_strength(), tooltip=tooltip,
    )  # fmt: skip
    words = _end_words(drawn, y)
    rule = dashed(alt.Chart(pd.DataFrame({"base": [base]}))).encode(x=alt.X("base:Q"))
    height = _row_px(frame["assumption"]) * max(1, len(frame)) + _MARGINS_PX
    layers = [bars, rule, dots] if is_narrow(width) else [bars, rule, dots, *words]
    return styled(overlaid(*layers).properties(width=width, height=height, autosize=FIT))


def index_by_case(
    cases: pd.DataFrame, *, thresholds: Thresholds = DEFAULT_THRESHOLDS, coded: bool = True, width: int = WIDTH
) -> alt.LayerChart:
    """What is the index in each case of regulation and of product adoption?

    Parameters
    ----------
    cases : DataFrame
        One row a case, in their order: case (its words), low, median, high [%]. Infinite ones stand at the edge.
    thresholds : Thresholds
        Where Yellow and Red begin [%].
    coded : bool
        Whether the bands of the codes are drawn behind. Default yes.
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        The median and the 90 % band of each case, over the bands of the codes where they are drawn.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    numbers = ["low", "median", "high"]
    frame = select(cases, ["case", *numbers], numbers=numbers)
    top = index_top([*frame["median"], *frame["high"]], thresholds)
    drawn = frame.assign(
        case=_in_lines(frame["case"], width),
        words=[points(value) for value in frame["median"]],
        **frame[numbers].clip(upper=top),
    )
    y = alt.Y("case:N", sort=None, axis=_label_axis())
    base = alt.Chart(drawn).encode(y=y)
    tooltip = [
        alt.Tooltip("case:N", title="Case"),
        *(alt.Tooltip(f"{name}:Q", title=name.capitalize(), format=".1f") for name in numbers),
    ]
    layers = [
        *_codes_behind(top, thresholds, coded=coded, width=width),
        base.mark_rule(color=ACCENT, strokeWidth=3).encode(x=alt.X("low:Q"), x2=alt.X2("high")),
        base.mark_circle(size=90, color=INK, opacity=1).encode(x=alt.X("median:Q"), tooltip=tooltip),
        *halo_text(base.encode(x=alt.X("median:Q"), text=alt.Text("words:N")), dy=-13, fontSize=SMALL_PX),
    ]
    height = _row_px(drawn["case"]) * max(1, len(frame)) + _MARGINS_PX
    return styled(overlaid(*layers).properties(width=width, height=height, autosize=FIT))


def _codes_behind(top: float, thresholds: Thresholds, *, coded: bool, width: int) -> list[alt.Chart]:
    """The bands of the codes from 0 to the right end of the axis, or the bare axis."""
    said = "glyph" if is_narrow(width) else "name"
    bands = alt.Chart(code_bands(top, thresholds)[["start", "end", "middle", "tint", "ink", said]])
    x = alt.X("start:Q", scale=alt.Scale(domain=[0, top], nice=False), axis=alt.Axis(title=INDEX_TITLE, tickCount=6))
    if not coded:
        return [bands.mark_rect(opacity=0).encode(x=x, x2=alt.X2("end"))]
    words = bands.mark_text(baseline="bottom", fontWeight="bold").encode(
        x=alt.X("middle:Q"), y=at_y(-10), text=alt.Text(f"{said}:N"), color=own_colour("ink")
    )
    rules = dashed(alt.Chart(pd.DataFrame({"start": thresholds.edges}))).encode(x=alt.X("start:Q"))
    return [bands.mark_rect().encode(x=x, x2=alt.X2("end"), color=own_colour("tint")), words, rules]


def _own_strength() -> alt.Opacity:
    """Opacity from the rows: what is within its error is pale."""
    return alt.Opacity("strength:Q", scale=None, legend=None)


def _in_lines(labels: Iterable[str], width: int) -> list[str]:
    """Labels broken into lines that fit beside the bars; `_label_axis` shows them so."""
    letters = _NARROW_LABEL_LETTERS if is_narrow(width) else _LABEL_LETTERS
    return ["\n".join(wrap(label, letters)) for label in labels]


def _row_px(labels: Iterable[str]) -> float:
    """Height of a row that holds the longest of the labels [px]."""
    lines = max((label.count("\n") + 1 for label in labels), default=1)
    return max(_CASE_PX + 6.0, _LINE_PX * lines + 6.0)


def _end_words(ends: pd.DataFrame, y: alt.Y) -> list[alt.Chart]:
    """Values of assumptions beside their dots, on the outer side so that those of one bar never meet."""
    return [
        layer
        for left, align, dx in ((True, "right", -8), (False, "left", 8))
        for layer in halo_text(
            alt.Chart(ends[ends["left"] == left]).encode(x=alt.X("value:Q"), y=y, text=alt.Text("words:N")),
            align=align, dx=dx, fontSize=SMALL_PX,
        )
    ]  # fmt: skip


def _label_axis() -> alt.Axis:
    """Axis of labels from `_in_lines`."""
    return alt.Axis(title=None, labelLimit=0, labelExpr="split(datum.label, '\\n')", ticks=False)
