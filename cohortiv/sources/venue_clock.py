"""One clock for several venues: snapshots that were taken together, and whose marks are too old for their time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

#: Snapshots of several venues that lie within this are one; a venue that was read longer before is not in it.
TOGETHER: Final = timedelta(minutes=10)
#: A mark that is older than this at the common time is replaced by that of a venue that is not.
LARGEST_SKEW: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Taken:
    """One reading of one venue.

    Attributes
    ----------
    feed : int
        Number of the source that it comes from: an account on a venue.
    venue : str
    at : datetime
        The venue's own time (UTC).
    """

    feed: int
    venue: str
    at: datetime


@dataclass(frozen=True)
class Placed:
    """A reading in its common snapshot.

    Attributes
    ----------
    taken : Taken
    as_of : datetime
        Time of the snapshot: that of the last reading in it.
    """

    taken: Taken
    as_of: datetime

    @property
    def stale(self) -> bool:
        """Whether its marks are too old for the snapshot."""
        return self.as_of - self.taken.at > LARGEST_SKEW


def placed(readings: Sequence[Taken]) -> tuple[Placed, ...]:
    """Put readings into common snapshots.

    Parameters
    ----------
    readings : sequence of Taken
        Any order, each once.

    Returns
    -------
    tuple of Placed
        By time of the snapshot. A snapshot begins with the first reading that is in none, and ends where a source comes
        again or `TOGETHER` is over. A source that is not in it stands with its last reading before, if that is no older
        than `TOGETHER` at its time: one venue that is read again does not take the others out. So each source is in a
        snapshot once at most, a reading may be in several, and one of a single source stays as it is.
    """
    groups: list[list[Taken]] = []
    for reading in sorted(readings, key=lambda one: (one.at, one.feed, one.venue)):
        group = groups[-1] if groups else []
        names = {_source(one) for one in group}
        if not group or _source(reading) in names or reading.at - group[0].at > TOGETHER:
            groups.append([reading])
        else:
            group.append(reading)
    last: dict[tuple[int, str], Taken] = {}
    found: list[Placed] = []
    for group in groups:
        end, own = group[-1].at, {_source(one) for one in group}
        carried = [one for source, one in last.items() if source not in own and end - one.at <= TOGETHER]
        found += [Placed(reading, end) for reading in sorted([*carried, *group], key=lambda one: one.at)]
        last |= {_source(one): one for one in group}
    return tuple(found)


def _source(reading: Taken) -> tuple[int, str]:
    return reading.feed, reading.venue
