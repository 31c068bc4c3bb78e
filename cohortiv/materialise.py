"""Keep an intermediate result in the engine, so that what stands on it doesn't compute it again."""

from itertools import count

import ibis.expr.types as ir
from ibis.backends import BaseBackend

_numbers = count()


def materialise(table: ir.Table, *, engine: BaseBackend | None = None) -> ir.Table:
    """Run an expression once and keep its rows as a temporary table of its engine.

    Parameters
    ----------
    table : ibis Table
        Any expression on one engine.
    engine : BaseBackend, optional
        Where to keep rows that are on no engine yet; the table's own engine if None.

    Returns
    -------
    ibis Table
        The stored rows; they live as long as the connection.
    """
    backend = engine or table.get_backend()
    return backend.create_table(f"cohortiv_step_{next(_numbers)}", table, temp=True)


def release(*tables: ir.Table) -> None:
    """Drop tables that `materialise` stored, once nothing stands on them any more.

    Notes
    -----
    In plain SQL: the installed sqlglot writes the statement of Ibis' own `drop_table` without the table's name.
    """
    for table in tables:
        table.get_backend().raw_sql(f"DROP TABLE {table.get_name()}")
