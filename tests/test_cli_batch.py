"""Several reports in one call: how each ended, what is told of all, and what a scheduler reads."""

import json
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from command_support import Done, Shell
from delivery_support import SERVICE_WARNINGS, web_desk
from nbformat.v4 import new_code_cell, new_notebook
from report_support import SMALL

from cohortiv.cli import batch, issue

FIELDS = ("report", "as_of", "symbol", "status", "exit_code", "code", "iv_index", "path", "seconds", "error")


@pytest.fixture(scope="module")
def module_shell(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with two notebooks that need no positions."""
    folder = tmp_path_factory.mktemp("batch")
    notebook = nbformat.read(SMALL, as_version=4)
    notebook.cells[1].source = notebook.cells[1].source.replace('positions: str = ""  # path of a file to read\n', "")
    nbformat.write(notebook, folder / "first.ipynb")
    nbformat.write(notebook, folder / "second.ipynb")
    return folder


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, module_shell: Path) -> Shell:
    """A shell in that folder."""
    return Shell(capsys, monkeypatch, module_shell)


def lines(done: Done) -> list[dict[str, object]]:
    """What a scheduler reads."""
    return [json.loads(line) for line in done.out.splitlines()]


def test_reports_run_after_one_that_fails(shell: Shell, module_shell: Path) -> None:
    """Each has its line of JSON, the exit code is the highest, and a second call finds the good ones unchanged."""
    bad = module_shell / "bad.ipynb"
    parameters = new_code_cell('run_id: str = ""  # identity of the run', metadata={"tags": ["parameters"]})
    nbformat.write(new_notebook(cells=[parameters, new_code_cell("1 / 0")]), bad)
    command = ["report", "bad.ipynb", "first.ipynb", "--as-of", "2026-02-13", "--as-of", "2026-02-12", "--json"]
    done = shell.run(*command)
    told = lines(done)
    assert done.code == 4
    assert [tuple(line) for line in told] == [FIELDS] * 4
    assert [(line["as_of"], line["status"], line["exit_code"], line["code"]) for line in told] == [
        ("2026-02-12", "failed", 4, None), ("2026-02-12", "published", 0, "yellow"),
        ("2026-02-13", "failed", 4, None), ("2026-02-13", "published", 0, "yellow"),
    ]  # fmt: skip
    assert "ZeroDivisionError" in str(told[0]["error"])
    assert Path(str(told[0]["path"])).name == "bad-all-accounts-all.failed.html"
    assert all(Path(str(line["path"])).is_file() for line in told)
    assert "4 reports: 2 failed, 2 published" in done.err
    assert "bad-all-accounts-all.failed.html" in (module_shell / "reports" / "index.html").read_text(encoding="utf-8")
    again = lines(shell.run("report", "first.ipynb", "--as-of", "2026-02-12", "--json"))
    assert [(line["status"], line["iv_index"]) for line in again] == [("unchanged", 50.7827)]


def test_nothing_runs_where_one_request_is_wrong(
    shell: Shell, module_shell: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are checked first: a parameter that one notebook has not is bad usage of the whole call."""
    monkeypatch.setattr(issue, "publish_report", lambda *_, **__: pytest.fail("it ran"))
    done = shell.run("report", "first.ipynb", "what-if", "--as-of", "2026-02-12", "--out", "other")
    assert (done.code, done.out) == (2, "")
    assert not (module_shell / "other").exists()


def test_parameters_file_gives_way_to_the_command_line(shell: Shell, module_shell: Path) -> None:
    """Both name the report; a wrong value in the file is refused before anything runs."""
    (module_shell / "p.yaml").write_text("horizon_days: 14\ncritical_mass: 0.1\n", encoding="utf-8")
    (module_shell / "bad.yaml").write_text("horizon_day: 14\n", encoding="utf-8")
    command = ("report", "first.ipynb", "--as-of", "2026-02-12", "--out", "given", "--params-file")
    done = shell.run(*command, "p.yaml", "-p", "horizon_days=3")
    assert done.code == 0
    assert Path(done.out.strip()).parent.name == "first-all-accounts-all-horizon-days-3-critical-mass-0-1"
    refused = shell.run(*command, "bad.yaml")
    assert refused.code == 2
    assert "Did you mean 'horizon_days'" in refused.err


def test_flags_stay_flags_in_a_file(shell: Shell, module_shell: Path) -> None:
    """What has a flag is not set behind its back."""
    (module_shell / "flag.yaml").write_text("symbol: BTC\n", encoding="utf-8")
    done = shell.run("report", "first.ipynb", "--as-of", "2026-02-12", "--params-file", "flag.yaml")
    assert done.code == 2
    assert "Give it with --symbol" in done.err


def test_terminal_has_a_bar(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal a bar says how many are done, and paths and errors wait for its end."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(batch, "issue_report", lambda *_, **__: 1 / 0)
    done = shell.run("report", "first.ipynb", "second.ipynb", "--as-of", "2026-02-12", "--out", "bar")
    assert done.code == 4
    assert "2/2" in done.err
    assert done.err.index("2/2") < done.err.index("Error: ")


@SERVICE_WARNINGS
def test_readers_get_each_report_and_word_of_one_that_fails(shell: Shell, module_shell: Path) -> None:
    """As soon as it has ended; standard output has the paths of pages alone."""
    (module_shell / "p.csv").write_text("a\n", encoding="utf-8")
    shutil.copy(SMALL, module_shell / "read.ipynb")
    with web_desk() as desk:
        (module_shell / "delivery.yaml").write_text(
            f"when: always\ntargets: [{{name: chat, kind: chat, url: 'json://127.0.0.1:{desk.port}'}}]\n",
            encoding="utf-8",
        )
        command = ("report", "read.ipynb", "--positions", "p.csv", "--out", "passed", "--deliver", "delivery.yaml")
        good = shell.run(*command, "--as-of", "2026-02-12")
        again = shell.run(*command, "--as-of", "2026-02-12")
        (module_shell / "p.csv").unlink()
        bad = shell.run(*command, "--as-of", "2026-02-13", "--json")
    assert (good.code, again.code, bad.code) == (0, 0, 2)
    assert good.out == again.out != ""
    assert "skipped: chat: it got this edition" in again.err
    assert [line["status"] for line in lines(bad)] == ["failed"]
    assert len(desk.received) == 2
    assert "Not published: there is no report of 13 February 2026" in desk.received[1]["message"]


@SERVICE_WARNINGS
def test_a_report_that_reaches_nobody_is_published_all_the_same(shell: Shell, module_shell: Path) -> None:
    """Its page is told, the reason too, and the exit code is that of a target that failed."""
    (module_shell / "dead.yaml").write_text(
        "retries: 0\ntargets: [{name: chat, kind: chat, url: 'json://127.0.0.1:9'}]\n", encoding="utf-8"
    )
    done = shell.run("report", "first.ipynb", "--as-of", "2026-02-12", "--out", "dead", "--deliver", "dead.yaml")
    assert done.code == 4
    assert Path(done.out.strip()).is_file()
    assert "1 of 1 targets got nothing: chat" in done.err
    assert "The page of the failed run" not in done.err


def test_a_wrong_delivery_file_is_bad_usage(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has run then."""
    monkeypatch.setattr(issue, "publish_report", lambda *_, **__: pytest.fail("it ran"))
    done = shell.run("report", "first.ipynb", "--as-of", "2026-02-12", "--deliver", "nobody.yaml")
    assert (done.code, done.out) == (2, "")
    assert "nobody.yaml" in done.err
