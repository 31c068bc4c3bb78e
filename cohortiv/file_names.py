"""What files are called in messages and on pages: no longer than needed to tell them apart."""

from collections.abc import Collection, Sequence
from itertools import takewhile
from pathlib import PurePath

#: Names that a message has.
NAMED = 5


def names_of(paths: Sequence[PurePath]) -> tuple[str, ...]:
    """What files are called: by their names, and by as many folders before them as tell them apart or are keys.

    Parameters
    ----------
    paths : sequence of PurePath

    Returns
    -------
    tuple of str
        One a path, in the same order; nothing of where they are but that. A path that is given twice has one name.
    """
    alike: dict[str, set[tuple[str, ...]]] = {}
    for path in paths:
        alike.setdefault(path.name, set()).add(path.parts)
    long = {name: _fewest(found) for name, found in alike.items()}
    return tuple("/".join(path.parts[-max(long[path.name], 1 + _keys(path)) :]) for path in paths)


def _keys(path: PurePath) -> int:
    """How many folders right above a file are keys, KEY=VALUE: what they say belongs to its rows."""
    return len(list(takewhile(lambda part: "=" in part, reversed(path.parts[:-1]))))


def _fewest(paths: Collection[tuple[str, ...]]) -> int:
    """The fewest last parts by which paths differ."""
    longest = max(map(len, paths))
    return next(n for n in range(1, longest + 1) if len({parts[-n:] for parts in paths}) == len(paths))


def listed(names: Sequence[str], *, most: int = NAMED) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")
