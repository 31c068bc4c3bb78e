"""What files are called in messages and on pages: no longer than needed to tell them apart."""

from collections.abc import Sequence
from itertools import takewhile
from pathlib import PurePath

#: Names that a message has.
NAMED = 5


def names_of(paths: Sequence[PurePath]) -> tuple[str, ...]:
    """What files are called: by their names, and where one repeats by their paths below the folder that all share."""
    names = tuple(path.name for path in paths)
    if len(set(names)) == len(names):
        return names
    parts = [path.parts for path in paths]
    alike = takewhile(lambda found: len(set(found)) == 1, zip(*(each[:-1] for each in parts), strict=False))
    shared = len(list(alike))
    return tuple("/".join(each[shared:]) for each in parts)


def listed(names: Sequence[str], *, most: int = NAMED) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")
