"""How much each assumption matters: a median with one at its low and high end, the others as stated."""

import datetime as dt
import math
from collections.abc import Callable

import pandas as pd

from cohortiv.config.assumptions import OutlookAssumptions
from cohortiv.distribution.levers import Lever, levers, with_number
from cohortiv.distribution.median_errors import difference_error, median
from cohortiv.distribution.projection import Outcome, project
from cohortiv.distribution.walk import FEWEST_PERIODS
from cohortiv.volatility import FloatArray

OutcomeOf = Callable[[OutlookAssumptions], Outcome]
"""What is looked at under some assumptions."""

COLUMNS = (
    "assumption", "unit", "low", "high", "source", "idle", "at_low", "at_high", "base", "range", "error",
)  # fmt: skip


def tornado(
    history: pd.DataFrame,
    assumptions: OutlookAssumptions,
    outcome_of: OutcomeOf,
    *,
    to: dt.date | None = None,
    measured: bool = True,
) -> pd.DataFrame:
    """A median with each assumption at its ends, one at a time.

    Parameters
    ----------
    history : DataFrame
        As in `project`.
    assumptions : OutlookAssumptions
    outcome_of : callable
        From assumptions to what takes draws of the tier mix, shape (n_draws, n_tiers), and gives one number a draw.
    to : date, optional
        Day to project to, in place of the file's.
    measured : bool, optional
        Whether the spread of the distances was measured, so that a stated one doesn't act. Default yes.

    Returns
    -------
    DataFrame
        One row an assumption, the one that matters most first: assumption, unit, low, high (its ends), source, idle
        (why it doesn't act, or ""), at_low, at_high (the median there), base (the median as stated), range (|at_high -
        at_low|), error (Monte Carlo error of that difference, at 90 %). Those that don't act have NaN and come last.
        Assumptions without doubt and of strands that are switched off are left out.

    Notes
    -----
    All runs share the file's seed, so that rows differ by the assumption alone; so does their error.
    """

    def draws(stated: OutlookAssumptions) -> FloatArray:
        return outcome_of(stated)(project(history, stated, to=to).draws)

    stated = project(history, assumptions, to=to)
    base, target = median(outcome_of(assumptions)(stated.draws)), stated.dates[-1].date()
    found = levers(assumptions, short_history=len(history) < FEWEST_PERIODS, measured=measured, to=target)
    rows = [
        _stated(lever) | {"base": base}
        | (_idle() if lever.idle else _compared(*(draws(with_number(assumptions, lever, end)) for end in _ends(lever))))
        for lever in found
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.sort_values("range", ascending=False, kind="stable", ignore_index=True)


def _ends(lever: Lever) -> tuple[float, float]:
    return lever.between.low, lever.between.high


def _stated(lever: Lever) -> dict[str, object]:
    low, high = _ends(lever)
    source = lever.between.source
    return {
        "assumption": lever.name, "unit": lever.unit, "low": low, "high": high, "source": source, "idle": lever.idle,
    }  # fmt: skip


def _compared(low: FloatArray, high: FloatArray) -> dict[str, object]:
    at_low, at_high = median(low), median(high)
    return {
        "at_low": at_low, "at_high": at_high, "range": abs(at_high - at_low), "error": difference_error(low, high),
    }  # fmt: skip


def _idle() -> dict[str, object]:
    return dict.fromkeys(("at_low", "at_high", "range", "error"), math.nan)
