"""Histories that grow: what was kept before stands in front of what venues, who keep a month, still give."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cohortiv.sources.fetch.kept import kept_files, kept_time
from cohortiv.sources.fetch.kinds import TITLES, Kind
from cohortiv.sources.fetch.market_checks import holes
from cohortiv.sources.fetch.origins import Origin, Request


@dataclass(frozen=True, eq=False)
class Extended:
    """A table and its origin, with what was kept before it.

    Attributes
    ----------
    frame : DataFrame
    origin : Origin
        Names the file that the earlier rows are from, by its digest.
    """

    frame: pd.DataFrame
    origin: Origin


def extended(frame: pd.DataFrame, origin: Origin, *, kind: Kind, folder: Path, before: datetime) -> Extended:
    """Put the rows of the last file that was kept earlier in front of a table.

    Parameters
    ----------
    frame : DataFrame
        By time.
    origin : Origin
        Of the table.
    kind : str
    folder : Path
        Folder of all that is fetched.
    before : datetime
        Time of the table (UTC): only files of an earlier one count.

    Returns
    -------
    Extended
        Rows of the earlier file before the table's first; none where there is no such file, or it has other columns.
        That file may be extended itself, so nothing before it is looked for. Its own notes stay in it; a note names it.
    """
    files = kept_files(folder, origin.venue, kind=origin.kind, name=origin.name)
    earlier = [path for path in files if kept_time(path) < before]
    held = _read(earlier[-1], list(frame.columns)) if earlier and not frame.empty else None
    if held is None:
        return Extended(frame, origin)
    older = held[held["time"] < frame["time"].min()]
    if older.empty:
        return Extended(frame, origin)
    path = earlier[-1]
    whole = pd.concat([older, frame], ignore_index=True)
    told = f"{len(older):,} row(s) of {TITLES[kind]} before {frame['time'].min():%Y-%m-%d %H:%M} are from {path.name}"
    missing = holes(whole["time"], what=f"{kind} of {origin.name}")
    notes = tuple(dict.fromkeys((*origin.notes, told, *missing)))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    request = Request(path.name, {}, f"{kept_time(path).isoformat()}", digest)
    return Extended(whole, Origin(origin.venue, origin.kind, origin.name, (request, *origin.requests), notes))


def _read(path: Path, columns: list[str]) -> pd.DataFrame | None:
    """Rows of a kept file; None where it cannot be read or has other columns."""
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException):
        return None
    return table.select(columns).to_pandas() if set(columns) <= set(table.column_names) else None
