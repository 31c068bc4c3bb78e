"""A stored series read back as one profile of many snapshots."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Final

import pyarrow as pa

from cohortiv.errors import DataError
from cohortiv.history.check import in_force, mixed
from cohortiv.history.files import Stored, read_cells
from cohortiv.history.snapshot import SeriesKey, SnapshotRecord
from cohortiv.history.store import choose_series, stored_snapshots
from cohortiv.history.tables import CELL_SCHEMA, as_in_profile, stacked
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
        Columns of the cells, `as_of` among them, text as categories and whole numbers as small as they are stored;
        None reads all, typed as in a profile.
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
    frame = stacked(_tables(chosen, columns or CELL_SCHEMA.names), sum(each.record.cells for each in chosen))
    last = chosen[-1].record
    profile = LiquidationProfile(frame if columns else as_in_profile(frame), last.comovement, last.origin)
    return StoredSeries(key, profile, tuple(each.record for each in chosen))


def _refuse(folder: Path, chosen: Sequence[Stored]) -> None:
    repeated = [each.path.name for each, other in zip(chosen[1:], chosen, strict=False) if _same_time(each, other)]
    told = [*mixed(chosen), *([f"Times are in force twice, in {', '.join(repeated[:5])}."] if repeated else [])]
    if told:
        listed = "\n".join(f"  {sentence}" for sentence in told)
        raise DataError(f"The snapshots in {folder} are no single series:\n{listed}")


def _same_time(one: Stored, other: Stored) -> bool:
    return one.record.as_of == other.record.as_of


def _tables(chosen: Sequence[Stored], columns: Sequence[str]) -> Iterator[pa.Table]:
    """Cells file by file; the next file is read while the one before is copied."""
    with ThreadPoolExecutor(max_workers=1) as reader:
        waiting: Future[pa.Table] | None = None
        for part in _by_file(chosen):
            coming = reader.submit(read_cells, part, columns)
            if waiting is not None:
                yield waiting.result()
            waiting = coming
        if waiting is not None:
            yield waiting.result()


def _by_file(chosen: Sequence[Stored]) -> Iterator[tuple[Stored, ...]]:
    return (tuple(part) for _, part in groupby(chosen, key=lambda each: each.path))
