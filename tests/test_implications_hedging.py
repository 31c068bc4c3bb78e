"""Which hedges a cohort calls for."""

import pytest

from cohortiv.cascade import Cliff
from cohortiv.implications.hedging import Hedges, hedges_at
from cohortiv.implications.options import hedge_cost
from cohortiv.iv_index import CriticalMoves

BELOW = Cliff(shock=0.06, settled_move=0.06, total_move=0.17, jump=0.11, price=None)
ABOVE = Cliff(shock=0.09, settled_move=0.09, total_move=0.2, jump=0.11, price=None)
MOVES = CriticalMoves(drawdown=0.08, rally=0.12)


def test_puts_are_struck_at_the_cliff() -> None:
    """The put is bought at the shock of the cliff, and the spread sells the end of its run."""
    found = hedges_at(MOVES, below=BELOW, above=None, volatility=0.6, days=14.0, mark_price=60_000.0)
    assert found.put == hedge_cost(-0.06, volatility=0.6, days=14.0, mark_price=60_000.0)
    assert found.put_spread == hedge_cost(-0.06, sold_move=-0.17, volatility=0.6, days=14.0, mark_price=60_000.0)


def test_calls_are_struck_at_the_cliff_above() -> None:
    """A short cohort's cliff lies above the mark, and a call protects against it."""
    found = hedges_at(MOVES, below=None, above=ABOVE, volatility=0.6)
    assert found.call == hedge_cost(0.09, volatility=0.6)
    assert found.call_spread == hedge_cost(0.09, sold_move=0.2, volatility=0.6)


def test_without_a_cliff_the_critical_moves_serve() -> None:
    """There is no end of a run to sell then, so there are no spreads."""
    found = hedges_at(CriticalMoves(0.08, None), below=None, above=None, volatility=0.6)
    assert found == Hedges(hedge_cost(-0.08, volatility=0.6), None, None, None)
    found = hedges_at(CriticalMoves(None, 0.12), below=None, above=None, volatility=0.6)
    assert found == Hedges(None, None, hedge_cost(0.12, volatility=0.6), None)


def test_without_a_cliff_the_nearer_side_is_hedged() -> None:
    """Of two critical moves the smaller one is struck at, and none that is farther than the other side's cliff."""
    found = hedges_at(MOVES, below=None, above=None, volatility=0.6)
    assert (found.put is None, found.call is None) == (False, True)
    found = hedges_at(CriticalMoves(0.12, 0.08), below=None, above=None, volatility=0.6)
    assert (found.put is None, found.call is None) == (True, False)
    found = hedges_at(CriticalMoves(0.4, 0.12), below=None, above=ABOVE, volatility=0.6)
    assert (found.put is None, found.call is None) == (True, False)


@pytest.mark.parametrize("moves", [CriticalMoves(None, None), CriticalMoves(0.0, 0.0)])
def test_nothing_to_strike_is_no_hedge(moves: CriticalMoves) -> None:
    """Without a critical move, or past it, there is no strike."""
    assert hedges_at(moves, below=None, above=None, volatility=0.6) == Hedges(None, None, None, None)


def test_a_cliff_without_a_shock_cannot_be_hedged() -> None:
    """Where orders past their lines alone are enough, no strike lies before the run."""
    running = Cliff(shock=0.0, settled_move=0.0, total_move=0.2, jump=0.2, price=None)
    found = hedges_at(MOVES, below=running, above=None, volatility=0.6)
    assert (found.put, found.put_spread) == (None, None)
