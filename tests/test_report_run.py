"""How a notebook runs, and how it fails."""

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, writes
from report_support import SMALL, read

from cohortiv.errors import CohortivError, DataError, RunError, UsageError
from cohortiv.report.run import run_notebook


def written(folder: Path, *sources: str) -> Path:
    """Notebook of code cells in a file; the first is its parameters."""
    cells = [new_code_cell(source) for source in ("x: int = 0  # number", *sources)]
    cells[0].metadata["tags"] = ["parameters"]
    file = folder / "with {braces}.ipynb"
    file.write_text(writes(new_notebook(cells=cells)), encoding="utf-8")
    return file


def test_kernel_is_private_and_always_the_same(tmp_path: Path) -> None:
    """The kernel has a folder of its own, sockets in files, one thread, a fixed hash seed and UTC."""
    names = ["PYTHONHASHSEED", "OMP_NUM_THREADS", "TZ"]
    source = (
        "import os, IPython\n"
        "from ipykernel.kernelapp import IPKernelApp\n"
        f"print([os.environ[name] for name in {names}], os.listdir(), IPKernelApp.instance().transport, x)\n"
        "print(os.environ['IPYTHONDIR'])"
    )
    ran = run_notebook(written(tmp_path, source), parameters={"x": 3}, keep_failed=tmp_path / "failed.ipynb")
    first, folder = ran.cells[-1].outputs[0].text.splitlines()
    assert first == "['0', '1', 'UTC'] [] ipc 3"
    assert not Path(folder).exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["with {braces}.ipynb"]


@pytest.mark.parametrize(
    ("fail", "error", "message"),
    [
        ("data", DataError, r"^Got 3 rows\. Needed are at least 10: give more data\.$"),
        ("usage", UsageError, r"^No such symbol\.$"),
        ("error", RunError, r"Cell \d+ of the notebook \(`if fail == \"kill\":`\) failed with ValueError: Ordinary\."),
        ("kill", RunError, r"kernel died"),
    ],
)
def test_failure_is_told_plainly(tmp_path: Path, fail: str, error: type[CohortivError], message: str) -> None:
    """Our own errors come back as they were and leave no notebook; others name the cell and keep what ran."""
    kept = tmp_path / "kept" / "failed.ipynb"
    with pytest.raises(error, match=message):
        run_notebook(SMALL, parameters={"fail": fail}, keep_failed=kept)
    assert kept.exists() == (error is RunError)
    assert error is not RunError or any(cell.get("outputs") or cell.source for cell in read(kept).cells)


def test_cell_may_not_take_longer_than_allowed(tmp_path: Path) -> None:
    """A cell that does not end is stopped."""
    notebook = written(tmp_path, "import threading\nthreading.Event().wait()")
    with pytest.raises(RunError, match="took longer than allowed"):
        run_notebook(notebook, parameters={"x": 1}, keep_failed=tmp_path / "failed.ipynb", timeout_seconds=1)


def test_source_notebook_is_only_read(tmp_path: Path) -> None:
    """Running a notebook leaves its file as it was, also where it may not be written."""
    notebook = written(tmp_path, "print(x)")
    before = notebook.read_bytes()
    notebook.chmod(0o444)
    run_notebook(notebook, parameters={"x": 1}, keep_failed=tmp_path / "failed.ipynb")
    assert notebook.read_bytes() == before
