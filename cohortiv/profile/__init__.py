"""The liquidation profile: build, combine, slice; its own file format."""

from cohortiv.profile.accounts import (
    LADDER_STEP,
    AccountFigures,
    account_figures,
    leveraged_positions,
    margin_units_by_snapshot,
    used_totals,
)
from cohortiv.profile.build import BuiltProfile, Scope, build_profile, reconcile
from cohortiv.profile.cells import OUT_OF_SCOPE
from cohortiv.profile.liquidation_profile import FORMAT, LiquidationProfile, Nodes, load_profile, save_profile
from cohortiv.profile.moves import CriticalDistances, binned_critical_distance, critical_distances
from cohortiv.profile.points import points_of, profile_of_points, with_points

__all__ = [
    "FORMAT", "LADDER_STEP", "OUT_OF_SCOPE",
    "AccountFigures", "BuiltProfile", "CriticalDistances", "LiquidationProfile", "Nodes", "Scope",
    "account_figures", "binned_critical_distance", "build_profile", "critical_distances", "leveraged_positions",
    "load_profile", "margin_units_by_snapshot", "points_of", "profile_of_points",
    "reconcile", "save_profile", "used_totals", "with_points",
]  # fmt: skip
