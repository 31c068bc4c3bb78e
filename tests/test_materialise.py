"""Intermediate results in the engine: kept rows, and names for expressions."""

from pathlib import Path

import ibis
import pandas as pd
import pytest
from ibis.backends.duckdb import Backend
from ibis.common.exceptions import TableNotFound

from cohortiv.engine import connect
from cohortiv.materialise import fresh_name, materialise, named, release


@pytest.fixture
def engine() -> Backend:
    """An embedded engine."""
    return connect(threads=2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of three rows."""
    target = tmp_path / "rows.parquet"
    pd.DataFrame({"a": [1.0, 2.0, 4.0]}).to_parquet(target)
    return target


def test_kept_rows_outlive_their_file(engine: Backend, path: Path) -> None:
    """Nothing is read again."""
    kept = materialise(engine.read_parquet([str(path)]))
    path.unlink()
    assert kept.a.sum().to_pyarrow().as_py() == 7.0


def test_released_rows_are_gone(engine: Backend, path: Path) -> None:
    """The engine knows no such table any more."""
    kept = materialise(engine.read_parquet([str(path)]))
    release(kept)
    with pytest.raises(TableNotFound):
        engine.table(kept.get_name())


def test_a_named_expression_has_the_same_rows(engine: Backend, path: Path) -> None:
    """Nothing is computed before it is asked for."""
    table = engine.read_parquet([str(path)])
    assert named(table.mutate(b=table.a * 2)).b.sum().to_pyarrow().as_py() == 14.0


def test_a_named_expression_keeps_its_types(engine: Backend, path: Path) -> None:
    """A literal 1.0 is a float, though the engine by itself reads it as a decimal."""
    table = engine.read_parquet([str(path)]).mutate(one=1.0, small=ibis.literal(3, "int8"), none=ibis.null("float64"))
    assert named(table).schema() == table.schema()


def test_what_stands_on_a_name_is_written_short(engine: Backend, path: Path) -> None:
    """The text of the expression isn't repeated in each query."""
    table = engine.read_parquet([str(path)])
    for _ in range(20):
        table = table.mutate(a=table.a + 1.0)
    assert len(engine.compile(named(table).a.sum())) < len(engine.compile(table.a.sum())) / 4


def test_a_name_is_given_once() -> None:
    """Files, views and steps are counted together."""
    assert len({fresh_name("view"), fresh_name("view"), fresh_name("step")}) == 3
