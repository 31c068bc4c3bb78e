"""Exact critical moves: the profile finds the bin, the positions in that bin settle the place."""

import math
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from cohortiv.liquidation import LINE, PAST, UNLEVERAGED
from cohortiv.profile.bins import edges_of
from cohortiv.profile.liquidation_profile import LiquidationProfile
from cohortiv.schema import USED

#: Shares of notional that differ by less than this are equal [1].
_TOLERANCE = 1e-12


def critical_distance(
    profile: LiquidationProfile, lines: ir.Table, *, below: bool, critical_mass: float
) -> float | None:
    """Smallest log distance within which the lines on one side hold the critical mass of all leveraged notional.

    Parameters
    ----------
    profile : LiquidationProfile
        One snapshot.
    lines : ibis Table
        The binned lines that the profile was made of, the same snapshot.
    below : bool
        Lines below the mark, or above it.
    critical_mass : float
        Share of leveraged notional [1].

    Returns
    -------
    float or None
        Distance >= 0 [log]; positions past their line count at 0. None if that side never holds the mass, or nothing
        is leveraged.

    Notes
    -----
    A unit with two lines counts on each side.
    """
    found = _critical_bin(profile, below=below, critical_mass=critical_mass)
    if found is None or found.code == 0:
        return None if found is None else 0.0
    return _within(lines, found.code, found.missing)


def binned_critical_distance(profile: LiquidationProfile, *, below: bool, critical_mass: float) -> float | None:
    """`critical_distance` where there is no line table: the notional of the last bin is taken as evenly spread.

    Parameters
    ----------
    profile : LiquidationProfile
        One snapshot.
    below : bool
        Lines below the mark, or above it.
    critical_mass : float
        Share of leveraged notional [1].

    Returns
    -------
    float or None
        As `critical_distance`, to within the width of a bin: 5 % of the distance [log].
    """
    found = _critical_bin(profile, below=below, critical_mass=critical_mass)
    if found is None or found.code == 0:
        return None if found is None else 0.0
    inner, outer = (abs(float(edge[0])) for edge in edges_of([found.code]))
    return inner + (outer - inner) * found.missing / found.held


@dataclass(frozen=True)
class _CriticalBin:
    """Bin in which the critical mass is reached (0: past the lines), what is missing before it and what it holds."""

    code: int
    missing: float
    held: float


def _critical_bin(profile: LiquidationProfile, *, below: bool, critical_mass: float) -> _CriticalBin | None:
    cells = profile.leveraged
    total = float(cells["notional_cents"].sum())
    if total <= 0:
        return None
    missing = critical_mass * total * (1 - _TOLERANCE) - float(
        cells.loc[cells["state"] == PAST, "notional_cents"].sum()
    )
    if missing <= 0:
        return _CriticalBin(0, 0.0, 0.0)
    by_bin = _by_bin(cells, below=below)
    reached = by_bin.cumsum() >= missing
    if not reached.any():
        return None
    place = int(reached.to_numpy().argmax())
    nearer = float(by_bin.iloc[:place].sum())
    return _CriticalBin(int(by_bin.index.to_numpy()[place]), missing - nearer, float(by_bin.iloc[place]))


def _by_bin(cells: pd.DataFrame, *, below: bool) -> "pd.Series[float]":
    """Notional by stored bin number on one side, nearest bin first."""
    sign = -1 if below else 1
    lined = cells[cells["state"] == LINE]
    sides = [
        lined.loc[sign * lined[name] > 0, [name, "notional_cents"]].set_axis(["bin", "w"], axis=1)
        for name in ("bin", "second_bin")
    ]
    return pd.concat(sides).groupby("bin")["w"].sum().sort_index(ascending=not below)


def _within(lines: ir.Table, code: int, missing: float) -> float:
    """Distance at which the notional of one bin, nearest first, has reached what is missing [cents]."""
    held = lines.filter((lines.reason == USED) & (lines.tier != UNLEVERAGED) & (lines.state == LINE))
    ratio = ibis.ifelse(held.bin == code, held.ratio, held.second_ratio)
    chosen = held.filter((held.bin == code) | ibis.coalesce(held.second_bin == code, False)).select(
        "notional_cents", size=ratio.ln().abs()
    )
    by_size = chosen.group_by("size").aggregate(w=chosen.notional_cents.sum())
    running = by_size.mutate(held=by_size.w.sum().over(order_by=by_size["size"], rows=(None, 0)).cast("float64"))
    found = running.filter(running.held >= missing)["size"].min().to_pyarrow().as_py()
    return math.nan if found is None else float(found)
