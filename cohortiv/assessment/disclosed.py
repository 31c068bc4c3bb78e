"""The cells of one snapshot that a report may show: tiers by side and symbol, what they hold, steps of the ladder."""

import math
from dataclasses import dataclass, replace
from typing import Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from cohortiv.assessment.told import ToldCells, told_cells
from cohortiv.config.cohort import Privacy
from cohortiv.disclosure import (
    DisclosedCells,
    DisclosureRule,
    counted,
    is_safe,
    ordered_cells,
    pooled_cells,
    with_safe_wholes,
)
from cohortiv.errors import DataError
from cohortiv.liquidation import LINE, NO_LINE, PAST
from cohortiv.profile.bins import edges_of

BOTH = "both"
#: Lines farther than ten times, or a tenth of, the mark are left out of a tier's average line [log].
FARTHEST_AVERAGED = math.log(10)
#: An account is behind a contribution from this part of what the largest account adds to it [1].
LEAST_PART: Final = 1e-3
#: From this share of the leveraged notional a symbol's whole is worth a cell of its tiers [1].
LARGE_SYMBOL: Final = 0.01
#: Which part of the ladder a position is in: below the mark, past its line, above the mark, without a line.
BELOW, AT_MARK, ABOVE, NOWHERE = -1, 0, 1, 2


@dataclass(frozen=True, eq=False)
class Disclosed:
    """Partitions of the leveraged notional whose cells satisfy the privacy rule.

    Attributes
    ----------
    sides_apart : bool
        Whether longs and shorts may be told apart; if not, `side` is `BOTH` everywhere.
    tiers : DisclosedCells
        tier -> ranges of tiers over all symbols, the same for longs and shorts.
    tier_accounts : DataFrame
        tier_range (a cell of `tiers`), side, accounts: distinct accounts over all symbols.
    symbols : DisclosedCells
        tier_range, side, symbol -> symbols within each range and side; numbers below 0 are rests.
    collateral : ToldCells
        Of which of these cells the collateral may be shown too.
    contributions : ToldCells
        Of which the part of the critical mass may be shown; none where nothing contributes.
    averaged : frozenset of int
        Cells of `symbols` whose average line may be shown: enough accounts have a line that counts in it.
    ladder : DisclosedCells
        side, direction (`BELOW`, `AT_MARK`, `ABOVE`, `NOWHERE`), step -> steps of the ladder. Positions without a line
        are in it, so that what they hold isn't the difference of two totals.
    market_ladder : DisclosedCells
        The same by the move of the market that takes each price to its line; for cascades, which follow it.
    """

    sides_apart: bool
    tiers: DisclosedCells
    tier_accounts: pd.DataFrame
    symbols: DisclosedCells
    collateral: ToldCells
    contributions: ToldCells
    averaged: frozenset[int]
    ladder: DisclosedCells
    market_ladder: DisclosedCells

    @property
    def named_symbols(self) -> frozenset[str]:
        """Symbols that a cell tells alone; what is held in the others is told together with more, or in a rest."""
        told = self.symbols.plan[self.symbols.plan["cell"] >= 0]
        cells = told.groupby("cell")["symbol"].agg(["nunique", "first"])
        return frozenset(cells.loc[cells["nunique"] == 1, "first"])

    def direction_cents(self, direction: int) -> float | None:
        """Leveraged notional in one part of the ladder [cents]; None if some of it is in the rest."""
        spans = self.ladder.plan[self.ladder.plan["direction"] == direction]
        if (spans["cell"] < 0).any():
            return None
        counts = self.ladder.counts
        return float(counts.loc[counts["cell"].isin(spans["cell"]), "notional_cents"].sum())


def disclose(
    held: ir.Table, privacy: Privacy, *, by_market: bool = False, parts: pd.DataFrame | None = None
) -> Disclosed:
    """Form the cells that may be published.

    Parameters
    ----------
    held : ibis Table
        From `profile.leveraged_positions`; its collateral doesn't decide the cells.
    privacy : Privacy
        Fewest accounts, and largest share of one account.
    by_market : bool
        Whether symbols' own moves and the market's differ, so that a ladder by the market's move has steps of its own.
    parts : DataFrame, optional
        From `nodes.expected_parts`; without, no contribution may be shown.

    Returns
    -------
    Disclosed
        Empty where nothing is leveraged.

    Raises
    ------
    DataError
        If the whole has too few accounts, or one account holds too much of it: then no total may be published.
    """
    rule = rule_of(privacy)
    _refuse_unsafe(counted(held.mutate(everything=0), ["everything"]), rule)
    apart = bool(is_safe(counted(held, ["side"]), rule).all())
    if not apart:
        held = held.mutate(side=ibis.literal(BOTH))
    tiers = ordered_cells(held, group=[], order="tier", rule=rule, within=["side"])
    ranged = held.inner_join(ibis.memtable(tiers.plan.rename(columns={"cell": "tier_range"})), ["tier"])
    symbols = _symbols(ranged, rule)
    ladder = _ladder(held, rule, order="step")
    return Disclosed(
        sides_apart=apart,
        tiers=tiers,
        tier_accounts=counted(ranged, ["tier_range", "side"])[["tier_range", "side", "accounts"]],
        symbols=symbols,
        collateral=told_cells(ranged, symbols, rule, amount="collateral_cents", readable=_of_one_tier(tiers)),
        contributions=ToldCells() if parts is None else _told_contributions(ranged, symbols, rule, parts=parts),
        averaged=_averaged(ranged, symbols, rule),
        ladder=ladder,
        market_ladder=_ladder(held, rule, order="market_step") if by_market else ladder,
    )


def _symbols(ranged: ir.Table, rule: DisclosureRule) -> DisclosedCells:
    """Symbols within ranges and sides; of large symbols so much is withheld that their whole can be told."""
    found = pooled_cells(ranged, within=["tier_range", "side"], by=["symbol"], rule=rule)
    if not (found.plan["cell"] < 0).any():
        return found
    sizes = counted(ranged, ["symbol"]).set_index("symbol")["notional_cents"]
    large = [str(symbol) for symbol in sizes.index[sizes >= LARGE_SYMBOL * sizes.sum()]]
    return with_safe_wholes(ranged, found, of="symbol", names=large, rule=rule)


def _of_one_tier(tiers: DisclosedCells) -> frozenset[int]:
    """Ranges that are a single tier, whose collateral is near notional / leverage."""
    number = tiers.plan.groupby("cell").size()
    return frozenset(int(cell) for cell in number.index[number == 1])


def rule_of(privacy: Privacy) -> DisclosureRule:
    """What a published cell needs, from a cohort's settings."""
    return DisclosureRule(privacy.min_accounts, privacy.max_account_share)


def _refuse_unsafe(counts: pd.DataFrame, rule: DisclosureRule) -> None:
    """Stop where even everything together may not be shown."""
    if counts.empty or bool(is_safe(counts, rule).all()):
        return
    accounts, share = int(counts["accounts"].max()), float((counts["largest_cents"] / counts["notional_cents"]).max())
    raise DataError(
        f"No report can be published: all leveraged positions together have {accounts} account(s), and the largest "
        f"holds {share:.0%} of the notional; allowed are at least {rule.min_accounts} accounts and at most "
        f"{rule.max_account_share:.0%}. Widen the cohort or the symbol, or use cohortiv index, which publishes "
        "nothing. For a book of your own that nobody else reads, say so in a cohort file: privacy: {min_accounts: 1, "
        "max_account_share: 1.0}."
    )


def _told_contributions(
    ranged: ir.Table, symbols: DisclosedCells, rule: DisclosureRule, *, parts: pd.DataFrame
) -> ToldCells:
    """Cells whose contribution may be shown: accounts enough are behind it, and none adds too much of it."""
    placed = ranged.inner_join(ibis.memtable(parts), ["node"])
    added = placed.mutate(added=(placed.notional_cents * placed.per_cent).round().cast("int64"))
    return told_cells(added.filter(added.added > 0), symbols, replace(rule, least_part=LEAST_PART), amount="added")


def _averaged(ranged: ir.Table, symbols: DisclosedCells, rule: DisclosureRule) -> frozenset[int]:
    """Cells in which the positions that the average line is over would be a safe cell by themselves."""
    if symbols.plan.empty:
        return frozenset()
    numbered = ranged.inner_join(ibis.memtable(symbols.plan), ["tier_range", "side", "symbol"])
    lined = counted(numbered.filter(_is_averaged(numbered)), ["cell"])
    return frozenset(int(cell) for cell in lined.loc[is_safe(lined, rule), "cell"])


def _is_averaged(held: ir.Table) -> ir.Value:
    """Lines where their positions lose and not too far away; with `BOTH` sides the side is not asked."""
    near, _ = edges_of(np.arange(2000))
    farthest = int(np.nanargmax(np.where(near <= FARTHEST_AVERAGED, near, np.nan)))
    losing = ((held.side == "long") & (held.bin < 0)) | ((held.side == "short") & (held.bin > 0)) | (held.side == BOTH)
    return (held.state == LINE) & losing & (held.bin.abs() <= farthest)


def _ladder(held: ir.Table, rule: DisclosureRule, *, order: str) -> DisclosedCells:
    """Steps of the ladder, merged with their neighbours on the same side of the mark."""
    lined = ibis.ifelse(held.bin < 0, BELOW, ABOVE)
    direction = ibis.cases((held.state == PAST, AT_MARK), (held.state == NO_LINE, NOWHERE), else_=lined)
    placed = held.mutate(direction=direction, step=held[order])
    return ordered_cells(placed, group=["side", "direction"], order="step", rule=rule, apart=["side"])
