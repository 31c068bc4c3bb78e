"""A stored series read back as one profile of many snapshots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from cohortiv.errors import DataError
from cohortiv.history.check import in_force, mixed
from cohortiv.history.files import RECORD, Stored, read_cells
from cohortiv.history.snapshot import SeriesKey, SnapshotRecord
from cohortiv.history.store import choose_series, stored_snapshots
from cohortiv.profile import LiquidationProfile

SERIES_COLUMNS: Final = (
    "as_of", "reason", "symbol", "tier", "reading", "state", "bin", "second_bin", "positions", "notional_cents",
    "first", "second", "third", "other_first", "unsized",
)  # fmt: skip
"""Columns of the cells that an index series is solved from."""


@dataclass(frozen=True, eq=False)
class StoredSeries:
    """Profiles of one series, in force, oldest first.

    Attributes
    ----------
    key : SeriesKey
    profile : LiquidationProfile
        All snapshots; its cells have the columns that were asked for.
    records : tuple of SnapshotRecord
        One a snapshot.
    """

    key: SeriesKey
    profile: LiquidationProfile
    records: tuple[SnapshotRecord, ...]

    @property
    def symbol(self) -> str | None:
        """Base asset; None where the cohort is read as a whole."""
        symbol = self.profile.origin.get("symbol")
        return None if symbol is None else str(symbol)

    @property
    def margin_units(self) -> Mapping[datetime, int] | None:
        """Leveraged margin units by time; None without accounts."""
        known = {each.as_of: each.margin_units for each in self.records if each.margin_units is not None}
        return known or None


def load_series(
    folder: Path,
    columns: Sequence[str] | None = SERIES_COLUMNS,
    *,
    cohort: str | None = None,
    symbol: str | None = None,
    basis: str | None = None,
    as_first_stored: bool = False,
) -> StoredSeries:
    """Read one series of a history.

    Parameters
    ----------
    folder : Path
    columns : sequence of str, optional
        Columns of the cells, `as_of` among them; None reads all.
    cohort, symbol, basis : str, optional
        Which series; the symbol "all" is the cohort as a whole. Needed only where the folder holds several.
    as_first_stored : bool
        Whether a corrected snapshot is read as it was first stored: what was known at the time.

    Raises
    ------
    DataError
        If the folder holds no such series, or several; if a time is in force twice; or if methods, betas or kappas
        differ within it. Files are named.
    """
    every = stored_snapshots(folder)
    key = choose_series(every, cohort=cohort, symbol=symbol, basis=basis)
    of_key = [each for each in every if each.record.series == key]
    chosen = [each for each in of_key if each.record.supersedes is None] if as_first_stored else in_force(of_key)
    _refuse(folder, chosen)
    table = pa.concat_tables([_cells(path, list(part), columns) for path, part in _by_file(chosen)])
    last = chosen[-1].record
    profile = LiquidationProfile(table.to_pandas(), last.comovement, last.origin)
    return StoredSeries(key, profile, tuple(each.record for each in chosen))


def _refuse(folder: Path, chosen: Sequence[Stored]) -> None:
    repeated = [each.path.name for each, other in zip(chosen[1:], chosen, strict=False) if _same_time(each, other)]
    told = [*mixed(chosen), *([f"Times are in force twice, in {', '.join(repeated[:5])}."] if repeated else [])]
    if told:
        listed = "\n".join(f"  {sentence}" for sentence in told)
        raise DataError(f"The snapshots in {folder} are no single series:\n{listed}")


def _same_time(one: Stored, other: Stored) -> bool:
    return one.record.as_of == other.record.as_of


def _by_file(chosen: Sequence[Stored]) -> list[tuple[Path, list[Stored]]]:
    return [(path, list(part)) for path, part in groupby(chosen, key=lambda each: each.path)]


def _cells(path: Path, wanted: Sequence[Stored], columns: Sequence[str] | None) -> pa.Table:
    """Cells of the wanted records of a file, in the order of time."""
    table = read_cells(path, columns)
    if RECORD not in table.column_names:
        return table
    numbers = table[RECORD].to_numpy()
    places = [each.place for each in wanted]
    kept = np.zeros(1 + max([*places, numbers.max(initial=0)]), dtype=bool)
    kept[places] = True
    table = table.drop_columns([RECORD])
    return table if kept.all() else table.filter(pa.array(kept[numbers]))
