"""Where a kept file comes from, as it says itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from cohortiv.errors import DataError

#: Key of the origin in a file's metadata.
ORIGIN_KEY: Final = b"cohortiv.origin"


@dataclass(frozen=True)
class Request:
    """One answer that a file was made of.

    Attributes
    ----------
    endpoint : str
        Address without query.
    parameters : mapping
        As asked, without key, time and signature.
    fetched_at : str
        ISO 8601, UTC.
    sha256 : str
        Of the answer's bytes.
    """

    endpoint: str
    parameters: Mapping[str, str | int]
    fetched_at: str
    sha256: str


@dataclass(frozen=True)
class Origin:
    """Where a kept file comes from.

    Attributes
    ----------
    venue, kind, name : str
        Such as binance, market, BTCUSDT.
    requests : tuple of Request
    notes : tuple of str
        What a reader of the data should know: what was dropped, missing or odd.
    package_version : str
        Of the package that fetched it.
    """

    venue: str
    kind: str
    name: str
    requests: tuple[Request, ...]
    notes: tuple[str, ...] = ()
    package_version: str = field(default_factory=lambda: version("cohortiv"))


def read_origin(path: Path) -> Mapping[str, object]:
    """Origin of a kept file, as JSON has it.

    Raises
    ------
    DataError
        If the file is no Parquet, or does not say where it comes from.
    """
    try:
        told = (pq.read_schema(path).metadata or {}).get(ORIGIN_KEY)
    except (OSError, pa.ArrowException):
        told = None
    if told is None:
        raise DataError(
            f"{path.name} does not say where it comes from; allowed are files that cohortiv fetch keeps. Fetch again."
        )
    origin: Mapping[str, object] = json.loads(told)
    return origin


def notes_of_files(*paths: Path) -> tuple[str, ...]:
    """What is to be known of files that were kept: dropped, missing or odd rows; nothing of files of one's own."""
    told: list[str] = []
    for path in paths:
        try:
            notes = read_origin(path)["notes"]
        except DataError:
            continue
        told += [str(note) for note in notes] if isinstance(notes, list) else []
    return tuple(dict.fromkeys(told))
