"""The few named ways a run can fail. Each message says what was got, what is allowed and what to do."""


class CohortivError(Exception):
    """Base of all errors that are reported to the user without a traceback."""

    exit_code = 4


class UsageError(CohortivError):
    """The command or a parameter is not one that can be run (exit code 2)."""

    exit_code = 2


class DataError(CohortivError):
    """The data are bad, missing or do not suffice (exit code 3)."""

    exit_code = 3


class RunError(CohortivError):
    """The run itself failed: a notebook, a lock, a disk (exit code 4)."""

    exit_code = 4


class FetchError(RunError):
    """A venue did not answer, or not with what was asked for (exit code 4)."""
