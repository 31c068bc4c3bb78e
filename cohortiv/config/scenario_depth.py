"""The depth of a scenario: what the market can take, how it thins out, and how venues liquidate."""

from typing import Annotated, Literal, Self

from pydantic import Field, FiniteFloat, model_validator

from cohortiv.config.yaml_file import Name, NotNegative, Positive, StrictSettings

BelowOne = Annotated[FiniteFloat, Field(ge=0.0, lt=1.0)]


class DepthWithdrawal(StrictSettings):
    """How depth thins out while forced orders come: the share ceiling * Q / (Q + half_usd) is gone.

    Attributes
    ----------
    ceiling : float
        Share of depth that is gone in the end, 0 to below 1 [1].
    half_usd : float
        Forced orders after which half of that is gone [USD].
    """

    ceiling: BelowOne
    half_usd: Positive


class VenueLiquidation(StrictSettings):
    """How one venue liquidates.

    Attributes
    ----------
    maintenance_rate : float
        Maintenance margin over notional at the line, more than 0 and below 0.5 [1]. Lines of a made-up cohort follow
        the venue's bracket table where there is one, and this rate where there is none.
    closing_steps : int
        Equal parts in which a position is closed; 5 for a fifth at a time.
    insurance_fund_usd : float
        What its fund pays for losses beyond bankruptcy [USD].
    """

    maintenance_rate: Annotated[FiniteFloat, Field(gt=0.0, lt=0.5)]
    closing_steps: Annotated[int, Field(ge=1, le=100)] = 1
    insurance_fund_usd: NotNegative = 0.0


class Depth(StrictSettings):
    """What the market can take.

    Attributes
    ----------
    law : {"linear", "square_root"}
        Law of price impact.
    usd_per_percent : float or None
        Orders that move the price by 1 %, all venues together [USD]; needed by the linear law.
    usd_per_percent_by_venue : dict of str to float
        The same by venue, in place of the sum [USD].
    daily_volume_usd, daily_volatility : float or None
        Volume of a day [USD] and standard deviation of its log return [1]; needed by the square-root law.
    coefficient : float
        Y of the square-root law [1].
    withdrawal : DepthWithdrawal or None
        How depth withdraws while the cascade goes.
    liquidation : dict of str to VenueLiquidation
        By venue; one that isn't named closes positions at once.
    """

    law: Literal["linear", "square_root"] = "linear"
    usd_per_percent: Positive | None = None
    usd_per_percent_by_venue: dict[Name, Positive] = Field(default_factory=dict)
    daily_volume_usd: Positive | None = None
    daily_volatility: Positive | None = None
    coefficient: Positive = 1.0
    withdrawal: DepthWithdrawal | None = None
    liquidation: dict[Name, VenueLiquidation] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _enough_for_the_law(self) -> Self:
        given = (self.usd_per_percent is not None) + bool(self.usd_per_percent_by_venue)
        if self.law == "linear" and given != 1:
            raise ValueError(
                f"the linear law needs either usd_per_percent or usd_per_percent_by_venue, more than 0 USD; got "
                f"{'both' if given else 'neither'}"
            )
        if self.law == "square_root" and None in {self.daily_volume_usd, self.daily_volatility}:
            raise ValueError("the square_root law needs daily_volume_usd and daily_volatility, both more than 0")
        return self

    @property
    def total_usd_per_percent(self) -> float | None:
        """Orders that move the price by 1 %, added up over venues [USD]; None under the square-root law."""
        if self.law != "linear":
            return None
        return self.usd_per_percent or sum(self.usd_per_percent_by_venue.values())
