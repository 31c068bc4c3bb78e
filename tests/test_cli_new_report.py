"""The command that lays out a report of one's own."""

import json
from pathlib import Path

import pytest
from cohort_support import ENGINE_WARNINGS
from command_support import Shell
from report_support import read

from cohortiv.report.parameters import declared_parameters, load_notebook

pytestmark = ENGINE_WARNINGS


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A shell in an empty folder."""
    return Shell(capsys, monkeypatch, tmp_path)


def test_new_report_publishes_at_once(shell: Shell, tmp_path: Path) -> None:
    """The two files are written, and the command that it names makes a page with figures from its own template."""
    done = shell.run("new-report", "desk-view")
    assert (done.code, done.out.split()) == (0, ["desk-view.ipynb", "desk-view.html.j2"])
    made = shell.run(*done.err.strip().partition(": cohortiv ")[2].split())
    assert made.code == 0, made.err
    page = (tmp_path / made.out.strip()).read_text(encoding="utf-8")
    assert page.count('<figure class="chart') == 2
    assert "Prepared for the desk" in page
    assert "IV Index risk report" in page
    manifest = json.loads((tmp_path / made.out.strip()).with_name("manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["notebook"]) == {"name", "sha256", "template_sha256"}


def test_notebook_has_the_name_and_the_parameters_of_a_report(shell: Shell, tmp_path: Path) -> None:
    """Its title is the name in words, and its parameters are typed and told."""
    shell.run("new-report", "desk-view", "--in", "mine")
    notebook = tmp_path / "mine" / "desk-view.ipynb"
    assert read(notebook).cells[0].source.startswith("# Desk view\n")
    declared = declared_parameters(load_notebook(notebook))
    assert {"positions", "as_of", "symbol", "previous_summary", "run_id"} <= {item.name for item in declared}
    assert all(item.meaning for item in declared)


@pytest.mark.parametrize("name", ["Desk", "-desk", "../desk", "desk/view", "x" * 65, ""])
def test_bad_name_is_refused(shell: Shell, tmp_path: Path, name: str) -> None:
    """A name can be part of a report's, and leads nowhere else."""
    done = shell.run("new-report", "--", name)
    assert done.code == 2
    assert "NAME got" in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("file", ["desk.ipynb", "desk.html.j2"])
def test_nothing_is_overwritten(shell: Shell, tmp_path: Path, file: str) -> None:
    """A file that is there stays, and the other is not written."""
    (tmp_path / file).write_text("mine", encoding="utf-8")
    done = shell.run("new-report", "desk")
    assert done.code == 2
    assert f"{file} is there already" in done.err
    assert [path.name for path in tmp_path.iterdir()] == [file]
