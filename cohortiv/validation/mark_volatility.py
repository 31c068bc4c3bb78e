"""Realised volatility from the marks of snapshots, where no price history is at hand."""

from typing import Final

import numpy as np
import pandas as pd

from cohortiv.validation.known import checked, logarithm
from cohortiv.validation.volatility_models import DAYS_A_YEAR

#: Moves between snapshots that a window needs.
FEWEST_MOVES: Final = 7
_SECONDS: Final = 86_400.0
#: Longest step within a window, and how little of it the moves may cover [part of the window].
_LONGEST_STEP, _LEAST_COVERED = 0.25, 0.9


def mark_volatility(marks: "pd.Series[float]", *, days: int) -> "pd.Series[float]":
    """Volatility of the last days, from whatever marks there are.

    Parameters
    ----------
    marks : Series
        Marks by snapshot, rising (UTC, without zone) [USD]; NaN is passed over.
    days : int
        Length of the window [days].

    Returns
    -------
    Series
        By snapshot [1/sqrt(year)]; NaN where the window holds fewer than seven moves, a step of over a quarter of it,
        or moves over less than nine tenths of it. Empty for no marks.

    Raises
    ------
    ValueError
        If times repeat or do not rise.

    Notes
    -----
    sqrt(365 / covered days * sum of squared log moves) over (t - days, t]; a move counts where it ends, and no mean is
    taken out. Moves between snapshots are coarse: what happened within a step is not seen.
    """
    checked(marks.index, what="marks")
    known = marks.dropna()
    times = known.index.to_series()
    squares = logarithm(known).diff() ** 2
    steps = times.diff().dt.total_seconds() / _SECONDS
    window = f"{days}D"
    covered = steps.rolling(window).sum()
    enough = (
        (squares.rolling(window).count() >= FEWEST_MOVES)
        & (steps.rolling(window).max() <= _LONGEST_STEP * days)
        & (covered >= _LEAST_COVERED * days)
    )
    yearly = squares.rolling(window).sum().clip(lower=0.0) * (DAYS_A_YEAR / covered.where(covered > 0.0))
    found: pd.Series[float] = pd.Series(np.sqrt(yearly)).where(enough).reindex(marks.index)
    return found
