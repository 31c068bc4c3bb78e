"""An outlook: draws through to the index, what drives the change, and the test on held-out periods."""

import datetime as dt

import numpy as np
import pytest
from cohort_support import ENGINE_WARNINGS
from outlook_cases import assumptions, outlook, snapshot

from cohortiv.distribution.median_errors import median
from cohortiv.errors import UsageError
from cohortiv.outlook import BACKTEST_STEPS, look_ahead, mix_outcome, past_index

pytestmark = ENGINE_WARNINGS


def test_today_is_the_snapshots_own_index() -> None:
    """The mix of the snapshot through the table of tiers gives what the positions give."""
    assert outlook().index.index[0] == pytest.approx(np.full(400, snapshot().iv_index), rel=1e-9)


def test_parts_of_the_strands_sum_to_the_change() -> None:
    """From today's index to the median of all draws."""
    split = outlook().attribution
    assert split is not None
    assert split.start == pytest.approx(snapshot().iv_index, rel=1e-9)
    assert sum(split.parts.values()) == pytest.approx(split.end - split.start, abs=1e-9)
    assert split.end == pytest.approx(
        median(mix_outcome(outlook().assessment, outlook().table)(outlook().projection.draws))
    )


def test_the_last_of_the_strands_is_the_outlook_itself() -> None:
    """Draw by draw, with the distances."""
    strands = [each for each in outlook().cases if each.case.kind == "strands"]
    assert len(strands) == 3
    assert strands[-1].index == pytest.approx(outlook().index.index[-1], rel=1e-9)


def test_cases_share_their_draws() -> None:
    """A rule without a cap is the strands without regulation, draw by draw."""
    found = {each.case.name: each.index for each in outlook().cases}
    assert found["none"] == pytest.approx(found["History + adoption"], rel=1e-9)


def test_a_strand_that_is_off_adds_nothing() -> None:
    """It is neither tried nor given a part."""
    alone = outlook("history")
    assert [each.case.name for each in alone.cases] == ["History alone"]
    assert alone.attribution is not None
    assert alone.attribution.parts["regulation"] == 0


def test_assumptions_are_tried_on_the_median_of_the_draws() -> None:
    """Their base is the outlook's own median, distances included."""
    assert outlook().swings["base"].iloc[0] == pytest.approx(median(outlook().index.index[-1]), rel=1e-9)


def test_the_projection_is_tested_ahead() -> None:
    """One period and four, on the last third: the mix and the index that follows."""
    assert tuple(test.steps for test in outlook().backtests) == BACKTEST_STEPS
    assert tuple(test.steps for test in outlook().index_backtests) == BACKTEST_STEPS


def test_distances_move_every_draw_and_leave_the_mix() -> None:
    """The draws of the mix are the same with and without; at the snapshot there is nothing to add."""
    whole, alone = outlook("history"), outlook("history", distances=False)
    assert np.array_equal(whole.projection.draws, alone.projection.draws)
    assert np.array_equal(whole.mix_index.index, alone.index.index)
    assert (whole.index.index[-1] != alone.index.index[-1]).all()
    assert np.array_equal(whole.index.index[0], alone.index.index[0])


def test_distances_take_no_part_in_the_split() -> None:
    """The parts of the strands are those of the mix, with them or without."""
    with_them, without = outlook("history").attribution, outlook("history", distances=False).attribution
    assert with_them == without


def test_past_snapshots_have_their_own_index() -> None:
    """The mix of each period at its own distances gives the index of the assessment's history."""
    past = past_index(snapshot(), outlook().history)
    assert np.exp(past.own) == pytest.approx(snapshot().history["iv_index"].to_numpy(), rel=1e-9)


def test_a_short_history_is_named() -> None:
    """Too short for a test, and for an estimate: both stand in the notes."""
    short = outlook(weeks=4)
    assert short.backtests == ()
    assert sum(note.startswith("Not tested") for note in short.notes) == len(BACKTEST_STEPS)
    assert any(note.startswith("Distances: 3 past changes") for note in short.notes)
    assert not short.distances_act
    assert any(note.startswith("Exploratory") for note in short.notes)


def test_tiers_without_positions_say_from_whom_they_borrow() -> None:
    """The book has no 50x; adoption brings some."""
    assert any("50x from 20x" in note for note in outlook().notes)


def test_a_date_before_the_snapshot_is_refused() -> None:
    """With the day that was got."""
    with pytest.raises(UsageError, match="got 2026-01-01, allowed is a day after"):
        look_ahead(snapshot(), assumptions("history"), to=dt.date(2026, 1, 1))


def test_leverage_under_the_lowest_tier_held_is_no_tier() -> None:
    """Nobody in the book is between 1x and 2x, so a cap there lies under the lowest tier."""
    assert outlook().projection.edges[0] == 2.0
