"""The figure of branching: where on the price's way forced orders feed themselves."""

import altair as alt
import pandas as pd

from cohortiv.charts.cascade import shades_of
from cohortiv.charts.marks import halo_text, overlaid
from cohortiv.charts.theme import DASH, FIT, SMALL_PX, WIDTH, is_narrow, select, styled
from cohortiv.palette import INK, MUTED

#: Ratio from which forced orders feed themselves [1].
SUSTAINED = 1.0

_HEIGHT_PX = 330
_MEASURE = "Dollars that a forced dollar forces, over the next 1 %"
_WORDS, _FEW_WORDS = "1: each forced dollar forces another", "1: each forces another"


def branching_path(branching: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """Where on its way does each forced dollar force another?

    Parameters
    ----------
    branching : DataFrame
        One row per line and place: name (of the line), move [positive fraction from the mark], branching_ratio [1],
        gamma_usd [USD per further 1 %]. Lines are drawn in the order of the frame, the darkest first.
    width : int
        Width of the whole [px]; a narrow one has fewer words.

    Returns
    -------
    alt.LayerChart
        Branching ratio over the move, a rule where it is 1, and a dot at the highest of each line.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(branching, ["name", "move", "branching_ratio", "gamma_usd"])
    names = list(dict.fromkeys(frame["name"]))
    legend = alt.Legend(title=None, columns=1, symbolType="stroke", symbolStrokeWidth=3, labelLimit=0, orient="bottom")
    colour = alt.Color("name:N", sort=None, scale=alt.Scale(domain=names, range=shades_of(len(names))), legend=legend)
    axis = alt.Axis(title="Move from the mark (%)", format=".0%", tickCount=6)
    measure = "Dollars forced by a forced dollar" if is_narrow(width) else _MEASURE
    ratio = alt.Axis(title=measure, tickCount=6)
    tooltip = [
        alt.Tooltip("name:N", title="Line"),
        alt.Tooltip("move:Q", title="Move", format=".1%"),
        alt.Tooltip("branching_ratio:Q", title="Branching ratio", format=".2f"),
        alt.Tooltip("gamma_usd:Q", title="Forced by a further 1 % (USD)", format=",.0f"),
    ]
    place = {"x": alt.X("move:Q", scale=alt.Scale(nice=False), axis=axis), "y": alt.Y("branching_ratio:Q", axis=ratio)}
    lines = alt.Chart(frame).mark_line(strokeWidth=2.2).encode(**place, color=colour, tooltip=tooltip)
    highest = frame.loc[frame.groupby("name", sort=False)["branching_ratio"].idxmax()]
    dots = alt.Chart(highest).mark_circle(size=70, opacity=1).encode(**place, color=colour, tooltip=tooltip)
    rule, *words = _rule(frame, narrow=is_narrow(width))
    layers = overlaid(rule, lines, dots, *words)
    return styled(layers.properties(width=width, height=_HEIGHT_PX, autosize=FIT))


def _rule(frame: pd.DataFrame, *, narrow: bool) -> list[alt.Chart]:
    """The line at 1, and its words at the far end, over a halo."""
    end = float(frame["move"].max()) if len(frame) else 1.0
    words = _FEW_WORDS if narrow else _WORDS
    ends = pd.DataFrame({"move": [0.0, end], "branching_ratio": SUSTAINED})
    x, y = alt.X("move:Q"), alt.Y("branching_ratio:Q")
    rule = alt.Chart(ends).mark_line(color=MUTED, strokeDash=DASH, strokeWidth=1.2).encode(x=x, y=y)
    base = alt.Chart(ends.tail(1).assign(words=words)).encode(x=x, y=y, text=alt.Text("words:N"))
    return [rule, *halo_text(base, align="right", baseline="bottom", dy=-4, fontSize=SMALL_PX, color=INK)]
