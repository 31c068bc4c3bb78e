"""Files of an object store or a web server, by their URL, through fsspec."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from cohortiv.errors import DataError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

_URL: Final = re.compile(r"(?P<protocol>[a-z][a-z0-9+.-]*)://.+", re.DOTALL)
#: Protocols whose driver is not installed with the package, and the extra that brings it.
_EXTRAS: Final = {"s3": "s3", "s3a": "s3", "http": "http", "https": "http"}


def is_remote(target: str) -> bool:
    """Whether a path is a URL of files elsewhere, such as ``s3://bucket/folder``."""
    return _URL.fullmatch(target) is not None


def remote_files(target: str, *, wanted: Callable[["Path"], bool]) -> "tuple[Path, ...]":
    """Files that a URL stands for: one, those below a folder, or those of a glob.

    Parameters
    ----------
    target : str
        URL; keys of the store come from the environment, as its driver reads them (``AWS_ACCESS_KEY_ID`` and the like).
    wanted : callable
        Whether a file below a folder counts.

    Returns
    -------
    tuple of Path
        Sorted by name; empty where there is none. They are `upath.UPath`, which does what a path does.

    Raises
    ------
    UsageError
        If the URL carries a key or a signature, its protocol is not known, or the driver is not installed.
    DataError
        If the store does not answer, or refuses.
    """
    _refuse_keys(target)
    try:
        return _listed(target, wanted=wanted)
    except ImportError as error:
        protocol = target.partition("://")[0]
        extra = _EXTRAS.get(protocol)
        how = f"pip install 'cohortiv[{extra}]'" if extra else str(error)
        raise UsageError(f"--positions got {target}, and what reads {protocol}:// is not installed: {how}.") from error
    except ValueError as error:
        raise UsageError(
            f"--positions got {target}: {error}. Allowed are paths and URLs that fsspec reads, such as "
            "s3://bucket/folder. Check the text before the colon."
        ) from error
    except Exception as error:  # a store's driver fails in ways of its own
        raise DataError(
            f"{target} cannot be listed: {_first_line(error)} Check the address, and the keys in the environment."
        ) from error


def file_system(path: "Path") -> Any:  # noqa: ANN401 - fsspec has no types
    """File system of a remote file, as an engine reads by it: what it asks for, and no more.

    Parameters
    ----------
    path : Path
        Of `remote_files`.

    Returns
    -------
    AbstractFileSystem
    """
    from fsspec import AbstractFileSystem  # noqa: PLC0415 - only where a URL is given

    held = cast("Any", path)
    system = type(held.fs)(**held.storage_options, skip_instance_cache=True)
    # Reading ahead, which is right for one who reads to the end, fetched six times a file's bytes for one column of it.
    system.open = partial(system.open, cache_type="none")
    if type(system).modified is AbstractFileSystem.modified:  # of a web server, which DuckDB asks before it reads
        system.modified = lambda _: datetime.fromtimestamp(0, tz=UTC)
        system.exists = lambda _: True  # as it was listed; the driver would begin to load the file
    return system


def _listed(target: str, *, wanted: Callable[["Path"], bool]) -> "tuple[Path, ...]":
    """The files, as the store has them now."""
    from upath import UPath  # noqa: PLC0415 - only where a URL is given

    if "*" in target or "[" in target:
        start = target[: min(place for mark in "*[" if (place := target.find(mark)) >= 0)].rpartition("/")[0]
        found = [path for path in UPath(start).glob(target[len(start) + 1 :]) if path.is_file()]
    else:
        whole = UPath(target)
        if not target.endswith("/") and whole.is_file():  # a web server's listing is a file to its driver
            return (cast("Path", whole),)
        found = [path for path in whole.rglob("*") if path.is_file() and wanted(cast("Path", path))]
    return tuple(cast("list[Path]", sorted(found, key=str)))


def _refuse_keys(target: str) -> None:
    """Refuse a URL that carries what may open it: it would stand in messages, parameters and manifests."""
    parts = urlsplit(target)
    if "@" in parts.netloc or parts.query:
        raise UsageError(
            f"--positions got a URL of {parts.hostname or parts.scheme} with a key or a query in it; allowed is one "
            "without. Put keys in the environment, where the store's driver reads them."
        )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
