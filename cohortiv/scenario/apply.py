"""A scenario's changes applied in their order, and the reading of a cohort that they leave behind."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cohortiv.assessment import CohortReading
from cohortiv.config.scenario import Changes
from cohortiv.errors import DataError
from cohortiv.profile import AccountFigures, LiquidationProfile, binned_critical_distance
from cohortiv.scenario.changes import (
    ChangedProfile,
    add_inflow,
    add_maintenance,
    cap_leverage,
    price_move,
    shock_collateral,
    top_up,
)
from cohortiv.schema import TIER_EDGES


def apply_changes(
    profile: LiquidationProfile,
    changes: Changes,
    *,
    symbol: str | None = None,
    fresh: LiquidationProfile | None = None,
    tier_edges: Sequence[int] = TIER_EDGES,
) -> ChangedProfile:
    """Do to a profile what a scenario says: inflow, cap, maintenance, collateral, top-up and price move, in this order.

    Parameters
    ----------
    profile : LiquidationProfile
        One snapshot.
    changes : Changes
        `depth_withdrawn` is none of the profile's business.
    symbol : str, optional
        Set if the profile is of one symbol read alone.
    fresh : LiquidationProfile, optional
        What comes in; needed where there is an inflow.
    tier_edges : sequence of int, optional
        Lowest leverage of each tier of the profile [x].

    Returns
    -------
    ChangedProfile
        With what the price move liquidated. The profile itself where nothing changes.

    Raises
    ------
    DataError
        If there is an inflow and nothing to come in.
    """
    changed = profile
    if changes.inflow is not None:
        if fresh is None:
            raise DataError("The scenario has an inflow, and no positions to come in were drawn; pass them.")
        arriving = replace(fresh, comovement=profile.comovement)
        changed = add_inflow(changed, arriving, changes.inflow.share)
    if changes.leverage_cap is not None:
        changed = cap_leverage(
            changed,
            changes.leverage_cap,
            compliance=changes.compliance,
            response=changes.response,
            tier_edges=tier_edges,
        )
    changed = add_maintenance(changed, changes.maintenance_add)
    changed = shock_collateral(
        changed, changes.collateral_shock, volatile_share=changes.collateral_volatile_share
    )  # fmt: skip
    changed = top_up(changed, changes.top_up)
    return price_move(changed, changes.price_move, symbol=symbol)


def reading_after(reading: CohortReading, profile: LiquidationProfile, *, critical_mass: float) -> CohortReading:
    """The reading of a cohort whose profile was changed.

    Parameters
    ----------
    reading : CohortReading
        Before the changes.
    profile : LiquidationProfile
        After them.
    critical_mass : float
        Share of leveraged notional [1].

    Returns
    -------
    CohortReading
        Critical moves to within a bin; without history. Who holds what is not known after a change: positions stand
        for accounts, no more of them than before unless there was an inflow, the index has no interval, and nothing is
        cleared for publication. The same reading where the profile is the same.
    """
    if profile is reading.profile:
        return reading
    fall, rise = (
        binned_critical_distance(profile, below=below, critical_mass=critical_mass) for below in (True, False)
    )
    return replace(
        reading,
        profile=profile,
        past=reading.profile if profile.cells.empty else profile,
        past_units={},
        figures=_figures(reading, profile),
        disclosed=None,
        drawdown_distance=fall,
        rally_distance=rise,
    )


def _figures(reading: CohortReading, profile: LiquidationProfile) -> AccountFigures:
    """Counts after a change, by position; nothing that is told by account."""
    before, held = reading.figures, profile.leveraged
    grown = held["positions"].sum() > reading.profile.leveraged["positions"].sum()
    positions = int(held["positions"].sum())
    groups = held.groupby(["symbol", "side", "tier"], as_index=False)[["positions", "notional_cents"]].sum()
    groups = groups.assign(accounts=np.maximum(1, groups["positions"]).astype(int))
    return replace(
        before,
        accounts=positions if grown else min(before.accounts, positions),
        margin_units=positions if grown else min(before.margin_units, positions),
        groups=groups[["symbol", "side", "tier", "notional_cents", "accounts"]],
        sizes=before.sizes.iloc[:0],
        gram=before.gram.iloc[:0],
        nodes=before.nodes.iloc[:0],
    )
