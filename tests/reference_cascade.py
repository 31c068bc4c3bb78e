"""Slow, obvious reference for cascades: one line after another, one tick of the price after another."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Bin:
    """Forced notional spread evenly between two sizes of the move, or all at one.

    Attributes
    ----------
    inner, outer : float
        Sizes of the move [log].
    forced_usd : float
        Notional [USD]; negative where closing goes against the move.
    """

    inner: float
    outer: float
    forced_usd: float


def orders(bins: Sequence[Bin], x: float) -> float:
    """Net forced orders when the price has moved by x, lines exactly there included [USD]."""
    total = 0.0
    for one in bins:
        if x >= one.outer:
            total += one.forced_usd
        elif x > one.inner:
            total += one.forced_usd * (x - one.inner) / (one.outer - one.inner)
    return max(0.0, total)


def linear(q: float, depth: float, *, ceiling: float = 0.0, half: float = math.inf) -> float:
    """Log move of orders q at a depth that withdraws."""
    return 0.01 * q / (depth * (1.0 - ceiling * q / (q + half)))


def square_root(q: float, volume: float, *, volatility: float, ceiling: float = 0.0, half: float = math.inf) -> float:
    """Log move of orders q at a daily volume that withdraws, with Y = 1."""
    return volatility * math.sqrt(q / (volume * (1.0 - ceiling * q / (q + half))))


def total_move(bins: Sequence[Bin], impact: Callable[[float], float], shock: float, *, tick: float = 2e-4) -> float:
    """Move the price tick by tick from the shock on until no forced order pushes it further, then halve the last tick.

    Parameters
    ----------
    bins : sequence of Bin
    impact : callable
        Orders [USD] to log move.
    shock : float
        Outside move [log].
    tick : float
        Step of the price [log].

    Returns
    -------
    float
        Where the price stops [log].
    """

    def stands(x: float) -> bool:
        return x - impact(orders(bins, x)) >= shock

    if stands(shock):
        return shock
    failed, x = shock, shock + tick
    while not stands(x):
        failed, x = x, x + tick
    while x - failed > 1e-15 * x:
        middle = 0.5 * (x + failed)
        if middle in {x, failed}:
            break
        failed, x = (failed, middle) if stands(middle) else (middle, x)
    return x
