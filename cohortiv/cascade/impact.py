"""Price impact: how far forced orders move the price, and how depth thins out while they come."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from cohortiv.display import Displayed
from cohortiv.profile.bins import FloatArray

ImpactLaw = Literal["linear", "square_root"]

DEPTH_MOVE: Final = 0.01
"""Log move that orders of one depth cause: depth_usd moves the price by 1 %."""

DEPTH_SHARES: Final = (0.01, 0.02, 0.05, 0.10, 0.20)
"""Depths of a cascade where none is given: share of leveraged notional that moves the price by 1 % [1]."""

COEFFICIENT: Final = 1.0
"""Default Y of the square-root law [1]; about 1 in Donier and Bonart (2015), https://arxiv.org/abs/1412.4503."""


@dataclass(frozen=True)
class Withdrawal:
    """How market makers withdraw while forced orders come: the share phi(Q) = ceiling * Q / (Q + half_usd).

    Attributes
    ----------
    ceiling : float
        Share of depth that is gone in the end [1], from 0 to below 1.
    half_usd : float
        Forced orders after which half of the ceiling is gone [USD], more than 0 and finite.
    """

    ceiling: float
    half_usd: float

    def __post_init__(self) -> None:
        """Refuse a ceiling that leaves no depth, and a half that is none."""
        if not 0.0 <= self.ceiling < 1.0:
            raise ValueError(
                f"got a withdrawal ceiling of {self.ceiling}; it is 0 or more and below 1, for instance 0.9"
            )
        if not 0.0 < self.half_usd < np.inf:
            raise ValueError(f"got a withdrawal half of {self.half_usd} USD; it is more than 0 and finite")


@dataclass(frozen=True, eq=False)
class PriceImpact(Displayed):
    """A law of price impact for one or many profiles; made by `linear_impact` or `square_root_impact`.

    Attributes
    ----------
    law : {"linear", "square_root"}
        Power of the effective orders: 1 or 1/2.
    scale : numpy.ndarray
        Log move of one effective USD to that power, shape () or that of the profiles, 0 or more and finite.
    withdrawal : Withdrawal or None
        None: depth stays.

    Raises
    ------
    ValueError
        If a scale is negative, infinite or NaN: impact must not fall with the orders.
    """

    law: ImpactLaw
    scale: FloatArray
    withdrawal: Withdrawal | None = None

    def __post_init__(self) -> None:
        """Refuse scales with which impact would fall with the orders."""
        bad = int(np.count_nonzero(~((self.scale >= 0.0) & (self.scale < np.inf))))
        if bad:
            raise ValueError(
                f"got {bad} of {self.scale.size} impact scales that are negative, infinite or NaN; impact must not "
                "fall with forced orders: give finite numbers, 0 or more"
            )

    @property
    def bends_up(self) -> bool:
        """Whether impact is convex in the orders: the linear law while depth withdraws; all others are concave."""
        return self.law == "linear" and self.withdrawal is not None and self.withdrawal.ceiling > 0.0


def linear_impact(depth_usd: npt.ArrayLike, *, withdrawal: Withdrawal | None = None) -> PriceImpact:
    """Linear impact: 0.01 * Q / (depth_usd * (1 - phi(Q))).

    Parameters
    ----------
    depth_usd : array_like
        Orders that move the price by 1 % [USD], added over venues; more than 0, infinite for no impact. One number, or
        one for each profile.
    withdrawal : Withdrawal, optional
        phi; default none.

    Raises
    ------
    ValueError
        If a depth is 0, negative or NaN.
    """
    depth = np.asarray(depth_usd, dtype=np.float64)
    _refuse_not_positive(depth, name="depths", unit="USD")
    return PriceImpact("linear", DEPTH_MOVE / depth, withdrawal)


def impact_of_depth(
    depth_usd: npt.ArrayLike, *, law: ImpactLaw = "linear", withdrawal: Withdrawal | None = None
) -> PriceImpact:
    """Impact of a depth under either law: that many orders move the price by 1 %, before any depth withdraws.

    Parameters
    ----------
    depth_usd : array_like
        Orders that move the price by 1 % [USD], more than 0.
    law : {"linear", "square_root"}
    withdrawal : Withdrawal, optional
        phi; default none.

    Raises
    ------
    ValueError
        If a depth is 0, negative or NaN.

    Notes
    -----
    Linear: scale = 0.01 / depth. Square root: 0.01 / sqrt(depth), as for a volume of one depth a day and a daily
    volatility of 1 %.
    """
    if law == "linear":
        return linear_impact(depth_usd, withdrawal=withdrawal)
    return square_root_impact(depth_usd, DEPTH_MOVE, withdrawal=withdrawal)


def square_root_impact(
    daily_volume_usd: npt.ArrayLike,
    daily_volatility: npt.ArrayLike,
    *,
    coefficient: float = COEFFICIENT,
    withdrawal: Withdrawal | None = None,
) -> PriceImpact:
    """Square-root impact: Y * daily_volatility * sqrt(Q / (daily_volume_usd * (1 - phi(Q)))).

    Parameters
    ----------
    daily_volume_usd : array_like
        Volume traded a day [USD], added over venues; more than 0, infinite for no impact.
    daily_volatility : array_like
        Standard deviation of a day's log return [1], 0 or more.
    coefficient : float, optional
        Y [1]. Default 1.
    withdrawal : Withdrawal, optional
        phi; the volume then stands for depth. Default none.

    Raises
    ------
    ValueError
        If a volume is 0, negative or NaN, or volatility or coefficient is negative or not finite.

    References
    ----------
    Donier and Bonart (2015), https://arxiv.org/abs/1412.4503: the law holds for Bitcoin over four decades of size.
    """
    volume = np.asarray(daily_volume_usd, dtype=np.float64)
    _refuse_not_positive(volume, name="daily volumes", unit="USD")
    return PriceImpact(
        "square_root", coefficient * np.asarray(daily_volatility, dtype=np.float64) / np.sqrt(volume), withdrawal
    )


def price_impact(impact: PriceImpact, forced_usd: npt.ArrayLike) -> FloatArray:
    """Log move that forced orders cause.

    Parameters
    ----------
    impact : PriceImpact
        Scale of shape (...).
    forced_usd : array_like
        Forced orders Q >= 0 [USD], shape (..., n): profiles first.

    Returns
    -------
    numpy.ndarray
        Move in the direction of the orders [log], never falling with Q; 0 for no orders.

    Notes
    -----
    With phi(Q) = c Q / (Q + h), e = 1 - c, the effective orders are F(Q) = Q / (1 - phi) = Q (Q + h) / (h + e Q), and
    the move is scale * F or scale * sqrt(F).
    """
    forced = np.asarray(forced_usd, dtype=np.float64)
    effective = forced
    if impact.withdrawal is not None:
        h, e = impact.withdrawal.half_usd, 1.0 - impact.withdrawal.ceiling
        effective = forced * (forced + h) / (h + e * forced)
    powered = effective if impact.law == "linear" else np.sqrt(effective)
    moved: FloatArray = impact.scale[..., np.newaxis] * powered
    return moved


def impact_slope(impact: PriceImpact, forced_usd: npt.ArrayLike) -> FloatArray:
    """Further log move for a further USD of forced orders.

    Parameters
    ----------
    impact : PriceImpact
    forced_usd : array_like
        Forced orders Q >= 0 [USD], shape (..., n).

    Returns
    -------
    numpy.ndarray
        Derivative of `price_impact` [log/USD]; infinite at Q = 0 under the square-root law (0 where its scale is).

    Notes
    -----
    F'(Q) = (h^2 + 2 h Q + e Q^2) / (h + e Q)^2, and the square root's derivative is F' / (2 sqrt(F)).
    """
    forced = np.asarray(forced_usd, dtype=np.float64)
    slope, effective = np.ones_like(forced), forced
    if impact.withdrawal is not None:
        h, e = impact.withdrawal.half_usd, 1.0 - impact.withdrawal.ceiling
        thinned = h + e * forced
        slope = (h * h + 2.0 * h * forced + e * forced**2) / thinned**2
        effective = forced * (forced + h) / thinned
    if impact.law == "square_root":
        with np.errstate(divide="ignore"):
            slope = slope / (2.0 * np.sqrt(effective))
    scale = impact.scale[..., np.newaxis]
    with np.errstate(invalid="ignore"):
        return np.where(scale > 0.0, scale * slope, 0.0)


def _refuse_not_positive(values: FloatArray, *, name: str, unit: str) -> None:
    bad = int(np.count_nonzero(~(values > 0.0)))
    if bad:
        raise ValueError(
            f"got {bad} of {values.size} {name} that are not more than 0 {unit}, {values.flat[0]} first; "
            f"give positive {name}, infinite for no impact"
        )
