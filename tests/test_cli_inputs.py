"""Options for data without positions: on every command that has them, and refused before anything is read."""

import json
from pathlib import Path

import pytest
from aggregate_support import market_files, tier_file
from cohort_support import ENGINE_WARNINGS
from command_support import Shell

from cohortiv.profile import load_profile

pytestmark = ENGINE_WARNINGS


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A shell in a folder with a tier table of two cohorts and a market history."""
    tier_file(tmp_path, cohorts=("one", "two"))
    market_files(tmp_path)
    return Shell(capsys, monkeypatch, tmp_path)


TIERS = ("--tier-table", "tiers.csv", "--tier-cohort", "one", "--symbol", "BTC")
MARKET = ("--market", "bars.csv", "--open-interest", "interest.parquet", "--venue", "binance", "--symbol", "BTC")


@pytest.mark.parametrize(
    ("options", "basis"), [(TIERS, "from a tier table"), (MARKET, "reconstructed from open interest: a model")]
)
def test_index_prints_what_it_stands_on(shell: Shell, options: tuple[str, ...], basis: str) -> None:
    """Beside the cohort, without a count of accounts or an interval."""
    done = shell.run("index", *options, "--as-of", "2026-02-18")
    assert done.code == 0, done.err
    assert basis in done.out
    assert "accounts" not in done.out
    assert "90 % interval:       none" in done.out


def test_index_prints_json(shell: Shell) -> None:
    """And nothing else on standard output."""
    summary = json.loads(shell.run("index", *TIERS, "--as-of", "2026-02-18", "--json").out)
    assert summary["iv_index"] == pytest.approx(77.131, abs=1e-3)
    assert (summary["accounts"], summary["interval"], summary["data_quality"]["basis"]) == (0, None, "tier_table")


def test_profile_writes_a_profile_like_any_other(shell: Shell, tmp_path: Path) -> None:
    """It can be read again."""
    done = shell.run("profile", *MARKET, "--as-of", "2026-02-18", "--out", "profile.parquet")
    assert done.code == 0, done.err
    assert load_profile(tmp_path / "profile.parquet").origin["basis"] == "open interest"


def test_report_publishes_aggregates_under_a_name_of_their_own(shell: Shell, tmp_path: Path) -> None:
    """Its page says from what, and its summary and manifest name the files."""
    done = shell.run("report", *TIERS, "--as-of", "2026-02-18", "--out", "out")
    assert done.code == 0, done.err
    issue = tmp_path / "out" / "2026-02-18" / "risk-report-one-btc-tier-table"
    assert "from a tier table" in (issue / "report.html").read_text(encoding="utf-8")
    assert json.loads((issue / "summary.json").read_text(encoding="utf-8"))["data_quality"]["sources"] == ["tiers.csv"]
    assert "tiers.csv" in (issue / "manifest.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        ("index", ("--tier-table", ""), "--tier-table got an empty text"),
        ("index", ("--tier-table", "tiers.csv", "--positions", "x.csv"), "given together"),
        ("report", ("--market", "bars.csv", "--tier-table", "tiers.csv"), "given together"),
        ("report", ("--tier-table", "none.csv", "--as-of", "2026-02-18"), "There is no file"),
        ("report", ("--tier-table", "tiers.csv"), "report needs --as-of"),
        ("report", ("--venue", "binance"), "was given without --market"),
        ("profile", ("--tier-mix", "x.csv", "--out", "p.parquet"), "was given without --market"),
        ("report", (*TIERS, "--as-of", "2026-02-18", "-p", "tier_cohort=two"), "Give it with --tier-cohort"),
    ],
)
def test_what_cannot_be_run_is_bad_usage(shell: Shell, command: str, options: tuple[str, ...], said: str) -> None:
    """Exit 2, before anything is read."""
    done = shell.run(command, *options)
    assert (done.code, said in done.err) == (2, True), done.err
