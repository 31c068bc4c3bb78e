"""Names of notebooks, and of the folders that their reports are published in."""

import re
from datetime import datetime
from pathlib import Path

from cohortiv.assets import asset
from cohortiv.config.cohort import CohortConfig
from cohortiv.errors import UsageError
from cohortiv.positions import parse_as_of


def find_notebook(name: str) -> Path:
    """A shipped notebook by name, or a file by path; UsageError names the shipped ones if there is neither."""
    path = Path(name)
    if path.suffix == ".ipynb" and path.is_file():
        return path
    shipped = {file.stem: file for file in sorted(asset("notebooks").glob("*.ipynb"))}
    if name not in shipped:
        raise UsageError(
            f"NOTEBOOK got {name!r}; allowed are {', '.join(shipped)} or the path of an .ipynb file. "
            "Check the spelling."
        )
    return shipped[name]


def issue_date(as_of: str) -> str:
    """Folder of an issue: YYYY-MM-DD for a date, YYYY-MM-DDTHHMMZ for a timestamp (UTC)."""
    wanted = parse_as_of(as_of)
    return wanted.strftime("%Y-%m-%dT%H%MZ" if isinstance(wanted, datetime) else "%Y-%m-%d")


def report_name(
    notebook: Path,
    cohort: CohortConfig,
    symbol: str | None,
    *,
    synthetic: bool,
    basis: str = "",
    changes: str = "",
) -> str:
    """Name of a report.

    Parameters
    ----------
    notebook : Path
    cohort : CohortConfig
    symbol : str or None
        None: all.
    synthetic : bool
        Whether the positions are; the name then says sample.
    basis : str
        What stands in for positions, empty where there are some.
    changes : str
        Changed parameters.
    """
    parts = [notebook.stem, cohort.name, symbol or "all", basis, "sample" * synthetic, changes]
    return "-".join(re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in parts if part)
