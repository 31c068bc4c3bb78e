"""Who trades in the synthetic sample: accounts, their margin units and the legs of each."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

VENUES = ("binance", "hyperliquid")
PRODUCTS = ("perpetual", "future")
BINANCE, HYPERLIQUID = range(len(VENUES))
BTC = 0

KINDS = (
    "isolated",
    "isolated pair",
    "cross",
    "cross pair",
    "cross trio",
    "hedged",
    "inverse",
    "coin collateral",
)
KIND_SHARES = (0.56, 0.12, 0.10, 0.08, 0.04, 0.05, 0.03, 0.02)
UNITS = np.array((1, 2, 1, 1, 1, 1, 1, 1))
LEGS_PER_UNIT = np.array((1, 1, 1, 2, 3, 2, 1, 2))
CROSS = np.array((False, False, True, True, True, True, False, True))
HEDGED, INVERSE, COIN_COLLATERAL = KINDS.index("hedged"), KINDS.index("inverse"), KINDS.index("coin collateral")

SYMBOL_SHARES = (0.55, 0.28, 0.17)
HYPERLIQUID_SHARE = 0.12
FUTURE_SHARE = 0.06
MEDIAN_NOTIONAL_USD = 2_500.0
LOG_SPREAD = 1.4
TAIL_SHARE = 0.04
TAIL_EXPONENT = 1.2
SMALLEST_NOTIONAL_USD, LARGEST_NOTIONAL_USD = 50.0, 600_000.0


@dataclass(frozen=True)
class Plan:
    """What stays the same about each account over all snapshots.

    Attributes
    ----------
    account : ndarray, shape (units,)
        Number of the account that a margin unit belongs to.
    venue : ndarray, shape (units,)
        Index into `VENUES`.
    cross : ndarray, shape (units,)
        Whether the unit is cross margin.
    coin_margin : ndarray, shape (units,)
        Whether the collateral is BTC; else it is a stablecoin.
    scale : ndarray, shape (units,)
        Usual notional of a position [USD].
    unit : ndarray, shape (legs,)
        Margin unit of each leg, rising.
    symbol : ndarray, shape (legs,)
        Index of the symbol.
    inverse : ndarray, shape (legs,)
        Whether the contract is inverse.
    hedge : ndarray, shape (legs,)
        Whether the leg stands against the one before it.
    product : ndarray, shape (legs,)
        Index into `PRODUCTS`.
    """

    account: IntArray
    venue: IntArray
    cross: BoolArray
    coin_margin: BoolArray
    scale: FloatArray
    unit: IntArray
    symbol: IntArray
    inverse: BoolArray
    hedge: BoolArray
    product: IntArray


def draw_plan(rng: np.random.Generator, *, accounts: int) -> Plan:
    """Draw accounts and what they hold.

    Parameters
    ----------
    rng : numpy Generator
        Source of all choices.
    accounts : int
        Number of accounts, at least 1.

    Returns
    -------
    Plan
        One or two margin units an account, one to three legs a unit. An account never holds two legs of the same
        symbol and side.
    """
    kind = rng.choice(len(KINDS), size=accounts, p=KIND_SHARES)
    can_leave = (kind != INVERSE) & (kind != COIN_COLLATERAL)
    venue = np.where(can_leave & (rng.random(accounts) < HYPERLIQUID_SHARE), HYPERLIQUID, BINANCE)
    favourites = np.argsort(rng.gumbel(size=(accounts, len(SYMBOL_SHARES))) + np.log(SYMBOL_SHARES), axis=1)[:, ::-1]
    account = np.repeat(np.arange(accounts), UNITS[kind])
    unit_kind = kind[account]
    unit = np.repeat(np.arange(len(account)), LEGS_PER_UNIT[unit_kind])
    leg_kind, leg_account = unit_kind[unit], account[unit]
    place = _place_within(leg_account)
    hedge = (leg_kind == HEDGED) & (place == 1)
    inverse = leg_kind == INVERSE
    symbol = np.where(inverse, BTC, favourites[leg_account, np.where(leg_kind == HEDGED, 0, place)])
    future = (venue[leg_account] == BINANCE) & (rng.random(len(unit)) < FUTURE_SHARE) & (leg_kind != HEDGED)
    return Plan(
        account=account,
        venue=venue[account],
        cross=CROSS[unit_kind],
        coin_margin=(unit_kind == INVERSE) | (unit_kind == COIN_COLLATERAL),
        scale=_scales(rng, accounts)[account],
        unit=unit,
        symbol=symbol,
        inverse=inverse,
        hedge=hedge,
        product=future.astype(np.int64),
    )


def _place_within(groups: IntArray) -> IntArray:
    return np.arange(len(groups)) - np.searchsorted(groups, groups)


def _scales(rng: np.random.Generator, accounts: int) -> FloatArray:
    body = MEDIAN_NOTIONAL_USD * np.exp(LOG_SPREAD * rng.standard_normal(accounts))
    tail = np.where(rng.random(accounts) < TAIL_SHARE, 4.0 * (1.0 + rng.pareto(TAIL_EXPONENT, accounts)), 1.0)
    return np.clip(body * tail, SMALLEST_NOTIONAL_USD, LARGEST_NOTIONAL_USD)
