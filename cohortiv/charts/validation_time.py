"""Figures of a test over time: the index against what followed, when the code changed, and sentiment by day."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from cohortiv.charts.index import INDEX_TITLE, date_axis
from cohortiv.charts.marks import (
    DEFAULT_THRESHOLDS,
    at_x,
    at_y,
    clipped,
    code_bands,
    dashed,
    halo_text,
    index_top,
    overlaid,
)
from cohortiv.charts.marks import own_colour as own
from cohortiv.charts.theme import SMALL_PX, USD_LABEL, WIDTH, is_narrow, select, styled, utc_naive
from cohortiv.early_warning import Thresholds
from cohortiv.palette import ACCENT, CODES, INK, MUTED

_AXIS_PX, _SIDE_PX, _NARROW_SIDE_PX = 46, 118, 66
_INDEX_PX, _OUTCOME_PX, _SENTIMENT_PX = 210, 130, 200
_ROW_PX, _BAR_PX = 26, 14
_GAP_PX = 18


def index_and_outcome(
    history: pd.DataFrame,
    outcome: pd.DataFrame,
    events: pd.DataFrame,
    *,
    unit_title: str,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
    width: int = WIDTH,
) -> alt.VConcatChart:
    """Did the index rise before much was liquidated?

    Parameters
    ----------
    history : DataFrame
        One row a snapshot, oldest first: time (UTC), iv_index [%]; NaN leaves a gap, infinity stands at the edge.
    outcome : DataFrame
        One row a time: time, value (of what followed), threshold (of an event), in one unit; is_event. NaN leaves a
        gap: it is not covered.
    events : DataFrame
        Dated events that lie in the span: time, label (their number in the table).
    unit_title : str
        Of the outcome's axis, with its unit.
    thresholds : Thresholds
        Where Yellow and Red begin [%].
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.VConcatChart
        Two panels on one time axis, index above and outcome below, with a rule for each dated event.

    Raises
    ------
    ValueError
        If a column is missing, or there is no snapshot.
    """
    above = _timed(history, ["time", "iv_index"])
    below = _timed(outcome, ["time", "value", "threshold", "is_event"])
    dated = _timed(events, ["time", "label"])
    if above.empty:
        raise ValueError("got a history without snapshots; at least one is drawn. Leave the figure out.")
    narrow = is_narrow(width)
    plot_px = width - _AXIS_PX - (_NARROW_SIDE_PX if narrow else _SIDE_PX)
    times = pd.concat([above["time"], below["time"]]).sort_values()
    ends = [times.iloc[0], times.iloc[-1]]
    top = index_top(above["iv_index"], thresholds)
    panels = [
        overlaid(*layers, *_rules(dated, labelled=height == _INDEX_PX)).properties(width=plot_px, height=height)
        for layers, height in (
            (_index_layers(above, top, thresholds, ends=ends, narrow=narrow), _INDEX_PX),
            (_outcome_layers(below, times, ends=ends, title=unit_title, narrow=narrow), _OUTCOME_PX),
        )
    ]
    return styled(alt.VConcatChart(vconcat=panels, spacing=_GAP_PX))


def code_timeline(runs: pd.DataFrame, *, width: int = WIDTH) -> alt.VConcatChart:
    """When did the code change, and how long did it stand?

    Parameters
    ----------
    runs : DataFrame
        One row an unbroken run of a code: series (in words), code, first, last (UTC), snapshots.
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.VConcatChart
        A panel a series with a row for each code, which says its shape and word; a run is a bar in its row.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(runs, ["series", "code", "first", "last", "snapshots"])
    frame = frame.assign(first=utc_naive(frame["first"]), last=utc_naive(frame["last"]))
    looks = {code: f"{style.glyph} {style.word}" for code, style in CODES.items()}
    drawn = frame.assign(
        name=frame["code"].map(looks),
        fill=[CODES[code].fill for code in frame["code"]],
        edge=[CODES[code].outline for code in frame["code"]],
    ).drop(columns="code")
    rows = [looks[code] for code in ("red", "yellow", "green", "grey")]
    panels = [
        _runs(drawn[drawn["series"] == name].drop(columns="series"), rows, title=str(name), width=width)
        for name in dict.fromkeys(drawn["series"])
    ]
    return styled(alt.VConcatChart(vconcat=panels, spacing=_GAP_PX))


def sentiment_by_day(daily: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """How did the mood of texts go?

    Parameters
    ----------
    daily : DataFrame
        One row a day: time (UTC, the midnight that ends it), mean (from -1, bad, to 1, good); NaN leaves a gap.
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        Line with a dashed rule at 0.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = _timed(daily, ["time", "mean"])
    axis = date_axis(frame["time"], 3 if is_narrow(width) else 6, title="Day (UTC)")
    y = alt.Y("mean:Q", axis=alt.Axis(title="Mean sentiment (−1 bad to 1 good)", tickCount=5))
    rule = dashed(alt.Chart(pd.DataFrame({"mean": [0.0]}))).encode(y=y)
    line = alt.Chart(frame).mark_line(color=ACCENT, strokeWidth=1.4).encode(x=alt.X("time:T", axis=axis), y=y)
    return styled(overlaid(rule, line).properties(width=width - _AXIS_PX, height=_SENTIMENT_PX))


def _timed(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The columns with times that no browser shifts, oldest first."""
    drawn = select(frame, list(names))
    return drawn.assign(time=utc_naive(drawn["time"])).sort_values("time", ignore_index=True)


def _index_layers(
    history: pd.DataFrame, top: float, thresholds: Thresholds, *, ends: list[pd.Timestamp], narrow: bool
) -> list[alt.Chart]:
    said = "name" if narrow else "words"
    bands = alt.Chart(code_bands(top, thresholds)[["start", "end", "middle", "tint", "ink", said]])
    axis = alt.Axis(title=INDEX_TITLE, grid=False, tickCount=5)
    y = alt.Y("start:Q", scale=alt.Scale(domain=[0, top], nice=False), axis=axis)
    words = bands.mark_text(align="left", dx=8, fontWeight="bold", limit=150).encode(
        x=at_x("width"), y=alt.Y("middle:Q"), text=alt.Text(f"{said}:N"), color=own("ink")
    )
    x = alt.X("time:T", axis=alt.Axis(title=None, labels=False, ticks=False), scale=_span(ends))
    drawn = clipped(history, top)[["time", "drawn"]]
    return [
        bands.mark_rect().encode(y=y, y2=alt.Y2("end"), color=own("tint")),
        dashed(alt.Chart(pd.DataFrame({"start": thresholds.edges}))).encode(y=alt.Y("start:Q")),
        words,
        alt.Chart(drawn).mark_line(color=INK, strokeWidth=1.3).encode(x=x, y=alt.Y("drawn:Q")),
    ]


def _outcome_layers(
    outcome: pd.DataFrame, times: "pd.Series[pd.Timestamp]", *, ends: list[pd.Timestamp], title: str, narrow: bool
) -> list[alt.Chart]:
    x = alt.X("time:T", axis=date_axis(times, 3 if narrow else 6, title="Time (UTC)"), scale=_span(ends))
    share = "%" in title
    axis = alt.Axis(title=title, tickCount=4, format=".0%") if share else alt.Axis(title=title, labelExpr=USD_LABEL)
    y = alt.Y("value:Q", axis=axis)
    base = alt.Chart(outcome[["time", "value"]])
    hits = alt.Chart(outcome.loc[outcome["is_event"].fillna(value=False).astype(bool), ["time", "value"]])
    limit = alt.Chart(outcome[["time", "threshold"]])
    return [
        base.mark_line(color=ACCENT, strokeWidth=1.2).encode(x=x, y=y),
        limit.mark_line(color=INK, strokeWidth=1.1, strokeDash=[5, 3]).encode(x=x, y=alt.Y("threshold:Q")),
        hits.mark_point(color=ACCENT, size=16, filled=True, opacity=1).encode(x=x, y=y),
    ]


def _rules(events: pd.DataFrame, *, labelled: bool = False) -> list[alt.Chart]:
    """A dotted rule for each dated event, with its number beside it at the top of the upper panel."""
    base = alt.Chart(events[["time", "label"]] if labelled else events[["time"]])
    rules = base.mark_rule(color=MUTED, strokeWidth=1.1, strokeDash=[2, 2]).encode(x=alt.X("time:T"))
    words = halo_text(
        base.encode(x=alt.X("time:T"), y=at_y(4), text=alt.Text("label:N")),
        baseline="top", align="left", dx=3, fontWeight="bold", fontSize=SMALL_PX,
    )  # fmt: skip
    return [rules, *words] if labelled else [rules]


def _span(ends: list[pd.Timestamp]) -> alt.Scale:
    """One time axis for all panels."""
    parts = [
        alt.DateTime(year=end.year, month=end.month, date=end.day, hours=end.hour, minutes=end.minute) for end in ends
    ]
    return alt.Scale(domain=parts, nice=False)


def _runs(drawn: pd.DataFrame, rows: list[str], *, title: str, width: int) -> alt.Chart:
    held = [name for name in rows if name in set(drawn["name"])]
    axis = date_axis(
        pd.concat([drawn["first"], drawn["last"]]).sort_values(), 3 if is_narrow(width) else 6, title="Time (UTC)"
    )
    bars: alt.Chart = alt.Chart(drawn).mark_bar(height=_BAR_PX, strokeWidth=1).encode(
        x=alt.X("first:T", axis=axis), x2=alt.X2("last"),
        y=alt.Y("name:N", sort=held, scale=alt.Scale(domain=held), axis=alt.Axis(title=None, ticks=False)),
        fill=alt.Fill("fill:N", scale=None, legend=None), stroke=alt.Stroke("edge:N", scale=None, legend=None),
        tooltip=[
            alt.Tooltip("name:N", title="Code"),
            alt.Tooltip("first:T", title="First snapshot (UTC)", format="%-d %b %Y %H:%M"),
            alt.Tooltip("last:T", title="Last snapshot (UTC)", format="%-d %b %Y %H:%M"),
            alt.Tooltip("snapshots:Q", title="Snapshots"),
        ],
    )  # fmt: skip
    side = _NARROW_SIDE_PX if is_narrow(width) else _SIDE_PX
    placed: alt.Chart = bars.properties(
        width=width - side, height=_ROW_PX * len(held), title=alt.TitleParams(title, anchor="start")
    )
    return placed
