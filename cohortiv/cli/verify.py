"""The command that compares published reports with their manifests."""

from pathlib import Path

import click

from cohortiv.errors import DataError, UsageError


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="REPORT_DIR")
@click.option(
    "--allowed-signers",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Who has to have signed it, a line for each: NAME ssh-ed25519 KEY.",
)
def verify(folder: Path, *, allowed_signers: Path | None) -> None:
    """Compare a published report with its manifest; exit 3 names each file that was altered.

    The folder of all reports stands for each of them, and for nothing that stands beside them in the folders of days.
    Its catalogue is no report: every run writes it anew.
    """
    from cohortiv.report.manifest import MANIFEST
    from cohortiv.report.shelf import strangers
    from cohortiv.report.verification import verify_report

    if not folder.is_dir():
        raise UsageError(f"REPORT_DIR got {str(folder)!r}, which is no folder. Give the folder of a published report.")
    altered = [] if (folder / MANIFEST).exists() else list(strangers(folder))
    for report in _reports(folder):
        found = verify_report(report, allowed_signers=allowed_signers)
        if found.passed:
            for note in found.notes:
                click.echo(note, err=True)
            click.echo(f"{report} is as it was published.")
        else:
            problems = (f"  {problem}" for problem in found.problems)
            altered.append("\n".join([f"{report} is not as it was published:", *problems]))
    if altered:
        raise DataError("\n".join([*altered, "  Publish it again, or restore the files."]))


def _reports(folder: Path) -> tuple[Path, ...]:
    """The report in a folder, or all those on a shelf; the folder itself where it is neither."""
    from cohortiv.report.manifest import MANIFEST
    from cohortiv.report.shelf import published_places

    if (folder / MANIFEST).exists():
        return (folder,)
    return tuple(folder / place.as_of / place.name for place in published_places(folder)) or (folder,)
