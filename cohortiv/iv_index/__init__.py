"""The IV Index: the index itself, other readings of a critical mass, its interval and code probabilities."""

from cohortiv.iv_index.index import (
    CRITICAL_MASSES,
    HORIZONS_DAYS,
    REFERENCE_VOLATILITIES,
    REFERENCE_VOLATILITY,
    SensitivityPoint,
    contributions,
    iv_index,
    sensitivity,
)
from cohortiv.iv_index.interval import (
    LEVEL,
    AccountGram,
    CodeProbability,
    IndexUncertainty,
    Interval,
    account_gram,
    code_probability,
    index_interval,
    index_uncertainty,
    log_deviation,
)
from cohortiv.iv_index.moves import (
    LARGEST_POSITIONS_MASS,
    CriticalMoves,
    Reading,
    largest_positions_reading,
    quantile_reading,
)

__all__ = [
    "CRITICAL_MASSES",
    "HORIZONS_DAYS",
    "LARGEST_POSITIONS_MASS",
    "LEVEL",
    "REFERENCE_VOLATILITIES",
    "REFERENCE_VOLATILITY",
    "AccountGram",
    "CodeProbability",
    "CriticalMoves",
    "IndexUncertainty",
    "Interval",
    "Reading",
    "SensitivityPoint",
    "account_gram",
    "code_probability",
    "contributions",
    "index_interval",
    "index_uncertainty",
    "iv_index",
    "largest_positions_reading",
    "log_deviation",
    "quantile_reading",
    "sensitivity",
]
