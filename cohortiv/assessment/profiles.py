"""Profiles to be kept: one snapshot as a file, or one or all of a source for a history."""

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import pandas as pd

from cohortiv.assessment.building import build_past
from cohortiv.assessment.selection import UNDATED
from cohortiv.assessment.settings import Settings
from cohortiv.errors import UsageError
from cohortiv.profile import LiquidationProfile, save_profile

PROFILE_ENDINGS: Final = (".parquet", ".pq")
"""Endings of a Parquet file."""


def write_profile(settings: Settings, out: Path, *, say: Callable[[str], None] | None = None) -> Path:
    """Build the liquidation profile of one snapshot and write it.

    Parameters
    ----------
    settings : Settings
    out : Path
        File to write.
    say : callable, optional
        Takes one line of progress.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    UsageError
        If `out` names a file of another kind.
    """
    if out.suffix.lower() not in PROFILE_ENDINGS:
        raise UsageError(
            f"--out got {str(out)!r}; a profile is Parquet, so allowed is a name that ends in "
            f"{' or '.join(PROFILE_ENDINGS)}, or a folder for a history. Correct the name."
        )
    save_profile(_timed(build_past(settings, every=False, say=_or_standard_error(say))), out)
    return out


def built_profile(settings: Settings, *, every: bool, say: Callable[[str], None] | None = None) -> LiquidationProfile:
    """Build what a history keeps: the profile of one snapshot or of all, with its margin units.

    Parameters
    ----------
    settings : Settings
    every : bool
        All snapshots of the source.
    say : callable, optional
        Takes one line of progress.

    Returns
    -------
    LiquidationProfile
        Its origin holds `margin_units` where there are accounts.
    """
    return _timed(build_past(settings, every=every, units=True, say=_or_standard_error(say)))


def _or_standard_error(say: Callable[[str], None] | None) -> Callable[[str], None]:
    return say or partial(print, file=sys.stderr)


def _timed(profile: LiquidationProfile) -> LiquidationProfile:
    """The same profile without the time that stands in for one where neither source nor caller names it."""
    times = profile.cells["as_of"]
    return replace(profile, cells=profile.cells.assign(as_of=times.mask(times == pd.Timestamp(UNDATED))))
