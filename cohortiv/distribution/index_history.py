"""Past snapshots for the index: distances and mixes of each period, and the index of each mix at earlier distances."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.distribution.composition import checked_history
from cohortiv.distribution.hit_table import HitTable
from cohortiv.volatility import FloatArray

MixIndex = Callable[[HitTable, FloatArray], FloatArray]
"""IV Index [%] of mixes of tiers, shape (n, n_tiers), at the distances of a table, shape (n,)."""


@dataclass(frozen=True, eq=False)
class IndexHistory:
    """The index of past periods, what moved it, and what solves it again.

    Attributes
    ----------
    mixes : DataFrame
        Indexed by period, rising; one column a tier edge [x]; shares of leveraged notional that sum to 1 [1].
    tables : tuple of HitTable
        Distance given tier, one a period.
    solve : callable
        `MixIndex`.
    log_index : ndarray, shape (n_periods, n_periods)
        ln of the IV Index that the mix of period j has at the distances of period i, at [i, j]; NaN where j < i, where
        the index is 0 or infinite, and where one of the two periods is left out.
    """

    mixes: pd.DataFrame
    tables: tuple[HitTable, ...]
    solve: MixIndex
    log_index: FloatArray

    @property
    def own(self) -> FloatArray:
        """Log of each period's own index, shape (n_periods,); NaN where there is none."""
        diagonal: FloatArray = np.diagonal(self.log_index)
        return diagonal

    def until(self, period: int) -> "IndexHistory":
        """What was known at a period: it and those before it.

        Parameters
        ----------
        period : int
            Its place, from 0.
        """
        end = period + 1
        return replace(
            self, mixes=self.mixes.iloc[:end], tables=self.tables[:end], log_index=self.log_index[:end, :end]
        )


def index_history(
    mixes: pd.DataFrame, tables: Sequence[HitTable], solve: MixIndex, *, left_out: npt.ArrayLike | None = None
) -> IndexHistory:
    """Solve the index of every period's mix at its own and at all earlier distances.

    Parameters
    ----------
    mixes : DataFrame
        From `composition_history`.
    tables : sequence of HitTable
        One a period, of the same tiers.
    solve : callable
        `MixIndex`.
    left_out : array_like of bool, optional
        Periods whose index takes no part, for instance because it is withheld. Default: none.

    Returns
    -------
    IndexHistory

    Raises
    ------
    DataError
        If the mixes are no history of shares.
    ValueError
        If there is not one table for each period.
    """
    shares = checked_history(mixes).to_numpy(float)
    if len(tables) != len(shares):
        raise ValueError(f"got {len(tables)} tables for {len(shares)} periods; allowed is one for each")
    found = np.full((len(shares), len(shares)), np.nan)
    for period, table in enumerate(tables):
        found[period, period:] = solve(table, shares[period:])
    with np.errstate(divide="ignore"):
        logs = np.log(found)
    logs[~np.isfinite(logs)] = np.nan
    if left_out is not None:
        hidden = np.asarray(left_out, dtype=bool)
        logs[hidden, :] = logs[:, hidden] = np.nan
    return IndexHistory(mixes=mixes, tables=tuple(tables), solve=solve, log_index=logs)
