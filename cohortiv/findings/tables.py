"""Rows and columns of the report's tables."""

import pandas as pd

from cohortiv.assessment.coverage import MISSING, CoveredVenue
from cohortiv.assessment.settings import Basis
from cohortiv.findings.context import Findings
from cohortiv.plain import Written
from cohortiv.publication import OTHER
from cohortiv.quantities import level, percent, usd
from cohortiv.summary import DataQuality, data_quality

#: Key, label, pattern and alignment of the tier table's columns, as `page.Column` takes them.
TIER_COLUMNS = (
    ("symbol", "Symbol", "{}", "left"),
    ("side", "Side", "{}", "left"),
    ("tier", "Tier", "{}", "left"),
    ("notional_usd", "Notional (USD)", "{:,.0f}", "right"),
    ("share", "Share", "{:.1%}", "right"),
    ("collateral_usd", "Collateral (USD)", "{:,.0f}", "right"),
    ("accounts", "Accounts", "{:,.0f}", "right"),
    ("weighted_liquidation_price", "Average line (USD)", level, "right"),
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
    (
        "estimated_collateral_share",
        "Collateral estimated",
        "share of collateral (TVL): notional / leverage, as the balance is not known",
    ),
    ("early_brackets_share", "Brackets younger than the data", "share of rows served by a later bracket table"),
    ("default_comovement_share", "Default beta and kappa", "share of leveraged notional in symbols without their own"),
    ("mark_spread", "Spread of mark prices", "largest relative difference within one symbol"),
)


#: Symbols that the tier table shows by name; the smaller ones are added up in it, and stay apart in `summary.json`.
SYMBOLS_SHOWN = 6


def tier_table(f: Findings) -> pd.DataFrame:
    """Rows of the tier table, the smaller symbols of a large cohort added up.

    A sum over several rows has no average line, no number of accounts, who would count twice, and no collateral or
    part of the critical mass where that of one of them is withheld.
    """
    rows = f.shown.tier_rows
    rows = rows if f.result.reading.has_accounts else rows.assign(accounts=float("nan"))
    named = list(dict.fromkeys(symbol for symbol in rows["symbol"] if symbol != OTHER))[:SYMBOLS_SHOWN]
    rest = rows[~rows["symbol"].isin(named)].assign(symbol=OTHER)
    keys = ["symbol", "side", "tier", "tier_floor"]
    alone = ~rest.duplicated(keys, keep=False)
    sums = ["notional_usd", "share", "collateral_usd", "contribution"]
    summed = rest[~alone].groupby(keys, as_index=False)[sums].sum(skipna=False)
    others = pd.concat([rest[alone], summed]).sort_values(["side", "tier_floor"])
    return pd.concat([rows[rows["symbol"].isin(named)], others], ignore_index=True)


def quality_rows(f: Findings) -> list[dict[str, object]]:
    """Rows of the data-quality table: figure, value, meaning."""
    quality = data_quality(f.result)
    counts = _row_counts(f, quality)
    rows: list[dict[str, object]] = [
        {"figure": name, "value": Written(value, "withheld" if value is None else f"{value:,}"), "meaning": meaning}
        for name, value, meaning in counts
    ]
    if quality.notional_read_usd is not None:
        read = Written(quality.notional_read_usd, usd(quality.notional_read_usd))
        rows.append({"figure": "Notional read", "value": read, "meaning": "of the snapshot, all symbols"})
    rows += [_venue_row(venue) for venue in f.result.reading.venues]
    shares = vars(quality)
    return rows + [
        {"figure": name, "value": Written(shares[key], percent(shares[key], 2)), "meaning": meaning}
        for key, name, meaning in _SHARES
        if shares[key] is not None
    ]


def _row_counts(f: Findings, quality: DataQuality) -> tuple[tuple[str, int | None, str], ...]:
    """What was read and what became of it: rows of a table, or bars that positions were reconstructed from."""
    if f.result.reading.basis is Basis.OPEN_INTEREST:
        bars: dict[str, str | int] = f.result.reading.profile.origin["bars"]
        return (
            ("Bars used", quality.rows_used, f"price with open interest, {bars['from']} to {bars['to']} UTC"),
            ("Bars missing", int(bars["missing"]), "between the first and the last, by the usual step between two"),
        )
    return (
        ("Rows read", quality.rows_read, "rows in the source"),
        ("Rows of other snapshots", quality.rows_of_other_snapshots, "not part of this snapshot"),
        ("Rows out of scope", quality.rows_out_of_scope, "another symbol, venue, product or account"),
        ("Rows excluded", quality.rows_excluded, "by a rule, see the next table"),
        ("Rows used", quality.rows_used, "leveraged or not"),
        *(_account_counts(quality) if f.result.reading.has_accounts else ()),
    )


def _venue_row(venue: CoveredVenue) -> dict[str, object]:
    """What a snapshot of several venues holds of one: its notional, status, time and positions."""
    told = [venue.status]
    if venue.taken is not None:
        told.append(f"{'last seen' if venue.status == MISSING else 'read'} {venue.taken:%Y-%m-%d %H:%M:%S} UTC")
    if venue.positions is not None:
        told.append(f"{venue.positions:,} position(s)")
    size = venue.notional_usd
    hidden = "none" if venue.status == MISSING else "withheld"
    return {
        "figure": f"Venue {venue.venue}",
        "value": Written(size, hidden if size is None else usd(size)),
        "meaning": ", ".join(told),
    }


def _account_counts(quality: DataQuality) -> tuple[tuple[str, int, str], ...]:
    """Rows that data without accounts do not have."""
    return (
        ("Accounts in the snapshot", quality.accounts_read, "distinct, out of scope included"),
        ("Margin units", quality.margin_units, "liquidated together, leveraged, in scope"),
    )
