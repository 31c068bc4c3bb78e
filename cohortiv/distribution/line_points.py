"""Notional at known lines, without accounts, as points of a liquidation profile."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.liquidation import OWN, UNLEVERAGED
from cohortiv.schema import TIER_EDGES

#: Columns that every table of lines has.
LINE_TABLE: Final = ("as_of", "venue", "symbol", "side", "leverage", "mark_price", "line", "notional_usd")
_PRODUCT: Final = "perpetual"


def line_points(table: pd.DataFrame, *, tier_edges: tuple[int, ...] = TIER_EDGES) -> pd.DataFrame:
    """Points for `profile.profile_of_points`: notional at its own line.

    Parameters
    ----------
    table : DataFrame
        `LINE_TABLE`, its index from 0: leverage [x, >= 1], mark_price and line [USD; NaN or <= 0: none], notional_usd
        at the mark [USD]; collateral_usd [USD] may be there, notional / leverage stands in where it isn't.
    tier_edges : tuple of int
        Lowest leverage of each tier, rising from 1 [x].

    Returns
    -------
    DataFrame
        `profile.points.POINT_COLUMNS` with marks. The collateral counts as estimated, and how many positions there are
        is not known: 0. A long whose line is at or above the mark, and a short whose line is at or below it, is past
        its line.
    """
    leverage = table["leverage"].to_numpy(dtype=float)
    mark, line = table["mark_price"].to_numpy(dtype=float), table["line"].to_numpy(dtype=float)
    notional = table["notional_usd"].to_numpy(dtype=float)
    posted = pd.Series(notional / leverage, index=table.index)
    past = np.where(table["side"] == "long", line >= mark, (line > 0) & (line <= mark))
    ratio = np.where(line > 0, line, np.nan) / mark
    return pd.DataFrame(
        {
            **{name: table[name] for name in ("as_of", "venue", "symbol", "side")},
            "product": _PRODUCT,
            "tier": _tiers(leverage, tier_edges),
            "reading": OWN,
            "weight": notional,
            "collateral": table["collateral_usd"].fillna(posted) if "collateral_usd" in table else posted,
            "distance": np.where(past, 0.0, np.log(ratio)),
            "second_distance": np.nan,
            "positions": 0.0,
            "estimated": 1.0,
            "mark_low": mark,
            "mark_high": mark,
        }
    )


def _tiers(leverage: npt.NDArray[np.float64], edges: tuple[int, ...]) -> npt.NDArray[np.int64]:
    """Largest tier edge at or below each leverage; `UNLEVERAGED` for a leverage of 1."""
    found = np.asarray(edges, dtype=np.int64)[np.searchsorted(edges, leverage, side="right") - 1]
    return np.where(leverage > 1, found, np.int64(UNLEVERAGED))
