"""How far the next code is: in index points, and in the move of today's price that would bring it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from cohortiv.early_warning import Code
from cohortiv.implications.standing import IndexTerms, Standing, mass_beyond
from cohortiv.liquidation import MARKET
from cohortiv.profile import LiquidationProfile, points_of
from cohortiv.scenario.shifts import price_factors, relined
from cohortiv.volatility import LineBook, line_book

REACH: Final = 0.5
"""Moves are tried up to this size, either way [1]."""

STEP: Final = 0.01
"""Moves are tried in steps of this size, and the first that changes the side of the edge is refined [1]."""

TOLERANCE: Final = 1e-6
"""Moves are solved to this [1]."""

_NUMBERS: Final = ["weight", "distance", "second_distance", "kappa"]


@dataclass(frozen=True)
class NextCode:
    """One of the codes beside the present one, and the way to it.

    Attributes
    ----------
    code : Code
        The neighbour: one step up or down.
    edge : float
        Index at which it begins [%].
    points : float
        Index points to the edge; more than 0 up, less than 0 down. Infinite from an infinite index.
    fall, rise : float or None
        Smallest fall (negative) and rise of the price, as simple fractions, after which the index has crossed the
        edge; None where no move up to a half does.
    fall_price_usd, rise_price_usd : float or None
        The prices there [USD]; None without a move or a mark price.
    """

    code: Code
    edge: float
    points: float
    fall: float | None
    rise: float | None
    fall_price_usd: float | None
    rise_price_usd: float | None


def next_codes(
    profile: LiquidationProfile,
    now: Standing,
    terms: IndexTerms,
    *,
    code: Code | None = None,
    mark_price: float | None = None,
) -> tuple[NextCode, ...]:
    """The codes beside the present one, the higher first.

    Parameters
    ----------
    profile : LiquidationProfile
        One snapshot.
    now : Standing
        Where it stands.
    terms : IndexTerms
    code : Code, optional
        The present code, where a series holds a higher one than the index stands at. Default the index's own.
    mark_price : float, optional
        Mark of the symbol that is read alone [USD].

    Returns
    -------
    tuple of NextCode
        Two from Yellow, one from Green or Red, none from Grey; not one below that the index has reached already.

    Notes
    -----
    A move shifts every line as `scenario.price_move` does; what it crosses is liquidated and leaves numerator and
    denominator, without moving the price further. The index need not rise steadily with the move, since it falls
    when near lines are gone: the nearest crossing counts, and one that comes and goes within one percent is missed.
    """
    points = _with_kappas(profile, terms)

    @cache
    def book_after(move: float) -> LineBook:
        return _book_after(profile, points, terms, move=move)

    found = []
    present = code or now.code
    for beside, edge in _neighbours(present, terms):
        is_below = beside is Code.GREEN or present is Code.RED
        if is_below and now.iv_index < edge:
            continue
        fall, rise = (_first_move(book_after, terms, edge=edge, sign=sign) for sign in (-1.0, 1.0))
        found.append(
            NextCode(
                code=beside,
                edge=edge,
                points=edge - now.iv_index,
                fall=fall,
                rise=rise,
                fall_price_usd=_price(mark_price, fall),
                rise_price_usd=_price(mark_price, rise),
            )
        )
    return tuple(found)


def _neighbours(code: Code, terms: IndexTerms) -> tuple[tuple[Code, float], ...]:
    yellow, red = terms.thresholds.edges
    beside: dict[Code, tuple[tuple[Code, float], ...]] = {
        Code.GREEN: ((Code.YELLOW, yellow),),
        Code.YELLOW: ((Code.RED, red), (Code.GREEN, yellow)),
        Code.RED: ((Code.YELLOW, red),),
        Code.GREY: (),
    }
    return beside[code]


def _with_kappas(profile: LiquidationProfile, terms: IndexTerms) -> pd.DataFrame:
    """Points with the relative volatility of what moves them: 1 for one symbol alone and for market lines."""
    points = points_of(profile)[["symbol", "reading", *_NUMBERS[:-1]]]
    kappas = {name: 1.0 if terms.symbol else profile.comovement.kappa(name) for name in points["symbol"].unique()}
    own = points["symbol"].map(kappas).astype(float)
    return points.assign(kappa=own.where(points["reading"] != MARKET, 1.0))


def _first_move(
    book_after: Callable[[float], LineBook], terms: IndexTerms, *, edge: float, sign: float
) -> float | None:
    """Smallest move of one sign after which the index is on the other side of the edge, also where it jumps there."""

    def beyond(move: float) -> float:
        return mass_beyond(book_after(move), terms, edge)

    before, start = 0.0, beyond(0.0)
    for step in range(1, round(REACH / STEP) + 1):
        move = sign * STEP * step
        here = beyond(move)
        if math.isnan(here):
            return None
        if (here >= 0.0) != (start >= 0.0):
            root = float(brentq(beyond, before, move, xtol=TOLERANCE))
            return root if (beyond(root) >= 0.0) != (start >= 0.0) else root + 2.0 * sign * TOLERANCE
        before = move
    return None


def _book_after(profile: LiquidationProfile, points: pd.DataFrame, terms: IndexTerms, *, move: float) -> LineBook:
    """What is left after a move; it may be nothing."""
    price = price_factors(profile, points["symbol"], move, symbol=terms.symbol)
    line = np.where(points["reading"] == MARKET, 1.0 + move, price)
    moved = relined(points, factors=(1.0 / line, 1.0 / line)) if move else points
    kept = (moved["distance"] != 0.0).to_numpy() | (move == 0.0)
    left = moved.loc[kept, _NUMBERS]
    return line_book(
        left["weight"] * price[kept],
        left["distance"],
        second_distances=left["second_distance"],
        kappas=left["kappa"],
    )


def _price(mark_price: float | None, move: float | None) -> float | None:
    return None if mark_price is None or move is None else mark_price * (1.0 + move)
