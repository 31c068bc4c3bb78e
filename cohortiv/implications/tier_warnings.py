"""Tiers whose holders deserve a warning: they add far more to the critical mass than their size explains."""

from dataclasses import dataclass
from typing import Final

import pandas as pd

OVER_SHARE: Final = 1.5
"""A tier is warned when its part of the critical mass is at least this multiple of its share of notional [1] ..."""

LEAST_PART: Final = 0.10
"""... and at least this part of it [1], so that a tiny tier is not singled out."""


@dataclass(frozen=True)
class TierWarning:
    """A tier that deserves a warning.

    Attributes
    ----------
    tier : str
        As published: "20x to 25x"; neighbours may have been merged for privacy.
    side : str
        "long", "short", or both where sides are published together.
    share : float
        Of leveraged notional [1].
    contribution : float
        Of the critical mass [1].
    """

    tier: str
    side: str
    share: float
    contribution: float

    @property
    def multiple(self) -> float:
        """Part of the critical mass over share of notional [1]."""
        return self.contribution / self.share


def warned_tiers(tiers: pd.DataFrame) -> tuple[TierWarning, ...]:
    """Published tiers that add far more to the critical mass than their size explains.

    Parameters
    ----------
    tiers : DataFrame
        `Publication.tiers`: tier, side, share, contribution, which obey the privacy rule; NaN is no warning.

    Returns
    -------
    tuple of TierWarning
        Largest part of the critical mass first; empty without a critical volatility.

    Notes
    -----
    A tier is warned when contribution >= 1.5 * share and contribution >= 10 %. Each tier is one and the same line of
    the report's tables, so a warning tells nothing that they do not.
    """
    wanted = tiers[(tiers["contribution"] >= OVER_SHARE * tiers["share"]) & (tiers["contribution"] >= LEAST_PART)]
    ordered = wanted[wanted["share"] > 0.0].sort_values(["contribution", "tier", "side"], ascending=[False, True, True])
    return tuple(
        TierWarning(str(row["tier"]), str(row["side"]), float(row["share"]), float(row["contribution"]))
        for row in ordered.to_dict("records")
    )
