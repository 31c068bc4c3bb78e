"""What several commands refuse, in the same words."""

import math
from datetime import datetime

from cohortiv.errors import UsageError


def refuse_bad_depth(depth_usd: float | None) -> None:
    """Refuse a --depth-usd that is no depth, before anything is read; without one the depth is not known.

    Raises
    ------
    UsageError
        If it is given and not more than 0 and finite.
    """
    if depth_usd is not None and not 0 < depth_usd < math.inf:
        raise UsageError(
            f"--depth-usd got {depth_usd:g}; allowed is more than 0 USD and finite, such as 400e6. Correct the "
            "value, or leave the option out."
        )


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


def refuse_bad_time(moment: str | None) -> None:
    """Refuse a time of publication that is none.

    Raises
    ------
    UsageError
        If it is given and not in ISO 8601.
    """
    if moment is not None:
        try:
            datetime.fromisoformat(moment)
        except ValueError as error:
            raise UsageError(
                f"--published got {moment!r}; allowed is a time such as 2026-02-19T07:00:00Z. Correct it."
            ) from error
