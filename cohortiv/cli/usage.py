"""What several commands refuse, in the same words."""

from cohortiv.errors import UsageError


def refuse_empty_positions(positions: str | None) -> None:
    """Refuse an empty --positions, such as an unset variable leaves; an absent one stands for the sample.

    Raises
    ------
    UsageError
        If it is given and empty.
    """
    if positions is not None and not positions.strip():
        raise UsageError(
            "--positions got an empty text; allowed are a file, a folder, a glob or NAME:FILE. "
            "Leave the option out to run on the embedded SYNTHETIC sample."
        )
