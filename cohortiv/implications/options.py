"""What protection costs: puts below the mark and calls above it, alone or as spreads, by Black's formula."""

import math
from dataclasses import dataclass
from typing import Final, Literal

import QuantLib

from cohortiv.volatility import HORIZON_DAYS, root_horizon

HedgeKind = Literal["put", "put spread", "call", "call spread"]

NO_RATE: Final = 0.0
"""Default interest rate, continuously compounded [1/year]. At 0.05 a put 8 % below the mark, 7 days out and at a
volatility of 0.60, costs 2 % less."""


@dataclass(frozen=True)
class HedgeCost:
    """A hedge of one unit of the underlying and what it costs.

    Attributes
    ----------
    kind : str
        "put", "put spread", "call" or "call spread".
    move : float
        Move of the price to the strike as a simple fraction, -0.08 for 8 % below the mark.
    sold_move : float or None
        Move to the strike that is sold against it, farther from the mark; None for a single option.
    strike_usd, sold_strike_usd : float or None
        The strikes [USD]; None where no mark price is given or nothing is sold.
    cost_share : float
        Premium as a share of the notional protected, at the mark [1].
    volatility : float
        Annualised volatility that it is priced at, the same for every strike [1/sqrt(year)].
    days : float
        Days to expiry.
    rate : float
        Interest rate that it is priced at, continuously compounded [1/year].
    """

    kind: HedgeKind
    move: float
    sold_move: float | None
    strike_usd: float | None
    sold_strike_usd: float | None
    cost_share: float
    volatility: float
    days: float
    rate: float

    def payoff_share(self, move: float) -> float:
        """What the hedge pays at expiry after a move of the price, as a share of the notional protected [1].

        Parameters
        ----------
        move : float
            Simple move from the mark, above -1.
        """
        sign = math.copysign(1.0, self.move)
        bought = max(0.0, sign * (move - self.move))
        return bought - (0.0 if self.sold_move is None else max(0.0, sign * (move - self.sold_move)))


def hedge_cost(
    move: float,
    *,
    volatility: float,
    sold_move: float | None = None,
    days: float = HORIZON_DAYS,
    rate: float = NO_RATE,
    mark_price: float | None = None,
) -> HedgeCost:
    """Cost of a put (a move below 0) or a call (a move above 0) struck at a move, or of a spread.

    Parameters
    ----------
    move : float
        Simple move from the mark to the strike, above -1 and not 0, such as the shock at which the cliff is.
    volatility : float
        Annualised volatility, finite and >= 0 [1/sqrt(year)]: one's own, or the market's.
    sold_move : float, optional
        Move to the strike that is sold, on the same side and farther from the mark. Default none.
    days : float, optional
        Days to expiry. Default 7, the default horizon.
    rate : float, optional
        Interest rate, continuously compounded [1/year]. Default 0.
    mark_price : float, optional
        Mark price [USD], for the strikes in dollars only: the cost as a share does not depend on it.

    Returns
    -------
    HedgeCost
        At volatility 0 the discounted worth at the forward, which is 0 out of the money.

    Raises
    ------
    ValueError
        If a move, the volatility, the days, the rate or the mark price is not what is allowed.

    Notes
    -----
    Black's formula on the forward F = S exp(r T), which is Black, Scholes and Merton's without dividends; for a
    strike K and v = volatility * sqrt(T)

        put = exp(-r T) (K N(-d2) - F N(-d1)),   d1 = ln(F/K)/v + v/2,   d2 = d1 - v.

    One volatility serves both strikes. Options far below the mark usually trade at a higher one, so a put costs
    more, and a put spread less, than the volatility at the mark makes it; give the strike's own where it is quoted.

    References
    ----------
    Black, F. (1976). The pricing of commodity contracts. https://doi.org/10.1016/0304-405X(76)90024-6
    """
    _check_moves(move, sold_move)
    if mark_price is not None and not (math.isfinite(mark_price) and mark_price > 0.0):
        raise ValueError(f"got a mark price of {mark_price}; it is finite and more than 0 USD, or left out")
    cost = _premium_share(move, volatility=volatility, days=days, rate=rate)
    if sold_move is not None:
        cost -= _premium_share(sold_move, volatility=volatility, days=days, rate=rate)
    return HedgeCost(
        kind=_kind(move, spread=sold_move is not None),
        move=move,
        sold_move=sold_move,
        strike_usd=_strike(move, mark_price),
        sold_strike_usd=_strike(sold_move, mark_price),
        cost_share=cost,
        volatility=volatility,
        days=days,
        rate=rate,
    )


def _premium_share(move: float, *, volatility: float, days: float, rate: float) -> float:
    """Premium of one option of the move's side, as a share of the mark [1]."""
    if not (math.isfinite(volatility) and volatility >= 0.0 and math.isfinite(rate)):
        raise ValueError(
            f"got a volatility of {volatility} and a rate of {rate}; allowed are an annualised volatility of 0 or "
            "more and a yearly rate, both finite, for instance 0.60 and 0.04"
        )
    root = root_horizon(days)
    growth = math.exp(rate * root**2)
    side = QuantLib.Option.Put if move < 0.0 else QuantLib.Option.Call
    return float(QuantLib.blackFormula(side, 1.0 + move, growth, volatility * root, 1.0 / growth))


def _check_moves(move: float, sold_move: float | None) -> None:
    if not (move > -1.0 and move != 0.0 and math.isfinite(move)):
        raise ValueError(f"got a move of {move} to the strike; allowed is one above -1 that is not 0, such as -0.08")
    farther = sold_move is None or (sold_move < move if move < 0.0 else sold_move > move)
    if not farther or (sold_move is not None and not -1.0 < sold_move < math.inf):
        raise ValueError(
            f"got a sold strike at {sold_move} against one at {move}; it lies on the same side, farther from the mark"
        )


def _kind(move: float, *, spread: bool) -> HedgeKind:
    if move < 0.0:
        return "put spread" if spread else "put"
    return "call spread" if spread else "call"


def _strike(move: float | None, mark_price: float | None) -> float | None:
    return None if move is None or mark_price is None else mark_price * (1.0 + move)
