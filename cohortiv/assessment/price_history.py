"""Prices that a user brings beside positions, as they became known."""

from dataclasses import dataclass

import pandas as pd

from cohortiv.display import Displayed
from cohortiv.errors import DataError
from cohortiv.sources.validation_data import read_validation_series


@dataclass(frozen=True, eq=False)
class PriceHistory(Displayed):
    """Closing prices.

    Attributes
    ----------
    closes : Series
        By the time at which each was known, the end of its bar (UTC, without zone) [USD].
    step : Timedelta
        Length of the bars.
    name : str
        Bare name of the file.
    """

    closes: "pd.Series[float]"
    step: pd.Timedelta
    name: str


def read_prices(file: str, *, symbol: str | None = None, until: pd.Timestamp | None = None) -> PriceHistory | None:
    """Closing prices of a file, and nothing that became known after a moment.

    Parameters
    ----------
    file : str
        CSV or Parquet with time and close; empty: none is given.
    symbol : str, optional
        Whose rows are read, in a file that holds several; BTC where none is given.
    until : Timestamp, optional
        UTC, without zone.

    Returns
    -------
    PriceHistory or None
        None for an empty name.

    Raises
    ------
    UsageError, DataError
        If the file cannot be read, or nothing of it was known by then.
    """
    if not file:
        return None
    read = read_validation_series(file, kind="prices", symbol=symbol or "")
    closes = read.frame["close"].astype("float64")
    kept = closes if until is None else closes[closes.index <= until]
    if kept.empty or read.step is None:
        raise DataError(
            f"{read.path.name} has {len(kept):,} prices known by the snapshot; two or more are needed. Bring prices "
            "from before it."
        )
    return PriceHistory(kept, read.step, read.path.name)
