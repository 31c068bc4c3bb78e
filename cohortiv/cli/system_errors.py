"""Errors that are not ours as a person at a terminal reads them: what the system refused, and what nobody foresaw."""

import errno
import os
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cohortiv.errors import RunError, UsageError

_PACKAGE: Final = Path(__file__).resolve().parent.parent
_WRONG_PATH: Final = UsageError.exit_code
_FAILED: Final = RunError.exit_code
#: Meaning of each refusal that has a remedy of its own: what is so, what is allowed, what to do; and the exit code.
_MEANINGS: Final = {
    errno.EEXIST: ("is a file", "a folder, or a name that is free", "Name another one.", _WRONG_PATH),
    errno.ENOTDIR: ("leads through a file", "a path through folders", "Name another one.", _WRONG_PATH),
    errno.EISDIR: ("is a folder", "a file", "Name a file.", _WRONG_PATH),
    errno.ENOENT: ("is not there", "a path that exists", "Check the spelling.", _WRONG_PATH),
    errno.EACCES: ("may not be used by this user", "a path it may read or write", "Change its permissions.", _FAILED),
    errno.EPERM: ("may not be used by this user", "a path it may read or write", "Change its permissions.", _FAILED),
    errno.EROFS: ("is on a disk that is read-only", "a place that can be written", "Name another one.", _FAILED),
    errno.ENOSPC: ("does not fit on its disk", "a disk with room", "Free some, or name another place.", _FAILED),
}


@dataclass(frozen=True)
class Failure:
    """What is told of an error.

    Attributes
    ----------
    text : str
        The message.
    exit_code : int
        2 for a wrong path, 4 for a run that failed.
    """

    text: str
    exit_code: int


def refused(error: OSError) -> Failure:
    """What the system refused, and what to do about it.

    Parameters
    ----------
    error : OSError
        With the path that it is about, where the system names one.
    """
    path = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes | os.PathLike) else "A path"
    if error.errno not in _MEANINGS:
        return Failure(f"{path}: {error.strerror or error}. Check that it can be read and written.", _FAILED)
    found, allowed, remedy, code = _MEANINGS[error.errno]
    return Failure(f"{path} {found}; allowed is {allowed}. {remedy}", code)


def unforeseen(error: Exception) -> Failure:
    """An error that nothing in the package words: what it was, and where, for a report of the defect.

    Parameters
    ----------
    error : Exception
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)] or frames
    place = f" in {Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else ""
    said = " ".join(str(error).split()) or "no message"
    return Failure(
        f"The run failed with {type(error).__name__}{place}: {said}. Nothing was published; this is a defect, please "
        "report it.",
        _FAILED,
    )
