"""What the reports of one call share: the process that forks their kernels, and the embedded sample."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cohortiv.cli.loading import ENGINE, LIBRARIES
from cohortiv.report.kernel import kernel_environment
from cohortiv.report.nursery import Nursery, open_nursery, own_modules
from cohortiv.sources.sample import SampleFiles, write_sample

#: What every kernel needs, beside what its notebook imports of this package.
KERNEL_LIBRARIES: Final = (*LIBRARIES, ENGINE, "ibis.backends.duckdb", "altair", "jinja2", "scipy.optimize")


@dataclass(frozen=True)
class Workshop:
    """What reports are made with.

    Attributes
    ----------
    nursery : Nursery or None
        Forks kernels, where that can be done.
    sample : callable
        Gives the files of the embedded sample, which are made when they are first asked for.
    shows_cells : bool
        Whether a terminal shows how many cells of a notebook have run.
    """

    nursery: Nursery | None
    sample: Callable[[], SampleFiles]
    shows_cells: bool


@contextmanager
def open_workshop(notebooks: Sequence[Path], *, shows_cells: bool, say: Callable[[str], None]) -> Iterator[Workshop]:
    """Open what the reports of one call share.

    Parameters
    ----------
    notebooks : sequence of Path
        The notebooks that will run.
    shows_cells : bool
        Whether a terminal shows how many cells have run.
    say : callable
        Takes one line of progress.

    Yields
    ------
    Workshop
        Its processes and files are gone afterwards.
    """
    with ExitStack() as stack:

        @cache
        def sample() -> SampleFiles:
            say("No --positions: the report is on the embedded SYNTHETIC sample")
            return write_sample(Path(stack.enter_context(TemporaryDirectory(prefix="cohortiv-sample-"))))

        modules = (*KERNEL_LIBRARIES, *own_modules(notebooks))
        nursery = stack.enter_context(open_nursery(modules, environment=kernel_environment()))
        yield Workshop(nursery, sample, shows_cells)
