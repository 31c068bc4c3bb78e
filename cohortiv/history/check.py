"""A history held against itself: files that are whole, snapshots that are what they say, times without holes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path
from statistics import median
from typing import Final

from cohortiv.errors import DataError
from cohortiv.history.compact import verified
from cohortiv.history.files import Stored, foreign_files, history_files, read_records
from cohortiv.history.store import in_order, superseded_by

GAP_STEPS: Final = 1.5
"""A step more than this many times the usual one is told as a gap."""


@dataclass(frozen=True)
class HistoryCheck:
    """What is found in a folder.

    Attributes
    ----------
    snapshots : int
        Snapshots that could be read, superseded ones too.
    problems : tuple of str
        One sentence for each thing that is wrong, naming its file; empty where all is well.
    gaps : tuple of str
        Steps between snapshots that are wider than is usual; problems too where a step was asked for.
    """

    snapshots: int
    problems: tuple[str, ...]
    gaps: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def check_history(folder: Path, *, every: timedelta | None = None) -> HistoryCheck:
    """Read every file of a history and say what is wrong.

    Parameters
    ----------
    folder : Path
    every : timedelta, optional
        Step that snapshots were meant to have: a wider one is then a problem. Without it, steps of more than twice
        the median are told, and no problem.

    Returns
    -------
    HistoryCheck

    Raises
    ------
    DataError
        If the folder holds no snapshot.
    """
    paths = history_files(folder)
    if not paths:
        raise DataError(f"{folder} holds no snapshot; allowed is a folder that cohortiv profile --out FOLDER filled.")
    read: list[Stored] = []
    problems: list[str] = []
    for path in paths:
        try:
            stored = read_records(path)
            verified(path)
        except DataError as error:
            problems.append(str(error))
            continue
        problems += _misnamed(path, stored)
        read += stored
    problems += (
        f"{path.name} is no part of a history by its name: it is not read. Give a renamed file its own name again, or "
        "move the file elsewhere."
        for path in foreign_files(folder)
    )
    ordered = in_order(read)
    problems += _chains(ordered)
    gaps: list[str] = []
    for _, part in groupby(in_force(ordered), key=lambda each: each.record.series):
        series = list(part)
        problems += _repeated(series)
        problems += mixed(series)
        gaps += _gaps(series, every)
    return HistoryCheck(len(ordered), (*problems, *(gaps if every else ())), tuple(gaps))


def in_force(stored: Sequence[Stored]) -> tuple[Stored, ...]:
    """Snapshots that none of the others supersedes, in the same order."""
    replaced = superseded_by(stored)
    return tuple(each for each in stored if each.number not in replaced)


def mixed(series: Sequence[Stored]) -> tuple[str, ...]:
    """What keeps the snapshots of one series from being read together: another method, other betas or kappas.

    Parameters
    ----------
    series : sequence of Stored
        Of one series; the last one is what the others are held against.
    """
    last = series[-1]
    others = [each for each in series if each.record.major != last.record.major]
    moved = [each for each in series if each.record.comovement != last.record.comovement]
    told = []
    if others:
        told.append(
            f"{_listed(others)} of {last.record.series} by method {others[0].record.method}, the last by "
            f"{last.record.method}: their indices do not compare. Build them again, or keep them in another folder."
        )
    if moved:
        told.append(
            f"{_listed(moved)} of {last.record.series} with other betas or kappas than the last: their bins do not "
            "mean the same. Build them again with the same cohort file, or keep them in another folder."
        )
    return tuple(told)


def _misnamed(path: Path, stored: Sequence[Stored]) -> Iterator[str]:
    if not stored[0].is_monthly and path.name != stored[0].record.file_name:
        told = stored[0].record.file_name
        yield f"{path.name} holds what belongs into {told}: it was renamed, or its record altered. Restore it."
    if any(each.number != each.record.number for each in stored):
        yield f"{path.name} has a record that was altered: it does not give its number. Restore the file from a copy."


def _chains(stored: Sequence[Stored]) -> Iterator[str]:
    numbers = {each.number for each in stored}
    for each in stored:
        if each.record.supersedes is not None and each.record.supersedes not in numbers:
            yield f"{each.path.name} supersedes a snapshot that is not there: its file was removed. Restore it."


def _repeated(series: Sequence[Stored]) -> Iterator[str]:
    for moment, part in groupby(series, key=lambda each: each.record.as_of):
        same = [each.path.name for each in part]
        if len(same) > 1:
            yield f"{_time(moment)} is in force {len(same)} times: {', '.join(same)}. Remove all but one."


def _gaps(series: Sequence[Stored], every: timedelta | None) -> Iterator[str]:
    steps = list(pairwise(sorted({each.record.as_of for each in series})))
    if not steps:
        return
    usual = every or timedelta(seconds=GAP_STEPS * median((after - before).total_seconds() for before, after in steps))
    for before, after in steps:
        if after - before > usual:
            hours = (after - before) / timedelta(hours=1)
            yield f"{series[0].record.series}: no snapshot for {hours:.4g} hours, {_time(before)} to {_time(after)}."


def _listed(stored: Sequence[Stored]) -> str:
    names = list(dict.fromkeys(each.path.name for each in stored))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""  # noqa: PLR2004 - as many as a line holds
    count = "1 snapshot" if len(stored) == 1 else f"{len(stored)} snapshots"
    return f"{', '.join(names[:3])}{more}: {count}"


def _time(moment: datetime) -> str:
    return f"{moment.isoformat()}Z"
