"""A summary for people at a terminal."""

import math
from collections.abc import Mapping
from typing import Any

from cohortiv.assessment.settings import Basis
from cohortiv.quantities import many, percent, points, usd

#: Falls of the price whose end is told [1].
_FALLS = (0.05, 0.1, 0.2)


def text_summary(summary: Mapping[str, Any]) -> str:
    """The figures of a summary, one a line.

    Parameters
    ----------
    summary : mapping
        From `summary.summarise`.
    """
    quality = summary["data_quality"]
    made = " (SYNTHETIC)" if summary["synthetic"] else ""
    made += "" if quality["basis"] == "positions" else f" ({Basis[quality['basis'].upper()]})"
    without, past = percent(summary["share_without_line"]), percent(summary["share_past_line"])
    lines = [
        ("Cohort", f"{summary['cohort']}{made}, {_few(summary['symbols'])}, {summary['as_of'] or 'undated'}"),
        ("Code", summary["code"].capitalize() + "".join(f"; {reason}" for reason in quality["grey_reasons"])),
        ("IV Index", points(_number(summary["iv_index"]))),
        ("90 % interval", _interval(summary)),
        ("Critical volatility", _volatility(summary)),
        ("Critical drawdown", percent(summary["critical_drawdown"], 2)),
        ("Critical rally", percent(summary["critical_rally"], 2)),
        ("Leveraged notional", usd(summary["leveraged_notional_usd"]) + _counted(summary, "account")),
        ("TVL", usd(summary["tvl_usd"]) + _counted(summary, "position") + ", leveraged or not"),
        ("Lines", f"none for {without}, past for {past} of the leveraged notional"),
        ("Excluded", f"{many(quality['rows_excluded'], 'row')}, {percent(quality['excluded_share'], 2)} of notional"),
    ]
    lines = [*(("Notice", notice) for notice in quality["notices"]), *lines]
    lines += [("Cascade", cascade_words(summary["cascade"]))] if summary["cascade"] else []
    return "\n".join(f"{name + ':':<20} {value}" for name, value in lines)


def cascade_words(found: Mapping[str, Any]) -> str:
    """What falls become at the depth given, and where the cliff is.

    Parameters
    ----------
    found : mapping
        The key `cascade` of a summary.
    """
    ends = dict(zip(found["shocks"], found["total_moves"], strict=True))
    falls = ", ".join(f"{percent(shock, 0)} becomes {percent(ends[shock])}" for shock in _FALLS if shock in ends)
    cliff = found["cliff"]
    jump = "no cliff"
    if cliff:
        jump = f"cliff at a fall of {percent(cliff['shock'])}, which becomes {percent(cliff['total_move'])}"
    return f"at {usd(found['depth_usd'])} for 1 %: a fall of {falls}; {jump}"


def _counted(summary: Mapping[str, Any], what: str) -> str:
    """How many accounts or positions there are, where that is known."""
    return "" if summary["data_quality"]["basis"] != "positions" else f", {many(summary[f'{what}s'], what)}"


def _interval(summary: Mapping[str, Any]) -> str:
    """Interval of the index and probability of each code."""
    interval, chances = summary["interval"], summary["code_probability"]
    if not interval:
        return "none"
    words = ", ".join(f"{code.capitalize()} {percent(chances[code], 0)}" for code in ("green", "yellow", "red"))
    return f"{points(interval['low'])} to {points(interval['high'])}; {words}"


def _volatility(summary: Mapping[str, Any]) -> str:
    """Critical volatility and what it depends on."""
    critical = _number(summary["critical_volatility"])
    unreachable = critical is not None and math.isinf(critical)
    said = "none reaches the critical mass" if unreachable else f"{percent(critical, 2)} annualised"
    return (
        f"{said}; horizon {summary['horizon_days']:g} days, "
        f"critical mass {percent(summary['critical_mass'], 0)}, reference {percent(summary['reference_volatility'], 0)}"
    )


def _few(symbols: list[str]) -> str:
    """Symbols in a few words."""
    return ", ".join(symbols[:3]) + (f" and {len(symbols) - 3} more" if len(symbols) > 3 else "")  # noqa: PLR2004


def _number(value: float | str | None) -> float | None:
    return None if value is None else float(value)
