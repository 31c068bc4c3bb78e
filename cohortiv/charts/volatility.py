"""The figure of volatility beside the index: what would be critical, what was realised, and what others forecast."""

import altair as alt
import pandas as pd

from cohortiv.charts.index import date_axis
from cohortiv.charts.theme import FIT, WIDTH, is_narrow, select, styled, utc_naive
from cohortiv.charts.validation import DASHES, name_colour, stroke_legend

_HEIGHT_PX, _LINE_PX = 270, 16
#: Rows up to which each snapshot has a dot; more of them would hide the lines, and make the page large.
_FEW_ROWS = 150
#: Pixels beside the first and the last snapshot, as in the figure of the index, so that times stand below each other.
_PADDING_PX = 44


def volatility_history(volatility: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """How far was the market's volatility from the critical one?

    Parameters
    ----------
    volatility : DataFrame
        One row a snapshot and measure: as_of (UTC), name (of the measure, in words), volatility [1/sqrt(year)]. NaN
        leaves a gap. Lines are drawn in the order of the frame, at most five.
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        A line for each measure, in a shade and a pattern of its own; with its snapshots where they are few.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(volatility, ["as_of", "name", "volatility"], numbers=["volatility"])
    drawn = frame.assign(as_of=utc_naive(frame["as_of"]))
    names = list(dict.fromkeys(drawn["name"]))
    axis = date_axis(drawn["as_of"].sort_values(), 3 if is_narrow(width) else 6)
    x = alt.X("as_of:T", axis=axis, scale=alt.Scale(padding=_PADDING_PX))
    y = alt.Y("volatility:Q", axis=alt.Axis(title="Annualised volatility (%)", format=".0%", tickCount=4))
    tooltip = [
        alt.Tooltip("as_of:T", title="Snapshot (UTC)", format="%-d %b %Y %H:%M"),
        alt.Tooltip("name:N", title="Volatility"),
        alt.Tooltip("volatility:Q", title="Annualised", format=".1%"),
    ]
    base = alt.Chart(drawn).encode(x=x, y=y)
    patterns = alt.Scale(domain=names, range=list(DASHES))
    lines = base.mark_line(strokeWidth=1.8).encode(
        color=name_colour(names),
        strokeDash=alt.StrokeDash("name:N", sort=None, scale=patterns, legend=stroke_legend()),
    )
    dots = base.mark_circle(size=18, opacity=1).encode(color=name_colour(names), tooltip=tooltip)
    height = _HEIGHT_PX + _LINE_PX * len(names)
    layers = [lines, dots] if len(drawn) <= _FEW_ROWS else [lines]
    return styled(alt.LayerChart(layer=layers).properties(width=width, height=height, autosize=FIT))
