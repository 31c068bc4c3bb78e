"""Exact critical moves: the profile finds the bin, the positions in that bin settle the place."""

import math
from collections.abc import Mapping
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


@dataclass(frozen=True)
class CriticalDistances:
    """Smallest log distances within which the lines of one side hold the critical mass of all leveraged notional.

    Attributes
    ----------
    below, above : float or None
        Of lines below the mark and above it, >= 0 [log]; 0 where what is past its line is enough. None if that side
        never holds the mass, or nothing is leveraged.
    """

    below: float | None
    above: float | None


def critical_distances(profile: LiquidationProfile, lines: ir.Table, *, critical_mass: float) -> CriticalDistances:
    """How far the price has to fall, and to rise, until the lines it crosses hold the critical mass.

    Parameters
    ----------
    profile : LiquidationProfile
        One snapshot.
    lines : ibis Table
        Binned lines that the profile was made of, the same snapshot.
    critical_mass : float
        Share of leveraged notional [1].

    Returns
    -------
    CriticalDistances

    Notes
    -----
    A unit with two lines counts on each side.
    """
    bins = {below: _critical_bin(profile, below=below, critical_mass=critical_mass) for below in (True, False)}
    inside = {below: found for below, found in bins.items() if found is not None and found.code != 0}
    exact = _within(lines, inside) if inside else {}
    distances = {below: None if found is None else exact.get(below, 0.0) for below, found in bins.items()}
    return CriticalDistances(below=distances[True], above=distances[False])


def binned_critical_distance(profile: LiquidationProfile, *, below: bool, critical_mass: float) -> float | None:
    """A critical distance where there is no line table: the notional of the last bin is taken as evenly spread.

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
        As in `CriticalDistances`, to within the width of a bin: 5 % of the distance [log].
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


def _within(lines: ir.Table, bins: Mapping[bool, _CriticalBin]) -> dict[bool, float]:
    """Distance at which the notional of one bin of each side, nearest first, has reached what is missing [cents]."""
    held = lines.filter((lines.reason == USED) & (lines.tier != UNLEVERAGED) & (lines.state == LINE))
    near = [_in_bin(held, found).mutate(below=ibis.literal(below)) for below, found in bins.items()]
    chosen = ibis.union(*near, distinct=False) if len(near) > 1 else near[0]
    by_size = chosen.group_by(["below", "missing", "size"]).aggregate(w=chosen.notional_cents.sum())
    window = ibis.window(group_by=by_size.below, order_by=by_size["size"], rows=(None, 0))
    running = by_size.mutate(held=by_size.w.sum().over(window).cast("float64"))
    reached = running.filter(running.held >= running.missing)
    found = reached.group_by("below").aggregate(distance=reached["size"].min()).to_pyarrow().to_pylist()
    return dict.fromkeys(bins, math.nan) | {row["below"]: float(row["distance"]) for row in found}


def _in_bin(held: ir.Table, found: _CriticalBin) -> ir.Table:
    """Lines in one bin: notional_cents, size of the distance [log] and what is missing before them [cents]."""
    inside = held.filter((held.bin == found.code) | ibis.coalesce(held.second_bin == found.code, False))
    ratio = ibis.ifelse(inside.bin == found.code, inside.ratio, inside.second_ratio)
    return inside.select("notional_cents", size=ratio.ln().abs(), missing=ibis.literal(found.missing, "float64"))
