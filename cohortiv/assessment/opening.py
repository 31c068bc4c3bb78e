"""Where a run's positions come from: the files that are named, or the embedded sample."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from cohortiv.assessment.settings import Settings
from cohortiv.config.cohort import ALL_ACCOUNTS, CohortConfig, load_cohort
from cohortiv.engine import opened_engine, read_to_the_end
from cohortiv.file_names import listed
from cohortiv.positions import Positions
from cohortiv.sources.files import open_positions
from cohortiv.sources.several import open_cohort


@contextmanager
def opened(
    settings: Settings, tell: Callable[[str], None], *, as_of: str | None = None
) -> Iterator[tuple[Positions, CohortConfig]]:
    """Positions and cohort of a run; the embedded sample is written to a temporary folder first.

    Parameters
    ----------
    settings : Settings
        With an empty `positions` the sample is opened.
    tell : callable
        Takes one line of progress at a time.
    as_of : str, optional
        Date or timestamp after which nothing counts; the settings' own where a run is about one snapshot.

    Yields
    ------
    tuple of Positions and CohortConfig
        Without a cohort file all accounts count, or the sample's own cohort.

    Raises
    ------
    UsageError, DataError
        If the cohort file or the positions cannot be read.
    """
    cohort = load_cohort(settings.cohort) if settings.cohort else None
    if settings.positions:
        tell(f"Reading {settings.positions}")
        with opened_engine(settings.engine, memory_limit=settings.memory_limit) as engine:
            found = open_cohort(settings.positions, connection=engine, as_of=as_of, history_days=settings.history_days)
            for note in found.coverage.notes if found.coverage else ():
                tell(f"Note: {note}")
            with read_to_the_end(engine, files=listed(found.sources)):
                yield found, cohort or ALL_ACCOUNTS
        return
    from cohortiv.sources.sample import write_sample  # noqa: PLC0415 - no use where there are positions

    tell("No positions given: generating the embedded SYNTHETIC sample")
    with (
        TemporaryDirectory(prefix="cohortiv-") as folder,
        opened_engine(settings.engine, memory_limit=settings.memory_limit) as engine,
    ):
        write_sample(Path(folder))
        sample = open_positions(str(Path(folder) / "positions.parquet"), connection=engine)
        yield sample, cohort or load_cohort(Path(folder) / "cohort.yaml")
