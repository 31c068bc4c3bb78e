"""The completion gate: a notebook is complete when it proves it, not when nothing says otherwise.

A killed kernel, an interrupt and a timeout all leave a notebook that calls every cell completed, so the last cell has
to show the run's own identity.
"""

from collections.abc import Iterator, Mapping

from nbformat import NotebookNode

from cohortiv.errors import RunError
from cohortiv.outputs import SUMMARY_MIME


def check_complete(notebook: NotebookNode, *, run_id: str) -> dict[str, object]:
    """Check that a notebook ran through, and give the summary that its last cell handed over.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook after papermill ran it.
    run_id : str
        Identity of the run, which the last cell must repeat.

    Returns
    -------
    dict
        What becomes `summary.json`.

    Raises
    ------
    RunError
        If a cell did not run or failed, or if the last one does not publish the summary of this run.
    """
    cells = [(number, cell) for number, cell in enumerate(notebook.cells, start=1) if _has_code(cell)]
    for number, cell in cells:
        _check_cell(cell, number)
    summaries = [] if not cells else list(_summaries(cells[-1][1]))
    if [identity for identity, _ in summaries] != [run_id]:
        got = f"{len(summaries)} summaries" if len(summaries) != 1 else f"one of run {summaries[0][0]!r}"
        raise RunError(
            f"The last cell of the notebook gave {got}. Needed is one of this run: end it with "
            "page.publish(summary, run_id=run_id)."
        )
    return summaries[0][1]


def _has_code(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "code" and cell.source.strip())


def _check_cell(cell: NotebookNode, number: int) -> None:
    if any(output.output_type == "error" for output in cell.outputs):
        raise RunError(f"Cell {number} of the notebook ended with an error. Correct it and run again.")
    outcome = cell.metadata.get("papermill", {})
    finished = outcome.get("exception") is False and outcome.get("status") == "completed" and outcome.get("end_time")
    if not isinstance(cell.execution_count, int) or not finished:
        raise RunError(f"Cell {number} of the notebook did not run to its end. Nothing is published; run again.")


def _summaries(cell: NotebookNode) -> Iterator[tuple[str, dict[str, object]]]:
    for output in cell.outputs:
        content = output.get("data", {}).get(SUMMARY_MIME)
        if isinstance(content, Mapping):
            identity = output.get("metadata", {}).get("cohortiv", {}).get("run_id", "")
            yield str(identity), dict(content)
