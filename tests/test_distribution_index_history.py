"""Past indices: each mix at its own and at earlier distances, and what is left out."""

import numpy as np
import pytest
from outlook_support import index_past

from cohortiv.distribution.index_history import index_history
from cohortiv.volatility import FloatArray


def test_a_mix_is_solved_at_its_own_and_at_earlier_distances() -> None:
    """The index of the support is the product of the table's level and the mix's share in the second tier."""
    past = index_past(levels=[10.0, 20.0], shares=[0.5, 0.25])
    expected = np.array([[10 * 0.5, 10 * 0.25], [np.nan, 20 * 0.25]])
    assert np.exp(past.log_index) == pytest.approx(expected, nan_ok=True)


def test_an_index_of_zero_has_no_logarithm() -> None:
    """It is missing, and so is an infinite one."""
    past = index_past(levels=[10.0, 0.0, np.inf], shares=[0.5, 0.5, 0.5])
    assert np.isfinite(past.own).tolist() == [True, False, False]


def test_periods_left_out_take_no_part() -> None:
    """Neither their mix nor their distances."""
    past = index_past(levels=[10.0, 20.0, 30.0], shares=[0.5, 0.5, 0.5], left_out=[False, True, False])
    assert np.isfinite(past.log_index).tolist() == [[True, False, True], [False] * 3, [False, False, True]]


def test_what_was_known_at_a_period_ends_there() -> None:
    """Mixes, tables and indices."""
    past = index_past(levels=[10.0, 20.0, 30.0], shares=[0.5, 0.5, 0.5]).until(1)
    assert (len(past.mixes), len(past.tables), past.log_index.shape) == (2, 2, (2, 2))


def test_each_period_has_one_table() -> None:
    """Another number is refused."""
    past = index_past(levels=[10.0, 20.0], shares=[0.5, 0.5])

    def never(*_: object) -> FloatArray:
        raise AssertionError

    with pytest.raises(ValueError, match="got 1 tables for 2 periods"):
        index_history(past.mixes, past.tables[:1], never)
