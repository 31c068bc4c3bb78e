"""From a profile to points and back: what changes a profile changes its points, and these are binned again."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

from cohortiv.comovement import Comovement
from cohortiv.liquidation import LINE, NO_LINE, PAST
from cohortiv.profile.bins import OFFSET, SCALE, SCALE_BITS, SMALLEST, STEP, FloatArray
from cohortiv.profile.cells import FLAGGED, KEYS, MARKS, MEASURES, tidy
from cohortiv.profile.liquidation_profile import LiquidationProfile
from cohortiv.schema import USED

#: What tells one group of positions from another besides its line.
GROUP: Final = ("as_of", "venue", "symbol", "product", "side", "tier", "reading")
#: Columns that every table of points has.
POINT_COLUMNS: Final = (*GROUP, "weight", "collateral", "distance", "second_distance", "positions")
#: Shares of the notional (estimated: of the collateral) for which a flag of the lines holds [1]; absent is 0.
FLAGS: Final = {flag: (cents, money) for cents, (flag, money) in FLAGGED.items()}

_WHOLE: Final = ("positions", "notional_cents", "collateral_cents")
_MOMENTS: Final = ("first", "second", "third", "other_first")


def points_of(profile: LiquidationProfile) -> pd.DataFrame:
    """The points that stand for the leveraged notional of a profile, with everything its cells know.

    Parameters
    ----------
    profile : LiquidationProfile
        One or more snapshots.

    Returns
    -------
    DataFrame
        `POINT_COLUMNS`: weight and collateral [USD], distances [log; NaN: none, 0: past the line], positions (not
        whole: a cell's are split like its notional); `FLAGS` [1] and the marks [USD]. No rows where nothing is
        leveraged.
    """
    nodes = profile.nodes().frame
    cells = profile.cells.loc[nodes["cell_row"]].reset_index(drop=True)
    share = nodes["cell_share"]
    points = cells[[*GROUP, *MARKS]].assign(
        weight=nodes["weight"],
        collateral=cells["collateral_cents"] * share / 100,
        distance=nodes["distance"],
        second_distance=nodes["second_distance"],
        positions=cells["positions"] * share,
    )
    return points.assign(
        **{
            flag: (cells[cents] / cells[money].where(cells[money] > 0)).fillna(0.0)
            for flag, (cents, money) in FLAGS.items()
        }
    )


def profile_of_points(
    points: pd.DataFrame, *, comovement: Comovement, origin: Mapping[str, Any] | None = None
) -> LiquidationProfile:
    """A liquidation profile from points, in the bins, moments and fixed point of the pass over positions.

    Parameters
    ----------
    points : DataFrame
        `POINT_COLUMNS`: weight, collateral [USD] and positions finite and >= 0; distances [log]: 0 past the line, NaN
        or infinite none. `FLAGS` [1] and `MARKS` [USD] may be there.
    comovement : Comovement
        Betas and kappas, kept with the profile.
    origin : mapping, optional
        Kept with the profile.

    Returns
    -------
    LiquidationProfile
        All in use. Money is whole cents and positions are whole in every cell; their totals are those of the points,
        rounded. No cells without points.

    Raises
    ------
    ValueError
        If a column is missing, or weights, collateral or positions are not what is allowed; the message says how many.
    """
    _refuse_bad(points)
    return LiquidationProfile(_cells(_keyed(points)), comovement, dict(origin or {}))


def with_points(profile: LiquidationProfile, points: pd.DataFrame) -> LiquidationProfile:
    """The same profile with other points for its leveraged notional; what is unleveraged or excluded stays.

    Parameters
    ----------
    profile : LiquidationProfile
    points : DataFrame
        As for `profile_of_points`, changed from `points_of` this profile.
    """
    held = profile.leveraged
    rest = profile.cells.drop(index=held.index[held["notional_cents"] > 0]).reset_index(drop=True)
    if points.empty:
        return replace(profile, cells=rest)
    _refuse_bad(points)
    keyed = _keyed(points)
    return replace(profile, cells=_cells(keyed if rest.empty else pd.concat([rest[keyed.columns], keyed])))


def whole_numbers(values: FloatArray) -> FloatArray:
    """Amounts >= 0 as whole numbers that add up to their rounded total; the largest remainders are rounded up."""
    whole: FloatArray = np.floor(values)
    missing = round(float((values - whole).sum()))
    whole[np.argsort(whole - values, kind="stable")[:missing]] += 1
    return whole


def _keyed(points: pd.DataFrame) -> pd.DataFrame:
    """Each point as a cell of its own, its money not yet whole."""
    marks = {name: points.get(name, np.nan) for name in MARKS}
    return points[list(GROUP)].assign(reason=USED, **_placed(points), **marks)


def _cells(keyed: pd.DataFrame) -> pd.DataFrame:
    """Cells with equal keys added up, money and positions made whole."""
    sums = dict.fromkeys(MEASURES, "sum") | dict(zip(MARKS, ("min", "max"), strict=True))
    return tidy(_rounded(keyed.groupby(list(KEYS), as_index=False, dropna=False, sort=False).agg(sums)))


def _refuse_bad(points: pd.DataFrame) -> None:
    missing = [name for name in POINT_COLUMNS if name not in points.columns]
    if missing:
        raise ValueError(f"got points without {', '.join(missing)}; allowed are tables with {', '.join(POINT_COLUMNS)}")
    for name in ("weight", "collateral", "positions"):
        values = points[name].to_numpy(dtype=float)
        bad = int(np.count_nonzero(~(np.isfinite(values) & (values >= 0))))
        if bad:
            raise ValueError(
                f"got {bad} of {len(values)} values of {name} that are not finite and >= 0; mend the points"
            )


def _placed(points: pd.DataFrame) -> dict[str, Any]:
    """State, bins and sums of each point by itself, money in cents that need not be whole."""
    distance = points["distance"].to_numpy(dtype=float)
    code, part = _bins(distance)
    second_code, second_part = _bins(points["second_distance"].to_numpy(dtype=float))
    weight = points["weight"].to_numpy(dtype=float) * 100
    square = (part * part) >> SCALE_BITS
    placed: dict[str, Any] = {
        "state": np.where(code != 0, LINE, np.where(distance == 0, PAST, NO_LINE)),
        "bin": code,
        "second_bin": second_code,
        "positions": points["positions"],
        "notional_cents": weight,
        "collateral_cents": points["collateral"].to_numpy(dtype=float) * 100,
        "first": weight * part,
        "second": weight * square,
        "third": weight * ((square * part) >> SCALE_BITS),
        "other_first": weight * second_part,
        "unsized": 0.0,
    }
    return placed | {
        cents: placed[money] * points[flag].to_numpy(dtype=float) if flag in points else 0.0
        for flag, (cents, money) in FLAGS.items()
    }


def _bins(distance: FloatArray) -> tuple[Any, Any]:
    """Stored bin number (0: no line in it) and place within the bin in fixed point."""
    lined = np.isfinite(distance) & (distance != 0)
    place = np.log(np.maximum(np.abs(np.where(lined, distance, 1.0)), SMALLEST)) / STEP
    k = np.floor(place)
    code = np.where(lined, np.sign(np.where(lined, distance, 1.0)) * (k + OFFSET), 0.0).astype(np.int64)
    part = np.where(lined, np.floor((place - k) * SCALE), 0.0).astype(np.int64)
    return code, part


def _rounded(cells: pd.DataFrame) -> pd.DataFrame:
    """Whole cents and positions; moments and flagged parts follow, so that places within a bin and shares stay."""
    whole = {name: whole_numbers(cells[name].to_numpy(dtype=float)) for name in _WHOLE}
    before = cells["notional_cents"].to_numpy(dtype=float)
    factor = np.divide(whole["notional_cents"], before, out=np.zeros_like(before), where=before > 0)
    moments = {name: cells[name] * factor for name in _MOMENTS}
    flagged = {
        cents: whole[money] * (cells[cents] / cells[money].where(cells[money] > 0)).fillna(0.0)
        for cents, money in FLAGS.values()
    }
    rounded = cells.assign(**whole, **moments, **flagged)
    return rounded[(rounded[list(_WHOLE)] > 0).any(axis=1)]
