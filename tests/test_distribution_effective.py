"""Effective leverage by hand: isolated, cross, coin-margined, under water, unknown."""

import math
from pathlib import Path

import pandas as pd
import pytest
from book_support import Desk, Row, position
from cohort_support import ENGINE_WARNINGS
from test_profile_accounts import KAPPAS

from cohortiv.assessment import Settings, read_cohort
from cohortiv.distribution.effective import (
    BELOW_EDGES,
    KNOWN,
    NO_TIER,
    UNDER_WATER,
    UNKNOWN,
    EffectiveLeverage,
    effective_leverage,
    effective_positions,
)
from cohortiv.engine import connect
from cohortiv.profile import leveraged_positions
from cohortiv.schema import TIER_EDGES

pytestmark = ENGINE_WARNINGS


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An engine and a folder."""
    return Desk(tmp_path, connect(threads=1))


def found(desk: Desk, *rows: Row) -> tuple[EffectiveLeverage, pd.DataFrame]:
    """Tables of a book, and its positions one by one."""
    solved = desk.solve(rows)
    held = leveraged_positions(solved.profile().lines, KAPPAS)
    positions = effective_positions(held, solved.positions.table, tier_edges=TIER_EDGES)
    frame: pd.DataFrame = positions.to_pyarrow().to_pandas()
    return effective_leverage(positions), frame.sort_values(["account_id", "notional_cents"], ignore_index=True)


def wallet(margin: float | None, **changes: object) -> Row:
    """A cross long of 1 BTC at 10x with a wallet balance and a line of the venue's."""
    return position(margin_mode="cross", margin=margin, liquidation_price=40_000.0) | changes


def test_an_isolated_position_at_its_entry_has_its_declared_leverage(desk: Desk) -> None:
    """Nothing won or lost: notional over margin is the multiplier."""
    _, rows = found(desk, position())
    assert rows["effective"][0] == pytest.approx(10.0)
    assert (rows["tier"][0], rows["effective_tier"][0], rows["state"][0]) == (10, 10, KNOWN)


def test_a_loss_raises_effective_leverage(desk: Desk) -> None:
    """A long of 60,000 on 6,000 that fell to 57,000: 57,000 / 3,000."""
    _, rows = found(desk, position(mark_price=57_000.0))
    assert rows["effective"][0] == pytest.approx(19.0)


def test_a_short_gains_from_a_fall(desk: Desk) -> None:
    """57,000 / 9,000, in the tier of 5x."""
    _, rows = found(desk, position(side="short", mark_price=57_000.0))
    assert rows["effective"][0] == pytest.approx(57 / 9)
    assert rows["effective_tier"][0] == 5


def test_posted_margin_counts_after_haircut(desk: Desk) -> None:
    """12,000 at a haircut of a half is 6,000."""
    _, rows = found(desk, position(margin=12_000.0, haircut=0.5))
    assert rows["effective"][0] == pytest.approx(10.0)


def test_inverse_contracts_are_counted_in_dollars_of_today(desk: Desk) -> None:
    """60,000 contract USD on 0.1 coin, entered at 60,000, mark 66,000: equity 6,600 + 6,000."""
    row = position(contract="inverse", quantity=60_000.0, mark_price=66_000.0, margin=0.1)
    _, rows = found(desk, row)
    assert rows["effective"][0] == pytest.approx(60_000 / 12_600)


def test_a_cross_account_is_one_unit(desk: Desk) -> None:
    """Both legs have the unit's leverage: 120,000 on 20,000 + 5,000, whatever each declares."""
    legs = [wallet(20_000.0, quantity=1.0, entry_price=55_000.0), wallet(0.0, symbol="ETH", leverage=25.0)]
    _, rows = found(desk, *legs)
    assert rows["effective"].tolist() == pytest.approx([120 / 25] * 2)
    assert sorted(rows["tier"]) == [10, 25]


def test_unleveraged_legs_belong_to_the_unit_but_are_not_listed(desk: Desk) -> None:
    """Equity stands behind them too, while only leveraged positions are counted."""
    _, rows = found(desk, wallet(30_000.0), wallet(None, symbol="ETH", leverage=1.0))
    assert rows["effective"].tolist() == pytest.approx([4.0])


def test_little_effective_leverage_is_below_the_edges(desk: Desk) -> None:
    """A wallet larger than the position."""
    _, rows = found(desk, wallet(120_000.0))
    assert rows["effective_tier"][0] == BELOW_EDGES


def test_without_a_wallet_nothing_is_made_up(desk: Desk) -> None:
    """Unknown, counted with its notional, and no number."""
    tables, rows = found(desk, wallet(None), position(account_id="b"))
    assert rows["state"].tolist() == [UNKNOWN, KNOWN]
    assert math.isnan(rows["effective"][0])
    assert rows["effective_tier"][0] == NO_TIER
    assert tables.known_share == pytest.approx(0.5)


def test_no_equity_left_is_a_state_of_its_own(desk: Desk) -> None:
    """A long that lost all of its margin."""
    tables, rows = found(desk, position(mark_price=50_000.0))
    assert rows["state"].tolist() == [UNDER_WATER]
    assert tables.states.set_index("state")["positions"].to_dict() == {KNOWN: 0, UNDER_WATER: 1, UNKNOWN: 0}


def test_a_row_given_twice_counts_once(desk: Desk) -> None:
    """In its unit and in the table."""
    _, rows = found(desk, wallet(6_000.0), wallet(6_000.0))
    assert rows["effective"].tolist() == pytest.approx([10.0])


def test_medians_by_capital_and_by_count_differ(desk: Desk) -> None:
    """One large position at 5x, three small ones at 20x."""
    small = [position(account_id=name, quantity=0.1, leverage=20.0) for name in "abc"]
    tables, _ = found(desk, position(account_id="d", leverage=5.0), *small)
    medians = tables.medians.set_index("weighting")
    assert medians["effective"].to_dict() == {"capital": pytest.approx(5.0), "count": pytest.approx(20.0)}
    assert medians["declared"].to_dict() == {"capital": 5.0, "count": 20.0}


def test_the_joint_table_holds_everything_once(desk: Desk) -> None:
    """Notional and positions add up to the book."""
    tables, rows = found(desk, wallet(None), position(account_id="b"), position(account_id="c", mark_price=50_000.0))
    assert tables.joint["notional_usd"].sum() == pytest.approx(rows["notional_cents"].sum() / 100)
    assert tables.joint["positions"].sum() == 3
    assert set(tables.joint["state"]) == {KNOWN, UNDER_WATER, UNKNOWN}


def test_real_accounts_use_less_leverage_than_they_declare(real_data: Path) -> None:
    """Cross accounts of which the account value is known: the declared multiplier is a setting."""
    spec = f"hyperliquid:{real_data / 'hl_top_traders_positions_2026-01_02.csv.gz'}"
    settings = Settings(positions=spec, as_of="2026-02-06", symbol="BTC", max_excluded=0.5)
    usage = read_cohort(settings, for_report=False, usage=True, say=lambda _: None).usage
    assert usage is not None
    medians = usage.effective.medians.set_index("weighting").loc["capital"]
    assert usage.effective.known_share > 0.5
    assert medians["effective"] < medians["declared_where_known"] / 2


def test_nothing_leveraged_is_empty(desk: Desk) -> None:
    """No rows, NaN medians and shares, no error."""
    tables, _ = found(desk, position(leverage=1.0))
    assert tables.joint.empty
    assert tables.medians[["declared", "effective"]].isna().all().all()
    assert math.isnan(tables.known_share)
