"""A liquidation profile from a table of tiers: notional by multiplier and liquidation price, or entry price."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from cohortiv.comovement import Comovement
from cohortiv.distribution.entry_profile import POSITION_USD, line_factors
from cohortiv.distribution.line_points import line_points
from cohortiv.errors import DataError
from cohortiv.margin.brackets import Brackets
from cohortiv.profile import LiquidationProfile, profile_of_points
from cohortiv.schema import TIER_EDGES

#: Points that a bucket is spread over; their rule is exact for polynomials in the price to degree 5.
_NODES: Final = 3


def cohort_rows(rows: pd.DataFrame, name: str | None) -> pd.DataFrame:
    """Rows of one cohort of a tier table.

    Parameters
    ----------
    rows : DataFrame
        With `cohort`, empty where the table names none.
    name : str or None
        The cohort; None where the table has one only.

    Raises
    ------
    DataError
        If there are several and none is named, or the one named is not there; the message names those that are.
    """
    names = sorted(set(rows["cohort"]))
    if name is None and len(names) == 1:
        return rows
    if name not in names:
        got = "The tier table" if name is None else f"--tier-cohort got {name!r}, but the tier table"
        raise DataError(
            f"{got} holds the cohorts {', '.join(names) or 'none'}; their positions may overlap, so a run is about "
            "one. Name it with --tier-cohort."
        )
    return rows[rows["cohort"] == name]


def profile_of_tiers(
    rows: pd.DataFrame,
    *,
    brackets: Brackets,
    comovement: Comovement,
    tier_edges: tuple[int, ...] = TIER_EDGES,
    position_usd: float = POSITION_USD,
    origin: Mapping[str, Any] | None = None,
) -> LiquidationProfile:
    """The liquidation profile of a table of tiers.

    Parameters
    ----------
    rows : DataFrame
        as_of, venue, symbol, side, tier [x], mark_price [USD], notional_usd [USD], and the place of the notional:
        liquidation_price [USD] with bucket_width [USD], else entry_price [USD], else nothing: no line.
    brackets : Brackets
        For rows with an entry price.
    comovement : Comovement
        Kept with the profile.
    tier_edges : tuple of int
        Lowest leverage of each tier [x].
    position_usd : float
        Notional of one position at entry, which decides its bracket where an entry price is given [USD].
    origin : mapping, optional
        Kept with the profile.

    Returns
    -------
    LiquidationProfile
        Own lines. The notional of a bucket is spread evenly over its width, as far as that lies where such a position
        can be open: below the mark for longs, above it for shorts. A bucket that lies wholly on the other side is past
        its line.

    Raises
    ------
    DataError
        If a row has an entry price and there are no brackets for its venue and symbol.
    """
    has_line = rows["liquidation_price"].notna()
    computed = rows[~has_line & rows["entry_price"].notna() & (rows["tier"] > 1)]
    nowhere = rows[~has_line & ~rows.index.isin(computed.index)].assign(line=np.nan)
    lined = _computed(computed, brackets, position_usd=position_usd)
    table = pd.concat([_spread(rows[has_line]), lined, nowhere], ignore_index=True).rename(columns={"tier": "leverage"})
    return profile_of_points(line_points(table, tier_edges=tier_edges), comovement=comovement, origin=origin)


def _spread(rows: pd.DataFrame) -> pd.DataFrame:
    """Buckets as a few prices each (Gauss-Legendre)."""
    middle, half = rows["liquidation_price"], rows["bucket_width"] / 2
    mark, long = rows["mark_price"], rows["side"] == "long"
    low, high = (middle - half).clip(lower=0.0), middle + half
    crosses = (low < mark) & (high > mark)
    low = low.mask(crosses & ~long, mark)
    high = high.mask(crosses & long, mark)
    places, weights = np.polynomial.legendre.leggauss(_NODES)
    parts = [
        rows.assign(
            line=(low + high) / 2 + place * (high - low) / 2, notional_usd=rows["notional_usd"] * weight / 2
        )
        for place, weight in zip(places, weights, strict=True)
    ]  # fmt: skip
    return pd.concat(parts)


def _computed(rows: pd.DataFrame, brackets: Brackets, *, position_usd: float) -> pd.DataFrame:
    """Lines of rows with an entry price, by the brackets of their venue, symbol and day."""
    parts = [rows.assign(line=np.nan, collateral_usd=np.nan)]
    for _, group in rows.groupby(["venue", "symbol", "as_of"]):
        venue, symbol = str(group["venue"].iloc[0]), str(group["symbol"].iloc[0])
        found = brackets.schedule_for(venue, symbol, "linear", as_of=group["as_of"].iloc[0].date())
        if found is None:
            raise DataError(
                f"The tier table has entry prices of {symbol} on {venue or 'no venue'}, for which there are no "
                "brackets. Fill venue (binance and hyperliquid have shipped tables), give liquidation prices, or pass "
                "--brackets FILE."
            )
        leverages = sorted(set(group["tier"]))
        factors = line_factors(leverages, found.schedule, position_usd=position_usd)
        place = np.searchsorted(leverages, group["tier"])
        factor = np.where(group["side"] == "long", factors["long"][place], factors["short"][place])
        cost = group["notional_usd"] * group["entry_price"] / group["mark_price"]
        parts.append(group.assign(line=group["entry_price"] * factor, collateral_usd=cost / group["tier"]))
    return pd.concat(parts[1:] or parts)
