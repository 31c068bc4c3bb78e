"""The house style of a chart: its two widths, fonts and axes.

Nothing here touches Altair's global state; a chart gets the style by passing through `styled`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import altair as alt
import pandas as pd
from altair.utils.schemapi import debug_mode

from cohortiv.display import Displayed
from cohortiv.palette import INK, MUTED, PAPER, RULE

#: Width of a chart on a desk's screen and on paper [px].
WIDTH = 720
#: Width of a chart on a phone [px].
NARROW = 340
FONT = "Helvetica Neue, Helvetica, Arial, Liberation Sans, sans-serif"
TEXT_PX = 12
SMALL_PX = 11
DASH = [5, 3]

FIT = alt.AutoSizeParams(type="fit", contains="padding")

#: A signed move on an axis; nothing has no sign.
MOVE_LABEL = "datum.value == 0 ? '0\u00a0%' : format(datum.value, '+.0%')"
USD_LABEL = (
    "replace(replace(replace(replace(format(datum.value, '.3~s'), 'T', '\u00a0tn'), 'G', '\u00a0bn'), "
    "'M', '\u00a0m'), 'k', '\u00a0k')"
)

_NUMBER_LOCALE = {
    "decimal": ".",
    "thousands": ",",
    "grouping": [3],
    "currency": ["$", ""],
    "percent": "\u00a0%",
    "minus": "−",
}

_WORDS = {"labelFont": FONT, "titleFont": FONT, "labelFontSize": TEXT_PX, "titleFontSize": TEXT_PX}
_AXIS = {
    **_WORDS,
    "labelColor": INK,
    "titleColor": MUTED,
    "titleFontWeight": "normal",
    "gridColor": RULE,
    "gridOpacity": 0.7,
    "domainColor": MUTED,
    "tickColor": MUTED,
    "labelPadding": 4,
    "titlePadding": 8,
}
_UPRIGHT = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "start", "titleBaseline": "bottom"}
_LEGEND = {**_WORDS, "labelColor": INK, "orient": "top", "symbolType": "square", "symbolSize": 130}
_HEADER = {"labelFont": FONT, "labelFontSize": TEXT_PX + 1, "labelFontWeight": "bold", "labelColor": INK}

AnyChart = TypeVar("AnyChart", alt.Chart, alt.LayerChart, alt.VConcatChart, alt.ConcatChart, alt.FacetChart)

_NARROW_BELOW = 520


@dataclass(frozen=True)
class Renditions(Displayed):
    """One figure drawn twice, from the same frame.

    Attributes
    ----------
    wide : altair chart
        For a desk's screen and for paper, `WIDTH` wide.
    narrow : altair chart
        For a phone, `NARROW` wide: letters of the same size, fewer words.
    """

    wide: alt.TopLevelMixin
    narrow: alt.TopLevelMixin


def renditions(draw: Callable[..., alt.TopLevelMixin], *frames: pd.DataFrame, **options: object) -> Renditions:
    """Draw a figure in both widths.

    Parameters
    ----------
    draw : callable
        A function of this package that takes a width.
    *frames, **options
        Its other arguments.

    Returns
    -------
    Renditions
        Both charts.

    Notes
    -----
    Altair would hold every part of a chart against its schema as it is made; the page holds the whole against it.
    """
    with debug_mode(False):
        return Renditions(draw(*frames, width=WIDTH, **options), draw(*frames, width=NARROW, **options))


def is_narrow(width: int) -> bool:
    """Whether a chart of this width [px] has room for few words only."""
    return width < _NARROW_BELOW


def styled(chart: AnyChart) -> AnyChart:
    """The chart with the house style in its own configuration.

    Parameters
    ----------
    chart : altair chart
        Any finished top-level chart.

    Returns
    -------
    altair chart
        A copy with fonts, axes, legend and number format set; the argument is not changed.
    """
    new: AnyChart = chart.configure(**_config())
    return new


def _config() -> dict[str, Any]:
    return {
        "background": PAPER,
        "font": FONT,
        "padding": 6,
        "locale": {"number": _NUMBER_LOCALE},
        "view": {"stroke": None, "continuousWidth": WIDTH, "discreteWidth": WIDTH},
        "axis": _AXIS,
        "axisX": {"grid": False, "zindex": 1},
        "axisY": {**_UPRIGHT, "titleX": 0, "titleY": -8, "domain": False, "ticks": False},
        "legend": {**_LEGEND, "symbolStrokeWidth": 0},
        "text": {"font": FONT, "fontSize": TEXT_PX, "color": INK},
        "header": {**_HEADER, "labelAnchor": "start", "labelPadding": 6, "titleFont": FONT},
    }


def select(frame: pd.DataFrame, names: Sequence[str], *, numbers: Sequence[str] = ()) -> pd.DataFrame:
    """Only the named columns of the frame, so that nothing else is embedded in the chart.

    Parameters
    ----------
    frame : DataFrame
        Tidy frame with at least the named columns.
    names : sequence of str
        Columns that the chart draws.
    numbers : sequence of str, optional
        Those of them to read as numbers: without rows nothing else says what they hold.

    Returns
    -------
    DataFrame
        A copy with the named columns in that order; empty input gives an empty frame.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise ValueError(
            f"Got a frame without {missing}; the chart draws {list(names)}. Pass the frame that publication makes."
        )
    return frame.loc[:, list(names)].reset_index(drop=True).astype(dict.fromkeys(numbers, float))


def utc_naive(times: pd.Series) -> pd.Series:
    """Times as datetime64 in UTC without a zone, so that no browser shifts them by its own.

    Parameters
    ----------
    times : Series
        Dates, strings or timestamps, with or without a zone; NaT stays NaT.

    Returns
    -------
    Series of datetime64
        The same instants in UTC.
    """
    return pd.to_datetime(times, utc=True).dt.tz_localize(None)
