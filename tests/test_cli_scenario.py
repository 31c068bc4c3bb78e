"""`cohortiv scenario`: the list, the text, the JSON, and what is refused."""

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
from cohort_support import ENGINE_WARNINGS, book, write
from command_support import Shell
from scenario_support import FIELDS, scenario_file

from cohortiv.config.scenario import shipped_scenarios

pytestmark = ENGINE_WARNINGS


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A shell in an empty folder."""
    return Shell(capsys, monkeypatch, tmp_path)


def test_without_a_name_the_scenarios_are_listed(shell: Shell) -> None:
    """Name, title and a sentence, one a line."""
    done = shell.run("scenario")
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines()] == list(shipped_scenarios())
    assert "A: bull-market consolidation. BTC has risen 80 % this year." in done.out


def test_a_file_is_run_and_told(shell: Shell, tmp_path: Path) -> None:
    """One column without changes; the page says that it is made up."""
    done = shell.run("scenario", scenario_file(tmp_path))
    assert done.code == 0
    assert "A small one, on small (SYNTHETIC)" in done.out
    for words in ("IV Index:", "Critical drawdown:", "Closed by a fall of 15", "A fall of 5", "Cliff:"):
        assert words in done.out
    assert "before" not in done.out


def test_changes_are_told_before_and_after(shell: Shell, tmp_path: Path) -> None:
    """Two columns, and what the move itself closed."""
    text = FIELDS + "changes: {price_move: -0.1, depth_withdrawn: 0.5}\n"
    done = shell.run("scenario", scenario_file(tmp_path, text))
    assert "before" in done.out
    assert "after" in done.out
    assert "itself closed" in done.out
    assert "Shares closed are of the notional that is open in each column" in done.out


def test_json_has_the_summary_and_more(shell: Shell, tmp_path: Path) -> None:
    """All keys of summary.json with the cascade filled, pullbacks, and the state before."""
    done = shell.run("scenario", scenario_file(tmp_path, FIELDS + "changes: {leverage_cap: 10}\n"), "--json")
    told = json.loads(done.out)
    schema = json.loads((files("cohortiv") / "schemas" / "summary.schema.json").read_text(encoding="utf-8"))
    assert set(schema["required"]) <= set(told)
    assert list(told["pullbacks"]) == ["0.05", "0.07", "0.10", "0.15", "0.20"]
    assert told["cascade"]["depth_usd"] == pytest.approx(2e6)
    assert len(told["cascade"]["shocks"]) == len(told["cascade"]["total_moves"]) == 30
    assert told["iv_index"] < told["before"]["iv_index"]
    assert (told["scenario"], told["direction"], told["synthetic"]) == ("small", "down", True)


def test_a_scenario_runs_on_positions(shell: Shell, tmp_path: Path) -> None:
    """Theirs is then the cohort, and the depth may be given."""
    positions = write(tmp_path, book(200))
    done = shell.run(
        "scenario", "e-leverage-cap-20x", "--positions", positions, "--depth-usd", "3e6", "--json"
    )  # fmt: skip
    told = json.loads(done.out)
    assert done.code == 0
    assert (told["synthetic"], told["cohort"]) == (False, "all-accounts")
    assert told["cascade"]["depth_usd"] == pytest.approx(3e6)


def test_the_examples_of_the_readme_run(shell: Shell, tmp_path: Path, repository: Path) -> None:
    """Both, as a stranger would save them; the one with several venues tells who pays at each."""
    blocks = re.findall(r"```yaml\n(.*?)```", (repository / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    named = {found[1]: text for text in blocks if (found := re.search(r"^name: (\S+)", text, re.MULTILINE))}
    for name in ("my-scenario", "two-venues"):
        scenario_file(tmp_path, named[name], f"{name}.yaml")
    whole, several = (shell.run("scenario", f"{name}.yaml") for name in ("my-scenario", "two-venues"))
    assert (whole.code, several.code) == (0, 0), several.err
    assert "Who pays" not in whole.out
    assert "Who pays at binance:" in several.out
    assert "Who pays at tideway:" in several.out
    assert "Venue 'tideway' has no brackets for BTC inverse, BTC linear" in several.err


def test_what_feeds_itself_and_what_is_closed_is_told(shell: Shell, tmp_path: Path) -> None:
    """Branching ratio, liquidation gamma and accounts closed by tier, in the text and as keys beside the fixed ones."""
    file = scenario_file(tmp_path)
    text = shell.run("scenario", file).out
    for words in ("Branching ratio on the way:", "A first fall of 1", "Accounts closed:", "  of tier 20x:"):
        assert words in text
    told = json.loads(shell.run("scenario", file, "--json").out)
    assert set(told["branching"]) == {"moves", "branching_ratio", "gamma_usd", "headline"}
    assert set(told["cascade"]) == {"depth_usd", "shocks", "total_moves", "cliff"}
    closed = told["closed"]
    assert closed["accounts"] == closed["positions"]
    assert sum(tier["accounts"] for tier in closed["tiers"]) == pytest.approx(closed["accounts"])
    assert [venue["group"] for venue in closed["venues"]] == ["binance"]
    assert set(told["before"]) >= {"branching", "closed"}


def test_positions_of_one_account_are_positions(shell: Shell, tmp_path: Path) -> None:
    """Where an account holds several, positions are counted and accounts are not told."""
    frame = book(200)
    firsts = frame.drop_duplicates("symbol").index
    positions = write(tmp_path, frame.assign(account_id=frame["account_id"].mask(frame.index.isin(firsts), "both")))
    request = ("scenario", "e-leverage-cap-20x", "--positions", positions, "--depth-usd", "3e6")
    assert "Positions closed:" in shell.run(*request).out
    assert json.loads(shell.run(*request, "--json").out)["closed"]["accounts"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere",), "scenario: got 'nowhere', which is no file and no shipped scenario"),
        (("b-late-stage-fomo", "--depth-usd", "-1"), "--depth-usd got -1"),
        (("b-late-stage-fomo", "--positions", ""), "--positions got an empty text"),
    ],
)
def test_bad_usage_is_exit_2(shell: Shell, arguments: tuple[str, ...], words: str) -> None:
    """With one message on standard error and nothing on standard output."""
    done = shell.run("scenario", *arguments)
    assert (done.code, done.out) == (2, "")
    assert words in done.err


def test_positions_without_a_depth_are_told_by_depth(shell: Shell, tmp_path: Path) -> None:
    """What ships brings no depth of its own to positions: five are shown, and the JSON has no cascade."""
    positions = write(tmp_path, book(200))
    text = shell.run("scenario", "c-october-2025-shock", "--positions", positions).out
    assert "Depth for 1 %:                not known" in text
    assert [share for share in ("1", "2", "5", "10", "20") if f"  at {share}\u00a0% of notional:" not in text] == []
    told = json.loads(shell.run("scenario", "c-october-2025-shock", "--positions", positions, "--json").out)
    assert (told["cascade"], told["before"]["cascade"]) == (None, None)
    depths = [[run["depth_usd"] for run in part["cascade_by_depth"]] for part in (told["before"], told)]
    assert depths[1] == pytest.approx([0.1 * depth for depth in depths[0]])
    assert depths[0][0] == pytest.approx(0.01 * told["before"]["leveraged_notional_usd"])


def test_a_depth_of_the_user_s_own_file_counts_on_positions(shell: Shell, tmp_path: Path) -> None:
    """It is no invention of ours."""
    file = scenario_file(tmp_path, "extends: e-leverage-cap-20x\nname: mine\ndepth: {usd_per_percent: 4.0e+6}\n")
    done = shell.run("scenario", file, "--positions", write(tmp_path, book(200)), "--json")
    assert json.loads(done.out)["cascade"]["depth_usd"] == pytest.approx(4e6)


def test_a_scenario_that_changes_nothing_is_explained(shell: Shell, tmp_path: Path) -> None:
    """On positions it is not refused, and does not tell the story of the cohort that it makes."""
    done = shell.run("scenario", "b-late-stage-fomo", "--positions", write(tmp_path, book(200)))
    assert done.code == 0
    assert "This scenario changes nothing" in done.out
    assert "new money chases momentum" not in done.out
