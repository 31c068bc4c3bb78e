"""Does a signal peek: its value at a time must not change when everything after that time does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from cohortiv.validation.sample import refuse_bad_times

Signal = Callable[[pd.DataFrame], pd.Series]
"""A signal: rows indexed by the time at which each was known, to scores indexed by the time at which they were."""


@dataclass(frozen=True)
class Leak:
    """A value that changed when only later rows did.

    Attributes
    ----------
    changed_after : Timestamp
        Rows later than this were changed.
    at : Timestamp
        Earliest time up to it at which the signal changed.
    before, after : float
        The signal's value there, with the rows as they are and as they were changed; NaN for none.
    """

    changed_after: pd.Timestamp
    at: pd.Timestamp
    before: float
    after: float


def find_leaks(
    signal: Signal, rows: pd.DataFrame, *, cuts: Sequence[datetime], rng: np.random.Generator
) -> tuple[Leak, ...]:
    """Change every row after each cut and compare the signal up to it.

    Parameters
    ----------
    signal : Signal
    rows : DataFrame
        What the signal is made from, numbers and flags, indexed by rising times (UTC without zone).
    cuts : sequence of datetime
        After each of them all rows are changed.
    rng : numpy.random.Generator
        Shuffles the later rows and scales their numbers by up to ten either way.

    Returns
    -------
    tuple of Leak
        One a cut at which the signal peeked; empty for a signal that does not. Equality is to the last bit.

    Raises
    ------
    DataError
        If the times of the rows fall or carry a zone.

    Notes
    -----
    Beside the changed rows the signal is asked once with the later rows taken away, so that a use of their number is
    found too. A leak that neither shows is not excluded.
    """
    refuse_bad_times(rows.index, what="table of rows")
    whole = signal(rows.copy())
    found = []
    for cut in map(pd.Timestamp, cuts):
        later = np.asarray(rows.index > cut)
        for changed in (_changed(rows, later, rng=rng), rows[~later].copy()):
            leak = _first_difference(whole, signal(changed), cut)
            if leak:
                found.append(leak)
                break
    return tuple(found)


def _changed(rows: pd.DataFrame, later: np.typing.NDArray[np.bool_], *, rng: np.random.Generator) -> pd.DataFrame:
    """The rows with the later ones shuffled, numbers scaled and flags turned."""
    changed = rows.copy()
    places = np.flatnonzero(later)
    for name in rows.columns:
        values = rows[name].to_numpy(copy=True)
        taken = values[rng.permutation(places)]
        numbers = np.issubdtype(values.dtype, np.number)
        values[places] = (taken * np.exp(rng.uniform(-1.0, 1.0, places.size) * np.log(10.0))) if numbers else ~taken
        changed[name] = values
    return changed


def _first_difference(whole: pd.Series, changed: pd.Series, cut: pd.Timestamp) -> Leak | None:
    """The earliest time up to the cut at which two runs of a signal differ."""
    before, after = (series[series.index <= cut].astype("float64") for series in (whole, changed))
    if len(before) != len(after) or not before.index.equals(after.index):
        at = before.index.symmetric_difference(after.index).min()
        one, two = (float(part.get(at, np.nan)) for part in (before, after))
        return Leak(changed_after=cut, at=at, before=one, after=two)
    differs = np.asarray((before != after) & ~(before.isna() & after.isna()))
    if not differs.any():
        return None
    first = int(np.argmax(differs))
    return Leak(
        changed_after=cut, at=before.index[first], before=float(before.iloc[first]), after=float(after.iloc[first])
    )
