"""Data quality, method, limits and what a reader should know about the report."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from cohortiv.findings.context import Findings
from cohortiv.plain import MISSING
from cohortiv.publication import OTHER
from cohortiv.quantities import percent, price, usd
from cohortiv.summary import METHODOLOGY_VERSION, data_quality, summarise

#: Key, label, pattern and alignment of the tier table's columns.
TIER_COLUMNS = (
    ("symbol", "Symbol", "{}", "left"),
    ("side", "Side", "{}", "left"),
    ("tier", "Tier", "{}", "left"),
    ("notional_usd", "Notional (USD)", "{:,.0f}", "right"),
    ("share", "Share", "{:.1%}", "right"),
    ("collateral_usd", "Collateral (USD)", "{:,.0f}", "right"),
    ("accounts", "Accounts", "{:,.0f}", "right"),
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
    (
        "line_disagreement_share",
        "Supplied and computed lines differ",
        "by over 0.5 % of the mark, share of those compared",
    ),
    ("compared_line_share", "Lines compared", "share of notional with a supplied and a computed line"),
    ("estimated_collateral_share", "Collateral estimated", "share of TVL: notional / leverage, balance not known"),
    ("early_brackets_share", "Brackets younger than the data", "share of rows served by a later bracket table"),
    ("default_comovement_share", "Default beta and kappa", "share of leveraged notional in symbols without their own"),
    ("mark_spread", "Spread of mark prices", "largest relative difference within one symbol"),
)


#: Symbols that the tier table shows by name; the smaller ones are added up in it, and stay apart in `summary.json`.
SYMBOLS_SHOWN = 6


def tier_table(f: Findings) -> pd.DataFrame:
    """Rows of the tier table, the smaller symbols of a large cohort added up; their accounts would count twice."""
    rows = f.shown.tier_rows
    named = list(dict.fromkeys(symbol for symbol in rows["symbol"] if symbol != OTHER))[:SYMBOLS_SHOWN]
    few = rows["symbol"].isin(named)
    kept, rest = rows[few], rows[~few].assign(symbol=OTHER)
    keys = ["symbol", "side", "tier", "tier_floor"]
    sums = ["notional_usd", "share", "collateral_usd", "contribution"]
    summed = rest.groupby(keys, as_index=False)[sums].sum(min_count=1)
    table = pd.concat([kept, summed.sort_values(["side", "tier_floor"])], ignore_index=True)
    lines = [price(line) if math.isfinite(line) else MISSING for line in table["weighted_liquidation_price"]]
    return table.assign(average_line=lines)


def quality_rows(f: Findings) -> list[dict[str, str]]:
    """Rows of the data-quality table: figure, value, meaning."""
    quality = data_quality(f.result)
    counts = (
        ("Rows read", quality.rows_read, "rows in the source"),
        ("Rows of other snapshots", quality.rows_of_other_snapshots, "not part of this snapshot"),
        ("Rows out of scope", quality.rows_out_of_scope, "another symbol, venue, product or account"),
        ("Rows excluded", quality.rows_excluded, "by a rule, see the next table"),
        ("Rows used", quality.rows_used, "leveraged or not"),
        ("Accounts in the snapshot", quality.accounts_read, "distinct, out of scope included"),
        ("Margin units", quality.margin_units, "liquidated together, leveraged, in scope"),
    )
    rows = [{"figure": name, "value": f"{value:,}", "meaning": meaning} for name, value, meaning in counts]
    if quality.notional_read_usd is not None:
        read = usd(quality.notional_read_usd)
        rows.append({"figure": "Notional read", "value": read, "meaning": "of the snapshot, all symbols"})
    shares = vars(quality)
    return rows + [
        {"figure": name, "value": percent(shares[key], 2), "meaning": meaning}
        for key, name, meaning in _SHARES
        if shares[key] is not None
    ]


def quality(f: Findings) -> str:
    """What the checks came to."""
    excluded = f.shown.exclusions
    rows = int(excluded["rows"].sum())
    lost = "No row was excluded" if not rows else f"{rows:,} row(s) were excluded"
    privacy = f.result.reading.cohort.privacy
    withheld = " Figures that too few accounts are behind are left out." if f.result.reading.withheld.figures else ""
    return (
        f"{lost}; rows, accounts and notional reconcile from the source to this page. A published cell has at least "
        f"{privacy.min_accounts} accounts, none with more than {percent(privacy.max_account_share, 0)} of it; smaller "
        f"cells are merged with their neighbours.{withheld}"
    )


def method(f: Findings) -> str:
    """The method with this run's parameters."""
    settings = f.result.settings
    reading = "The symbol moves and all else stands still" if settings.symbol else (
        "Units of one symbol and isolated positions are read by their own line, cross units of several symbols by the "
        "market's, which moves symbols and collateral by their betas"
    )  # fmt: skip
    return (
        "Every margin unit's liquidation line is where its equity falls to the venue's maintenance margin, with the "
        f"bracket that counts at that price. {reading}. Supplied lines win over computed ones in the own reading. The "
        f"chance of touching a line within {settings.horizon_days:g} days is that of a price without expected gain, "
        f"watched continuously. The critical mass is {percent(settings.critical_mass, 0)} of the leveraged notional; "
        f"the reference volatility {percent(f.result.reference_volatility, 0)}. Codes: Green below "
        f"{f.thresholds.yellow:g}, Yellow to {f.thresholds.red:g}, Red above."
    )


def limits(f: Findings) -> str:
    """What the result does not say."""
    made = (
        "**The positions are SYNTHETIC**: they were generated to show the report, and say nothing about real "
        "accounts.\n\n"
        if f.result.reading.synthetic
        else ""
    )
    return made + (
        "- The index reads the positions handed in; it says nothing about positions elsewhere, and totals are not the "
        "market's.\n"
        "- Declared leverage of a cross account is a setting, not its risk; it decides the tier and no line.\n"
        "- The hit law is a geometric Brownian motion with one volatility: jumps and changing volatility make touching "
        "likelier than it says.\n"
        "- The share is an expectation over paths: it holds no statement on what forced orders do to the price.\n"
        "- The interval covers the sampling of accounts only.\n"
        f"- Betas and kappas are constants measured on Binance perpetuals 2023 to 2026, where the cohort's file gives "
        f"no others{_default_share(f)}."
    )


def _default_share(f: Findings) -> str:
    """How much of the notional takes another symbol's figures; nothing where that is withheld."""
    share = data_quality(f.result).default_comovement_share
    return "" if share is None else f"; {percent(share)} of the leveraged notional is in symbols that take SOL's"


def about(f: Findings) -> str:
    """Readers, data, assumptions and changes since the previous issue."""
    cohort = f.result.reading.cohort
    return (
        "**Intended readers**: risk desks, market makers and exchanges that follow the leverage of this cohort. Not "
        f"investment advice.\n\n**Cohort**: {cohort.title}. {cohort.description}\n\n**Data and cut-off**: {f.source}; "
        f"snapshot {f.as_of}.\n\n**Method**: version {METHODOLOGY_VERSION}, see METHODOLOGY.md of the package.\n\n"
        f"**Since the previous issue**: {_since(f)}"
    )


def _since(f: Findings) -> str:
    """What changed between the previous issue and this one, parameters included."""
    if f.previous is None:
        return "this is the first issue in its folder."
    now, before = _compared(summarise(f.result)), _compared(f.previous)
    changes = [f"{name} from {before[name]} to {now[name]}" for name in now if before[name] != now[name]]
    day = str(f.previous["as_of"])[:10]
    return f"against {day}: {'; '.join(changes) or 'code, notional, accounts, parameters and method are the same'}."


def _compared(summary: Mapping[str, Any]) -> dict[str, str]:
    """The figures of a summary that one issue is compared with the next by, as text."""
    return {
        "code": str(summary["code"]),
        "leveraged notional": usd(summary["leveraged_notional_usd"]),
        "accounts": f"{summary['accounts']:,}",
        "critical mass": percent(summary["critical_mass"]),
        "horizon": f"{summary['horizon_days']:g} days",
        "reference volatility": percent(summary["reference_volatility"]),
        "method": str(summary["methodology_version"]),
    }
