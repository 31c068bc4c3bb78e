"""The record of what was sent: a line of JSON for each attempt at a target, only ever added to, beside the reports."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import MISSING, asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from cohortiv.delivery.bulletin import Bulletin
from cohortiv.errors import RunError

RECORD: Final = "deliveries.jsonl"
#: How long a delivery waits for another one that writes the same record [s].
LOCK_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """One attempt at a target; its fields are the keys of the line.

    Attributes
    ----------
    when : str
        Time at which it ended, UTC, ISO 8601.
    report : str
        "AS-OF/NAME" of the report.
    edition_sha256 : str
        Digest of its manifest, which names everything else in it.
    target : str
        Name of the target in the delivery file.
    outcome : {"sent", "failed"}
    code : str
        The report's code; empty in lines of earlier versions.
    """

    when: str
    report: str
    edition_sha256: str
    target: str
    outcome: str
    code: str = ""


def record_of(bulletin: Bulletin) -> Path:
    """Where the record of a report is kept: in the folder of all reports.

    Parameters
    ----------
    bulletin : Bulletin

    Returns
    -------
    Path
        For a report that stands by itself, beside its folder.
    """
    folder = bulletin.folder.resolve()
    on_shelf = (folder.parent.name, folder.name) == (bulletin.as_of, bulletin.name)
    return (folder.parent.parent if on_shelf else folder.parent) / RECORD


def delivered(record: Path) -> tuple[Delivered, ...]:
    """Read a record.

    Parameters
    ----------
    record : Path

    Returns
    -------
    tuple of Delivered
        Oldest first; none where there is no record yet. A line that is cut short, as by a power failure, is passed
        over.
    """
    if not record.exists():
        return ()
    return tuple(_read(record.read_text(encoding="utf-8", errors="replace").splitlines()))


def has_got(lines: tuple[Delivered, ...], bulletin: Bulletin) -> dict[str, str]:
    """When each target last got this very edition.

    Parameters
    ----------
    lines : tuple of Delivered
    bulletin : Bulletin

    Returns
    -------
    dict
        Time by name of the target.
    """
    return {
        line.target: line.when
        for line in lines
        if line.edition_sha256 == bulletin.edition_sha256 and line.outcome == "sent"
    }


def codes_got(lines: tuple[Delivered, ...], bulletin: Bulletin) -> dict[str, str]:
    """The code that each target was last told of a report.

    Parameters
    ----------
    lines : tuple of Delivered
    bulletin : Bulletin

    Returns
    -------
    dict
        Code by name of the target; none for a target that got no issue of it, or whose last line has no code. Empty for
        one that got another edition of this very issue: a restatement is news whatever its code.
    """
    own = f"{bulletin.as_of}/{bulletin.name}"
    return {
        line.target: "" if line.report == own and line.edition_sha256 != bulletin.edition_sha256 else line.code
        for line in lines
        if line.report.rpartition("/")[2] == bulletin.name and line.outcome == "sent" and line.code
    }


@contextmanager
def kept(record: Path) -> Iterator[None]:
    """Hold a record against other deliveries, and find out before anything is sent that it can be written.

    Parameters
    ----------
    record : Path

    Raises
    ------
    RunError
        If it cannot be written, or another delivery holds it for too long.
    """
    lock = FileLock(record.with_name(f".{record.name}.lock"), timeout=LOCK_SECONDS)
    try:
        record.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        os.close(_opened(record))
    except Timeout as error:
        raise RunError(f"Another delivery holds {record}. Nothing is sent; wait for it to end.") from error
    except OSError as error:
        raise RunError(
            f"Cannot write {record}: {error.strerror or error}. Nothing is sent, as it would be on no record. Name "
            "another file with --record."
        ) from error
    try:
        yield
    finally:
        lock.release()


def add(record: Path, line: Delivered) -> None:
    """Add a line to a record, and have it on the disk.

    Parameters
    ----------
    record : Path
    line : Delivered
    """
    is_cut = record.exists() and record.stat().st_size > 0 and not record.read_bytes().endswith(b"\n")
    descriptor = _opened(record)
    try:
        os.write(descriptor, (("\n" if is_cut else "") + json.dumps(asdict(line)) + "\n").encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def line_of(bulletin: Bulletin, *, target: str, outcome: str, now: datetime) -> Delivered:
    """Say what became of a target.

    Parameters
    ----------
    bulletin : Bulletin
    target : str
        Its name.
    outcome : {"sent", "failed"}
    now : datetime
        With its zone, UTC.
    """
    report = f"{bulletin.as_of}/{bulletin.name}"
    moment = now.isoformat(timespec="seconds")
    return Delivered(moment, report, bulletin.edition_sha256, target, outcome, bulletin.code)


def _opened(record: Path) -> int:
    """The file to add to; only its owner may read it, as it names who gets reports."""
    return os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def _read(lines: list[str]) -> Iterator[Delivered]:
    names = {field.name for field in fields(Delivered)}
    needed = {field.name for field in fields(Delivered) if field.default is MISSING}
    for line in lines:
        try:
            values = json.loads(line)
        except ValueError:
            continue
        if isinstance(values, dict) and needed <= values.keys():
            yield Delivered(**{name: str(value) for name, value in values.items() if name in names})
