"""Positions followed bar by bar, held against what one works out by hand."""

import numpy as np
import pandas as pd
import pytest

from cohortiv.distribution.following import follow, removal_bars

BARS = pd.DataFrame({"low": [100.0, 95.0, 80.0, 90.0], "high": [101.0, 99.0, 96.0, 130.0]})
LINES = np.array([[90.0], [85.0], [70.0], [60.0]])


def test_a_long_goes_where_the_low_reaches_its_line() -> None:
    """Lines at 90 and 85 are both reached by the low of 80; the others never."""
    assert removal_bars(BARS, LINES, side="long").ravel().tolist() == [2, 2, 4, 4]


def test_a_short_goes_where_the_high_reaches_its_line() -> None:
    """A line at 97 opened in the first bar is reached by the next high of 99; no line is never reached."""
    lines = np.array([[97.0], [120.0], [-1.0], [131.0]])
    assert removal_bars(BARS, lines, side="short").ravel().tolist() == [1, 3, 4, 4]


def test_a_side_at_several_bars() -> None:
    """Ten coins, then twelve: the touch in the third bar closes all, and twelve are opened anew."""
    removal = removal_bars(BARS, LINES, side="long")
    found = list(follow(np.array([10.0, 12.0, 12.0, 6.0]), removal, shares=np.ones(1), at=np.array([1, 2, 3])))
    assert [held.bar for held in found] == [1, 2, 3]
    assert found[0].coins.ravel() == pytest.approx([10.0, 2.0])
    assert found[1].coins.ravel() == pytest.approx([0.0, 0.0, 12.0])
    assert found[2].coins.ravel() == pytest.approx([0.0, 0.0, 6.0, 0.0])
    assert [held.touched for held in found] == pytest.approx([0.0, 12.0, 12.0])


def test_what_is_held_does_not_hang_on_later_bars() -> None:
    """The same bars cut short give the same holdings at their end."""
    coins = np.array([10.0, 12.0, 12.0, 6.0])
    whole = next(follow(coins, removal_bars(BARS, LINES, side="long"), shares=np.ones(1), at=np.array([1])))
    short = removal_bars(BARS.head(2), LINES[:2], side="long")
    cut = next(follow(coins[:2], short, shares=np.ones(1), at=np.array([1])))
    assert whole.coins.tolist() == cut.coins.tolist()
