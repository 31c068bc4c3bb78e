"""Realised volatility from the marks of snapshots, where no price history is at hand."""

from typing import Final

import pandas as pd

from cohortiv.validation.known import checked, logarithm
from cohortiv.validation.volatility_models import DAY, DAYS_A_YEAR

#: Moves between snapshots that a window needs.
FEWEST_MOVES: Final = 7
#: Longest step within a window, and how much shorter than it the moves may be [part of the window].
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
        By snapshot [1/sqrt(year)]; NaN where the window holds fewer than seven moves, a step of over a quarter of it, or
        moves over less than nine tenths of it. Empty for no marks.

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
    moves = pd.DataFrame({"square": logarithm(known).diff() ** 2, "step": times.diff() / DAY})
    within = moves.rolling(f"{days}D")
    covered = within["step"].sum()
    enough = (
        (within["square"].count() >= FEWEST_MOVES)
        & (within["step"].max() <= _LONGEST_STEP * days)
        & (covered >= _LEAST_COVERED * days)
    )
    volatility = (within["square"].sum() * (DAYS_A_YEAR / covered.where(covered > 0.0))).clip(lower=0.0) ** 0.5
    return volatility.where(enough).reindex(marks.index)
