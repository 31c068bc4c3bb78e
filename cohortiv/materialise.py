"""Keep an intermediate result, or its name, in the engine, so that what stands on it doesn't start over."""

from itertools import count

import ibis.expr.types as ir
from ibis.backends import BaseBackend

_numbers = count()


def fresh_name(kind: str) -> str:
    """A name for a table or view that no other in this process has.

    Parameters
    ----------
    kind : str
        What it is, in a word, for those who read a plan.
    """
    return f"cohortiv_{kind}_{next(_numbers)}"


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
    if backend.name == "pyspark":
        return _checkpointed(table, backend)
    return backend.create_table(fresh_name("step"), table, temp=True)


def _checkpointed(table: ir.Table, backend: BaseBackend) -> ir.Table:
    """The same on Spark, whose temporary tables are views: the rows are computed at once and their plan is cut off."""
    view, name = fresh_name("view"), fresh_name("step")
    backend.create_view(view, table)
    backend.raw_sql(f"TABLE {view}").localCheckpoint().createOrReplaceTempView(name)
    backend.raw_sql(f"DROP VIEW {view}")
    return backend.table(name).cast(table.schema())


def named(table: ir.Table) -> ir.Table:
    """Give an expression a name in its engine, so that what stands on it is written and planned without its text.

    Parameters
    ----------
    table : ibis Table
        An expression on stored tables and files of one engine; nothing runs.

    Returns
    -------
    ibis Table
        The view, with the expression's types: the engine reads 1.0 as a decimal. It lives as long as the connection.
    """
    view = table.get_backend().create_view(fresh_name("view"), table)
    return view.cast(table.schema())


def release(*tables: ir.Table) -> None:
    """Drop tables that `materialise` stored, once nothing stands on them any more.

    Notes
    -----
    In plain SQL: the installed sqlglot writes the statement of Ibis' own `drop_table` without the table's name.
    """
    for table in tables:
        backend = table.get_backend()
        if backend.name == "pyspark":  # Spark itself lets go of rows on which nothing stands
            continue
        backend.raw_sql(f"DROP TABLE {table.get_name()}")
