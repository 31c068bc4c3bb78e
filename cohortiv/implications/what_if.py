"""What margin changes would do: the index after each, and the one that just moves the code a step down."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Final, Literal

from scipy.optimize import brentq

from cohortiv.cascade import Cliff, Direction
from cohortiv.early_warning import Code
from cohortiv.implications.standing import IndexTerms, Standing, book_of, mass_beyond, standing
from cohortiv.liquidation import UNLEVERAGED
from cohortiv.profile import LiquidationProfile
from cohortiv.scenario.changes import add_maintenance, cap_leverage, top_up

Lever = Literal["none", "leverage cap", "maintenance", "top-up"]
FindCliff = Callable[[LiquidationProfile, Direction], Cliff | None]

CAPS: Final = (20.0, 10.0)
"""Caps on leverage that are tried by default [x]."""

ADDED_MAINTENANCE: Final = 0.01
"""Rise of the maintenance rate that is tried by default [1]."""

TOP_UP: Final = 0.05
"""Top-up that is tried by default, share of notional [1]."""

LOWEST_CAP: Final = 1.01
"""Lowest cap that is looked at [x]; at 1 nothing is leveraged."""

LARGEST_TOP_UP: Final = 1.0
"""Largest top-up that is looked at, share of notional [1]."""

CAP_TOLERANCE: Final = 0.005
"""Caps are solved to this [x]."""

TOP_UP_TOLERANCE: Final = 1e-5
"""Top-ups are solved to this, share of notional [1]."""


class Outcome(StrEnum):
    """How the search for a change ended."""

    SOLVED = "solved"
    """The change brings the index to the edge."""
    ALREADY_THERE = "already there"
    """The index is at or under the edge without it."""
    NONE_REACHES_IT = "none reaches it"
    """Not even the strongest change that is looked at does."""
    NO_INDEX = "no index"
    """Nothing is leveraged."""


@dataclass(frozen=True)
class WhatIf:
    """Where the profile would stand after one change.

    Attributes
    ----------
    lever : str
        What is changed: "none", "leverage cap", "maintenance" or "top-up".
    change : str
        The change in words: "leverage capped at 20x".
    standing : Standing
        Index, critical volatility and code after it.
    fall_cliff, rise_cliff : Cliff or None
        The cliffs after it; None where there is none, or no depth is given.
    """

    lever: Lever
    change: str
    standing: Standing
    fall_cliff: Cliff | None
    rise_cliff: Cliff | None


@dataclass(frozen=True)
class MarginChange:
    """The change of one lever that just brings the index down to an edge.

    Attributes
    ----------
    lever : str
        "leverage cap" or "top-up".
    edge : float
        Index to be brought down to [%].
    reached : Code
        The code below the edge.
    outcome : Outcome
    value : float or None
        Highest cap [x] or smallest top-up as a share of notional [1]; None unless solved.
    added_collateral_usd : float or None
        Margin that it asks for, everybody complying [USD]; None unless solved.
    """

    lever: Lever
    edge: float
    reached: Code
    outcome: Outcome
    value: float | None
    added_collateral_usd: float | None


def what_ifs(
    profile: LiquidationProfile,
    terms: IndexTerms,
    *,
    caps: Sequence[float] = CAPS,
    maintenance: float = ADDED_MAINTENANCE,
    added: float = TOP_UP,
    cliff_of: FindCliff | None = None,
) -> tuple[WhatIf, ...]:
    """Index, code and cliff after caps, a rise of maintenance, and a top-up, each by itself.

    Parameters
    ----------
    profile : LiquidationProfile
        One snapshot.
    terms : IndexTerms
    caps : sequence of float, optional
        Caps on leverage [x].
    maintenance : float, optional
        Rise of the maintenance rate on open positions [1].
    added : float, optional
        Collateral added by everybody, share of notional [1].
    cliff_of : callable, optional
        Finds a profile's cliff in a direction at the depth in use; without, cliffs are None.

    Returns
    -------
    tuple of WhatIf
        First without any change.

    Notes
    -----
    Caps and top-ups move lines away from the mark. A rise of maintenance on open positions moves them nearer, so it
    raises the index at once; it lowers leverage only as new positions are opened, which a snapshot does not hold.
    """
    changed: list[tuple[Lever, str, LiquidationProfile]] = [
        ("none", "as it is", profile),
        *(("leverage cap", f"leverage capped at {cap:g}x", cap_leverage(profile, cap)) for cap in caps),
        ("maintenance", f"maintenance up by {100 * maintenance:g} points", add_maintenance(profile, maintenance)),
        ("top-up", f"{100 * added:g} % of notional added as margin", top_up(profile, added)),
    ]
    find: FindCliff = cliff_of or (lambda *_: None)
    return tuple(
        WhatIf(lever, words, standing(after, terms), find(after, "down"), find(after, "up"))
        for lever, words, after in changed
    )


def highest_cap(profile: LiquidationProfile, terms: IndexTerms, *, to: Code) -> MarginChange:
    """The highest cap on leverage that brings the index down to a code, positions above it topped up to it.

    Parameters
    ----------
    profile : LiquidationProfile
        One snapshot.
    terms : IndexTerms
    to : Code
        Yellow or Green.

    Returns
    -------
    MarginChange
        `Outcome.NONE_REACHES_IT` where not even a cap of 1.01x does.

    Raises
    ------
    ValueError
        If the code is not Yellow or Green.
    """
    tiers = profile.leveraged["tier"]
    highest = max(float(tiers[tiers != UNLEVERAGED].max()), LOWEST_CAP) if len(tiers) else LOWEST_CAP
    return _solved(
        profile,
        terms,
        lever="leverage cap",
        to=to,
        change=cap_leverage,
        ends=(LOWEST_CAP, highest),
        tolerance=CAP_TOLERANCE,
    )


def smallest_top_up(profile: LiquidationProfile, terms: IndexTerms, *, to: Code) -> MarginChange:
    """The smallest top-up by everybody, as a share of notional, that brings the index down to a code.

    Parameters
    ----------
    profile, terms, to
        As for `highest_cap`.

    Returns
    -------
    MarginChange
        `Outcome.NONE_REACHES_IT` where not even the whole notional added does.

    Raises
    ------
    ValueError
        If the code is not Yellow or Green.
    """
    return _solved(
        profile,
        terms,
        lever="top-up",
        to=to,
        change=top_up,
        ends=(LARGEST_TOP_UP, 0.0),
        tolerance=TOP_UP_TOLERANCE,
    )


def _solved(
    profile: LiquidationProfile,
    terms: IndexTerms,
    *,
    lever: Lever,
    to: Code,
    change: Callable[[LiquidationProfile, float], LiquidationProfile],
    ends: tuple[float, float],
    tolerance: float,
) -> MarginChange:
    """Root of the mass beyond the edge between the strongest change and none; it falls as the change grows stronger."""
    edge = _edge(to, terms)
    unsolved = MarginChange(lever, edge, to, Outcome.NO_INDEX, None, None)

    @cache
    def beyond(value: float) -> float:
        return mass_beyond(book_of(change(profile, value), terms), terms, edge)

    strongest, none = ends
    profile = replace(profile, cells=profile.leveraged.reset_index(drop=True))
    untouched = mass_beyond(book_of(profile, terms), terms, edge)
    if math.isnan(untouched):
        return unsolved
    if untouched <= 0.0:
        return replace(unsolved, outcome=Outcome.ALREADY_THERE)
    if beyond(strongest) > 0.0:
        return replace(unsolved, outcome=Outcome.NONE_REACHES_IT)
    value = float(brentq(beyond, strongest, none, xtol=tolerance))
    added = _collateral_usd(change(profile, value)) - _collateral_usd(profile)
    return MarginChange(lever, edge, to, Outcome.SOLVED, value, added)


def _edge(to: Code, terms: IndexTerms) -> float:
    if to is Code.YELLOW:
        return terms.thresholds.red
    if to is Code.GREEN:
        return terms.thresholds.yellow
    raise ValueError(f"got {to} as the code to come down to; allowed are yellow and green")


def _collateral_usd(profile: LiquidationProfile) -> float:
    return float(profile.leveraged["collateral_cents"].sum()) / 100
