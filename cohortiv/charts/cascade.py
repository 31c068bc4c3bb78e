"""Figures of a cascade: what shocks become, at which depth, what they close, and how ladders differ."""

import altair as alt
import pandas as pd

from cohortiv.charts.liquidation import per_point
from cohortiv.charts.marks import overlaid, side_colour
from cohortiv.charts.theme import DASH, FIT, MOVE_LABEL, SMALL_PX, USD_LABEL, WIDTH, is_narrow, select, styled
from cohortiv.palette import INK, MUTED, PAPER
from cohortiv.published_cascade import FARTHEST_DRAWN
from cohortiv.quantities import percent

#: Shades of an ordered quantity, the least first: cividis, without its palest end.
SHADES = ("#00204D", "#3B496C", "#6C6E72", "#9B9376", "#C8B866")
#: Titles of the panels of a direction.
DIRECTIONS = {"down": "The price falls", "up": "The price rises"}
#: What a cliff's mark needs besides its direction.
CLIFF_COLUMNS = ("name", "shock", "settled_move", "total_move")
NO_CLIFFS = pd.DataFrame(columns=["direction", *CLIFF_COLUMNS])

_PANEL_PX = 250
_AXIS_PX, _CURVE_AXIS_PX = 66, 44
#: Axes, their titles and legends around a plot that is told its whole height.
_MAP_MARGINS_PX, _DAMAGE_MARGINS_PX = 72, 90
_GAP_PX = 24
_ROW_PX = 30
_LADDER_PX = 170
#: What stands above a plot keeps clear of the title of its axis.
_LEGEND_PX = 24
#: Steps between the shades of all lines together: two are three steps apart.
_APART = 6
#: Cells of the map above this part of its largest value are pale, and have dark letters [1].
_PALE = 0.55


def cascade_curves(curves: pd.DataFrame, cliffs: pd.DataFrame = NO_CLIFFS, *, width: int = WIDTH) -> alt.ConcatChart:
    """How far does the price go after an outside shock?

    Parameters
    ----------
    curves : DataFrame
        One row per direction ("down", "up"), line and shock: direction, name (of the line), shock, total_move [positive
        fractions]. Lines are drawn in the order of the frame, the darkest first; at most as many as `SHADES`.
    cliffs : DataFrame, optional
        One row per direction and line that has a cliff: direction, name, shock, settled_move (just before it),
        total_move (from it on) [positive fractions]. Default none.
    width : int
        Width of the whole [px]; in a narrow one the panels are below each other.

    Returns
    -------
    alt.ConcatChart
        A panel for each direction on one scale, up to 100 %: total move over shock, dashed where no order were forced.
        At a cliff the line jumps to a dot; the panel's title names the shocks of its cliffs.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = _within_drawing(select(curves, ["direction", "name", "shock", "total_move"]))
    steep = _within_drawing(select(cliffs, ["direction", *CLIFF_COLUMNS]))
    names = list(dict.fromkeys(frame["name"]))
    directions = [name for name in DIRECTIONS if name in set(frame["direction"])]
    columns = 1 if is_narrow(width) else max(1, len(directions))
    panel_px = (width - _GAP_PX * (columns - 1)) / columns - _CURVE_AXIS_PX
    top = float(frame[["shock", "total_move"]].to_numpy().max()) if len(frame) else 1.0
    panels = [
        _curve_panel(
            frame[frame["direction"] == name],
            names,
            steep.loc[steep["direction"] == name, list(CLIFF_COLUMNS)],
            top=top,
            title=DIRECTIONS[name],
            width=panel_px,
        )
        for name in directions
    ]
    return styled(alt.ConcatChart(concat=panels, columns=columns, spacing=_GAP_PX))


def _within_drawing(frame: pd.DataFrame) -> pd.DataFrame:
    moves = [name for name in ("settled_move", "total_move") if name in frame]
    return frame.assign(**frame[moves].clip(upper=FARTHEST_DRAWN))


def _curve_panel(
    frame: pd.DataFrame, names: list[str], cliffs: pd.DataFrame, *, top: float, title: str, width: float
) -> alt.LayerChart:
    end = float(frame["shock"].max())
    steep = cliffs[cliffs["shock"] <= end]
    shown = _with_jumps(frame.drop(columns="direction"), steep)
    shades = shades_of(len(names)) if len(names) > 1 else [INK]
    x_axis = alt.Axis(title="Outside shock (%)", format=".0%", tickCount=5)
    y_axis = alt.Axis(title="Total move (%)", format=".0%", tickCount=6)
    x = alt.X("shock:Q", scale=alt.Scale(domain=[0, end], nice=False), axis=x_axis)
    y = alt.Y("total_move:Q", scale=alt.Scale(domain=[0, top], nice=True), axis=y_axis)
    legend = alt.Legend(title=None, columns=1, symbolType="stroke", symbolStrokeWidth=3, labelLimit=0, orient="bottom")
    colour = alt.Color("name:N", sort=None, scale=alt.Scale(domain=names, range=shades), legend=legend)
    alone = alt.Chart(pd.DataFrame({"shock": [0.0, end], "total_move": [0.0, end]}))
    tooltip = [
        alt.Tooltip("name:N", title="Line"),
        alt.Tooltip("shock:Q", title="Outside shock", format=".1%"),
        alt.Tooltip("total_move:Q", title="Total move", format=".1%"),
    ]
    lines = (
        alt.Chart(shown)
        .mark_line(strokeWidth=2.2)
        .encode(x=x, y=y, color=colour, order=alt.Order("place:Q"), tooltip=tooltip)
    )
    rule = alone.mark_line(color=MUTED, strokeDash=DASH, strokeWidth=1.2).encode(x=x, y=y)
    dots = (
        alt.Chart(steep)
        .mark_circle(size=70, opacity=1)
        .encode(
            x=x,
            y=y,
            color=colour,
            tooltip=[
                tooltip[0],
                alt.Tooltip("shock:Q", title="Cliff at a shock of", format=".1%"),
                alt.Tooltip("settled_move:Q", title="Total move before", format=".1%"),
                alt.Tooltip("total_move:Q", title="Total move from there on", format=".1%"),
            ],
        )
    )
    layers = overlaid(rule, lines, *([dots] if len(steep) else []))
    heading = alt.TitleParams(title, subtitle=_cliffs_told(steep), anchor="start")
    return layers.properties(width=width, height=_PANEL_PX, title=heading)


def _with_jumps(curves: pd.DataFrame, cliffs: pd.DataFrame) -> pd.DataFrame:
    """Curves with the two ends of each jump, and the place of each row along its line."""
    ends = [cliffs.assign(total_move=cliffs[column])[["name", "shock", "total_move"]] for column in CLIFF_COLUMNS[2:]]
    rows = pd.concat([curves, *ends], ignore_index=True) if len(cliffs) else curves
    in_order = rows.sort_values("shock", kind="stable", ignore_index=True)
    return in_order.assign(place=in_order.index)


def _cliffs_told(cliffs: pd.DataFrame) -> list[str]:
    """Shocks of a panel's cliffs in words; none where it has none."""
    shocks = sorted({percent(at) for at in cliffs["shock"]}, key=lambda words: (len(words), words))
    if not shocks:
        return []
    return [f"{'Cliffs' if len(shocks) > 1 else 'Cliff'} at {', '.join(shocks)}"]


def shades_of(count: int) -> list[str]:
    """Shades of so many lines or bars, the darkest first, as far apart as there are few."""
    return list(SHADES[:: max(1, _APART // max(1, count))][:count])


def total_move_map(grid: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """How far does the price go, by shock and by depth?

    Parameters
    ----------
    grid : DataFrame
        One row per depth and shock: depth (its words, in the order of rows), shock, total_move [positive fractions].
    width : int
        Width of the whole [px]; a narrow one writes whole percent.

    Returns
    -------
    alt.LayerChart
        A cell for each pair with its total move in words; the paler, the farther.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(grid, ["depth", "shock", "total_move"])
    moves = frame["total_move"].astype(float)
    largest = float(moves.max()) if len(frame) else 0.0
    inks = [INK if move > _PALE * largest else PAPER for move in moves]
    drawn = frame.assign(
        label=[percent(shock, 0) for shock in frame["shock"]], words=[f"{100 * move:.0f}" for move in moves], ink=inks
    )
    depths = drawn["depth"].nunique()
    base = alt.Chart(drawn).encode(
        x=alt.X("label:N", sort=None, axis=alt.Axis(title="Outside shock", labelAngle=0, ticks=False)),
        y=alt.Y("depth:N", sort=None, axis=alt.Axis(title="Depth for 1 % of move", labelLimit=150)),
    )
    scale = alt.Scale(scheme="cividis", domain=[0, largest or 1.0])
    tooltip = [
        alt.Tooltip("depth:N", title="Depth for 1 %"),
        alt.Tooltip("shock:Q", title="Outside shock", format=".1%"),
        alt.Tooltip("total_move:Q", title="Total move", format=".1%"),
    ]
    cells = base.mark_rect(stroke=PAPER).encode(
        color=alt.Color("total_move:Q", scale=scale, legend=None), tooltip=tooltip
    )
    words = base.mark_text(fontSize=SMALL_PX).encode(
        text=alt.Text("words:N"), color=alt.Color("ink:N", scale=None, legend=None)
    )
    chart = alt.LayerChart(layer=[cells, words], resolve=alt.Resolve(scale={"color": "independent"}))
    sized: alt.LayerChart = chart.properties(
        width=width, height=_ROW_PX * max(1, depths) + _MAP_MARGINS_PX, autosize=FIT
    )
    return styled(sized)


def tier_damage(damage: pd.DataFrame, *, width: int = WIDTH) -> alt.LayerChart:
    """How much of each leverage tier does a move close?

    Parameters
    ----------
    damage : DataFrame
        One row per tier and state: tier, tier_floor [x], state (its name, in the order of bars), share [fraction of the
        tier's leveraged notional]. A missing share draws no bar.
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.LayerChart
        Bars by tier, states beside each other, each with its share in percent.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(damage, ["tier", "tier_floor", "state", "share"])
    states = list(dict.fromkeys(frame["state"]))
    words = ["" if pd.isna(share) else f"{100 * share:.0f}" for share in frame["share"]]
    sort = alt.EncodingSortField(field="tier_floor", op="min", order="ascending")
    base = alt.Chart(frame.assign(words=words)).encode(
        x=alt.X("tier:N", sort=sort, axis=alt.Axis(title="Leverage tier", labelAngle=0, ticks=False)),
        xOffset=alt.XOffset("state:N", sort=states),
        y=alt.Y(
            "share:Q",
            scale=alt.Scale(domain=[0, 1.08], nice=False),
            axis=alt.Axis(
                title="Closed, share of the tier's notional (%)", format=".0%", values=[0, 0.25, 0.5, 0.75, 1]
            ),
        ),
    )
    legend = (
        alt.Legend(title=None, labelLimit=0, columns=2 if is_narrow(width) else 0, offset=_LEGEND_PX)
        if len(states) > 1
        else None
    )
    colour = alt.Color(
        "state:N", sort=states, scale=alt.Scale(domain=states, range=shades_of(len(states))), legend=legend
    )
    tooltip = [
        alt.Tooltip("tier:N", title="Tier"),
        alt.Tooltip("state:N", title="State"),
        alt.Tooltip("share:Q", title="Closed", format=".1%"),
    ]
    bars = base.mark_bar().encode(color=colour, tooltip=tooltip)
    labels = base.mark_text(dy=-7, fontSize=SMALL_PX, color=INK).encode(text=alt.Text("words:N"))
    return styled(overlaid(bars, labels).properties(width=width, height=_PANEL_PX + _DAMAGE_MARGINS_PX, autosize=FIT))


def ladders_compared(ladders: pd.DataFrame, *, width: int = WIDTH) -> alt.FacetChart:
    """Where do the lines lie in each state?

    Parameters
    ----------
    ladders : DataFrame
        One row per state, level and side: state (its name, in the order of panels), move_low, move_high [fraction from
        the state's own mark], side, notional_usd [USD].
    width : int
        Width of the whole [px].

    Returns
    -------
    alt.FacetChart
        A panel for each state on one scale: notional per 1 % of move, over the move from that state's mark.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    frame = select(ladders, ["state", "move_low", "move_high", "side", "notional_usd"])
    levels = per_point(frame)
    states = list(dict.fromkeys(frame["state"]))
    axis = alt.Axis(
        title="Move from the state's own mark (%)", labelExpr=MOVE_LABEL, tickCount=4 if is_narrow(width) else 9
    )
    bars = alt.Chart().mark_bar(stroke=PAPER, strokeWidth=0.4).encode(
        x=alt.X("move_low:Q", axis=axis, scale=alt.Scale(nice=False)),
        x2=alt.X2("move_high"),
        y=alt.Y(
            "per_point:Q", stack=None, axis=alt.Axis(title="USD per 1 % of move", labelExpr=USD_LABEL, tickCount=4)
        ),
        y2=alt.Y2Datum(0),
        color=side_colour(levels["side"], legend_offset=8),
        tooltip=[
            alt.Tooltip("state:N", title="State"),
            alt.Tooltip("move_low:Q", title="From", format="+.1%"),
            alt.Tooltip("move_high:Q", title="To", format="+.1%"),
            alt.Tooltip("side:N", title="Side"),
            alt.Tooltip("notional_usd:Q", title="Notional (USD)", format=",.0f"),
        ],
    )  # fmt: skip
    chart = alt.FacetChart(
        data=levels,
        spec=overlaid(bars).properties(width=width - _AXIS_PX, height=_LADDER_PX),
        facet=alt.Facet("state:N", sort=states, title=None, header=alt.Header(labelPadding=_LEGEND_PX)),
        columns=1,
        spacing={"row": 22},
    )
    return styled(chart)
