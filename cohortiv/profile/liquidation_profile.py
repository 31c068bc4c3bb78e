"""The liquidation profile: the small table that stands for any number of positions."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cohortiv.comovement import Comovement
from cohortiv.errors import DataError
from cohortiv.liquidation import MARKET, NO_LINE, PAST, UNLEVERAGED
from cohortiv.profile.bins import SCALE, FloatArray, distance_at, edges_of, two_points
from cohortiv.profile.cells import KEYS, MEASURES, OUT_OF_SCOPE, tidy
from cohortiv.schema import USED

FORMAT = "cohortiv-liquidation-profile-1"
_META = b"cohortiv"


@dataclass(frozen=True, eq=False)
class Nodes:
    """Points that stand for the leveraged notional of one snapshot.

    Attributes
    ----------
    frame : DataFrame
        One row a point: symbol, venue, product, side, tier, reading, state, bin, second_bin, weight [USD],
        distance, second_distance (NaN: none; 0: past the line) [log], inner, outer (edges of the bin) [log], kappa [1],
        cell_row (label of its cell in the profile's cells), cell_share (share of the cell that it stands for) [1].
    """

    frame: pd.DataFrame


@dataclass(frozen=True, eq=False)
class LiquidationProfile:
    """Notional by distance to the liquidation line; everything after the positions works on this.

    Attributes
    ----------
    cells : DataFrame
        `cells.KEYS` and `cells.MEASURES`: one row a snapshot, reason, venue, symbol, product, side, tier, reading,
        state and bin. Money in cents. `reason` 0: in use; 100: out of scope; else the rule that excludes.
    comovement : Comovement
        Kappas and betas that turn symbols into market moves.
    origin : mapping
        Where it came from: source names, symbol, cohort, whether synthetic. Free of account ids.
    """

    cells: pd.DataFrame
    comovement: Comovement
    origin: Mapping[str, Any] = field(default_factory=dict)

    @property
    def snapshots(self) -> tuple[datetime, ...]:
        """Snapshot times, oldest first (UTC, without zone); none where nothing dates the positions."""
        times = pd.Series(self.cells["as_of"].unique()).dropna()
        return tuple(moment.to_pydatetime() for moment in times.sort_values())

    def at(self, as_of: datetime) -> "LiquidationProfile":
        """The profile of one snapshot."""
        return replace(self, cells=self.cells[self.cells["as_of"] == pd.Timestamp(as_of)].reset_index(drop=True))

    def select(
        self,
        *,
        symbols: Sequence[str] | None = None,
        sides: Sequence[str] | None = None,
        tiers: Sequence[int] | None = None,
        venues: Sequence[str] | None = None,
    ) -> "LiquidationProfile":
        """A slice: the cells in which every given key has one of the given values; None lets all pass."""
        kept = self.cells
        for name, allowed in (("symbol", symbols), ("side", sides), ("tier", tiers), ("venue", venues)):
            if allowed is not None:
                kept = kept[kept[name].isin(list(allowed))]
        return replace(self, cells=kept.reset_index(drop=True))

    def __add__(self, other: "LiquidationProfile") -> "LiquidationProfile":
        """Both profiles together; equal cells are added up.

        Raises
        ------
        DataError
            If the two move differently with the market: their bins would not mean the same.
        """
        if self.comovement != other.comovement:
            raise DataError(
                "Two profiles with different betas or kappas cannot be added; build both with the same cohort file."
            )
        how = dict.fromkeys(MEASURES, "sum") | {"mark_low": "min", "mark_high": "max"}
        cells = pd.concat([self.cells, other.cells]).groupby(list(KEYS), as_index=False, dropna=False).agg(how)
        return replace(
            self,
            cells=tidy(cells),
            origin={"added": [dict(self.origin), dict(other.origin)]},
        )

    @cached_property
    def used(self) -> pd.DataFrame:
        """Cells in use, leveraged or not."""
        return self.cells[self.cells["reason"] == USED]

    @cached_property
    def leveraged(self) -> pd.DataFrame:
        """Cells in use with leverage: what every share is of."""
        return self.used[self.used["tier"] != UNLEVERAGED]

    @cached_property
    def excluded(self) -> pd.DataFrame:
        """Cells that a rule excludes."""
        return self.cells[~self.cells["reason"].isin([USED, OUT_OF_SCOPE])]

    @property
    def leveraged_notional_usd(self) -> float:
        """Leveraged notional in use [USD]."""
        return float(self.leveraged["notional_cents"].sum()) / 100

    def mark_range(self, symbol: str) -> tuple[float, float] | None:
        """Smallest and largest mark price of a symbol [USD]; None where no position of it is in use."""
        held = self.used[self.used["symbol"] == symbol]
        return None if held.empty else (float(held["mark_low"].min()), float(held["mark_high"].max()))

    def nodes(self) -> Nodes:
        """Two points for each leveraged cell: mean -+ standard deviation within its bin (one if it has no spread)."""
        return self._nodes

    @cached_property
    def _nodes(self) -> Nodes:
        cells = self.leveraged[self.leveraged["notional_cents"] > 0]
        points = two_points(cells["notional_cents"], [cells["first"], cells["second"], cells["third"]])
        single = (points.lower == points.upper) | (cells["bin"] == 0).to_numpy()
        share = np.where(single, 1.0, points.lower_share)
        parts = [_points(cells, points.lower, share), _points(cells, points.upper, 1 - share)]
        frame = pd.concat(parts, ignore_index=True)
        frame = frame[frame["weight"] > 0].reset_index(drop=True)
        kappas = {symbol: self.comovement.kappa(symbol) for symbol in frame["symbol"].unique()}
        own = frame["symbol"].map(kappas).astype(float)
        return Nodes(frame.assign(kappa=own.where(frame["reading"] != MARKET, 1.0)))


def _points(cells: pd.DataFrame, places: FloatArray, shares: FloatArray) -> pd.DataFrame:
    """One point of each cell at a place within its bin."""
    w = cells["notional_cents"].to_numpy()
    distance = distance_at(cells["bin"], places)
    distance = np.where(cells["state"] == PAST, 0.0, np.where(cells["state"] == NO_LINE, np.nan, distance))
    with np.errstate(invalid="ignore", divide="ignore"):
        other = np.where(w > 0, (cells["other_first"] / w + 0.5) / SCALE, 0.5)
    inner, outer = edges_of(cells["bin"])
    names = ["symbol", "venue", "product", "side", "tier", "reading", "state", "bin", "second_bin"]
    return cells[names].assign(
        weight=w * shares / 100,
        distance=distance,
        second_distance=distance_at(cells["second_bin"], other),
        inner=inner,
        outer=outer,
        cell_row=cells.index,
        cell_share=shares,
    )


def save_profile(profile: LiquidationProfile, path: Path) -> None:
    """Write a profile as one Parquet file, in one step: a reader sees the old file or the new one.

    Parameters
    ----------
    profile : LiquidationProfile
    path : Path
        File to write; its folder is made.
    """
    movement = {"betas": dict(profile.comovement.betas), "kappas": dict(profile.comovement.kappas)}
    meta = {"format": FORMAT, "comovement": movement, "origin": dict(profile.origin)}
    table = pa.Table.from_pandas(profile.cells, preserve_index=False)
    table = table.replace_schema_metadata({_META: json.dumps(meta, sort_keys=True).encode()})
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    pq.write_table(table, staged, compression="zstd")
    staged.replace(path)


def load_profile(path: Path) -> LiquidationProfile:
    """Read a profile that `save_profile` wrote.

    Raises
    ------
    DataError
        If the file is missing, is not Parquet, or is not a profile of this format.
    """
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{path.name} cannot be read as a profile: {error}. Build it with cohortiv profile.") from error
    meta = json.loads((table.schema.metadata or {}).get(_META, b"{}"))
    if meta.get("format") != FORMAT:
        raise DataError(
            f"{path.name} has the format {meta.get('format')!r}; allowed is {FORMAT}. "
            "Build it again with cohortiv profile."
        )
    return LiquidationProfile(
        cells=tidy(table.to_pandas()),
        comovement=Comovement(**meta["comovement"]),
        origin=meta["origin"],
    )
