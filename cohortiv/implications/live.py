"""One question to a cohort and its answer, quick enough for live controls: shock, depth, cap and critical mass."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np

from cohortiv.cascade import Cascade, Direction, ForcedFlow, cascade, forced_flow, forced_lines, linear_impact
from cohortiv.implications.standing import IndexTerms, Standing, book_of, standing_of
from cohortiv.profile import LiquidationProfile
from cohortiv.scenario import cap_leverage
from cohortiv.volatility import LineBook

DIRECTIONS: Final[tuple[Direction, Direction]] = ("down", "up")
#: Caps that are offered; None leaves leverage as it is [x].
CAPS: Final = (None, 50.0, 25.0, 20.0, 15.0, 10.0, 8.0, 5.0)
#: Caps whose lines are kept.
CAPS_KEPT: Final = 16
#: Outside shocks of the curves [1].
SHOCKS: Final = tuple(np.round(np.linspace(0.0, 0.3, 61), 3).tolist())


@dataclass(frozen=True)
class Controls:
    """What is asked.

    Attributes
    ----------
    shock : float
        Outside shock, either way, 0 or more and below 1 [1].
    depth_usd : float
        Orders that move the price by 1 %, more than 0 [USD].
    critical_mass : float
        Share of leveraged notional, above 0 and below 1 [1].
    leverage_cap : float or None
        Highest leverage allowed, 1 or more [x]; None leaves leverage as it is.
    """

    shock: float
    depth_usd: float
    critical_mass: float
    leverage_cap: float | None = None

    def __post_init__(self) -> None:
        """Refuse values outside their range: what was got, what is allowed."""
        if not 0 <= self.shock < 1:
            raise ValueError(f"got a shock of {self.shock}; allowed are fractions from 0 to below 1, such as 0.05")
        if not 0 < self.depth_usd < np.inf:
            raise ValueError(f"got a depth of {self.depth_usd} USD; allowed is more than 0 and finite, such as 400e6")
        if not 0 < self.critical_mass < 1:
            raise ValueError(f"got a critical mass of {self.critical_mass}; allowed is above 0 and below 1")


@dataclass(frozen=True, eq=False)
class LiveView:
    """What is answered.

    Attributes
    ----------
    controls : Controls
    standing : Standing
        Index, critical volatility and code.
    falls, rises : Cascade
        Total moves of `SHOCKS`, and the shock that was asked last.
    """

    controls: Controls
    standing: Standing
    falls: Cascade
    rises: Cascade


class LiveCohort:
    """A cohort that answers; what only a cap changes is worked out once for each cap."""

    def __init__(self, profile: LiquidationProfile, terms: IndexTerms, *, caps: Sequence[float | None] = CAPS) -> None:
        """Hold a cohort, and work out the caps that will be asked for.

        Parameters
        ----------
        profile : LiquidationProfile
            One snapshot, as it stands.
        terms : IndexTerms
            What the index is measured by; the critical mass is that of each question.
        caps : sequence of float or None, optional
            Worked out at once [x]; others are when they are first asked for.

        Raises
        ------
        ValueError
            If a cap is below 1.
        """
        self._profile = replace(profile, cells=profile.leveraged.reset_index(drop=True))
        self._terms = terms
        self._capped = lru_cache(maxsize=CAPS_KEPT)(self._cap)
        for cap in caps:
            self._capped(cap)

    def answer(self, controls: Controls) -> LiveView:
        """Answer one question.

        Parameters
        ----------
        controls : Controls

        Returns
        -------
        LiveView
            Everybody above a cap adds margin until it is met. With nothing leveraged the index is NaN and total moves
            are the shocks.

        Raises
        ------
        ValueError
            If the cap is below 1.
        """
        book, flows = self._capped(controls.leverage_cap)
        impact = linear_impact(controls.depth_usd)
        falls, rises = (cascade(flow, impact, (*SHOCKS, controls.shock)) for flow in flows)
        terms = replace(self._terms, critical_mass=controls.critical_mass)
        return LiveView(controls, standing_of(book, terms), falls, rises)

    def _cap(self, cap: float | None) -> tuple[LineBook, tuple[ForcedFlow, ...]]:
        """Lines of the cohort under a cap, and the orders that they force down and up."""
        changed = self._profile if cap is None else cap_leverage(self._profile, cap)
        lines = (forced_lines(changed, direction=direction, symbol=self._terms.symbol) for direction in DIRECTIONS)
        return book_of(changed, self._terms), tuple(forced_flow(one) for one in lines)
