"""Profiles on disk: one file for a snapshot, or a folder with one file a snapshot."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from cohortiv.assessment.reading import build_past
from cohortiv.assessment.settings import Settings
from cohortiv.errors import UsageError
from cohortiv.profile import save_profile


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
        If `out` is a folder where a file is asked for, or the other way round.
    """
    if all_snapshots and out.is_file():
        raise UsageError(f"--out got the file {out}; with --all-snapshots it is a folder. Name another one.")
    if not all_snapshots and out.is_dir():
        raise UsageError(f"--out got the folder {out}; allowed is a file such as {out / 'profile.parquet'}.")
    profile = build_past(settings, every=all_snapshots, say=say or partial(print, file=sys.stderr))
    if not all_snapshots:
        save_profile(profile, out)
        yield out
        return
    for moment in profile.snapshots:
        path = out / f"profile-{moment:%Y-%m-%dT%H%M%SZ}.parquet"
        save_profile(profile.at(moment), path)
        yield path
