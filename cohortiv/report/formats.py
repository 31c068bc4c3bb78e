"""The forms in which a report is published beside its page: a PDF, and an edition without scripts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cohortiv.report.manifest import PAGE
from cohortiv.report.pdf import PDF, find_browser, print_pdf
from cohortiv.report.static_edition import STATIC_BUDGET_BYTES, STATIC_PAGE, static_edition

SIZE_BUDGET_BYTES = 1_500_000
_BUDGETS = {PAGE: SIZE_BUDGET_BYTES, STATIC_PAGE: STATIC_BUDGET_BYTES}


@dataclass(frozen=True, slots=True)
class Formats:
    """What is wanted beside the page.

    Attributes
    ----------
    browser : Path or None
        What prints the PDF; None for no PDF.
    static : bool
        Whether the static edition is wanted.
    """

    browser: Path | None = None
    static: bool = False

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the files that are wanted."""
        return (*((PDF,) if self.browser else ()), *((STATIC_PAGE,) if self.static else ()))


PAGE_ONLY = Formats()


def wanted_formats(*, pdf: bool, static: bool) -> Formats:
    """Say what is wanted beside the page, and find what makes it before anything runs.

    Parameters
    ----------
    pdf, static : bool
        Whether a PDF, and an edition without scripts.

    Returns
    -------
    Formats
        For `write_formats`.

    Raises
    ------
    UsageError
        If a PDF is wanted and no browser is there to print it.
    """
    return Formats(find_browser() if pdf else None, static)


def write_formats(folder: Path, formats: Formats, *, as_of: str) -> tuple[Path, ...]:
    """Write the other forms of a page beside it.

    Parameters
    ----------
    folder : Path
        Where the page is.
    formats : Formats
        What is wanted.
    as_of : str
        "YYYY-MM-DD" or "YYYY-MM-DDTHHMMZ", the date of the PDF.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    RunError
        If the browser cannot print it.
    """
    if not formats.files:
        return ()
    plain = folder / STATIC_PAGE
    plain.write_text(static_edition((folder / PAGE).read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    if formats.browser:
        print_pdf(plain, folder / PDF, browser=formats.browser, as_of=as_of)
    if not formats.static:
        plain.unlink()
    return tuple(folder / name for name in formats.files)


def size_notes(folder: Path) -> tuple[str, ...]:
    """Say which files of a report are larger than their budget.

    Parameters
    ----------
    folder : Path
        Of the report.

    Returns
    -------
    tuple of str
        One sentence for each.
    """
    return tuple(_over_budget(folder))


def _over_budget(folder: Path) -> Iterator[str]:
    for name, budget in _BUDGETS.items():
        size = (folder / name).stat().st_size if (folder / name).is_file() else 0
        if size > budget:
            yield f"{name} has {size:,} bytes, over the budget of {budget:,}. Aggregate before drawing."
