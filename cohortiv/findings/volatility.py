"""Volatility beside the index of a risk report: critical, realised, and what models of prices make of it."""

import math
from typing import Final

import pandas as pd

from cohortiv.assessment.price_history import PriceHistory
from cohortiv.findings.context import Findings, Words
from cohortiv.quantities import percent
from cohortiv.validation.comparators import COMPARATORS, ComparatorInputs, comparators
from cohortiv.validation.mark_volatility import mark_volatility

CRITICAL: Final = "Critical volatility of the cohort"
WINDOWS: Final = (7, 30)
#: The symbol whose moves are the market's.
_MARKET: Final = "BTC"
_FROM_PRICES: Final = ("realised_7d", "realised_30d", "ewma", "garch")


def volatility_rows(f: Findings, prices: PriceHistory | None = None) -> pd.DataFrame:
    """What `charts.volatility_history` draws: as_of, name, volatility [1/sqrt(year)].

    Parameters
    ----------
    f : Findings
    prices : PriceHistory, optional
        The user's; without, realised volatility is that of the snapshots' own marks.

    Returns
    -------
    DataFrame
        One row a snapshot and measure that has a value somewhere; no rows with fewer than two snapshots, or without
        anything to hold the critical volatility against. A snapshot that is withheld has no critical volatility; each
        value stands on what was known at its snapshot.
    """
    history = f.history
    if history.empty:
        return pd.DataFrame(columns=["as_of", "name", "volatility"])
    times = pd.DatetimeIndex(history["as_of"])
    solved = f.result.history.set_index("as_of")["critical_volatility"].reindex(times)
    critical = solved.where(history["iv_index"].notna().to_numpy()).replace(math.inf, math.nan)
    measured = _of_marks(f, times) if prices is None else _of_prices(f, prices, times)
    table = pd.DataFrame({CRITICAL: critical, **measured}, index=times).dropna(axis="columns", how="all")
    if table.columns.isin([CRITICAL]).all():  # alone it says what the index says
        table = table.iloc[:0]
    rows = table.rename_axis("as_of").reset_index().melt("as_of", var_name="name", value_name="volatility")
    return rows.astype({"volatility": "float64"})


def _of_marks(f: Findings, times: pd.DatetimeIndex) -> dict[str, "pd.Series[float]"]:
    """Realised volatility over the windows, from marks of the snapshots."""
    held = f.result.reading.past.used
    own = held[held["symbol"] == (f.result.settings.symbol or _MARKET)]
    marks = own.groupby("as_of")[["mark_low", "mark_high"]].mean().mean(axis=1).reindex(times)
    return {f"Realised, {days} days (marks of snapshots)": mark_volatility(marks, days=days) for days in WINDOWS}


def _of_prices(f: Findings, prices: PriceHistory, times: pd.DatetimeIndex) -> dict[str, "pd.Series[float]"]:
    """Comparators that are made of prices alone."""
    days = max(1, round(f.result.settings.horizon_days))
    found = comparators(ComparatorInputs(prices.closes, prices.step, horizon_days=days, seed=0), times).frame
    return {item.title: found[item.name] for item in COMPARATORS if item.name in _FROM_PRICES}


def volatility(f: Findings, prices: PriceHistory | None = None) -> Words:
    """The figure of volatility below that of the index.

    Parameters
    ----------
    f : Findings
    prices : PriceHistory, optional
        As for `volatility_rows`.
    """
    rows = volatility_rows(f, prices)
    measure = "Annualised volatility at each snapshot"
    if rows.empty:
        title = "The history is too short for volatility beside it"
        return f.words("volatility-history", title, measure, reading=_lacking(rows, prices))
    last = {str(name): part["volatility"].iloc[-1] for name, part in rows.groupby("name", sort=False)}
    told = [(name, value) for name, value in last.items() if not math.isnan(value)]
    critical = last.get(CRITICAL, math.nan)
    others = [(name, value) for name, value in told if name != CRITICAL]
    title = f"At the last snapshot {percent(critical, 0)} is critical"
    if math.isnan(critical):
        title = "The last snapshot has no critical volatility"
    elif others:
        title += f", realised {percent(others[0][1], 0)}" if others[0][0].startswith("Realised") else ""
    said = "; ".join(f"{name} {percent(value)}" for name, value in told)
    note = (
        f"Prices: {prices.name}."
        if prices
        else "From snapshots alone: what prices did between two of them is not seen."
    )
    reading = f"At the last snapshot: {said}. {_lacking(rows, prices)}".strip()
    return f.words("volatility-history", title, measure, note=note, reading=reading)


def _lacking(rows: pd.DataFrame, prices: PriceHistory | None) -> str:
    """Which measures the history is too short for."""
    names = set(rows["name"])
    if prices is not None:
        wanted = [item.title for item in COMPARATORS if item.name in _FROM_PRICES and item.title not in names]
        return f"Too short for {', '.join(wanted)}: {prices.name} does not reach back far enough." if wanted else ""
    short = [days for days in WINDOWS if not any(name.startswith(f"Realised, {days} days") for name in names)]
    if not short:
        return ""
    windows = " and ".join(f"{days}" for days in short)
    return (
        f"The snapshots are too few or too far apart for realised volatility over {windows} days; the parameter prices "
        "takes a file of prices."
    )
