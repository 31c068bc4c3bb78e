"""The notebooks beside the risk report run: the scenario report to a page, the what-if to live controls."""

import json
from pathlib import Path

import pytest
from cohort_support import ENGINE_WARNINGS
from command_support import Shell
from scenario_support import FIELDS, scenario_file

from cohortiv.assets import asset
from cohortiv.report.run import run_notebook

pytestmark = ENGINE_WARNINGS
CHANGED = FIELDS + "changes: {leverage_cap: 10, depth_withdrawn: 0.5}\n"


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A shell in an empty folder."""
    return Shell(capsys, monkeypatch, tmp_path)


def test_a_scenario_of_ones_own_becomes_a_page(shell: Shell, tmp_path: Path) -> None:
    """From a relative path, without the embedded sample; SYNTHETIC by name, and its file is an input of the report."""
    scenario_file(tmp_path, CHANGED)
    done = shell.run("report", "scenario-report", "-p", "scenario=small.yaml", "--as-of", "2026-09-30")
    assert done.code == 0, done.err
    assert "embedded SYNTHETIC sample" not in done.err
    folder = Path(done.out.strip()).parent
    assert folder.name == "scenario-report-all-accounts-all-sample-scenario-small"
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert (summary["scenario"], summary["synthetic"], summary["as_of"]) == ("small", True, "2026-09-30")
    manifest = (folder / "manifest.json").read_text(encoding="utf-8")
    assert "small.yaml" in manifest
    assert str(tmp_path) not in manifest


def test_the_what_if_has_controls(tmp_path: Path) -> None:
    """It shows the cohort as it stands, and four controls with their output."""
    notebook = asset("notebooks") / "what-if.ipynb"
    ran = run_notebook(notebook, parameters={"critical_mass": 0.2}, keep_failed=tmp_path / "failed.ipynb")
    kinds = [set(output.get("data", ())) for cell in ran.cells for output in cell.get("outputs", ())]
    assert any("application/vnd.vegalite.v6+json" in kind for kind in kinds)
    assert "application/vnd.jupyter.widget-view+json" in kinds[-1]


def test_the_what_if_is_no_report(shell: Shell) -> None:
    """Its figures are exact, so it is refused with what to do instead."""
    done = shell.run("report", "what-if")
    assert (done.code, done.out) == (2, "")
    assert "it is no report: open it in JupyterLab" in done.err


def test_a_validation_report_shows_its_verdict_in_place_of_a_code(shell: Shell) -> None:
    """On the sample, without a study: SYNTHETIC by name, and the verdict in page and summary."""
    done = shell.run("report", "validation-report")
    assert done.code == 0, done.err
    folder = Path(done.out.strip()).parent
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert (summary["synthetic"], summary["validation"]["verdict"]) == (True, "not supported")
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert "Verdict on the claim, no code" in html
    assert "Not supported" in html
