"""Figures of a coming date: tiers with their bands, fans over time, what drives the change, and case by case."""

from collections.abc import Callable, Iterable
from textwrap import wrap

import altair as alt
import pandas as pd

from cohortiv.charts.index import INDEX_TITLE
from cohortiv.charts.marks import (
    DEFAULT_THRESHOLDS,
    at_x,
    at_y,
    code_bands,
    dashed,
    halo_text,
    index_top,
    overlaid,
    own_colour,
)
from cohortiv.charts.theme import FIT, SMALL_PX, WIDTH, is_narrow, select, styled, utc_naive
from cohortiv.early_warning import Thresholds
from cohortiv.palette import ACCENT, INK, MUTED
from cohortiv.quantities import points, signed

#: Bands of 90 % and of 50 %, and what is known, the same in every figure.
OUTER, INNER = "#C9D6E4", "#8FAAC6"
FAN_COLUMNS = ("as_of", "low", "lower", "median", "upper", "high")

_ROW_PX, _CASE_PX = 26, 34
_MARGINS_PX = 86
_FAN_PX, _NARROW_FAN_PX = 300, 270
_BAR_PX = 22
#: What stands above a plot keeps clear of the title of its axis.
_LEGEND_PX = 24
#: Letters of a line of labels beside bars; what is longer goes on below.
_LABEL_LETTERS, _NARROW_LABEL_LETTERS = 38, 18
_TIER_NUMBERS = ("now", "low", "median", "high")
_LEGEND_WORDS = ("Today", "Median of the draws", "5 to 95 % of the draws")


def tier_outlook(tiers: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """How is the notional spread over tiers today, and how may it be then?

    Parameters
    ----------
    tiers : DataFrame
        One row a tier: tier, tier_floor [x], now, low, median, high [shares of leveraged notional, 1].
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        A bar from low to high for each tier with the median on it, today's share as a ring.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(tiers, ["tier", "tier_floor", *_TIER_NUMBERS], numbers=_TIER_NUMBERS)
    sort = alt.EncodingSortField(field="tier_floor", op="min", order="ascending")
    y = alt.Y("tier:N", sort=sort, axis=alt.Axis(title="Leverage tier"))
    axis = alt.Axis(title="Share of leveraged notional (%)", format=".0%", tickCount=6)
    looks = alt.Scale(domain=list(_LEGEND_WORDS), range=[INK, ACCENT, OUTER])
    legend = alt.Legend(
        title=None, labelLimit=0, columns=1 if is_narrow(width) else 0, symbolType="circle", offset=_LEGEND_PX
    )

    tooltip = [
        alt.Tooltip("tier:N", title="Tier"),
        *(alt.Tooltip(f"{each}:Q", title=each.capitalize(), format=".1%") for each in _TIER_NUMBERS),
    ]
    colour = alt.Color("shows:N", sort=None, scale=looks, legend=legend)

    def layer(field: str, shows: str) -> alt.Chart:
        base: alt.Chart = alt.Chart(frame.assign(shows=shows))
        drawn: alt.Chart = base.encode(x=alt.X(f"{field}:Q", axis=axis), y=y, color=colour, tooltip=tooltip)
        return drawn

    now, median, band = (layer(*pair) for pair in zip(("now", "median", "low"), _LEGEND_WORDS, strict=True))
    layers = [
        band.mark_bar(height=12).encode(x2=alt.X2("high")),
        median.mark_tick(thickness=3, size=16, orient="vertical", opacity=1),
        now.mark_point(size=70, strokeWidth=2, opacity=1, filled=False),
    ]
    height = _ROW_PX * max(1, len(frame)) + _MARGINS_PX
    return styled(overlaid(*layers).properties(width=width, height=height, autosize=FIT))


def index_fan(
    history: pd.DataFrame,
    fan: pd.DataFrame,
    *,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
    coded: bool = True,
    width: int = WIDTH,
) -> alt.LayerChart:
    """Where did the index come from, and where may it go?

    Parameters
    ----------
    history : DataFrame
        One row a snapshot: as_of (UTC), value [%]. NaN leaves a gap.
    fan : DataFrame
        One row a coming date, today's first: `FAN_COLUMNS`, the 5, 25, 50, 75 and 95 % points of the draws [%].
        Infinite ones stand at the upper edge.
    thresholds : Thresholds
        Where Yellow and Red begin [%].
    coded : bool
        Whether the bands of the codes are drawn behind. Default yes.
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        Line of the past, bands and median of the draws, over the bands of the codes where they are drawn.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    past, future = _past_and_future(history, fan)
    numbers = [*past["value"], *future["median"], *future["high"]]
    top = index_top(numbers, thresholds)
    drawn = _fan_layers(past, future.assign(**future[list(FAN_COLUMNS[1:])].clip(upper=top)), words=points, width=width)
    behind = _codes_behind(top, thresholds, coded=coded, width=width)
    height = _NARROW_FAN_PX if is_narrow(width) else _FAN_PX
    return styled(overlaid(*behind, *drawn).properties(width=width, height=height, autosize=FIT))


def _codes_behind(top: float, thresholds: Thresholds, *, coded: bool, width: int) -> list[alt.Chart]:
    """The bands of the codes from 0 to the top of the axis, or the bare axis."""
    said = "name" if is_narrow(width) else "words"
    bands = alt.Chart(code_bands(top, thresholds)[["start", "end", "middle", "tint", "ink", said]])
    scale = alt.Scale(domain=[0, top], nice=False)
    y = alt.Y("start:Q", scale=scale, axis=alt.Axis(title=INDEX_TITLE, grid=False, tickCount=5))
    words = bands.mark_text(align="left", dx=6, fontWeight="bold").encode(
        x=at_x(0), y=alt.Y("middle:Q"), text=alt.Text(f"{said}:N"), color=own_colour("ink")
    )
    if not coded:
        return [bands.mark_rect(opacity=0).encode(y=y, y2=alt.Y2("end"))]
    return [
        bands.mark_rect().encode(y=y, y2=alt.Y2("end"), color=own_colour("tint")),
        dashed(alt.Chart(pd.DataFrame({"start": thresholds.edges}))).encode(y=alt.Y("start:Q")),
        words,
    ]


def share_fan(history: pd.DataFrame, fan: pd.DataFrame, *, title: str, width: int = WIDTH) -> alt.LayerChart:
    """Where did a share come from, and where may it go?

    Parameters
    ----------
    history : DataFrame
        One row a snapshot: as_of (UTC), value [1].
    fan : DataFrame
        As for `index_fan`, in shares [1].
    title : str
        Of the axis, with its unit.
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        Line of the past, bands and median of the draws.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    past, future = _past_and_future(history, fan)
    y = alt.Y("value:Q", scale=alt.Scale(zero=True), axis=alt.Axis(title=title, format=".0%", tickCount=5))
    frame = alt.Chart(past).mark_point(opacity=0).encode(x=alt.X("as_of:T"), y=y)
    layers = _fan_layers(past, future, words=lambda share: f"{100 * share:.0f}\u00a0%", width=width)
    height = _NARROW_FAN_PX if is_narrow(width) else _FAN_PX
    return styled(overlaid(frame, *layers).properties(width=width, height=height, autosize=FIT))


def _past_and_future(history: pd.DataFrame, fan: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a fan draws of its frames."""
    past = select(history, ["as_of", "value"], numbers=["value"])
    return past, select(fan, list(FAN_COLUMNS), numbers=FAN_COLUMNS[1:])


def _fan_layers(
    past: pd.DataFrame, future: pd.DataFrame, *, words: Callable[[float], str], width: int
) -> list[alt.Chart]:
    known = past.assign(as_of=utc_naive(past["as_of"])).sort_values("as_of")
    coming = future.assign(as_of=utc_naive(future["as_of"])).sort_values("as_of")
    last = coming.tail(1).assign(words=[words(value) for value in coming["median"].tail(1)])
    axis = alt.Axis(
        title="Date (UTC); dashed: median of the draws, bands: 50 % and 90 % of them",
        format="%-d %b %y", tickCount=3 if is_narrow(width) else 6, labelOverlap="greedy",
    )  # fmt: skip
    if is_narrow(width):
        axis.title = "Date (UTC); bands: 50 % and 90 % of draws"
    x = alt.X("as_of:T", axis=axis, scale=alt.Scale(padding=10))
    base = alt.Chart(coming)
    tooltip = [alt.Tooltip("as_of:T", title="Date (UTC)", format="%-d %b %Y")]
    return [
        base.mark_area(color=OUTER, opacity=0.75).encode(x=x, y=alt.Y("low:Q"), y2=alt.Y2("high")),
        base.mark_area(color=INNER, opacity=0.8).encode(x=x, y=alt.Y("lower:Q"), y2=alt.Y2("upper")),
        base.mark_line(color=ACCENT, strokeWidth=2, strokeDash=[6, 3]).encode(x=x, y=alt.Y("median:Q")),
        alt.Chart(known).mark_line(color=INK, strokeWidth=1.8).encode(x=x, y=alt.Y("value:Q")),
        alt.Chart(known).mark_circle(color=INK, size=26, opacity=1).encode(x=x, y=alt.Y("value:Q"), tooltip=tooltip),
        *halo_text(
            alt.Chart(last[["as_of", "median", "words"]]).encode(
                x=alt.X("as_of:T"), y=alt.Y("median:Q"), text=alt.Text("words:N")
            ),
            align="right", dx=-4, dy=-10, fontSize=14, fontWeight="bold",
        ),
    ]  # fmt: skip


def index_waterfall(steps: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """What does each strand add to the index?

    Parameters
    ----------
    steps : DataFrame
        One row a bar, in their order: name, start, end [%], is_level (whether it stands on 0).
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        Levels at both ends, changes between them, each with its number.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(steps, ["name", "start", "end", "is_level"], numbers=["start", "end"])
    changes = frame["end"] - frame["start"]
    words = [
        points(end) if level else signed(change)
        for level, end, change in zip(frame["is_level"], frame["end"], changes, strict=True)
    ]
    colours = [
        MUTED if level else ACCENT if change >= 0 else INNER
        for level, change in zip(frame["is_level"], changes, strict=True)
    ]
    drawn = frame.assign(words=words, fill=colours, top=frame[["start", "end"]].max(axis=1)).drop(columns="is_level")
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
    bars = base.mark_bar(height=_BAR_PX).encode(x=x, x2=alt.X2("end"), color=own_colour("fill"), tooltip=tooltip)
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
        at its low and high end [%]).
    base : float
        Index with all assumptions at their usual value [%].
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        A bar from the one index to the other for each assumption, the base as a dashed rule; a narrow one leaves the
        assumptions' values to the table.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(swings, ["assumption", "low_value", "high_value", "low", "high"], numbers=["low", "high"])
    frame = frame.assign(assumption=_in_lines(frame["assumption"], width))
    ends = [
        frame.assign(value=frame[side], words=frame[f"{side}_value"], end=name)
        for side, name in (("low", "Low end"), ("high", "High end"))
    ]
    drawn = pd.concat(ends, ignore_index=True)
    y = alt.Y("assumption:N", sort=None, axis=_label_axis())
    x = alt.X("low:Q", axis=alt.Axis(title=INDEX_TITLE, tickCount=6), scale=alt.Scale(zero=False, padding=40))
    looks = alt.Scale(domain=["Low end", "High end"], range=[INNER, ACCENT])
    tooltip = [
        alt.Tooltip("assumption:N", title="Assumption"),
        alt.Tooltip("words:N", title="Value"),
        alt.Tooltip("value:Q", title=INDEX_TITLE, format=".1f"),
    ]
    bars = alt.Chart(frame).mark_bar(color=MUTED, opacity=0.35, height=_BAR_PX - 8).encode(x=x, x2=alt.X2("high"), y=y)
    dots = alt.Chart(drawn).mark_circle(size=90, opacity=1).encode(
        x=alt.X("value:Q"), y=y, color=alt.Color("end:N", scale=looks, legend=alt.Legend(title=None)), tooltip=tooltip
    )  # fmt: skip
    words = halo_text(
        alt.Chart(drawn).encode(x=alt.X("value:Q"), y=y, text=alt.Text("words:N")), dy=-14, fontSize=SMALL_PX
    )
    rule = dashed(alt.Chart(pd.DataFrame({"base": [base]}))).encode(x=alt.X("base:Q"))
    height = (_CASE_PX + 6) * max(1, len(frame)) + _MARGINS_PX
    layers = [bars, rule, dots] if is_narrow(width) else [bars, rule, dots, *words]
    return styled(overlaid(*layers).properties(width=width, height=height, autosize=FIT))


def index_by_case(
    cases: pd.DataFrame, *, thresholds: Thresholds = DEFAULT_THRESHOLDS, width: int = WIDTH
) -> alt.LayerChart:
    """What is the index in each case of regulation and of product adoption?

    Parameters
    ----------
    cases : DataFrame
        One row a case, in their order: case (its words), low, median, high [%]. Infinite ones stand at the edge.
    thresholds : Thresholds
        Where Yellow and Red begin [%].
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        The median and the 90 % band of each case over the bands of the codes.

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
    said = "glyph" if is_narrow(width) else "name"
    bands = alt.Chart(code_bands(top, thresholds)[["start", "end", "middle", "tint", "ink", said]])
    x = alt.X("start:Q", scale=alt.Scale(domain=[0, top], nice=False), axis=alt.Axis(title=INDEX_TITLE, tickCount=6))
    y = alt.Y("case:N", sort=None, axis=_label_axis())
    base = alt.Chart(drawn).encode(y=y)
    tooltip = [
        alt.Tooltip("case:N", title="Case"),
        *(alt.Tooltip(f"{name}:Q", title=name.capitalize(), format=".1f") for name in numbers),
    ]
    words = bands.mark_text(baseline="bottom", fontWeight="bold").encode(
        x=alt.X("middle:Q"), y=at_y(-10), text=alt.Text(f"{said}:N"), color=own_colour("ink")
    )
    layers = [
        bands.mark_rect().encode(x=x, x2=alt.X2("end"), color=own_colour("tint")),
        words,
        dashed(alt.Chart(pd.DataFrame({"start": thresholds.edges}))).encode(x=alt.X("start:Q")),
        base.mark_rule(color=ACCENT, strokeWidth=3).encode(x=alt.X("low:Q"), x2=alt.X2("high")),
        base.mark_circle(size=90, color=INK, opacity=1).encode(x=alt.X("median:Q"), tooltip=tooltip),
        *halo_text(base.encode(x=alt.X("median:Q"), text=alt.Text("words:N")), dy=-13, fontSize=SMALL_PX),
    ]
    height = (_CASE_PX + 8) * max(1, len(frame)) + _MARGINS_PX
    return styled(overlaid(*layers).properties(width=width, height=height, autosize=FIT))


def _in_lines(labels: Iterable[str], width: int) -> list[str]:
    """Labels broken into lines that fit beside the bars; `_label_axis` shows them so."""
    letters = _NARROW_LABEL_LETTERS if is_narrow(width) else _LABEL_LETTERS
    return ["\n".join(wrap(label, letters)) for label in labels]


def _label_axis() -> alt.Axis:
    """Axis of labels from `_in_lines`."""
    return alt.Axis(title=None, labelLimit=0, labelExpr="split(datum.label, '\\n')", ticks=False)
