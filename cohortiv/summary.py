"""The numbers of a result for machines: what `summary.json` and `cohortiv index --json` hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from cohortiv import __version__
from cohortiv.assessment import Assessment, CohortReading, excluded_share
from cohortiv.assessment.coverage import shortcomings
from cohortiv.assessment.model_note import model_note
from cohortiv.assessment.suspicions import suspicions
from cohortiv.liquidation import NO_LINE, PAST
from cohortiv.plain import plain_values
from cohortiv.positions import parse_as_of
from cohortiv.profile import OUT_OF_SCOPE, LiquidationProfile
from cohortiv.publication import published_exclusions, state_share, tier_rows

if TYPE_CHECKING:
    from cohortiv.published_cascade import PublishedCascade

SCHEMA_VERSION = "1.0"
#: Version of the method in METHODOLOGY.md; its first number changes when the same data would give another number.
METHODOLOGY_VERSION = "1.1"


@dataclass(frozen=True)
class DataQuality:
    """How far the data bear a result. Shares are of notional in use [1] unless named otherwise.

    A figure is None where its whole is 0, or where a report withholds it.

    Attributes
    ----------
    basis : str
        positions, tier_table or open_interest; without positions nothing is known of accounts, and their counts are 0.
    sources : tuple of str
        File names.
    rows_read, rows_of_other_snapshots, rows_out_of_scope, rows_excluded, rows_used : int or None
        The first is the sum of the others. The rows of too few accounts are withheld, and with them `rows_read`.
    accounts_read : int
        Distinct accounts of the snapshot, out of scope included.
    margin_units : int
        Leveraged, in scope.
    cross_solver_steps : int
        Newton steps of the slowest cross unit.
    notional_read_usd : float or None
        Of the snapshot, out of scope included [USD].
    exclusions : tuple of mapping
        rule, rows, notional_usd of each rule that excludes rows; None where withheld.
    excluded_share, max_excluded : float
        Share of notional in scope that is excluded, and that may be.
    supplied_line_share, past_supplied_line_share, compared_line_share : float or None
        Lines that are the venue's own; of them those on the wrong side of the mark; those with a computed line too.
    line_disagreement_share : float or None
        Lines that differ by over 0.5 % of the mark, share of those compared.
    estimated_collateral_share : float or None
        Collateral for which notional / leverage stands in, share of collateral.
    default_comovement_share : float or None
        Symbols that move by default figures, share of leveraged notional.
    early_brackets_share : float
        Rows served by brackets that came into force only later, share of rows.
    mark_spread : float or None
        Largest relative difference of the mark prices of one symbol.
    warnings : tuple of str
        What looks like wrong data; in a report without numbers of rows.
    notices : tuple of str
        What must be known first: that a model stands in for positions, and how far off it was measured.
    grey_reasons : tuple of str
        Why there is no code; empty where there is one.
    reconciled : bool
        Rows, accounts and notional are the same from the source to the profile; a result without it doesn't exist.
    """

    basis: str
    sources: tuple[str, ...]
    rows_read: int | None
    rows_of_other_snapshots: int
    rows_out_of_scope: int | None
    rows_excluded: int | None
    rows_used: int
    accounts_read: int
    margin_units: int
    cross_solver_steps: int
    notional_read_usd: float | None
    exclusions: tuple[Mapping[str, object], ...]
    excluded_share: float | None
    max_excluded: float
    supplied_line_share: float | None
    past_supplied_line_share: float | None
    compared_line_share: float | None
    line_disagreement_share: float | None
    estimated_collateral_share: float | None
    default_comovement_share: float | None
    early_brackets_share: float
    mark_spread: float | None
    warnings: tuple[str, ...]
    notices: tuple[str, ...]
    grey_reasons: tuple[str, ...]
    reconciled: bool


def summarise(assessment: Assessment, *, cascade: "PublishedCascade | None" = None) -> dict[str, object]:
    """Everything that a program may want to know of a result, unrounded.

    Parameters
    ----------
    assessment : Assessment
        With disclosed cells (for a report) all obeys the privacy rule, and what is withheld is None; without,
        everything is there.
    cascade : PublishedCascade, optional
        Of the same result. Told where its depth was given: depth is never invented.

    Returns
    -------
    dict
        Keys as in `schemas/summary.schema.json`. Infinity is the text "inf", NaN and what doesn't exist is None.
    """
    values: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        **_subject(assessment),
        **_index_figures(assessment),
        "readings": _readings(assessment),
        **_totals(assessment),
        "tiers": tier_rows(assessment).drop(columns="tier_floor").to_dict("records"),
        "cascade": cascade and _told_cascade(cascade),
        "data_quality": vars(data_quality(assessment)),
        "methodology_version": METHODOLOGY_VERSION,
        "package_version": __version__,
    }
    return {name: plain_values(value) for name, value in values.items()}


def _told_cascade(found: "PublishedCascade") -> dict[str, object] | None:
    """Falls at the depth given, and what they rest on; None where no depth was."""
    from cohortiv.published_cascade import nearest_cliff  # noqa: PLC0415 - a result without a depth needs no cascade

    depth = found.depth_usd
    if depth is None:
        return None
    if not found.runs:
        return {"basis": "none", "depth_usd": depth, "shocks": [], "total_moves": [], "cliff": None, "cliff_from": None}
    run, cautious = found.run("down", depth), found.cautious_run("down", depth)
    return {
        "basis": "ladder" if found.from_ladder else "profile",
        "depth_usd": depth,
        "shocks": run.shocks.tolist(),
        "total_moves": run.total_moves.tolist(),
        "cliff": run.cliff and {"shock": run.cliff.shock, "total_move": run.cliff.total_move},
        "cliff_from": None if cautious is None else nearest_cliff(cautious),
    }


def _subject(assessment: Assessment) -> dict[str, object]:
    """What the result is about."""
    reading, symbol = assessment.reading, assessment.settings.symbol
    return {
        "as_of": as_of_text(reading),
        "cohort": reading.cohort.name,
        "symbols": [symbol] if symbol else list(reading.told_symbols),
        "synthetic": reading.synthetic,
    }


def _index_figures(assessment: Assessment) -> dict[str, object]:
    """The index, its code and what is known of both."""
    uncertainty, moves = None if assessment.grey else assessment.uncertainty, assessment.moves
    interval = uncertainty and {name: getattr(uncertainty.interval, name) for name in ("level", "low", "high")}
    return {
        "code": str(assessment.code),
        "code_held": None if assessment.code_held is None else str(assessment.code_held),
        "iv_index": assessment.iv_index,
        "critical_volatility": assessment.critical.value,
        "reference_volatility": assessment.reference_volatility,
        "horizon_days": assessment.settings.horizon_days,
        "critical_mass": assessment.settings.critical_mass,
        "interval": interval,
        "code_probability": uncertainty and vars(uncertainty.code_probability),
        "critical_drawdown": moves.drawdown,
        "critical_rally": moves.rally,
    }


def _totals(assessment: Assessment) -> dict[str, object]:
    """Money, positions and accounts."""
    reading = assessment.reading
    return {
        "leveraged_notional_usd": reading.profile.leveraged_notional_usd,
        "tvl_usd": tvl_usd(reading),
        "positions": int(reading.profile.used["positions"].sum()),
        "accounts": reading.figures.accounts,
        "share_without_line": state_share(assessment, NO_LINE),
        "share_past_line": state_share(assessment, PAST),
    }


def as_of_text(reading: CohortReading) -> str | None:
    """Snapshot time as ISO 8601 with Z; the date alone where only a date was given, None where nothing was."""
    if reading.as_of is None:
        return None
    if not reading.timed and reading.asked is not None and not isinstance(parse_as_of(reading.asked), datetime):
        return f"{reading.as_of:%Y-%m-%d}"
    return reading.as_of.isoformat() + "Z"


def tvl_usd(reading: CohortReading) -> float | None:
    """Collateral behind all positions in use, leveraged or not [USD]; None where it is withheld."""
    told = reading.disclosed is None or reading.disclosed.collateral.total
    if "tvl_usd" in reading.withheld.figures or not told:
        return None
    return float(reading.profile.used["collateral_cents"].sum()) / 100


def data_quality(assessment: Assessment) -> DataQuality:
    """Counts and shares that say how far the data bear the result; what a report withholds is None."""
    reading = assessment.reading
    values: dict[str, Any] = {
        **_counts(reading),
        **_shares(reading),
        "basis": reading.basis.name.lower(),
        "sources": reading.sources,
        "notional_read_usd": reading.totals.notional_cents / 100,
        "exclusions": _exclusions(reading),
        "max_excluded": assessment.settings.max_excluded,
        "early_brackets_share": reading.early_share,
        "mark_spread": _mark_spread(reading.profile),
        "warnings": _warnings(assessment),
        "notices": tuple(filter(None, [model_note(reading), *shortcomings(reading.venues), *reading.mapped])),
        "grey_reasons": assessment.grey,
        "reconciled": True,
    }
    hidden = reading.withheld.figures & values.keys()
    return DataQuality(**values | dict.fromkeys(hidden))


def _counts(reading: CohortReading) -> dict[str, int]:
    """Rows, accounts and margin units."""
    profile = reading.profile
    rest = profile.cells[profile.cells["reason"] == OUT_OF_SCOPE]
    return {
        "rows_read": reading.totals.rows + reading.other_rows,
        "rows_of_other_snapshots": reading.other_rows,
        "rows_out_of_scope": int(rest["positions"].sum()),
        "rows_used": int(profile.used["positions"].sum()) if reading.has_accounts else reading.totals.rows,
        "rows_excluded": int(profile.excluded["positions"].sum()),
        "accounts_read": reading.totals.accounts,
        "margin_units": reading.figures.margin_units,
        "cross_solver_steps": reading.steps,
    }


def _shares(reading: CohortReading) -> dict[str, float | None]:
    """What part of the notional in use rests on supplied lines, estimates and default figures."""
    profile, used, leveraged = reading.profile, reading.profile.used, reading.profile.leveraged
    unknown = [symbol for symbol in leveraged["symbol"].unique() if not profile.comovement.is_known(symbol)]
    by_default = leveraged.loc[leveraged["symbol"].isin(unknown), "notional_cents"].sum()
    return {
        "excluded_share": excluded_share(profile),
        "supplied_line_share": _share(used, "supplied_cents"),
        "past_supplied_line_share": _share(used, "past_supplied_cents"),
        "compared_line_share": _share(used, "compared_cents"),
        "line_disagreement_share": _share(used, "differs_cents", "compared_cents"),
        "estimated_collateral_share": _share(used, "estimated_cents", "collateral_cents"),
        "default_comovement_share": _ratio(float(by_default), float(leveraged["notional_cents"].sum())),
    }


def _share(used: pd.DataFrame, part: str, whole: str = "notional_cents") -> float | None:
    return _ratio(float(used[part].sum()), float(used[whole].sum()))


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _exclusions(reading: CohortReading) -> tuple[Mapping[str, object], ...]:
    table = published_exclusions(reading)[["rule", "rows", "notional_usd"]]
    return tuple(
        {str(name): None if pd.isna(value) else value for name, value in row.items()}
        for row in table.to_dict("records")
    )


def _warnings(assessment: Assessment) -> tuple[str, ...]:
    """What looks like wrong data; in a report only where its figure is told."""
    reading = assessment.reading
    found = suspicions(reading.profile) if reading.has_accounts else ()
    if reading.disclosed is None:
        return (*reading.uneven, *(suspicion.told for suspicion in found))
    hidden = reading.withheld.figures | ({"share_past_line"} if state_share(assessment, PAST) is None else set())
    return (*reading.uneven, *(suspicion.publishable for suspicion in found if suspicion.kind not in hidden))


def _mark_spread(profile: LiquidationProfile) -> float | None:
    """Largest relative difference of the mark prices of one symbol [1]."""
    ranges = [profile.mark_range(symbol) for symbol in profile.used["symbol"].unique()]
    spreads = [high / low - 1 for low, high in (found for found in ranges if found is not None)]
    return max(spreads, default=None)


def _readings(assessment: Assessment) -> dict[str, object]:
    """The two other readings of critical mass; that of the largest positions only if enough accounts are behind it."""
    reading = assessment.reading
    few = "largest_positions" in reading.withheld.figures or not reading.has_accounts
    return {
        "quantile": vars(assessment.quantile),
        "largest_positions": None if few else vars(assessment.largest),
    }
