"""What the figures of Pillar 1 say, in words: how leverage is used today, and how it may be at a coming date."""

from collections.abc import Callable, Iterable

import pandas as pd

from cohortiv.charts.alt_text import Point, describe
from cohortiv.quantities import percent, points, signed


def tier_outlook_alt(tiers: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `tier_outlook`: median share of leveraged notional [1] by tier, beside today's."""
    today = [f"{tier} {percent(share)}" for tier, share in zip(tiers["tier"], tiers["now"], strict=True)]
    shows = (
        "Share of leveraged notional by leverage tier: today's, and the median and 5 to 95 % band of the draws. Today: "
        f"{', '.join(today)}. Median of the draws"
    )
    return describe("Interval chart", shows, _points(tiers["tier"], tiers["median"]), written=percent, message=message)


def index_fan_alt(history: pd.DataFrame, fan: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `index_fan`: IV Index [%] of the past, then the median and the bands of the draws."""
    return _fan_alt("IV Index in %", history, fan, written=points, message=message)


def share_fan_alt(history: pd.DataFrame, fan: pd.DataFrame, *, title: str, message: str = "") -> str:
    """Alternative text of `share_fan`: a share [1] of the past, then the median and the bands of the draws."""
    return _fan_alt(title, history, fan, written=percent, message=message)


def _fan_alt(
    what: str, history: pd.DataFrame, fan: pd.DataFrame, *, written: Callable[[float], str], message: str
) -> str:
    if fan.empty:
        return describe("Fan chart", f"{what} by date", [], message=message)
    end = fan.iloc[-1]
    reach = f"from {written(float(end['low']))} to {written(float(end['high']))} in 90 % of the draws"
    shows = f"{what} by date: the past as a line, then the median of the draws, at the end {reach}"
    values = [*_points(_dates(history), history["value"]), *_points(_dates(fan), fan["median"])]
    return describe("Fan chart", shows, values, written=written, series=True, message=message)


def index_waterfall_alt(steps: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `index_waterfall`: what each strand adds to the IV Index [%]."""
    bars = zip(steps["name"], steps["start"], steps["end"], steps["is_level"], strict=True)
    said = [f"{name} {points(end) if level else signed(end - start)}" for name, start, end, level in bars]
    shows = f"IV Index in % and what each strand adds to it: {', '.join(said)}. Level after each step"
    return describe("Waterfall chart", shows, _points(steps["name"], steps["end"]), series=True, message=message)


def index_tornado_alt(swings: pd.DataFrame, *, base: float, message: str = "") -> str:
    """Alternative text of `index_tornado`: IV Index [%] with each assumption at its low and high end."""
    low = [f"{name} at {value}" for name, value in zip(swings["assumption"], swings["low_value"], strict=True)]
    high = [f"{name} at {value}" for name, value in zip(swings["assumption"], swings["high_value"], strict=True)]
    shows = f"IV Index in % with one assumption at a time at its low and its high end; {points(base)} with all as usual"
    values = [*_points(low, swings["low"]), *_points(high, swings["high"])]
    return describe("Tornado chart", shows, values, message=message)


def index_by_case_alt(cases: pd.DataFrame, *, coded: bool = True, message: str = "") -> str:
    """Alternative text of `index_by_case`: median IV Index [%] by case."""
    shows = "Median IV Index in % in each case, with its 5 to 95 % band"
    shows += ", over the bands of the codes" if coded else ""
    return describe("Interval chart", shows, _points(cases["case"], cases["median"]), message=message)


def capital_and_count_alt(shares: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `capital_and_count`: shares [1] by tier and measure."""
    measures = ", ".join(dict.fromkeys(shares["measure"]))
    names = [f"{row.tier} {row.measure}" for row in shares.itertuples()]
    shows = f"Share of all in each leverage tier, by {measures}"
    return describe("Bar chart", shows, _points(names, shares["share"]), written=percent, message=message)


def concentration_history_alt(history: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `concentration_history`: figures of concentration [1] by snapshot."""
    figures = ", ".join(dict.fromkeys(history["figure"]))
    names = [f"{figure}, {date}" for figure, date in zip(history["figure"], _dates(history), strict=True)]
    shows = f"{figures} by snapshot"
    return describe("Line chart", shows, _points(names, history["value"]), written="{:.2f}".format, message=message)


def effective_leverage_alt(standing: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `effective_leverage`: shares of each declared tier [1] by how effective leverage stands."""
    pairs = zip(standing["tier"], standing["standing"], strict=True)
    shows = "Share of each declared tier's notional by how its effective leverage stands to the declared one"
    names = [f"{tier} {name[:1].lower()}{name[1:]}" for tier, name in pairs]
    return describe("Stacked bar chart", shows, _points(names, standing["share"]), written=percent, message=message)


def leverage_density_alt(curves: pd.DataFrame, *, message: str = "") -> str:
    """Alternative text of `leverage_density`: fitted density per unit of ln(leverage), by fit."""
    names = [f"{name} at {leverage:.1f}x" for name, leverage in zip(curves["name"], curves["leverage"], strict=True)]
    shows = f"Fitted density of leverage per unit of ln(leverage), {', '.join(dict.fromkeys(curves['name']))}"
    return describe("Line chart", shows, _points(names, curves["density"]), written="{:.2f}".format, message=message)


def _points(names: Iterable[str], values: pd.Series) -> list[Point]:
    return list(zip(names, values.astype(float).tolist(), strict=True))


def _dates(frame: pd.DataFrame) -> list[str]:
    return [f"{date:%d %b %Y}".lstrip("0") for date in pd.to_datetime(frame["as_of"])]
