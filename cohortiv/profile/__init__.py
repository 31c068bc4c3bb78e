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
from cohortiv.profile.liquidation_profile import LiquidationProfile, Nodes, load_profile, save_profile
from cohortiv.profile.moves import critical_distance

__all__ = [
    "LADDER_STEP", "OUT_OF_SCOPE",
    "AccountFigures", "BuiltProfile", "LiquidationProfile", "Nodes", "Scope",
    "account_figures", "build_profile", "critical_distance", "leveraged_positions", "load_profile",
    "margin_units_by_snapshot",
    "reconcile", "save_profile", "used_totals",
]  # fmt: skip
