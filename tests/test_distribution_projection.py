"""The projection as a whole: strands on and off, dates, notes."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from outlook_support import FIELDS, cap, history, only, small

from cohortiv.config.assumptions import STRANDS, load_assumptions
from cohortiv.distribution.projection import Projection, project
from cohortiv.errors import DataError, UsageError

NOW = history().iloc[-1].to_numpy()


def high(projection: Projection) -> float:
    """Mean share at 10x or more at the target date."""
    return float(projection.draws[:, 2:].sum(axis=1).mean())


def test_a_projection_begins_now_and_ends_at_the_target() -> None:
    """Evenly spaced, both ends included, and nothing has moved at the start."""
    projection = project(history(), small(), n_dates=4)
    assert projection.dates[[0, -1]].tolist() == [pd.Timestamp("2026-07-01"), pd.Timestamp("2026-09-30")]
    assert projection.path.shape == (4, 400, 5)
    assert projection.path[0] == pytest.approx(np.tile(NOW, (400, 1)))


def test_draws_are_shares() -> None:
    """At every date, under all strands."""
    path = project(history(), small()).path
    assert path.min() >= 0
    assert path.sum(axis=-1) == pytest.approx(np.ones(path.shape[:2]))


def test_a_seed_gives_the_same_draws_again() -> None:
    """From the file, or by a generator with the same seed."""
    first, second = project(history(), small()), project(history(), small(), rng=np.random.default_rng(7))
    assert (first.path == second.path).all()


def test_without_strands_nothing_moves() -> None:
    """The target date is the snapshot again."""
    assert project(history(), small(), strands=frozenset()).draws == pytest.approx(np.tile(NOW, (400, 1)))


def test_the_history_spreads_without_a_rule_or_a_product() -> None:
    """Nothing leaves, nothing is adopted, no scenario is picked."""
    projection = project(history(), small(**only("history")))
    assert projection.draws.std(axis=0).min() > 0
    assert (projection.scenarios, projection.products, projection.left.max()) == ((), (), 0.0)


def test_adoption_raises_the_tiers_of_what_grows() -> None:
    """Perpetuals at 10x and 50x gain, and the order of gains is that of the curves' draws."""
    projection = project(history(), small(**only("adoption")))
    assert high(projection) > NOW[2:].sum()
    gained = projection.product_weights[-1, :, 0]
    assert (np.argsort(gained) == np.argsort(projection.draws[:, 4])).all()


def test_a_cap_acts_in_its_own_draws() -> None:
    """Half of them, and the others are as now."""
    projection = project(history(), small(**only("regulation")))
    spared = projection.scenario == 0
    assert projection.scenarios == ("none", "10x")
    assert 0.4 < spared.mean() < 0.6
    assert projection.draws[spared] == pytest.approx(np.tile(NOW, (int(spared.sum()), 1)))
    assert (projection.draws[~spared, 3:].sum(axis=1) < NOW[3:].sum()).all()


def test_a_strand_that_the_file_switches_off_cannot_act() -> None:
    """Not even when it is asked for."""
    assert project(history(), small(**only("history")), strands=frozenset(STRANDS)).strands == {"history"}


def test_a_strand_draws_alike_whatever_else_acts() -> None:
    """Projections with other strands differ by the strands alone."""
    whole = project(history(), small())
    adoption, regulation = (project(history(), small(**only(strand))) for strand in ("adoption", "regulation"))
    assert (whole.product_weights == adoption.product_weights).all()
    assert (whole.scenario == regulation.scenario).all()


def test_only_data_up_to_the_snapshot_enter() -> None:
    """Later periods, whatever they hold, change nothing."""
    whole = history(40)
    changed = whole.copy()
    changed.iloc[30:] = changed.iloc[30:, ::-1].to_numpy()
    first, second = (project(frame.iloc[:30], small()).path for frame in (whole, changed))
    assert (first == second).all()


def test_the_caller_may_look_elsewhere() -> None:
    """At another day than the file's."""
    assert project(history(), small(), to=dt.date(2026, 12, 31)).dates[-1] == pd.Timestamp("2026-12-31")


def test_a_target_before_the_snapshot_is_refused() -> None:
    """There is nothing to project."""
    with pytest.raises(UsageError, match="allowed is a day after the snapshot of 2026-07-01"):
        project(history(), small(), to=dt.date(2026, 7, 1))


def test_a_projection_has_two_dates_at_least() -> None:
    """The snapshot's alone is none."""
    with pytest.raises(ValueError, match="got 1 dates; allowed are 2 or more"):
        project(history(), small(), n_dates=1)


def test_a_history_that_is_not_in_order_is_refused() -> None:
    """Before anything is drawn."""
    with pytest.raises(DataError, match="dates that are not in order"):
        project(history().iloc[::-1], small())


def test_a_cap_under_the_lowest_tier_is_refused() -> None:
    """Of this cohort, whose lowest leveraged tier is 2x."""
    low = FIELDS["regulation"] | {"scenarios": [cap("too low", 1.0, cap=1.5)]}
    with pytest.raises(UsageError, match=r"'too low' has a cap of 1\.5x"):
        project(history(), small(regulation=low))


def test_a_long_history_of_many_periods_needs_no_note() -> None:
    """Thirty weeks for thirteen weeks ahead."""
    assert project(history(), small()).notes == ()


@pytest.mark.parametrize(("periods", "to"), [(20, None), (30, dt.date(2027, 6, 30))], ids=["few", "far"])
def test_a_thin_base_is_called_exploratory(periods: int, to: dt.date | None) -> None:
    """Few periods, or an outlook further than the history reaches back."""
    notes = project(history(periods), small(), to=to).notes
    assert [note.partition(":")[0] for note in notes] == ["Exploratory"]


def test_fallbacks_are_named() -> None:
    """Too few periods, and a cap that the data show already."""
    begun = FIELDS["regulation"] | {"scenarios": [cap("old", 1.0, starts=dt.date(2026, 6, 1))]}
    notes = project(history(4), small(regulation=begun)).notes
    assert [note.split()[0] for note in notes] == ["The", "Exploratory:", "The"]
    assert "cap of scenario 'old' began on 2026-06-01" in notes[-1]


def test_the_shipped_assumptions_project_a_cohort() -> None:
    """The published model's cohort to the third quarter of 2026; rules keep to their chances."""
    assumptions = load_assumptions("published-cohort-2026")
    projection = project(history(edges=(2.0, 5.0, 10.0, 20.0, 50.0)), assumptions, n_dates=3)
    assert projection.strands == {"history", "adoption", "regulation"}
    chances = [scenario.probability.mode for scenario in assumptions.regulation.scenarios]
    assert np.bincount(projection.scenario) / assumptions.draws == pytest.approx(chances, abs=0.03)
