"""Several scenarios for one report: names, cohorts of their own or one that is read, and what is refused."""

from pathlib import Path

import pytest
from cohort_support import AS_OF, ENGINE_WARNINGS, book, write
from scenario_support import FIELDS, scenario_file

from cohortiv.assessment import Settings
from cohortiv.errors import UsageError
from cohortiv.scenario import run_scenarios
from cohortiv.scenario.several import DEFAULT_ON_POSITIONS, DEFAULT_SCENARIO

pytestmark = ENGINE_WARNINGS


def _silent(_: str) -> None:
    """Say nothing."""


def test_each_scenario_draws_its_own_cohort(tmp_path: Path) -> None:
    """In the order of the names, each with its name on the cohort."""
    first = scenario_file(tmp_path)
    second = scenario_file(tmp_path, FIELDS.replace("name: small", "name: other"), "other.yaml")
    found = run_scenarios(f"{second}, {first}", Settings(), depth_usd=3e6, say=_silent)
    assert [one.before.assessment.reading.cohort.name for one in found] == ["other", "small"]
    assert [one.after.runs[0].depth_usd for one in found] == pytest.approx([3e6, 3e6])


def test_positions_are_read_once_for_all(tmp_path: Path) -> None:
    """The same reading, cleared for a report."""
    first = scenario_file(tmp_path)
    second = scenario_file(tmp_path, FIELDS.replace("name: small", "name: other"), "other.yaml")
    settings = Settings(positions=write(tmp_path, book()), as_of=AS_OF)
    one, two = run_scenarios(f"{first},{second}", settings, say=_silent)
    assert one.before.assessment.reading is two.before.assessment.reading
    assert one.before.assessment.reading.disclosed is not None


def test_a_depth_counts_on_positions_only_where_the_user_set_it(tmp_path: Path) -> None:
    """In their own file; what ships shows a range."""
    settings = Settings(positions=write(tmp_path, book()), as_of=AS_OF)
    own, shipped = run_scenarios(f"{scenario_file(tmp_path)},e-leverage-cap-20x", settings, say=_silent)
    assert [run.depth_usd for run in own.after.runs] == pytest.approx([2e6])
    assert (shipped.after.is_depth_known, len(shipped.after.runs)) == (False, 5)


def test_the_default_on_positions_changes_something(tmp_path: Path) -> None:
    """Without positions it is the one that makes a cohort."""
    settings = Settings(positions=write(tmp_path, book()), as_of=AS_OF)
    (real,) = run_scenarios(None, settings, say=_silent)
    (made,) = run_scenarios(None, Settings(), say=_silent)
    assert (real.config.name, real.is_changed) == (DEFAULT_ON_POSITIONS, True)
    assert (made.config.name, made.on_positions) == (DEFAULT_SCENARIO, False)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("", "scenario got '', 0 names; allowed are 1 to 5"),
        ("a,b,c,d,e,f", "6 names; allowed are 1 to 5"),
        ("b-late-stage-fomo,b-late-stage-fomo", "in which one comes twice"),
        ("nowhere", "got 'nowhere', which is no file and no shipped scenario"),
    ],
)
def test_bad_names_are_refused(names: str, words: str) -> None:
    """Before anything is drawn or read."""
    with pytest.raises(UsageError, match=words):
        run_scenarios(names, Settings(), say=_silent)
