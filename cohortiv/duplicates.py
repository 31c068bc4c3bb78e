"""Repeated rows: one position given twice would be counted twice."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import ibis
import ibis.expr.types as ir

from cohortiv.materialise import materialise
from cohortiv.positions import Holding, Positions
from cohortiv.schema import DUPLICATE, USED

#: Columns that identify a position.
IDENTITY = ("as_of", "account_id", "venue", "symbol", "side", "product", "margin_mode", "contract", "instrument")
#: Which of equally large rows is kept: the first by these, so that the order of the file doesn't show.
ORDER = (
    "entry_price", "mark_price", "leverage", "margin", "collateral_asset", "collateral_price", "haircut",
    "liquidation_price", "liquidation_price_known",
)  # fmt: skip


def without_duplicates(positions: Positions, inventory: Sequence[Holding] = ()) -> Positions:
    """Mark repeated rows with the rule for duplicates; the largest row of each position stays in use.

    Parameters
    ----------
    positions : Positions
        Checked positions; rows that already break a rule are left alone.
    inventory : sequence of Holding, optional
        What the table holds; columns with one value in all of it tell no positions apart and are not grouped by.

    Returns
    -------
    Positions
        Unchanged, at the cost of one grouping, where no position is repeated.
    """
    identity = [name for name in IDENTITY if name in positions.given and not _is_constant(name, inventory)]
    if not _repeated(positions.table, identity).count().to_pyarrow().as_py():
        return positions
    sound = positions.table.filter(positions.table.reason == USED)
    keys = materialise(_repeated(sound, identity))
    if not keys.count().to_pyarrow().as_py():
        return positions
    unsound = positions.table.filter(positions.table.reason != USED)
    order = [name for name in ORDER if name in positions.given] + [name for name in sound.columns if name == "row"]
    marked = materialise(_marked(sound.semi_join(keys, identity), identity, order))
    return replace(positions, table=ibis.union(unsound, sound.anti_join(keys, identity), marked, distinct=False))


def one_a_side(given: Collection[str], inventory: Sequence[Holding]) -> bool:
    """Whether no account can have two positions of one symbol and side in a snapshot without repeated rows.

    Parameters
    ----------
    given : collection of str
        Contract columns that the files brought.
    inventory : sequence of Holding
        What the snapshot holds.
    """
    others = set(IDENTITY) - {"as_of", "account_id", "symbol", "side"}
    return all(name not in given or _is_constant(name, inventory) for name in others)


def _repeated(rows: ir.Table, identity: Sequence[str]) -> ir.Table:
    """Identities that more than one row has."""
    counted = rows.group_by(identity).aggregate(rows=rows.count())
    return counted.filter(counted.rows > 1).select(identity)


def _is_constant(name: str, inventory: Sequence[Holding]) -> bool:
    """Whether all of an inventory has one value in a column; False for columns that it doesn't have."""
    return bool(inventory) and hasattr(inventory[0], name) and len({getattr(held, name) for held in inventory}) == 1


def _marked(repeated: ir.Table, identity: Sequence[str], order: Sequence[str]) -> ir.Table:
    """Rows of repeated positions, all but the first of each with the rule for duplicates."""
    window = ibis.window(
        group_by=[repeated[name] for name in identity],
        order_by=[ibis.desc(repeated.quantity), *(repeated[name] for name in order)],
    )
    numbered = repeated.mutate(place=ibis.row_number().over(window))
    reason = ibis.ifelse(numbered.place > 0, ibis.literal(DUPLICATE, "int8"), numbered.reason)
    return numbered.mutate(reason=reason).drop("place")
