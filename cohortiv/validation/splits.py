"""Purged walk-forward splits: train on what was known, leave a gap, test on what came after."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cohortiv.validation.sample import DAY, WholeArray


@dataclass(frozen=True, eq=False)
class Split:
    """Rows to fit on and rows to test on.

    Attributes
    ----------
    train, test : ndarray of int
        Row numbers; every outcome of `train` was known an embargo before the first row of `test`.
    """

    train: WholeArray
    test: WholeArray


def walk_forward(
    times: pd.DatetimeIndex, *, folds: int, horizon_days: float, embargo_days: float = 0.0
) -> tuple[Split, ...]:
    """Cut a series into stretches and test each on what came before it.

    Parameters
    ----------
    times : DatetimeIndex
        When each row was known (UTC without zone), rising.
    folds : int
        Stretches that are tested, 1 or more; a first stretch of the same length is only trained on.
    horizon_days : float
        Horizon of the outcome, more than 0 [days].
    embargo_days : float, optional
        Gap between the end of the last outcome trained on and the first row tested, >= 0 [days]. Default 0.

    Returns
    -------
    tuple of Split
        Oldest first; splits without a row to train on are left out.

    Raises
    ------
    ValueError
        On fewer than one fold, a horizon that is not positive or a negative embargo.

    Notes
    -----
    Trained are rows t with t + horizon + embargo <= first time tested: labels that reach into the test are purged.

    References
    ----------
    Lopez de Prado (2018), Advances in Financial Machine Learning, chapter 7, ISBN 978-1-119-48208-6
    """
    if folds < 1 or not horizon_days > 0.0 or not embargo_days >= 0.0:
        raise ValueError(
            f"got {folds} folds, a horizon of {horizon_days} and an embargo of {embargo_days} days; allowed are one "
            "fold or more, a horizon above 0 and an embargo of 0 or more"
        )
    stretches = np.array_split(np.arange(len(times)), folds + 1)
    found = []
    for test in stretches[1:]:
        last = times[test[0]] - (horizon_days + embargo_days) * DAY if test.size else None
        train = np.arange(times.searchsorted(last, side="right")) if last is not None else np.arange(0)
        if train.size:
            found.append(Split(train=train, test=test))
    return tuple(found)
