"""Histories at the command line: profiles added to a folder, and what the folder holds, checked and compacted."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cohortiv.cli.loading import load_libraries
from cohortiv.errors import DataError, UsageError

if TYPE_CHECKING:
    from cohortiv.assessment import Settings
    from cohortiv.history.files import Stored

#: Settings that decide a profile besides its files.
_DECIDING: Final = ("tier_cohort", "venue", "max_excluded")
_SHOWN: Final = 20
_FOLDER = click.argument("folder", type=click.Path(path_type=Path), metavar="FOLDER")


@click.group()
def history() -> None:
    """Look after a folder of profiles that `cohortiv profile --out FOLDER` filled."""


@history.command("list")
@_FOLDER
def list_(folder: Path) -> None:
    """List the snapshots of a history, superseded ones too; exit 3 names files that cannot be read."""
    load_libraries()
    from cohortiv.history.store import readable_snapshots, superseded_by

    stored, problems = readable_snapshots(_existing(folder))
    replaced = superseded_by(stored)
    rows = [_HEADS, *(_row(each, replaced.get(each.number)) for each in stored)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    if problems:
        raise DataError(f"{folder}: {len(problems)} file(s) could not be read and are not listed:\n{_shown(problems)}")


@history.command()
@_FOLDER
@click.option(
    "--every",
    type=click.FloatRange(min=0, min_open=True),
    metavar="HOURS",
    help="Step that snapshots were meant to have: a wider one is then a problem.  [default: told, no problem]",
)
def check(folder: Path, *, every: float | None) -> None:
    """Check every file of a history; exit 3 tells what is damaged, altered, repeated or does not fit."""
    load_libraries()
    from cohortiv.history.check import check_history

    found = check_history(_existing(folder), every=None if every is None else timedelta(hours=every))
    if not found.passed:
        raise DataError(f"{folder} has {len(found.problems)} problem(s):\n{_shown(found.problems)}")
    for gap in found.gaps:
        click.echo(f"Warning: {gap}", err=True)
    click.echo(f"{folder} holds {found.snapshots} snapshots, each as it was written.")


@history.command()
@_FOLDER
def compact(folder: Path) -> None:
    """Put the small files of a history together, one file a series and month; nothing is lost."""
    load_libraries()
    from cohortiv.history.compact import compact as compacted

    months = compacted(_existing(folder))
    if not months:
        click.echo(f"{folder} has nothing to put together: each series and month is one file already.")
    for month in months:
        click.echo(f"{month.path}: {month.snapshots} snapshots, {month.removed} files before")


def is_history(out: Path, *, all_snapshots: bool) -> bool:
    """Whether --out of `cohortiv profile` names a folder.

    Raises
    ------
    UsageError
        If a folder is meant and a file is there.
    """
    if all_snapshots and out.is_file():
        raise UsageError(f"--out got the file {out}; with --all-snapshots it is a folder. Name another one.")
    return all_snapshots or out.is_dir() or (not out.suffix and not out.exists())


def add_to_history(
    settings: "Settings", folder: Path, *, all_snapshots: bool, reason: str | None, say: Callable[[str], None]
) -> Iterator[Path]:
    """Build profiles and add them to a folder.

    Parameters
    ----------
    settings : Settings
    folder : Path
    all_snapshots : bool
        All snapshots of the source, not one.
    reason : str or None
        Why stored snapshots are replaced.
    say : callable
        Takes one line of progress at a time.

    Yields
    ------
    Path
        The file of each snapshot.
    """
    from cohortiv.assessment.profiles import built_profile
    from cohortiv.history.snapshot import snapshots_of
    from cohortiv.history.store import add_snapshots

    if reason is not None and not reason.strip():
        raise UsageError("--supersede got an empty text; allowed is the reason for the correction. Give it.")
    inputs = tuple(_source_files(settings, every=all_snapshots))
    profile = built_profile(settings, every=all_snapshots, say=say)
    plain = {name: value for name, value in asdict(settings).items() if name in _DECIDING}
    added = add_snapshots(folder, snapshots_of(profile, inputs=inputs, settings=plain), reason=reason)
    known = sum(not each.is_new for each in added)
    if known:
        say(f"{known} of {len(added)} snapshot(s) were there already and are not written again")
    for each in added:
        if each.supersedes is not None:
            say(f"{each.path.name} supersedes the snapshot stored before, which stays: {reason}")
        yield each.path


def _source_files(settings: "Settings", *, every: bool) -> Iterator[Any]:
    """Files that a profile is made of, with their digests."""
    from cohortiv.file_names import names_of
    from cohortiv.history.snapshot import SourceFile
    from cohortiv.margin.bracket_file import bracket_paths
    from cohortiv.report.manifest import sha256_of
    from cohortiv.sources.files import split_spec
    from cohortiv.sources.several import cohort_files

    as_of = None if every else settings.as_of
    paths = list(cohort_files(settings.positions, as_of=as_of)) if settings.positions else []
    specs = (settings.tier_table, settings.market, settings.open_interest)
    paths += [Path(split_spec(spec)[1]).expanduser() for spec in specs if spec]
    paths += [path for path in (settings.cohort, settings.tier_mix) if path is not None]
    paths += bracket_paths(settings.brackets) if settings.brackets else ()
    for path, name in zip(paths, names_of(paths), strict=True):
        if path.is_file():
            yield SourceFile(name, sha256_of(path))


_HEADS: Final = ("as_of", "cohort", "symbol", "basis", "notional_usd", "cells", "in_force", "reason")


def _row(stored: "Stored", replacement: Any) -> tuple[str, ...]:  # noqa: ANN401 - a record, whose room loads late
    record = stored.record
    return (
        f"{record.as_of.isoformat()}Z",
        record.series.cohort,
        record.series.symbol,
        record.series.basis,
        f"{record.leveraged_notional_usd:.2f}",
        str(record.cells),
        "yes" if replacement is None else "superseded",
        record.reason or "",
    )


def _shown(problems: Sequence[str]) -> str:
    """Problems, one a line; of many the first."""
    shown = [f"  {problem}" for problem in problems[:_SHOWN]]
    more = len(problems) - len(shown)
    return "\n".join([*shown, *([f"  and {more} more"] if more else [])])


def _existing(folder: Path) -> Path:
    if not folder.is_dir():
        raise UsageError(f"FOLDER got {str(folder)!r}, which is no folder. Give the folder of a history.")
    return folder
