"""Rows, titles and readings of how leverage is used today."""

import math
from dataclasses import replace

import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from outlook_cases import snapshot

from cohortiv.findings import Findings, usage
from cohortiv.plain import Written
from cohortiv.publication import publish
from cohortiv.published_usage import PublishedUsage, publish_usage

pytestmark = ENGINE_WARNINGS


@pytest.fixture(scope="module")
def base() -> Findings:
    """Of the snapshot."""
    return Findings(snapshot(), publish(snapshot()), None)


@pytest.fixture(scope="module")
def shown(base: Findings) -> PublishedUsage:
    """What may be shown of its usage."""
    found = publish_usage(base.result)
    assert found is not None
    return found


def test_capital_and_count_are_set_side_by_side(base: Findings, shown: PublishedUsage) -> None:
    """Notional and collateral sum to 1 over the tiers, and the title holds both shares."""
    rows = usage.tier_rows(shown)
    assert rows[rows["measure"] == "Notional"]["share"].sum() == pytest.approx(1.0)
    assert usage.tiers(base, shown).title.startswith("10x or more: ")


def test_large_positions_are_told_from_the_shares() -> None:
    """By which of the two is larger."""
    assert "less leverage" in usage._larger(0.2, 0.4)
    assert "more leverage" in usage._larger(0.4, 0.2)


def test_a_dimension_shows_its_largest_values(shown: PublishedUsage) -> None:
    """No more than a few of each, tiers apart."""
    rows = usage.dimension_rows(shown)
    assert "tier" not in set(rows["dimension"])
    assert rows.groupby("dimension").size().max() <= usage.VALUES_SHOWN + 2


def test_what_is_not_shown_of_a_dimension_is_added_up(shown: PublishedUsage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shares of notional still sum to 1; accounts, who may hold several, are not added up."""
    monkeypatch.setattr(usage, "VALUES_SHOWN", 1)
    rows = usage.dimension_rows(shown)
    symbols = rows[rows["dimension"] == "side"]
    assert symbols["value"].tolist()[1] == "further sides"
    assert symbols["notional_share"].sum() == pytest.approx(1.0)
    assert math.isnan(symbols["account_share"].iloc[1])


def test_concentration_over_time_is_that_of_the_snapshots(base: Findings, shown: PublishedUsage) -> None:
    """A value a snapshot and figure, and the title tells the range of the hundred largest."""
    rows = usage.history_rows(shown)
    assert rows.groupby("figure").size().eq(len(shown.history)).all()
    assert "Gini coefficient" in set(rows["figure"])
    words = usage.concentration_history(base, shown)
    assert f"over {len(shown.history)} snapshots" in words.title or "throughout" in words.title


def test_figures_that_stay_are_told_once(base: Findings, shown: PublishedUsage) -> None:
    """In place of the same number at first and at last."""
    still = replace(shown, history=shown.history.assign(gini=0.7, top_100=1.0))
    reading = usage.concentration_history(base, still).reading
    assert "he same at first and at last: Gini coefficient (0.70), 100 largest accounts (100\u00a0%)" in reading
    assert "100\u00a0% at first" not in reading


def test_withheld_snapshots_are_gaps(base: Findings, shown: PublishedUsage) -> None:
    """They are counted in the note."""
    names = shown.history.columns.drop("as_of")
    gap = shown.history.copy()
    gap.loc[gap.index[0], names] = math.nan
    hidden = replace(shown, history=gap)
    assert usage.history_rows(hidden)["value"].isna().any()
    assert f"1 of {len(shown.history)} snapshots are withheld" in usage.concentration_history(base, hidden).note


def test_a_single_snapshot_has_no_concentration_over_time(base: Findings, shown: PublishedUsage) -> None:
    """One sentence stands in place of the figure."""
    single = replace(shown, history=shown.history.tail(1))
    assert usage.history_rows(single).empty
    assert "not shown" in usage.concentration_history(base, single).reading


def test_what_is_withheld_is_a_dash(base: Findings, shown: PublishedUsage) -> None:
    """The largest account's share is never told."""
    rows = {row["figure"]: row for row in usage.concentration_rows(shown)}
    assert rows["Largest account"]["value"] is None
    assert isinstance(rows["Gini coefficient"]["value"], Written)
    assert rows["Gini coefficient"]["low"] is not None
    assert "equal ones would be" in usage.concentration(base, shown).reading


def test_shares_of_a_declared_tier_sum_to_one(shown: PublishedUsage) -> None:
    """However its effective leverage stands."""
    rows = usage.standing_rows(shown)
    assert rows.groupby("tier_floor")["share"].sum().to_numpy() == pytest.approx(1.0)


def test_where_no_effective_leverage_is_known_nothing_is_drawn(shown: PublishedUsage) -> None:
    """Bars of 100 % of what is not told apart would say nothing."""
    unknown = replace(shown, effective=shown.effective.assign(state="other"))
    assert usage.standing_rows(unknown).empty


@pytest.mark.parametrize(
    "words",
    [
        usage.tiers, usage.dimensions, usage.concentration, usage.concentration_history, usage.effective,
    ],
)  # fmt: skip
def test_without_positions_it_says_so(base: Findings, words: object) -> None:
    """Where the result stands on aggregates."""
    assert callable(words)
    assert words(base, None).title == "Accounts are not known"


def test_without_positions_there_are_no_rows() -> None:
    """For every figure and table."""
    frames = (
        usage.tier_rows, usage.dimension_rows, usage.standing_rows, usage.history_rows,
    )  # fmt: skip
    assert all(rows(None).empty for rows in frames)
    assert usage.concentration_rows(None) == []


def test_snapshots_of_other_accounts_are_called_degraded(shown: PublishedUsage) -> None:
    """From half as many again; not where the number stays."""
    moved = shown.history.assign(accounts=[103.0, *[643.0] * (len(shown.history) - 1)])
    assert "Degraded: the snapshots hold 103 to 643 accounts" in usage.accounts_change(replace(shown, history=moved))
    assert usage.accounts_change(replace(shown, history=moved.assign(accounts=500.0))) == ""


def test_high_leverage_starts_where_its_range_does() -> None:
    """A range from 5x to 10x is told whole; where a range begins at 10x, it is 10x."""
    assert usage._high_start(pd.DataFrame({"tier_floor": [2.0, 5.0, 15.0]})) == 5
    assert usage._high_start(pd.DataFrame({"tier_floor": [2.0, 5.0, 10.0]})) == 10
