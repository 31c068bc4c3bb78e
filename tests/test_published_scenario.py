"""A scenario as it may be shown: all of a made-up cohort; of positions that were read nothing finer than is cleared."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cohort_support import AS_OF, ENGINE_WARNINGS, book, write
from scenario_support import small

from cohortiv.assessment import Settings, read_cohort
from cohortiv.assessment.result import outward
from cohortiv.cascade import DEPTH_SHARES
from cohortiv.ladder import market_ladder
from cohortiv.plain import plain_values
from cohortiv.published_cascade import MAP_SHOCKS
from cohortiv.published_scenario import PublishedScenario, publish_scenario, scenario_summary
from cohortiv.scenario import ScenarioResult, run_scenario
from cohortiv.summary import summarise

pytestmark = ENGINE_WARNINGS
CAP = {"leverage_cap": 10.0, "price_move": -0.12, "depth_withdrawn": 0.5}
#: One position far larger than any other, at an entry that nothing rounds to.
CANARY_QUANTITY, CANARY_ENTRY = 0.987_654_321, 61_234.567_891


def _silent(_: str) -> None:
    """Say nothing."""


def with_canary() -> pd.DataFrame:
    """A book with one position whose figures are easy to find, nine times the usual size."""
    frame = book(200)
    row = int((frame["symbol"] == "BTC").to_numpy().argmax())
    is_row = frame.index == row
    return frame.assign(
        account_id=frame["account_id"].mask(is_row, "canary-7f3a"),
        side=frame["side"].mask(is_row, "long"),
        leverage=frame["leverage"].mask(is_row, 20.0),
        quantity=frame["quantity"].mask(is_row, CANARY_QUANTITY),
        entry_price=frame["entry_price"].mask(is_row, CANARY_ENTRY),
    )


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> ScenarioResult:
    """A scenario with changes on positions that were read for a report."""
    settings = Settings(positions=write(tmp_path_factory.mktemp("read"), with_canary()), as_of=AS_OF)
    base = read_cohort(settings, say=_silent)
    return run_scenario(small(changes=CAP), settings, base=base, own_depth=True, say=_silent)


@pytest.fixture(scope="module")
def shown(read: ScenarioResult) -> PublishedScenario:
    """What may be shown of it."""
    return publish_scenario(read)


@pytest.fixture(scope="module")
def made_up() -> ScenarioResult:
    """The same scenario on its own cohort."""
    return run_scenario(small(changes=CAP), Settings(), say=_silent)


def told(shown: PublishedScenario) -> str:
    """Everything that leaves, as text with all its digits."""
    frames = [shown.ladders, shown.grid, shown.damage, shown.backstops]
    rest = [
        plain_values(
            {
                **vars(state),
                "pullbacks": {f"{move}": vars(share) for move, share in state.pullbacks.items()},
                "runs": [
                    {**vars(run), "cliff": run.cliff and vars(run.cliff), "branching": run.path()} for run in state.runs
                ],
            }
        )
        for state in shown.states
    ]
    parts = [frame.to_csv() for frame in frames]
    return "\n".join([*parts, json.dumps(rest), json.dumps(shown.summary), str(shown.closed_on_the_way)])


def test_a_made_up_cohort_is_told_whole(made_up: ScenarioResult) -> None:
    """Index, ladders, tiers and pullbacks of both states, as computed."""
    found = publish_scenario(made_up)
    assert found.is_exact
    assert [state.name for state in found.states] == ["Before", "After"]
    assert found.after.iv_index == made_up.after.assessment.iv_index
    assert {move: share.low for move, share in found.after.pullbacks.items()} == made_up.after.pullbacks
    assert list(dict.fromkeys(found.ladders["state"])) == ["Before", "After"]
    assert list(dict.fromkeys(found.damage["state"])) == ["Before", "After"]
    assert found.closed_on_the_way == (
        made_up.change.liquidated_notional_usd,
        made_up.change.liquidated_share,
    )
    assert found.summary == scenario_summary(made_up)


def test_after_the_changes_only_coarse_figures_leave(shown: PublishedScenario) -> None:
    """Moves in whole percent, the index with one decimal, and neither amounts nor shares."""
    after = shown.after
    (run,) = after.runs
    moves = [after.drawdown, after.rally, run.headline_move, *run.total_moves]
    assert all(math.isclose(100 * move, round(100 * move)) for move in moves if move is not None)
    assert after.iv_index == round(after.iv_index, 1)
    assert (after.notional_usd, dict(after.pullbacks), shown.closed_on_the_way) == (None, {}, None)
    assert set(shown.ladders["state"]) == {"Before"}
    assert shown.damage.empty
    assert shown.backstops.empty


def test_moves_are_rounded_up(read: ScenarioResult, shown: PublishedScenario) -> None:
    """Never below what was computed, and less than one percent above it."""
    exact, run = read.after.runs[0], shown.after.runs[0]
    gap = np.array(run.total_moves) - exact.cascade.total_moves
    assert (gap >= -1e-9).all()
    assert (gap < 0.01 + 1e-9).all()
    assert run.headline_move == outward(exact.damage.move)


def test_before_the_changes_the_ladder_is_all_there_is(read: ScenarioResult, shown: PublishedScenario) -> None:
    """Its cascade and pullbacks differ from those of the profile, and follow from the published steps."""
    before, whole = shown.states[0], read.before.assessment.reading.profile.leveraged_notional_usd
    steps = market_ladder(read.before.assessment).steps
    within = steps.loc[(steps["move_high"] <= 0) & (steps["move_low"] >= -0.2), "notional_usd"].sum()
    begun = steps.loc[(steps["move_high"] <= 0) & (steps["move_high"] > -0.2), "notional_usd"].sum()
    assert before.pullbacks[0.2].low * whole == pytest.approx(within)
    assert before.pullbacks[0.2].high * whole == pytest.approx(begun)
    assert before.notional_usd == pytest.approx(whole)


def test_no_canary_leaves(read: ScenarioResult, shown: PublishedScenario) -> None:
    """Neither the account nor a figure of its position, nor a single exact figure of the changed cohort."""
    text = told(shown)
    change, after, run = read.change, read.after, read.after.runs[0]
    finer = [
        CANARY_QUANTITY, CANARY_ENTRY, CANARY_QUANTITY * 60_000.0, change.liquidated_notional_usd,
        change.liquidated_share, after.assessment.iv_index, after.assessment.critical.value,
        after.assessment.reading.profile.leveraged_notional_usd, run.damage.move,
        run.damage.total.notional_usd,
        *after.pullbacks.values(), *run.cascade.total_moves.tolist(),
        *(closed.share for closed in run.damage.tiers if 0 < closed.share < 1),
    ]  # fmt: skip
    assert "canary" not in text
    assert [value for value in finer if value and f"{value:.9g}" in text and f"{value:.9g}" != f"{value:.2g}"] == []


def test_cells_of_the_changed_cohort_are_withheld(shown: PublishedScenario) -> None:
    """The summary has no tiers, interval or readings; money and counts are those of what was read."""
    summary = shown.summary
    assert (summary["tiers"], summary["interval"], summary["liquidated_by_price_move"]) == ([], None, None)
    assert summary["iv_index"] == shown.after.iv_index
    before = summary["before"]
    assert isinstance(before, dict)
    assert before["iv_index"] == shown.states[0].iv_index


def test_depth_alone_leaves_the_ladder_cleared(read: ScenarioResult) -> None:
    """The cohort is as it was read, so both states run on its ladder."""
    base = read.before.assessment.reading
    settings = read.before.assessment.settings
    config = small(changes={"depth_withdrawn": 0.5})
    found = publish_scenario(run_scenario(config, settings, base=base, own_depth=True, say=_silent))
    assert found.states[0].pullbacks == found.after.pullbacks
    assert np.less_equal(found.states[0].runs[0].total_moves, found.after.runs[0].total_moves).all()
    assert found.summary["interval"] == summarise(read.before.assessment)["interval"]


def test_without_a_depth_a_range_is_told(read: ScenarioResult) -> None:
    """No cascade in the summary, before or after; the same five depths in curves and map, each total in a range."""
    base, settings = read.before.assessment.reading, read.before.assessment.settings
    found = publish_scenario(run_scenario(small(changes=CAP), settings, base=base, say=_silent))
    before = found.summary["before"]
    assert isinstance(before, dict)
    assert (found.summary["cascade"], before["cascade"]) == (None, None)
    whole = base.profile.leveraged_notional_usd
    assert [run.depth_usd / whole for run in found.states[0].runs] == pytest.approx(DEPTH_SHARES)
    assert sorted(set(found.grid["depth_usd"])) == pytest.approx([share * whole for share in DEPTH_SHARES])
    assert (found.after.run, len(found.after.runs)) == (None, 5)
    low, high = found.states[0].headline_moves or (0.0, 0.0)
    assert 0.05 <= low < high


def test_the_index_before_is_the_risk_report_s(read: ScenarioResult, shown: PublishedScenario) -> None:
    """Positions as they stand are told alike in both reports, to the last digit."""
    before, whole = shown.summary["before"], summarise(read.before.assessment)
    assert isinstance(before, dict)
    for name in ("code", "iv_index", "critical_volatility", "critical_drawdown", "critical_rally"):
        assert before[name] == whole[name]


def test_a_ladder_that_hides_much_tells_no_cascade(read: ScenarioResult, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither before nor after the changes: no runs, no map, no pullbacks, as in the risk report."""
    for module in ("cohortiv.shown_state", "cohortiv.published_scenario"):
        monkeypatch.setattr(f"{module}.hides_much", lambda _: True)
    found = publish_scenario(read)
    assert [(state.runs, dict(state.pullbacks)) for state in found.states] == [((), {}), ((), {})]
    assert found.grid.empty
    assert found.summary["cascade"] is None


def test_the_map_spans_depths_and_shocks(made_up: ScenarioResult) -> None:
    """From a quarter of the last state's depth to twice as much, a deeper market never going farther."""
    grid = publish_scenario(made_up).grid
    assert sorted(set(grid["depth_usd"])) == pytest.approx([0.25e6, 0.5e6, 1e6, 2e6])
    assert sorted(set(grid["shock"])) == list(MAP_SHOCKS)
    table = grid.pivot_table(index="depth_usd", columns="shock", values="total_move")
    assert (table.diff().dropna() <= 1e-12).all(axis=None)


def test_positions_not_read_for_a_report_are_refused(tmp_path: Path) -> None:
    """What may be told of them is not known."""
    settings = Settings(positions=write(tmp_path, book()), as_of=AS_OF)
    base = read_cohort(settings, for_report=False, say=_silent)
    result = run_scenario(small(), settings, base=base, say=_silent)
    with pytest.raises(ValueError, match="not read for a report; read them with for_report=True"):
        publish_scenario(result)
