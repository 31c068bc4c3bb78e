"""The cells of one snapshot that a report may show: tiers by side and symbol, and steps of the ladder."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from cohortiv.config.cohort import Privacy
from cohortiv.disclosure import REST, DisclosedCells, DisclosureRule, is_safe, ordered_cells, pooled_cells
from cohortiv.errors import DataError
from cohortiv.liquidation import LINE, PAST

BOTH = "both"


@dataclass(frozen=True, eq=False)
class Disclosed:
    """Partitions whose cells satisfy the privacy rule.

    Attributes
    ----------
    tiers : DisclosedCells
        tier -> ranges of tiers over all symbols, the same for longs and shorts.
    symbols : DisclosedCells
        tier_range (a cell of `tiers`), side, symbol -> symbols within each range and side; numbers below 0 are rests.
    sides_apart : bool
        Whether longs and shorts may be told apart; if not, `side` is `BOTH` everywhere.
    ladder : DisclosedCells
        side, direction (-1 below the mark, 0 past the line, 1 above), step -> steps of the ladder; positions with a line.
    """

    sides_apart: bool
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
    everything = held.mutate(everything=0)
    _refuse_unsafe(ordered_cells(everything, group=[], order="everything", rule=rule).counts, rule)
    by_side = ordered_cells(everything, group=["side"], order="everything", rule=rule)
    apart = REST not in set(by_side.counts["cell"])
    held = held if apart else held.mutate(side=ibis.literal(BOTH))
    tiers = ordered_cells(held, group=[], order="tier", rule=rule, within=["side"])
    ranges = ibis.memtable(tiers.plan.rename(columns={"cell": "tier_range"}))
    symbols = pooled_cells(held.inner_join(ranges, ["tier"]), within=["tier_range", "side"], by="symbol", rule=rule)
    lined = held.filter(held.state.isin([LINE, PAST]))
    direction = ibis.ifelse(lined.state == PAST, 0, ibis.ifelse(lined.bin < 0, -1, 1))
    ladder = ordered_cells(lined.mutate(direction=direction), group=["side", "direction"], order="step", rule=rule)
    return Disclosed(apart, tiers, symbols, ladder)


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
