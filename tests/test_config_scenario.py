"""Scenario files: what they may say, what they extend, and what is said when they do not hold."""

from pathlib import Path

import pytest
from scenario_support import FIELDS, scenario_file

from cohortiv.config.scenario import (
    SHOCKS,
    load_scenario,
    located_scenarios,
    scenario_files,
    shipped_scenarios,
)
from cohortiv.errors import UsageError

SHIPPED = shipped_scenarios()


def test_five_scenarios_are_shipped() -> None:
    """A and B of the published model, a shock, a squeeze and a cap."""
    assert list(SHIPPED) == [
        "a-bull-market-consolidation",
        "b-late-stage-fomo",
        "c-october-2025-shock",
        "d-short-squeeze",
        "e-leverage-cap-20x",
    ]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenarios_can_be_read(name: str) -> None:
    """Each is valid, named like its file, and says where its numbers come from."""
    config = load_scenario(name)
    assert config.name == name
    assert config.source


def test_fields_are_read(tmp_path: Path) -> None:
    """A file of one's own, with defaults where it is silent."""
    config = load_scenario(scenario_file(tmp_path))
    assert (config.name, config.seed, config.direction, config.shocks) == ("small", 3, "down", SHOCKS)
    assert config.cohort.waves[1].tiers == {10.0: 0.6, 20.0: 0.25, 50.0: 0.15}
    assert config.depth.total_usd_per_percent == 2e6


def test_the_example_of_the_readme_is_a_scenario(tmp_path: Path, repository: Path) -> None:
    """What a user copies from there is valid as it stands."""
    _, _, after = (repository / "README.md").read_text(encoding="utf-8").partition("```yaml\nname: my-scenario")
    text = "name: my-scenario" + after.partition("```")[0]
    assert load_scenario(scenario_file(tmp_path, text)).changes.depth_withdrawn == 0.5


def test_depth_by_venue_adds_up(tmp_path: Path) -> None:
    """One price, several books."""
    text = FIELDS.replace("{usd_per_percent: 2.0e+6}", "{usd_per_percent_by_venue: {binance: 3.0e+6, okx: 1.0e+6}}")
    assert load_scenario(scenario_file(tmp_path, text)).depth.total_usd_per_percent == 4e6


def test_what_extends_wins_field_by_field(tmp_path: Path) -> None:
    """Sections are merged, lists replaced, and the rest is the parent's."""
    scenario_file(tmp_path)
    wave = "{name: all, share: 1, long_share: 1, near_mark: 0, tiers: {5: 1}}"
    text = f"extends: small.yaml\nname: child\nmarket: {{days: 30}}\ncohort: {{waves: [{wave}]}}\n"
    child = load_scenario(scenario_file(tmp_path, text, "child.yaml"))
    assert (child.name, child.title, child.market.days, child.market.rally) == ("child", "A small one", 30.0, 0.5)
    assert [wave.name for wave in child.cohort.waves] == ["all"]


def test_a_shipped_scenario_can_be_extended(tmp_path: Path) -> None:
    """By its name, from anywhere."""
    text = "extends: b-late-stage-fomo\nname: mine\nchanges: {leverage_cap: 10}\n"
    config = load_scenario(scenario_file(tmp_path, text))
    assert config.changes.leverage_cap == 10.0
    assert config.cohort == load_scenario("b-late-stage-fomo").cohort


def test_a_mistake_in_the_parent_is_the_parents(tmp_path: Path) -> None:
    """The message names the file in which it stands."""
    parent = scenario_file(tmp_path, FIELDS.replace("seed: 3", "seed: -3"))
    child = scenario_file(tmp_path, "extends: small.yaml\nname: child\n", "child.yaml")
    with pytest.raises(UsageError) as caught:
        load_scenario(child)
    assert str(caught.value).startswith(f"scenario file {parent}: seed: got -3")


@pytest.mark.parametrize(("first", "second"), [("small.yaml", ""), ("other.yaml", "small.yaml")], ids=["self", "ring"])
def test_a_scenario_cannot_extend_itself(tmp_path: Path, first: str, second: str) -> None:
    """Directly or by way of another: the chain is shown."""
    path = scenario_file(tmp_path, f"extends: {first}\nname: a\n")
    scenario_file(tmp_path, f"extends: {second}\nname: b\n", "other.yaml")
    with pytest.raises(UsageError, match=r"extends leads back to itself \(small\.yaml -> .*small\.yaml\)"):
        load_scenario(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("extends: nowhere.yaml\n", "extends: got 'nowhere.yaml', which is no file and no shipped scenario; allowed"),
        ("extends: [a]\n", "extends: got ['a'], allowed is the name of a scenario or of a file"),
    ],
)
def test_what_cannot_be_extended_is_named(tmp_path: Path, text: str, words: str) -> None:
    """A parent that isn't there, or no name."""
    with pytest.raises(UsageError) as caught:
        load_scenario(scenario_file(tmp_path, text))
    assert words in str(caught.value)
    assert "small.yaml" in str(caught.value)


def test_an_unknown_name_lists_those_there_are() -> None:
    """The shipped names are in the message."""
    with pytest.raises(UsageError, match=r"got 'z-none'.*allowed are a-bull-market-consolidation, b-late"):
        load_scenario("z-none")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("seed: 3", "sed: 3", "sed: unknown field; allowed are name, title"),
        ("volatility: 0.4", "volatilty: 0.4", "market.volatilty: unknown field; allowed are mark_prices, rally, pullb"),
        ("volatility: 0.4", "volatilty: 0.4", "did you mean volatility?"),
        ("rally: 0.5", "rally: -1", "market.rally: got -1, allowed: greater than -1"),
        ("rally: 0.5", "pullback: 0.1", "market: got a pullback of 0.1 in 0 of 60 days; allowed is none in 0 days"),
        ("BTC: 60000, ETH: 3000", "BTC: 60000", "cohort.symbols holds ETH without a price; allowed are the symbols"),
        ("usd_per_percent: 2.0e+6", "usd_per_percent: -1", "depth.usd_per_percent: got -1, allowed: greater than 0"),
        ("{usd_per_percent: 2.0e+6}", "{}", "depth: the linear law needs either usd_per_percent or usd_per_percent_by"),
        ("{usd_per_percent: 2.0e+6}", "{law: square_root}", "depth: the square_root law needs daily_volume_usd"),
        ("depth: {", "shocks: [0.2, 0.1]\ndepth: {", "shocks: allowed are shocks that rise"),
        ("depth: {", "direction: left\ndepth: {", "direction: got 'left', allowed: 'down' or 'up'"),
        ("depth: {", "changes: {leverage_cap: 0.5}\ndepth: {", "changes.leverage_cap: got 0.5, allowed: greater than"),
        ("depth: {", "changes: {depth_withdrawn: 1}\ndepth: {", "changes.depth_withdrawn: got 1, allowed: less than 1"),
        ("depth: {", "changes: {cap: 20}\ndepth: {", "changes.cap: unknown field; allowed are inflow, leverage_cap"),
        ("name: small", "name: Small One", "name: got 'Small One', allowed: lower case letters"),
    ],
)
def test_what_is_not_allowed_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    """File, key, value and what is allowed."""
    path = scenario_file(tmp_path, FIELDS.replace(old, new))
    with pytest.raises(UsageError) as caught:
        load_scenario(path)
    assert str(caught.value).startswith(f"scenario file {path}: ")
    assert words in str(caught.value)


def test_own_files_are_found_with_what_they_extend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file and its parents but those that ship; names become absolute paths where they are files."""
    monkeypatch.chdir(tmp_path)
    parent = scenario_file(tmp_path, "extends: b-late-stage-fomo\nname: parent\n", "parent.yaml")
    child = scenario_file(tmp_path, "extends: parent.yaml\nname: child\n", "child.yaml")
    assert scenario_files("child.yaml, d-short-squeeze") == (Path("child.yaml"), parent.relative_to(tmp_path))
    assert located_scenarios("child.yaml, d-short-squeeze") == f"{child.resolve()},d-short-squeeze"
