"""Repeated rows: one position given twice would be counted twice."""

from dataclasses import replace

import ibis

from cohortiv.positions import Positions
from cohortiv.schema import DUPLICATE, USED

#: Columns that identify a position.
IDENTITY = ("as_of", "account_id", "venue", "symbol", "side", "product", "margin_mode", "contract")
#: Which of equally large rows is kept: the first by these, so that the order of the file doesn't show.
ORDER = (
    "entry_price", "mark_price", "leverage", "margin", "collateral_asset", "collateral_price", "haircut",
    "liquidation_price", "liquidation_price_known",
)  # fmt: skip


def without_duplicates(positions: Positions) -> Positions:
    """Mark repeated rows with the rule for duplicates; the largest row of each position stays in use.

    Parameters
    ----------
    positions : Positions
        Checked positions; rows that already break a rule are left alone.

    Returns
    -------
    Positions
        Unchanged, at the cost of one grouping, where no position is repeated.
    """
    table = positions.table
    identity = [name for name in IDENTITY if name in positions.given]
    sound = table.filter(table.reason == USED)
    counted = sound.group_by(identity).aggregate(rows=sound.count())
    if not counted.filter(counted.rows > 1).count().to_pyarrow().as_py():
        return positions
    window = ibis.window(
        group_by=[table[name] for name in identity] + [table.reason],
        order_by=[ibis.desc(table.quantity), *(table[name] for name in ORDER if name in positions.given)],
    )
    numbered = table.mutate(place=ibis.row_number().over(window))
    repeated = (numbered.reason == USED) & (numbered.place > 0)
    marked = numbered.mutate(reason=ibis.ifelse(repeated, ibis.literal(DUPLICATE, "int8"), numbered.reason))
    return replace(positions, table=marked.drop("place"))
