"""One report from the command line to the browser: complete, private, synthetic by name, and safe from failures."""

import base64
import json
import re
import shutil
import subprocess
import sys
import urllib.parse
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from cohort_support import ENGINE_WARNINGS
from command_support import Shell
from playwright.sync_api import Page, expect

from cohortiv.report.static_edition import STATIC_BUDGET_BYTES, static_edition
from cohortiv.sources.sample import make_sample

pytestmark = ENGINE_WARNINGS
CANARY = "canary-7f3a"
#: Entry, quantity and margin of one position; none of their digits is rounded away by accident.
CANARY_VALUES = (61_234.567_891, 0.387_654_321, 4_321.987_654)
FILES = ("report.html", "notebook.ipynb", "summary.json", "manifest.json")


def canary_sample() -> pa.Table:
    """The synthetic sample of few accounts, two weeks of it, with ids and one position that are easy to find."""
    table = make_sample(accounts=700, snapshots=2)
    names = pc.replace_substring(table["account_id"], "synthetic-", f"{CANARY}-")
    table = table.set_column(0, "account_id", names)
    entry, quantity, margin = (np.array(table[name]) for name in ("entry_price", "quantity", "margin"))
    wanted = pc.and_(pc.equal(table["symbol"], "BTC"), pc.equal(table["margin_mode"], "isolated"))
    wanted = pc.and_(pc.and_(wanted, pc.equal(table["contract"], "linear")), pc.equal(table["side"], "long"))
    row = int(np.flatnonzero(np.array(pc.and_(wanted, pc.equal(table["venue"], "binance"))))[-1])
    entry[row], quantity[row], margin[row] = CANARY_VALUES
    for name, values in (("entry_price", entry), ("quantity", quantity), ("margin", margin)):
        table = table.set_column(table.schema.get_field_index(name), table.schema.field(name), pa.array(values))
    return table


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder in which a report was made with relative paths, from a table with canaries in it."""
    folder = tmp_path_factory.mktemp("shelf")
    (folder / "in").mkdir()
    pq.write_table(canary_sample(), folder / "in" / "positions.parquet")
    command = ["report", "--positions", "in/positions.parquet", "--as-of", "2026-09-30", "-p", "horizon_days=5"]
    done = subprocess.run(
        [sys.executable, "-m", "cohortiv", *command, "--published", "2026-10-01T06:00:00Z"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()) == issue_of(folder) / "report.html"
    return folder


def issue_of(folder: Path) -> Path:
    """The report in a folder."""
    return folder / "reports" / "2026-09-30" / "risk-report-all-accounts-all-sample-horizon-days-5"


@pytest.fixture
def issue(shelf: Path) -> Path:
    """The report's folder."""
    return issue_of(shelf)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    """A shell in an empty folder."""
    return Shell(capsys, monkeypatch, tmp_path)


def decoded(text: str) -> str:
    """A page with everything that is packed in it: data links and texts in Base64, written out."""
    parts = [text, urllib.parse.unquote(text)]
    for packed in re.findall(r"[A-Za-z0-9+/]{40,}={0,2}", text):
        try:
            parts.append(base64.b64decode(packed + "=" * (-len(packed) % 4)).decode("utf-8", errors="ignore"))
        except ValueError:
            continue
    return "\n".join(parts)


def test_packed_data_are_looked_at(issue: Path) -> None:
    """The search for canaries reads the tables behind the figures, which the page holds in Base64."""
    html = (issue / "report.html").read_text(encoding="utf-8")
    assert "move_low,move_high" not in html
    assert "move_low,move_high" in decoded(html)


def test_report_has_its_four_files(issue: Path, shelf: Path) -> None:
    """Nothing else is in the folder, and the catalogue stands beside."""
    assert sorted(path.name for path in issue.iterdir()) == sorted(FILES)
    assert (shelf / "reports" / "index.html").is_file()


@pytest.mark.parametrize("name", FILES)
def test_no_account_leaves_the_input(issue: Path, name: str) -> None:
    """No account id and no position's own figures are in any file, packed or not; no folder of this machine either."""
    text = decoded((issue / name).read_text(encoding="utf-8"))
    assert CANARY not in text
    for value in CANARY_VALUES:
        assert f"{value}" not in text
        assert not re.search(rf"(?<![\d.,]){re.escape(f'{value:,.2f}')}(?!\d)", text)
    assert str(issue.parent) not in text
    assert "/in/" not in text


def test_summary_follows_its_schema(issue: Path) -> None:
    """What the file holds is what the schema says, with the parameter that was given."""
    summary = json.loads((issue / "summary.json").read_text(encoding="utf-8"))
    schema = Path(sys.modules["cohortiv"].__file__ or "").parent / "schemas" / "summary.schema.json"
    jsonschema.validate(summary, json.loads(schema.read_text(encoding="utf-8")))
    assert summary["horizon_days"] == 5.0
    assert summary["synthetic"] is True
    assert min(tier["accounts"] for tier in summary["tiers"]) >= 10


def test_manifest_names_inputs_and_parameters(issue: Path) -> None:
    """The input by name and digest, the parameters as given, the time of publication."""
    manifest = json.loads((issue / "manifest.json").read_text(encoding="utf-8"))
    assert [item["name"] for item in manifest["inputs"]] == ["positions.parquet"]
    values = {item["name"]: item["value"] for item in manifest["parameters"]}
    assert (values["horizon_days"], values["positions"]) == (5.0, "positions.parquet")
    assert manifest["published"] == "2026-10-01T06:00:00Z"


def test_page_holds_no_source_code(issue: Path) -> None:
    """No line of the notebook's code is in the page."""
    html = (issue / "report.html").read_text(encoding="utf-8")
    cells: list[Any] = json.loads((issue / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    lines = [line for cell in cells if cell["cell_type"] == "code" for line in "".join(cell["source"]).splitlines()]
    assert len(lines) > 50
    assert [line for line in lines if len(line) > 20 and line in html] == []


def test_charts_are_live_without_a_request(page: Page, issue: Path) -> None:
    """Every figure is drawn by the page's own script; the browser asks for nothing and complains of nothing."""
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((issue / "report.html").as_uri())
    charts = page.locator("figure.chart")
    total = charts.count()
    for number in range(total):
        charts.nth(number).scroll_into_view_if_needed()
        expect(charts.nth(number)).to_have_class(re.compile("is-live"))
    assert total >= 7
    assert page.locator("figure.is-live svg.marks").count() == total
    assert [url for url in asked if not url.startswith("data:")] == [(issue / "report.html").as_uri()]
    assert said == []


def test_page_is_labelled_synthetic(page: Page, issue: Path) -> None:
    """Made-up positions are called so where a reader looks first."""
    page.goto((issue / "report.html").as_uri())
    label = page.get_by_text(re.compile("synthetic", re.IGNORECASE)).first
    box = label.bounding_box()
    assert box is not None
    assert box["y"] < 400


def test_figures_have_alternative_texts(page: Page, issue: Path) -> None:
    """Each still picture says in words what it shows, each in its own."""
    page.goto((issue / "report.html").as_uri())
    stills = page.locator("figure.chart .still img, figure.chart img.still, figure.chart .still svg")
    texts = [each.get_attribute("alt") or each.get_attribute("aria-label") or "" for each in stills.all()]
    assert len(texts) == page.locator("figure.chart").count()
    assert min(len(text) for text in texts) > 40
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("width", [390, 1280])
def test_page_fits_the_screen(page: Page, issue: Path, width: int) -> None:
    """Nothing is wider than a phone's or a desk's screen."""
    page.set_viewport_size({"width": width, "height": 844})
    page.goto((issue / "report.html").as_uri())
    page.locator("figure.chart").last.scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_published_report_is_verified(shell: Shell, issue: Path) -> None:
    """What was published is as it was published."""
    done = shell.run("verify", issue)
    assert done.code == 0
    assert "is as it was published" in done.out


@pytest.mark.parametrize("name", ["report.html", "notebook.ipynb", "summary.json"])
def test_one_altered_byte_is_found(shell: Shell, issue: Path, tmp_path: Path, name: str) -> None:
    """The file is named, and the exit code is 3."""
    shutil.copytree(issue, tmp_path / "copy")
    content = bytearray((tmp_path / "copy" / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "copy" / name).write_bytes(content)
    done = shell.run("verify", "copy")
    assert (done.code, done.out) == (3, "")
    assert f"{name} is not the file that was published" in done.err


def test_folder_without_manifest_is_no_report(shell: Shell) -> None:
    """The message says what to give."""
    done = shell.run("verify", ".")
    assert done.code == 3
    assert "Give the folder of a published report" in done.err


def test_failed_run_leaves_yesterdays_report(shell: Shell, shelf: Path, tmp_path: Path) -> None:
    """Bad data end with 3 and their own message; the report that was there is the same, byte by byte."""
    shutil.copytree(shelf, tmp_path / "shelf")
    before = {path: path.read_bytes() for path in (tmp_path / "shelf" / "reports").glob("2*/**/*") if path.is_file()}
    source = tmp_path / "shelf" / "in" / "positions.parquet"
    table = pq.read_table(source)
    quantity = pa.array(-np.array(table["quantity"]))
    place = table.schema.get_field_index("quantity")
    pq.write_table(table.set_column(place, table.schema.field(place), quantity), source)
    done = shell.run("report", "--positions", source, "--as-of", "2026-09-30", "--out", "shelf/reports")
    assert (done.code, done.out) == (3, "")
    assert "quantity invalid" in done.err
    assert CANARY not in done.err
    assert {path: path.read_bytes() for path in before} == before


def test_static_edition_has_the_same_numbers(issue: Path) -> None:
    """Of the risk report itself: every number of text, tables, alt texts, pictures and CSV files, within its budget."""
    live = (issue / "report.html").read_text(encoding="utf-8")
    static = static_edition(live)
    plain = re.sub(r"<script\b.*?</script>", "", live, flags=re.DOTALL)
    found, expected = (re.findall(r"\d[\d,.]*", decoded(text.partition("<body>")[2])) for text in (static, plain))
    assert len(expected) > 1000
    assert found == expected
    assert len(static.encode()) <= STATIC_BUDGET_BYTES
