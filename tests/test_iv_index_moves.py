"""The two other readings of a critical mass."""

import math

import pytest

from cohortiv.iv_index import CriticalMoves, largest_positions_reading, quantile_reading
from cohortiv.volatility import expected_share, line_book


def test_quantile_reading_of_the_printed_check() -> None:
    """All long at a 10 % drop reads 0.761, index 52.6."""
    reading = quantile_reading(CriticalMoves(drawdown=0.1, rally=None))
    assert round(reading.volatility, 3) == 0.761
    assert round(reading.iv_index, 1) == 52.6


def test_quantile_reading_takes_the_nearer_side() -> None:
    """Of a fall of 25 % and a rise of 11 % the rise is nearer, measured in logarithms."""
    reading = quantile_reading(CriticalMoves(drawdown=0.25, rally=0.11), horizon_days=365.0)
    assert reading.volatility == pytest.approx(math.log(1.11), rel=1e-12)
    level = quantile_reading(CriticalMoves(drawdown=0.20, rally=0.24), horizon_days=365.0)
    assert level.volatility == pytest.approx(math.log(1.24), rel=1e-12)


def test_quantile_reading_at_the_ends() -> None:
    """No critical move reads as unreachable; a move of 0 as past its lines."""
    nowhere = quantile_reading(CriticalMoves(drawdown=None, rally=None))
    assert (nowhere.volatility, nowhere.iv_index) == (math.inf, 0.0)
    already = quantile_reading(CriticalMoves(drawdown=0.0, rally=0.0))
    assert (already.volatility, already.iv_index) == (0.0, math.inf)


def test_quantile_reading_of_nothing_is_none() -> None:
    """Where nothing is leveraged there is no reading, which is not an index of 0."""
    none = quantile_reading(None)
    assert math.isnan(none.volatility)
    assert math.isnan(none.iv_index)


def test_largest_positions_are_half_touched() -> None:
    """At the reading's volatility half of the given positions is expected to be touched."""
    book = line_book([5.0, 3.0, 2.0], [-0.1, -0.2, 0.15])
    reading = largest_positions_reading(book)
    assert float(expected_share(book, reading.volatility * math.sqrt(7.0 / 365.0))) == pytest.approx(0.5, rel=1e-12)
    assert reading.iv_index == pytest.approx(40.0 / reading.volatility, rel=1e-12)


def test_largest_positions_out_of_reach() -> None:
    """Shorts more than ln 2 away are never half touched; no positions have no reading."""
    assert largest_positions_reading(line_book([1.0], [0.7])).iv_index == 0.0
    assert math.isnan(largest_positions_reading(line_book([], [])).volatility)
