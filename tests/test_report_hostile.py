"""Hostile texts in every place of a page: none runs in a real browser, and without our defences each would."""

import base64
import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import altair as alt
import mistune
import pandas as pd
import pytest
from hostile_payloads import FORMULAS, PAYLOADS
from jinja2 import Environment
from markupsafe import Markup
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from playwright.sync_api import Browser, Page, expect
from report_support import exported, notebook_of, shown_by
from test_report_catalogue import shelve

from cohortiv import page as notebook_page
from cohortiv.config.brand import Brand, load_brand
from cohortiv.errors import RunError
from cohortiv.report import content
from cohortiv.report.catalogue import write_catalogue
from cohortiv.report.exporter import ReportExporter
from cohortiv.report.failure import Attempt, failure_page
from cohortiv.report.shelf import place_of
from cohortiv.report.static_edition import static_edition

ALL = " ".join(PAYLOADS)


def show_text(label: str) -> None:
    """Display the label in every place that takes text, figures apart."""
    notebook_page.headline(
        series=label, title=label, cohort=label, symbols=[label], as_of=label, classification=label, sentence=label,
        key_figures=[notebook_page.KeyFigure(label, label, label)], code=label, code_held=label, iv_index=1.0,
        interval={"level": 0.9, "low": 1.0, "high": 2.0},
    )  # fmt: skip
    notebook_page.table([{label: label, "n": 1}], name=label, title=label, subtitle=label, note=label, source=label)
    notebook_page.text(label)


def show_figure(label: str) -> None:
    """Display one figure with a row for each payload, and the label in all its texts, on the chart and around it."""
    rows = pd.DataFrame({"text": PAYLOADS, "value": range(len(PAYLOADS))})
    chart = (
        alt.Chart(rows, title=label)
        .mark_text()
        .encode(alt.X("value:Q", title=label), alt.Y("text:N", title=label), text="text", tooltip=["text"])
    )
    data = rows.assign(**{label: label})
    notebook_page.figure(chart, name=label, title=label, alt=label, data=data, subtitle=label, note=label, source=label)


def record(label: str) -> dict[str, object]:
    """Record of a run with the label in every place."""
    digest = {"name": label, "sha256": label, "bytes": 1}
    return {
        "name": label, "as_of": label, "run_id": label, "published": label, "notebook": digest, "inputs": [digest],
        "versions": {label: label}, "parameters": [{"name": label, "value": label, "meaning": label}],
        "previous": {"as_of": label, "manifest_sha256": label}, "edition": 2, "code_sha256": label,
        "lock_sha256": label, "brand_sha256": label,
        "editions": [{"edition": label, "reason": label, "manifest_sha256": label}],
    }  # fmt: skip


def hostile_notebook(label: str, *, figure: bool = False) -> NotebookNode:
    """Notebook with the label in its outputs, its Markdown, its headings, its formulas and its record."""
    shown = shown_by(lambda: show_text(label)) + (shown_by(lambda: show_figure(label)) if figure else [])
    notebook = notebook_of(shown, markdown=f"## {label}\n\n{label}\n\n$x$ ${label}$")
    notebook.cells += [new_markdown_cell(f"[x]({label})\n\n![x]({label})\n\n`{label}`\n\n| a |\n|---|\n| {label} |")]
    notebook.metadata["cohortiv"] = record(label)
    return notebook


class Undefended(ReportExporter):
    """The exporter as it would be without escaping and sanitising."""

    def _create_environment(self) -> Environment:
        environment = super()._create_environment()
        environment.autoescape = False
        return environment


@pytest.fixture
def undefended(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Page of a payload with neither escaping nor sanitising; the policy is still on it."""
    raw = mistune.create_markdown(escape=False)
    monkeypatch.setattr(content, "safe_markdown", lambda source, **_: Markup(raw(source)))  # noqa: S704 - it is the point
    exporter = Undefended()  # type: ignore[no-untyped-call]

    def page_of(payload: str) -> str:
        html, _ = exporter.from_notebook_node(hostile_notebook(payload), {"metadata": {"name": "page"}})
        return str(html)

    return page_of


def without_policy(html: str) -> str:
    """Page on which everything may run."""
    return html.replace("Content-Security-Policy", "nothing", 1)


def ran(page: Page, html: str, *, expected: bool) -> list[int]:
    """Numbers of the payloads that ran when a page is opened and its bait is taken."""
    page.goto("about:blank")
    page.set_content(html, wait_until="load")
    for bait in page.locator(".bait").all():
        bait.dispatch_event("click")
    if expected:
        page.wait_for_function("window.pwned")
    found: list[int] = page.evaluate("window.pwned || []")
    return sorted(set(found))


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """One page for all, since each test leaves it for an empty one first."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def hostile_brand() -> Brand:
    """Brand whose every text is hostile."""
    texts = {"name": ALL, "tagline": ALL, "disclaimer": ALL, "classification": ALL, "contact": ALL, "serif": ALL}
    return load_brand().model_copy(update=texts)


@pytest.fixture(scope="module")
def defended() -> str:
    """Page with all payloads in every place, a figure included."""
    exporter = ReportExporter()  # type: ignore[no-untyped-call]
    exporter.brand = hostile_brand()
    notebook = hostile_notebook(ALL, figure=True)
    notebook.cells += [new_markdown_cell(f"## {payload}\n\n{payload}") for payload in PAYLOADS]
    html, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": ALL}})
    return html


def test_there_are_enough_payloads() -> None:
    """Thirty different ones at least, each with a number of its own."""
    assert len(set(PAYLOADS)) >= 30


@pytest.mark.parametrize("change", [str, without_policy, static_edition], ids=["page", "without-policy", "static"])
def test_no_payload_runs(page: Page, defended: str, change: Callable[[str], str]) -> None:
    """Nothing runs on the page or in its static edition, nor where only the policy is missing; the chart is drawn."""
    html = change(defended)
    assert ran(page, html, expected=False) == []
    if change is not static_edition:
        page.locator("figure.chart").scroll_into_view_if_needed()
        expect(page.locator("figure.is-live svg.marks")).to_have_count(1)
    assert page.evaluate("window.pwned || []") == []


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_each_would_run_without_our_defences(page: Page, undefended: Callable[[str], str], number: int) -> None:
    """A page that neither escapes nor sanitises runs the payload, unless the policy alone stops it."""
    html = undefended(PAYLOADS[number])
    assert ran(page, without_policy(html), expected=True) == [number]
    assert ran(page, html, expected=False) == []


def test_nothing_runs_in_the_catalogue(page: Page, tmp_path: Path) -> None:
    """Names that a summary brings are text in the list of reports, in its lines and in its search."""
    for day in (11, 12):
        shelve(tmp_path, as_of=f"2026-02-{day}", cohort=ALL, symbols=[*PAYLOADS], iv_index=20.0 + day)
    html = write_catalogue(tmp_path, brand=hostile_brand()).read_text(encoding="utf-8")
    assert ran(page, html, expected=False) == []
    assert "&lt;ScRiPt&gt;" in html


def test_nothing_runs_on_the_page_of_a_failure(page: Page, tmp_path: Path) -> None:
    """Messages, tracebacks and parameters are text there."""
    place = place_of(tmp_path, as_of="2026-02-12", name="small-all")
    attempt = Attempt(ALL, {ALL: ALL}, hostile_brand())
    html = failure_page(RunError(ALL), place=place, attempt=attempt)
    assert ran(page, html, expected=False) == []
    assert "&lt;ScRiPt&gt;" in html


def linked_tables(html: str) -> list[list[list[str]]]:
    """Rows of all CSV files that a page links to."""
    packed = re.findall(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', html)
    return [list(csv.reader(io.StringIO(base64.b64decode(each).decode(), newline=""))) for each in packed]


def test_no_table_holds_a_formula() -> None:
    """In no CSV behind a figure or table does a text start like a formula, head and notes included."""

    def show() -> None:
        rows = [{formula: formula, "n": -1.5} for formula in FORMULAS]
        for formula in FORMULAS:
            notebook_page.table(rows, name="rows", title=formula, note=formula, source=formula)

    tables = linked_tables(exported(notebook_of([*shown_by(lambda: show_text("Plain")), *shown_by(show)])))
    cells = [cell for table in tables for row in table for cell in row]
    assert len(tables) == len(FORMULAS) + 1
    assert {cell for cell in cells if cell.startswith(tuple(formula[0] for formula in FORMULAS))} == {"-1.5"}
    assert sum(cell.startswith("'") for cell in cells) >= len(FORMULAS)
