"""The completion gate: what counts as a notebook that ran through."""

from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from cohortiv.errors import RunError
from cohortiv.outputs import SUMMARY_MIME
from cohortiv.report.gate import check_complete


def finished_cell(source: str, *outputs: NotebookNode) -> NotebookNode:
    """Cell as papermill leaves it when it ran."""
    outcome = {"exception": False, "status": "completed", "end_time": "2026-02-12T00:00:00"}
    cell: NotebookNode = new_code_cell(
        source, outputs=list(outputs), execution_count=1, metadata={"papermill": outcome}
    )
    return cell


def summary(run_id: str = "r") -> NotebookNode:
    """Output of page.publish."""
    metadata = {"cohortiv": {"kind": "summary", "run_id": run_id}}
    output: NotebookNode = new_output("display_data", data={SUMMARY_MIME: {"code": "green"}}, metadata=metadata)
    return output


def notebook(*cells: NotebookNode) -> Any:  # noqa: ANN401 - tests change it at will
    """Notebook of the cells."""
    return new_notebook(cells=list(cells))


def test_complete_notebook_gives_its_summary() -> None:
    """A notebook whose last cell publishes this run's summary is complete; empty cells do not matter."""
    ran = notebook(finished_cell("x = 1"), new_code_cell(" "), finished_cell("publish()", summary()), new_code_cell(""))
    assert check_complete(ran, run_id="r") == {"code": "green"}


@pytest.mark.parametrize(
    ("where", "value"), [("exception", None), ("exception", True), ("status", "running"), ("end_time", None)]
)
def test_cell_that_did_not_finish_is_found(where: str, value: object) -> None:
    """Papermill's record of a cell has to say in every way that it ran."""
    ran = notebook(finished_cell("x = 1"), finished_cell("publish()", summary()))
    ran.cells[0].metadata.papermill[where] = value
    with pytest.raises(RunError, match=r"Cell 1 .* did not run to its end"):
        check_complete(ran, run_id="r")


def test_cell_without_a_count_is_found() -> None:
    """A killed kernel leaves cells that are called completed and have no execution count."""
    ran = notebook(finished_cell("x = 1"), finished_cell("publish()", summary()))
    ran.cells[0].execution_count = None
    with pytest.raises(RunError, match="Cell 1"):
        check_complete(ran, run_id="r")


def test_error_output_is_found() -> None:
    """An error output counts even where the record says completed."""
    error = new_output("error", ename="E", evalue="", traceback=[])
    with pytest.raises(RunError, match=r"Cell 1 .* error"):
        check_complete(notebook(finished_cell("x", error), finished_cell("publish()", summary())), run_id="r")


@pytest.mark.parametrize(
    ("outputs", "got"),
    [([], "0 summaries"), ([summary("other")], "run 'other'"), ([summary(), summary()], "2 summaries")],
)
def test_last_cell_has_to_publish_once(outputs: list[NotebookNode], got: str) -> None:
    """No summary, another run's, or two of them are no proof."""
    with pytest.raises(RunError, match=got):
        check_complete(notebook(finished_cell("publish()", *outputs)), run_id="r")


def test_earlier_cell_does_not_count() -> None:
    """A summary that is not in the last cell does not show that the notebook got to its end."""
    with pytest.raises(RunError, match="0 summaries"):
        check_complete(notebook(finished_cell("publish()", summary()), finished_cell("x = 1")), run_id="r")


def test_empty_notebook_is_not_complete() -> None:
    """A notebook without code proves nothing."""
    with pytest.raises(RunError, match="0 summaries"):
        check_complete(notebook(), run_id="r")
