"""Kernels that are forked: each fresh, none sees another, and none is left behind."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, writes

from cohortiv.errors import RunError
from cohortiv.report.kernel import kernel_environment
from cohortiv.report.nursery import CAN_FORK, ForkedKernel, Nursery, open_nursery, own_modules
from cohortiv.report.run import run_notebook

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="kernels are forked on Linux only")


def written(file: Path, *sources: str) -> Path:
    """Notebook of code cells in a file; the first is its parameters."""
    cells = [new_code_cell(source) for source in ("x: int = 0  # number", *sources)]
    cells[0].metadata["tags"] = ["parameters"]
    file.write_text(writes(new_notebook(cells=cells)), encoding="utf-8")
    return file


def said(nursery: Nursery, notebook: Path) -> str:
    """What the last cell of a notebook printed."""
    ran = run_notebook(notebook, parameters={"x": 1}, keep_failed=notebook.with_suffix(".failed"), nursery=nursery)
    return str(ran.cells[-1].outputs[0].text).strip()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Nursery that has loaded a small library."""
    with open_nursery(("colorsys", "no_such_module"), environment=kernel_environment()) as opened:
        assert opened is not None
        yield opened


def test_no_kernel_sees_what_another_did(nursery: Nursery, tmp_path: Path) -> None:
    """A global, a library, an environment variable and a folder that one changed are as ever in the next."""
    leave = "import colorsys, os, sys\nfrom pathlib import Path\nleft = colorsys.left = 1\nos.environ['LEFT'] = '1'"
    look = (
        "import colorsys, os, sys\nfrom pathlib import Path\n"
        "print('left' in globals(), hasattr(colorsys, 'left'), 'LEFT' in os.environ, "
        "'wave' in sys.modules, os.listdir())"
    )
    changed = f"{leave}\nimport wave\nPath('left').touch()\nprint('done')"
    assert said(nursery, written(tmp_path / "first.ipynb", changed)) == "done"
    assert said(nursery, written(tmp_path / "second.ipynb", look)) == "False False False False []"


def test_forked_kernel_is_like_one_that_started(nursery: Nursery, tmp_path: Path) -> None:
    """Libraries are there already; settings, sockets in files and a folder of its own are as ever."""
    source = (
        "import os, sys\nfrom ipykernel.kernelapp import IPKernelApp\n"
        "names = ['PYTHONHASHSEED', 'OMP_NUM_THREADS', 'TZ']\n"
        "print([os.environ[name] for name in names], os.listdir())\n"
        "print(IPKernelApp.instance().transport, 'colorsys' in sys.modules)"
    )
    assert said(nursery, written(tmp_path / "own.ipynb", source)) == "['0', '1', 'UTC'] []\nipc True"


def test_dead_kernel_harms_no_other(nursery: Nursery, tmp_path: Path) -> None:
    """A killed kernel is told as ever, and the next one runs."""
    kill = written(tmp_path / "kill.ipynb", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(RunError, match="kernel died"):
        said(nursery, kill)
    assert said(nursery, written(tmp_path / "next.ipynb", "print(x)")) == "1"


def test_kernels_end_with_the_nursery() -> None:
    """What is left running is gone when the block ends."""
    with open_nursery((), environment=kernel_environment()) as opened:
        assert opened is not None
        kernel = opened.fork(arguments=(), environment=kernel_environment(), folder=os.curdir)
        assert kernel.poll() is None
        with pytest.raises(subprocess.TimeoutExpired):
            kernel.wait(timeout=0)
    assert kernel.wait(timeout=10) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(kernel.pid, 0)


def test_killed_run_leaves_no_kernel() -> None:
    """Where the command itself is killed, its kernels end too."""
    code = (
        "import os, signal\nfrom cohortiv.report.nursery import open_nursery\n"
        "with open_nursery((), environment=os.environ) as nursery:\n"
        "    print(nursery.fork(arguments=(), environment=os.environ, folder=os.curdir).pid, flush=True)\n"
        "    input()\n"
    )
    run = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with run:
        assert run.stdout is not None
        kernel = ForkedKernel(int(run.stdout.readline()))
        assert kernel.poll() is None
        run.kill()
    assert kernel.wait(timeout=30) == 1


def test_lost_nursery_is_told_plainly() -> None:
    """Where the process that forks was killed, the error says so."""
    with open_nursery((), environment=kernel_environment()) as opened:
        assert opened is not None
        opened._process().kill()
        opened._process().wait()
        with pytest.raises(RunError, match="process that starts kernels is gone"):
            opened.fork(arguments=(), environment={}, folder=os.curdir)


def test_only_our_own_modules_are_loaded_ahead(tmp_path: Path) -> None:
    """What a notebook imports from elsewhere, or inside something, waits for the notebook."""
    sources = (
        "import pandas\nimport cohortiv.page as p\nfrom cohortiv import charts",
        "if x:\n    import cohortiv.plain",
    )
    notebook = written(tmp_path / "own.ipynb", *sources)
    assert own_modules([notebook]) == ("cohortiv", "cohortiv.charts", "cohortiv.page")
    assert own_modules([written(tmp_path / "broken.ipynb", "import (")]) == ()
