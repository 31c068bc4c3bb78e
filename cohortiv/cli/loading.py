"""Libraries that a run needs, loaded at less cost than import after import."""

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

#: What is loaded before the engine and the package's own rooms. The engine is not among them: what is frozen is never
#: collected, and the engine reports its objects that are left when the process ends.
LIBRARIES = ("ibis.backends.sql.compilers", "pandas", "pydantic", "pyarrow.parquet", "scipy.special", "yaml")
ENGINE = "duckdb"
#: What a command that makes reports loads; the engine is among it.
REPORTING = ("cohortiv.cli.batch",)
#: New objects before the collector looks at them, in place of 700: what a run leaves behind is small beside it.
COLLECT_AFTER = 200_000


def load_libraries(names: Sequence[str] = LIBRARIES, *, holds_engine: bool = False) -> bool:
    """Import libraries without garbage collection, keep their objects out of every later one, and make these rare.

    Parameters
    ----------
    names : sequence of str, optional
        What is imported.
    holds_engine : bool
        Whether the engine is imported by one of them: then their objects stay within later collections.

    Returns
    -------
    bool
        Whether the process is the command's own: nobody had loaded the engine before.

    Notes
    -----
    Libraries leave some hundred thousand objects that live as long as the process. The collector would pass over them
    several times while they are loaded, during the run, and three times more when the process ends. Where the engine
    is loaded already, the process is not the command's own, and its collector is left as it is.
    """
    if ENGINE in sys.modules:
        return False
    collecting = gc.isenabled()
    gc.disable()
    try:
        for name in names:
            import_module(name)
        if not holds_engine:
            gc.freeze()
        gc.set_threshold(COLLECT_AFTER)
    finally:
        if collecting:
            gc.enable()
    return True


def leave_at_once(code: int) -> NoReturn:
    """End the process without taking its libraries down one object at a time.

    Parameters
    ----------
    code : int
        Exit code.

    Notes
    -----
    For a command that has closed its engine and its files. What was printed is written out first.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
