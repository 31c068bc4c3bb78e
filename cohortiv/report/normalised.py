"""A notebook that ran, as it is published: without what differs from run to run or names this machine."""

import copy
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from nbformat import NotebookNode
from papermill.translators import PythonTranslator

from cohortiv.report.parameters import Value


def warnings_of(notebook: NotebookNode) -> tuple[str, ...]:
    """What a notebook warned of.

    Parameters
    ----------
    notebook : NotebookNode
        After it ran.

    Returns
    -------
    tuple of str
        Paragraphs on standard error that begin with "Warning: "; the lines after the first are indented.
    """
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    said = "".join(output["text"] for output in outputs if output.get("name") == "stderr")
    return tuple(found.rstrip() for found in re.findall(r"^Warning: .*(?:\n .*)*", said, re.MULTILINE))


def normalised(
    notebook: NotebookNode, *, public_values: Mapping[str, Value], record: Mapping[str, object]
) -> NotebookNode:
    """Copy a notebook that ran, without what differs from run to run or names this machine.

    Parameters
    ----------
    notebook : NotebookNode
        From `run_notebook`.
    public_values : mapping
        Its parameters without folders; they replace what was put in.
    record : mapping
        The record of the run, kept in the metadata under "cohortiv".

    Returns
    -------
    NotebookNode
        The copy: cells numbered, no times, no messages to standard error.
    """
    clean = copy.deepcopy(notebook)
    clean.metadata.pop("papermill", None)
    clean.metadata["cohortiv"] = record
    for number, cell in enumerate(clean.cells):
        cell["id"] = f"cell-{number:03d}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell["source"] = PythonTranslator.codify(dict(public_values))
        if cell.cell_type == "code":
            cell["outputs"] = [output for output in cell.outputs if output.get("name") != "stderr"]
    return clean


def without_folders(value: Value, inputs: Sequence[Path]) -> Value:
    """Leave of a path that leads to the inputs only what comes after the machine's own folders.

    Parameters
    ----------
    value : str, number, list or None
        Of a parameter; what is no text passes as it is.
    inputs : sequence of Path
        Files that the report reads.
    """
    if not isinstance(value, str):
        return value
    forms = {form for path in inputs for form in (path, path.resolve()) if form.is_absolute()}
    above = {folder for form in forms for folder in form.parents if len(folder.parts) > 2}  # noqa: PLR2004 - no /data
    folders = above | {form.parent for form in forms}
    for folder in sorted(map(str, folders), key=len, reverse=True):
        value = value.replace(f"{folder}/", "")
        value = value.replace(folder, Path(folder).name)
    return value
