"""Live questions: answers agree with those of the whole calculation, whichever cap was worked out before."""

from dataclasses import replace

import numpy as np
import pytest
from cascade_support import cell, profile_of

from cohortiv.cascade import cascade, forced_flow, forced_lines, linear_impact
from cohortiv.early_warning import Thresholds
from cohortiv.implications.live import SHOCKS, Controls, LiveCohort
from cohortiv.implications.standing import IndexTerms, standing
from cohortiv.profile import LiquidationProfile
from cohortiv.scenario import cap_leverage

TERMS = IndexTerms("BTC", 0.15, 7.0, 0.4, Thresholds())
QUESTION = Controls(0.05, 10_000.0, 0.2, leverage_cap=8.0)


def crowd() -> LiquidationProfile:
    """Longs at 10x to 50x and some shorts."""
    rng = np.random.default_rng(3)
    longs = [
        cell(bin=-int(place), tier=int(tier), notional_cents=int(size))
        for place, tier, size in zip(
            rng.integers(900, 990, 40), rng.choice([10, 20, 50], 40), rng.integers(100_000, 1_000_000, 40), strict=True
        )
    ]
    return profile_of(*longs, cell(bin=960, side="short", notional_cents=300_000))


def test_an_answer_is_that_of_the_whole_calculation() -> None:
    """Index and total moves are those of the capped profile."""
    view = LiveCohort(crowd(), TERMS, caps=()).answer(QUESTION)
    capped = cap_leverage(crowd(), 8.0)
    flow = forced_flow(forced_lines(capped, direction="down", symbol="BTC"))
    run = cascade(flow, linear_impact(10_000.0), [*SHOCKS, 0.05])
    assert view.standing == standing(capped, replace(TERMS, critical_mass=0.2))
    np.testing.assert_array_equal(view.falls.total_moves, run.total_moves)
    assert view.rises.direction == "up"


def test_what_was_worked_out_before_changes_no_answer() -> None:
    """A cohort that was asked other questions answers as a new one does."""
    asked, fresh = LiveCohort(crowd(), TERMS), LiveCohort(crowd(), TERMS, caps=())
    asked.answer(replace(QUESTION, leverage_cap=None, critical_mass=0.5))
    assert asked.answer(QUESTION).standing == fresh.answer(QUESTION).standing


def test_a_cap_lowers_the_index() -> None:
    """Everybody above it adds margin."""
    cohort = LiveCohort(crowd(), TERMS, caps=())
    free = cohort.answer(replace(QUESTION, leverage_cap=None))
    assert cohort.answer(QUESTION).standing.iv_index < free.standing.iv_index


def test_nothing_leveraged_is_answered() -> None:
    """No index, and shocks stay as they are."""
    view = LiveCohort(profile_of(), TERMS, caps=()).answer(replace(QUESTION, leverage_cap=None))
    assert np.isnan(view.standing.iv_index)
    np.testing.assert_allclose(view.falls.total_moves, [*SHOCKS, 0.05])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"shock": 1.0}, "got a shock of 1.0; allowed"),
        ({"depth_usd": 0.0}, "got a depth of 0.0 USD"),
        ({"critical_mass": 1.0}, "got a critical mass of 1.0"),
    ],
)
def test_controls_out_of_range_are_refused(change: dict[str, float], words: str) -> None:
    """With what was got and what is allowed."""
    with pytest.raises(ValueError, match=words):
        replace(QUESTION, **change)
