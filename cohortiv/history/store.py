"""A folder of snapshots: added to, never changed; one writer at a time, and whole files only."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from cohortiv.errors import DataError, RunError
from cohortiv.history.files import Stored, history_files, is_month, read_records, staged_files, write_snapshot
from cohortiv.history.snapshot import SeriesKey, Snapshot, SnapshotRecord, differences, prefix_of

_LOCK: Final = ".lock"
_PATIENCE_SECONDS: Final = 120.0
_SHOWN: Final = 5


@dataclass(frozen=True)
class Added:
    """What became of a snapshot that was to be added.

    Attributes
    ----------
    path : Path
        File that holds it.
    is_new : bool
        False where the very same was there already.
    supersedes : SnapshotRecord or None
        The snapshot that it corrects.
    """

    path: Path
    is_new: bool
    supersedes: SnapshotRecord | None = None


def add_snapshots(folder: Path, snapshots: Sequence[Snapshot], *, reason: str | None = None) -> tuple[Added, ...]:
    """Add snapshots to a folder: all that are new, or none where one contradicts what is there.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    snapshots : sequence of Snapshot
        One of each time and series.
    reason : str, optional
        Why a snapshot replaces one of the same time, cohort, symbol and basis. The old file stays.

    Returns
    -------
    tuple of Added
        In the order given. A snapshot whose content is in force already is not written again.

    Raises
    ------
    DataError
        If one of them is there with other content and no reason is given: what differs is said.
    RunError
        If another process keeps the folder locked for two minutes.
    """
    with locked(folder):
        shelf = _Shelf(history_files(folder))
        earlier = [shelf.in_force(snapshot.record) for snapshot in snapshots]
        if reason is None:
            _refuse_corrections(folder, snapshots, earlier)
        return tuple(
            _added(folder, snapshot, before, reason=reason) for snapshot, before in zip(snapshots, earlier, strict=True)
        )


def stored_snapshots(folder: Path) -> tuple[Stored, ...]:
    """All snapshots of a folder, superseded ones too, by series, time and order of correction.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    DataError
        If there is none, or a file cannot be read.
    """
    return in_order(chain.from_iterable(read_records(path) for path in _files(folder)))


def readable_snapshots(folder: Path) -> tuple[tuple[Stored, ...], tuple[str, ...]]:
    """Snapshots of the files that can be read, in the order of `stored_snapshots`, and what is wrong with the others.

    Parameters
    ----------
    folder : Path

    Raises
    ------
    DataError
        If the folder holds no file of a history.
    """
    read: list[Stored] = []
    problems: list[str] = []
    for path in _files(folder):
        try:
            read += read_records(path)
        except DataError as error:
            problems.append(str(error))
    return in_order(read), tuple(problems)


def _files(folder: Path) -> tuple[Path, ...]:
    paths = history_files(folder)
    if not paths:
        raise DataError(f"{folder} holds no snapshot; allowed is a folder that cohortiv profile --out FOLDER filled.")
    return paths


def in_order(stored: Iterable[Stored]) -> tuple[Stored, ...]:
    """Snapshots by series, time and order of correction; one that two files hold is taken once, from the month."""
    once = {each.number: each for each in sorted(stored, key=lambda each: each.is_monthly)}
    corrects = {number: each.record.supersedes for number, each in once.items() if each.record.supersedes is not None}

    def corrections(number: str) -> int:
        steps = 0
        while number in corrects and steps <= len(corrects):
            number, steps = corrects[number], steps + 1
        return steps

    return tuple(
        sorted(once.values(), key=lambda each: (each.record.series, each.record.as_of, corrections(each.number)))
    )


def superseded_by(stored: Iterable[Stored]) -> dict[str, SnapshotRecord]:
    """Which snapshot corrects which: the correction by the number of what it corrects."""
    return {each.record.supersedes: each.record for each in stored if each.record.supersedes is not None}


def choose_series(
    stored: Iterable[Stored], *, cohort: str | None = None, symbol: str | None = None, basis: str | None = None
) -> SeriesKey:
    """The one series that is meant.

    Parameters
    ----------
    stored : iterable of Stored
    cohort, symbol, basis : str, optional
        What it must be; the symbol "all" is the cohort as a whole. None lets all pass.

    Raises
    ------
    DataError
        If no series is meant, or several: they are named.
    """
    keys = sorted({each.record.series for each in stored})
    wanted = (("cohort", cohort), ("symbol", symbol), ("basis", basis))
    found = [key for key in keys if all(value in (None, getattr(key, name)) for name, value in wanted)]
    if len(found) == 1:
        return found[0]
    said = "; ".join(map(str, keys[:20]))
    asked = ", ".join(f"{name} {value!r}" for name, value in wanted if value is not None) or "no cohort and no symbol"
    raise DataError(f"Got {asked}, which is {len(found)} series of this history. It holds {said}. Name one of them.")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder as its only writer; what killed writers left half-done is swept first.

    Raises
    ------
    RunError
        If another process keeps it for two minutes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / _LOCK, timeout=_PATIENCE_SECONDS):
            for leftover in staged_files(folder):
                leftover.unlink(missing_ok=True)
            yield
    except Timeout as error:
        raise RunError(
            f"Another process has been writing to {folder} for two minutes. Wait for it to end, then run this again."
        ) from error


class _Shelf:
    """What a folder holds of a time, found by the names of its files."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths: dict[str, list[Path]] = {}
        self._read: dict[Path, tuple[Stored, ...]] = {}
        for path in paths:
            start = path.name[: len("YYYY-MM")] if is_month(path) else path.name.partition("_")[0] + "_"
            self._paths.setdefault(start, []).append(path)

    def in_force(self, record: SnapshotRecord) -> Stored | None:
        """The snapshot of the same time and series that nothing supersedes."""
        found = [
            each
            for path in self._near(record.as_of)
            for each in self._records(path)
            if (each.record.as_of, each.record.series) == (record.as_of, record.series)
        ]
        replaced = superseded_by(found)
        return next((each for each in reversed(in_order(found)) if each.number not in replaced), None)

    def _near(self, moment: datetime) -> list[Path]:
        return [*self._paths.get(prefix_of(moment), []), *self._paths.get(f"{moment:%Y-%m}", [])]

    def _records(self, path: Path) -> tuple[Stored, ...]:
        if path not in self._read:
            self._read[path] = read_records(path)
        return self._read[path]


def _refuse_corrections(folder: Path, snapshots: Sequence[Snapshot], earlier: Sequence[Stored | None]) -> None:
    told = [
        f"  {new.record} ({old.path.name}): {'; '.join(differences(old.record, new.record))}"
        for new, old in zip(snapshots, earlier, strict=True)
        if old is not None and old.record.content != new.record.content
    ]
    if not told:
        return
    more = [f"  and {len(told) - _SHOWN} more"] if len(told) > _SHOWN else []
    listed = "\n".join([*told[:_SHOWN], *more])
    raise DataError(
        f"{folder} holds {len(told)} of these snapshots with other content, and nothing was written:\n{listed}\n"
        '  A stored snapshot is not changed. Give --supersede "REASON" to keep both, the new one in force.'
    )


def _added(folder: Path, snapshot: Snapshot, before: Stored | None, *, reason: str | None) -> Added:
    if before is None:
        return Added(write_snapshot(snapshot, folder), is_new=True)
    if before.record.content == snapshot.record.content or reason is None:
        return Added(before.path, is_new=False)
    corrected = snapshot.superseding(before.record, reason)
    return Added(write_snapshot(corrected, folder), is_new=True, supersedes=before.record)
