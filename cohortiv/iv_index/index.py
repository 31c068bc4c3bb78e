"""The IV Index: the reference volatility in percent of the critical volatility, and what makes it up."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from cohortiv.volatility import (
    CRITICAL_MASS,
    HORIZON_DAYS,
    CriticalVolatility,
    FloatArray,
    HitLaw,
    LineBook,
    critical_volatility_of,
    gbm_hit_probability,
    hit_chances,
    root_horizon,
)

REFERENCE_VOLATILITY: Final = 0.40
"""Default anchor of the index, annualised [1/sqrt(year)]."""

CRITICAL_MASSES: Final = (0.05, 0.10, 0.15, 0.20, 0.30)
"""Critical masses that the sensitivity table tries by default [1]."""

HORIZONS_DAYS: Final = (1.0, 3.0, 7.0, 14.0, 30.0)
"""Horizons that the sensitivity table tries by default [days]."""

REFERENCE_VOLATILITIES: Final = (0.20, 0.30, 0.40, 0.60, 0.80)
"""Reference volatilities that the sensitivity table tries by default [1/sqrt(year)]."""


Parameter = Literal["Critical mass", "Horizon", "Reference volatility"]


@dataclass(frozen=True)
class SensitivityPoint:
    """The index with one parameter changed and the others left alone.

    Attributes
    ----------
    parameter : str
        What was changed: "Critical mass", "Horizon" or "Reference volatility".
    label : str
        The value as a person reads it: "10 %", "3 days".
    value : float
        The value: a share [1], days, or an annualised volatility [1/sqrt(year)].
    iv_index : float
        The index there [%]; 0, infinite or NaN as in :func:`iv_index`.
    is_default : bool
        Whether this is the value in use.
    """

    parameter: Parameter
    label: str
    value: float
    iv_index: float
    is_default: bool


def iv_index(critical_volatility: npt.ArrayLike, reference_volatility: float = REFERENCE_VOLATILITY) -> FloatArray:
    """Index of fragility: 100 * reference volatility / critical volatility.

    Parameters
    ----------
    critical_volatility : array_like
        Annualised sigma_c >= 0 [1/sqrt(year)]: 0 when critical mass is past its lines, infinite when no volatility
        reaches it, NaN when nothing is leveraged.
    reference_volatility : float, optional
        Annualised anchor, finite and > 0 [1/sqrt(year)]. Default 0.40.

    Returns
    -------
    numpy.ndarray
        Index [%], same shape: infinite at sigma_c = 0, 0 at infinity, NaN at NaN. Over 100 where the reference
        volatility already exceeds the critical one.

    Raises
    ------
    ValueError
        On a negative critical volatility or a reference volatility that is not finite and > 0.
    """
    if not (math.isfinite(reference_volatility) and reference_volatility > 0.0):
        raise ValueError(
            f"got a reference volatility of {reference_volatility}; it is annualised and more than 0, for instance 0.40"
        )
    critical = np.asarray(critical_volatility, dtype=np.float64)
    negative = int(np.count_nonzero(critical < 0.0))
    if negative:
        raise ValueError(
            f"got {negative} negative critical volatilities; allowed are 0, positive numbers, infinity and NaN"
        )
    with np.errstate(divide="ignore", over="ignore"):
        return np.asarray(100.0 * reference_volatility / np.abs(critical))


def contributions(book: LineBook, critical: CriticalVolatility, *, law: HitLaw = gbm_hit_probability) -> FloatArray:
    """What each node adds to the critical mass: its part of sum_i w_i p_i at the critical volatility.

    Parameters
    ----------
    book : LineBook
        The book that was solved, weights (..., n).
    critical : CriticalVolatility
        Its solution, shape (...).
    law : HitLaw, optional
        The law it was solved under.

    Returns
    -------
    numpy.ndarray
        Parts in the shape of the weights, summing to 1 over the nodes; sums over groups of nodes are the groups'
        parts. At sigma_c = 0 the notional past its lines, at infinity the limit of the curve. All 0 where no
        node can be touched or nothing is leveraged.
    """
    v = np.where(np.isnan(critical.v), 0.0, critical.v)
    touched = book.weights * hit_chances(book, v, law=law)
    whole = touched.sum(axis=-1, keepdims=True)
    parts: FloatArray = np.divide(touched, whole, out=np.zeros_like(touched), where=whole > 0.0)
    return parts


def sensitivity(
    book: LineBook,
    *,
    critical_mass: float = CRITICAL_MASS,
    horizon_days: float = HORIZON_DAYS,
    reference_volatility: float = REFERENCE_VOLATILITY,
    critical_masses: Iterable[float] = CRITICAL_MASSES,
    horizons_days: Iterable[float] = HORIZONS_DAYS,
    reference_volatilities: Iterable[float] = REFERENCE_VOLATILITIES,
    law: HitLaw = gbm_hit_probability,
) -> tuple[SensitivityPoint, ...]:
    """The index of one profile when each of its three parameters is changed in turn.

    Parameters
    ----------
    book : LineBook
        One profile: weights of shape (n,).
    critical_mass, horizon_days, reference_volatility : float, optional
        The values in use [1, days, 1/sqrt(year)]; each joins its own list.
    critical_masses, horizons_days, reference_volatilities : iterable of float, optional
        The values to try, in any order.
    law : HitLaw, optional
        Default geometric Brownian motion.

    Returns
    -------
    tuple of SensitivityPoint
        By parameter, values rising. All indices are NaN where nothing is leveraged.

    Notes
    -----
    Only v = sigma * sqrt(T) matters, so one solve serves every horizon and reference; each critical mass takes one.
    """
    v_at = {
        mass: critical_volatility_of(book, critical_mass=mass, law=law).single_v
        for mass in {*critical_masses, critical_mass}
    }

    def point(parameter: Parameter, label: str, value: float, *, in_use: float) -> SensitivityPoint:
        mass = value if parameter == "Critical mass" else critical_mass
        days = value if parameter == "Horizon" else horizon_days
        reference = value if parameter == "Reference volatility" else reference_volatility
        index = float(iv_index(v_at[mass] / root_horizon(days), reference))
        return SensitivityPoint(parameter, label, value, iv_index=index, is_default=value == in_use)

    references = sorted({*reference_volatilities, reference_volatility})
    return (
        *(point("Critical mass", _percent(mass), mass, in_use=critical_mass) for mass in sorted(v_at)),
        *(point("Horizon", _days(d), d, in_use=horizon_days) for d in sorted({*horizons_days, horizon_days})),
        *(point("Reference volatility", _percent(r), r, in_use=reference_volatility) for r in references),
    )


def _percent(share: float) -> str:
    return f"{100.0 * share:.6g} %"


def _days(days: float) -> str:
    return "1 day" if days == 1.0 else f"{days:.6g} days"
