"""A scenario run: published scenarios within their bounds, before and after, on drawn and on given positions."""

import pytest
from cohort_support import ENGINE_WARNINGS, book
from scenario_support import small

from cohortiv.assessment import Settings
from cohortiv.assessment.made_up import read_made_up
from cohortiv.cascade import DEPTH_SHARES
from cohortiv.config.scenario import load_scenario
from cohortiv.config.scenario_depth import Depth
from cohortiv.early_warning import Code
from cohortiv.errors import UsageError
from cohortiv.scenario import ScenarioResult, impact_of, run_scenario

pytestmark = ENGINE_WARNINGS


def ran(name: str, *, seed: int | None = None) -> ScenarioResult:
    """Result of a shipped scenario."""
    config = load_scenario(name)
    return run_scenario(config if seed is None else config.model_copy(update={"seed": seed}), Settings(), say=_silent)


def _silent(_: str) -> None:
    """Say nothing."""


@pytest.mark.parametrize("seed", [None, 11])
def test_scenario_a_is_a_low_yellow_without_a_cliff(seed: int | None) -> None:
    """Index 33 to 37, under 3 % closed by a pullback of 15 %, no cliff; the seed changes none of it."""
    result = ran("a-bull-market-consolidation", seed=seed).after
    assert 33 <= result.assessment.iv_index <= 37
    assert result.assessment.code is Code.YELLOW
    assert result.pullbacks[0.15] < 0.03
    assert result.runs[0].cascade.cliff is None


@pytest.mark.parametrize("seed", [None, 11])
def test_scenario_b_is_red_with_a_cliff(seed: int | None) -> None:
    """Index 68 to 72, critical drawdown 7 to 10 %, a cliff below 10 % at 400 m USD for 1 % and 10 bn USD."""
    state = ran("b-late-stage-fomo", seed=seed).after
    tiers = state.assessment.reading.profile.leveraged.groupby("tier")["notional_cents"].sum()
    assert 68 <= state.assessment.iv_index <= 72
    assert state.assessment.code is Code.RED
    assert 0.07 < (state.assessment.moves.drawdown or 0.0) < 0.10
    assert state.runs[0].depth_usd == pytest.approx(400e6)
    assert state.assessment.reading.profile.leveraged_notional_usd == pytest.approx(10e9, rel=1e-6)
    assert state.runs[0].cascade.cliff is not None
    assert state.runs[0].cascade.cliff.shock < 0.10
    assert 0.44 < tiers.loc[10:20].sum() / tiers.sum() < 0.5


def test_a_scenario_without_changes_is_the_same_before_and_after() -> None:
    """One state, and nothing liquidated."""
    result = run_scenario(small(), Settings(), say=_silent)
    assert result.before is result.after
    assert not result.is_changed
    assert result.change.liquidated_notional_usd == 0.0
    assert result.after.assessment.reading.synthetic
    assert result.after.assessment.reading.cohort.name == "small"


def test_withdrawn_depth_alone_makes_the_cascade_longer() -> None:
    """The cohort is the same, the total moves are not shorter, and depth is a tenth."""
    result = run_scenario(small(changes={"depth_withdrawn": 0.9}), Settings(), say=_silent)
    assert result.after.runs[0].depth_usd == pytest.approx(0.1 * result.before.runs[0].depth_usd)
    assert result.after.assessment.iv_index == result.before.assessment.iv_index
    assert (result.after.runs[0].cascade.total_moves >= result.before.runs[0].cascade.total_moves).all()
    assert result.after.runs[0].cascade.total_moves[9] > result.before.runs[0].cascade.total_moves[9]


def test_a_cap_lowers_the_index() -> None:
    """Whether met by margin or by reduction."""
    for response in ("top_up", "reduce"):
        result = run_scenario(small(changes={"leverage_cap": 10, "response": response}), Settings(), say=_silent)
        assert result.after.assessment.iv_index < result.before.assessment.iv_index


def test_a_scenario_applies_to_given_positions() -> None:
    """The scenario's own cohort is then not drawn, but for an inflow."""
    base = read_made_up(book(300), Settings(), name="ours", title="Ours", say=_silent)
    config = small(changes={"price_move": -0.05, "inflow": {"share": 0.5}})
    result = run_scenario(config, Settings(), base=base, say=_silent)
    assert result.before.assessment.reading is base
    assert result.change.liquidated_share > 0.0
    grown = 1.5 * base.profile.leveraged_notional_usd - result.change.liquidated_notional_usd
    assert result.after.assessment.reading.profile.leveraged_notional_usd < grown


def test_a_depth_of_ones_own_wins() -> None:
    """Over the scenario's; 0 is refused."""
    assert run_scenario(small(), Settings(), depth_usd=5e6, say=_silent).after.runs[0].depth_usd == pytest.approx(5e6)
    with pytest.raises(UsageError, match="--depth-usd got 0"):
        run_scenario(small(), Settings(), depth_usd=0.0, say=_silent)


def test_venues_that_are_described_have_a_backstop() -> None:
    """Shortfall beyond the fund is taken from winners."""
    liquidation = {"binance": {"maintenance_rate": 0.005, "insurance_fund_usd": 10.0}}
    result = run_scenario(small(depth={"usd_per_percent": 1e6, "liquidation": liquidation}), Settings(), say=_silent)
    (backstop,) = result.after.runs[0].backstops
    assert backstop.shortfall_usd == pytest.approx(backstop.insurance_used_usd + backstop.auto_deleveraged_usd)
    assert backstop.insurance_used_usd <= 10.0


def test_the_square_root_law_has_a_depth_for_one_percent() -> None:
    """Volume 1 bn a day at 2 %: 250 m move the price by 1 % (1 % / 2 % squared is a quarter); half withdrawn, half."""
    depth = Depth(law="square_root", daily_volume_usd=1e9, daily_volatility=0.02)
    scale = float(impact_of(depth).scale)
    assert (0.01 / scale) ** 2 == pytest.approx(250e6)
    assert (0.01 / float(impact_of(depth, withdrawn=0.5).scale)) ** 2 == pytest.approx(125e6)
    assert run_scenario(small(depth=depth.model_dump()), Settings(), say=_silent).after.runs[
        0
    ].depth_usd == pytest.approx(250e6)


def test_shocks_go_up_in_a_squeeze() -> None:
    """Scenario D: Red, with a cliff above the mark."""
    state = ran("d-short-squeeze").after
    assert state.assessment.code is Code.RED
    assert state.runs[0].cascade.direction == "up"
    assert state.runs[0].cascade.cliff is not None
    assert (state.runs[0].cascade.cliff.price or 0.0) > 90_000


def test_positions_take_no_depth_from_a_scenario() -> None:
    """A range of depths stands in, as shares of the notional; depth that is withdrawn acts on each."""
    base = read_made_up(book(300), Settings(), name="ours", title="Ours", say=_silent)
    result = run_scenario(small(changes={"depth_withdrawn": 0.5}), Settings(), base=base, say=_silent)
    wanted = [share * base.profile.leveraged_notional_usd for share in DEPTH_SHARES]
    assert (result.on_positions, result.before.is_depth_known, result.before.run) == (True, False, None)
    assert [run.depth_usd for run in result.before.runs] == pytest.approx(wanted)
    assert [run.depth_usd for run in result.after.runs] == pytest.approx([0.5 * depth for depth in wanted])


def test_a_depth_that_the_user_set_counts_on_positions() -> None:
    """In a file of their own, or as an option."""
    base = read_made_up(book(300), Settings(), name="ours", title="Ours", say=_silent)
    own = run_scenario(small(), Settings(), base=base, own_depth=True, say=_silent)
    given = run_scenario(small(), Settings(), base=base, depth_usd=7e6, say=_silent)
    assert [run.depth_usd for run in own.before.runs] == pytest.approx([2e6])
    assert [run.depth_usd for run in given.before.runs] == pytest.approx([7e6])
    assert given.before.run is given.before.runs[0]


def test_a_thin_fund_is_emptied_among_three_venues() -> None:
    """Scenario F: only the small venue's fund is used up, winners bear its rest, and each venue's share is closed."""
    state = ran("f-three-venues-thin-fund").after
    run = state.runs[0]
    paid = {found.venue: found for found in run.backstops}
    assert run.depth_usd == pytest.approx(400e6)
    assert [name for name, found in paid.items() if found.auto_deleveraged_usd > 0] == ["small"]
    assert paid["small"].insurance_used_usd == pytest.approx(2e6)
    assert all(found.shortfall_usd > 0 for found in paid.values())
    held = state.assessment.reading.profile.leveraged.groupby("venue")["notional_cents"].sum()
    assert (held / held.sum()).to_dict() == pytest.approx({"large": 0.55, "fifths": 0.30, "small": 0.15}, abs=0.02)
    assert {venue.group for venue in run.damage.venues} == {"large", "fifths", "small"}


def test_the_square_root_law_has_no_cliff_where_the_linear_one_has() -> None:
    """Scenario G is B's cohort at B's depth for the first percent."""
    linear, root = (ran(name).after for name in ("b-late-stage-fomo", "g-square-root-impact"))
    assert root.assessment.iv_index == linear.assessment.iv_index
    assert root.runs[0].depth_usd == pytest.approx(linear.runs[0].depth_usd, rel=1e-3)
    assert linear.runs[0].cascade.cliff is not None
    assert root.runs[0].cascade.cliff is None
    assert linear.runs[0].branching.branching_ratio.max() > 1 > root.runs[0].branching.branching_ratio.max()


def test_accounts_stand_for_positions_where_each_holds_one() -> None:
    """So it is with every made-up cohort; not where an account holds two."""
    drawn = run_scenario(small(), Settings(), say=_silent)
    assert drawn.one_position_each
    frame = book(300)
    firsts = frame.drop_duplicates("symbol").index
    shared = frame.assign(account_id=frame["account_id"].mask(frame.index.isin(firsts), "both"))
    base = read_made_up(shared, Settings(), name="ours", title="Ours", say=_silent)
    assert not run_scenario(small(), Settings(), base=base, depth_usd=1e6, say=_silent).one_position_each


@pytest.mark.parametrize(
    "depth",
    [
        {"usd_per_percent_by_venue": {"nosuch": 1e8}},
        {"usd_per_percent": 1e8, "liquidation": {"nosuch": {"maintenance_rate": 0.01}}},
    ],
)
def test_a_venue_that_the_cohort_lacks_is_refused(depth: dict[str, object]) -> None:
    """Its depth, or its rules, would count for nothing."""
    with pytest.raises(UsageError, match="got nosuch; allowed are the venues of its cohort"):
        run_scenario(small(depth=depth), Settings(), say=_silent)
