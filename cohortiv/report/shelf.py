"""The folder of reports: `<as-of>/<name>/`, filled whole or not at all, one writer for each report."""

import ctypes
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from cohortiv.errors import DataError, RunError, UsageError
from cohortiv.report.manifest import MANIFEST, PreviousIssue, read_json, sha256_of
from cohortiv.report.verification import verify_report

WORKROOM = ".work"
#: Ending of the page that a failed run leaves beside its target.
FAILED_PAGE = ".failed.html"
_AS_OF = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{4}Z)?")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,159}")
_AT_CURRENT_FOLDER, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux


@dataclass(frozen=True, slots=True)
class Place:
    """Where one report is published.

    Attributes
    ----------
    root : Path
        The folder of all reports.
    as_of : str
        "YYYY-MM-DD" or "YYYY-MM-DDTHHMMZ".
    name : str
        Name of the report, a slug.
    """

    root: Path
    as_of: str
    name: str

    @property
    def folder(self) -> Path:
        """The published folder."""
        return self.root / self.as_of / self.name

    @property
    def workroom(self) -> Path:
        """Where the report is made before it is published."""
        return self.root / WORKROOM / f"{self.as_of}--{self.name}"

    @property
    def stage(self) -> Path:
        """The folder that takes the report's place when it is finished."""
        return self.workroom / "new"

    @property
    def failed_notebook(self) -> Path:
        """Where the notebook of a run that failed unexpectedly is kept."""
        return self.workroom.with_name(f"{self.workroom.name}.failed.ipynb")


def place_of(root: Path, *, as_of: str, name: str) -> Place:
    """Check the names of a report, which become folders.

    Parameters
    ----------
    root : Path
        The folder of all reports.
    as_of : str
        Time of the data, UTC.
    name : str
        Name of the report.

    Returns
    -------
    Place
        Where it is published.

    Raises
    ------
    UsageError
        If a name could lead elsewhere or is no date.
    """
    if not _AS_OF.fullmatch(as_of):
        raise UsageError(f"Got the as-of {as_of!r}. Allowed are YYYY-MM-DD and YYYY-MM-DDTHHMMZ.")
    try:
        datetime.strptime(as_of[:10], "%Y-%m-%d")  # noqa: DTZ007 - only whether there is such a day
    except ValueError as error:
        raise UsageError(f"Got the as-of {as_of!r}, and there is no such day. Give a date.") from error
    if not _NAME.fullmatch(name):
        raise UsageError(f"Got the report name {name!r}. Allowed are small letters, digits and hyphens, up to 160.")
    place = Place(root.resolve(), as_of, name)
    if not place.folder.parent.resolve().is_relative_to(place.root):
        raise UsageError(f"{place.folder.parent} is a link that leads out of {place.root}. Allowed is a folder in it.")
    return place


@contextmanager
def workroom(place: Place) -> Iterator[Path]:
    """Lock a report and give an empty folder to make it in, on the same disk.

    Parameters
    ----------
    place : Place
        The report.

    Yields
    ------
    Path
        The folder; it is gone afterwards, whatever happens. What killed runs left behind is swept first.

    Raises
    ------
    RunError
        If another run is making the same report, or writing it fails, as on a full disk.
    OSError
        If the folder of reports cannot be written at all.
    """
    try:
        place.workroom.parent.mkdir(parents=True, exist_ok=True)
        with _locked(place.workroom):
            _sweep(place)
            place.stage.mkdir(parents=True)
            try:
                yield place.stage
            finally:
                shutil.rmtree(place.workroom, ignore_errors=True)
    except Timeout as error:
        raise RunError(f"Another run is making {place.as_of}/{place.name}. Wait for it to end.") from error
    except OSError as error:
        if error.filename is not None:
            raise
        raise RunError(
            f"Cannot make {place.as_of}/{place.name}: {error.strerror or error}. Allowed is a disk with room for it, "
            "and one for temporary files. Nothing is published, and what was there before is unchanged."
        ) from error


def put_in_place(stage: Path, place: Place) -> None:
    """Publish a finished folder: readers see the old report or the new one, never a mixture.

    Parameters
    ----------
    stage : Path
        The finished folder, in the report's workroom.
    place : Place
        Where it goes; a report that is there is replaced.

    Raises
    ------
    RunError
        If it cannot be written; what was there stays.
    """
    try:
        _flush(stage)
        place.folder.parent.mkdir(parents=True, exist_ok=True)
        _swap(stage, place)
        _flush_folder(place.folder.parent)
    except OSError as error:
        said = error.strerror or error
        raise RunError(f"Cannot publish {place.folder}: {said}. What was there before is unchanged.") from error


def previous_issue(place: Place) -> PreviousIssue | None:
    """Find the newest earlier report of the same name that is as it was published.

    Parameters
    ----------
    place : Place
        The report that is being made.

    Returns
    -------
    PreviousIssue or None
        None where there is none; damaged ones are passed over.
    """
    earlier = [item for item in published_places(place.root) if item.name == place.name]
    for item in sorted(earlier, key=lambda each: moment(each.as_of), reverse=True):
        if moment(item.as_of) < moment(place.as_of) and _verifies(item.folder):
            return PreviousIssue(item.as_of, item.name, sha256_of(item.folder / MANIFEST))
    return None


def published_places(root: Path) -> Iterator[Place]:
    """Go through all published reports.

    Parameters
    ----------
    root : Path
        The folder of all reports.

    Yields
    ------
    Place
        In the order of date and name.
    """
    for manifest in sorted(root.resolve().glob(f"*/*/{MANIFEST}")):
        name, as_of = manifest.parent.name, manifest.parent.parent.name
        if _AS_OF.fullmatch(as_of) and _NAME.fullmatch(name):
            yield Place(root.resolve(), as_of, name)


def strangers(root: Path) -> Iterator[str]:
    """What stands beside the reports of a day and is none, or is not where it was published.

    Parameters
    ----------
    root : Path
        The folder of all reports.

    Yields
    ------
    str
        One sentence each: a folder without a manifest, of which nothing says what was published; a file that is not the
        page of a failed run; a report in the place of another.
    """
    for day in sorted(path for path in root.iterdir() if path.is_dir() and _AS_OF.fullmatch(path.name)):
        for path in sorted(day.iterdir()):
            if path.is_dir() and not (path / MANIFEST).exists():
                yield f"{path} has no {MANIFEST}, so nothing says what was published there."
            elif path.is_dir():
                found = read_json(path / MANIFEST)
                place = (str(found.get("as_of")), str(found.get("name")))
                if place != (day.name, path.name):
                    yield f"{path} holds the report that was published as {'/'.join(place)}."
            elif not path.name.endswith(FAILED_PAGE):
                yield f"{path} does not belong to a report."


def moment(as_of: str) -> str:
    """Give an as-of in a form that sorts by time; a day alone stands for its last snapshot.

    Parameters
    ----------
    as_of : str
        "YYYY-MM-DD" or "YYYY-MM-DDTHHMMZ".

    Returns
    -------
    str
        Text that sorts.
    """
    return as_of if "T" in as_of else f"{as_of}T9999Z"


def _verifies(folder: Path) -> bool:
    try:
        return verify_report(folder).passed
    except (DataError, OSError, KeyError, TypeError):
        return False


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a report's workroom.

    Its file goes while the lock is held; who opened it before finds it gone and does not take it for the lock.
    """
    file = folder.with_name(f"{folder.name}.lock")
    with FileLock(file, timeout=0):
        try:
            yield
        finally:
            if os.name == "posix":
                file.unlink(missing_ok=True)


def _sweep(place: Place) -> None:
    """Clear what killed runs left: our own folder, and those of other reports that nobody is making."""
    _clear(place)
    for leftover in sorted(place.workroom.parent.iterdir()):
        as_of, _, name = leftover.name.partition("--")
        is_ours = _AS_OF.fullmatch(as_of) and _NAME.fullmatch(name)
        if is_ours and leftover.is_dir() and leftover != place.workroom:
            try:
                with _locked(leftover):
                    _clear(Place(place.root, as_of, name))
            except Timeout:
                continue


def _clear(place: Place) -> None:
    """Empty a workroom; a report that a killed run had moved aside goes back to its place first."""
    aside = place.workroom / "old"
    if aside.is_dir() and not place.folder.exists():
        aside.rename(place.folder)
    shutil.rmtree(place.workroom, ignore_errors=True)


def _swap(stage: Path, place: Place) -> None:
    if not place.folder.exists():
        stage.rename(place.folder)
    elif not _exchange(stage, place.folder):
        aside = place.workroom / "old"
        place.folder.rename(aside)
        try:
            stage.rename(place.folder)
        except OSError:
            aside.rename(place.folder)
            raise


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two folders in one step where the system can; False where it cannot."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if os.name == "posix" else None
    if rename is None:
        return False
    here = _AT_CURRENT_FOLDER
    return bool(rename(here, os.fsencode(first), here, os.fsencode(second), _EXCHANGE) == 0)


def _flush(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            _flush(path)
            continue
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
    _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
