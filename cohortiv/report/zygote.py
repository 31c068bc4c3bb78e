"""A process that has loaded what notebooks need, and forks a kernel whenever it is asked: each fresh, none loads again.

Run as `python -P -m cohortiv.report.zygote MODULE ...`. A request is a line of JSON on standard input, with the
arguments, environment and folder of a kernel; the answer is its process id on a line of standard output. When
standard input ends, so do the kernels.
"""

import gc
import importlib
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NoReturn, TextIO

#: New objects before the collector looks at them, in place of 700: what one report leaves behind is small beside it.
COLLECT_AFTER = 200_000
_KERNEL = "ipykernel.kernelapp"


def main(modules: Sequence[str]) -> None:
    """Load, then fork a kernel for each request until there are no more.

    Parameters
    ----------
    modules : sequence of str
        What to import; one that is missing is left to the notebook that wants it.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    _load(modules)
    kernels: set[int] = set()
    for line in sys.stdin:
        kernels -= _ended(kernels)
        kernel = _fork(json.loads(line), answers)
        kernels.add(kernel)
        print(kernel, file=answers, flush=True)
    for kernel in kernels - _ended(kernels):
        with suppress(ProcessLookupError):
            os.killpg(kernel, signal.SIGKILL)
        os.waitpid(kernel, 0)


def _load(modules: Sequence[str]) -> None:
    """Import without garbage collection, and keep what is imported out of every later one, here and in the forks."""
    gc.disable()
    for name in (_KERNEL, *modules):
        with suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
    gc.enable()


def _ended(kernels: set[int]) -> set[int]:
    """Kernels that have ended, which are buried here."""
    return {kernel for kernel in kernels if os.waitpid(kernel, os.WNOHANG)[0]}


def _fork(request: Mapping[str, object], answers: TextIO) -> int:
    """Start a kernel, a process group of its own, and give its process id."""
    kernel = os.fork()
    if kernel == 0:
        _run_kernel(request, answers)
    with suppress(PermissionError, ProcessLookupError):
        os.setpgid(kernel, kernel)
    return kernel


def _run_kernel(request: Mapping[str, object], answers: TextIO) -> NoReturn:
    """Be the kernel, in the environment and the folder asked for."""
    try:
        os.setpgid(0, 0)
        answers.close()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        environment = request["environment"]
        os.environ.clear()
        os.environ.update(environment if isinstance(environment, dict) else {})
        time.tzset()
        os.chdir(str(request["folder"]))
        given = request["arguments"]
        arguments = [*(given if isinstance(given, list) else []), f"--IPKernelApp.parent_handle={os.getppid()}"]
        importlib.import_module(_KERNEL).launch_new_instance(argv=arguments)
    except BaseException:  # noqa: BLE001 - nothing may return into the loop of the process that was forked
        traceback.print_exc()
    finally:
        os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
    os._exit(0)
