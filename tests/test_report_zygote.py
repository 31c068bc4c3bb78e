"""The process that forks kernels, spoken to as the nursery speaks to it."""

import json
import os
import subprocess
import sys

import pytest

from cohortiv.report.nursery import CAN_FORK

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="kernels are forked on Linux only")
COMMAND = [sys.executable, "-P", "-m", "cohortiv.report.zygote"]


def test_each_request_is_answered_with_a_process() -> None:
    """A request is a line and so is its answer; when requests end, nothing is left."""
    request = json.dumps({"arguments": [], "environment": dict(os.environ), "folder": os.curdir}) + "\n"
    done = subprocess.run(COMMAND, input=request * 2, capture_output=True, text=True, check=True)
    first, second = map(int, done.stdout.splitlines())
    assert first != second
    for kernel in (first, second):
        with pytest.raises(ProcessLookupError):
            os.kill(kernel, 0)


def test_what_libraries_print_is_no_answer() -> None:
    """Output of an import goes to standard error, and a library that is missing is left to the notebook."""
    done = subprocess.run([*COMMAND, "this", "no_such_module"], input="", capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert "Beautiful is better than ugly" in done.stderr
