"""Tables whose columns have names of their own, in house words by what a source file says."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from cohortiv.config.source import SourceFile
from cohortiv.errors import DataError


def in_house_words(table: ir.Table, source: SourceFile) -> ir.Table:
    """Translate a table into the position contract.

    Parameters
    ----------
    table : ibis Table
        As the files have it.
    source : SourceFile

    Returns
    -------
    ibis Table
        Columns by their house names; what has none, and was not named, as it is.

    Raises
    ------
    DataError
        If a column that the source file names is not in the files: it is named, and what there is.
    """
    lacking = [theirs for theirs in source.columns.values() if theirs not in table.columns]
    if lacking:
        raise DataError(
            f"The positions lack {', '.join(lacking)}, which the source file names under columns; they have "
            f"{', '.join(table.columns)}. Correct the names."
        )
    renamed = {house: table[theirs] for house, theirs in source.columns.items()}
    others = {
        name: table[name]
        for name in table.columns
        if name not in renamed and name not in source.constants and name not in source.columns.values()
    }
    table = table.select(**renamed, **others)
    table = table.mutate(**{name: _worded(table, name, words) for name, words in source.values.items()})
    table = table.mutate(**{name: ibis.literal(value) for name, value in source.constants.items()})
    return _with_side(table) if source.signed_quantity else table


def _worded(table: ir.Table, name: str, words: Mapping[str, str]) -> ir.Value:
    """A column in the words of the position table; words that are not named as they are, which breaks its rule."""
    if name not in table.columns:
        raise DataError(
            f"The positions lack {name}, of which the source file has words under values; they have "
            f"{', '.join(table.columns)}. Name its column under columns."
        )
    text = table[name].cast("string")
    return ibis.cases(*((text.strip() == theirs, house) for theirs, house in words.items()), else_=text)


def _with_side(table: ir.Table) -> ir.Table:
    """Sizes without their sign, which is the side."""
    if "quantity" not in table.columns:
        return table
    size = table.quantity
    size = size.strip().try_cast("float64") if isinstance(size, ir.StringValue) else size.cast("float64")
    return table.mutate(side=ibis.ifelse(size < 0, "short", "long"), quantity=size.abs())
