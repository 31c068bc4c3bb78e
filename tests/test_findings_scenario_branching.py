"""Words of the branching figure: what feeds itself, for one scenario, several, and positions that were read."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cohort_support import AS_OF, ENGINE_WARNINGS, book, write
from scenario_support import FIELDS, scenario_file

from cohortiv.assessment import Settings
from cohortiv.cascade import Branching
from cohortiv.findings import scenario as told
from cohortiv.findings.scenario import ScenarioFindings
from cohortiv.findings.scenario_branching import BRANCHING_COLUMNS, branching, branching_rows
from cohortiv.scenario import run_scenarios

pytestmark = ENGINE_WARNINGS
THIN = FIELDS + "changes: {leverage_cap: 10, depth_withdrawn: 0.8}\n"


def _silent(_: str) -> None:
    """Say nothing."""


def found(folder: Path, text: str, *, depth_usd: float | None = None, positions: str = "") -> ScenarioFindings:
    """Findings of one scenario."""
    settings = Settings(positions=positions, as_of=AS_OF)
    return told.find(
        run_scenarios(str(scenario_file(folder, text)), settings, depth_usd=depth_usd, say=_silent)
    )  # fmt: skip


def test_a_crowd_in_a_thin_market_feeds_itself(tmp_path: Path) -> None:
    """The title has the highest ratio and where it is, the reading from where to where it is 1 or more."""
    findings = found(tmp_path, THIN)
    rows, words = branching_rows(findings), branching(findings)
    assert list(rows.columns) == BRANCHING_COLUMNS
    assert list(dict.fromkeys(rows["name"])) == ["Before", "After"]
    after = rows[rows["name"] == "After"]
    assert after["branching_ratio"].max() > 1.0
    assert words.title.endswith(f"each dollar forces {after['branching_ratio'].max():.1f} more")
    assert len(words.title.split()) <= 10
    assert "forced orders feed themselves " in words.reading
    assert words.reading.count("in turn") == 2


def test_a_deep_market_feeds_nothing(tmp_path: Path) -> None:
    """Then the title says so, with the highest ratio."""
    words = branching(found(tmp_path, FIELDS, depth_usd=1e9))
    assert words.title.startswith("Each forced dollar forces less than one more, at most 0.")
    assert "As it stands: no forced dollar forces a whole one in turn, the most is 0." in words.reading


@pytest.mark.parametrize(
    ("ratios", "words"),
    [
        (
            [0.2, 1.5, 0.4, 1.2],
            "in places between falls of 1\u00a0% and 3\u00a0%, most with 1.50 at a fall of 1\u00a0%",
        ),
        ([0.2, 1.4, 1.5, 0.2], "feed themselves between falls of 1\u00a0% and 2\u00a0%, most with 1.50"),
        ([0.2, 1.5, 0.4, 0.2], "feed themselves at a fall of 1\u00a0%, most with 1.50"),
    ],
    ids=["with a gap", "without", "once"],
)
def test_where_orders_feed_themselves(tmp_path: Path, ratios: list[float], words: str) -> None:
    """From the first to the last place with a ratio of 1 or more; a gap between them is told."""
    findings = found(tmp_path, FIELDS)
    path = Branching("down", np.arange(4) / 100, np.ones(4), np.array(ratios))
    state = findings.worst.after
    drawn = replace(state, runs=(replace(state.runs[0], branching=path),))
    again = replace(findings, shown=(replace(findings.worst, states=(drawn,)),))
    assert words in branching(again).reading


def test_positions_that_were_read_are_told_from_the_ladder(tmp_path: Path) -> None:
    """Before the changes only, and the note says so; nothing of the state after them."""
    positions = write(tmp_path, book(200))
    findings = found(tmp_path, THIN, depth_usd=1e6, positions=positions)
    assert set(branching_rows(findings)["name"]) == {"Before"}
    assert "On the published ladder; after the changes withheld." in branching(findings).note
    assert findings.shown[0].after.runs[0].branching is None


def test_an_unknown_depth_is_the_middle_of_those_shown(tmp_path: Path) -> None:
    """And the note says so."""
    cap = "extends: e-leverage-cap-20x\nname: cap\n"
    findings = found(tmp_path, cap, positions=write(tmp_path, book(200)))
    assert "At the depth in the middle of those shown." in branching(findings).note


def test_every_line_has_its_name(tmp_path: Path) -> None:
    """Titles of several scenarios."""
    calm = scenario_file(tmp_path, FIELDS.replace("small", "calm"), "calm.yaml")
    names = f"{scenario_file(tmp_path)},{calm}"
    findings = told.find(run_scenarios(names, Settings(as_of=AS_OF), say=_silent))
    assert list(dict.fromkeys(branching_rows(findings)["name"])) == ["A small one", "A calm one"]
    assert branching(findings).reading.count("\n\n") == 1
