"""The cohort of a scenario: who holds how much of what, and the waves in which it was opened."""

import math
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, FiniteFloat, model_validator

from cohortiv.config.cohort import Product
from cohortiv.config.yaml_file import Name, NotNegative, Positive, Share, StrictSettings
from cohortiv.schema import STABLECOINS

#: Shares may miss 1 by this much, for thirds.
TOLERANCE = 1e-6

Leverage = Annotated[FiniteFloat, Field(ge=1.0, le=1000.0)]


def _whole(shares: dict[str, float] | dict[float, float]) -> dict[str, float] | dict[float, float]:
    total = math.fsum(shares.values())
    if abs(total - 1) > TOLERANCE:
        raise ValueError(f"got shares that sum to {total:g}, allowed are shares that sum to 1")
    return shares


Shares = Annotated[dict[Name, Share], AfterValidator(_whole)]
TierShares = Annotated[dict[Leverage, Share], AfterValidator(_whole)]
PathShare = Annotated[FiniteFloat, Field(ge=0.0, le=1.0)]


class SizeDistribution(StrictSettings):
    """Lognormal sizes of positions, before all are scaled to the cohort's notional.

    Attributes
    ----------
    median_usd : float
        Half of the positions are smaller [USD].
    log_spread : float
        Standard deviation of the logarithm [1].
    """

    median_usd: Positive
    log_spread: Annotated[FiniteFloat, Field(ge=0.0, le=4.0)]


class Wave(StrictSettings):
    """Positions that were opened in the same time and mood.

    Attributes
    ----------
    name : str
    share : float
        Share of all notional that was ever opened [1]; what the path closed since is gone.
    long_share : float
        Share of its notional that is long [1].
    entered : tuple of float or None
        From and to, as fractions of the market path: [0, 1] is the whole way, at the path's prices.
    near_mark : float or None
        In place of `entered`: entries spread about today's price, standard deviation of their logarithm [1].
    tiers : dict of float to float
        Share of its notional by leverage [x, 1].
    """

    name: Name
    share: Share
    long_share: Share
    entered: Annotated[tuple[PathShare, PathShare], Field(strict=False)] | None = None
    near_mark: Annotated[FiniteFloat, Field(ge=0.0, le=1.0)] | None = None
    tiers: TierShares

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if (self.entered is None) == (self.near_mark is None):
            raise ValueError("allowed is either entered, such as [0.5, 1.0], or near_mark, such as 0.01")
        if self.entered is not None and self.entered[0] >= self.entered[1]:
            raise ValueError(f"entered: got {list(self.entered)}, allowed are two fractions of the path that rise")
        return self


def _whole_waves(waves: tuple[Wave, ...]) -> tuple[Wave, ...]:
    total = math.fsum(wave.share for wave in waves)
    if waves and abs(total - 1) > TOLERANCE:
        raise ValueError(f"got waves whose shares sum to {total:g}, allowed are shares that sum to 1")
    return waves


Waves = Annotated[tuple[Wave, ...], Field(strict=False), AfterValidator(_whole_waves)]


class CohortPlan(StrictSettings):
    """A cohort that is made from nothing.

    Attributes
    ----------
    notional_usd : float
        Leveraged notional of what is open at the end [USD].
    accounts : int
        Positions drawn, one an account; what the path closes is gone.
    symbols, venues, products, contracts, margin_modes : dict of str to float
        Shares of notional by name [1].
    collateral : dict of str to float
        Shares of cross units, by notional, whose collateral is that asset; isolated linear positions hold USDT, inverse
        ones their coin [1].
    collateral_haircut : float
        Share of collateral other than USDT and USDC that does not count, cross units [1].
    spare_margin : float
        Wallet balance of a cross unit beyond its initial margin, over that margin [1].
    maintenance_rate : float
        Maintenance rate by which the path closes positions before today [1]. Today's lines follow the venue's brackets;
        where it has none, the rate of its `liquidation`, else this one.
    size : SizeDistribution
    waves : tuple of Wave
    """

    notional_usd: Positive
    accounts: Annotated[int, Field(ge=100, le=1_000_000)]
    symbols: Shares
    venues: Shares
    products: Annotated[dict[Product, Share], AfterValidator(_whole)]
    contracts: Annotated[dict[Literal["linear", "inverse"], Share], AfterValidator(_whole)]
    margin_modes: Annotated[dict[Literal["isolated", "cross"], Share], AfterValidator(_whole)]
    collateral: Shares
    collateral_haircut: Share = 0.0
    spare_margin: NotNegative = 0.0
    maintenance_rate: Annotated[FiniteFloat, Field(gt=0.0, lt=0.5)]
    size: SizeDistribution
    waves: Annotated[Waves, Field(min_length=1)]

    @model_validator(mode="after")
    def _collateral_has_a_price(self) -> Self:
        unknown = sorted(set(self.collateral) - set(STABLECOINS) - set(self.symbols))
        if unknown:
            raise ValueError(
                f"collateral: got {', '.join(unknown)}, allowed are symbols of the cohort and the stablecoins "
                f"{', '.join(STABLECOINS)}"
            )
        return self
