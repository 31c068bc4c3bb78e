"""What the system refuses, and what nobody foresaw, as a person reads it."""

import errno
import os

import pytest

from cohortiv.cli.system_errors import refused, unforeseen


@pytest.mark.parametrize(
    ("number", "told", "code"),
    [
        (errno.EEXIST, "out/x is a file; allowed is a folder, or a name that is free.", 2),
        (errno.ENOTDIR, "out/x leads through a file; allowed is a path through folders.", 2),
        (errno.EISDIR, "out/x is a folder; allowed is a file.", 2),
        (errno.ENOENT, "out/x is not there; allowed is a path that exists.", 2),
        (errno.EACCES, "out/x may not be used by this user; allowed is a path it may read or write.", 4),
        (errno.ENOSPC, "out/x does not fit on its disk; allowed is a disk with room.", 4),
    ],
)
def test_a_refusal_says_what_is_so_and_what_is_allowed(number: int, told: str, code: int) -> None:
    """A wrong path is bad usage, a system that cannot is a failed run; no number of the system is shown."""
    failure = refused(OSError(number, os.strerror(number), "out/x"))
    assert failure.text.startswith(told)
    assert (failure.exit_code, "Errno" in failure.text) == (code, False)


def test_other_refusals_are_told_in_the_systems_words() -> None:
    """With the path, and 4."""
    failure = refused(OSError(errno.EIO, "Input/output error", "x"))
    assert (failure.text[:22], failure.exit_code) == ("x: Input/output error.", 4)


def test_a_refusal_without_a_path_is_told() -> None:
    """Not every call names one."""
    assert refused(OSError(errno.ENOSPC, "full")).text.startswith("A path does not fit on its disk")


def test_an_error_without_words_is_told() -> None:
    """One that was never raised has no place either."""
    failure = unforeseen(ValueError())
    assert failure.text.startswith("The run failed with ValueError: no message.")
    assert failure.exit_code == 4
