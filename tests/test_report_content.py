"""What of a notebook is on its page, and in which order."""

import base64
import json

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from report_support import DAYS, chart, notebook_of, show_everything, shown_by

from cohortiv import outputs, page
from cohortiv.errors import RunError, UsageError
from cohortiv.report.content import Exhibit, read_content


def test_what_stands_before_the_headline_is_left_out() -> None:
    """The notebook's own opening is for those who open the notebook."""
    notebook = notebook_of(shown_by(show_everything))
    notebook.cells.insert(0, new_markdown_cell("# Opening\n\nFor authors."))
    assert [section.title for section in read_content(notebook).sections] == ["Part"]


def test_headings_make_sections() -> None:
    """Headings of the first two levels open sections wherever they stand in a cell, but not in code."""
    source = "Before\n\n## One\n\ntext\n\n# Two\n\n```\n## no heading\n```\n\n### below"
    content = read_content(new_notebook(cells=[new_markdown_cell(source)]))
    assert [(section.title, section.anchor) for section in content.sections] == [
        ("", "section-0"),
        ("One", "section-1"),
        ("Two", "section-2"),
    ]
    html = str(content.sections[2].blocks[0])
    assert "## no heading" in html
    assert "<h3>below</h3>" in html


def test_figures_and_tables_are_counted_apart() -> None:
    """Each kind has its own numbers in reading order."""
    bundles = shown_by(show_everything)
    headline, figure, table, *_ = bundles
    content = read_content(notebook_of([headline, figure, table, figure]))
    exhibits = [block for block in content.sections[0].blocks if isinstance(block, Exhibit)]
    assert [(each.kind, each.number) for each in exhibits] == [("figure", 1), ("table", 1), ("figure", 2)]


def test_data_are_behind_a_link() -> None:
    """The CSV link of a figure holds its rows."""
    content = read_content(notebook_of(shown_by(show_everything)))
    figure = next(block for block in content.sections[0].blocks if isinstance(block, Exhibit))
    assert base64.b64decode(figure.csv_link.partition("base64,")[2]).startswith(b"day,value,label\n2026-02-01,3.0,")


def test_specification_travels_with_the_figure() -> None:
    """The page holds what draws the live chart."""
    content = read_content(notebook_of(shown_by(show_everything)))
    figure = next(block for block in content.sections[0].blocks if isinstance(block, Exhibit))
    drawn = json.loads(figure.specification)
    assert drawn["shared"]["encoding"] == chart().to_dict()["encoding"]
    assert (drawn["wide"]["width"], drawn["narrow"]["width"]) == (720, 340)


def test_figure_has_a_still_for_a_phone() -> None:
    """Without a chart of its own the phone gets the same one in its width; with one, that."""
    own = outputs.figure_bundle(
        chart(), narrow=chart().properties(height=100), name="days", title="Plain", alt="Plain", data=DAYS
    )
    content = read_content(notebook_of([*shown_by(show_everything), own]))
    figures = [block for section in content.sections for block in section.blocks if isinstance(block, Exhibit)]
    narrow = [figure.narrow for figure in figures if figure.kind == "figure"]
    assert [(still.width, still.height) for still in narrow if still] == [(340, 300), (340, 100)]


@pytest.mark.parametrize(
    "output",
    [
        new_output("stream", name="stdout", text="printed"),
        new_output("execute_result", data={"text/plain": "printed", "text/html": "<b>printed</b>"}, execution_count=1),
        new_output("display_data", data={"image/svg+xml": "<svg>printed</svg>"}),
        new_output("display_data", data={"application/javascript": "printed"}),
    ],
    ids=["stream", "result", "picture", "script"],
)
def test_other_outputs_are_left_out(output: object) -> None:
    """Only outputs of known types are on the page."""
    notebook = new_notebook(cells=[new_code_cell("x", outputs=[output])])
    assert read_content(notebook).sections == ()


def test_failed_notebook_makes_no_page() -> None:
    """An error output anywhere is an error."""
    error = new_output("error", ename="E", evalue="", traceback=[])
    with pytest.raises(RunError, match="Cell 1"):
        read_content(new_notebook(cells=[new_code_cell("x", outputs=[error])]))


def test_figure_without_alt_text_makes_no_page() -> None:
    """A chart displayed past page.figure is refused too."""
    bundle = outputs.Bundle({outputs.FIGURE_MIME: chart().to_dict()}, {})
    with pytest.raises(UsageError, match="no alt text"):
        read_content(notebook_of([bundle]))


def test_summary_is_the_last_one() -> None:
    """What the last cell handed over is at hand for the page."""
    bundles = shown_by(lambda: page.publish({"methodology_version": "1.0"}, run_id="r"))
    assert read_content(notebook_of(bundles)).summary == {"methodology_version": "1.0"}
