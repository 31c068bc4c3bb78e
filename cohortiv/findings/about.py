"""Data quality, method, limits and what a reader should know about the report."""

import math
from typing import Any

import pandas as pd

from cohortiv.findings.context import Findings
from cohortiv.publication import OTHER
from cohortiv.quantities import percent, price, usd
from cohortiv.summary import METHODOLOGY_VERSION, data_quality

#: Key, label, pattern and alignment of the tier table's columns.
TIER_COLUMNS = (
    ("symbol", "Symbol", "{}", "left"),
    ("side", "Side", "{}", "left"),
    ("tier", "Tier", "{}", "left"),
    ("notional_usd", "Notional (USD)", "{:,.0f}", "right"),
    ("share", "Share", "{:.1%}", "right"),
    ("collateral_usd", "Collateral (USD)", "{:,.0f}", "right"),
    ("accounts", "Accounts", "{:,}", "right"),
    ("average_line", "Average line", "{}", "right"),
    ("swing", "Swing", "{:.3f}", "right"),
    ("withstand_volatility", "Withstand volatility", "{:.0%}", "right"),
    ("contribution", "Part of critical mass", "{:.1%}", "right"),
)

EXCLUSION_COLUMNS = (
    ("rule", "Rule", "{}", "left"),
    ("rows", "Rows", "{:,}", "right"),
    ("notional_usd", "Notional (USD)", "{:,.0f}", "right"),
)

_SHARES = (
    ("excluded_share", "Notional excluded", "share of notional in scope"),
    ("supplied_line_share", "Lines supplied by the venue", "share of notional whose line is the venue's own"),
    ("past_supplied_line_share", "Supplied lines on the wrong side", "share of notional, counted as past its line"),
    ("line_disagreement_share", "Supplied and computed lines differ", "by over 0.5 % of the mark, share of those compared"),
    ("compared_line_share", "Lines compared", "share of notional with a supplied and a computed line"),
    ("estimated_collateral_share", "Collateral estimated", "share of TVL: notional / leverage, balance not known"),
    ("early_brackets_share", "Brackets younger than the data", "share of rows served by a later bracket table"),
    ("default_comovement_share", "Default beta and kappa", "share of leveraged notional in symbols without their own"),
    ("mark_spread", "Spread of mark prices", "largest relative difference within one symbol"),
)


#: Symbols that the tier table shows by name; the smaller ones are added up in it, and stay apart in `summary.json`.
SYMBOLS_SHOWN = 6


def tier_table(f: Findings) -> pd.DataFrame:
    """Rows of the tier table, the smaller symbols of a large cohort added up."""
    rows = f.shown.tier_rows
    named = list(dict.fromkeys(symbol for symbol in rows["symbol"] if symbol != OTHER))[:SYMBOLS_SHOWN]
    few = rows["symbol"].isin(named)
    kept, rest = rows[few], rows[~few].assign(symbol=OTHER)
    keys = ["symbol", "side", "tier", "tier_floor"]
    summed = rest.groupby(keys, as_index=False)[["notional_usd", "share", "collateral_usd", "accounts", "contribution"]].sum()
    table = pd.concat([kept, summed.sort_values(["side", "tier_floor"])], ignore_index=True)
    lines = [price(line) if math.isfinite(line) else "" for line in table["weighted_liquidation_price"]]
    return table.assign(average_line=lines)


def quality_rows(f: Findings) -> list[dict[str, str]]:
    """Rows of the data-quality table: figure, value, meaning."""
    quality = data_quality(f.result)
    counts = (
        ("Rows read", quality["rows_read"], "rows in the source"),
        ("Rows of other snapshots", quality["rows_of_other_snapshots"], "not part of this snapshot"),
        ("Rows out of scope", quality["rows_out_of_scope"], "another symbol, venue, product or account"),
        ("Rows excluded", quality["rows_excluded"], "by a rule, see the next table"),
        ("Rows used", quality["rows_used"], "leveraged or not"),
        ("Accounts in the snapshot", quality["accounts_read"], "distinct, out of scope included"),
        ("Margin units", quality["margin_units"], "liquidated together, leveraged, in scope"),
    )
    rows = [{"figure": name, "value": f"{value:,}", "meaning": meaning} for name, value, meaning in counts]
    rows.append(
        {"figure": "Notional read", "value": usd(quality["notional_read_usd"]), "meaning": "of the snapshot, all symbols"}
    )
    return rows + [
        {"figure": name, "value": percent(quality[key], 2), "meaning": meaning}
        for key, name, meaning in _SHARES
        if quality[key] is not None
    ]


def quality(f: Findings) -> str:
    """What the checks came to."""
    excluded = f.shown.exclusions
    rows = int(excluded["rows"].sum())
    lost = "No row was excluded" if not rows else f"{rows:,} row(s) were excluded"
    privacy = f.result.reading.cohort.privacy
    return (
        f"{lost}; rows, accounts and notional reconcile from the source to this page. A published cell has at least "
        f"{privacy.min_accounts} accounts, none with more than {percent(privacy.max_account_share, 0)} of it; smaller cells "
        "are merged with their neighbours."
    )


def method(f: Findings) -> str:
    """The method with this run's parameters."""
    settings = f.result.settings
    reading = "The symbol moves and all else stands still" if settings.symbol else (
        "Units of one symbol and isolated positions are read by their own line, cross units of several symbols by the "
        "market's, which moves symbols and collateral by their betas"
    )  # fmt: skip
    return (
        "Every margin unit's liquidation line is where its equity falls to the venue's maintenance margin, with the bracket that "
        f"counts at that price. {reading}. Supplied lines win over computed ones in the own reading. The chance of touching a "
        f"line within {settings.horizon_days:g} days is that of a price without expected gain, watched continuously. The critical "
        f"mass is {percent(settings.critical_mass, 0)} of the leveraged notional; the reference volatility "
        f"{percent(f.result.reference_volatility, 0)}. Codes: Green below {f.thresholds.yellow:g}, Yellow to {f.thresholds.red:g}, "
        "Red above."
    )


def limits(f: Findings) -> str:
    """What the result does not say."""
    made = (
        "**The positions are SYNTHETIC**: they were generated to show the report, and say nothing about real accounts.\n\n"
        if f.result.reading.synthetic
        else ""
    )
    return made + (
        "- The index reads the positions handed in; it says nothing about positions elsewhere, and totals are not the market's.\n"
        "- Declared leverage of a cross account is a setting, not its risk; it decides the tier and no line.\n"
        "- The hit law is a geometric Brownian motion with one volatility: jumps and changing volatility make touching likelier "
        "than it says.\n"
        "- The share is an expectation over paths: it holds no statement on what forced orders do to the price.\n"
        "- The interval covers the sampling of accounts only.\n"
        f"- Betas and kappas are constants measured on Binance perpetuals 2023 to 2026; {_default_share(f)} of the leveraged "
        "notional is in symbols that take SOL's."
    )


def _default_share(f: Findings) -> str:
    return percent(data_quality(f.result)["default_comovement_share"] or 0.0)


def about(f: Findings) -> str:
    """Readers, data, assumptions and changes since the previous issue."""
    cohort = f.result.reading.cohort
    return (
        "**Intended readers**: risk desks, market makers and exchanges that follow the leverage of this cohort. Not investment "
        f"advice.\n\n**Cohort**: {cohort.title}. {cohort.description}\n\n**Data and cut-off**: {f.source}; snapshot "
        f"{f.as_of}.\n\n**Method**: version {METHODOLOGY_VERSION}, see METHODOLOGY.md of the package.\n\n"
        f"**Since the previous issue**: {_since(f)}"
    )


def _since(f: Findings) -> str:
    """What changed between the previous issue and this one."""
    if f.previous is None:
        return "this is the first issue in its folder."
    now: dict[str, Any] = {
        "code": str(f.result.code), "leveraged notional": usd(f.result.reading.profile.leveraged_notional_usd),
        "accounts": f"{f.result.reading.figures.accounts:,}", "method": METHODOLOGY_VERSION,
    }  # fmt: skip
    before: dict[str, Any] = {
        "code": str(f.previous["code"]), "leveraged notional": usd(f.previous["leveraged_notional_usd"]),
        "accounts": f"{f.previous['accounts']:,}", "method": f.previous["methodology_version"],
    }  # fmt: skip
    changes = [f"{name} from {before[name]} to {now[name]}" for name in now if before[name] != now[name]]
    day = str(f.previous["as_of"])[:10]
    return f"against {day}: {'; '.join(changes) if changes else 'code, notional, accounts and method are the same'}."
