"""One function per question: a tidy frame in, an Altair chart out. They draw and never compute."""

from cohortiv.charts.cascade import cascade_curves, ladders_compared, tier_damage, total_move_map
from cohortiv.charts.index import index_gauge, index_history
from cohortiv.charts.liquidation import hit_share_curve, liquidation_ladder
from cohortiv.charts.sensitivity import index_sensitivity
from cohortiv.charts.theme import renditions, styled
from cohortiv.charts.tiers import critical_mass_makeup, leverage_distribution, withstand_volatility

__all__ = [
    "cascade_curves",
    "critical_mass_makeup",
    "hit_share_curve",
    "index_gauge",
    "index_history",
    "index_sensitivity",
    "ladders_compared",
    "leverage_distribution",
    "liquidation_ladder",
    "renditions",
    "styled",
    "tier_damage",
    "total_move_map",
    "withstand_volatility",
]
