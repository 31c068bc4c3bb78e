"""The command line: flags in, exit code out."""

from cohortiv.cli.app import main

__all__ = ["main"]
