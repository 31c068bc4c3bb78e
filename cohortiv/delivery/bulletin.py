"""What is told of a published report: its headline, from the published files, and the code of the issue before."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cohortiv.delivery.targets import Attachment
from cohortiv.errors import DataError
from cohortiv.outputs import HEADLINE_MIME
from cohortiv.palette import CODES, CodeStyle
from cohortiv.report.manifest import MANIFEST, NOTEBOOK, PAGE, SUMMARY, read_json, sha256_of
from cohortiv.report.pdf import PDF
from cohortiv.report.static_edition import STATIC_PAGE
from cohortiv.report.verification import verify_report

FILES: Final[Mapping[Attachment, str]] = {"pdf": PDF, "static": STATIC_PAGE, "page": PAGE}
"""Name of the file in the report's folder, by what the delivery file calls it."""


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A report as its readers are told of it.

    Attributes
    ----------
    folder : Path
        Where it is published.
    headline : mapping
        Its first screen: series, title, cohort, as_of, sentence, key_figures, code, iv_index, synthetic and more.
    name, as_of : str
        Where it is published, as in its address.
    edition_sha256 : str
        Digest of its manifest: it tells this edition from every other.
    code, code_before : str or None
        Its code; and that of the issue before, None where there is none to compare with.
    code_held : str or None
        Code of the series, None where there is none or it is the snapshot's.
    code_assumed_from : str or None
        Code before what the report assumes; None where it assumes nothing.
    remarks : tuple of str
        What is to be known of it first, one sentence each: why it is degraded, what it restates.
    files : mapping
        What can go along, path by kind.
    is_published : bool
        Whether there is a report; if not, what is told is that there is none.
    """

    folder: Path
    headline: Mapping[str, object]
    name: str
    as_of: str
    edition_sha256: str
    code: str
    code_before: str | None
    code_held: str | None
    code_assumed_from: str | None
    remarks: tuple[str, ...]
    files: Mapping[Attachment, Path]
    is_published: bool = True

    @property
    def changed(self) -> bool:
        """Whether its code is not that of the issue before; a first issue has changed."""
        return self.code != self.code_before

    @property
    def style(self) -> CodeStyle:
        """Look of its code."""
        return CODES.get(self.code, CODES["grey"])

    @property
    def held(self) -> str:
        """Word for the code of the series, empty where it is the snapshot's."""
        return "" if self.code_held is None else CODES[self.code_held].word

    @property
    def outcome(self) -> str:
        """What it comes to: its verdict, else its code, with the one that it comes from and the one that is held."""
        if verdict := self.headline.get("verdict"):
            return str(verdict)
        come = "" if self.code_assumed_from is None else f"{CODES[self.code_assumed_from].word} → "
        return f"{come}{self.style.word}{f' (series still {self.held})' if self.held else ''}"


def read_bulletin(folder: Path) -> Bulletin:
    """Read what is to be told of a published report.

    Parameters
    ----------
    folder : Path
        Its folder.

    Returns
    -------
    Bulletin

    Raises
    ------
    DataError
        If it is not as it was published, or its notebook shows no headline: such a report is not passed on.
    """
    found = verify_report(folder)
    if not found.passed:
        told = " ".join(found.problems)
        raise DataError(f"{folder} is not as it was published: {told} Nothing is delivered. Publish it again.")
    manifest, summary = read_json(folder / MANIFEST), read_json(folder / SUMMARY)
    headline = next(_headlines(read_json(folder / NOTEBOOK)), None)
    if headline is None:
        raise DataError(f"{folder} has no headline, which is what readers are told. Show one with page.headline.")
    issue = summary.get("issue")
    said: Mapping[str, object] = issue if isinstance(issue, Mapping) else {}
    code = str(summary.get("code") or "grey")
    held, before = headline.get("code_held"), headline.get("before")
    assumed_from = before.get("code") if isinstance(before, Mapping) else None
    return Bulletin(
        folder=folder,
        headline=headline,
        name=str(manifest["name"]),
        as_of=str(manifest["as_of"]),
        edition_sha256=sha256_of(folder / MANIFEST),
        code=code,
        code_before=_code_before(manifest, folder),
        code_held=str(held) if held in CODES and held != code else None,
        code_assumed_from=str(assumed_from) if assumed_from in CODES else None,
        remarks=(*_reasons(said), *_restatement(manifest)),
        files={kind: folder / name for kind, name in FILES.items() if (folder / name).is_file()},
    )


def _headlines(notebook: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """Headlines that a notebook displayed."""
    cells = notebook.get("cells")
    for cell in cells if isinstance(cells, list) else []:
        for output in cell.get("outputs", ()):
            content = output.get("data", {}).get(HEADLINE_MIME)
            if isinstance(content, Mapping):
                yield content


def _reasons(issue: Mapping[str, object]) -> tuple[str, ...]:
    """Why an issue is not simply published, as one sentence."""
    state, reasons = str(issue.get("state") or "published"), issue.get("reasons")
    if state == "published" or not isinstance(reasons, list) or not reasons:
        return ()
    return (f"{state.capitalize()}: {'; '.join(map(str, reasons))}.",)


def _restatement(manifest: Mapping[str, object]) -> tuple[str, ...]:
    """Which edition it replaces and why, as one sentence."""
    earlier = manifest.get("editions")
    if not isinstance(earlier, list) or not earlier:
        return ()
    last = earlier[-1]
    return (f"Restated: edition {manifest['edition']} replaces edition {last['edition']}: {last['reason']}.",)


def _code_before(manifest: Mapping[str, object], folder: Path) -> str | None:
    """Code of the issue that the report was compared with; None where that is gone or cannot be read."""
    previous = manifest.get("previous")
    if not isinstance(previous, Mapping):
        return None
    file = folder.resolve().parent.parent / str(previous["as_of"]) / str(previous["name"]) / SUMMARY
    try:
        return str(json.loads(file.read_text(encoding="utf-8"))["code"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
