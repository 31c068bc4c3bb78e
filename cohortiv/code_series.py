"""A series of codes read: where it changed, and since when it has stood where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from cohortiv.early_warning import Code


@dataclass(frozen=True)
class CodeChange:
    """One change of the code.

    Attributes
    ----------
    as_of : datetime
        First snapshot with the new code (UTC).
    before, after : Code
        The code of the snapshot before, and the new one.
    """

    as_of: datetime
    before: Code
    after: Code


@dataclass(frozen=True)
class CodeSpell:
    """How long the last code of a series has stood.

    Attributes
    ----------
    code : Code
        The last code.
    since : datetime
        First snapshot of the unbroken run that ends with the last one (UTC).
    snapshots : int
        Snapshots in the run, 1 or more.
    from_start : bool
        Whether the run begins with the series: the code may then be older than the data.
    """

    code: Code
    since: datetime
    snapshots: int
    from_start: bool


def code_changes(times: Sequence[datetime], codes: Sequence[Code]) -> tuple[CodeChange, ...]:
    """Every change of the code along a series.

    Parameters
    ----------
    times : sequence of datetime
        Snapshot times, rising (UTC).
    codes : sequence of Code
        The code of each: held codes for what a reader of the series is told, own codes for what each snapshot says.

    Returns
    -------
    tuple of CodeChange
        Oldest first; empty for fewer than two snapshots. Grey is a code like the others.

    Raises
    ------
    ValueError
        If the two differ in length or the times do not rise.
    """
    _check(times, codes)
    return tuple(
        CodeChange(moment, before, after)
        for moment, (before, after) in zip(times[1:], pairwise(codes), strict=True)
        if before is not after
    )


def current_spell(times: Sequence[datetime], codes: Sequence[Code]) -> CodeSpell | None:
    """The unbroken run of the last code.

    Parameters
    ----------
    times, codes
        As for `code_changes`.

    Returns
    -------
    CodeSpell or None
        None for an empty series.

    Raises
    ------
    ValueError
        As for `code_changes`.
    """
    changes = code_changes(times, codes)
    if not times:
        return None
    since = changes[-1].as_of if changes else times[0]
    return CodeSpell(codes[-1], since, snapshots=len(times) - list(times).index(since), from_start=not changes)


def _check(times: Sequence[datetime], codes: Sequence[Code]) -> None:
    if len(times) != len(codes):
        raise ValueError(f"got {len(times)} times and {len(codes)} codes; each snapshot has one of both")
    for earlier, later in pairwise(times):
        if not earlier < later:
            raise ValueError(f"got {later} after {earlier}; times rise: sort the snapshots, and keep one of each time")
