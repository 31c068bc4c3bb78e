"""Records of a file as its metadata hold them: what all of them share once, the rest in lists, one entry a record."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from cohortiv.comovement import Comovement
from cohortiv.history.snapshot import SeriesKey, SnapshotRecord, SourceFile, record_as_json

_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "as_of": datetime.fromisoformat,
    "series": lambda plain: SeriesKey(**plain),
    "comovement": lambda plain: Comovement(**plain),
    "inputs": lambda plain: tuple(SourceFile(**file) for file in plain),
}
"""How a field of a record is read where it is more than a plain value."""


def packed(records: Sequence[SnapshotRecord]) -> dict[str, Any]:
    """Records as plain values.

    Parameters
    ----------
    records : sequence of SnapshotRecord
        At least one.

    Returns
    -------
    dict
        `shared`: fields that have one value in all records; `varying`: the other fields, one list each; `numbers`: the
        number of each record.

    Notes
    -----
    Values are one only where their JSON is: 1, 1.0 and true are three, and each comes back as it was.
    """
    plain = [record_as_json(record) for record in records]
    shared = {name: value for name, value in plain[0].items() if len({_text(each[name]) for each in plain}) == 1}
    return {
        "shared": shared,
        "varying": {name: [each[name] for each in plain] for name in plain[0] if name not in shared},
        "numbers": [record.number for record in records],
    }


def unpacked(plain: Mapping[str, Any]) -> Iterator[tuple[SnapshotRecord, str]]:
    """Records and their numbers, the inverse of `packed`.

    Parameters
    ----------
    plain : mapping
        What `packed` returned. A value that records share is read once and is one object in all of them.

    Yields
    ------
    tuple of SnapshotRecord and str
        KeyError, TypeError or ValueError if the plain values are not those of records.
    """
    shared = {name: _read(name, value) for name, value in plain["shared"].items()}
    names = tuple(plain["varying"])
    columns = [[_read(name, value) for value in values] for name, values in plain["varying"].items()]
    for number, *values in zip(plain["numbers"], *columns, strict=True):
        yield SnapshotRecord(**shared, **dict(zip(names, values, strict=True))), number


def _read(name: str, value: Any) -> Any:  # noqa: ANN401 - a field of any type
    reader = _READERS.get(name)
    return value if reader is None else reader(value)


def _text(value: Any) -> str:  # noqa: ANN401 - a field of any type
    return json.dumps(value, sort_keys=True)
