"""What the tests of the report share: the small notebook, and notebooks made of display outputs without any kernel."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import altair as alt
import nbformat
import pandas as pd
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cohortiv import outputs, page
from cohortiv.config.brand import load_brand
from cohortiv.report.exporter import ReportExporter
from cohortiv.report.publish import PublishedReport, publish_report

SMALL = Path(__file__).resolve().parent / "fixtures" / "notebooks" / "small.ipynb"
DAYS = pd.DataFrame({"day": pd.date_range("2026-02-01", periods=3), "value": [3.0, 4.0, 6.5]})


def chart() -> alt.Chart:
    """Small chart with a clip, whose identity vl-convert counts."""
    line: alt.Chart = alt.Chart(DAYS).mark_line(clip=True).encode(alt.X("day:T"), alt.Y("value:Q"))
    return line


def publish_small(
    out: Path,
    *,
    as_of: str = "2026-02-12",
    parameters: Mapping[str, object] | None = None,
    inputs: Sequence[Path] = (),
    published: str | None = None,
    timeout_seconds: int | None = None,
    supersede: str | None = None,
    force: bool = False,
    sign: Path | None = None,
) -> PublishedReport:
    """Publish the small notebook as "small-all"."""
    return publish_report(
        SMALL,
        parameters=parameters or {},
        inputs=inputs,
        out=out,
        as_of=as_of,
        name="small-all",
        published=published,
        brand=load_brand(),
        timeout_seconds=timeout_seconds,
        supersede=supersede,
        force=force,
        sign=sign,
    )


def shown_by(show: Callable[[], None]) -> list[outputs.Bundle]:
    """Outputs that a call displays."""
    bundles: list[outputs.Bundle] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page, "_display", bundles.append)
        show()
    return bundles


def show_everything(label: str = "Plain", *, synthetic: bool = True) -> None:
    """Display one of each kind, with the label in every place that takes text."""
    page.headline(
        series=label,
        title=label,
        cohort=label,
        symbols=[label],
        as_of="2026-02-12",
        classification=label,
        sentence=label,
        key_figures=[page.KeyFigure(label, label, label)],
        code="red",
        iv_index=71.25,
        synthetic=synthetic,
    )
    page.figure(
        chart(),
        name="days",
        title=label,
        alt=label,
        data=DAYS.assign(label=label),
        subtitle=label,
        note=label,
        source=label,
    )
    page.table([{label: label, "other": 1}], name="rows", title=label, subtitle=label, note=label, source=label)
    page.text(label)


def notebook_of(bundles: Sequence[outputs.Bundle], *, markdown: str = "## Part") -> NotebookNode:
    """Notebook whose one code cell displayed the bundles, with a Markdown cell before the last of them."""
    outputs = [new_output("display_data", data=each.data, metadata=each.metadata) for each in bundles]
    first, rest = outputs[:1], outputs[1:]
    cells = [
        new_code_cell("secret_source = 1", outputs=first, execution_count=1),
        new_markdown_cell(markdown),
        new_code_cell("more_source = 2", outputs=rest, execution_count=2),
    ]
    notebook: NotebookNode = new_notebook(cells=cells)
    return notebook


def exported(notebook: NotebookNode) -> str:
    """Page of a notebook."""
    exporter = ReportExporter()  # type: ignore[no-untyped-call]
    html, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": "page"}})
    return html


def read(path: Path) -> NotebookNode:
    """Notebook in a file."""
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    return notebook
