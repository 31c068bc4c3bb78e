"""How far a source is about the same accounts throughout: those of the last snapshot that the first had too."""

from dataclasses import dataclass
from typing import Final

import ibis.expr.types as ir
import pandas as pd

from cohortiv.disclosure import DisclosureRule, counted, is_safe
from cohortiv.liquidation import UNLEVERAGED
from cohortiv.schema import USED

#: Overlaps are told to the nearest multiple of this [1].
STEP: Final = 0.05


@dataclass(frozen=True)
class AccountOverlap:
    """Accounts with leveraged notional in the first snapshot of a source and in the last.

    Attributes
    ----------
    accounts : float
        Share of the last snapshot's accounts that the first has too, to the nearest `STEP` [1].
    notional : float
        Share of its leveraged notional that is theirs, to the nearest `STEP` [1].
    """

    accounts: float
    notional: float


def account_overlap(past: ir.Table, rule: DisclosureRule) -> AccountOverlap | None:
    """Compare the accounts of the last snapshot with those of the first.

    Parameters
    ----------
    past : ibis Table
        Binned lines of all snapshots: as_of, account_id, reason, tier, notional_cents.
    rule : DisclosureRule
        What those seen twice, and those seen in the last only, must satisfy.

    Returns
    -------
    AccountOverlap or None
        None with fewer than two snapshots, or where the rule is broken by either.
    """
    held = past.filter((past.reason == USED) & (past.tier != UNLEVERAGED))
    ends = held.aggregate(first=held.as_of.min(), last=held.as_of.max()).to_pyarrow().to_pylist()[0]
    if ends["first"] is None or ends["first"] == ends["last"]:
        return None
    known = held.filter(held.as_of == ends["first"]).select("account_id").distinct().mutate(seen=True)
    last = held.filter(held.as_of == ends["last"])
    placed = last.left_join(known, "account_id").select("account_id", "notional_cents", "seen")
    counts = counted(placed.mutate(seen=placed.seen.fill_null(False)), ["seen"])
    if not is_safe(counts, rule).all():
        return None
    return AccountOverlap(_seen_share(counts, "accounts"), _seen_share(counts, "notional_cents"))


def _seen_share(counts: pd.DataFrame, column: str) -> float:
    """Share of those seen before, to the nearest step."""
    share = float(counts.loc[counts["seen"].astype(bool), column].sum() / counts[column].sum())
    return round(round(share / STEP) * STEP, 2)
