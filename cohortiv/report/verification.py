"""Whether a report is what was published: every file, its earlier editions, the issue before it, its signature."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cohortiv.errors import DataError
from cohortiv.report.manifest import (
    MANIFEST,
    NOTEBOOK,
    PAGE,
    SUMMARY,
    described_inputs,
    is_intact,
    read_json,
    sha256_of,
)
from cohortiv.report.signature import SIGNATURE, check_signature

EDITIONS = "editions"


@dataclass(frozen=True, slots=True)
class Verification:
    """What is found when a report is compared with its manifest.

    Attributes
    ----------
    problems : tuple of str
        One sentence for each file that is missing, changed or too many; empty when the report is as it was published.
    notes : tuple of str
        What is no problem and worth knowing: who signed it, or that the issue before was restated since.
    """

    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the report is as it was published."""
        return not self.problems


def verify_report(folder: Path, *, inputs: Sequence[Path] = (), allowed_signers: Path | None = None) -> Verification:
    """Compare a published report with its manifest.

    Parameters
    ----------
    folder : Path
        The report's folder, or that of one of its earlier editions.
    inputs : sequence of Path, optional
        Its input files, where they are to be compared too.
    allowed_signers : Path, optional
        Who has to have signed it, see `signature.check_signature`.

    Returns
    -------
    Verification
        What differs. A previous issue that stands beside it is compared as well; one that is gone is no problem.

    Raises
    ------
    DataError
        If there is no readable manifest.
    UsageError
        If signers are given and cannot be compared.
    """
    manifest = read_json(folder / MANIFEST)
    if not is_intact(folder / MANIFEST):
        return Verification((f"{MANIFEST} is not the file that was published.",))
    signed = check_signature(folder, allowed_signers=allowed_signers)
    try:
        chain = _restated_issue(manifest, folder)
        problems = (
            *_differences(folder, manifest),
            *_input_problems(manifest, inputs),
            *chain.problems,
            *_edition_problems(manifest, folder),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DataError(f"{folder / MANIFEST} has not the form of a manifest. Give a published report.") from error
    return Verification((*problems, *signed.problems), (*chain.notes, *signed.notes))


def edition_folder(folder: Path, number: int) -> Path:
    """Where an earlier edition of a report is kept.

    Parameters
    ----------
    folder : Path
        The report's folder, or that of one of its earlier editions: all are kept beside each other.
    number : int
        Which edition; the first is 1.
    """
    return (folder.parent if folder.parent.name == EDITIONS else folder / EDITIONS) / str(number)


def _listed_editions(manifest: Mapping[str, object]) -> list[Mapping[str, object]]:
    listed = manifest.get("editions")
    return list(listed) if isinstance(listed, list) else []


def _differences(folder: Path, manifest: Mapping[str, object]) -> list[str]:
    outputs = manifest.get("outputs")
    expected = {str(name): str(digest) for name, digest in outputs.items()} if isinstance(outputs, Mapping) else {}
    present = set(_own_files(folder, manifest))
    missing = sorted({PAGE, NOTEBOOK, SUMMARY} - expected.keys())
    changed = sorted(name for name in present & expected.keys() if sha256_of(folder / name) != expected[name])
    return [
        *(f"The manifest does not list {name}." for name in missing),
        *(f"{name} is missing." for name in sorted(expected.keys() - present)),
        *(f"{name} is not the file that was published." for name in changed),
        *(f"{name} does not belong to the report." for name in sorted(present - expected.keys())),
    ]


def _own_files(folder: Path, manifest: Mapping[str, object]) -> Iterator[str]:
    """Names of all files of a report but its manifest, its signature and what belongs to its earlier editions."""
    editions = {edition_folder(folder, int(str(each["edition"]))) for each in _listed_editions(manifest)}
    own = {folder / MANIFEST, folder / SIGNATURE}
    for path in sorted(folder.rglob("*")):
        is_empty = path.is_dir() and not path.is_symlink() and not any(path.iterdir())
        is_file = not path.is_dir() or path.is_symlink() or is_empty
        if is_file and path not in own and not editions & {path, *path.parents}:
            yield path.relative_to(folder).as_posix()


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


def _restated_issue(manifest: Mapping[str, object], folder: Path) -> Verification:
    """Compare the issue before with what this report says of it; an edition of it that was replaced since will do."""
    previous = manifest.get("previous")
    if not isinstance(previous, Mapping):
        return Verification(())
    top = folder.parent.parent if folder.parent.name == EDITIONS else folder
    there = top.resolve().parent.parent / str(previous["as_of"]) / str(previous["name"])
    wanted, day = previous["manifest_sha256"], previous["as_of"]
    if not (there / MANIFEST).is_file() or sha256_of(there / MANIFEST) == wanted:
        return Verification(())
    if any(sha256_of(file) == wanted for file in there.glob(f"{EDITIONS}/*/{MANIFEST}")):
        return Verification((), (f"The previous issue, {day}, was restated after this report was compared with it.",))
    return Verification((f"The previous issue, {day}, is not the one that this report was compared with.",))


def _edition_problems(manifest: Mapping[str, object], folder: Path) -> Iterator[str]:
    """Compare the editions that are kept; whoever signed the report signed the digests of theirs too."""
    for each in _listed_editions(manifest):
        number = int(str(each["edition"]))
        kept = edition_folder(folder, number)
        if not (kept / MANIFEST).is_file():
            yield f"{EDITIONS}/{number}/{MANIFEST} is missing."
        elif sha256_of(kept / MANIFEST) != each["manifest_sha256"]:
            yield f"{EDITIONS}/{number}/{MANIFEST} is not the file that was published."
        elif folder.parent.name != EDITIONS:
            found = verify_report(kept)
            yield from (f"{EDITIONS}/{number}: {problem}" for problem in found.problems)
