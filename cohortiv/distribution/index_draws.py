"""From draws of a coming tier mix to draws of the IV Index: band, code probabilities, fan over dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.distribution.hit_table import HitTable, critical_volatility_of_mixes
from cohortiv.early_warning import Thresholds
from cohortiv.iv_index import LEVEL, REFERENCE_VOLATILITY, CodeProbability, iv_index
from cohortiv.volatility import CRITICAL_MASS, HORIZON_DAYS, CriticalVolatility, FloatArray


@dataclass(frozen=True, eq=False)
class IndexDraws:
    """The IV Index of every draw.

    Attributes
    ----------
    index : numpy.ndarray
        IV Index of each draw [%], shape (..., n_draws): 0 where no volatility reaches the critical mass, infinite where
        it is past its lines.
    critical : CriticalVolatility
        Critical volatilities with their status, same shape.
    reference_volatility : float
        Annualised anchor of the index [1/sqrt(year)].
    """

    index: FloatArray
    critical: CriticalVolatility
    reference_volatility: float


@dataclass(frozen=True, eq=False)
class IndexBand:
    """Median and band of index draws; leading axes are those of the draws.

    Attributes
    ----------
    level : float
        Share of the draws between the ends [1].
    low, median, high : numpy.ndarray
        Order statistics of the draws [%], so they may be 0 or infinite as a draw may.
    """

    level: float
    low: FloatArray
    median: FloatArray
    high: FloatArray


def index_draws(
    table: HitTable,
    draws: npt.ArrayLike,
    *,
    critical_mass: float = CRITICAL_MASS,
    horizon_days: float = HORIZON_DAYS,
    reference_volatility: float = REFERENCE_VOLATILITY,
) -> IndexDraws:
    """The IV Index of each draw of the tier mix.

    Parameters
    ----------
    table : HitTable
        Distance given tier, of the latest snapshot.
    draws : array_like, shape (..., n_draws, k)
        Shares of leveraged notional in the order of the table's edges, summing to 1 [1]; leading axes are dates or
        assumptions.
    critical_mass : float, optional
        Share c of leveraged notional. Default 0.15.
    horizon_days : float, optional
        Horizon [days]. Default 7.
    reference_volatility : float, optional
        Annualised anchor [1/sqrt(year)]. Default 0.40; for one symbol alone kappa times that.

    Returns
    -------
    IndexDraws

    Raises
    ------
    ValueError
        If there are no draws, or they are not shares of these tiers.
    """
    mixes = np.asarray(draws, dtype=np.float64)
    if mixes.ndim < 2 or not mixes.size:  # noqa: PLR2004 - draws and tiers
        raise ValueError(f"got draws of shape {mixes.shape}; allowed is (..., n_draws, n_tiers) with one draw or more")
    critical = critical_volatility_of_mixes(table, mixes, critical_mass=critical_mass, horizon_days=horizon_days)
    return IndexDraws(
        index=iv_index(critical.volatility, reference_volatility),
        critical=critical,
        reference_volatility=reference_volatility,
    )


def index_band(draws: IndexDraws, *, level: float = LEVEL) -> IndexBand:
    """Median and central band of the draws.

    Parameters
    ----------
    draws : IndexDraws
    level : float, optional
        Share of the draws in the band, between 0 and 1. Default 0.90: from 5 to 95 %.

    Raises
    ------
    ValueError
        On a level outside (0, 1).

    Notes
    -----
    Quantiles are order statistics (the smallest draw at or above the wanted share): no mean is taken between two
    draws, since one of them may be infinite.
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"got a level of {level}; it lies between 0 and 1, for instance 0.90")
    tails = [0.5 - 0.5 * level, 0.5, 0.5 + 0.5 * level]
    low, median, high = np.quantile(draws.index, tails, axis=-1, method="inverted_cdf")
    return IndexBand(level=level, low=np.asarray(low), median=np.asarray(median), high=np.asarray(high))


def code_shares(draws: IndexDraws, thresholds: Thresholds | None = None) -> tuple[CodeProbability, ...]:
    """Share of the draws with each code, one record a date.

    Parameters
    ----------
    draws : IndexDraws
        Index of shape (n_draws,) or (n_dates, n_draws).
    thresholds : Thresholds, optional
        Default 30 and 60.

    Returns
    -------
    tuple of CodeProbability
        One for each date, one where there are no dates. Grey is not among them: it is about data, not about draws.
    """
    limits = thresholds or Thresholds()
    rows = draws.index.reshape(-1, draws.index.shape[-1])
    green, red = (rows < limits.yellow).mean(axis=1), (rows > limits.red).mean(axis=1)
    return tuple(
        CodeProbability(green=low, yellow=max(0.0, 1.0 - low - high), red=high)
        for low, high in zip(green.tolist(), red.tolist(), strict=True)
    )


def index_fan(
    draws: IndexDraws,
    dates: Sequence[datetime] | pd.DatetimeIndex,
    *,
    thresholds: Thresholds | None = None,
    level: float = LEVEL,
) -> pd.DataFrame:
    """The index over coming dates: band and code probabilities, one row a date.

    Parameters
    ----------
    draws : IndexDraws
        Index of shape (n_dates, n_draws).
    dates : sequence of datetime or DatetimeIndex
        The date of each leading row (UTC).
    thresholds : Thresholds, optional
        Default 30 and 60.
    level : float, optional
        Share of the draws in the band. Default 0.90.

    Returns
    -------
    DataFrame
        as_of, low, median, high [%], green, yellow, red [1].

    Raises
    ------
    ValueError
        If there is not one date for each row of draws.
    """
    if draws.index.ndim != 2 or len(dates) != len(draws.index):  # noqa: PLR2004 - dates and draws
        raise ValueError(
            f"got {len(dates)} dates for draws of shape {draws.index.shape}; "
            "allowed is (n_dates, n_draws), one row for each date"
        )
    band = index_band(draws, level=level)
    codes = pd.DataFrame([vars(code) for code in code_shares(draws, thresholds)])
    ends = pd.DataFrame({"as_of": list(dates), "low": band.low, "median": band.median, "high": band.high})
    return pd.concat([ends, codes], axis=1)
