"""The manifest of a report: what went in, what came out, and which issue and editions came before."""

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path, PurePath, PurePosixPath
from urllib.parse import urlsplit

from cohortiv.assets import asset
from cohortiv.errors import DataError, UsageError
from cohortiv.file_names import names_of

MANIFEST = "manifest.json"
SUMMARY = "summary.json"
PAGE = "report.html"
NOTEBOOK = "notebook.ipynb"
SCHEMA_VERSION = 2

#: Entries of a manifest that decide what is in a report, beside the issue that it is compared with.
DECIDING = ("notebook", "inputs", "parameters", "brand_sha256", "code_sha256", "lock_sha256", "versions")
_SELF = "self_sha256"
_PACKAGE = Path(__file__).resolve().parent.parent
_SOFTWARE = ("altair", "cohortiv", "duckdb", "nbconvert", "numpy", "pandas", "papermill", "scipy", "vl-convert-python")


@dataclass(frozen=True, slots=True)
class Input:
    """A file that went into a report.

    Attributes
    ----------
    name : str
        The file's name, with as many folders before it as tell it from others; nothing else of where it is.
    bytes : int
        Size [bytes].
    sha256 : str
        Digest of its content, hexadecimal.
    """

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PreviousIssue:
    """The report of the same name that came before.

    Attributes
    ----------
    as_of, name : str
        Where it is published.
    manifest_sha256 : str
        Digest of its manifest, so that the issues form a chain.
    """

    as_of: str
    name: str
    manifest_sha256: str


def sha256_of(path: Path) -> str:
    """Digest a file.

    Parameters
    ----------
    path : Path
        Any file.

    Returns
    -------
    str
        SHA-256, hexadecimal.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def described_inputs(paths: Sequence[Path]) -> tuple[Input, ...]:
    """Digest the input files of a report.

    Parameters
    ----------
    paths : sequence of Path
        Files; what is elsewhere, `upath.UPath`, is read whole for its digest.

    Returns
    -------
    tuple of Input
        In the order of their names, which do not depend on where the files are.

    Raises
    ------
    UsageError
        If one cannot be read.
    """
    here = {path: path.resolve() for path in paths if isinstance(path, Path)}
    elsewhere = {path: PurePosixPath("/", urlsplit(str(path)).path) for path in paths if path not in here}
    try:
        return (*_described(here), *_described(elsewhere))
    except OSError as error:
        raise UsageError(f"Cannot read the input {error.filename}: {error.strerror}. Give files that exist.") from error


def _described(places: Mapping[Path, PurePath]) -> list[Input]:
    """Files with their names, each once, in the order of their names."""
    files = {place: path for path, place in places.items()}
    named = sorted(zip(names_of(tuple(files)), files, strict=True))
    return [Input(name, files[place].stat().st_size, sha256_of(files[place])) for name, place in named]


def software_versions() -> dict[str, str]:
    """Give the versions of what computes and draws a report.

    Returns
    -------
    dict of str
        Version by name.
    """
    return {"python": platform.python_version(), **{name: version(name) for name in _SOFTWARE}}


@cache
def code_digest() -> str:
    """Digest the code and the templates that make a report.

    Returns
    -------
    str
        SHA-256 over names and contents, hexadecimal; it does not depend on where they are installed.
    """
    rooms = ((_PACKAGE, "*.py"), (asset("templates"), "*"))
    files = [(file.relative_to(room).as_posix(), file) for room, kind in rooms for file in room.rglob(kind)]
    digest = hashlib.sha256()
    for name, file in sorted(files):
        if file.is_file() and "resources" not in Path(name).parts:
            digest.update(f"{name}\0{sha256_of(file)}\n".encode())
    return digest.hexdigest()


def lock_digest() -> str | None:
    """Digest the lock file of this version.

    Returns
    -------
    str or None
        SHA-256, hexadecimal; None where the package was installed without it.
    """
    lock = asset("templates").parent / "requirements.lock"
    return sha256_of(lock) if lock.is_file() else None


def run_identity(record: Mapping[str, object]) -> str:
    """Name a run by all that decides its result.

    Parameters
    ----------
    record : mapping
        What is known of it before it runs; what is shown beside the result, such as the time of publication, is left
        out by `DECIDING`.

    Returns
    -------
    str
        Sixteen hexadecimal digits; the same for the same run.
    """
    parts = {key: record.get(key) for key in (*DECIDING, "previous")}
    return hashlib.sha256(json_text(parts).encode()).hexdigest()[:16]


def json_text(content: object) -> str:
    """Write JSON that is the same for the same content.

    Parameters
    ----------
    content : object
        Plain values; NaN and infinity are refused.

    Returns
    -------
    str
        Sorted and indented JSON, ended by a line feed.
    """
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def manifest_text(content: Mapping[str, object]) -> str:
    """Write a manifest, with a digest of itself by which one changed byte shows.

    Parameters
    ----------
    content : mapping
        Its entries.

    Returns
    -------
    str
        JSON as `json_text` writes it.
    """
    return json_text({**content, _SELF: hashlib.sha256(json_text(content).encode()).hexdigest()})


def is_intact(manifest: Path) -> bool:
    """Whether a manifest is what `manifest_text` wrote, byte by byte.

    Parameters
    ----------
    manifest : Path
        A file that `read_json` can read.
    """
    content = {key: value for key, value in read_json(manifest).items() if key != _SELF}
    return manifest.read_bytes() == manifest_text(content).encode()


def read_json(path: Path) -> Mapping[str, object]:
    """Read a JSON object of a report.

    Parameters
    ----------
    path : Path
        Manifest or summary.

    Returns
    -------
    mapping
        Its content.

    Raises
    ------
    DataError
        If it is missing or not JSON.
    """
    if not path.exists():
        raise DataError(
            f"{path.parent} holds no {path.name}; allowed is a folder that a report was published in, such as "
            f"reports/2026-09-30/NAME. Give the folder of a published report."
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise DataError(f"Cannot read {path}: {said}. Give the folder of a published report.") from error
    if not isinstance(content, dict):
        raise DataError(f"{path} holds no JSON object. Give the folder of a published report.")
    return content
