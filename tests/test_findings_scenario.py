"""What a scenario report says: its first screen, tables and figures, for one scenario, several, and on positions."""

from dataclasses import replace
from pathlib import Path

import pytest
from cohort_support import AS_OF, ENGINE_WARNINGS, book, write
from scenario_support import FIELDS, scenario_file

from cohortiv.assessment import Settings
from cohortiv.findings import scenario as told
from cohortiv.findings import scenario_figures as figures
from cohortiv.findings.scenario import ScenarioFindings
from cohortiv.findings.scenario_branching import branching
from cohortiv.findings.scenario_words import no_relief
from cohortiv.scenario import run_scenarios

pytestmark = ENGINE_WARNINGS
CHANGED = FIELDS + "changes: {leverage_cap: 10, price_move: -0.1, depth_withdrawn: 0.5}\n"


def _silent(_: str) -> None:
    """Say nothing."""


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> ScenarioFindings:
    """One scenario with changes on its own cohort."""
    path = scenario_file(tmp_path_factory.mktemp("one"), CHANGED)
    return told.find(run_scenarios(str(path), Settings(as_of=AS_OF), say=_silent))


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> ScenarioFindings:
    """The same beside one without changes."""
    folder = tmp_path_factory.mktemp("several")
    calm = FIELDS.replace("name: small", "name: calm").replace("A small one", "A calm one")
    names = f"{scenario_file(folder, CHANGED)},{scenario_file(folder, calm, 'calm.yaml')}"
    return told.find(run_scenarios(names, Settings(as_of=AS_OF), say=_silent))


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> ScenarioFindings:
    """The same scenario on positions that were read."""
    folder = tmp_path_factory.mktemp("real")
    settings = Settings(positions=write(folder, book(200)), as_of=AS_OF)
    return told.find(run_scenarios(str(scenario_file(folder, CHANGED)), settings, say=_silent))


def test_headline_tells_before_and_after(one: ScenarioFindings) -> None:
    """The sentence and the key figures hold both; code and index are those after, and the page is SYNTHETIC."""
    found = told.headline(one)
    assert "goes from" in found["sentence"]
    assert "→" in found["key_figures"][0]["value"]
    assert found["iv_index"] == one.worst.after.iv_index
    assert (found["synthetic"], found["code"]) == (True, one.worst.after.code)
    assert 3 <= len(found["key_figures"]) <= 5


def test_several_scenarios_stand_side_by_side(several: ScenarioFindings) -> None:
    """One key figure and one line each, a column for each state, and the worst in the sentence."""
    found = told.headline(several)
    assert [item["label"] for item in found["key_figures"]] == ["A small one", "A calm one"]
    assert f"“{several.worst.config.title}” ends with the highest index" in found["sentence"]
    assert list(told.figure_rows(several).columns) == [
        "Figure",
        "A small one, before",
        "A small one, after",
        "A calm one",
    ]
    assert set(figures.curve_rows(several)["name"]) == {"A small one", "A calm one"}
    summaries = told.summary(several)["scenarios"]
    assert isinstance(summaries, list)
    assert len(summaries) == 2


def test_changes_are_told_with_units(one: ScenarioFindings) -> None:
    """Each as a row; a price move closes something on its way."""
    rows = {row["what"]: row["value"] for row in told.change_rows(one)}
    assert rows["Leverage"] == "at most 10x; 100\u00a0% of those above add margin"
    assert rows["Price"] == "−10\u00a0%"
    assert rows["Depth"] == "−50\u00a0% from the start"
    assert "itself closed" in told.closed(one)


def test_a_scenario_without_changes_says_so(several: ScenarioFindings) -> None:
    """In the table of changes."""
    assert {
        "scenario": "A calm one",
        "what": "Nothing",
        "value": "the cohort is read as it stands",
    } in told.change_rows(several)


@pytest.mark.parametrize("name", ["figures", "ladders", "curves", "heat_map", "pullbacks"])
@pytest.mark.parametrize("kind", ["one", "several", "real"])
def test_every_figure_has_a_title(name: str, kind: str, request: pytest.FixtureRequest) -> None:
    """Of every kind of report, with the measure in the subtitle."""
    words = getattr(figures, name)(request.getfixturevalue(kind))
    assert words.title
    assert ";" in words.subtitle


def test_positions_that_were_read_withhold(real: ScenarioFindings) -> None:
    """No amounts after the changes, one ladder, and the page says why."""
    assert set(figures.ladder_rows(real)["state"]) == {"Before"}
    table = told.figure_rows(real).set_index("Figure")
    assert table.loc["Leveraged notional", "After"] == "withheld"
    assert told.closed(real) == "What the price move itself closed is withheld: it would tell single lines."
    assert "cleared for publication as they stand" in told.limits(real)
    assert list(figures.pullback_rows(real).columns) == ["Move", "Before"]


def test_about_compares_with_the_previous_issue(one: ScenarioFindings, tmp_path: Path) -> None:
    """Where there is one."""
    assert "this is the first issue in its folder" in told.about(one)
    previous = tmp_path / "summary.json"
    previous.write_text('{"iv_index": 40.04, "code": "yellow", "as_of": "2026-02-11"}', encoding="utf-8")
    path = scenario_file(tmp_path, CHANGED)
    later = told.find(run_scenarios(str(path), Settings(as_of=AS_OF), say=_silent), previous=str(previous))
    assert "2026-02-11 had 40.0 (Yellow); now" in told.about(later)


@pytest.fixture(scope="module")
def ranged(tmp_path_factory: pytest.TempPathFactory) -> ScenarioFindings:
    """A shipped scenario with changes on positions, no depth given."""
    settings = Settings(positions=write(tmp_path_factory.mktemp("ranged"), book(200)), as_of=AS_OF)
    return told.find(run_scenarios("c-october-2025-shock", settings, say=_silent))


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> ScenarioFindings:
    """A shipped scenario that changes nothing, on positions."""
    settings = Settings(positions=write(tmp_path_factory.mktemp("unchanged"), book(200)), as_of=AS_OF)
    return told.find(run_scenarios("b-late-stage-fomo", settings, say=_silent))


def test_positions_without_a_depth_have_no_figure_for_it(ranged: ScenarioFindings) -> None:
    """The sentence, key figures and table give a range; the limits say why, and the made-up depth is nowhere."""
    found = told.headline(ranged)
    assert "by depth: none was given" in found["sentence"]
    figure = found["key_figures"][-1]
    assert (figure["label"], figure["value"]) == ("Depth", "not known")
    assert "No depth was given for these positions" in told.limits(ranged)
    table = told.figure_rows(ranged).set_index("Figure")
    assert str(table.loc["Depth for 1 %", "Before"]).startswith("not known; ")
    summary = told.summary(ranged)
    before = summary["before"]
    assert isinstance(before, dict)
    assert (summary["cascade"], before["cascade"]) == (None, None)


def test_curves_of_a_range_have_a_line_for_each_depth(ranged: ScenarioFindings) -> None:
    """Of the last state, with the map over the same number of depths."""
    names = list(dict.fromkeys(figures.curve_rows(ranged)["name"]))
    assert len(names) == 5
    assert all(name.endswith("for 1 %") for name in names)
    assert figures.map_rows(ranged)["depth"].nunique() == 5
    assert figures.UNKNOWN_DEPTH in figures.curves(ranged).reading


def test_a_scenario_that_changes_nothing_tells_no_story_on_positions(unchanged: ScenarioFindings) -> None:
    """Its title and description are its own cohort's; the page says that nothing changes."""
    found = told.headline(unchanged)
    assert found["title"] == "Positions as they stand"
    assert "changes nothing" in told.story(unchanged)
    assert unchanged.worst.config.description[:30] not in told.story(unchanged)
    assert "late-stage FOMO" not in figures.figures(unchanged).title
    assert [state.name for state in unchanged.worst.states] == ["As it stands"]


def test_pullbacks_of_positions_are_bounds(unchanged: ScenarioFindings) -> None:
    """Two numbers where a step is cut; the note says what they are."""
    cells = figures.pullback_rows(unchanged)["As it stands"].tolist()
    assert any(" to " in cell for cell in cells)
    assert "nothing in the low bound" in figures.pullbacks(unchanged).note


def test_the_map_says_its_law(one: ScenarioFindings, tmp_path: Path) -> None:
    """Linear, or the square root where the scenario says so."""
    law = "{law: square_root, daily_volume_usd: 1.0e+7, daily_volatility: 0.02}"
    path = scenario_file(tmp_path, FIELDS.replace("{usd_per_percent: 2.0e+6}", law))
    root = told.find(run_scenarios(str(path), Settings(as_of=AS_OF), say=_silent))
    assert figures.heat_map(one).note == "Impact is linear in forced orders."
    assert figures.heat_map(root).note.startswith("Impact grows with the square root of forced orders")


@pytest.fixture(scope="module")
def crash(tmp_path_factory: pytest.TempPathFactory) -> ScenarioFindings:
    """A fall of a third on positions that were read: it closes longs, and the index falls."""
    folder = tmp_path_factory.mktemp("crash")
    settings = Settings(positions=write(folder, book(200)), as_of=AS_OF)
    path = scenario_file(folder, FIELDS + "changes: {price_move: -0.33}\n")
    return told.find(run_scenarios(str(path), settings, say=_silent))


def test_an_index_that_a_crash_brings_down_is_no_relief(crash: ScenarioFindings) -> None:
    """The badge has the state before beside the one after; it and the sentence say that the lower one is no relief."""
    before, after = crash.worst.states
    assert after.iv_index < before.iv_index
    found = told.headline(crash)
    assert found["before"] == {
        "code": before.code, "iv_index": before.iv_index, "remark": "A lower index that is no relief",
    }  # fmt: skip
    assert "a lower index that is no relief, since lines on the price's way are closed by then" in found["sentence"]


def test_relief_is_relief(one: ScenarioFindings) -> None:
    """Where nothing moves the price and no shock goes further, a lower index needs no warning."""
    changes = one.worst.config.changes.model_copy(update={"price_move": 0.0})
    calm = one.worst.config.model_copy(update={"changes": changes})
    before, after = one.worst.states
    eased = replace(one.worst, config=calm, states=(replace(before, iv_index=50.0), replace(before, iv_index=20.0)))
    assert no_relief(eased) == ""
    worse = replace(eased, states=(replace(before, iv_index=50.0, runs=()), replace(after, iv_index=20.0)))
    assert no_relief(worse) == "a lower index that is no relief, since the same shock goes further"


def test_what_stands_on_the_positions_before_says_so(real: ScenarioFindings) -> None:
    """Map and branching of positions that were read are of the state before the changes, in title and reading."""
    for words in (figures.heat_map(real), branching(real)):
        assert words.title.startswith("Before: ")
        assert words.reading.startswith("Before")
