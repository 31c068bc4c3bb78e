"""The numbers of a result for machines: what `summary.json` and `cohortiv index --json` hold."""

import math
from datetime import datetime
from typing import Any

import pandas as pd

from cohortiv import __version__
from cohortiv.assessment import Assessment, CohortReading, excluded_share, exclusions
from cohortiv.liquidation import NO_LINE, PAST
from cohortiv.profile import LiquidationProfile
from cohortiv.publication import tier_rows

SCHEMA_VERSION = "1.0"
#: Version of the method in METHODOLOGY.md; it changes when the same data would give another number.
METHODOLOGY_VERSION = "1.0"


def summarise(assessment: Assessment) -> dict[str, Any]:
    """Everything that a program may want to know of a result, unrounded.

    Parameters
    ----------
    assessment : Assessment
        With disclosed cells (for a report) the tiers and exclusions obey the privacy rule; without, they are complete.

    Returns
    -------
    dict
        Keys as in `schemas/summary.schema.json`. Infinity is the text "inf", NaN and what doesn't exist is None.
    """
    reading = assessment.reading
    uncertainty = assessment.uncertainty
    profile = reading.profile
    used = profile.used
    values = {
        "schema_version": SCHEMA_VERSION,
        "as_of": as_of_text(reading),
        "cohort": reading.cohort.name,
        "symbols": [assessment.settings.symbol] if assessment.settings.symbol else list(reading.symbols),
        "synthetic": reading.synthetic,
        "code": str(assessment.code),
        "code_held": None if assessment.code_held is None else str(assessment.code_held),
        "iv_index": assessment.iv_index,
        "critical_volatility": assessment.critical.value,
        "reference_volatility": assessment.reference_volatility,
        "horizon_days": assessment.settings.horizon_days,
        "critical_mass": assessment.settings.critical_mass,
        "interval": None
        if uncertainty is None
        else {name: getattr(uncertainty.interval, name) for name in ("level", "low", "high")},
        "code_probability": None if uncertainty is None else vars(uncertainty.code_probability),
        "critical_drawdown": assessment.moves.drawdown,
        "critical_rally": assessment.moves.rally,
        "readings": _readings(assessment),
        "leveraged_notional_usd": profile.leveraged_notional_usd,
        "tvl_usd": float(used["collateral_cents"].sum()) / 100,
        "positions": int(used["positions"].sum()),
        "accounts": reading.figures.accounts,
        "share_without_line": state_share(profile, NO_LINE),
        "share_past_line": state_share(profile, PAST),
        "tiers": _tiers(tier_rows(assessment)),
        "cascade": None,
        "data_quality": data_quality(assessment),
        "methodology_version": METHODOLOGY_VERSION,
        "package_version": __version__,
    }
    return {name: _plain(value) for name, value in values.items()}


def as_of_text(reading: CohortReading) -> str | None:
    """Snapshot time as ISO 8601 with Z; the date alone where only a date was given, None where nothing was."""
    if reading.as_of is None:
        return None
    if not reading.timed and reading.asked is not None and len(reading.asked) == len("2026-02-18"):
        return reading.asked
    return reading.as_of.isoformat() + "Z"


def issue_date(asked: str | None, as_of: datetime | None) -> str | None:
    """Name of the report's folder: the date, or date and minute if a timestamp was asked for."""
    if as_of is None:
        return None
    timestamp = asked is not None and len(asked) > len("2026-02-18")
    return as_of.strftime("%Y-%m-%dT%H%MZ" if timestamp else "%Y-%m-%d")


def state_share(profile: LiquidationProfile, state: int) -> float | None:
    """Share of leveraged notional in a state, such as `liquidation.PAST` [1]; None where nothing is leveraged."""
    cells = profile.leveraged
    whole = float(cells["notional_cents"].sum())
    return float(cells.loc[cells["state"] == state, "notional_cents"].sum()) / whole if whole else None


def data_quality(assessment: Assessment) -> dict[str, Any]:
    """Counts and shares that say how far the data bear the result; shares are of notional in use [1] unless named otherwise."""
    reading = assessment.reading
    profile = reading.profile
    used, cells = profile.used, profile.cells
    rest = cells[cells["reason"] == 100]  # noqa: PLR2004 - OUT_OF_SCOPE
    leveraged = profile.leveraged

    def share(part: str, whole: str = "notional_cents") -> float | None:
        total = float(used[whole].sum())
        return float(used[part].sum()) / total if total else None

    compared = float(used["compared_cents"].sum())
    unknown = leveraged["symbol"].map({s: not profile.comovement.is_known(s) for s in leveraged["symbol"].unique()})
    total = float(leveraged["notional_cents"].sum())
    return {
        "sources": list(reading.sources),
        "rows_read": reading.totals.rows + reading.other_rows,
        "rows_of_other_snapshots": reading.other_rows,
        "rows_out_of_scope": int(rest["positions"].sum()),
        "rows_used": int(used["positions"].sum()),
        "rows_excluded": int(profile.excluded["positions"].sum()),
        "accounts_read": reading.totals.accounts,
        "notional_read_usd": reading.totals.notional_cents / 100,
        "margin_units": reading.figures.margin_units,
        "exclusions": _exclusions(reading),
        "excluded_share": excluded_share(profile),
        "max_excluded": assessment.settings.max_excluded,
        "supplied_line_share": share("supplied_cents"),
        "past_supplied_line_share": share("past_supplied_cents"),
        "compared_line_share": share("compared_cents"),
        "line_disagreement_share": float(used["differs_cents"].sum()) / compared if compared else None,
        "estimated_collateral_share": share("estimated_cents", "collateral_cents"),
        "early_brackets_share": reading.early_share,
        "default_comovement_share": float(leveraged.loc[unknown.astype(bool), "notional_cents"].sum()) / total
        if total
        else None,
        "mark_spread": _mark_spread(profile),
        "cross_solver_steps": reading.steps,
        "grey_reasons": list(assessment.grey),
        "reconciled": True,
    }


def _exclusions(reading: CohortReading) -> list[dict[str, Any]]:
    table = exclusions(reading.profile)
    if reading.disclosed is not None:
        table = table.assign(notional_usd=table["notional_usd"].mask(table["rows"] < reading.cohort.privacy.min_accounts))
    return [
        {"rule": row.rule, "rows": int(row.rows), "notional_usd": _plain(float(row.notional_usd))}
        for row in table.itertuples()
    ]


def _mark_spread(profile: LiquidationProfile) -> float | None:
    """Largest relative difference of the mark prices of one symbol [1]."""
    ranges = [profile.mark_range(symbol) for symbol in profile.used["symbol"].unique()]
    spreads = [high / low - 1 for low, high in (found for found in ranges if found is not None)]
    return max(spreads, default=None)


def _readings(assessment: Assessment) -> dict[str, Any]:
    """The two other readings of critical mass; that of the largest positions only if enough accounts are behind it."""
    reading = assessment.reading
    few = reading.disclosed is not None and assessment.largest_accounts < reading.cohort.privacy.min_accounts
    return {
        "quantile": {name: _plain(value) for name, value in vars(assessment.quantile).items()},
        "largest_positions": None if few else {name: _plain(v) for name, v in vars(assessment.largest).items()},
    }


def _tiers(rows: pd.DataFrame) -> list[dict[str, Any]]:
    kept = rows.drop(columns="tier_floor")
    return [{name: _plain(value) for name, value in row.items()} for row in kept.to_dict("records")]


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Infinity as the text "inf", NaN as None, the rest as it is."""
    if isinstance(value, float):
        return None if math.isnan(value) else "inf" if math.isinf(value) else float(value)
    return value
