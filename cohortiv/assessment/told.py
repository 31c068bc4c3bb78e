"""Of which published cells another amount than the notional may be shown: collateral, or what a cell contributes.

Notional decides the cells, and one account may still hold most of a cell's collateral, or of its expected liquidations.
Then that amount is withheld, and the cell stays. The total of all is told, so what is withheld forms a rest, and the
smallest other cells follow it there until the rest is safe: first among ranges of tiers by side, then among the symbols
of each range and side whose amount is told.

Collateral is near notional / leverage, so that of a range of one tier can be read off the notional, told or not. Such
ranges hide nothing: they have a rest of their own, and the rest of the others is safe without them.
"""

from collections.abc import Collection
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from cohortiv.disclosure import DisclosedCells, DisclosureRule, pooled_cells

_PLACE = ("tier_range", "side")


@dataclass(frozen=True)
class ToldCells:
    """Cells of which an amount may be published.

    Attributes
    ----------
    total : bool
        Whether the sum over all leveraged positions may be shown; not where one account holds too much of it.
    ranges : frozenset of (int, str)
        Ranges of tiers and sides.
    cells : frozenset of int
        Symbols within them: numbers of the cells that symbols are shown in.
    """

    total: bool = False
    ranges: frozenset[tuple[int, str]] = frozenset()
    cells: frozenset[int] = frozenset()


def told_cells(
    ranged: ir.Table,
    symbols: DisclosedCells,
    rule: DisclosureRule,
    *,
    amount: str,
    readable: Collection[int] = (),
) -> ToldCells:
    """Find the cells of which an amount may be published.

    Parameters
    ----------
    ranged : ibis Table
        account_id, tier_range, side, symbol and the amount; one row a leveraged position.
    symbols : DisclosedCells
        tier_range, side, symbol -> the cells in which symbols are shown.
    rule : DisclosureRule
        Held against the amount as it is against notional elsewhere.
    amount : str
        Column of whole numbers >= 0, in any unit.
    readable : collection of int
        Ranges of tiers whose amount can be read off other tables.
    """
    posted = ranged.select("account_id", *_PLACE, "symbol", notional_cents=ranged[amount])
    posted = posted.mutate(hides=~posted.tier_range.isin(list(readable)) if readable else ibis.literal(value=True))
    by_range = pooled_cells(posted, within=["hides"], by=_PLACE, rule=rule)
    total = bool(by_range.counts["safe"].all())
    told = by_range.plan.loc[by_range.plan["cell"] >= 0, list(_PLACE)]
    if told.empty:
        return ToldCells(total)
    inside = posted.inner_join(ibis.memtable(told), list(_PLACE))
    named = inside.inner_join(
        ibis.memtable(symbols.plan.rename(columns={"cell": "shown"})), [*_PLACE, "symbol"]
    )  # fmt: skip
    by_symbol = pooled_cells(named, within=_PLACE, by=["shown"], rule=rule).plan
    return ToldCells(
        total=total,
        ranges=frozenset((int(number), str(side)) for number, side in told.itertuples(index=False)),
        cells=frozenset(int(cell) for cell in by_symbol.loc[by_symbol["cell"] >= 0, "shown"]),
    )
