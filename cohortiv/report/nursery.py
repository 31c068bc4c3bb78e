"""Where kernels come from: one process loads the libraries, and each kernel is a fork of it that no other one sees.

A fork shares what was loaded and nothing that happens afterwards: what a notebook sets, imports or breaks ends with it.
"""

import ast
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

from cohortiv.errors import RunError
from cohortiv.report.parameters import load_notebook

#: Whether kernels can be forked here; elsewhere each one starts by itself.
CAN_FORK = sys.platform == "linux"
_PACKAGE = "cohortiv"


class ForkedKernel:
    """The process of a kernel, as `subprocess.Popen` would show it."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        """Take hold of a process.

        Parameters
        ----------
        pid : int
            Its id. It is not this process's child, so it is watched and signalled by a descriptor, which never leads
            to another process that got the same id.
        """
        self.pid = pid
        self._descriptor = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Exit code, which is not known beyond 1, or None while it runs."""
        return 1 if self._ended(0) else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it ends; TimeoutExpired after `timeout` seconds."""
        if not self._ended(timeout):
            raise subprocess.TimeoutExpired("kernel", timeout or 0.0)
        os.close(self._descriptor)
        self._descriptor = -1
        return 1

    def send_signal(self, signum: int) -> None:
        """Send a signal; ProcessLookupError if it has ended."""
        signal.pidfd_send_signal(self._descriptor, signum)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def _ended(self, timeout: float | None) -> bool:
        return self._descriptor < 0 or bool(select.select([self._descriptor], [], [], timeout)[0])


class Nursery:
    """The process that forks kernels; use `open_nursery`."""

    def __init__(self, process: Callable[[], "subprocess.Popen[bytes]"]) -> None:
        """Speak to a process that runs `cohortiv.report.zygote`.

        Parameters
        ----------
        process : callable
            Gives it, always the same, with its standard input and output as pipes; it is first asked for when a
            kernel is.
        """
        self._process = process

    def fork(self, *, arguments: Sequence[str], environment: Mapping[str, str], folder: str) -> ForkedKernel:
        """Start a kernel.

        Parameters
        ----------
        arguments : sequence of str
            What its program would get on the command line: where it listens, among others.
        environment : mapping
            Its environment variables, all of them; those that Python reads when it starts have no effect.
        folder : str
            Where it works.

        Returns
        -------
        ForkedKernel
            Its process.

        Raises
        ------
        RunError
            If the process that forks is gone.
        """
        request = {"arguments": list(arguments), "environment": dict(environment), "folder": folder}
        process = self._process()
        requests, answers = process.stdin, process.stdout
        try:
            if requests is None or answers is None:
                raise BrokenPipeError
            requests.write(json.dumps(request).encode() + b"\n")
            return ForkedKernel(int(answers.readline()))
        except (OSError, ValueError) as error:
            raise RunError(
                "The process that starts kernels is gone, as it is when memory runs out. Nothing is published; run it "
                "again."
            ) from error


@contextmanager
def open_nursery(modules: Sequence[str], *, environment: Mapping[str, str]) -> Iterator[Nursery | None]:
    """Have a process that forks kernels, started when the first one is asked for.

    Parameters
    ----------
    modules : sequence of str
        What it loads before it forks. They must start no thread when they are imported.
    environment : mapping
        Its environment variables, those that Python reads when it starts among them.

    Yields
    ------
    Nursery or None
        None where processes cannot be forked safely. Afterwards it is gone, and its kernels with it.
    """
    if not CAN_FORK:
        yield None
        return
    command = [sys.executable, "-P", "-m", f"{_PACKAGE}.report.zygote", *modules]
    with ExitStack() as stack:

        @cache
        def process() -> "subprocess.Popen[bytes]":
            started = subprocess.Popen(  # noqa: S603 - this interpreter and our own module
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                env=dict(environment),
                start_new_session=True,
            )
            return stack.enter_context(started)

        yield Nursery(process)


def own_modules(notebooks: Sequence[Path]) -> tuple[str, ...]:
    """Modules of this package that notebooks import at their top level.

    Parameters
    ----------
    notebooks : sequence of Path

    Returns
    -------
    tuple of str
        Sorted. Only our own: importing anybody else's may do more than define things.
    """
    sources = [_code(path) for path in notebooks]
    found = {name for source in sources for name in _imported(source) if name.partition(".")[0] == _PACKAGE}
    return tuple(sorted(found))


def _code(notebook: Path) -> str:
    cells = load_notebook(notebook)["cells"]
    code = [cell for cell in cells if cell.get("cell_type") == "code"] if isinstance(cells, list) else []
    return "\n".join("".join(cell["source"]) for cell in code)


def _imported(source: str) -> Iterator[str]:
    try:
        lines = ast.parse(source).body
    except SyntaxError:
        return
    for line in lines:
        if isinstance(line, ast.Import):
            yield from (alias.name for alias in line.names)
        elif isinstance(line, ast.ImportFrom) and line.module:
            yield line.module
            yield from (f"{line.module}.{alias.name}" for alias in line.names)
