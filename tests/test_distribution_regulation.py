"""Rules to come: which scenario, who complies, what moves and what leaves."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from outlook_support import EDGES, FIELDS, cap, sure

from cohortiv.config.outlook_strands import RegulationStrand
from cohortiv.distribution.regulation import RegulatedShares, cap_tier, regulated, regulation_draws
from cohortiv.errors import UsageError

MIX = np.array([0.4, 0.3, 0.15, 0.1, 0.05])
DATES = pd.DatetimeIndex(["2026-07-01", "2026-08-01", "2026-09-30"])


def after(*scenarios: dict[str, Any], n_draws: int = 50, dates: pd.DatetimeIndex = DATES) -> RegulatedShares:
    """What scenarios make of one mix."""
    strand = RegulationStrand.model_validate({"scenarios": scenarios})
    draws = regulation_draws(strand, n_draws=n_draws, rng=np.random.default_rng(1))
    shares = np.tile(MIX, (len(dates), n_draws, 1))
    return regulated(shares, draws, strand=strand, edges=EDGES, dates=dates)


def test_a_draw_picks_a_scenario_by_its_chance() -> None:
    """One of a hundredth, one of the rest; one without a chance is never picked."""
    scenarios = [{"name": "never", "probability": sure(0.0)}, cap("seldom", 0.01), cap("mostly", 0.99)]
    strand = RegulationStrand.model_validate({"scenarios": scenarios})
    picked = regulation_draws(strand, n_draws=100_000, rng=np.random.default_rng(2)).scenario
    assert np.bincount(picked, minlength=3) / 1e5 == pytest.approx([0, 0.01, 0.99], abs=0.002)


def test_a_cap_moves_what_lies_above_it() -> None:
    """From its first day on, all of it, where everyone complies and nobody leaves."""
    found = after(cap("10x", 1.0))
    assert found.shares[0, 0] == pytest.approx(MIX)
    assert found.shares[1:, 0] == pytest.approx(np.tile([0.4, 0.3, 0.3, 0, 0], (2, 1)))
    assert (found.left == 0).all()


def test_who_leaves_takes_the_notional_along() -> None:
    """Of 15 % above the cap, four fifths comply and half of those leave: 6 %."""
    found = after(cap("10x", 1.0, compliance=sure(0.8), leaving=sure(0.5)))
    assert found.left[-1, 0] == pytest.approx(0.06)
    assert found.shares[-1, 0] == pytest.approx(np.array([0.4, 0.3, 0.21, 0.02, 0.01]) / 0.94)


def test_grandfathered_exposure_stays_until_its_days_are_over() -> None:
    """Two thirds of it for thirty days, then none."""
    found = after(cap("10x", 1.0, grandfathering={"share": sure(2 / 3), "days": 30}))
    assert found.shares[1:, 0, 2] == pytest.approx([0.20, 0.30])


def test_grandfathering_without_days_does_not_end() -> None:
    """It holds at the last date too."""
    found = after(cap("10x", 1.0, grandfathering={"share": sure(2 / 3)}))
    assert found.shares[1:, 0, 2] == pytest.approx([0.20, 0.20])


def test_a_scenario_without_a_cap_changes_nothing() -> None:
    """No tier, at no date."""
    found = after({"name": "none", "probability": sure(1.0)})
    assert found.shares == pytest.approx(np.tile(MIX, (3, 50, 1)))


def test_a_cap_that_began_before_the_snapshot_changes_nothing_more() -> None:
    """The data show it already."""
    found = after(cap("10x", 1.0, starts=dt.date(2026, 7, 1)))
    assert found.shares == pytest.approx(np.tile(MIX, (3, 50, 1)))


def test_where_all_leave_the_mix_is_that_before() -> None:
    """Shares of nothing would be no shares."""
    strand = RegulationStrand.model_validate({"scenarios": [cap("10x", 1.0, leaving=sure(1.0))]})
    draws = regulation_draws(strand, n_draws=1, rng=np.random.default_rng(1))
    found = regulated(np.array([[[0.0, 0, 0, 0, 1]]] * 3), draws, strand=strand, edges=EDGES, dates=DATES)
    assert found.left[:, 0].tolist() == [0.0, 1.0, 1.0]
    assert found.shares[-1, 0].tolist() == [0, 0, 0, 0, 1]


def test_shares_sum_to_one_whatever_is_drawn() -> None:
    """With uncertain compliance, and draws that differ."""
    found = after(*FIELDS["regulation"]["scenarios"], n_draws=500)
    assert found.shares.sum(axis=-1) == pytest.approx(np.ones((3, 500)))
    assert np.unique(found.shares[-1, :, 2].round(9)).size > 100


@pytest.mark.parametrize(("limit", "place"), [(2, 0), (4.9, 0), (5, 1), (20, 3), (500, 4)])
def test_a_cap_leads_to_the_last_tier_that_it_allows(limit: float, place: int) -> None:
    """Its own tier counts as allowed as a whole."""
    strand = RegulationStrand.model_validate({"scenarios": [cap("some", 1.0, cap=limit)]})
    assert cap_tier(strand.scenarios[0], EDGES) == place


def test_a_cap_under_the_lowest_tier_is_refused() -> None:
    """Scenario, cap and what is allowed, whether a draw picked it or not."""
    with pytest.raises(UsageError, match=r"'too low' has a cap of 1\.5x, allowed is 2x, the cohort's lowest"):
        after(cap("too low", 0.0, cap=1.5), cap("10x", 1.0))
