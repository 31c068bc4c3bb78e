"""What margin changes would do."""

import pytest
from implication_support import TERMS, all_long, profile

from cohortiv.cascade import find_cliff, forced_flow, forced_lines, linear_impact
from cohortiv.early_warning import Code
from cohortiv.implications.standing import standing
from cohortiv.implications.what_if import Outcome, highest_cap, smallest_top_up, what_ifs
from cohortiv.scenario.changes import cap_leverage, top_up


def test_solved_cap_brings_the_index_to_the_edge() -> None:
    """At the highest cap the index is 60; a higher one leaves it Red, a lower one does not."""
    book = all_long()
    found = highest_cap(book, TERMS, to=Code.YELLOW)
    assert (found.outcome, found.edge, found.reached) == (Outcome.SOLVED, 60.0, Code.YELLOW)
    assert found.value is not None
    assert standing(cap_leverage(book, found.value), TERMS).iv_index == pytest.approx(60.0, abs=0.05)
    assert standing(cap_leverage(book, found.value + 0.05), TERMS).code is Code.RED
    assert standing(cap_leverage(book, found.value - 0.05), TERMS).code is Code.YELLOW


def test_cap_by_hand() -> None:
    """A 10x long with its line at 0.9 has it at 0.8 under a cap of 5x: 37.161, so Yellow needs a cap between."""
    book = all_long()
    assert standing(cap_leverage(book, 5.0), TERMS).iv_index == pytest.approx(37.161, abs=2e-3)
    found = highest_cap(book, TERMS, to=Code.YELLOW)
    assert found.value is not None
    assert 5.0 < found.value < 10.0
    assert found.added_collateral_usd == pytest.approx(1e9 * (1 / found.value - 1 / 10), rel=1e-3)


def test_top_up_by_hand() -> None:
    """A tenth of notional added takes the line from 0.9 to 0.8: 37.161, and a little more than half of it is enough."""
    book = all_long()
    assert standing(top_up(book, 0.1), TERMS).iv_index == pytest.approx(37.161, abs=2e-3)
    found = smallest_top_up(book, TERMS, to=Code.YELLOW)
    assert found.value is not None
    assert 0.0 < found.value < 0.1
    assert standing(top_up(book, found.value), TERMS).iv_index == pytest.approx(60.0, abs=0.02)
    assert found.added_collateral_usd == pytest.approx(1e9 * found.value, rel=1e-6)


def test_green_needs_more_than_yellow() -> None:
    """The lower the code, the lower the cap and the larger the top-up."""
    caps = [highest_cap(all_long(), TERMS, to=code).value for code in (Code.YELLOW, Code.GREEN)]
    tops = [smallest_top_up(all_long(), TERMS, to=code).value for code in (Code.YELLOW, Code.GREEN)]
    assert None not in (*caps, *tops)
    assert sorted(caps, reverse=True, key=lambda cap: cap or 0.0) == caps
    assert sorted(tops, key=lambda top: top or 0.0) == tops


def test_calm_cohorts_need_no_change() -> None:
    """A Green index is under both edges already."""
    assert highest_cap(all_long(0.6, 2), TERMS, to=Code.YELLOW).outcome is Outcome.ALREADY_THERE
    assert smallest_top_up(all_long(0.6, 2), TERMS, to=Code.GREEN).outcome is Outcome.ALREADY_THERE


def test_past_lines_no_change_reaches_it() -> None:
    """What is past its line stays so, whatever margin comes in."""
    book = profile([("long", 1.0, 1e9, 10)])
    assert highest_cap(book, TERMS, to=Code.YELLOW).outcome is Outcome.NONE_REACHES_IT
    found = smallest_top_up(book, TERMS, to=Code.YELLOW)
    assert (found.outcome, found.value, found.added_collateral_usd) == (Outcome.NONE_REACHES_IT, None, None)


def test_nothing_leveraged_has_no_index() -> None:
    """Without leverage there is nothing to bring down."""
    book = profile([("long", 0.9, 1e9, 0)])
    assert highest_cap(book, TERMS, to=Code.GREEN).outcome is Outcome.NO_INDEX


@pytest.mark.parametrize("code", [Code.RED, Code.GREY])
def test_only_lower_codes_can_be_come_down_to(code: Code) -> None:
    """Nobody comes down to Red or to Grey."""
    with pytest.raises(ValueError, match="allowed are yellow and green"):
        highest_cap(all_long(), TERMS, to=code)


def test_caps_and_top_ups_calm_and_maintenance_does_not() -> None:
    """Caps and top-ups lower the index; more maintenance on open positions raises it."""
    before, cap, maintenance, margin = what_ifs(all_long(), TERMS, caps=(5.0,))
    assert before.change == "as it is"
    assert cap.change == "leverage capped at 5x"
    assert cap.standing.iv_index < before.standing.iv_index < maintenance.standing.iv_index
    assert margin.standing.iv_index < before.standing.iv_index
    assert {row.fall_cliff for row in (before, cap)} == {None}


def test_changes_move_the_cliff() -> None:
    """At a given depth the cliff of a single line lies where the line is; a top-up of a tenth moves it a tenth off."""
    before, *_, margin = what_ifs(
        all_long(),
        TERMS,
        caps=(),
        added=0.1,
        cliff_of=lambda book, direction: find_cliff(
            forced_flow(forced_lines(book, direction=direction, symbol="BTC")), linear_impact(4e8)
        ),
    )
    assert before.fall_cliff is not None
    assert margin.fall_cliff is not None
    assert before.fall_cliff.shock == pytest.approx(0.1, abs=0.005)
    assert margin.fall_cliff.shock == pytest.approx(0.2, abs=0.01)
    assert (before.rise_cliff, margin.rise_cliff) == (None, None)
