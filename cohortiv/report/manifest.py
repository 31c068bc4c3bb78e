"""The manifest of a report: what went in, what came out, and which issue came before; and how to verify it."""

import hashlib
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from cohortiv.errors import DataError, UsageError
from cohortiv.report.parameters import Value

MANIFEST = "manifest.json"
SUMMARY = "summary.json"
PAGE = "report.html"
NOTEBOOK = "notebook.ipynb"

_SOFTWARE = ("altair", "cohortiv", "duckdb", "nbconvert", "numpy", "pandas", "papermill", "scipy", "vl-convert-python")


@dataclass(frozen=True, slots=True)
class Input:
    """A file that went into a report.

    Attributes
    ----------
    name : str
        Its path below the folder that all inputs share; nothing of the machine's own folders.
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


@dataclass(frozen=True, slots=True)
class Verification:
    """What is found when a report is compared with its manifest.

    Attributes
    ----------
    problems : tuple of str
        One sentence for each file that is missing, changed or too many; empty when the report is as it was published.
    """

    problems: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the report is as it was published."""
        return not self.problems


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
        Files.

    Returns
    -------
    tuple of Input
        In the order of their names, which do not depend on where the files are.

    Raises
    ------
    UsageError
        If one cannot be read.
    """
    files = sorted({path.resolve() for path in paths})
    if not files:
        return ()
    shared = Path(os.path.commonpath([file.parent for file in files]))
    try:
        return tuple(Input(file.relative_to(shared).as_posix(), file.stat().st_size, sha256_of(file)) for file in files)
    except OSError as error:
        raise UsageError(f"Cannot read the input {error.filename}: {error.strerror}. Give files that exist.") from error


def software_versions() -> dict[str, str]:
    """Give the versions of what computes and draws a report.

    Returns
    -------
    dict of str
        Version by name.
    """
    return {"python": platform.python_version(), **{name: version(name) for name in _SOFTWARE}}


def run_identity(
    *,
    notebook_sha256: str,
    parameters: Mapping[str, Value],
    inputs: Sequence[Input],
    previous: PreviousIssue | None,
    versions: Mapping[str, str],
) -> str:
    """Name a run by all that decides its result.

    Parameters
    ----------
    notebook_sha256 : str
        Digest of the notebook.
    parameters : mapping
        Values given, without the machine's folders.
    inputs : sequence of Input
        What it reads.
    previous : PreviousIssue or None
        What it compares with.
    versions : mapping
        Of the software.

    Returns
    -------
    str
        Sixteen hexadecimal digits; the same for the same run.
    """
    parts = {
        "notebook": notebook_sha256,
        "parameters": dict(parameters),
        "inputs": [asdict(item) for item in inputs],
        "previous": asdict(previous) if previous else None,
        "versions": dict(versions),
    }
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


def verify_report(folder: Path, *, inputs: Sequence[Path] = ()) -> Verification:
    """Compare a published report with its manifest.

    Parameters
    ----------
    folder : Path
        The report's folder.
    inputs : sequence of Path, optional
        Its input files, where they are to be compared too.

    Returns
    -------
    Verification
        What differs. A previous issue that stands beside it is compared as well; one that is gone is no problem.

    Raises
    ------
    DataError
        If there is no readable manifest.
    """
    manifest = read_json(folder / MANIFEST)
    outputs = manifest.get("outputs")
    expected = {str(name): str(digest) for name, digest in outputs.items()} if isinstance(outputs, Mapping) else {}
    problems = [*_differences(folder, expected), *_input_problems(manifest, inputs), *_chain_problems(manifest, folder)]
    return Verification(tuple(problems))


def _differences(folder: Path, expected: Mapping[str, str]) -> list[str]:
    present = {path.name for path in folder.iterdir()} - {MANIFEST}
    missing = sorted({PAGE, NOTEBOOK, SUMMARY} - expected.keys())
    changed = sorted(name for name in present & expected.keys() if sha256_of(folder / name) != expected[name])
    return [
        *(f"The manifest does not list {name}." for name in missing),
        *(f"{name} is missing." for name in sorted(expected.keys() - present)),
        *(f"{name} is not the file that was published." for name in changed),
        *(f"{name} does not belong to the report." for name in sorted(present - expected.keys())),
    ]


def _input_problems(manifest: Mapping[str, object], inputs: Sequence[Path]) -> list[str]:
    if not inputs:
        return []
    listed = manifest.get("inputs")
    expected = {item["sha256"]: item["name"] for item in listed} if isinstance(listed, list) else {}
    given = {item.sha256: item.name for item in described_inputs(inputs)}
    return [
        *(
            f"The input {name} is not among the files given."
            for digest, name in expected.items()
            if digest not in given
        ),
        *(f"{name} is not an input of this report." for digest, name in given.items() if digest not in expected),
    ]


def _chain_problems(manifest: Mapping[str, object], folder: Path) -> list[str]:
    previous = manifest.get("previous")
    if not isinstance(previous, Mapping):
        return []
    file = folder.resolve().parent.parent / str(previous["as_of"]) / str(previous["name"]) / MANIFEST
    if not file.is_file() or sha256_of(file) == previous["manifest_sha256"]:
        return []
    return [f"The previous issue, {previous['as_of']}, is not the one that this report was compared with."]
