"""Changes in their order, and the reading they leave behind."""

import math

import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS, book

from cohortiv.assessment import CohortReading, Settings, assess
from cohortiv.assessment.made_up import read_made_up
from cohortiv.config.scenario import Changes
from cohortiv.errors import DataError
from cohortiv.profile import binned_critical_distance
from cohortiv.scenario.apply import apply_changes, reading_after
from cohortiv.scenario.changes import add_maintenance, cap_leverage, price_move

pytestmark = ENGINE_WARNINGS


@pytest.fixture(scope="module")
def reading() -> CohortReading:
    """A book of isolated positions, read."""
    return read_made_up(book(300), Settings(), name="tale", title="A tale", say=lambda _: None)


def test_no_changes_leave_profile_and_reading(reading: CohortReading) -> None:
    """The very same ones."""
    changed = apply_changes(reading.profile, Changes())
    assert changed.profile is reading.profile
    assert reading_after(reading, changed.profile, critical_mass=0.15) is reading


def test_changes_come_in_their_order(reading: CohortReading) -> None:
    """Cap, then maintenance, then price."""
    together = apply_changes(
        reading.profile, Changes(leverage_cap=10.0, maintenance_add=0.01, price_move=-0.05)
    ).profile
    apart = price_move(add_maintenance(cap_leverage(reading.profile, 10.0), 0.01), -0.05).profile
    pd.testing.assert_frame_equal(together.cells, apart.cells)


def test_an_inflow_needs_positions(reading: CohortReading) -> None:
    """Nothing comes from nowhere."""
    changes = Changes.model_validate({"inflow": {"share": 0.5}})
    with pytest.raises(DataError, match="no positions to come in"):
        apply_changes(reading.profile, changes)
    grown = apply_changes(reading.profile, changes, fresh=reading.profile).profile
    assert grown.leveraged_notional_usd == pytest.approx(1.5 * reading.profile.leveraged_notional_usd)


def test_a_changed_reading_is_assessed_like_any(reading: CohortReading) -> None:
    """Index and counts are of the changed profile; what needs accounts is left out."""
    changed = apply_changes(reading.profile, Changes(price_move=-0.05)).profile
    after = assess(Settings(), reading_after(reading, changed, critical_mass=0.15))
    assert after.reading.profile is changed
    assert after.uncertainty is None
    assert math.isfinite(after.iv_index)
    assert after.reading.figures.accounts == changed.leveraged["positions"].sum()
    assert after.reading.figures.accounts < reading.figures.accounts


def test_critical_moves_are_found_within_a_bin(reading: CohortReading) -> None:
    """From the profile alone they agree with the exact ones to 5 % of the distance."""
    for below, exact in ((True, reading.drawdown_distance), (False, reading.rally_distance)):
        found = binned_critical_distance(reading.profile, below=below, critical_mass=0.15)
        assert (found is None) == (exact is None)
        if found is not None:
            assert found == pytest.approx(exact, rel=0.052)


def test_when_all_are_liquidated_there_is_no_code(reading: CohortReading) -> None:
    """An empty profile is Grey, not an error."""
    longs = reading.profile.select(sides=["long"])
    changed = apply_changes(longs, Changes(price_move=-0.7))
    after = assess(Settings(), reading_after(reading, changed.profile, critical_mass=0.15))
    assert changed.liquidated_share == pytest.approx(1.0)
    assert str(after.code) == "grey"
    assert math.isnan(after.iv_index)
