"""How far the last snapshot of a source is about the accounts of the first."""

from collections.abc import Sequence
from datetime import datetime

import ibis
import ibis.expr.types as ir
import pandas as pd
from cohort_support import ENGINE_WARNINGS

from cohortiv.assessment.overlap import AccountOverlap, account_overlap
from cohortiv.disclosure import DisclosureRule
from cohortiv.liquidation import UNLEVERAGED
from cohortiv.schema import USED

pytestmark = ENGINE_WARNINGS
RULE = DisclosureRule(min_accounts=3)
FIRST, LAST = datetime.fromisoformat("2026-02-01"), datetime.fromisoformat("2026-02-20")


def lines(first: Sequence[str], last: Sequence[str]) -> ir.Table:
    """Two snapshots of equal positions in 5x, and an account without leverage in both."""
    rows = [(when, name, 5, 100) for when, names in ((FIRST, first), (LAST, last)) for name in names]
    rows += [(when, "spot", UNLEVERAGED, 10**9) for when in (FIRST, LAST)]
    frame = pd.DataFrame(rows, columns=["as_of", "account_id", "tier", "notional_cents"])
    return ibis.memtable(frame.assign(reason=USED))


def named(count: int) -> list[str]:
    """So many accounts."""
    return [f"a{number}" for number in range(count)]


def test_shares_are_of_the_last_snapshot() -> None:
    """Three of ten accounts were there before."""
    found = account_overlap(lines([*named(3), "b", "c"], named(10)), RULE)
    assert found == AccountOverlap(accounts=0.3, notional=0.3)


def test_shares_are_rounded() -> None:
    """Four of seven, 57 %, are told as 55 %: one account more or less cannot be read."""
    assert account_overlap(lines(named(4), named(7)), RULE) == AccountOverlap(accounts=0.55, notional=0.55)


def test_few_accounts_are_not_told() -> None:
    """Two that stayed, or two that came, are no cell."""
    assert account_overlap(lines(named(2), named(8)), RULE) is None
    assert account_overlap(lines(named(6), named(8)), RULE) is None


def test_the_same_accounts_overlap_wholly() -> None:
    """Nothing came, and the share is 1."""
    assert account_overlap(lines(named(8), named(8)), RULE) == AccountOverlap(1.0, 1.0)


def test_one_snapshot_has_no_overlap() -> None:
    """Nor has none."""
    both = lines(named(8), named(8))
    assert account_overlap(both.filter(both.as_of == LAST), RULE) is None
    assert account_overlap(both.filter(both.account_id == ""), RULE) is None
