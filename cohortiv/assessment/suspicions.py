"""What in sound rows looks like wrong data: several marks of one symbol, notional past its line, lines on a wrong side.

The profile's cells tell it, without another pass over the positions. They have the lowest and the highest mark of their
rows, so of a cell that holds right and wrong rows only a range of how many is known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.liquidation import PAST, UNLEVERAGED
from cohortiv.profile import LiquidationProfile

#: Marks of one symbol at one time that differ by more than this share are hardly all right [1].
MARK_TOLERANCE: Final = 0.01
#: A venue closes what is past its line, so more of the leveraged notional than this is hardly there [1].
PAST_TOLERANCE: Final = 0.05
#: Contracts with prices of their own, which may differ from the mark of the perpetual.
_OWN_PRICE: Final = ("future", "option")
_PLACE: Final = ["as_of", "symbol"]
#: Symbols that a message names.
_NAMED: Final = 3


@dataclass(frozen=True)
class Suspicion:
    """Rows that look wrong.

    Attributes
    ----------
    kind : str
        `mark_spread`, `share_past_line` or `past_supplied_line_share`: the figure that a report tells of them, or not.
    publishable : str
        What is said of them in a report.
    told : str
        What the analyst reads: how many rows, and what to check.
    """

    kind: str
    publishable: str
    told: str


def suspicions(profile: LiquidationProfile) -> tuple[Suspicion, ...]:
    """Find what looks like wrong data among the rows in use.

    Parameters
    ----------
    profile : LiquidationProfile
        One snapshot or more; of none in use nothing is said.

    Returns
    -------
    tuple of Suspicion
        Empty where nothing does.
    """
    used = profile.used
    return (*_marks(used), *_past(used[used["tier"] != UNLEVERAGED]), *_wrong_sides(used))


def _marks(used: pd.DataFrame) -> Iterator[Suspicion]:
    """Symbols with several marks."""
    off = _off_usual(used[~used["product"].isin(_OWN_PRICE)])
    if off.empty:
        return
    ends = off.assign(least=off[["mark_low", "usual"]].min(axis=1), most=off[["mark_high", "usual"]].max(axis=1))
    by_symbol = ends.groupby("symbol")
    lowest, highest = by_symbol["least"].min(), by_symbol["most"].max()
    named = [f"{symbol} {lowest[symbol]:,.6g} to {highest[symbol]:,.6g} USD" for symbol in lowest.index]
    told = ", ".join(named[:_NAMED]) + (", ..." if len(named) > _NAMED else "")
    yield Suspicion(
        "mark_spread",
        f"Marks of one symbol differ by more than {_percent(MARK_TOLERANCE)} within the snapshot",
        f"{_rows(off['positions'], entirely=off['low_off'] & off['high_off'])} have a mark more than "
        f"{_percent(MARK_TOLERANCE)} off that of most rows of their symbol ({told}). Allowed is one mark of a symbol "
        "at a time. Check mark_price.",
    )


def _off_usual(cells: pd.DataFrame) -> pd.DataFrame:
    """Cells whose lowest or highest mark is off the usual one of their symbol and snapshot.

    Parameters
    ----------
    cells : DataFrame
        Of a profile.

    Returns
    -------
    DataFrame
        The cells with `usual` [USD], `low_off` and `high_off`; empty, without these, where all marks are alike.
    """
    grouped = cells.groupby(_PLACE, dropna=False)
    wide = grouped["mark_high"].max() > (1 + MARK_TOLERANCE) * grouped["mark_low"].min()
    if not wide.any():
        return cells.head(0)
    apart = cells.merge(wide[wide].reset_index()[_PLACE], on=_PLACE)
    usual = apart.groupby(_PLACE, dropna=False)[["positions", "mark_low", "mark_high"]].apply(_median_mark)
    apart = apart.merge(usual.rename("usual").reset_index(), on=_PLACE)
    low, high = ((apart[name] / apart["usual"] - 1).abs() > MARK_TOLERANCE for name in ("mark_low", "mark_high"))
    return apart.assign(low_off=low, high_off=high)[low | high]


def _median_mark(cells: pd.DataFrame) -> float:
    """Mark of the middle row [USD]; half of a cell's rows count at its lowest mark, half at its highest."""
    marks = np.concatenate([cells["mark_low"], cells["mark_high"]])
    weights = np.tile(cells["positions"].to_numpy(), 2)
    order = np.argsort(marks, kind="stable")
    reached = np.cumsum(weights[order])
    return float(marks[order][np.searchsorted(reached, reached[-1] / 2)])


def _past(leveraged: pd.DataFrame) -> Iterator[Suspicion]:
    """Notional past its line."""
    whole = float(leveraged["notional_cents"].sum())
    past = leveraged[leveraged["state"] == PAST]
    share = float(past["notional_cents"].sum()) / whole if whole else 0.0
    if share > PAST_TOLERANCE:
        yield Suspicion(
            "share_past_line",
            f"More than {_percent(PAST_TOLERANCE)} of the leveraged notional is past its liquidation line",
            f"{int(past['positions'].sum()):,} row(s), {_percent(share)} of the leveraged notional, are past their "
            f"liquidation line at the mark. A venue closes such positions, so more than {_percent(PAST_TOLERANCE)} "
            "points to wrong units. Check quantity (base units, not USD), entry_price, mark_price and margin.",
        )


def _wrong_sides(used: pd.DataFrame) -> Iterator[Suspicion]:
    """Supplied lines on the wrong side of the mark."""
    held = used[used["past_supplied_cents"] > 0]
    if not held.empty:
        rows = _rows(held["positions"], entirely=held["past_supplied_cents"] >= held["notional_cents"])
        yield Suspicion(
            "past_supplied_line_share",
            "Some supplied liquidation lines lie on the wrong side of the mark",
            f"{rows} have a liquidation_price on the wrong side of the mark, and count as past it. Allowed is one "
            "below the mark for a long and above it for a short. Check liquidation_price and mark_price.",
        )


def _rows(positions: "pd.Series[float]", *, entirely: "pd.Series[bool]") -> str:
    """How many rows some cells hold: all where they are entirely so, else between one and all but one."""
    sure, mixed = positions[entirely].sum(), positions[~entirely]
    least, most = sure + len(mixed), sure + (mixed - 1).clip(lower=1).sum()
    return f"{least:,.0f} row(s)" if least == most else f"{least:,.0f} to {most:,.0f} row(s)"


def _percent(share: float) -> str:
    return f"{100 * share:.3g}\u00a0%"
