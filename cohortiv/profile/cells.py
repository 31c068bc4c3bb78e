"""One pass over the positions: notional, collateral and counts by symbol, side, tier, venue and distance bin."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from cohortiv.liquidation import LINE
from cohortiv.materialise import materialise
from cohortiv.profile.bins import SCALE_BITS, bin_code, bin_part, log_place
from cohortiv.schema import USED

#: Positions that are sound but not part of what the run is about (another symbol, venue, product or account).
OUT_OF_SCOPE = 100

KEYS = ("as_of", "reason", "venue", "symbol", "product", "side", "tier", "reading", "state", "bin", "second_bin")
MEASURES = (
    "positions", "notional_cents", "collateral_cents", "first", "second", "third", "other_first", "unsized",
    "estimated_cents", "supplied_cents", "past_supplied_cents", "compared_cents", "differs_cents",
)  # fmt: skip
#: Smallest and largest mark price of a group [USD].
MARKS = ("mark_low", "mark_high")
#: Measures that are sums over flagged rows, and the flag.
FLAGGED = {
    "estimated_cents": ("estimated", "collateral_cents"),
    "supplied_cents": ("supplied", "notional_cents"),
    "past_supplied_cents": ("past_supplied", "notional_cents"),
    "compared_cents": ("compared", "notional_cents"),
    "differs_cents": ("differs", "notional_cents"),
}


def binned(lines: ir.Table, *, two_lines: bool) -> ir.Table:
    """Add `bin`, `second_bin` (null: none) and their places within the bin to a line table.

    Parameters
    ----------
    lines : ibis Table
        `liquidation.LINE_COLUMNS`.
    two_lines : bool
        Whether a position can have a line on both sides; without, nothing is computed for the second.
    """
    lines = lines.mutate(place=ibis.ifelse(lines.state == LINE, log_place(lines.ratio), ibis.null("float64")))
    lines = lines.mutate(bin=bin_code(lines.ratio, lines.place), part=bin_part(lines.place))
    if not two_lines:
        return lines.mutate(second_bin=ibis.null("int16"), other_part=ibis.null("int64"))
    has = (lines.state == LINE) & (lines.second_ratio > 0)
    lines = lines.mutate(other_place=ibis.ifelse(has, log_place(lines.second_ratio), ibis.null("float64")))
    return lines.mutate(
        second_bin=bin_code(lines.second_ratio, lines.other_place), other_part=bin_part(lines.other_place)
    )


def kept(lines: ir.Table, constants: Mapping[str, Any]) -> ir.Table:
    """Keep a binned line table in the engine, for several passes over it.

    Parameters
    ----------
    lines : ibis Table
        From `binned`.
    constants : mapping of str to value
        Columns that have one value in the whole table; they are not stored but put back.
    """
    stored = materialise(lines.drop(*constants, "place", *(["other_place"] if "other_place" in lines.columns else [])))
    types = lines.schema()
    return stored.mutate(**{name: ibis.literal(value, types[name]) for name, value in constants.items()})


def cells(lines: ir.Table, constants: Mapping[str, Any], flags: Sequence[str]) -> pd.DataFrame:
    """Aggregate a binned line table.

    Parameters
    ----------
    lines : ibis Table
        From `binned`.
    constants : mapping of str to value
        Keys that have one value in the whole table; they are not grouped by.
    flags : sequence of str
        Measures of `FLAGGED` that can differ from 0; the others are not computed.

    Returns
    -------
    DataFrame
        `KEYS`, `MEASURES` and `MARKS`, one row a group; sums are whole cents, or whole cents times fixed point, held
        exactly up to 2**53 and rounded once beyond.
    """
    grouped = [key for key in KEYS if key not in constants]
    weight, part = lines.notional_cents, lines.part
    square = (part * part) >> SCALE_BITS
    sums: dict[str, Any] = {
        "positions": lines.count(),
        "notional_cents": weight.sum(),
        "collateral_cents": lines.collateral_cents.sum(),
        "first": (weight * part).sum().cast("float64"),
        "second": (weight * square).sum().cast("float64"),
        "third": (weight * ((square * part) >> SCALE_BITS)).sum().cast("float64"),
    }
    if "second_bin" not in constants:
        sums["other_first"] = (weight * lines.other_part).sum().cast("float64")
    sums |= {name: ibis.ifelse(lines[FLAGGED[name][0]], lines[FLAGGED[name][1]], 0).sum() for name in flags}
    sums |= {"mark_low": lines.mark_price.min(), "mark_high": lines.mark_price.max()}
    sums["unsized"] = ((lines.reason != USED) & (lines.notional_cents == 0)).sum()
    frame = lines.group_by(grouped).aggregate(**sums).to_pyarrow().to_pandas()
    return tidy(frame.assign(**{key: constants[key] for key in constants}))


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Fixed columns, types and order, so that equal profiles are equal byte by byte."""
    frame = frame.reindex(columns=[*KEYS, *MEASURES, *MARKS])
    text = ["venue", "symbol", "product", "side"]
    frame[text] = frame[text].astype("str").where(frame[text].notna(), "")
    whole = ["reason", "tier", "reading", "state", "bin", "second_bin"]
    frame[whole] = frame[whole].astype("float64").fillna({"state": -1, "bin": 0, "second_bin": 0}).fillna(0).astype(int)
    frame[list(MEASURES)] = frame[list(MEASURES)].astype("float64").fillna(0.0)
    frame[list(MARKS)] = frame[list(MARKS)].astype("float64")
    frame["as_of"] = pd.to_datetime(frame["as_of"]).astype("datetime64[us]")
    return frame.sort_values(list(KEYS), ignore_index=True)
