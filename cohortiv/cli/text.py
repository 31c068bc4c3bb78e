"""A summary for people at a terminal."""

from collections.abc import Mapping
from typing import Any

from cohortiv.quantities import percent, points, usd


def text_summary(summary: Mapping[str, Any]) -> str:
    """The figures of a summary, one a line.

    Parameters
    ----------
    summary : mapping
        From `summary.summarise`.
    """
    interval, chances = summary["interval"], summary["code_probability"]
    quality = summary["data_quality"]
    made = " (SYNTHETIC)" if summary["synthetic"] else ""
    lines = [
        ("Cohort", f"{summary['cohort']}{made}, {_few(summary['symbols'])}, {summary['as_of'] or 'undated'}"),
        ("Code", summary["code"].capitalize() + "".join(f"; {reason}" for reason in quality["grey_reasons"])),
        ("IV Index", points(_number(summary["iv_index"]), 4)),
        (
            "90 % interval",
            f"{points(interval['low'])} to {points(interval['high'])}; Green {percent(chances['green'], 0)}, Yellow "
            f"{percent(chances['yellow'], 0)}, Red {percent(chances['red'], 0)}"
            if interval
            else "none",
        ),
        (
            "Critical volatility",
            f"{percent(_number(summary['critical_volatility']), 2)} annualised over {summary['horizon_days']:g} days; "
            f"critical mass {percent(summary['critical_mass'], 0)}, reference {percent(summary['reference_volatility'], 0)}",
        ),
        ("Critical drawdown", percent(summary["critical_drawdown"], 2)),
        ("Critical rally", percent(summary["critical_rally"], 2)),
        (
            "Leveraged notional",
            f"{usd(summary['leveraged_notional_usd'])} in {summary['positions']:,} positions of {summary['accounts']:,} accounts",
        ),
        ("TVL", usd(summary["tvl_usd"])),
        (
            "Lines",
            f"none for {percent(summary['share_without_line'])}, past for {percent(summary['share_past_line'])} of notional",
        ),
        ("Excluded", f"{quality['rows_excluded']:,} rows, {percent(quality['excluded_share'], 2)} of notional"),
    ]
    return "\n".join(f"{name + ':':<20} {value}" for name, value in lines)


def _few(symbols: list[str]) -> str:
    """Symbols in a few words."""
    return ", ".join(symbols[:3]) + (f" and {len(symbols) - 3} more" if len(symbols) > 3 else "")  # noqa: PLR2004


def _number(value: float | str | None) -> float | None:
    return None if value is None else float(value)
