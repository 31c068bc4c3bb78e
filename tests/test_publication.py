"""Frames that may be shown: sums over safe cells, complete, and ready to be drawn."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cohort_support import CASES, ENGINE_WARNINGS, TIMES, Results, assessed, book

from cohortiv.assessment.disclosed import BOTH
from cohortiv.publication import CURVE_POINTS, TIER_ROW_COLUMNS, publish

pytestmark = ENGINE_WARNINGS
FRAMES = ("tier_rows", "tiers", "ladder", "hit_curve", "sensitivity", "history", "index", "exclusions")


@pytest.mark.parametrize("case", CASES)
def test_every_result_can_be_shown(results: Results, case: str) -> None:
    """Whatever the result, each frame has its columns."""
    shown = publish(results[case])
    assert tuple(shown.tier_rows.columns) == TIER_ROW_COLUMNS
    assert list(shown.history.columns) == ["as_of", "iv_index", "code", "code_held"]
    assert list(shown.ladder.columns) == ["move_low", "move_high", "price_low", "price_high", "side", "notional_usd"]
    assert len(shown.index) == 1


def test_no_frame_speaks_of_accounts_by_name(results: Results) -> None:
    """No column holds an account id."""
    shown = publish(results["solved"])
    texts = " ".join(getattr(shown, name).to_csv() for name in FRAMES)
    assert "account-0" not in texts


def test_tiers_are_the_rows_over_symbols(results: Results) -> None:
    """Both tables have the same totals, and shares of 1."""
    shown = publish(results["solved"])
    for column in ("notional_usd", "collateral_usd", "share"):
        assert shown.tiers[column].sum() == pytest.approx(shown.tier_rows[column].sum())
    assert shown.tiers["collateral_share"].sum() == pytest.approx(1.0)
    assert shown.tiers["share"].sum() == pytest.approx(1.0)


def test_cells_have_accounts_enough(results: Results) -> None:
    """No row and no tier has fewer than ten accounts."""
    shown = publish(results["solved"])
    assert shown.tier_rows["accounts"].min() >= 10
    assert shown.tiers["accounts"].min() >= 10


def test_account_with_two_symbols_counts_once_in_a_tier(tmp_path: Path) -> None:
    """Forty accounts that hold both symbols are forty, not eighty."""
    frame = pd.concat([book(40, symbols=(name,)).assign(leverage=10.0, side="long") for name in ("BTC", "ETH")])
    shown = publish(assessed(tmp_path, frame))
    assert shown.tiers["accounts"].tolist() == [40]


def test_ladder_and_what_it_hides_are_the_whole(results: Results) -> None:
    """Steps shown, hidden notional and positions without a line add up to the leveraged notional."""
    result = results["solved"]
    shown = publish(result)
    whole = result.reading.profile.leveraged_notional_usd
    without = (shown.share_without_line or 0.0) * whole
    assert shown.ladder["notional_usd"].sum() + shown.ladder_hidden_usd + without == pytest.approx(whole)


def test_ladder_of_one_symbol_has_prices(results: Results) -> None:
    """Steps lie where the mark times their move is; of several symbols they have none."""
    one, several = publish(results["one symbol"]), publish(results["solved"])
    assert one.mark_price == 60_000.0
    assert one.ladder["price_low"].tolist() == pytest.approx((60_000.0 * (1 + one.ladder["move_low"])).tolist())
    assert several.mark_price is None
    assert several.ladder["price_low"].isna().all()


def test_steps_do_not_overlap(results: Results) -> None:
    """On each side the steps follow one another, below the mark and above it."""
    for _, held in publish(results["solved"]).ladder.groupby("side"):
        assert (held["move_high"].to_numpy()[:-1] <= held["move_low"].to_numpy()[1:] + 1e-12).all()
        assert (held["move_low"] < held["move_high"]).all()


def test_average_line_of_an_even_tier(tmp_path: Path) -> None:
    """Equal longs at 10x from the mark have their average line where each has it: 54 221.1055 at 60 000."""
    frame = book(40, symbols=("BTC",)).assign(side="long", leverage=10.0, entry_price=60_000.0, quantity=1.0)
    rows = publish(assessed(tmp_path, frame)).tier_rows
    line = float(rows["weighted_liquidation_price"].iloc[0])
    swing = float(rows["swing"].iloc[0])
    assert line == pytest.approx(54_221.1, rel=2e-3)
    assert swing == pytest.approx(abs(math.log(line / 60_000.0)), rel=1e-9)
    assert float(rows["withstand_volatility"].iloc[0]) == pytest.approx(swing / math.sqrt(7 / 365))


def test_average_line_of_few_is_left_out(tmp_path: Path) -> None:
    """In a cell in which two accounts alone have a line, neither the line nor the swing is shown."""
    frame = book(40, symbols=("BTC",)).assign(
        side="long", leverage=10.0, liquidation_price=np.nan, liquidation_price_known=True
    )
    frame.loc[:1, "liquidation_price"] = 50_000.0
    rows = publish(assessed(tmp_path, frame)).tier_rows
    assert rows[["weighted_liquidation_price", "swing", "withstand_volatility"]].isna().all(axis=None)
    assert rows["notional_usd"].sum() > 0


def test_share_without_line_of_few_is_left_out(tmp_path: Path) -> None:
    """Two accounts without a line go into the hidden rest of the ladder."""
    frame = book(60, symbols=("BTC",)).assign(side="long", leverage=10.0, liquidation_price_known=True)
    frame["liquidation_price"] = (frame["mark_price"] * 0.9).where(frame.index > 1)
    shown = publish(assessed(tmp_path, frame))
    assert shown.share_without_line is None
    assert shown.ladder_hidden_usd > 0


def test_side_of_few_is_not_told_apart(tmp_path: Path) -> None:
    """With three shorts both sides are one."""
    frame = book(60).assign(side="long")
    frame.loc[:2, "side"] = "short"
    shown = publish(assessed(tmp_path, frame))
    assert set(shown.tier_rows["side"]) == set(shown.tiers["side"]) == {BOTH}
    assert set(shown.ladder["side"]) <= {BOTH}


def test_rare_symbols_are_other(tmp_path: Path) -> None:
    """Symbols of too few accounts are added up under one name."""
    rare = book(5, symbols=("SOL",)).assign(account_id=[f"rare-{number}" for number in range(5)])
    frame = pd.concat([book(120), rare], ignore_index=True)
    symbols = set(publish(assessed(tmp_path, frame)).tier_rows["symbol"])
    assert "SOL" not in symbols
    assert "other" in symbols


def test_index_of_an_early_snapshot_of_few_is_left_out(tmp_path: Path) -> None:
    """The index of a snapshot with three accounts is that of their lines."""
    frame = book(60, times=TIMES)
    early = frame["as_of"] == pd.Timestamp(TIMES[0])
    frame = frame[~early | (frame["account_id"] < "account-0003")]
    history = publish(assessed(tmp_path, frame)).history
    assert history["iv_index"].isna().tolist() == [True, False, False]


def test_hit_curve_rises_and_reaches_past_both_volatilities(results: Results) -> None:
    """The curve spans twice the larger of critical and reference volatility, and passes the critical mass."""
    result = results["solved"]
    curve = publish(result).hit_curve
    assert curve["share"].is_monotonic_increasing
    assert curve["volatility"].iloc[-1] == pytest.approx(2 * max(result.critical.value, result.reference_volatility))
    assert curve["share"].iloc[0] < 0.15 < curve["share"].iloc[-1]


def test_hit_curve_of_a_report_has_no_stairs(results: Results) -> None:
    """Each rounded share has one point, in the middle of its step: within the rounding of the exact curve."""
    told, exact = publish(results["one symbol"]).hit_curve, publish(results["analyst"]).hit_curve
    assert not told["share"].iloc[:-1].duplicated().any()
    assert told["volatility"].is_monotonic_increasing
    assert len(exact) == CURVE_POINTS - 1


def test_interval_is_in_the_index_frame(results: Results) -> None:
    """Ends as in the result, NaN where there is no root."""
    solved, none = publish(results["solved"]).index.iloc[0], publish(results["past"]).index.iloc[0]
    assert solved["low"] < solved["iv_index"] < solved["high"]
    assert math.isnan(none["low"])


def test_dominated_collateral_costs_no_tier(tmp_path: Path) -> None:
    """A wallet that fills a tier leaves its collateral out of both tables, and its notional in."""
    frame = book(200, symbols=("BTC",)).assign(quantity=0.01, side="long")
    frame["margin"] = 600.0 / frame["leverage"]
    frame.loc[frame.index[frame["leverage"] == 20.0][0], "margin"] = 2_500.0
    shown = publish(assessed(tmp_path, frame))
    assert shown.tiers["tier"].tolist() == shown.tier_rows["tier"].tolist() == ["2x", "5x", "10x", "20x"]
    assert shown.tiers["notional_usd"].notna().all()
    for table in (shown.tiers, shown.tier_rows):
        withheld = table["collateral_usd"].isna()
        assert withheld.iloc[-1]
        assert withheld.sum() == 2
    assert shown.tiers["collateral_share"].sum() == pytest.approx(1.0)


def test_collateral_shares_tell_nothing_of_what_is_withheld(tmp_path: Path) -> None:
    """Amount over share gives the sum of the amounts shown, not a total from which the rest would follow."""
    frame = book(200, symbols=("BTC",)).assign(quantity=0.01, side="long")
    frame["margin"] = 600.0 / frame["leverage"]
    frame.loc[frame.index[frame["leverage"] == 20.0][0], "margin"] = 2_500.0
    tiers = publish(assessed(tmp_path, frame)).tiers.dropna(subset="collateral_usd")
    whole = tiers["collateral_usd"] / tiers["collateral_share"]
    assert whole.tolist() == pytest.approx([tiers["collateral_usd"].sum()] * len(tiers))


def test_few_excluded_rows_have_no_number(tmp_path: Path) -> None:
    """The table names the rule, and neither rows nor notional of one account."""
    odd = book(3).assign(account_id="one", symbol=["A", "B", "C"])
    table = publish(assessed(tmp_path, pd.concat([book(80), odd]), max_excluded=1.0)).exclusions
    assert len(table) == 1
    assert table[["rows", "notional_usd"]].isna().all(axis=None)


def near_line_of_one() -> pd.DataFrame:
    """Ninety longs at 2x, 5x and 20x; one at 5x holds a twentieth of its tier, and its line is next to the mark."""
    frame = book(90, symbols=("BTC",)).assign(
        side="long", leverage=np.repeat([2.0, 5.0, 20.0], 30), quantity=1.0, liquidation_price_known=True
    )
    frame["liquidation_price"] = frame["mark_price"] * np.repeat([0.55, 0.72, 0.9], 30)
    frame.loc[45, ["liquidation_price", "quantity"]] = [59_000.0, 1.6]
    return frame


def test_contribution_that_one_account_makes_up_is_left_out(tmp_path: Path) -> None:
    """Notional and accounts of the tier stay; its part of the critical mass and a second one go, in both tables."""
    shown = publish(assessed(tmp_path, near_line_of_one()))
    for table in (shown.tiers, shown.tier_rows):
        told = table.set_index("tier")
        assert told["contribution"].isna().sum() == 2
        assert told["contribution"].isna()["5x"]
        assert told["notional_usd"].notna().all()
        assert told.loc["5x", "accounts"] == 30


def test_analyst_sees_every_contribution(tmp_path: Path) -> None:
    """What stays with those who hold the positions is not suppressed."""
    shown = publish(assessed(tmp_path, near_line_of_one(), for_report=False))
    assert shown.tier_rows["contribution"].sum() == pytest.approx(1.0)
    assert shown.tiers["contribution"].sum() == pytest.approx(1.0)


def test_told_contributions_are_rounded(tmp_path: Path) -> None:
    """Nine decimals, so that a part next to nothing is 0 and tells no line."""
    told = publish(assessed(tmp_path, near_line_of_one())).tiers["contribution"].dropna()
    assert told.tolist() == told.round(9).tolist()
