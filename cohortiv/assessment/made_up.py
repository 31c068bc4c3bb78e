"""Positions that were made up, read like any others and labelled SYNTHETIC."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cohortiv.assessment.reading import CohortReading, read_cohort
from cohortiv.assessment.settings import Settings
from cohortiv.sources.sample import SYNTHETIC


def read_made_up(
    positions: pd.DataFrame,
    settings: Settings,
    *,
    name: str,
    title: str,
    for_report: bool = False,
    say: Callable[[str], None] | None = None,
) -> CohortReading:
    """Read a made-up cohort through the same door as any positions.

    Parameters
    ----------
    positions : DataFrame
        Columns of the position contract.
    settings : Settings
        `positions` is not asked.
    name, title : str
        Of the cohort, for the result.
    for_report : bool
        As for `read_cohort`.
    say : callable, optional
        Takes one line of progress or warning at a time.

    Returns
    -------
    CohortReading
        With `synthetic` set. The file that it is read from lives only as long as the reading takes.

    Raises
    ------
    DataError
        As for `read_cohort`.
    """
    table = pa.Table.from_pandas(positions, preserve_index=False).replace_schema_metadata(SYNTHETIC)
    with TemporaryDirectory(prefix="cohortiv-") as folder:
        path = Path(folder) / f"{name}.parquet"
        pq.write_table(table, path, compression="zstd")
        reading = read_cohort(replace(settings, positions=str(path)), for_report=for_report, say=say)
    return replace(reading, cohort=reading.cohort.model_copy(update={"name": name, "title": title}))
