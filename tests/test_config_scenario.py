"""Scenario files: what they may say, what they extend, and what is said when they do not hold."""

from pathlib import Path

import pytest
from scenario_support import FIELDS, scenario_file

from cohortiv.config.scenario import (
    SHOCKS,
    load_scenario,
    located_scenarios,
    scenario_files,
    sets_depth,
    shipped_scenarios,
)
from cohortiv.errors import UsageError

SHIPPED = shipped_scenarios()


def test_seven_scenarios_are_shipped() -> None:
    """A and B of the published model, a shock, a squeeze, a cap, several venues, and another law of impact."""
    assert list(SHIPPED) == [
        "a-bull-market-consolidation",
        "b-late-stage-fomo",
        "c-october-2025-shock",
        "d-short-squeeze",
        "e-leverage-cap-20x",
        "f-three-venues-thin-fund",
        "g-square-root-impact",
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


def test_tables_of_shares_are_replaced(tmp_path: Path) -> None:
    """A child names its own venues, and need not set the parent's to 0; of prices one more is added."""
    text = (
        "extends: b-late-stage-fomo\nname: mine\nmarket: {mark_prices: {ETH: 4000}}\n"
        "cohort: {venues: {here: 0.5, there: 0.5}, symbols: {BTC: 0.4, ETH: 0.6}}\n"
    )
    config = load_scenario(scenario_file(tmp_path, text))
    assert config.cohort.venues == {"here": 0.5, "there": 0.5}
    assert config.cohort.symbols == {"BTC": 0.4, "ETH": 0.6}
    assert config.market.mark_prices == {"BTC": 120000.0, "ETH": 4000.0}


@pytest.mark.parametrize(
    ("depth", "total"),
    [("usd_per_percent_by_venue: {here: 1.0e+6, there: 2.0e+6}", 3e6), ("usd_per_percent: 5.0e+6", 5e6)],
    ids=["by venue", "sum"],
)
def test_a_depth_takes_the_place_of_the_parents(tmp_path: Path, depth: str, total: float) -> None:
    """By venue in place of the sum, and the other way round; the rest of the section stays."""
    parent = FIELDS.replace(
        "{usd_per_percent: 2.0e+6}", "{usd_per_percent_by_venue: {x: 1}, withdrawal: {ceiling: 0.5, half_usd: 1}}"
    )
    scenario_file(tmp_path, FIELDS if "by_venue" in depth else parent)
    child = load_scenario(scenario_file(tmp_path, f"extends: small.yaml\nname: c\ndepth: {{{depth}}}\n", "c.yaml"))
    assert child.depth.total_usd_per_percent == total
    assert (child.depth.withdrawal is None) == ("by_venue" in depth)


def test_a_venue_has_the_rate_of_its_liquidation(tmp_path: Path) -> None:
    """Where the scenario describes it, else the cohort's."""
    liquidation = "usd_per_percent: 2.0e+6, liquidation: {there: {maintenance_rate: 0.02}}"
    text = FIELDS.replace("venues: {binance: 1}", "venues: {here: 0.5, there: 0.5}")
    config = load_scenario(scenario_file(tmp_path, text.replace("usd_per_percent: 2.0e+6", liquidation)))
    assert config.maintenance_rates == {"here": 0.005, "there": 0.02}


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
        ("2.0e+6}", "1, usd_per_percent_by_venue: {x: 1}}", "by_venue, more than 0 USD; got both"),
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


def test_only_a_users_own_file_sets_depth(tmp_path: Path) -> None:
    """What ships does not, nor a file that takes its depth from there; a figure in one's own does, also inherited."""
    bare = scenario_file(tmp_path, "extends: b-late-stage-fomo\nname: bare\n", "bare.yaml")
    rules = "depth: {liquidation: {binance: {maintenance_rate: 0.005}}}\n"
    ruled = scenario_file(tmp_path, f"extends: b-late-stage-fomo\nname: ruled\n{rules}", "ruled.yaml")
    own = scenario_file(tmp_path, "extends: bare.yaml\nname: own\ndepth: {usd_per_percent: 1.0e+6}\n", "own.yaml")
    child = scenario_file(tmp_path, "extends: own.yaml\nname: child\n", "child.yaml")
    assert [sets_depth(name) for name in ("b-late-stage-fomo", bare, ruled, own, child)] == [
        False,
        False,
        False,
        True,
        True,
    ]


def test_a_story_is_not_taken_over(tmp_path: Path) -> None:
    """The description tells of the cohort of the file that it is in."""
    child = scenario_file(tmp_path, "extends: b-late-stage-fomo\nname: child\n")
    assert load_scenario("b-late-stage-fomo").description
    assert load_scenario(child).description == ""
