"""Depths of a scenario: the range that stands in for one, and the runs at each."""

import itertools

import pytest
from cohort_support import ENGINE_WARNINGS
from scenario_support import small

from cohortiv.assessment import Settings
from cohortiv.cascade import DEPTH_SHARES
from cohortiv.config.scenario import ScenarioConfig
from cohortiv.config.scenario_depth import Depth
from cohortiv.scenario import ScenarioState, run_scenario
from cohortiv.scenario.depths import depth_range, depth_runs, venue_rules

pytestmark = ENGINE_WARNINGS
RULES = {"binance": {"maintenance_rate": 0.005, "closing_steps": 5, "insurance_fund_usd": 1e3}}


def _silent(_: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def state() -> ScenarioState:
    """A made-up cohort as it stands."""
    return run_scenario(small(), Settings(), say=_silent).before


def described(**more: object) -> ScenarioConfig:
    """The small scenario with rules of its venue, and more of its depth."""
    return small(depth={"usd_per_percent": 2e6, "liquidation": RULES, **more})


def test_a_range_is_of_shares_of_the_notional() -> None:
    """1 to 20 % of 100 m USD; nothing is shown where nothing is leveraged."""
    found = depth_range(Depth(usd_per_percent=400e6), 100e6)
    assert [depth.total_usd_per_percent for depth in found] == pytest.approx([1e6, 2e6, 5e6, 10e6, 20e6])
    assert depth_range(Depth(usd_per_percent=400e6), 0.0) == ()


def test_a_range_keeps_the_rules_and_drops_the_dollars() -> None:
    """Venues close as the scenario says; how depth thins out was set in USD of another market."""
    config = described(withdrawal={"ceiling": 0.5, "half_usd": 1e6})
    (first, *_) = depth_range(config.depth, 100e6)
    assert first.liquidation == config.depth.liquidation
    assert first.withdrawal is None


def test_a_deeper_market_never_goes_farther(state: ScenarioState) -> None:
    """Total moves fall, or stay, from one depth of the range to the next."""
    depths = depth_range(Depth(usd_per_percent=1.0), state.lines.leveraged_notional_usd)
    runs = depth_runs(state.lines, small(), depths, withdrawn=0.0, mark=None)
    assert len(runs) == len(DEPTH_SHARES)
    for thin, deep in itertools.pairwise(runs):
        assert (thin.cascade.total_moves >= deep.cascade.total_moves - 1e-12).all()


def test_a_run_at_a_share_is_the_run_at_its_dollars(state: ScenarioState) -> None:
    """Half withdrawn of twice the depth is the depth."""
    single = depth_runs(state.lines, small(), [Depth(usd_per_percent=2e6)], withdrawn=0.0, mark=None)[0]
    halved = depth_runs(state.lines, small(), [Depth(usd_per_percent=4e6)], withdrawn=0.5, mark=None)[0]
    assert halved.depth_usd == pytest.approx(single.depth_usd)
    assert halved.cascade.total_moves == pytest.approx(single.cascade.total_moves)


def test_rules_are_by_venue() -> None:
    """As the scenario names them; none without."""
    assert venue_rules(described())["binance"].closing_steps == 5
    assert venue_rules(small()) == {}
