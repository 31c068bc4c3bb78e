"""The command that lays out a report of one's own: a notebook that publishes at once, and the template of its page."""

import re
from pathlib import Path
from typing import Final

import click

from cohortiv.assets import asset
from cohortiv.errors import UsageError

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_TITLE: Final = "A report of your own"


@click.command("new-report")
@click.argument("name")
@click.option(
    "--in",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    metavar="FOLDER",
    help="Where to write.  [default: the current folder]",
)
def new_report(*, name: str, folder: Path) -> None:
    """Lay out a report of your own.

    Writes NAME.ipynb and NAME.html.j2; no file is overwritten. The notebook runs as it is. The template changes the
    page of the notebook beside it, and may be deleted.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"NAME got {name!r}; allowed are small letters, digits and hyphens, at most 64, not beginning with a "
            "hyphen. Choose another one."
        )
    notebook, template = folder / f"{name}.ipynb", folder / f"{name}.html.j2"
    taken = [path for path in (notebook, template) if path.exists()]
    if taken:
        raise UsageError(f"{taken[0]} is there already; allowed is a name that is free. Choose another one.")
    scaffold = asset("templates") / "scaffold"
    folder.mkdir(parents=True, exist_ok=True)
    text = (scaffold / "report.ipynb").read_text(encoding="utf-8")
    titled = text.replace(_TITLE, name.replace("-", " ").capitalize(), 1)
    notebook.write_text(titled, encoding="utf-8", newline="\n")
    template.write_text((scaffold / "report.html.j2").read_text(encoding="utf-8"), encoding="utf-8", newline="\n")
    click.echo(f"{notebook}\n{template}")
    click.echo(f"Publish it on the embedded SYNTHETIC sample: cohortiv report {_as_path(notebook)}", err=True)


def _as_path(notebook: Path) -> str:
    """The notebook as the command line takes it for a file."""
    return str(notebook) if notebook.is_absolute() else f"./{notebook}"
