"""The ladder: steps that tile the notional, the mark's own step, and steps by the market's move."""

import math
from pathlib import Path

import pandas as pd
import pytest
from cohort_support import CASES, ENGINE_WARNINGS, Results, assessed, book, cohort_file

from cohortiv.ladder import COLUMNS, market_ladder, shown_ladder

pytestmark = ENGINE_WARNINGS


def lined(line: float, *, symbol: str = "BTC", accounts: int = 20, prefix: str = "a") -> pd.DataFrame:
    """Equal longs of one symbol with the venue's line at so many times the mark."""
    frame = book(accounts, symbols=(symbol,), leverages=(5.0,)).assign(side="long")
    return frame.assign(
        quantity=1e6 / frame["mark_price"],
        liquidation_price=line * frame["mark_price"],
        account_id=[f"{prefix}{number}" for number in range(accounts)],
    )


@pytest.mark.parametrize("case", CASES)
def test_steps_and_what_is_hidden_hold_no_more_than_the_whole(results: Results, case: str) -> None:
    """Steps and hidden notional add up to what is leveraged, or to less where notional without a line is told apart."""
    result = results[case]
    found = shown_ladder(result, None)
    told = found.steps["notional_usd"].sum() + found.hidden_usd
    whole = result.reading.profile.leveraged_notional_usd
    without = whole - result.nodes.loc[result.nodes["distance"].notna(), "weight"].sum()
    assert tuple(found.steps.columns) == COLUMNS
    assert whole - without - 0.02 <= told <= whole + 0.02


def test_step_of_a_line_by_hand(tmp_path: Path) -> None:
    """Twenty longs of a million with their line 9.5 % below are one step from -10 % to -8 %, in prices too."""
    steps = shown_ladder(assessed(tmp_path, lined(0.905), symbol="BTC"), 60_000.0).steps
    assert steps.drop(columns="side").iloc[0].tolist() == pytest.approx([-0.10, -0.08, 54_000.0, 55_200.0, 2e7])
    assert steps["side"].tolist() == ["long"]


def test_without_a_mark_there_are_no_prices(results: Results) -> None:
    """A whole cohort has no one price."""
    steps = shown_ladder(results["solved"], None).steps
    assert steps[["price_low", "price_high"]].isna().all(axis=None)


def test_past_lines_stand_at_the_mark(results: Results) -> None:
    """What is past its line is a step without width, and no other step is one."""
    steps = shown_ladder(results["past"], None).steps
    at_mark = steps["move_low"] == steps["move_high"]
    assert at_mark.any()
    assert (steps.loc[at_mark, "move_low"] == 0.0).all()


def test_analyst_sees_every_step(results: Results) -> None:
    """Without disclosed cells steps are 2 % wide, and the whole is told."""
    found = shown_ladder(results["analyst"], None)
    width = (found.steps["move_high"] - found.steps["move_low"])[found.steps["move_high"] < 1.0]
    assert width.tolist() == pytest.approx([0.02] * len(width))
    assert found.hidden_usd == pytest.approx(0.0, abs=0.02)


def test_market_ladder_goes_by_the_market(tmp_path: Path) -> None:
    """With a beta of 2, lines 9 % below their own mark are reached when the market has fallen 4.5 %."""
    frame = pd.concat([lined(0.905), lined(0.91, symbol="SOL", prefix="b")], ignore_index=True)
    result = assessed(tmp_path, frame, cohort=cohort_file(tmp_path, "betas: {SOL: 2.0}\n"))
    moves = market_ladder(result).steps[["move_low", "move_high"]].to_numpy().ravel().tolist()
    assert moves == pytest.approx([-0.10, -0.08, -0.06, -0.04])
    own = shown_ladder(result, None).steps
    assert own[["move_low", "move_high"]].iloc[0].tolist() == pytest.approx([-0.10, -0.08])


def test_one_symbol_has_one_ladder(results: Results) -> None:
    """Where a symbol is read alone, its own move is the market's."""
    result = results["one symbol"]
    own, market = shown_ladder(result, None), market_ladder(result)
    pd.testing.assert_frame_equal(own.steps, market.steps)
    assert own.hidden_usd == market.hidden_usd


def test_no_market_ladder_without_disclosed_steps(results: Results) -> None:
    """An analyst's result has its profile, which is finer."""
    with pytest.raises(ValueError, match="without disclosed steps; use the lines of its profile"):
        market_ladder(results["analyst"])


def test_nothing_leveraged_has_no_steps(results: Results) -> None:
    """Empty, with the columns, and nothing hidden."""
    found = market_ladder(results["nothing leveraged"])
    assert found.steps.empty
    assert tuple(found.steps.columns) == COLUMNS
    assert math.isclose(found.hidden_usd, 0.0)
