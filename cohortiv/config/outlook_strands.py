"""The three strands of an outlook as a file states them: history, adoption, regulation, each number with its source."""

import datetime as dt
import math
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, FiniteFloat, model_validator

from cohortiv.config.cohort import Product
from cohortiv.config.scenario_cohort import TOLERANCE, TierShares
from cohortiv.config.yaml_file import Name, NotNegative, Positive, Share, StrictSettings

ASSUMPTION = "assumption:"
SHORTEST_REASON = 15

Cap = Annotated[FiniteFloat, Field(gt=1.0, le=1000.0)]
SmallShare = Annotated[FiniteFloat, Field(gt=0.0, le=0.05)]


def _cited(source: str) -> str:
    if source.lower().startswith(ASSUMPTION):
        if len(source) - len(ASSUMPTION) < SHORTEST_REASON:
            raise ValueError(
                f"got {source!r}, which gives no reason; allowed is 'assumption: ' and why it is reasonable"
            )
    elif not re.search(r"\b(?:19|20)\d\d\b", source):
        raise ValueError(
            f"got {source!r}; allowed is a citation with its year, or 'assumption: ' and why it is reasonable"
        )
    return source


Source = Annotated[Name, AfterValidator(_cited)]


class Fact(StrictSettings):
    """A share that is taken as it is.

    Attributes
    ----------
    value : float
        From 0 to 1 [1].
    source : str
        Citation with its date, or ``assumption:`` and why.
    """

    value: Share
    source: Source


class Uncertain(StrictSettings):
    """A number known within limits: triangular between low and high, most likely at its mode.

    Attributes
    ----------
    low, mode, high : float
        Not falling; all equal for a number without doubt. Unit as the field says.
    source : str
        Citation with its date, or ``assumption:`` and why.
    """

    low: NotNegative
    mode: NotNegative
    high: NotNegative
    source: Source

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.mode <= self.high:
            raise ValueError(
                f"got low {self.low:g}, mode {self.mode:g}, high {self.high:g}; allowed is low <= mode <= high"
            )
        return self


class UncertainShare(Uncertain):
    """A share known within limits.

    Attributes
    ----------
    low, mode, high : float
        From 0 to 1 [1].
    """

    low: Share
    mode: Share
    high: Share


class UncertainPositive(Uncertain):
    """A number above 0 known within limits.

    Attributes
    ----------
    low, mode, high : float
        Above 0.
    """

    low: Positive
    mode: Positive
    high: Positive


class UncertainPseudoShare(Uncertain):
    """A small share known within limits.

    Attributes
    ----------
    low, mode, high : float
        Above 0 and at most 5 % [1].
    """

    low: SmallShare
    mode: SmallShare
    high: SmallShare


class HistoryStrand(StrictSettings):
    """How past tier shares are carried on.

    Attributes
    ----------
    enabled : bool
    step : {"auto", "day", "week", "month"}
        Period of the history; auto is the longest of which the data hold enough.
    drift_prior_years : UncertainPositive
        History without drift that the observed drift is weighed against: G years of data count G / (G + this) [years].
    pseudo_share : UncertainPseudoShare
        Added to every tier's share before the logarithm and taken off after [1].
    fallback_volatility : UncertainPositive
        Annualised standard deviation of a log-ratio coordinate where the history is too short [1/sqrt(year)].
    """

    enabled: bool = True
    step: Literal["auto", "day", "week", "month"] = "auto"
    drift_prior_years: UncertainPositive
    pseudo_share: UncertainPseudoShare
    fallback_volatility: UncertainPositive


class DistanceComponent(StrictSettings):
    """What moves the index besides the mix: the lines within tiers. No strand: it widens the band and has no trend.

    Attributes
    ----------
    enabled : bool
    fallback_volatility : UncertainPositive or None
        Annualised standard deviation of the log of the index at a given mix, where the history is too short to measure
        it; None: none is taken then [1/sqrt(year)].
    """

    enabled: bool = True
    fallback_volatility: UncertainPositive | None = None


class ProductAdoption(StrictSettings):
    """How the weight of one product grows or shrinks, along a logistic curve from now to its ceiling.

    Attributes
    ----------
    product : {"perpetual", "future", "option", "margin"}
    share_now : Fact
        Share of leveraged notional at the snapshot, above 0 [1].
    ceiling : UncertainPositive
        Where its curve levels off, in units of `share_now`; below it the product recedes [1].
    speed : UncertainPositive
        Rate of the curve [1/year].
    tiers : dict of float to float
        Mix of its own notional by leverage [x, 1]; from `tiers_source`.
    tiers_source : str
        Where that mix comes from.
    """

    product: Product
    share_now: Fact
    ceiling: UncertainPositive
    speed: UncertainPositive
    tiers: TierShares
    tiers_source: Source

    @model_validator(mode="after")
    def _something_to_grow(self) -> Self:
        if self.share_now.value <= 0:
            raise ValueError("share_now: got 0, allowed is a share above 0: a logistic curve cannot start from nothing")
        return self


class AdoptionStrand(StrictSettings):
    """Products and their weights.

    Attributes
    ----------
    enabled : bool
    products : tuple of ProductAdoption
        Each product once; shares now sum to 1.
    """

    enabled: bool = True
    products: Annotated[tuple[ProductAdoption, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        names = [product.product for product in self.products]
        if len(set(names)) < len(names):
            raise ValueError(f"products: got {', '.join(names)}; allowed is each product once")
        total = math.fsum(product.share_now.value for product in self.products)
        if names and abs(total - 1) > TOLERANCE:
            raise ValueError(f"products: got share_now that sum to {total:g}, allowed are shares that sum to 1")
        if self.enabled and not names:
            raise ValueError("products: got none, allowed is one or more; without, write enabled: false")
        return self


class Grandfathering(StrictSettings):
    """Exposure that may stay above the cap for a time.

    Attributes
    ----------
    share : UncertainShare
        Share of the exposure above the cap that is exempt [1].
    days : float or None
        Days from the start after which the exemption ends; None: never [days].
    """

    share: UncertainShare
    days: Positive | None = None


class RegulatoryScenario(StrictSettings):
    """One way in which rules may develop.

    Attributes
    ----------
    name : str
    probability : UncertainShare
        Chance of this scenario; the modes of all scenarios sum to 1 [1].
    starts : date or None
        First day of the cap; None without one.
    starts_after_days : float or None
        In its place: days from the snapshot to that day [days].
    cap : float or None
        Highest leverage allowed, above 1; None: no cap [x].
    cap_source : str or None
        Where date and cap come from.
    compliance : UncertainShare or None
        Share of the exposure above the cap, not exempt, that complies [1].
    leaving : UncertainShare or None
        Share of what complies that leaves the cohort; the rest moves to the cap and keeps its notional [1].
    grandfathering : Grandfathering or None
        None: nobody is exempt.
    """

    name: Name
    probability: UncertainShare
    starts: dt.date | None = None
    starts_after_days: Positive | None = None
    cap: Cap | None = None
    cap_source: Source | None = None
    compliance: UncertainShare | None = None
    leaving: UncertainShare | None = None
    grandfathering: Grandfathering | None = None

    @model_validator(mode="after")
    def _all_or_nothing(self) -> Self:
        if self.starts and self.starts_after_days:
            raise ValueError(f"scenario {self.name!r}: got starts and starts_after_days, allowed is one of them")
        needed = {
            "starts": self.starts or self.starts_after_days,
            "cap": self.cap,
            "cap_source": self.cap_source,
            "compliance": self.compliance,
            "leaving": self.leaving,
        }
        missing = [name for name, value in needed.items() if value is None]
        if missing and (len(missing) < len(needed) or self.grandfathering):
            raise ValueError(
                f"scenario {self.name!r}: {', '.join(missing)} missing; allowed are all of {', '.join(needed)}, or "
                "none of them and no grandfathering for a scenario without a cap"
            )
        return self


class RegulationStrand(StrictSettings):
    """What rules may do, of which each draw picks one.

    Attributes
    ----------
    enabled : bool
    scenarios : tuple of RegulatoryScenario
        Each name once, in the order of their start dates (those without a cap first); probabilities sum to 1.
    """

    enabled: bool = True
    scenarios: Annotated[tuple[RegulatoryScenario, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        names = [scenario.name for scenario in self.scenarios]
        if len(set(names)) < len(names):
            raise ValueError(f"scenarios: got {', '.join(names)}; allowed is each name once")
        total = math.fsum(scenario.probability.mode for scenario in self.scenarios)
        if names and abs(total - 1) > TOLERANCE:
            raise ValueError(f"scenarios: got probabilities that sum to {total:g}, allowed are ones that sum to 1")
        starts = [(scenario.starts_after_days or 0.0, scenario.starts or dt.date.min) for scenario in self.scenarios]
        if starts != sorted(starts):
            said = ", ".join(str(rule.starts or rule.starts_after_days or "none") for rule in self.scenarios)
            raise ValueError(
                f"scenarios: got start dates {said}; allowed are dates in order, scenarios without a cap first"
            )
        if self.enabled and not names:
            raise ValueError("scenarios: got none, allowed is one or more; without, write enabled: false")
        return self
