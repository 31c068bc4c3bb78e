"""Profiles on disk: one file for a snapshot, or a folder with one file a snapshot."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd

from cohortiv.assessment.reading import build_past
from cohortiv.assessment.selection import UNDATED
from cohortiv.assessment.settings import Settings
from cohortiv.errors import UsageError
from cohortiv.profile import LiquidationProfile, save_profile

#: Endings of a Parquet file.
_ENDINGS = (".parquet", ".pq")


def write_profiles(
    settings: Settings, out: Path, *, all_snapshots: bool = False, say: Callable[[str], None] | None = None
) -> Iterator[Path]:
    """Build the liquidation profile of one snapshot, or of all, and write it.

    Parameters
    ----------
    settings : Settings
    out : Path
        File to write; with `all_snapshots` a folder.
    all_snapshots : bool
        One file a snapshot, named by its time.
    say : callable, optional
        Takes one line of progress.

    Yields
    ------
    Path
        Each file written.

    Raises
    ------
    UsageError
        If `out` is a folder where a file is asked for, or the other way round, or names a file of another kind.
    """
    if all_snapshots and out.is_file():
        raise UsageError(f"--out got the file {out}; with --all-snapshots it is a folder. Name another one.")
    if not all_snapshots and out.is_dir():
        raise UsageError(f"--out got the folder {out}; allowed is a file such as {out / 'profile.parquet'}.")
    if not all_snapshots and out.suffix.lower() not in _ENDINGS:
        raise UsageError(
            f"--out got {str(out)!r}; a profile is Parquet, so allowed is a name that ends in {' or '.join(_ENDINGS)}. "
            "Correct the name."
        )
    profile = _timed(build_past(settings, every=all_snapshots, say=say or partial(print, file=sys.stderr)))
    if not all_snapshots or not profile.snapshots:
        path = out / "profile-undated.parquet" if all_snapshots else out
        save_profile(profile, path)
        yield path
        return
    for moment in profile.snapshots:
        path = out / f"profile-{moment:%Y-%m-%dT%H%M%SZ}.parquet"
        save_profile(profile.at(moment), path)
        yield path


def _timed(profile: LiquidationProfile) -> LiquidationProfile:
    """The same profile without the time that stands in for one where neither source nor caller names it."""
    times = profile.cells["as_of"]
    return replace(profile, cells=profile.cells.assign(as_of=times.mask(times == pd.Timestamp(UNDATED))))
