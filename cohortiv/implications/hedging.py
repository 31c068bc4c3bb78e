"""Which hedges a cohort calls for: puts at the cliff below, calls at the cliff above."""

import math
from dataclasses import dataclass
from functools import partial

from cohortiv.cascade import Cliff
from cohortiv.implications.options import NO_RATE, HedgeCost, hedge_cost
from cohortiv.iv_index import CriticalMoves
from cohortiv.volatility import HORIZON_DAYS


@dataclass(frozen=True)
class Hedges:
    """Protection on both sides; None where there is nothing to strike it at, or the other side is the nearer one.

    Attributes
    ----------
    put, call : HedgeCost or None
        Struck at the cliff on that side; without one at the critical drawdown or rally, if that is no farther than
        the strike on the other side.
    put_spread, call_spread : HedgeCost or None
        From the cliff to its end; None without a cliff.
    """

    put: HedgeCost | None
    put_spread: HedgeCost | None
    call: HedgeCost | None
    call_spread: HedgeCost | None


def hedges_at(
    moves: CriticalMoves,
    *,
    below: Cliff | None,
    above: Cliff | None,
    volatility: float,
    days: float = HORIZON_DAYS,
    rate: float = NO_RATE,
    mark_price: float | None = None,
) -> Hedges:
    """Hedges at the cliffs, or at the nearer critical move where there is no cliff.

    Parameters
    ----------
    moves : CriticalMoves
        Critical drawdown and rally.
    below, above : Cliff or None
        The cliffs.
    volatility, days, rate, mark_price
        As for `hedge_cost`.

    Notes
    -----
    A cliff at a shock of 0 runs without a shock, and a critical move of 0 is past: nothing is left to strike.
    """
    cost = partial(hedge_cost, volatility=volatility, days=days, rate=rate, mark_price=mark_price)
    low = below.shock if below is not None else moves.drawdown or 0.0
    high = above.shock if above is not None else moves.rally or 0.0
    down, up = (-math.log1p(-low), math.log1p(high))
    puts = low > 0.0 and (below is not None or not 0.0 < up < down)
    calls = high > 0.0 and (above is not None or not 0.0 < down < up)
    return Hedges(
        put=cost(-low) if puts else None,
        put_spread=cost(-low, sold_move=-below.total_move) if puts and below is not None else None,
        call=cost(high) if calls else None,
        call_spread=cost(high, sold_move=above.total_move) if calls and above is not None else None,
    )
