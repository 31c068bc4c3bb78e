"""A report from end to end: what is published, that it is always the same, and that failure leaves what was there."""

import hashlib
import json
from pathlib import Path

import pytest
from nbconvert.exporters import get_exporter
from report_support import publish_small, read

from cohortiv.errors import CohortivError, DataError, RunError, UsageError
from cohortiv.report import publish
from cohortiv.report.manifest import sha256_of
from cohortiv.report.publish import PublishedReport
from cohortiv.report.verification import verify_report


def data_file(folder: Path) -> Path:
    """Input file in a folder of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "data.csv"
    file.write_text("a\n1\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> PublishedReport:
    """Report over one input file."""
    folder = tmp_path_factory.mktemp("first")
    data = data_file(folder / "inputs")
    parameters = {"positions": str(data), "horizon_days": "5"}
    return publish_small(folder / "reports", parameters=parameters, inputs=[data], published="2026-02-13T06:00Z")


def contents(report: PublishedReport) -> dict[str, bytes]:
    """Files of a report."""
    return {path.name: path.read_bytes() for path in report.folder.iterdir()}


def test_report_has_four_files_and_verifies(first: PublishedReport) -> None:
    """The folder is named by date and report, holds the four files, and is as its manifest says."""
    assert first.folder.parts[-2:] == ("2026-02-12", "small-all")
    assert sorted(contents(first)) == ["manifest.json", "notebook.ipynb", "report.html", "summary.json"]
    assert verify_report(first.folder).passed
    assert first.notes == ()


def test_summary_is_what_the_notebook_handed_over(first: PublishedReport) -> None:
    """Numbers are unrounded, infinity is text, and text given for a whole number became one."""
    summary = json.loads(first.summary_file.read_text(encoding="utf-8"))
    assert summary == first.summary
    assert (summary["iv_index"], summary["critical_volatility"], summary["horizon_days"]) == (50.7827, "inf", 5)


def test_manifest_tells_what_went_in(first: PublishedReport) -> None:
    """Inputs, parameters, versions and the notebook are there, sorted, with nothing of the clock."""
    text = first.manifest.read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert list(manifest) == sorted(manifest)
    assert [item["name"] for item in manifest["inputs"]] == ["data.csv"]
    values = {item["name"]: item["value"] for item in manifest["parameters"]}
    assert (values["positions"], values["horizon_days"], values["critical_mass"]) == ("data.csv", 5, 0.15)
    assert (manifest["methodology_version"], manifest["previous"]) == ("1.0", None)
    assert {"python", "cohortiv", "altair"} <= set(manifest["versions"])


def test_nothing_published_names_the_machine(first: PublishedReport) -> None:
    """No file holds a folder of the machine that made it."""
    machine = str(first.folder.parents[3]).encode()
    assert [name for name, content in contents(first).items() if machine in content] == []


def test_notebook_holds_no_times(first: PublishedReport) -> None:
    """The published notebook keeps its outputs and drops what papermill and the clock left in it."""
    notebook = read(first.notebook)
    assert "papermill" not in notebook.metadata
    assert all(set(cell.metadata) <= {"tags"} for cell in notebook.cells)
    assert any(cell.get("outputs") for cell in notebook.cells)


def test_page_tells_as_of_and_published_apart(first: PublishedReport) -> None:
    """Both times stand in the head of the page, and parameters and input digests at its end."""
    html = first.page.read_text(encoding="utf-8")
    for piece in (
        "12 February 2026",
        "13 February 2026, 06:00 UTC",
        "horizon_days",
        hashlib.sha256(b"a\n1\n").hexdigest(),
    ):
        assert piece in html


def test_same_run_gives_the_same_bytes(first: PublishedReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere on the disk, in another time zone and with another hash seed every file is the same."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.chdir(tmp_path)
    data = data_file(tmp_path / "elsewhere")
    parameters = {"horizon_days": 5, "positions": str(data)}
    again = publish_small(tmp_path / "out", parameters=parameters, inputs=[data], published="2026-02-13T06:00Z")
    assert contents(again) == contents(first)


def test_next_issue_refers_to_the_one_before(first: PublishedReport) -> None:
    """The notebook is given the summary before, and the manifest the digest of the manifest before."""
    later = publish_small(first.folder.parents[1], as_of="2026-02-13")
    manifest = json.loads(later.manifest.read_text(encoding="utf-8"))
    assert manifest["previous"] == {
        "as_of": "2026-02-12",
        "name": "small-all",
        "manifest_sha256": sha256_of(first.manifest),
    }
    assert f"{first.summary_file.stat().st_size} bytes before" in later.page.read_text(encoding="utf-8")
    assert "../../2026-02-12/small-all/summary.json" in later.notebook.read_text(encoding="utf-8")
    assert verify_report(later.folder).passed


@pytest.mark.parametrize(
    ("fail", "error", "message"),
    [("data", DataError, "Got 3 rows"), ("unfinished", RunError, "last cell of the notebook gave 0 summaries")],
)
def test_failed_run_leaves_the_published_report(
    first: PublishedReport, fail: str, error: type[CohortivError], message: str
) -> None:
    """Neither a failing cell nor a notebook that hands nothing over touches what is there."""
    before = contents(first)
    with pytest.raises(error, match=message):
        publish_small(first.folder.parents[1], parameters={"fail": fail})
    assert contents(first) == before


def test_input_that_changes_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that changes while the notebook runs would make the manifest a lie."""
    data = data_file(tmp_path / "inputs")
    monkeypatch.setattr(publish, "_make", lambda *_, **__: (data.write_text("changed", encoding="utf-8"), ()))
    with pytest.raises(RunError, match="An input changed"):
        publish_small(tmp_path / "reports", inputs=[data])
    assert not (tmp_path / "reports" / "2026-02-12").exists()


@pytest.mark.parametrize(
    "parameters",
    [{"horizon_day": 3}, {"horizon_days": "x"}, {"run_id": "mine"}, {"previous_summary": "x"}, {"side": "both"}],
)
def test_refused_parameters_run_nothing(
    tmp_path: Path, parameters: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unknown names, ill-typed values and the run's own parameters are bad usage before anything starts."""
    monkeypatch.setattr(publish, "run_notebook", lambda *_, **__: pytest.fail("it ran"))
    with pytest.raises(UsageError):
        publish_small(tmp_path, parameters=parameters)
    assert list(tmp_path.iterdir()) == []


def test_report_of_another_definition_is_not_replaced(first: PublishedReport) -> None:
    """Nine days do not take the place of five; the files that were there are the same."""
    before = contents(first)
    with pytest.raises(UsageError, match=r"horizon 5 days.*horizon 9 days.*Give --out another folder"):
        publish_small(first.folder.parents[1], parameters={"horizon_days": 9})
    assert contents(first) == before


def test_export_menu_gives_the_same_page(first: PublishedReport) -> None:
    """What nbconvert, and so JupyterLab's menu, makes of the published notebook is the published page."""
    html, _ = get_exporter("cohortiv_report")().from_filename(str(first.notebook))
    assert html == first.page.read_text(encoding="utf-8")
