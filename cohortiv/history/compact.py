"""Many small files of a history into one a series and month, nothing lost and nothing changed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cohortiv.errors import DataError
from cohortiv.history.files import Stored, history_files, publish, read_records, read_snapshots, stage_month
from cohortiv.history.snapshot import SeriesKey, Snapshot, content_digest, part_of
from cohortiv.history.store import in_order, locked

_NAME_DIGITS: Final = 12


@dataclass(frozen=True)
class Compacted:
    """One month that was put together.

    Attributes
    ----------
    path : Path
        The new file.
    snapshots : int
        Snapshots in it, superseded ones too.
    removed : int
        Files that it replaced.
    """

    path: Path
    snapshots: int
    removed: int


def compact(folder: Path) -> tuple[Compacted, ...]:
    """Put the files of each series and month together, superseded snapshots too.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    tuple of Compacted
        By series and month; none where nothing was loose.

    Raises
    ------
    DataError
        If a file cannot be read, or is not what its record says: then its month is left as it is.
    RunError
        If another process keeps the folder locked.

    Notes
    -----
    A month is written under a name that no reader looks at, read back and compared with its records, and only then
    takes its name; the old files go last. Killed in between, a snapshot is in two files, and readers take it once.
    """
    with locked(folder):
        months: dict[tuple[SeriesKey, str], list[Stored]] = {}
        for path in history_files(folder):
            for each in read_records(path):
                months.setdefault((each.record.series, f"{each.record.as_of:%Y-%m}"), []).append(each)
        return tuple(
            _compacted(folder, part)
            for _, part in sorted(months.items())
            if len({each.path for each in part}) > 1 or not part[0].is_monthly
        )


def month_path(folder: Path, snapshots: Sequence[Snapshot]) -> Path:
    """File of a month's snapshots, named by month, series and what they are."""
    first = snapshots[0].record
    numbers = hashlib.sha256("".join(part.record.number for part in snapshots).encode()).hexdigest()
    return folder / f"{first.as_of:%Y-%m}_{part_of(first.series)}_{numbers[:_NAME_DIGITS]}.parquet"


def _compacted(folder: Path, stored: Sequence[Stored]) -> Compacted:
    """One month written, verified and put in place of its files."""
    sources = sorted({each.path for each in stored})
    read = {part.record.number: part for path in sources for part in verified(path)}
    ordered = [read[each.number] for each in in_order(stored)]
    path = month_path(folder, ordered)
    staged = stage_month(ordered, path)
    if [part.record for part in verified(staged)] != [part.record for part in ordered]:
        raise DataError(f"{path.name} was not written as it was meant, and the files that it was to replace are kept.")
    publish(staged, path)
    for source in sources:
        if source != path:
            source.unlink()
    return Compacted(path, len(ordered), len(sources))


def verified(path: Path) -> tuple[Snapshot, ...]:
    """Snapshots of a file whose cells are those that their records were made for.

    Raises
    ------
    DataError
        If the file cannot be read, or some of them are not.
    """
    snapshots = read_snapshots(path)
    wrong = [
        part.record for part in snapshots if content_digest(part.profile, part.record.method) != part.record.content
    ]
    if wrong:
        raise DataError(
            f"{path.name} was altered: the cells of {', '.join(map(str, wrong[:5]))} are not those that its record was "
            "made for. Restore the file from a copy."
        )
    return snapshots
