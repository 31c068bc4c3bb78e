"""How far a judged index that is a model's is off the index of positions, where both are known."""

from dataclasses import dataclass
from typing import Final

import pandas as pd

from cohortiv.findings.headline import long_day
from cohortiv.findings.validation import ValidationFindings, two

#: Fewest common times that anything is said on, and how old a value of the judged series may be.
FEWEST_TIMES: Final = 10
OLDEST: Final = pd.Timedelta(days=1)
_POSITIONS: Final = "positions"


@dataclass(frozen=True)
class Overlap:
    """Two index series at common times.

    Attributes
    ----------
    title : str
        Of the series of positions.
    times : int
        Snapshots of it at which the judged index is known, at most a day old.
    first, last : str
        Days of the first and of the last of them.
    median, low, high : float
        Index of positions over the judged one: median, 5 and 95 % points [1].
    correlation : float
        Spearman's rank correlation of the two [1].
    """

    title: str
    times: int
    first: str
    last: str
    median: float
    low: float
    high: float
    correlation: float


def overlap_of(f: ValidationFindings) -> Overlap | None:
    """The judged index against that of positions; None where it is one itself, or they share too few times.

    Parameters
    ----------
    f : ValidationFindings
    """
    if not f.series.basis.startswith("reconstructed"):
        return None
    found = [_compared(f, each.title, each.frame) for each in f.study.series if each.basis == _POSITIONS]
    return max((each for each in found if each), key=lambda each: each.times, default=None)


def _compared(f: ValidationFindings, title: str, frame: pd.DataFrame) -> Overlap | None:
    judged = f.series.frame["iv_index"].dropna().rename("judged")
    held = frame["iv_index"].dropna().rename("positions")
    pairs = pd.merge_asof(held, judged, left_index=True, right_index=True, tolerance=OLDEST).dropna()
    if len(pairs) < FEWEST_TIMES:
        return None
    ratio = pairs["positions"] / pairs["judged"]
    low, median, high = ratio.quantile([0.05, 0.5, 0.95]).tolist()
    correlation = float(pairs["positions"].rank().corr(pairs["judged"].rank()))
    first, last = (long_day(f"{moment:%Y-%m-%d}") for moment in (pairs.index[0], pairs.index[-1]))
    return Overlap(title, len(pairs), first, last, median, low, high, correlation)


def overlap_words(f: ValidationFindings) -> str:
    """How far the judged index is off, as sentences; nothing where it is of positions or nothing is known."""
    found = overlap_of(f)
    if found is None:
        return ""
    return (
        f"At {found.times} snapshots of positions, {found.first} to {found.last}, their index is {two(found.median)} "
        f"times this one in the median ({two(found.low)} to {two(found.high)} in nine of ten), with a rank correlation "
        f"of {two(found.correlation)}: what fails may be the model of positions and not the claim."
    )
