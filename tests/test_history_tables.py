"""Cells as Arrow tables, and many tables as one frame."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from history_support import TIMES, profile_at, snapshots_at

from cohortiv.history.tables import CELL_SCHEMA, RECORD, as_in_profile, stacked, table_of, table_of_month


def as_read(*tables: dict[str, list[object]]) -> list[pa.Table]:
    """Tables with their text as dictionaries, as a file gives it."""
    made = [pa.table(columns) for columns in tables]
    return [
        table.set_column(0, table.column_names[0], table.column(0).dictionary_encode()) for table in made
    ]  # fmt: skip


def test_cells_come_back_as_they_were() -> None:
    """Types of the profile too."""
    cells = profile_at(TIMES[0]).cells
    table = table_of(cells)
    assert table.schema == CELL_SCHEMA
    pd.testing.assert_frame_equal(as_in_profile(table.to_pandas()), cells, check_exact=True)


def test_a_figure_that_is_no_number_stays_one() -> None:
    """A mark price that is not known is NaN, not missing."""
    cells = profile_at(TIMES[0]).cells.assign(mark_low=np.nan)
    assert table_of(cells)["mark_low"].null_count == 0
    assert np.isnan(table_of(cells)["mark_low"].to_numpy()).all()


def test_a_number_too_large_for_its_column_is_refused() -> None:
    """Never written as another number."""
    with pytest.raises(pa.ArrowInvalid, match="40000 not in range"):
        table_of(profile_at(TIMES[0]).cells.assign(bin=40_000))


def test_a_month_says_which_cells_are_whose() -> None:
    """By the place of the snapshot."""
    table = table_of_month(snapshots_at())
    assert np.bincount(table[RECORD].to_numpy()).tolist() == [120, 120, 120]


def test_tables_stand_one_below_the_other() -> None:
    """Texts are matched by what they say, whatever their numbers in a table."""
    tables = as_read({"name": ["b", "a"], "x": [1.0, 1.0]}, {"name": ["a", "c"], "x": [1.0, 2.0]})
    frame = stacked(tables, 4)
    assert frame["name"].tolist() == ["b", "a", "a", "c"]
    assert frame["x"].tolist() == [1.0, 1.0, 1.0, 2.0]


def test_a_column_of_one_value_takes_no_room() -> None:
    """It reads like any other, chosen rows too."""
    frame = stacked(as_read({"name": ["a", "a"], "x": [3, 3], "y": [1, 2]}), 2)
    assert frame["x"].to_numpy().strides == (0,)
    assert frame.loc[frame["y"] > 1, "x"].tolist() == [3]


def test_columns_of_nan_and_of_nothing_are_columns() -> None:
    """NaN is no value that repeats, and no rows are none."""
    assert np.isnan(stacked(as_read({"name": ["a", "a"], "x": [np.nan, np.nan]}), 2)["x"]).all()
    assert stacked([table.slice(0, 0) for table in as_read({"name": ["a"], "x": [1.0]})], 0).shape == (0, 2)
