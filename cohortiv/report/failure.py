"""The page that a failed run leaves beside its target: which step, the error in words, and what is needed to find it.

It is for those who run reports, not for their readers: a traceback may show what the data are.
"""

import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import Timeout
from jinja2 import Environment, FileSystemLoader
from papermill.exceptions import PapermillExecutionError

from cohortiv.assets import asset
from cohortiv.config.brand import Brand
from cohortiv.errors import CohortivError, UsageError
from cohortiv.report.editions import RestatementRefusedError
from cohortiv.report.exporter import with_scripts
from cohortiv.report.manifest import software_versions
from cohortiv.report.secrets import scrubbed
from cohortiv.report.shelf import FAILED_PAGE, Place
from cohortiv.report.wording import FILTERS
from cohortiv.whole_file import PRIVATE, write_whole

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_HERE = Path(__file__).resolve().parent
_BEFORE = "Before the notebook ran"
#: What a module of this room is doing, in the words of the page.
_STEPS: Mapping[str, str] = {
    "run": "Running the notebook", "nursery": "Starting the kernel", "gate": "Checking that the notebook is complete",
    "content": "Making the page", "exporter": "Making the page", "drawing": "Drawing the figures",
    "pdf": "Printing the PDF", "static_edition": "Making the static edition", "secrets": "Looking for secrets",
    "definition": "Comparing with the report that is published", "signature": "Signing", "shelf": "Publishing",
    "editions": "Comparing with the report that is published",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a run was about.

    Attributes
    ----------
    notebook : str
        Name of the notebook.
    parameters : Mapping
        What it was given, as published.
    brand : Brand
        Look of the page.
    """

    notebook: str
    parameters: Mapping[str, object]
    brand: Brand


@contextmanager
def failure_told(place: Place, attempt: Attempt) -> Iterator[None]:
    """Leave a page where the run in the block fails, and remove the one from before where it succeeds.

    Parameters
    ----------
    place : Place
        Where the report goes. The page stands beside it as `<name>.failed.html`; only its owner may read it.
    attempt : Attempt
        What the page tells of the run.

    Notes
    -----
    No page is left where nothing has run: on bad usage, while another run is making the same report, and where a
    restatement is refused.
    """
    page = failed_page(place)
    try:
        yield
    except Exception as error:
        if _has_begun(error):
            _write(page, failure_page(error, place=place, attempt=attempt))
        raise
    page.unlink(missing_ok=True)


def failed_page(place: Place) -> Path:
    """Path of the page of a failed run.

    Parameters
    ----------
    place : Place
    """
    return place.folder.with_name(f"{place.name}{FAILED_PAGE}")


def failure_page(error: Exception, *, place: Place, attempt: Attempt) -> str:
    """Make the page of a failed run.

    Parameters
    ----------
    error : Exception
        What stopped it.
    place : Place
        Where the report would have gone.
    attempt : Attempt
        What the run was about.

    Returns
    -------
    str
        HTML without scripts and without secrets.
    """
    environment = Environment(
        loader=FileSystemLoader(asset("templates")), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= FILTERS
    told = {
        "step": failed_step(error),
        "error": scrubbed(str(error)) or type(error).__name__,
        "trace": scrubbed("\n".join(_trace(error))),
        "parameters": {name: scrubbed(str(value)) for name, value in attempt.parameters.items()},
        "versions": software_versions(),
        "exit_code": error.exit_code if isinstance(error, CohortivError) else CohortivError.exit_code,
        "was_published": (place.folder).is_dir(),
    }
    page = environment.get_template("failure.html.j2").render(place=place, attempt=attempt, brand=attempt.brand, **told)
    return with_scripts(page, ())


def failed_step(error: BaseException) -> str:
    """Say which step of a run an error stopped.

    Parameters
    ----------
    error : BaseException
        As it was raised.

    Returns
    -------
    str
        Such as "Cell 5 of the notebook".
    """
    if isinstance(cell := error.__cause__, PapermillExecutionError):
        return f"Cell {cell.cell_index + 1} of the notebook"
    files = [Path(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]
    rooms = [file.stem for file in files if file.parent == _HERE and file.stem in _STEPS]
    return _STEPS[rooms[-1]] if rooms else _BEFORE


def _has_begun(error: Exception) -> bool:
    """Whether an error comes from a run rather than from what was asked for, or from another run's lock."""
    in_cell = isinstance(error.__cause__, PapermillExecutionError)
    is_refusal = isinstance(error, UsageError | RestatementRefusedError)
    return in_cell or not (is_refusal or isinstance(error.__cause__, Timeout))


def _trace(error: Exception) -> Sequence[str]:
    """Lines of the notebook's own traceback where a cell failed, else of ours."""
    if isinstance(cell := error.__cause__, PapermillExecutionError):
        return [_ANSI.sub("", line) for line in cell.traceback]
    return traceback.format_exception(error)


def _write(page: Path, text: str) -> None:
    """Write a page that only its owner can read; where even that fails, the error itself says enough."""
    with suppress(OSError):
        write_whole(page, text.encode(), rights=PRIVATE)
