"""All that follows from one result, put together: cascade, hedges, spread, funding, margin changes, next codes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import pandas as pd

from cohortiv.assessment import Assessment
from cohortiv.assessment.result import outward
from cohortiv.cascade import (
    Cascade,
    Cliff,
    Direction,
    ForcedFlow,
    PriceImpact,
    VenueRules,
    cascade,
    find_cliff,
    forced_flow,
    forced_lines,
)
from cohortiv.code_series import CodeSpell, current_spell
from cohortiv.display import Displayed
from cohortiv.early_warning import Code
from cohortiv.implications.funding import FundingPressure, funding_pressure
from cohortiv.implications.hedging import Hedges, hedges_at
from cohortiv.implications.next_code import NextCode, next_codes
from cohortiv.implications.options import NO_RATE
from cohortiv.implications.spread import SpreadWidening, spread_widening
from cohortiv.implications.standing import IndexTerms, Standing, standing, terms_of
from cohortiv.implications.tier_warnings import TierWarning, warned_tiers
from cohortiv.implications.what_if import FindCliff, MarginChange, WhatIf, highest_cap, smallest_top_up, what_ifs
from cohortiv.ladder import hides_much
from cohortiv.profile import LiquidationProfile
from cohortiv.published_cascade import CLIFF_SHOCKS, nearest_cliff, shown_lines
from cohortiv.volatility import DAYS_PER_YEAR, HORIZON_DAYS

QUOTED_SHOCK: Final = 0.05
"""Outside shock that a cascade is quoted for [1]."""

LOWER_CODES: Final = {Code.RED: (Code.YELLOW, Code.GREEN), Code.YELLOW: (Code.GREEN,)}
"""Codes that a margin change may come down to."""


_BOTH: Final[tuple[Direction, Direction]] = ("down", "up")


@dataclass(frozen=True, eq=False)
class MarketView(Displayed):
    """What is assumed of the market besides the positions.

    Attributes
    ----------
    impact : PriceImpact or None
        How forced orders move the price; None where no depth is given: then nothing is said of cascades.
    rules : mapping of str to VenueRules
        How venues close positions, by name; a venue without closes at once.
    volatility : float or None
        Annualised volatility that hedges and spreads are priced at [1/sqrt(year)]; None: the reference volatility.
    volatility_source : str
        What that volatility is, in words: "implied, DVOL"; unused where it is None.
    days : float
        Days to the hedges' expiry.
    rate : float
        Interest rate, continuously compounded [1/year].
    shock : float
        Outside shock that the cascade is quoted for, as a simple fraction [1].
    """

    impact: PriceImpact | None = None
    rules: Mapping[str, VenueRules] = field(default_factory=dict)
    volatility: float | None = None
    volatility_source: str = "given"
    days: float = HORIZON_DAYS
    rate: float = NO_RATE
    shock: float = QUOTED_SHOCK


@dataclass(frozen=True, eq=False)
class Consequences(Displayed):
    """What follows from a result. A Grey result has none: everything is None or empty, the spell apart.

    Attributes
    ----------
    view : MarketView
    terms : IndexTerms
    volatility : float
        Annualised volatility in use for hedges and spreads [1/sqrt(year)].
    spell : CodeSpell or None
        Since when the code of the series has stood; None with fewer than two snapshots.
    next_codes : tuple of NextCode
    falls, rises : Cascade or None
        The cascade after the quoted shock; None without depth.
    fall_cliff, rise_cliff : Cliff or None
        Their cliffs, as they may be told.
    fall_room, rise_room : float or None
        From a published ladder, the smallest shock at which it leaves room for a cliff [1]; None where it leaves none.
    from_ladder : bool
        Whether the cascade ran on the published ladder.
    hedges : Hedges or None
    spread : SpreadWidening or None
        None without depth.
    funding : FundingPressure or None
        None where sides may not be told apart.
    what_ifs : tuple of WhatIf
    changes : tuple of MarginChange
        Caps and top-ups down to each lower code.
    warned : tuple of TierWarning
    """

    view: MarketView
    terms: IndexTerms
    volatility: float
    spell: CodeSpell | None
    next_codes: tuple[NextCode, ...] = ()
    falls: Cascade | None = None
    rises: Cascade | None = None
    fall_cliff: Cliff | None = None
    rise_cliff: Cliff | None = None
    fall_room: float | None = None
    rise_room: float | None = None
    from_ladder: bool = False
    hedges: Hedges | None = None
    spread: SpreadWidening | None = None
    funding: FundingPressure | None = None
    what_ifs: tuple[WhatIf, ...] = ()
    changes: tuple[MarginChange, ...] = ()
    warned: tuple[TierWarning, ...] = ()


def consequences(
    result: Assessment, view: MarketView, *, tiers: pd.DataFrame, mark_price: float | None
) -> Consequences:
    """Everything that a desk may want to know beyond the index.

    Parameters
    ----------
    result : Assessment
        With disclosed cells (for a report) the cascade runs on the published ladder, moves to the next code are told
        outward to whole percent, as the critical moves are, and funding is given only where the report tells
        longs from shorts.
    view : MarketView
    tiers : DataFrame
        `Publication.tiers`.
    mark_price : float or None
        Mark of the single symbol [USD].
    """
    terms = terms_of(result)
    volatility = result.reference_volatility if view.volatility is None else view.volatility
    bare = Consequences(view, terms, volatility, _spell(result.history))
    if result.code is Code.GREY:
        return bare
    profile, disclosed = result.reading.profile, result.reading.disclosed
    now = standing(profile, terms)
    beside = next_codes(profile, now, terms, code=result.acting_code, mark_price=mark_price)
    return replace(
        _with_cascade(bare, result, mark_price=mark_price),
        next_codes=beside if disclosed is None else tuple(_told_move(code, mark_price) for code in beside),
        funding=funding_pressure(profile, result.moves, symbol=terms.symbol)
        if disclosed is None or disclosed.sides_apart
        else None,
        what_ifs=what_ifs(profile, terms, cliff_of=_cliff_finder(view, terms)),
        changes=_changes(profile, now, terms),
        warned=warned_tiers(tiers),
    )


def _spell(history: pd.DataFrame) -> CodeSpell | None:
    """Run of the code of the series; one snapshot has none."""
    if len(history) < 2:  # noqa: PLR2004 - a series needs two
        return None
    times = [moment.to_pydatetime() for moment in history["as_of"]]
    return current_spell(times, [Code(code) for code in history["code_held"]])


def _with_cascade(bare: Consequences, result: Assessment, *, mark_price: float | None) -> Consequences:
    """Cascade, cliffs and spread where depth is given, and hedges."""
    view, terms = bare.view, bare.terms
    price = partial(
        hedges_at, result.moves, volatility=bare.volatility, days=view.days, rate=view.rate, mark_price=mark_price
    )
    if view.impact is None or hides_much(result):
        return replace(bare, hedges=price(below=None, above=None))
    profile, exact = result.reading.profile, result.reading.disclosed is None
    down, up = (
        _flow(profile, direction, terms, view=view) if exact else forced_flow(shown_lines(result, direction))
        for direction in _BOTH
    )
    falls, rises = (cascade(flow, view.impact, [view.shock], mark=mark_price) for flow in (down, up))
    below, above = falls.cliff, rises.cliff
    rooms = (None, None) if exact else [_room(result, direction, view.impact) for direction in _BOTH]
    daily = bare.volatility / math.sqrt(DAYS_PER_YEAR)
    return replace(
        bare,
        falls=falls,
        rises=rises,
        fall_cliff=below,
        rise_cliff=above,
        fall_room=rooms[0],
        rise_room=rooms[1],
        from_ladder=not exact,
        hedges=price(below=below, above=above),
        spread=spread_widening(down, up, view.impact, daily_volatility=daily) if daily > 0.0 else None,
    )


def _room(result: Assessment, direction: Direction, impact: PriceImpact) -> float | None:
    """Nearest shock at which the published ladder leaves room for a cliff."""
    return nearest_cliff(cascade(forced_flow(shown_lines(result, direction, cautious=True)), impact, CLIFF_SHOCKS))


def _flow(profile: LiquidationProfile, direction: Direction, terms: IndexTerms, *, view: MarketView) -> ForcedFlow:
    return forced_flow(forced_lines(profile, direction=direction, symbol=terms.symbol, rules=view.rules))


def _cliff_finder(view: MarketView, terms: IndexTerms) -> FindCliff | None:
    """How a changed profile's cliffs are found; None without depth."""
    impact = view.impact
    if impact is None:
        return None

    def cliff_of(profile: LiquidationProfile, direction: Direction) -> Cliff | None:
        return find_cliff(_flow(profile, direction, terms, view=view), impact)

    return cliff_of


def _changes(profile: LiquidationProfile, now: Standing, terms: IndexTerms) -> tuple[MarginChange, ...]:
    """Caps and top-ups down to each lower code."""
    lower = LOWER_CODES.get(now.code, ())
    return tuple(solve(profile, terms, to=code) for code in lower for solve in (highest_cap, smallest_top_up))


def _told_move(beside: NextCode, mark_price: float | None) -> NextCode:
    """The moves to a code as they may be told: the exact ones would tell lines of single positions."""
    fall, rise = outward(beside.fall), outward(beside.rise)
    return replace(
        beside,
        fall=fall,
        rise=rise,
        fall_price_usd=None if fall is None or mark_price is None else mark_price * (1.0 + fall),
        rise_price_usd=None if rise is None or mark_price is None else mark_price * (1.0 + rise),
    )
