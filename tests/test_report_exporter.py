"""The page as a file: what is in it, what it allows, and that it is always the same."""

import base64
import gzip
import hashlib
import re
from importlib.metadata import entry_points
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_markdown_cell, new_notebook, new_output
from report_support import exported, notebook_of, show_everything, shown_by

from cohortiv.assets import asset
from cohortiv.errors import RunError
from cohortiv.report.drawing import vega_script
from cohortiv.report.exporter import ReportExporter, own_template


@pytest.fixture(scope="module")
def html() -> str:
    """Page with one of each kind."""
    return exported(notebook_of(shown_by(show_everything)))


def unpacked_library(html: str) -> str:
    """What draws the charts, as the page unpacks it."""
    packed = re.search(r'<script type="application/gzip" id="vega">(.*?)</script>', html)
    assert packed is not None
    return gzip.decompress(base64.b64decode(packed[1])).decode()


def test_library_is_packed(html: str) -> None:
    """Vega is on the page once, at less than half its size."""
    assert unpacked_library(html) == vega_script()
    assert len(html) < len(vega_script()) * 0.6


def test_code_is_not_on_the_page(html: str) -> None:
    """The source of no cell is in the file."""
    assert "secret_source" not in html
    assert "more_source" not in html


def test_policy_allows_our_scripts_alone(html: str) -> None:
    """The content security policy names the digest of each script that would run, and no other source."""
    policy = re.findall(r'http-equiv="Content-Security-Policy"/?>|content="(default-src[^"]*)"', html)
    allowed = re.findall(r"'sha256-([^']+)'", " ".join(policy))
    scripts = [unpacked_library(html), *re.findall(r"<script>(.*?)</script>", html, re.DOTALL)]
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    assert allowed == digests
    assert len(scripts) == 2
    assert "default-src 'none'" in " ".join(policy)
    assert "unsafe-eval" not in " ".join(policy)


def test_page_without_figures_has_no_script() -> None:
    """Where there is nothing to draw, nothing may run."""
    html = exported(new_notebook(cells=[new_markdown_cell("## Only words")]))
    assert "<script" not in html
    assert "script-src 'none'" in html


def test_page_loads_nothing(html: str) -> None:
    """No element of the page has an address elsewhere."""
    without_scripts = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    assert re.findall(r'(?:src|href|action|data)="(?!data:|#)[^"]*"', without_scripts) == []
    assert "@import" not in without_scripts
    assert "url(" not in re.sub(r"data:[^\"]*", "", without_scripts)


def test_page_does_not_say_when_it_was_made(html: str) -> None:
    """Without a time of publication there is none."""
    assert "Published" not in html


def test_page_is_the_same_again(html: str) -> None:
    """The same outputs give the same bytes, whatever was drawn before in the process."""
    assert exported(notebook_of(shown_by(show_everything))) == html


def test_synthetic_positions_are_marked_everywhere(html: str) -> None:
    """The band is on the screen, and at the top of each printed sheet."""
    assert re.search(r'class="synthetic"', html)
    assert re.search(r"@top-center \{\s*content: \"SYNTHETIC DATA\"", html)


def test_code_is_word_shape_and_colour(html: str) -> None:
    """The badge does not rely on its colour."""
    badge = re.search(r'<p class="badge">(.*?)</p>', html, re.DOTALL)
    assert badge is not None
    assert "<rect" in badge[1]
    assert "<span>Red</span>" in badge[1]


def test_every_picture_has_alt_text(html: str) -> None:
    """Each still carries the words of its figure."""
    tags = re.findall(r"<img [^>]*>", re.sub(r"<script>.*?</script>", "", html, flags=re.DOTALL))
    assert [('alt="Plain"' in tag) for tag in tags] == [True]


def test_failed_notebook_makes_no_page() -> None:
    """The export menu does not turn a failed run into a clean page."""
    notebook = notebook_of(shown_by(show_everything))
    notebook.cells[0].outputs.append(new_output("error", ename="E", evalue="", traceback=[]))
    with pytest.raises(RunError):
        exported(notebook)


def test_exporter_is_registered() -> None:
    """Jupyter finds the exporter by its name."""
    assert "cohortiv_report" in {entry.name for entry in entry_points(group="nbconvert.exporters")}
    assert get_exporter("cohortiv_report") is ReportExporter


def test_notebook_brings_its_own_template(tmp_path: Path) -> None:
    """The file of the same name beside a notebook changes its page, whether the run or the export menu makes it."""
    notebook = tmp_path / "index.ipynb"
    nbformat.write(notebook_of(shown_by(show_everything)), notebook)
    plain, _ = ReportExporter().from_filename(str(notebook))  # type: ignore[no-untyped-call]
    own = '{% extends "index.html.j2" %}{% block closing %}<p>{{ resources.brand.name }} & us</p>{% endblock %}'
    (tmp_path / "index.html.j2").write_text(own, encoding="utf-8")
    html, _ = ReportExporter().from_filename(str(notebook))  # type: ignore[no-untyped-call]
    assert html.replace("<p>cohortiv &amp; us</p>", "").split() == plain.split()
    assert own_template(notebook) == tmp_path / "index.html.j2"


def test_scaffold_template_is_a_page() -> None:
    """The template that new reports begin with can be filled, and its text is escaped as the page's is."""
    exporter = ReportExporter()  # type: ignore[no-untyped-call]
    exporter.page_template = asset("templates") / "scaffold" / "report.html.j2"
    html, _ = exporter.from_notebook_node(notebook_of(shown_by(lambda: show_everything("<script>x"))))
    assert "Prepared for the desk" in html
    assert "<script>x" not in html
