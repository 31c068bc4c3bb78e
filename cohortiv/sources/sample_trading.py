"""How the accounts of the synthetic sample trade: they open, hold, close, and are closed by force at their line."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cohortiv.sources.sample_market import STEPS_PER_DAY, TICK_DECIMALS, momentum
from cohortiv.sources.sample_plan import BTC, LARGEST_NOTIONAL_USD, SMALLEST_NOTIONAL_USD, Plan

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

LEVERAGES = np.array((1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 25.0, 50.0, 75.0, 100.0, 125.0))
LEVERAGE_WEIGHTS = np.array((0.01, 0.03, 0.13, 0.17, 0.24, 0.16, 0.06, 0.09, 0.03, 0.05, 0.03))
USUAL_LEVERAGE, USUAL_NOTIONAL_USD = 8.0, 2_500.0
SIZE_CAUTION = 0.22
"""How fast a larger position means a lower multiplier; small accounts use the high ones."""
EUPHORIA = 4.0
"""How much a rise of 100 % in 30 days would raise the taste for leverage (an exponent of the multiplier)."""

LARGEST_LEVERAGE = np.array(((125.0, 100.0, 100.0), (40.0, 25.0, 20.0)))
"""By venue and symbol, within what the venues allow."""
SIZE_STEPS_USD = np.array((1e4, 5e4, 2.5e5, 5e5))
SIZE_LEVERAGES = np.array((125.0, 75.0, 50.0, 25.0, 20.0))

MAINTENANCE_STEPS_USD = np.array((1e4, 1e5, 5e5, 1e6, 2e6))
MAINTENANCE_RATES = np.array((0.005, 0.0065, 0.01, 0.025, 0.05, 0.10))
"""Of the whole position, so never below what the venues' tables of 2021 to 2026 ask of these sizes."""
VENUE_RATES = np.array(((0.0, 0.0, 0.0), (0.0125, 0.02, 0.025)))

COIN_HAIRCUT = 0.05
LONG_SHARE, LONG_PER_MOMENTUM = 0.56, 0.8
HOLDING_DAYS, HOLDING_EXPONENT = 80.0, 0.6
WAITING_DAYS = 6.0
SIZE_SPREAD = 0.35
TOPPED_UP_SHARE = 0.25
SLIPPAGE, LARGEST_SLIPPAGE = 4e-4, 1e-3
CONTRACT_USD = 100.0
QUANTITY_DECIMALS = 6


@dataclass
class Book:
    """What all accounts hold at one moment; changed from step to step.

    Attributes
    ----------
    is_open : ndarray, shape (units,)
        Whether the margin unit holds positions.
    wallet : ndarray, shape (units,)
        Collateral behind the unit [USD, or BTC for coin margin].
    closing : ndarray, shape (units,)
        Chance that the owner closes the unit within a step.
    side, quantity, entry, leverage : ndarray, shape (legs,)
        1 or -1; size [base units, or contract USD for inverse]; price at opening [USD]; declared multiplier [x].
    forced_long, forced_short : ndarray, shape (symbols,)
        Notional of the legs that were closed by force in this step, at its prices [USD].
    """

    is_open: BoolArray
    wallet: FloatArray
    closing: FloatArray
    side: FloatArray
    quantity: FloatArray
    entry: FloatArray
    leverage: FloatArray
    forced_long: FloatArray
    forced_short: FloatArray


def trade(rng: np.random.Generator, plan: Plan, prices: FloatArray) -> Iterator[Book]:
    """Trade along a price path, from empty books.

    Parameters
    ----------
    rng : numpy Generator
        Source of all choices.
    plan : Plan
        Who trades what.
    prices : ndarray, shape (steps, symbols)
        Price path [USD].

    Yields
    ------
    Book
        After each step; the same object each time, so copy what is to be kept. No unit in it is at or under its
        maintenance margin at the prices of that step.
    """
    units, legs = len(plan.account), len(plan.unit)
    book = Book(
        np.zeros(units, dtype=bool),
        np.zeros(units),
        np.zeros(units),
        *(np.ones(legs) for _ in range(4)),
        *np.zeros((2, 0)),
    )
    moods = momentum(prices, days=30)
    for now, mood in zip(prices, moods, strict=True):
        luck = rng.random(units)
        stays, solvent = luck >= book.closing, _is_solvent(plan, book, now)
        book.forced_long, book.forced_short = _forced(plan, book, now, units=book.is_open & stays & ~solvent)
        book.is_open &= stays & solvent
        returning = ~book.is_open & (luck > np.exp(-1.0 / (WAITING_DAYS * STEPS_PER_DAY)))
        _open(rng, plan, book, units=returning, prices=now, mood=float(mood))
        yield book


def notional_usd(plan: Plan, book: Book, prices: FloatArray) -> FloatArray:
    """Notional of each leg [USD]."""
    return np.where(plan.inverse, book.quantity, book.quantity * prices[plan.symbol])


def collateral_price(plan: Plan, prices: FloatArray) -> FloatArray:
    """Price of each unit's collateral [USD]."""
    return np.where(plan.coin_margin, prices[BTC], 1.0)


def haircut(plan: Plan) -> FloatArray:
    """Share of each unit's collateral that does not count [fraction]."""
    return np.where(plan.coin_margin & plan.cross, COIN_HAIRCUT, 0.0)


def _is_solvent(plan: Plan, book: Book, prices: FloatArray) -> BoolArray:
    mark = prices[plan.symbol]
    size = notional_usd(plan, book, prices)
    moved = np.where(plan.inverse, book.quantity * (mark / book.entry - 1.0), book.quantity * (mark - book.entry))
    rate = np.maximum(
        MAINTENANCE_RATES[np.searchsorted(MAINTENANCE_STEPS_USD, size)], VENUE_RATES[plan.venue[plan.unit], plan.symbol]
    )
    spare = np.bincount(plan.unit, weights=book.side * moved - rate * size, minlength=len(plan.account))
    return book.wallet * collateral_price(plan, prices) * (1.0 - haircut(plan)) + spare > 0.0


def _forced(plan: Plan, book: Book, prices: FloatArray, *, units: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Notional of the long and the short legs of some units, by symbol [USD]."""
    size = notional_usd(plan, book, prices) * units[plan.unit]
    sides = (size * (book.side > 0), size * (book.side < 0))
    long, short = (np.bincount(plan.symbol, weights=part, minlength=len(prices)).astype(np.float64) for part in sides)
    return long, short


def _open(
    rng: np.random.Generator, plan: Plan, book: Book, *, units: BoolArray, prices: FloatArray, mood: float
) -> None:
    legs = np.flatnonzero(units[plan.unit])
    owner, symbol, hedge = plan.unit[legs], plan.symbol[legs], plan.hedge[legs]
    scale = plan.scale[owner] * np.exp(SIZE_SPREAD * rng.standard_normal(len(legs)))
    size = np.clip(scale, SMALLEST_NOTIONAL_USD, LARGEST_NOTIONAL_USD)
    long_share = float(np.clip(LONG_SHARE + LONG_PER_MOMENTUM * mood, 0.35, 0.75))
    side = np.where(rng.random(len(legs)) < long_share, 1.0, -1.0)
    leverage = _leverages(rng, size, mood=mood)
    before = np.maximum(np.arange(len(legs)) - 1, 0)
    side = np.where(hedge, -side[before], side)
    size = np.where(hedge, size[before] * rng.uniform(0.2, 0.9, len(legs)), size)
    leverage = np.where(hedge, leverage[before], leverage)
    leverage = np.minimum(leverage, LARGEST_LEVERAGE[plan.venue[owner], symbol])
    leverage = np.minimum(leverage, SIZE_LEVERAGES[np.searchsorted(SIZE_STEPS_USD, size)])
    _fill(rng, plan, book, legs=legs, prices=prices, size=size)
    book.side[legs], book.leverage[legs] = side, leverage
    _fund(rng, plan, book, units=np.flatnonzero(units), legs=legs, prices=prices)


def _leverages(rng: np.random.Generator, size: FloatArray, *, mood: float) -> FloatArray:
    caution = SIZE_CAUTION * np.log(size / USUAL_NOTIONAL_USD)
    taste = np.outer(EUPHORIA * mood - caution, np.log(LEVERAGES / USUAL_LEVERAGE))
    odds = np.cumsum(LEVERAGE_WEIGHTS * np.exp(taste), axis=1)
    drawn = rng.random(len(size)) * odds[:, -1]
    return np.asarray(LEVERAGES[(odds < drawn[:, np.newaxis]).sum(axis=1)])


def _fill(
    rng: np.random.Generator, plan: Plan, book: Book, *, legs: IntArray, prices: FloatArray, size: FloatArray
) -> None:
    symbol = plan.symbol[legs]
    slip = np.clip(SLIPPAGE * rng.standard_normal(len(legs)), -LARGEST_SLIPPAGE, LARGEST_SLIPPAGE)
    tick = 10.0 ** np.asarray(TICK_DECIMALS)[symbol]
    entry = np.round(prices[symbol] * (1.0 + slip) * tick) / tick
    contracts = np.maximum(np.round(size / CONTRACT_USD), 1.0) * CONTRACT_USD
    book.entry[legs] = entry
    book.quantity[legs] = np.where(plan.inverse[legs], contracts, np.round(size / entry, QUANTITY_DECIMALS))


def _fund(
    rng: np.random.Generator, plan: Plan, book: Book, *, units: IntArray, legs: IntArray, prices: FloatArray
) -> None:
    """Put the initial margin behind the units, cross ones with something to spare, and set how long they will hold."""
    at_entry = np.where(plan.inverse[legs], book.quantity[legs], book.quantity[legs] * book.entry[legs])
    initial = np.bincount(plan.unit[legs], weights=at_entry / book.leverage[legs], minlength=len(plan.account))[units]
    topped_up = np.where(rng.random(len(units)) < TOPPED_UP_SHARE, rng.exponential(0.4, len(units)), 0.0)
    spare = np.where(plan.cross[units], 0.3 + rng.exponential(1.0, len(units)), topped_up)
    price = (collateral_price(plan, prices) * (1.0 - haircut(plan)))[units]
    decimals = 10.0 ** np.where(plan.coin_margin[units], 8, 2)
    book.wallet[units] = np.ceil(initial * (1.0 + spare) / price * decimals) / decimals
    highest = np.zeros(len(plan.account))
    np.maximum.at(highest, plan.unit[legs], book.leverage[legs])
    days = HOLDING_DAYS / highest[units] ** HOLDING_EXPONENT
    book.closing[units] = 1.0 - np.exp(-1.0 / (days * STEPS_PER_DAY))
    book.is_open[units] = True
