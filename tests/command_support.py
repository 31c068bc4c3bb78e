"""Runs the command line in this process, as a shell would see it."""

import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb  # noqa: F401 - a command that finds the engine loaded knows that the process is not its own to end
import pytest

from cohortiv.cli import main


@dataclass(frozen=True)
class Done:
    """How a command ended.

    Attributes
    ----------
    code : int
        Exit code.
    out, err : str
        What it wrote.
    """

    code: int
    out: str
    err: str


class Shell:
    """Runs commands in a folder."""

    def __init__(self, capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch, folder: Path) -> None:
        """Stand in a folder."""
        self._capture, self._patch = capture, patch
        patch.chdir(folder)

    def run(self, *arguments: object) -> Done:
        """Run `cohortiv` with arguments."""
        self._patch.setattr(sys, "argv", ["cohortiv", *map(str, arguments)])
        self._capture.readouterr()
        try:
            main()
            code = 0
        except SystemExit as left:
            code = int(left.code or 0)
        out, err = self._capture.readouterr()
        return Done(code, out, err)
