"""Layers that several charts share: code bands, dashed rules with their words, text that stays legible on lines."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import altair as alt
import pandas as pd

from cohortiv.charts.theme import DASH
from cohortiv.early_warning import Thresholds
from cohortiv.palette import CODES, INK, MUTED, PAPER, SIDES
from cohortiv.quantities import points

DEFAULT_THRESHOLDS = Thresholds()

_TOPS = (100.0, 120.0, 150.0, 200.0, 250.0, 300.0)
_INFINITE = float("inf")


def index_top(values: Iterable[float], thresholds: Thresholds) -> float:
    """Upper end of an index axis: the first round number that holds the values, between 100 and 300.

    Parameters
    ----------
    values : iterable of float
        Index values [%]; infinite and missing ones are passed over.
    thresholds : Thresholds
        Where Yellow and Red begin [%]; the axis always reaches past Red.

    Returns
    -------
    float
        End of the axis [%]. What lies beyond is drawn at the edge with an arrow.
    """
    needed = max([1.06 * value for value in values if abs(value) < _INFINITE], default=0.0)
    floor = 1.3 * thresholds.red
    return next((top for top in _TOPS if top >= max(needed, floor)), max(_TOPS[-1], floor))


def clipped(frame: pd.DataFrame, top: float) -> pd.DataFrame:
    """The frame made ready for an axis that ends at `top`: infinite and higher values stand at the edge.

    Parameters
    ----------
    frame : DataFrame
        With a column iv_index [%].
    top : float
        End of the axis [%].

    Returns
    -------
    DataFrame
        iv_index gives way to drawn (at most `top`, NaN stays), beyond (bool) and words (the true value, "" for NaN).
    """
    index = frame["iv_index"].astype(float)
    words = ["" if pd.isna(value) else points(value) for value in index]
    return frame.assign(drawn=index.clip(upper=top), beyond=index > top, words=words).drop(columns="iv_index")


def code_bands(top: float, thresholds: Thresholds) -> pd.DataFrame:
    """The three code bands as rows.

    Parameters
    ----------
    top : float
        End of the axis [%].
    thresholds : Thresholds
        Where Yellow and Red begin [%].

    Returns
    -------
    DataFrame
        start, end, middle [%], glyph ("●"), word ("Green"), name ("● Green"), words ("● Green below 30"), tint and ink
        (colours).
    """
    yellow, red = thresholds.edges
    bands = [
        ("green", 0.0, yellow, f"below {yellow:g}"),
        ("yellow", yellow, red, f"{yellow:g} to {red:g}"),
        ("red", red, top, f"above {red:g}"),
    ]
    rows = [
        {
            "start": start,
            "end": end,
            "middle": (start + end) / 2,
            "glyph": CODES[code].glyph,
            "word": CODES[code].word,
            "name": f"{CODES[code].glyph} {CODES[code].word}",
            "words": f"{CODES[code].glyph} {CODES[code].word} {reach}",
            "tint": CODES[code].tint,
            "ink": CODES[code].outline,
        }
        for code, start, end, reach in bands
    ]
    return pd.DataFrame(rows)


def overlaid(*layers: alt.Chart) -> alt.LayerChart:
    """The layers on one plot, the first at the bottom."""
    return alt.LayerChart(layer=list(layers))


def at_x(pixel: float | Literal["width"]) -> alt.XValue:
    """Horizontal place in the plot [px]; Altair's own class, which costs a tenth of what `alt.value` does."""
    return alt.XValue(pixel)  # type: ignore[no-untyped-call]


def at_y(pixel: float | Literal["height"]) -> alt.YValue:
    """Vertical place in the plot [px], downwards."""
    return alt.YValue(pixel)  # type: ignore[no-untyped-call]


def to_y(pixel: float | Literal["height"]) -> alt.Y2Value:
    """Vertical end in the plot [px], downwards."""
    return alt.Y2Value(pixel)  # type: ignore[no-untyped-call]


def own_colour(column: str) -> alt.Color:
    """Colour read from a column as it is."""
    return alt.Color(f"{column}:N", scale=None, legend=None)


def sides_drawn(sides: Iterable[str]) -> list[str]:
    """Long and short, and after them whatever else the cells of the frame were merged to."""
    return list(dict.fromkeys([*SIDES, *sides]))


def side_colour(sides: Iterable[str], *, legend_offset: float) -> alt.Color:
    """Colour of long and short positions, the same in every chart; cells merged over both are grey.

    Parameters
    ----------
    sides : iterable of str
        Column side of the frame.
    legend_offset : float
        Distance of the legend above the plot [px].

    Returns
    -------
    altair channel
        Encoding of the column side.
    """
    domain = sides_drawn(sides)
    words = "datum.label == 'long' ? 'Long positions' : datum.label == 'short' ? 'Short positions' : 'Both together'"
    scale = alt.Scale(domain=domain, range=[SIDES.get(side, MUTED) for side in domain])
    return alt.Color("side:N", scale=scale, legend=alt.Legend(title=None, labelExpr=words, offset=legend_offset))


def code_points(base: alt.Chart, size: float) -> alt.Chart:
    """Marks shaped, filled and outlined by the column `code`."""
    styles = list(CODES.values())
    points: alt.Chart = base.mark_point(size=size, strokeWidth=1.3, opacity=1).encode(
        shape=alt.Shape("code:N", scale=_code_scale([style.shape for style in styles]), legend=None),
        fill=alt.Fill("code:N", scale=_code_scale([style.fill for style in styles]), legend=None),
        stroke=alt.Stroke("code:N", scale=_code_scale([style.outline for style in styles]), legend=None),
    )
    return points


def _code_scale(looks: Sequence[str]) -> alt.Scale:
    return alt.Scale(domain=list(CODES), range=list(looks))


def halo_text(base: alt.Chart, **mark: Any) -> list[alt.Chart]:  # noqa: ANN401
    """Text with a paper-coloured edge, so that lines and bars behind it do not cross the letters.

    Parameters
    ----------
    base : alt.Chart
        Chart with its data and its position and text encodings.
    **mark
        Properties of the text mark.

    Returns
    -------
    list of alt.Chart
        Two layers, the edge first.
    """
    edge = {**mark, "color": PAPER, "stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round"}
    return [base.mark_text(**edge), base.mark_text(**{"color": INK, **mark})]


def dashed(base: alt.Chart) -> alt.Chart:
    """Dashed rules across the plot."""
    rules: alt.Chart = base.mark_rule(color=INK, strokeWidth=1.1, strokeDash=DASH)
    return rules
