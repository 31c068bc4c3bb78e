"""Forced selling and price impact: how far a shock runs on, where the cliff is, and what it closes."""

from cohortiv.cascade.branching import GAMMA_MOVE, Branching, branching_along, liquidation_gamma, mean_branching
from cohortiv.cascade.cliff import LARGEST_SHOCK, SMALLEST_JUMP, Cliff, find_cliff
from cohortiv.cascade.curve import Cascade, DepthGrid, cascade, depth_grid
from cohortiv.cascade.damage import Backstop, Closed, Damage, backstops, closed_shares, damage, pullbacks
from cohortiv.cascade.flow import ForcedFlow, flow_of_bins, forced_at, forced_flow
from cohortiv.cascade.impact import (
    DEPTH_SHARES,
    ImpactLaw,
    PriceImpact,
    Withdrawal,
    impact_of_depth,
    linear_impact,
    price_impact,
    square_root_impact,
)
from cohortiv.cascade.lines import ForcedLines, forced_lines
from cohortiv.cascade.moves import Direction, log_moves, simple_moves
from cohortiv.cascade.total import total_log_moves, total_moves
from cohortiv.cascade.venues import VenueRules

__all__ = [
    "DEPTH_SHARES",
    "GAMMA_MOVE",
    "LARGEST_SHOCK",
    "SMALLEST_JUMP",
    "Backstop",
    "Branching",
    "Cascade",
    "Cliff",
    "Closed",
    "Damage",
    "DepthGrid",
    "Direction",
    "ForcedFlow",
    "ForcedLines",
    "ImpactLaw",
    "PriceImpact",
    "VenueRules",
    "Withdrawal",
    "backstops",
    "branching_along",
    "cascade",
    "closed_shares",
    "damage",
    "depth_grid",
    "find_cliff",
    "flow_of_bins",
    "forced_at",
    "forced_flow",
    "forced_lines",
    "impact_of_depth",
    "linear_impact",
    "liquidation_gamma",
    "log_moves",
    "mean_branching",
    "price_impact",
    "pullbacks",
    "simple_moves",
    "square_root_impact",
    "total_log_moves",
    "total_moves",
]
