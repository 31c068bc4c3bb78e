"""States of a scenario as they may be shown: exact, on the published ladder, coarse; and bounds from the ladder."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cohort_support import AS_OF, ENGINE_WARNINGS, book, write
from scenario_support import small

from cohortiv.assessment import Settings, read_cohort
from cohortiv.config.scenario import load_scenario
from cohortiv.ladder import market_ladder
from cohortiv.scenario import PULLBACKS, ScenarioResult, run_scenario
from cohortiv.shown_state import (
    Between,
    ShownState,
    closed_between,
    coarse_state,
    exact_state,
    hidden_share,
    is_cleared,
    state_on_ladder,
)

pytestmark = ENGINE_WARNINGS
#: Lines are placed to within a bin of the profile, so its shares may be out by what lies in one [1].
BIN_PART = 0.02


def _silent(_: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> ScenarioResult:
    """A fall of 10 % on positions that were read for a report, no depth given."""
    settings = Settings(positions=write(tmp_path_factory.mktemp("read"), book(400)), as_of=AS_OF)
    base = read_cohort(settings, say=_silent)
    return run_scenario(small(changes={"price_move": -0.1}), settings, base=base, say=_silent)


@pytest.fixture(scope="module")
def ladder(read: ScenarioResult) -> ShownState:
    """The positions as they stand."""
    return state_on_ladder("Before", read.before, config=read.config)


def test_only_positions_as_they_were_read_are_cleared(read: ScenarioResult) -> None:
    """What a change leaves is not."""
    assert is_cleared(read.before)
    assert not is_cleared(read.after)


def test_an_exact_state_has_exact_pullbacks(read: ScenarioResult) -> None:
    """Both bounds are the share itself; the summary holds it as a number."""
    found = exact_state("Before", read.before)
    assert found.pullbacks == {move: Between(share, share) for move, share in read.before.pullbacks.items()}
    values = found.values()
    assert values["pullbacks"] == {f"{move:.2f}": share for move, share in read.before.pullbacks.items()}


def test_bounds_hold_the_exact_pullback(read: ScenarioResult, ladder: ShownState) -> None:
    """What the profile closes lies between them, but for what is hidden and what a bin spreads."""
    spare = hidden_share(read.before.assessment) + BIN_PART
    for move in PULLBACKS:
        bounds, exact = ladder.pullbacks[move], read.before.pullbacks[move]
        assert bounds.low - BIN_PART <= exact <= bounds.high + spare


def test_bounds_are_one_where_a_step_ends(read: ScenarioResult) -> None:
    """A fall that ends at an edge of a step cuts none; within a step its whole notional is between the bounds."""
    steps = market_ladder(read.before.assessment).steps
    step = steps[(steps["move_high"] < 0) & (steps["move_low"] > -0.5)].iloc[-1]
    whole = read.before.assessment.reading.profile.leveraged_notional_usd
    edge = closed_between(read.before.assessment, read.config, -float(step["move_low"]))
    inside = closed_between(read.before.assessment, read.config, -float(step[["move_low", "move_high"]].mean()))
    assert edge.low == edge.high
    assert (inside.high - inside.low) * whole >= step["notional_usd"] * (1 - 1e-9)


def test_bounds_widen_with_the_move(read: ScenarioResult) -> None:
    """Neither falls as the move grows, and no high bound is under its low one."""
    found = [closed_between(read.before.assessment, read.config, move) for move in np.linspace(0.0, 0.6, 31)]
    assert (np.diff([bounds.low for bounds in found]) >= 0).all()
    assert (np.diff([bounds.high for bounds in found]) >= 0).all()
    assert all(bounds.low <= bounds.high for bounds in found)


def test_bounds_stand_in_the_summary_in_place_of_numbers(ladder: ShownState) -> None:
    """A reader of the file cannot take one for the share."""
    values = ladder.values()
    assert values["pullbacks"] is None
    bounds = values["pullback_bounds"]
    assert isinstance(bounds, dict)
    assert list(bounds) == ["0.05", "0.07", "0.10", "0.15", "0.20"]


def test_without_a_depth_no_cascade_has_a_number(ladder: ShownState) -> None:
    """The summary's is null; each depth has its own beside it, and the headline move is a range."""
    values = ladder.values()
    by_depth = values["cascade_by_depth"]
    assert (ladder.run, values["cascade"]) == (None, None)
    assert isinstance(by_depth, list)
    assert len(by_depth) == len(ladder.runs) == 5
    low, high = ladder.headline_moves or (math.nan, math.nan)
    assert (low, high) == (ladder.runs[-1].headline_move, ladder.runs[0].headline_move)


def test_a_coarse_state_is_in_whole_percent(read: ScenarioResult) -> None:
    """At every depth of the range; the index has one decimal, and its volatility gives no more away."""
    found = coarse_state("After", read.after, is_withheld=False)
    moves = [move for run in found.runs for move in (*run.total_moves, run.headline_move)]
    assert all(math.isclose(100 * move, round(100 * move)) for move in moves)
    product = found.iv_index * found.critical_volatility
    assert product == pytest.approx(read.after.assessment.iv_index * read.after.assessment.critical.value)
    assert found.iv_index == round(found.iv_index, 1)
    assert (found.notional_usd, dict(found.pullbacks)) == (None, {})


def test_a_coarse_state_may_be_withheld(read: ScenarioResult) -> None:
    """Then there is no range either."""
    found = coarse_state("After", read.after, is_withheld=True)
    assert (found.runs, found.run, found.headline_moves) == ((), None, None)
    assert found.values()["cascade"] is None


def test_curves_are_told_to_a_hundredth_of_a_percent(ladder: ShownState) -> None:
    """In the figure and its CSV, not in the summary."""
    run = replace(ladder.runs[0], shocks=(0.05,), total_moves=(0.123456789,))
    assert run.curve["total_move"].tolist() == [0.1235]
    assert run.values()["total_moves"] == [0.123456789]


@pytest.mark.parametrize(("name", "outside"), [("b-late-stage-fomo", []), ("d-short-squeeze", [0.10, 0.20])])
def test_real_bounds_hold_the_profile_s_share(real_data: Path, name: str, outside: list[float]) -> None:
    """On real positions, but at two edges of steps, where a bin's spread puts it beyond, as METHODOLOGY prints."""
    missed = []
    for day in ("2026-02-05", "2026-02-18"):
        for symbol in ("BTC", None):
            positions = f"hyperliquid:{real_data / 'hl_positions_2026-02.parquet'}"
            settings = Settings(positions=positions, as_of=day, symbol=symbol)
            config = load_scenario(name)
            result = run_scenario(config, settings, base=read_cohort(settings, say=_silent), say=_silent)
            bounds = state_on_ladder("", result.before, config=config).pullbacks
            for move, share in result.before.pullbacks.items():
                assert bounds[move].low - 0.0021 <= share <= bounds[move].high + 0.0021
                missed += [] if bounds[move].low <= share <= bounds[move].high else [move]
    assert sorted(missed) == outside
