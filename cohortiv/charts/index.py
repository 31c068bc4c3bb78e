"""Figures of the IV Index today and over time."""

import math
from typing import Any, Final, Literal

import altair as alt
import pandas as pd

from cohortiv.charts.marks import (
    DEFAULT_THRESHOLDS,
    at_x,
    clipped,
    code_bands,
    code_points,
    dashed,
    halo_text,
    index_top,
    overlaid,
    own_colour,
)
from cohortiv.charts.theme import FIT, WIDTH, is_narrow, select, styled, utc_naive
from cohortiv.early_warning import Thresholds
from cohortiv.palette import CODES, INK
from cohortiv.quantities import points_range

INDEX_TITLE = "IV Index (%)"

_WORDS_Y, _VALUE_Y, _BAR_Y, _LINE_Y, _INTERVAL_Y, _BAR_END = 12, 46, 52, 74, 98, 106
_VALUE_PX, _NO_INDEX_PX = 19, 14
_WIDE_SCALE = 150
#: Words of a mark nearer to an end of the axis than this part of it are turned inwards [1].
_EDGE, _NARROW_EDGE = 0.1, 0.25
_HISTORY_PX, _NARROW_HISTORY_PX = 300, 270
_DAYS_FOR_DATES, _DAYS_FOR_MONTHS = 8, 330
_FEW_SNAPSHOTS = 60
#: Dates that would touch are left out.
_APART: Final[dict[str, Any]] = {"labelOverlap": "greedy", "labelSeparation": 8}
_NO_INDEX = "No index: the data do not allow one"


def index_gauge(
    index: pd.DataFrame,
    *,
    code: str | None = None,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
    width: int = WIDTH,
) -> alt.LayerChart:
    """Where does the index stand between Green, Yellow and Red, and how sure is that?

    Parameters
    ----------
    index : DataFrame
        One row: iv_index, low, high [%], the last two the ends of the 90 % interval. NaN ends draw no interval; an
        index beyond the scale or infinite stands at its edge with an arrow; a NaN index is said in words.
    code : str or None
        Code of the snapshot, a key of `palette.CODES`; gives the mark its shape and colour. None draws a diamond in
        ink, which says no code.
    thresholds : Thresholds
        Where Yellow and Red begin [%].
    width : int
        Width of the whole [px]; a narrow one says the codes in fewer words.

    Returns
    -------
    alt.LayerChart
        Horizontal scale with the index as a mark and the interval as a line.

    Raises
    ------
    ValueError
        If a column is missing or the frame has not exactly one row.
    """
    frame = select(index, ["iv_index", "low", "high"]).astype(float)
    if len(frame) != 1:
        raise ValueError(f"Got {len(frame)} rows; the gauge draws exactly one index. Select one snapshot.")
    value, _, high = frame.to_numpy()[0].tolist()
    top = index_top([value, min(high, 2 * value)], thresholds)
    marks = alt.Chart(_gauge_marks(frame, top).assign(code=code))
    layers = [
        *_gauge_scale(top, thresholds, narrow=is_narrow(width)),
        *_gauge_interval(marks),
        _gauge_point(marks, code),
        *_gauge_words(marks, value / top, edge=_NARROW_EDGE if is_narrow(width) else _EDGE),
    ]
    return styled(overlaid(*layers).properties(width=width, height=158, autosize=FIT))


def _gauge_marks(frame: pd.DataFrame, top: float) -> pd.DataFrame:
    """The one row ready to draw: ends clipped to the axis, words beside them, arrows where something lies beyond."""
    value, low, high = frame.to_numpy()[0].tolist()
    known = math.isfinite(low) and not math.isnan(high)
    marks = clipped(frame, top)
    return marks.assign(
        low=min(low, top) if known else math.nan,
        high=min(high, top) if known else math.nan,
        interval=f"90 % interval {points_range(low, high)}" if known else "",
        words=marks["words"].replace("", _NO_INDEX),
        words_at=marks["drawn"].fillna(top / 2),
        arrow="▶" if value > top or high > top else "",
        arrow_at=top,
    ).drop(columns="beyond")


def _gauge_scale(top: float, thresholds: Thresholds, *, narrow: bool) -> list[alt.Chart]:
    """Axis, bands and their words: as many as the bands of a long scale and a narrow chart have room for."""
    long = top > _WIDE_SCALE
    step = 50 if long else 20
    said = ("words", "name", "glyph")[long + narrow]
    rounds = (float(tick) for tick in range(0, int(top) + 1, step))
    apart = [tick for tick in rounds if all(abs(tick - threshold) > top / 25 for threshold in thresholds.edges)]
    ticks = sorted([*thresholds.edges, *apart])
    axis = alt.Axis(title=INDEX_TITLE, values=ticks, tickSize=5, domain=False)
    x = alt.X("start:Q", scale=alt.Scale(domain=[0, top], nice=False), axis=axis)
    bands = alt.Chart(code_bands(top, thresholds)[["start", "end", "tint", "ink", said]])
    y = alt.YDatum(_BAR_Y, scale=alt.Scale(domain=[_BAR_END, 0], nice=False, zero=False), axis=None)
    tints = bands.mark_rect().encode(x=x, x2=alt.X2("end"), y=y, color=own_colour("tint"))
    words = bands.mark_text(align="left", baseline="bottom", dx=2, fontWeight="bold").encode(
        x=alt.X("start:Q"), y=alt.YDatum(_WORDS_Y), text=alt.Text(f"{said}:N"), color=own_colour("ink")
    )
    edges = dashed(alt.Chart(pd.DataFrame({"start": thresholds.edges}))).encode(
        x=alt.X("start:Q"), y=alt.YDatum(_WORDS_Y + 4)
    )
    return [tints.encode(y2=alt.Y2Datum(_BAR_END)), edges.encode(y2=alt.Y2Datum(_BAR_Y)), words]


def _gauge_interval(marks: alt.Chart) -> list[alt.Chart]:
    x, x2, y = alt.X("low:Q"), alt.X2("high"), alt.YDatum(_LINE_Y)
    ends = marks.mark_tick(color=INK, thickness=2, size=16, orient="vertical", opacity=1)
    line = marks.mark_rule(color=INK, strokeWidth=3)
    return [line.encode(x=x, x2=x2, y=y), ends.encode(x=x, y=y), ends.encode(x=alt.X("high:Q"), y=y)]


def _gauge_point(marks: alt.Chart, code: str | None) -> alt.Chart:
    base = marks.encode(x=alt.X("drawn:Q"), y=alt.YDatum(_LINE_Y))
    return code_points(base, 240) if code else base.mark_point(size=200, shape="diamond", fill=INK, stroke=INK)


def _gauge_words(marks: alt.Chart, fraction: float, *, edge: float) -> list[alt.Chart]:
    """The value above and the interval under the mark, turned inwards near an edge; a missing index in the bar."""
    align: Literal["left", "center", "right"]
    align = "left" if fraction < edge else "right" if fraction > 1 - edge else "center"
    size = _NO_INDEX_PX if math.isnan(fraction) else _VALUE_PX
    at = marks.encode(x=alt.X("words_at:Q"))
    value = at.encode(y=alt.YDatum(_LINE_Y + 12 if math.isnan(fraction) else _VALUE_Y), text=alt.Text("words:N"))
    interval = at.encode(y=alt.YDatum(_INTERVAL_Y), text=alt.Text("interval:N"))
    arrow = marks.mark_text(dx=15, color=INK, fontSize=14).encode(
        x=alt.X("arrow_at:Q"), y=alt.YDatum(_LINE_Y), text=alt.Text("arrow:N")
    )
    return [
        arrow,
        *halo_text(value, align=align, baseline="bottom", fontSize=size, fontWeight="bold"),
        interval.mark_text(align=align, baseline="middle", color=INK),
    ]


def index_history(
    history: pd.DataFrame, *, thresholds: Thresholds = DEFAULT_THRESHOLDS, width: int = WIDTH
) -> alt.LayerChart:
    """How did the index come to where it is?

    Parameters
    ----------
    history : DataFrame
        One row a snapshot: as_of (UTC), iv_index [%], code. An infinite index is drawn at the upper edge with an
        arrow; a missing one leaves a gap in the line and a Grey stroke at the foot.
    thresholds : Thresholds
        Where Yellow and Red begin [%].
    width : int
        Width of the whole [px]; a narrow one says the codes in fewer words.

    Returns
    -------
    alt.LayerChart
        Line over the code bands, each snapshot shaped by its code, the last one labelled.

    Raises
    ------
    ValueError
        If a column is missing or there is no snapshot.
    """
    frame = select(history, ["as_of", "iv_index", "code"])
    if frame.empty:
        raise ValueError("Got a history without snapshots; at least one is drawn. Leave the figure out.")
    top = index_top(frame["iv_index"], thresholds)
    drawn = clipped(frame.assign(as_of=utc_naive(frame["as_of"])), top).sort_values("as_of")
    said, height = ("name", _NARROW_HISTORY_PX) if is_narrow(width) else ("words", _HISTORY_PX)
    layers = [
        *_history_scale(top, thresholds, said=said),
        *_history_line(drawn, top, ticks=3 if is_narrow(width) else 6),
    ]
    return styled(overlaid(*layers).properties(width=width, height=height, autosize=FIT))


def _history_scale(top: float, thresholds: Thresholds, *, said: str) -> list[alt.Chart]:
    bands = alt.Chart(code_bands(top, thresholds)[["start", "end", "middle", "tint", "ink", said]])
    axis = alt.Axis(title=INDEX_TITLE, grid=False, tickCount=5)
    y = alt.Y("start:Q", scale=alt.Scale(domain=[0, top], nice=False), axis=axis)
    words = bands.mark_text(align="left", dx=10, fontWeight="bold", limit=150).encode(
        x=at_x("width"), y=alt.Y("middle:Q"), text=alt.Text(f"{said}:N"), color=own_colour("ink")
    )
    edges = dashed(alt.Chart(pd.DataFrame({"start": thresholds.edges}))).encode(y=alt.Y("start:Q"))
    return [bands.mark_rect().encode(y=y, y2=alt.Y2("end"), color=own_colour("tint")), edges, words]


def _history_line(drawn: pd.DataFrame, top: float, *, ticks: int) -> list[alt.Chart]:
    x = alt.X("as_of:T", axis=date_axis(drawn["as_of"], ticks), scale=alt.Scale(padding=44))
    base = alt.Chart(drawn[["as_of", "drawn", "words", "code"]]).encode(x=x, y=alt.Y("drawn:Q"))
    tooltip = [
        alt.Tooltip("as_of:T", title="Snapshot (UTC)", format="%-d %b %Y %H:%M"),
        alt.Tooltip("words:N", title=INDEX_TITLE),
        alt.Tooltip("code:N", title="Code"),
    ]
    return [
        base.mark_line(color=INK, strokeWidth=1.8),
        code_points(base, 64 if len(drawn) <= _FEW_SNAPSHOTS else 22).encode(tooltip=tooltip),
        *_without_index(drawn.loc[drawn["drawn"].isna(), ["as_of", "code"]].assign(foot=0.02 * top)),
        *_beyond_the_top(drawn.loc[drawn["beyond"], ["as_of", "drawn", "words"]]),
        *_last_value(drawn[drawn["drawn"].notna()].tail(1)),
    ]


def date_axis(times: "pd.Series[pd.Timestamp]", ticks: int, *, title: str = "Snapshot (UTC)") -> alt.Axis:
    """Axis of ordered times, as fine as they lie apart; the year that the labels leave out is in the title.

    Parameters
    ----------
    times : Series
        Rising (UTC, without zone).
    ticks : int
        About how many.
    title : str, optional
        What the times are. Default "Snapshot (UTC)".
    """
    if times.empty:
        return alt.Axis(title=title)
    first, last = times.iloc[0], times.iloc[-1]
    days = (last - first).days
    if days >= _DAYS_FOR_MONTHS:
        return alt.Axis(title=title, format="%b %Y", tickCount=ticks, **_APART)
    written = "%-d %b" if days >= _DAYS_FOR_DATES else "%-d %b %H:%M"
    years = f"{first:%Y}" if first.year == last.year else f"{first:%Y} to {last:%Y}"
    return alt.Axis(title=f"{title}, {years}", format=written, tickCount=ticks, **_APART)


def _without_index(missing: pd.DataFrame) -> list[alt.Chart]:
    style = CODES["grey"]
    words = f"{style.glyph} {style.word} no index"
    side = alt.Chart(missing[["foot"]].head(1))
    text = side.mark_text(text=words, align="left", dx=10, fontWeight="bold", color=style.outline)
    return [
        code_points(alt.Chart(missing).encode(x=alt.X("as_of:T"), y=alt.Y("foot:Q")), 90),
        text.encode(x=at_x("width"), y=alt.Y("foot:Q")),
    ]


def _beyond_the_top(beyond: pd.DataFrame) -> list[alt.Chart]:
    base = alt.Chart(beyond).encode(x=alt.X("as_of:T"), y=alt.Y("drawn:Q"))
    arrows = base.mark_text(text="▲", dy=-10, fontSize=10, color=INK)
    return [arrows, *halo_text(base.encode(text=alt.Text("words:N")), align="left", dx=9, dy=9, fontWeight="bold")]


def _last_value(last: pd.DataFrame) -> list[alt.Chart]:
    within = last.loc[~last["beyond"], ["as_of", "drawn", "words"]]
    base = alt.Chart(within).encode(x=alt.X("as_of:T"), y=alt.Y("drawn:Q"), text=alt.Text("words:N"))
    return halo_text(base, align="left", dx=10, fontSize=14, fontWeight="bold")
