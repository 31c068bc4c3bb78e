"""Funding pressure: which way perpetual contracts lean."""

import math

import pytest
from implication_support import profile

from cohortiv.implications.funding import funding_pressure
from cohortiv.iv_index import CriticalMoves

NOWHERE = CriticalMoves(None, None)


def test_lean_by_hand() -> None:
    """70 long against 30 short is net long by 40 %; after a fall past the nearest 40 of the longs it is balanced."""
    book = profile([("long", 0.9, 4e8, 10), ("long", 0.5, 3e8, 2), ("short", 1.2, 3e8, 5)])
    found = funding_pressure(book, CriticalMoves(drawdown=0.15, rally=0.25), symbol="BTC")
    assert found.net_long_share == pytest.approx(0.4)
    assert found.lean == "long"
    assert found.after_drawdown == pytest.approx(0.0, abs=1e-9)
    assert found.after_rally == pytest.approx(1.0)


def test_short_cohorts_lean_short() -> None:
    """More shorts than longs turn the sign."""
    found = funding_pressure(profile([("long", 0.9, 1e8, 10), ("short", 1.1, 3e8, 10)]), NOWHERE, symbol="BTC")
    assert found.net_long_share == pytest.approx(-0.5)
    assert found.lean == "short"
    assert (found.after_drawdown, found.after_rally) == (None, None)


def test_balanced_cohorts_lean_neither_way() -> None:
    """A net share under 5 % is no lean."""
    found = funding_pressure(profile([("long", 0.9, 1.02e8, 10), ("short", 1.1, 1e8, 10)]), NOWHERE, symbol="BTC")
    assert found.lean == "neither"


def test_only_perpetuals_pay_funding() -> None:
    """Dated futures are left out, and without perpetual contracts there is no share."""
    found = funding_pressure(profile([("long", 0.9, 1e8, 10)], product="future"), NOWHERE, symbol="BTC")
    assert math.isnan(found.net_long_share)
    assert found.lean == "neither"


def test_nothing_left_has_no_share() -> None:
    """Where the move closes everything nobody is left to pay."""
    book = profile([("long", 0.95, 1e8, 20)])
    found = funding_pressure(book, CriticalMoves(drawdown=0.2, rally=None), symbol="BTC")
    assert found.after_drawdown is not None
    assert math.isnan(found.after_drawdown)
