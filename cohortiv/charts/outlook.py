"""Figures of a coming date: tiers with their bands, and fans over time."""

from collections.abc import Callable

import altair as alt
import pandas as pd

from cohortiv.charts.index import INDEX_TITLE
from cohortiv.charts.marks import (
    DEFAULT_THRESHOLDS,
    at_x,
    code_bands,
    dashed,
    halo_text,
    index_top,
    overlaid,
    own_colour,
)
from cohortiv.charts.theme import FIT, WIDTH, is_narrow, select, styled, utc_naive
from cohortiv.early_warning import Thresholds
from cohortiv.palette import ACCENT, INK
from cohortiv.quantities import points

#: Bands of 90 % and of 50 %, and what is known, the same in every figure.
OUTER, INNER = "#C9D6E4", "#8FAAC6"
FAN_COLUMNS = ("as_of", "low", "lower", "median", "upper", "high")

_ROW_PX = 26
_MARGINS_PX = 86
_FAN_PX, _NARROW_FAN_PX = 300, 270
#: What stands above a plot keeps clear of the title of its axis.
_LEGEND_PX = 24
#: Room for words before and behind the lines of a fan, as parts of the time that they span.
_ROOM, _NARROW_ROOM = (0.13, 0.06), (0.30, 0.16)
_TIER_NUMBERS = ("now", "low", "median", "high")
_LEGEND_WORDS = ("Today", "Median of the draws", "5 to 95 % of the draws")
#: What a legend draws for them: a ring, a line across the band, and the band.
_SYMBOLS = alt.ExprRef(
    f"datum.label == '{_LEGEND_WORDS[0]}' ? 'M0,-0.5A0.5,0.5,0,1,0,0,0.5A0.5,0.5,0,1,0,0,-0.5M0,-0.28"
    f"A0.28,0.28,0,1,1,0,0.28A0.28,0.28,0,1,1,0,-0.28' : datum.label == '{_LEGEND_WORDS[1]}' ? "
    "'M-0.12,-0.6L0.12,-0.6L0.12,0.6L-0.12,0.6Z' : 'square'"
)


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
    columns = 1 if is_narrow(width) else 0
    legend = alt.Legend(title=None, labelLimit=0, columns=columns, symbolType=_SYMBOLS, offset=_LEGEND_PX)

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
    ends = future.assign(**future[list(FAN_COLUMNS[1:])].clip(upper=top))
    drawn = _fan_layers(past.assign(value=past["value"].clip(upper=top)), ends, words=points, coded=coded, width=width)
    behind = _codes_behind(top, thresholds, coded=coded)
    height = _NARROW_FAN_PX if is_narrow(width) else _FAN_PX
    return styled(overlaid(*behind, *drawn).properties(width=width, height=height, autosize=FIT))


def _codes_behind(top: float, thresholds: Thresholds, *, coded: bool) -> list[alt.Chart]:
    """The bands of the codes from 0 to the top of the axis, or the bare axis."""
    bands = alt.Chart(code_bands(top, thresholds)[["start", "end", "middle", "tint", "ink", "name"]])
    scale = alt.Scale(domain=[0, top], nice=False)
    y = alt.Y("start:Q", scale=scale, axis=alt.Axis(title=INDEX_TITLE, grid=False, tickCount=5))
    words = bands.mark_text(align="left", dx=6, fontWeight="bold").encode(
        x=at_x(0), y=alt.Y("middle:Q"), text=alt.Text("name:N"), color=own_colour("ink")
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
    past: pd.DataFrame, future: pd.DataFrame, *, words: Callable[[float], str], coded: bool = False, width: int
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
        alt.Chart(_margins(known, coming, coded=coded, width=width)).mark_point(opacity=0).encode(x=x),
        base.mark_area(color=OUTER, opacity=0.75).encode(x=x, y=alt.Y("low:Q"), y2=alt.Y2("high")),
        base.mark_area(color=INNER, opacity=0.8).encode(x=x, y=alt.Y("lower:Q"), y2=alt.Y2("upper")),
        base.mark_line(color=ACCENT, strokeWidth=2, strokeDash=[6, 3]).encode(x=x, y=alt.Y("median:Q")),
        alt.Chart(known).mark_line(color=INK, strokeWidth=1.8).encode(x=x, y=alt.Y("value:Q")),
        alt.Chart(known).mark_circle(color=INK, size=26, opacity=1).encode(x=x, y=alt.Y("value:Q"), tooltip=tooltip),
        *halo_text(
            alt.Chart(last[["as_of", "median", "words"]]).encode(
                x=alt.X("as_of:T"), y=alt.Y("median:Q"), text=alt.Text("words:N")
            ),
            align="left", dx=5, fontSize=14, fontWeight="bold",
        ),
    ]  # fmt: skip


def _margins(known: pd.DataFrame, coming: pd.DataFrame, *, coded: bool, width: int) -> pd.DataFrame:
    """Dates that keep room beside the lines: for the names of the codes before them, for the last median behind."""
    dates = pd.concat([known["as_of"], coming["as_of"]])
    if dates.empty:
        return pd.DataFrame({"as_of": dates})
    before, behind = _NARROW_ROOM if is_narrow(width) else _ROOM
    reach = dates.max() - dates.min()
    first = dates.min() - (before if coded else 0.0) * reach
    return pd.DataFrame({"as_of": [first, dates.max() + behind * reach]})
