"""Positions that were made up, read like any others and labelled SYNTHETIC."""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cohortiv.assessment.reading import CohortReading, read_cohort
from cohortiv.assessment.settings import Settings
from cohortiv.margin.bracket_file import bracket_paths
from cohortiv.margin.brackets import load_brackets
from cohortiv.sources.sample import SYNTHETIC

#: Columns of a bracket table that say what it is of.
_KEYS: Final = ["venue", "symbol", "contract"]
#: First day of a made-up bracket: before every snapshot.
_ALWAYS: Final = "1970-01-01"


def read_made_up(
    positions: pd.DataFrame,
    settings: Settings,
    *,
    name: str,
    title: str,
    maintenance_rates: Mapping[str, float] | None = None,
    for_report: bool = False,
    say: Callable[[str], None] | None = None,
) -> CohortReading:
    """Read a made-up cohort through the same door as any positions.

    Parameters
    ----------
    positions : DataFrame
        Columns of the position contract; with rates also the optional ones `venue` and `contract`.
    settings : Settings
        `positions` is not asked.
    name, title : str
        Of the cohort, for the result.
    maintenance_rates : mapping of str to float, optional
        By venue: the maintenance rate, the same for every size, of contracts that no bracket table serves [1]. Default
        none: such positions are excluded, as read ones are.
    for_report : bool
        As for `read_cohort`.
    say : callable, optional
        Takes one line of progress or warning at a time.

    Returns
    -------
    CohortReading
        With `synthetic` set. The file that it is read from lives only as long as the reading takes.

    Raises
    ------
    DataError
        As for `read_cohort`.
    """
    tell = say or partial(print, file=sys.stderr)
    table = pa.Table.from_pandas(positions, preserve_index=False).replace_schema_metadata(SYNTHETIC)
    with TemporaryDirectory(prefix="cohortiv-") as folder:
        path = Path(folder) / f"{name}.parquet"
        pq.write_table(table, path, compression="zstd")
        served = replace(settings, positions=str(path))
        if maintenance_rates:
            flat = _flat_brackets(positions, settings, maintenance_rates)
            served = replace(served, brackets=_added(flat, settings, Path(folder)))
            for line in _told(flat):
                tell(line)
        reading = read_cohort(served, for_report=for_report, say=say)
    return replace(reading, cohort=reading.cohort.model_copy(update={"name": name, "title": title}))


def _flat_brackets(positions: pd.DataFrame, settings: Settings, rates: Mapping[str, float]) -> pd.DataFrame:
    """One bracket for each contract of the positions that no table serves and whose venue has a rate."""
    held = positions[_KEYS].drop_duplicates().sort_values(_KEYS)
    known = {schedule.key for schedule in load_brackets(settings.brackets).schedules}
    anywhere = {key[1:] for key in known if not key[0]}
    lacking = [
        key not in known and key[1:] not in anywhere and key[0] in rates
        for key in held.itertuples(index=False, name=None)
    ]
    bare = held[lacking]
    return bare.assign(
        effective_from=_ALWAYS,
        floor_notional=0,
        mmr=bare["venue"].map(dict(rates)),
        maintenance_amount=0,
        max_leverage="",
        source="the scenario's maintenance rate",
    )


def _told(flat: pd.DataFrame) -> Iterator[str]:
    """What each venue without tables of its own is taken to ask for."""
    for (venue, rate), rows in flat.groupby(["venue", "mmr"]):
        contracts = ", ".join(
            f"{symbol} {contract}" for symbol, contract in zip(rows["symbol"], rows["contract"], strict=True)
        )
        yield (
            f"Venue {venue!r} has no brackets for {contracts}: the scenario's maintenance rate of {rate:.4g} serves "
            "positions of every size"
        )


def _added(flat: pd.DataFrame, settings: Settings, folder: Path) -> Path | None:
    """The user's own bracket table with the flat brackets below it; that very table where none are needed."""
    if flat.empty:
        return settings.brackets
    own = [] if settings.brackets is None else [_own(table) for table in bracket_paths(settings.brackets)]
    path = folder / (settings.brackets.name if settings.brackets and settings.brackets.is_file() else "maintenance.csv")
    pd.concat([*own, flat], ignore_index=True).to_csv(path, index=False)
    return path


def _own(table: Path) -> pd.DataFrame:
    """A bracket table as it stands in the user's file."""
    return pd.read_csv(table, dtype=str, keep_default_na=False, skipinitialspace=True, encoding="utf-8-sig")
