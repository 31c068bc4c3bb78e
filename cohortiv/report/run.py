"""Run a notebook with papermill, in a fresh kernel and a folder of its own, and say plainly how it failed."""

import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import papermill
from nbclient.exceptions import CellControlSignal, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillExecutionError

from cohortiv.errors import CohortivError, DataError, RunError, UsageError
from cohortiv.report.kernel import private_kernel
from cohortiv.report.nursery import Nursery
from cohortiv.report.parameters import Value
from cohortiv.report.secrets import scrubbed

# Papermill overlooks parameters of the type `X | None` and warns that they are unknown; ours are checked before.
logging.getLogger("papermill").setLevel(logging.ERROR)

_OUR_ERRORS: Mapping[str, type[CohortivError]] = {
    "DataError": DataError,
    "UsageError": UsageError,
    "RunError": RunError,
}
_SAYS_ALL = ("DataError", "UsageError")
_ENGINE = "cohortiv"


class SavingOnceEngine(NBClientEngine):  # type: ignore[misc]
    """Papermill's own engine, which leaves writing the notebook to papermill's end, and not twice to each cell."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any) -> None:  # noqa: ANN401 - as in the base
        """Run the cells; where that is not possible at all, what there is of the notebook is written."""
        path, nb_man.output_path = nb_man.output_path, None
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **options)
        except BaseException:
            nb_man.output_path = path
            raise


papermill_engines.register(_ENGINE, SavingOnceEngine)


def run_notebook(
    notebook: Path,
    *,
    parameters: Mapping[str, Value],
    keep_failed: Path,
    timeout_seconds: int | None = None,
    nursery: Nursery | None = None,
    shows_cells: bool = True,
) -> NotebookNode:
    """Run a notebook from top to bottom.

    Parameters
    ----------
    notebook : Path
        The notebook; it is only read.
    parameters : mapping
        Values for its parameters, already checked against the declaration.
    keep_failed : Path
        Where a notebook that failed unexpectedly is kept, as far as it got. None is kept after an error of ours, whose
        message says all: its output may hold rows of the positions.
    timeout_seconds : int, optional
        Longest time that one cell may take [s]; by default any.
    nursery : Nursery, optional
        What forks the kernel; without one it starts by itself.
    shows_cells : bool
        Whether a terminal shows how many cells have run.

    Returns
    -------
    NotebookNode
        The notebook with its outputs; whether it is complete is for the gate to say.

    Raises
    ------
    DataError, UsageError
        If the notebook raised one, with its own message.
    RunError
        If a cell failed, took too long, or the kernel died.
    """
    with private_kernel(nursery) as manager:
        desk = manager.room / "desk"
        desk.mkdir()
        output = manager.room / "notebook.ipynb"
        try:
            ran: NotebookNode = papermill.execute_notebook(
                str(notebook).replace("{", "{{").replace("}", "}}"),
                str(output),
                engine_name=_ENGINE,
                parameters=dict(parameters),
                kernel_name="python3",
                language="python",
                cwd=str(desk),
                progress_bar={"file": sys.stderr, "leave": False} if shows_cells and sys.stderr.isatty() else False,
                execution_timeout=timeout_seconds,
                kernel_manager_class=manager,
                shutdown_kernel="immediate",
            )
        except PapermillExecutionError as error:
            if error.ename not in _SAYS_ALL:
                _keep(output, keep_failed)
            raise _own_error(error, keep_failed) from error
        except (CellControlSignal, CellTimeoutError, DeadKernelError, RuntimeError) as error:
            _keep(output, keep_failed)
            raise RunError(f"{_cause(error)} Nothing is published. As far as it ran: {keep_failed}") from error
        return ran


def _keep(output: Path, target: Path) -> None:
    if output.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(scrubbed(output.read_text(encoding="utf-8")), encoding="utf-8")


def _own_error(error: PapermillExecutionError, kept: Path) -> CohortivError:
    """Give back our own errors as they were raised, and word any other with its cell."""
    if error.ename in _OUR_ERRORS:
        return _OUR_ERRORS[error.ename](error.evalue)
    first_line = next((line for line in error.source.splitlines() if line.strip()), "")
    return RunError(
        f"Cell {error.cell_index + 1} of the notebook (`{first_line}`) failed with {error.ename}: {error.evalue}. "
        f"Nothing is published. As far as it ran: {kept}"
    )


def _cause(error: Exception) -> str:
    if isinstance(error, DeadKernelError):
        return "The notebook's kernel died, as it does when memory runs out."
    if isinstance(error, CellTimeoutError):
        return "A cell of the notebook took longer than allowed."
    return f"The notebook could not be run: {error}"
