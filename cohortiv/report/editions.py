"""Editions of one report: what is published already, whether a run would change it, and how the old one is kept."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cohortiv.errors import DataError, UsageError
from cohortiv.report.manifest import DECIDING, MANIFEST, SUMMARY, read_json, sha256_of
from cohortiv.report.shelf import Place
from cohortiv.report.verification import EDITIONS, verify_report

Status = Literal["published", "unchanged", "restated"]

#: Entries of a manifest that differ between two runs, in words.
_IN_WORDS: Mapping[str, str] = {
    "notebook": "another notebook", "inputs": "other inputs", "parameters": "other parameters",
    "brand_sha256": "another brand", "code_sha256": "another version of the code",
    "lock_sha256": "another lock file", "versions": "other versions of the software",
}  # fmt: skip


class RestatementRefusedError(DataError):
    """A report stays as it is published: nothing has run (exit code 3)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The report that is in a place already.

    Attributes
    ----------
    manifest : Mapping
        Its manifest.
    is_synthetic : bool
        Whether it says of itself that its data are made up.
    problems : tuple of str
        What of it is not as it was published.
    """

    manifest: Mapping[str, object]
    is_synthetic: bool
    problems: tuple[str, ...]

    @property
    def edition(self) -> int:
        """Which edition it is."""
        number = self.manifest.get("edition")
        return number if isinstance(number, int) else 1

    @property
    def earlier(self) -> list[Mapping[str, object]]:
        """The editions that it replaced, as its manifest lists them."""
        listed = self.manifest.get("editions")
        return list(listed) if isinstance(listed, list) else []


@dataclass(frozen=True, slots=True)
class Edition:
    """What a run is to be.

    Attributes
    ----------
    status : {"published", "unchanged", "restated"}
        Whether it publishes, finds all as it is to be, or replaces an edition that is kept.
    number : int
        Which edition it is; the first is 1.
    earlier : list of Mapping
        The editions before it: number, digest of the manifest, and the reason why it was replaced.
    """

    status: Status
    number: int
    earlier: list[Mapping[str, object]]


def standing_report(place: Place) -> Standing | None:
    """Look at the report that is in a place.

    Parameters
    ----------
    place : Place

    Returns
    -------
    Standing or None
        None where the place is free.

    Raises
    ------
    DataError
        If there is a folder that is no report: it might hold somebody's files.
    """
    if not place.folder.exists():
        return None
    try:
        manifest = read_json(place.folder / MANIFEST)
        found = verify_report(place.folder)
    except DataError as error:
        raise DataError(
            f"{place.folder} is there and cannot be read as a report; allowed is a place that is free or holds one. "
            "Nothing has run. Move the folder away, or restore its manifest.json."
        ) from error
    try:
        is_synthetic = read_json(place.folder / SUMMARY).get("synthetic") is True
    except DataError:
        is_synthetic = False
    return Standing(manifest, is_synthetic, found.problems)


def refuse_empty_reason(reason: str | None) -> None:
    """Refuse a --supersede without a reason, such as an unset variable leaves.

    Parameters
    ----------
    reason : str or None
        None where nothing is to be replaced.

    Raises
    ------
    UsageError
        If it is given and empty.
    """
    if reason is not None and not reason.strip():
        raise UsageError("--supersede got an empty text; allowed is the reason for the restatement. Give it.")


def edition_of(
    place: Place, record: Mapping[str, object], *, reason: str | None, force: bool, wanted: frozenset[str]
) -> Edition:
    """Say what a run is to be, given the report that is in its place.

    Parameters
    ----------
    place : Place
    record : mapping
        What is known of the run before it starts.
    reason : str or None
        Why a report is replaced.
    force : bool
        Whether a report is made again that is as it would become.
    wanted : frozenset of str
        Names of the files that the report is to have.

    Returns
    -------
    Edition
        A report on made-up data is replaced without a reason: it states nothing that somebody relied on.

    Raises
    ------
    DataError
        If the report would change and no reason is given, or if what would be replaced was altered.
    """
    there = standing_report(place)
    if there is None:
        return Edition("published", 1, [])
    changed = [key for key in DECIDING if there.manifest.get(key) != record.get(key)]
    if not changed:
        is_whole = not there.problems and all((place.folder / name).is_file() for name in wanted)
        return Edition("unchanged" if is_whole and not force else "published", there.edition, there.earlier)
    if reason is None and there.is_synthetic:
        return Edition("published", there.edition, there.earlier)
    _refuse_change(place, there, changed=changed, reason=reason)
    kept = {"edition": there.edition, "manifest_sha256": sha256_of(place.folder / MANIFEST), "reason": reason}
    return Edition("restated", there.edition + 1, [*there.earlier, kept])


def keep_editions(place: Place, edition: Edition) -> None:
    """Copy the earlier editions of a report into the new one, which is about to take its place.

    Parameters
    ----------
    place : Place
        Its workroom holds the new report.
    edition : Edition
        From `edition_of`.
    """
    target = place.stage / EDITIONS
    if edition.earlier and (place.folder / EDITIONS).is_dir():
        shutil.copytree(place.folder / EDITIONS, target)
    if edition.status == "restated":
        number = str(edition.number - 1)
        shutil.copytree(place.folder, target / number, ignore=shutil.ignore_patterns(EDITIONS))


def _refuse_change(place: Place, there: Standing, *, changed: list[str], reason: str | None) -> None:
    told = " and ".join(_IN_WORDS[key] for key in changed)
    if reason is None:
        raise RestatementRefusedError(
            f"{place.as_of}/{place.name} is published, and this run has {told}. Nothing has run. To restate it, give "
            "--supersede REASON: the edition before is kept. Otherwise give --out another folder."
        )
    if there.problems:
        raise RestatementRefusedError(
            f"{place.as_of}/{place.name} cannot be superseded, as it is not as it was published: "
            f"{' '.join(there.problems)} Nothing has run. Restore it first, or move it away."
        )
