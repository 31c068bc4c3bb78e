"""Scenarios: a cohort from nothing or a real one, what happens to it, and its index and cascade before and after."""

from cohortiv.scenario.apply import apply_changes, reading_after
from cohortiv.scenario.changes import (
    ChangedProfile,
    add_inflow,
    add_maintenance,
    cap_leverage,
    price_move,
    shock_collateral,
    top_up,
)
from cohortiv.scenario.cohort import draw_positions
from cohortiv.scenario.depths import DepthRun, impact_of
from cohortiv.scenario.run import PULLBACKS, ScenarioResult, ScenarioState, run_scenario
from cohortiv.scenario.several import run_scenarios

__all__ = [
    "PULLBACKS",
    "ChangedProfile",
    "DepthRun",
    "ScenarioResult",
    "ScenarioState",
    "add_inflow",
    "add_maintenance",
    "apply_changes",
    "cap_leverage",
    "draw_positions",
    "impact_of",
    "price_move",
    "reading_after",
    "run_scenario",
    "run_scenarios",
    "shock_collateral",
    "top_up",
]
