"""Figure of what the index would be, had a parameter been chosen differently."""

import altair as alt
import pandas as pd

from cohortiv.charts.index import INDEX_TITLE
from cohortiv.charts.marks import (
    DEFAULT_THRESHOLDS,
    at_x,
    clipped,
    code_bands,
    dashed,
    halo_text,
    index_top,
    overlaid,
    own_colour,
)
from cohortiv.charts.theme import SMALL_PX, WIDTH, is_narrow, select, styled
from cohortiv.early_warning import Thresholds
from cohortiv.palette import INK, MUTED, PAPER

_COLUMNS = 3
_PANEL_PX = 140
_GAP = 10
_MARGINS = 46
_WORD = 42
_TWO_LINES = "indexof(datum.label, '%') < 0 ? split(datum.label, ' ') : datum.label"


def index_sensitivity(
    sensitivity: pd.DataFrame, *, thresholds: Thresholds = DEFAULT_THRESHOLDS, width: int = WIDTH
) -> alt.FacetChart:
    """How far does the index depend on each parameter?

    Parameters
    ----------
    sensitivity : DataFrame
        One row per parameter and value: parameter, label, value (orders the labels), iv_index [%], is_default. An
        infinite index stands near the upper edge as "infinite"; a missing one is left out.
    thresholds : Thresholds
        Where Yellow and Red begin [%].
    width : int
        Width of the whole [px]; a narrow one has a panel a row.

    Returns
    -------
    alt.FacetChart
        A small panel for each parameter on one scale, the default value filled, the thresholds as dashed rules.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(sensitivity, ["parameter", "label", "value", "iv_index", "is_default"])
    top = index_top([1.12 * value for value in frame["iv_index"]], thresholds)
    drawn = clipped(frame, 0.9 * top).drop(columns="beyond")
    dots = drawn.assign(fill=[INK if default else PAPER for default in drawn.pop("is_default")])
    names = list(dict.fromkeys(dots["parameter"]))
    columns = max(1, min(len(names), 1 if is_narrow(width) else _COLUMNS))
    panel_width = (width - _MARGINS - _GAP * (columns - 1)) / columns - _WORD
    panel = overlaid(*_panel_scale(top, thresholds), *_panel_dots())
    chart = alt.FacetChart(
        data=dots,
        spec=panel.properties(width=panel_width, height=_PANEL_PX),
        facet=alt.Facet("parameter:N", sort=names, title=None, header=alt.Header(labelPadding=22)),
        columns=columns,
        spacing={"row": 24, "column": _GAP},
        resolve=alt.Resolve(scale={"x": "independent"}),
    )
    return styled(chart)


def _panel_scale(top: float, thresholds: Thresholds) -> list[alt.Chart]:
    """Bands, rules and their words, the same in every panel."""
    axis = alt.Axis(title=INDEX_TITLE, values=[0, *thresholds.edges, 100], grid=False)
    y = alt.Y("start:Q", scale=alt.Scale(domain=[0, top], nice=False), axis=axis)
    bands = alt.Chart(code_bands(top, thresholds)[["start", "end", "middle", "word", "tint", "ink"]])
    edges = dashed(alt.Chart(pd.DataFrame({"start": thresholds.edges}))).encode(y=alt.Y("start:Q"))
    words = bands.mark_text(align="left", dx=5, fontSize=SMALL_PX, fontWeight="bold").encode(
        x=at_x("width"), y=alt.Y("middle:Q"), text=alt.Text("word:N"), color=own_colour("ink")
    )
    return [bands.mark_rect().encode(y=y, y2=alt.Y2("end"), color=own_colour("tint")), edges, words]


def _panel_dots() -> list[alt.Chart]:
    order = alt.EncodingSortField(field="value", op="min", order="ascending")
    axis = alt.Axis(title=None, labelAngle=0, labelLimit=64, ticks=False, labelExpr=_TWO_LINES)
    base = alt.Chart().encode(x=alt.X("label:N", sort=order, axis=axis), y=alt.Y("drawn:Q"))
    tooltip = [alt.Tooltip("label:N", title="Value"), alt.Tooltip("words:N", title=INDEX_TITLE)]
    dots = base.mark_point(size=64, stroke=INK, strokeWidth=1.4, opacity=1)
    return [
        base.mark_line(color=MUTED, strokeWidth=1.2).encode(order=alt.Order("value:Q")),
        dots.encode(fill=alt.Fill("fill:N", scale=None, legend=None), tooltip=tooltip),
        *halo_text(base.encode(text=alt.Text("words:N")), dy=-13, fontSize=SMALL_PX),
    ]
