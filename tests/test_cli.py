"""The command line: what it accepts, what it prints where, and how it ends."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from click.testing import CliRunner
from cohort_support import ENGINE_WARNINGS, book, cohort_file, write
from command_support import Shell
from nbformat.v4 import new_code_cell, new_notebook

from cohortiv.cli import app, issue, naming, workshop
from cohortiv.cli.completion import SOURCES
from cohortiv.errors import RunError
from cohortiv.profile import load_profile
from cohortiv.report import publish
from cohortiv.sources.files import SCHEMES

pytestmark = ENGINE_WARNINGS
COMMANDS = ("report", "index", "profile", "history", "scenario", "sample", "verify")


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A shell in an empty folder."""
    return Shell(capsys, monkeypatch, tmp_path)


@pytest.fixture
def no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails the test as soon as a kernel would start or a sample be made."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something ran")

    monkeypatch.setattr(publish, "run_notebook", refuse)
    monkeypatch.setattr(workshop, "write_sample", refuse)


def test_help_loads_nothing_heavy() -> None:
    """Every command explains itself without pandas, Altair, papermill, Ibis or SciPy."""
    heavy = ["pandas", "altair", "papermill", "ibis", "scipy", "nbconvert", "duckdb"]
    code = (
        "import sys\nfrom cohortiv.cli import main\n"
        f"for name in {['', *COMMANDS]!r}:\n"
        "    sys.argv = ['cohortiv', *([name] if name else []), '--help']\n    main()\n"
        f"print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"
    assert done.stdout.count("Usage: ") == 1 + len(COMMANDS)


@pytest.mark.parametrize(
    ("command", "flags"),
    [
        ("report", "--positions --as-of --symbol --cohort --brackets --max-excluded --published -p --out --brand"),
        (
            "index",
            "--positions --as-of --symbol --critical-mass --horizon-days --reference-volatility --json --engine",
        ),
        (
            "profile",
            "--positions --as-of --all-snapshots --symbol --brackets --out --supersede --engine --memory-limit",
        ),
        ("sample", "--out --accounts --seed"),
        ("verify", "REPORT_DIR"),
    ],
)
def test_flags_of_the_contract(command: str, flags: str) -> None:
    """The names that others rely on are there."""
    text = CliRunner().invoke(app.cli, [command, "--help"]).output
    assert [flag for flag in flags.split() if flag not in text] == []


@pytest.mark.parametrize("command", ["report", "index", "profile"])
def test_empty_positions_are_bad_usage(shell: Shell, command: str) -> None:
    """An unset variable must not fall back on the sample."""
    done = shell.run(
        command, "--positions", "", "--as-of", "2026-02-18", *(["--out", "x"] if command == "profile" else [])
    )
    assert done.code == 2
    assert "--positions got an empty text; allowed are" in done.err


@pytest.mark.parametrize("depth", ["-3", "0", "inf", "nan"])
@pytest.mark.parametrize("command", [("index",), ("report",), ("scenario", "e-leverage-cap-20x")])
def test_bad_depth_is_refused_before_positions_are_read(shell: Shell, command: tuple[str, ...], depth: str) -> None:
    """Positions that are not there would be bad data; the depth comes first."""
    done = shell.run(*command, "--positions", "nowhere.csv", "--as-of", "2026-02-18", "--depth-usd", depth)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"Error: --depth-usd got {depth}; allowed is more than 0 USD")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"], ["index", "--nonsense"], ["index", "--fail-on", "blue"], ["index", "--critical-mass", "two"],
        ["index", "--critical-mass", "2"], ["index", "--as-of", "yesterday"],
        ["profile", "--out", "x", "--engine", "dask"], ["index", "--engine", "dask"],
        ["profile", "--out", "x", "--as-of", "2026-09-30", "--all-snapshots"],
        ["sample", "--out", "x", "--accounts", "0"],
        ["sample", "--out", "x", "--seed", "-1"], ["verify"], [],
    ],
    ids=" ".join,
)  # fmt: skip
def test_bad_usage_ends_with_two(shell: Shell, arguments: list[str]) -> None:
    """Nothing is printed on standard output, and the message is not a traceback."""
    frame = book(30)
    done = shell.run(*arguments, *(["--positions", write(Path.cwd(), frame)] if arguments[:1] == ["index"] else []))
    assert (done.code, done.out) == (2, "")
    assert done.err.strip()
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--positions", "empty"], "No position file in the folder empty"),
        (["--positions", "positions.parquet", "--symbol", "DOGE"], "the table holds BTC, ETH"),
        (["--positions", "positions.parquet", "--symbol", "btc"], "Did you mean BTC?"),
        (["--positions", "positions.parquet", "--as-of", "2026-03-01"], "the nearest is 2026-02-18T12:00:00Z"),
    ],
)
def test_bad_data_ends_with_three(shell: Shell, tmp_path: Path, arguments: list[str], told: str) -> None:
    """The message says what there is instead."""
    write(tmp_path, book(30))
    (tmp_path / "empty").mkdir()
    done = shell.run("index", *arguments)
    assert (done.code, done.out) == (3, "")
    assert told in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["index", "--positions", "nowhere.parquet"],
        ["index", "--positions", "nowhere*.parquet"],
        ["index", "--positions", "hyperliquid:nowhere.parquet"],
        ["report", "--positions", "nowhere.parquet", "--as-of", "2026-02-18"],
        ["profile", "--positions", "nowhere.parquet", "--out", "x.parquet"],
        ["index", "--positions", "positions.parquet", "--cohort", "nowhere.yaml"],
        ["index", "--positions", "positions.parquet", "--brackets", "nowhere.csv"],
        ["report", "--positions", "positions.parquet", "--as-of", "2026-02-18", "--brackets", "nowhere.csv"],
        ["report", "--brand", "nowhere.yaml"],
        ["verify", "nowhere"],
    ],
    ids=" ".join,
)
def test_a_path_that_does_not_exist_is_bad_usage(shell: Shell, tmp_path: Path, arguments: list[str]) -> None:
    """Whichever option names it; the path is named again."""
    write(tmp_path, book(30))
    done = shell.run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert "nowhere" in done.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["profile", "--positions", "positions.parquet", "--out", "file/profile.parquet"], "file is a file"),
        (["profile", "--positions", "positions.parquet", "--out", "profile.csv"], "a name that ends in .parquet or"),
        (["sample", "--out", "file"], "file is a file; allowed is a folder, or a name that is free"),
    ],
)
def test_output_that_cannot_be_is_bad_usage(shell: Shell, tmp_path: Path, arguments: list[str], told: str) -> None:
    """A file where a folder is wanted, or a name that says another format, told in one line."""
    write(tmp_path, book(30))
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = shell.run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert "Traceback" not in done.err


def test_what_nobody_foresaw_is_a_failed_run(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 4 and one line that says what and where, no traceback."""

    def fail(*_: object, **__: object) -> None:
        raise TypeError("no such\nbranch")

    monkeypatch.setattr("cohortiv.assessment.read_cohort", fail)
    write(tmp_path, book(30))
    done = shell.run("index", "--positions", "positions.parquet")
    assert (done.code, done.out) == (4, "")
    assert done.err.startswith("Error: The run failed with TypeError in app.py, line ")
    assert ": no such branch. Nothing was published; this is a defect, please report it." in done.err
    assert "Traceback" not in done.err


def test_scenario_help_says_what_it_runs_on_alone() -> None:
    """It draws the scenario's cohort, not the sample."""
    text = " ".join(CliRunner().invoke(app.cli, ["scenario", "--help"]).output.split())
    assert "Left out: the scenario's own SYNTHETIC cohort." in text
    assert "embedded" not in text


def test_one_is_one(shell: Shell, tmp_path: Path) -> None:
    """Counts agree with their nouns, and the index has the digits of its interval."""
    (tmp_path / "one.csv").write_text(
        "account_id,symbol,side,quantity,entry_price,mark_price,leverage,venue\na1,BTC,long,1,60000,60000,10,binance\n",
        encoding="utf-8",
    )
    done = shell.run("index", "--positions", "one.csv")
    assert "Only 1 margin unit; a code needs 30" in done.out
    assert "60.0\u00a0k\u00a0USD, 1 account\n" in done.out
    assert ", 1 position, leveraged or not" in done.out
    assert "IV Index:            80.1\n" in done.out


@pytest.mark.parametrize(
    ("code", "fail_on", "expected"),
    [
        ("green", "yellow", 0), ("yellow", "yellow", 10), ("red", "yellow", 11), ("grey", "yellow", 12),
        ("green", "red", 0), ("yellow", "red", 0), ("red", "red", 11), ("grey", "red", 12),
        ("green", None, 0), ("yellow", None, 0), ("red", None, 0), ("grey", None, 0),
    ],
)  # fmt: skip
def test_fail_on(code: str, fail_on: str | None, expected: int) -> None:
    """At or above the wanted code the exit code is the result's; Grey is never let pass."""
    assert app._exit_code(code, fail_on) == expected


def test_json_is_all_there_is_on_standard_output(shell: Shell, tmp_path: Path) -> None:
    """Messages go to standard error, the exit code follows --fail-on, and the path is relative to the folder."""
    write(tmp_path, book(20))
    cohort_file(tmp_path, "")
    done = shell.run(
        "index", "--positions", "positions.parquet", "--cohort", "cohort.yaml", "--json", "--fail-on", "red"
    )
    summary = json.loads(done.out)
    assert (done.code, summary["code"], summary["cohort"]) == (12, "grey", "test-cohort")
    assert "Reading" in done.err
    assert done.out.lstrip().startswith("{")


def test_a_missing_venue_is_no_all_clear(shell: Shell, tmp_path: Path) -> None:
    """Grey to --fail-on, whatever the code of the rest; without the option the run is done."""
    frame = book(60)
    for venue, rows in (("binance", frame.iloc[:30]), ("hyperliquid", frame.iloc[30:])):
        write(tmp_path, rows.assign(venue=venue, as_of="2026-02-18T12:00:00Z"), f"{venue}.parquet")
    both = ("index", "--positions", "binance.parquet", "--positions", "hyperliquid.parquet")
    gone = ("index", "--positions", "binance.parquet", "--positions", "data/okx/positions/own/absent.parquet")
    assert shell.run(*both, "--fail-on", "red").code in {0, 11}
    done = shell.run(*gone, "--fail-on", "red")
    assert (done.code, "okx is missing" in done.err) == (12, True)
    assert shell.run(*gone).code == 0


def test_text_has_the_figures(shell: Shell, tmp_path: Path) -> None:
    """One figure a line, for people."""
    write(tmp_path, book(40))
    done = shell.run("index", "--positions", "positions.parquet", "--symbol", "BTC")
    assert done.code == 0
    names = [line.split(":")[0] for line in done.out.splitlines()]
    assert names[:4] == ["Cohort", "Code", "IV Index", "90 % interval"]
    assert "all-accounts, BTC, 2026-02-18T12:00:00Z" in done.out


def test_profile_of_one_snapshot_can_be_loaded(shell: Shell, tmp_path: Path) -> None:
    """The path is printed, and the file holds the whole notional."""
    frame = book(40)
    write(tmp_path, frame)
    done = shell.run("profile", "--positions", "positions.parquet", "--out", "deep/profile.parquet")
    assert (done.code, done.out) == (0, "deep/profile.parquet\n")
    notional = (frame["quantity"] * frame["mark_price"]).sum()
    assert load_profile(tmp_path / "deep" / "profile.parquet").leveraged_notional_usd == pytest.approx(notional, abs=1)


def test_sample_is_the_same_for_the_same_seed(shell: Shell, tmp_path: Path) -> None:
    """Same numbers, same bytes; another seed, other positions; each file is named on standard output."""
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        done = shell.run("sample", "--out", folder, "--accounts", 20, "--seed", seed)
        assert done.code == 0
        assert [Path(line).name for line in done.out.splitlines()] == ["positions.parquet", "cohort.yaml", "README.txt"]
    first, again, other = ((tmp_path / name / "positions.parquet").read_bytes() for name in "abc")
    assert first == again != other


@pytest.mark.usefixtures("no_run")
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-p", "critcal_mass=0.1"], "Did you mean 'critical_mass'?"),
        (["-p", "horizon_days=soon"], "horizon_days"),
        (["-p", "critical_mass=15"], "got 15.0. Allowed: float, 0 < critical_mass < 1"),
        (["--max-excluded", "5"], "max_excluded got 5.0; allowed is a share from 0 to 1"),
        (["-p", "critical_mass"], "NAME=VALUE"),
        (["-p", "critical_mass=0.1", "-p", "critical_mass=0.2"], "given twice"),
        (["-p", "symbol=BTC"], "Give it with --symbol"),
        (["-p", "max_excluded=0.5"], "Give it with --max-excluded"),
        (["-p", "positions=x.parquet"], "Give it with --positions"),
        (["risk-raport"], "risk-report, scenario-report"),
        (["missing.ipynb"], "NOTEBOOK got 'missing.ipynb'"),
        (["--published", "soon"], "--published got 'soon'"),
        (["--positions", "positions.parquet"], "report needs --as-of"),
        (["--positions", "positions.parquet", "--as-of", "soon"], "--as-of got 'soon'"),
        (["--positions", "positions.parquet", "--as-of", "2026-02-18", "--cohort", "no.yaml"], "no.yaml"),
        (["--brand", "no.yaml"], "no.yaml"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_report_that_cannot_run_is_refused_at_once(
    shell: Shell, tmp_path: Path, arguments: list[str], told: str
) -> None:
    """No kernel starts, no sample is made, nothing is left in the folder of reports."""
    write(tmp_path, book(30))
    done = shell.run("report", *arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert "Running" not in done.err
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    ("as_of", "folder"),
    [
        ("2026-02-18", "2026-02-18"), ("20260218", "2026-02-18"), ("2026-02-18T23:17:05Z", "2026-02-18T2317Z"),
        ("2026-02-18T01:00:00+02:00", "2026-02-17T2300Z"),
    ],
)  # fmt: skip
def test_folder_of_an_issue(as_of: str, folder: str) -> None:
    """A date, or date and minute in UTC."""
    assert naming.issue_date(as_of) == folder


@pytest.mark.parametrize(
    ("words", "number", "expected"),
    [
        ("cohortiv re", 1, ["plain,report"]),
        ("cohortiv index --fail-on ", 3, ["plain,yellow", "plain,red"]),
        ("cohortiv index --positions hyp", 3, ["plain,hyperliquid:", "file,hyp"]),
        ("cohortiv index --positions data/p", 3, ["file,data/p"]),
        ("cohortiv index --symbol btc", 3, ["plain,BTC"]),
        ("cohortiv index --cohort de", 3, ["file,de"]),
        ("cohortiv report risk", 2, ["plain,risk-report", "file,risk"]),
        ("cohortiv scenario c-", 2, ["plain,c-october-2025-shock", "file,c-"]),
    ],
)
def test_tab_completes(words: str, number: int, expected: list[str]) -> None:
    """Commands, choices, sources, symbols and notebooks are completed for bash, and files by the shell itself."""
    asked = {"_COHORTIV_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(number)}
    program = Path(sys.executable).with_name("cohortiv")
    done = subprocess.run([program], env=os.environ | asked, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == expected


def test_sources_that_are_completed_are_those_that_there_are() -> None:
    """The names before a colon."""
    assert sorted(SCHEMES) == sorted(SOURCES)


def test_module_runs_like_the_command() -> None:
    """`python -m cohortiv` is the same program."""
    command = [sys.executable, "-m", "cohortiv", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("cohortiv, version ")


def test_sample_serves_where_no_positions_are_given(shell: Shell) -> None:
    """Its snapshots are named, and that it is synthetic is said."""
    done = shell.run("index", "--as-of", "2020-01-01")
    assert done.code == 3
    assert "SYNTHETIC" in done.err
    assert "2026-04-08" in done.err


def test_notebook_that_brings_its_data_needs_no_sample(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notebook without the parameter `positions` runs without the sample, and is given only what it declares."""
    given: dict[str, Any] = {}

    def keep(*_: object, **asked: object) -> None:
        given.update(asked)
        raise RunError("kept")

    monkeypatch.setattr(issue, "publish_report", keep)
    monkeypatch.setattr(workshop, "write_sample", keep)
    parameters = new_code_cell('run_id: str = ""  # identity of the run', metadata={"tags": ["parameters"]})
    nbformat.write(new_notebook(cells=[parameters]), tmp_path / "own.ipynb")
    assert shell.run("report", "own.ipynb", "--as-of", "2026-02-18").code == 4
    assert given["inputs"] == ()
    assert given["name"] == "own-all-accounts-all"
    assert given["parameters"] == {}
