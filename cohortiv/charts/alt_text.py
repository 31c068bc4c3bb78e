"""What a figure says, in words, for those who cannot see it: built from the same frame as the chart.

Every text has the kind of chart, what is plotted, the lowest, highest and (in a series) last value, and the message.
"""

import math
from collections.abc import Callable, Sequence

import pandas as pd

from cohortiv.charts.liquidation import per_point
from cohortiv.palette import CODES
from cohortiv.quantities import exact_percent, percent, points, points_range, price, usd

Point = tuple[str, float]


def describe(
    kind: str,
    shows: str,
    values: Sequence[Point],
    *,
    written: Callable[[float], str] = points,
    series: bool = False,
    message: str = "",
) -> str:
    """Alternative text of one figure.

    Parameters
    ----------
    kind : str
        Kind of chart, for example "Line chart".
    shows : str
        What is plotted, with its unit.
    values : sequence of (str, float)
        Name and value of each mark, in the order of the chart. NaN is passed over, infinity is said as "infinite".
    written : callable
        How a value is written.
    series : bool
        Whether the order means something, so that the last value is told.
    message : str
        What the reader should take from it.

    Returns
    -------
    str
        Plain sentences; "No values." where there are none.
    """
    known = [point for point in values if not math.isnan(point[1])]
    sentences = [kind, shows, _extremes(known, written, series=series), message]
    return " ".join(f"{part.strip().rstrip('.')}." for part in sentences if part.strip())


def _extremes(values: Sequence[Point], written: Callable[[float], str], *, series: bool) -> str:
    if not values:
        return "No values"

    def said(point: Point) -> str:
        value = written(point[1])
        return f"{value} ({point[0]})" if point[0] else value

    if len(values) == 1:
        return f"One value: {said(values[0])}"
    lowest, highest = min(values, key=lambda point: point[1]), max(values, key=lambda point: point[1])
    last = f", last {said(values[-1])}" if series else ""
    return f"Lowest {said(lowest)}, highest {said(highest)}{last}"


def _points(names: Sequence[str], values: pd.Series) -> list[Point]:
    return list(zip(names, values.astype(float).tolist(), strict=True))


def index_gauge_alt(index: pd.DataFrame, *, code: str | None = None, message: str = "") -> str:
    """Alternative text of `index_gauge`: index [%], interval and code."""
    value, low, high = index[["iv_index", "low", "high"]].astype(float).to_numpy()[0].tolist()
    stands = f", code {CODES[code].word}" if code else ""
    interval = "" if math.isnan(low) or math.isnan(high) else f", 90 % interval {points_range(low, high)}"
    shows = f"IV Index in % on the scale of the codes{stands}{interval}"
    return describe("Gauge", shows, [("", value)], message=message)


def index_history_alt(history: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `index_history`: IV Index [%] by snapshot, oldest first."""
    ordered = history.sort_values("as_of")
    dates = [f"{date:%d %b %Y}".lstrip("0") for date in pd.to_datetime(ordered["as_of"])]
    period = f", {dates[0]} to {dates[-1]}" if dates else ""
    shows = f"IV Index in % by snapshot{period}, over the bands of the codes"
    return describe("Line chart", shows, _points(dates, ordered["iv_index"]), series=True, message=message)


def index_sensitivity_alt(sensitivity: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `index_sensitivity`: IV Index [%] by parameter and value."""
    names = [f"{row.parameter} {row.label}" for row in sensitivity.itertuples()]
    parameters = ", ".join(dict.fromkeys(sensitivity["parameter"]))
    shows = f"IV Index in % when one parameter is changed at a time: {parameters}"
    return describe("Small dot charts", shows, _points(names, sensitivity["iv_index"]), message=message)


def leverage_distribution_alt(tiers: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `leverage_distribution`: shares of notional and of collateral by tier and side."""
    names = _tiers_and_sides(tiers)
    notional = _extremes(_known(_points(names, tiers["share"])), percent, series=False)
    shows = f"Share of leveraged notional by leverage tier and side: {notional[:1].lower()}{notional[1:]}"
    collateral = f"{shows}. Share of collateral by leverage tier and side"
    return describe(
        "Two bar charts", collateral, _points(names, tiers["collateral_share"]), written=percent, message=message
    )


def critical_mass_makeup_alt(tiers: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `critical_mass_makeup`: share of the critical mass by tier and side."""
    values = _points(_tiers_and_sides(tiers), tiers["contribution"])
    shows = "Share of the critical mass by leverage tier, long and short stacked"
    return describe("Stacked bar chart", shows, values, written=percent, message=message)


def withstand_volatility_alt(tier_rows: pd.DataFrame, *, reference_volatility: float, message: str = "") -> str:
    """Alternative text of `withstand_volatility`: annualised volatility by symbol, tier and side."""
    names = [f"{row.symbol} {row.tier} {row.side}" for row in tier_rows.itertuples()]
    shows = (
        f"Annualised volatility that each tier withstands, against the reference {exact_percent(reference_volatility)}"
    )
    values = _points(names, tier_rows["withstand_volatility"])
    return describe("Dot chart", shows, values, written=percent, message=message)


def liquidation_ladder_alt(
    ladder: pd.DataFrame,
    *,
    mark_price: float | None = None,
    critical_drawdown: float | None = None,
    critical_rally: float | None = None,
    message: str = "",
) -> str:
    """Alternative text of `liquidation_ladder`: notional [USD] by level and side, and the critical moves."""
    mark = f", mark {price(mark_price)}" if mark_price else ""
    moves = {"critical drawdown": critical_drawdown, "critical rally": critical_rally}
    said = [f", {name} {percent(move, 0)}" for name, move in moves.items() if move]
    said += [", the critical mass already past its lines"] if 0 in moves.values() else []
    shows = f"Notional with its liquidation line at each level, in USD per 1 % of move{mark}{''.join(said)}"
    levels = per_point(ladder)
    ends = levels[["move_low", "move_high"]].astype(float).to_numpy().tolist()
    reaches = [f"from {percent(low, 0)} to {percent(high, 0)}" for low, high in ends]
    names = [f"{side} {reach}" for side, reach in zip(levels["side"], reaches, strict=True)]
    return describe("Bar chart", shows, _points(names, levels["per_point"]), written=usd, message=message)


def hit_share_curve_alt(
    curve: pd.DataFrame,
    *,
    critical_mass: float,
    critical_volatility: float | None,
    reference_volatility: float,
    message: str = "",
) -> str:
    """Alternative text of `hit_share_curve`: expected share that touches its line, by annualised volatility."""
    reached = critical_volatility is not None and math.isfinite(critical_volatility)
    where = f"reached at {percent(critical_volatility)}" if reached else "reached at no volatility"
    where = "already past its lines" if critical_volatility == 0 else where
    shows = (
        "Expected share of leveraged notional that touches its line, by annualised volatility: "
        f"the critical mass of {exact_percent(critical_mass)} is {where}, the reference is "
        f"{exact_percent(reference_volatility)}"
    )
    names = [f"at {percent(volatility)}" for volatility in curve["volatility"].astype(float).tolist()]
    return describe("Line chart", shows, _points(names, curve["share"]), written=percent, series=True, message=message)


def _tiers_and_sides(tiers: pd.DataFrame) -> list[str]:
    return [f"{row.tier} {row.side}" for row in tiers.itertuples()]


def _known(values: Sequence[Point]) -> list[Point]:
    return [point for point in values if not math.isnan(point[1])]


def cascade_curves_alt(curves: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `cascade_curves`: total move [positive fraction] by direction, line and shock."""
    lines = ", ".join(dict.fromkeys(curves["name"]))
    shows = f"Total move in % by outside shock, forced orders fed back, one line each for {lines}"
    shocks = _percents(curves["shock"])
    names = [
        f"{line} after a shock of {shock} {direction}"
        for line, shock, direction in zip(curves["name"], shocks, curves["direction"], strict=True)
    ]
    return describe("Line chart", shows, _points(names, curves["total_move"]), written=percent, message=message)


def branching_path_alt(branching: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `branching_path`: dollars that a forced dollar forces [1], by line and move."""
    lines = ", ".join(dict.fromkeys(branching["name"]))
    moves = [percent(move) for move in branching["move"].astype(float).tolist()]
    names = [f"{line} at a move of {move}" for line, move in zip(branching["name"], moves, strict=True)]
    shows = (
        f"Dollars that each forced dollar forces over the next 1 % of the price's way, one line each for {lines}, "
        "against 1, where each forces another"
    )
    values = _points(names, branching["branching_ratio"])
    return describe("Line chart", shows, values, written="{:.2f}".format, message=message)


def total_move_map_alt(grid: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `total_move_map`: total move [positive fraction] by depth and shock."""
    shocks = _percents(grid["shock"])
    names = [f"a shock of {shock} at a depth of {depth}" for shock, depth in zip(shocks, grid["depth"], strict=True)]
    shows = "Total move in % by outside shock and by the orders that move the price by 1 %"
    return describe("Heat map", shows, _points(names, grid["total_move"]), written=percent, message=message)


def tier_damage_alt(damage: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `tier_damage`: share of each tier's leveraged notional that is closed, by state."""
    names = [f"{row.tier} {row.state}" for row in damage.itertuples()]
    shows = "Share of each leverage tier's notional that the total move closes, by state"
    return describe("Bar chart", shows, _points(names, damage["share"]), written=percent, message=message)


def ladders_compared_alt(ladders: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `ladders_compared`: notional [USD per 1 % of move] by state, level and side."""
    levels = per_point(ladders)
    ends = zip(_percents(levels["move_low"]), _percents(levels["move_high"]), strict=True)
    held = zip(levels["state"], levels["side"], ends, strict=True)
    names = [f"{state}, {side} from {low} to {high}" for state, side, (low, high) in held]
    shows = "Notional with its liquidation line at each move from the mark, in USD per 1 % of move, a panel a state"
    return describe("Bar charts", shows, _points(names, levels["per_point"]), written=usd, message=message)


def _percents(fractions: pd.Series) -> list[str]:
    return [percent(fraction, 0) for fraction in fractions.astype(float).tolist()]
