"""The cells of one snapshot that a report may show: tiers by side and symbol, and steps of the ladder."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from cohortiv.config.cohort import Privacy
from cohortiv.disclosure import DisclosedCells, DisclosureRule, is_safe, ordered_cells, pooled_cells
from cohortiv.errors import DataError
from cohortiv.liquidation import LINE, PAST


@dataclass(frozen=True, eq=False)
class Disclosed:
    """Partitions whose cells satisfy the privacy rule.

    Attributes
    ----------
    tiers : DisclosedCells
        side, tier -> ranges of tiers over all symbols.
    symbols : DisclosedCells
        range (a cell of `tiers`), symbol -> symbols within each range; numbers below 0 are rests.
    ladder : DisclosedCells
        side, direction (-1 below the mark, 0 past the line, 1 above), step -> steps of the ladder; positions with a line.
    """

    tiers: DisclosedCells
    symbols: DisclosedCells
    ladder: DisclosedCells


def disclose(held: ir.Table, privacy: Privacy) -> Disclosed:
    """Form the cells that may be published.

    Parameters
    ----------
    held : ibis Table
        From `profile.leveraged_positions`.
    privacy : Privacy
        Fewest accounts, and largest share of one account.

    Raises
    ------
    DataError
        If the whole has too few accounts, or one account holds too much of it: then no total may be published.
    """
    rule = DisclosureRule(privacy.min_accounts, privacy.max_account_share)
    tiers = ordered_cells(held, group=["side"], order="tier", rule=rule)
    _refuse_unsafe(tiers.counts, rule)
    ranges = ibis.memtable(tiers.plan.rename(columns={"cell": "tier_range"}))
    ranged = held.inner_join(ranges, ["side", "tier"])
    symbols = pooled_cells(ranged, within=["tier_range"], by="symbol", rule=rule)
    lined = held.filter(held.state.isin([LINE, PAST]))
    direction = ibis.ifelse(lined.state == PAST, 0, ibis.ifelse(lined.bin < 0, -1, 1))
    ladder = ordered_cells(lined.mutate(direction=direction), group=["side", "direction"], order="step", rule=rule)
    return Disclosed(tiers, symbols, ladder)


def _refuse_unsafe(counts: pd.DataFrame, rule: DisclosureRule) -> None:
    """Stop where even everything together may not be shown."""
    if counts.empty or bool(is_safe(counts, rule).all()):
        return
    accounts, share = int(counts["accounts"].max()), float((counts["largest_cents"] / counts["notional_cents"]).max())
    raise DataError(
        f"No report can be published: all positions together have {accounts} account(s), and the largest holds "
        f"{share:.0%} of the notional; allowed are at least {rule.min_accounts} accounts and at most "
        f"{rule.max_account_share:.0%}. Widen the cohort or the symbol, or use cohortiv index, which publishes nothing."
    )
