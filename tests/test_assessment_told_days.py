"""Earlier snapshots are told where both of their parts are cells that may be published."""

import ibis
import pandas as pd
from cohort_support import ENGINE_WARNINGS

from cohortiv.assessment.told_days import told_days
from cohortiv.disclosure import DisclosureRule

pytestmark = ENGINE_WARNINGS
RULE = DisclosureRule()


def lines(low: int, high: int, *, largest: int = 100, day: str = "2026-02-18") -> pd.DataFrame:
    """Accounts at 5x and at 20x, one of those at 20x larger than the others."""
    cents = [100] * (low + high)
    if high:
        cents[low] = largest
    return pd.DataFrame(
        {
            "as_of": pd.Timestamp(day), "account_id": [f"a{number}" for number in range(low + high)],
            "tier": [5] * low + [20] * high, "reason": 0, "notional_cents": cents,
        }
    )  # fmt: skip


def days(*frames: pd.DataFrame) -> list[str]:
    """Days that are told."""
    found = told_days(ibis.memtable(pd.concat(frames, ignore_index=True)), high_from=10.0, rule=RULE)
    return [f"{moment:%Y-%m-%d}" for moment in found]


def test_two_parts_with_accounts_enough_are_told() -> None:
    """Oldest first."""
    assert days(lines(12, 12), lines(12, 12, day="2026-02-17")) == ["2026-02-17", "2026-02-18"]


def test_a_part_with_few_accounts_hides_its_day() -> None:
    """The other day is told all the same."""
    assert days(lines(12, 9), lines(12, 12, day="2026-02-17")) == ["2026-02-17"]


def test_a_part_that_one_account_dominates_hides_its_day() -> None:
    """By more than half of it."""
    assert days(lines(12, 12, largest=5_000)) == []


def test_one_part_alone_is_the_whole() -> None:
    """Nothing at high leverage is told as nothing."""
    assert days(lines(12, 0)) == ["2026-02-18"]
