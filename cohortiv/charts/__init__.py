"""One function per question: a tidy frame in, an Altair chart out. They draw and never compute."""

from cohortiv.charts.branching import branching_path
from cohortiv.charts.cascade import cascade_curves, ladders_compared, tier_damage, total_move_map
from cohortiv.charts.index import index_gauge, index_history
from cohortiv.charts.liquidation import hit_share_curve, liquidation_ladder
from cohortiv.charts.outlook import index_fan, share_fan, tier_outlook
from cohortiv.charts.outlook_drivers import index_by_case, index_tornado, index_waterfall
from cohortiv.charts.sensitivity import index_sensitivity
from cohortiv.charts.theme import renditions, styled
from cohortiv.charts.tiers import critical_mass_makeup, leverage_distribution, withstand_volatility
from cohortiv.charts.usage import capital_and_count, concentration_history, effective_leverage, leverage_density
from cohortiv.charts.validation import (
    auroc_intervals,
    reliability_picture,
    roc_picture,
    tier_weights,
    usefulness_picture,
)
from cohortiv.charts.validation_time import code_timeline, index_and_outcome, sentiment_by_day
from cohortiv.charts.volatility import volatility_history

__all__ = [
    "auroc_intervals",
    "branching_path",
    "capital_and_count",
    "cascade_curves",
    "code_timeline",
    "concentration_history",
    "critical_mass_makeup",
    "effective_leverage",
    "hit_share_curve",
    "index_and_outcome",
    "index_by_case",
    "index_fan",
    "index_gauge",
    "index_history",
    "index_sensitivity",
    "index_tornado",
    "index_waterfall",
    "ladders_compared",
    "leverage_density",
    "leverage_distribution",
    "liquidation_ladder",
    "reliability_picture",
    "renditions",
    "roc_picture",
    "sentiment_by_day",
    "share_fan",
    "styled",
    "tier_damage",
    "tier_outlook",
    "tier_weights",
    "total_move_map",
    "usefulness_picture",
    "volatility_history",
    "withstand_volatility",
]
