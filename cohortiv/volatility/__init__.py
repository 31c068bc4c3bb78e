"""Volatility: hit laws, the line book, and the critical volatility that a critical mass of it implies."""

from cohortiv.volatility.book import (
    DAYS_PER_YEAR,
    LineBook,
    expected_share,
    hit_chances,
    hit_curve,
    hit_elasticities,
    line_book,
    root_horizon,
)
from cohortiv.volatility.critical import (
    CRITICAL_MASS,
    HORIZON_DAYS,
    CriticalStatus,
    CriticalVolatility,
    critical_volatility_of,
    critical_volatility_of_mixtures,
    solve_critical_volatility,
)
from cohortiv.volatility.empirical import EmpiricalLaw, empirical_law
from cohortiv.volatility.jump import JumpLaw, jump_law
from cohortiv.volatility.laws import FloatArray, HitLaw, gbm_hit_probability, gbm_hit_slope

__all__ = [
    "CRITICAL_MASS",
    "DAYS_PER_YEAR",
    "HORIZON_DAYS",
    "CriticalStatus",
    "CriticalVolatility",
    "EmpiricalLaw",
    "FloatArray",
    "HitLaw",
    "JumpLaw",
    "LineBook",
    "critical_volatility_of",
    "critical_volatility_of_mixtures",
    "empirical_law",
    "expected_share",
    "gbm_hit_probability",
    "gbm_hit_slope",
    "hit_chances",
    "hit_curve",
    "hit_elasticities",
    "jump_law",
    "line_book",
    "root_horizon",
    "solve_critical_volatility",
]
