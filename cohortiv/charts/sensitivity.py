"""Figure of what the index would be, had a parameter been chosen differently."""

import altair as alt
import pandas as pd

from cohortiv.charts.index import INDEX_TITLE
from cohortiv.charts.marks import (
    DEFAULT_THRESHOLDS,
    Thresholds,
    clipped,
    code_bands,
    dashed,
    halo_text,
    index_top,
    overlaid,
    own_colour,
)
from cohortiv.charts.theme import SMALL_PX, WIDTH, select, styled
from cohortiv.palette import INK, MUTED, PAPER

_COLUMNS = 3
_GAP = 18
_AXIS_AND_WORDS = 108


def index_sensitivity(sensitivity: pd.DataFrame, *, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> alt.ConcatChart:
    """How far does the index depend on each parameter?

    Parameters
    ----------
    sensitivity : DataFrame
        One row per parameter and value: parameter, label, value (orders the labels), iv_index [%], is_default. An
        infinite index stands at the upper edge as "∞"; a missing one is left out.
    thresholds : tuple of float
        Where Yellow and Red begin [%].

    Returns
    -------
    alt.ConcatChart
        A small panel for each parameter on one scale, the default value filled, the thresholds as dashed rules.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(sensitivity, ["parameter", "label", "value", "iv_index", "is_default"])
    top = index_top([1.12 * value for value in frame["iv_index"]], thresholds)
    drawn = clipped(frame, 0.9 * top)
    names = list(dict.fromkeys(drawn["parameter"]))
    columns = min(len(names), _COLUMNS)
    width = (WIDTH - _AXIS_AND_WORDS - _GAP * (columns - 1)) / columns
    panels = [
        overlaid(
            *_panel_scale(top, thresholds, first=place % columns == 0),
            *_panel_dots(drawn[drawn["parameter"] == name]),
            *_panel_words(top, thresholds, last=place % columns == columns - 1 or place == len(names) - 1),
        ).properties(title=str(name), width=width, height=150)
        for place, name in enumerate(names)
    ]
    return styled(alt.ConcatChart(concat=panels, columns=columns, spacing=_GAP))


def _panel_scale(top: float, thresholds: Thresholds, *, first: bool) -> list[alt.Chart]:
    """Bands and rules; a blank axis title in the later columns keeps the panels' heads level."""
    axis = alt.Axis(title=INDEX_TITLE if first else " ", labels=first, values=[0, *thresholds, 100], grid=False)
    y = alt.Y("start:Q", scale=alt.Scale(domain=[0, top], nice=False), axis=axis)
    bands = alt.Chart(code_bands(top, thresholds)[["start", "end", "tint"]])
    edges = dashed(alt.Chart(pd.DataFrame({"start": thresholds}))).encode(y="start:Q")
    return [bands.mark_rect().encode(y=y, y2="end:Q", color=own_colour("tint")), edges]


def _panel_words(top: float, thresholds: Thresholds, *, last: bool) -> list[alt.Chart]:
    if not last:
        return []
    bands = alt.Chart(code_bands(top, thresholds)[["middle", "name", "ink"]])
    words = bands.mark_text(align="left", dx=8, fontWeight="bold")
    return [words.encode(x=alt.value("width"), y="middle:Q", text="name:N", color=own_colour("ink"))]


def _panel_dots(frame: pd.DataFrame) -> list[alt.Chart]:
    order = alt.EncodingSortField(field="value", op="min", order="ascending")
    axis = alt.Axis(title=None, labelAngle=0, labelLimit=64, ticks=False)
    base = alt.Chart(frame[["label", "value", "drawn", "words", "is_default"]]).encode(
        x=alt.X("label:N", sort=order, axis=axis), y="drawn:Q"
    )
    tooltip = [alt.Tooltip("label:N", title="Value"), alt.Tooltip("words:N", title=INDEX_TITLE)]
    fill = alt.condition("datum.is_default", alt.value(INK), alt.value(PAPER))
    return [
        base.mark_line(color=MUTED, strokeWidth=1.2).encode(order="value:Q"),
        base.mark_point(size=64, stroke=INK, strokeWidth=1.4, opacity=1).encode(fill=fill, tooltip=tooltip),
        *halo_text(base.encode(text="words:N"), dy=-13, fontSize=SMALL_PX),
    ]
