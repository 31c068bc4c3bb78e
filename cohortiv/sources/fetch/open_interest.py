"""Open interest in coins and in USD, each checked by the other: the place where mixed units come to light."""

from typing import Final

import numpy as np
import pandas as pd

from cohortiv.errors import DataError
from cohortiv.sources.fetch.market_rows import ReadRows

#: USD may differ from coins times the price by this share before a unit is doubted [1].
UNIT_TOLERANCE: Final = 0.2
#: Share of doubtful rows from which on none is believed [1].
_TOO_MANY: Final = 0.5


def in_both_units(
    interest: pd.DataFrame, *, coins_each: float, usd_each: float, close: "pd.Series[float] | None"
) -> ReadRows:
    """Open interest in coins and in USD.

    Parameters
    ----------
    interest : DataFrame
        time, and of these what the venue gives: contracts, oi_coin [units of the instrument], oi_usd [USD].
    coins_each : float
        Coins in one unit of the instrument.
    usd_each : float
        USD in one contract.
    close : Series or None
        Price by time [USD a coin]; None where they were not fetched.

    Returns
    -------
    ReadRows
        time, oi_coin [coins] and oi_usd [USD]. What the venue does not give follows from the price of that time; rows
        whose two units contradict it are left out and counted. Without bars nothing is checked.

    Raises
    ------
    DataError
        If half of the rows or more contradict the price, or the venue gives coins only and there are no bars.
    """
    held = interest
    if "contracts" in held:
        held = held.drop(columns="contracts").assign(oi_usd=held["contracts"] * usd_each)
    if "oi_coin" in held:
        held = held.assign(oi_coin=held["oi_coin"] * coins_each)
    if close is None:
        if "oi_usd" in held:
            return ReadRows(held, ())
        raise DataError("The venue gives open interest in coins, and no bars were fetched. Ask for bars too.")
    price = _price_at(held, close)
    if "oi_usd" in held and "oi_coin" in held:
        return _agreeing(held, held["oi_coin"] * price)
    derived = {"oi_usd": held["oi_coin"] * price} if "oi_coin" in held else {"oi_coin": held["oi_usd"] / price}
    return ReadRows(held.assign(**derived), ("open interest comes in one unit; the other is by the price of its time",))


def _agreeing(interest: pd.DataFrame, implied: "pd.Series[float]") -> ReadRows:
    """Rows whose USD are what their coins are worth."""
    odd = (interest["oi_usd"] - implied).abs() > UNIT_TOLERANCE * implied
    if odd.any() and odd.mean() >= _TOO_MANY:
        first = interest[odd].iloc[0]
        raise DataError(
            f"{int(odd.sum()):,} of {len(odd):,} row(s) of open interest have other units than are known, such as "
            f"{first['oi_usd']:,.0f} USD and {first['oi_coin']:,.4g} coins, where {implied[odd].iloc[0]:,.0f} USD is "
            "expected. The venue may have changed its units: bring a file with --open-interest."
        )
    told = (
        f"{int(odd.sum()):,} row(s) of open interest left out: USD and coins contradict the price, so a unit is wrong"
    )
    return ReadRows(interest[~odd].reset_index(drop=True), (told,) if odd.any() else ())


def _price_at(interest: pd.DataFrame, close: "pd.Series[float]") -> "pd.Series[float]":
    """Close of the bars at the times of open interest, straight between them."""
    places = interest["time"].to_numpy().astype("datetime64[s]").astype(float)
    known = pd.DatetimeIndex(close.index).to_numpy().astype("datetime64[s]").astype(float)
    return pd.Series(np.interp(places, known, close.to_numpy()), index=interest.index)
