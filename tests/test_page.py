"""The display primitives: what JupyterLab gets, what the exporter gets, and what is refused."""

import json
import math
import subprocess
import sys
from typing import Any

import altair as alt
import nbformat
import pandas as pd
import pytest
from report_support import DAYS, chart, notebook_of, show_everything, shown_by

from cohortiv import outputs, page
from cohortiv.charts import renditions
from cohortiv.errors import UsageError
from cohortiv.plain import Written
from cohortiv.quantities import level


def figure(
    *, title: str = "Value rises", alt: str = "Line from 3 to 6.5.", data: pd.DataFrame = DAYS
) -> outputs.Bundle:
    """Bundle of a small figure."""
    return outputs.figure_bundle(chart(), name="days", title=title, alt=alt, data=data)


@pytest.mark.parametrize(("title", "alt"), [(" ", "Line."), ("Value rises", "")], ids=["title", "alt"])
def test_figure_needs_words(title: str, alt: str) -> None:
    """A figure without a title or without alt text is an error."""
    with pytest.raises(UsageError, match="Figure 'days' has no"):
        figure(title=title, alt=alt)


def test_figure_without_rows_is_said_in_words() -> None:
    """A figure over no rows shows its title alone, which says why."""
    bundle = figure(data=DAYS.iloc[:0], title="No $ rises")
    assert bundle.data["text/markdown"] == "**No \\$ rises.**"
    assert bundle.metadata == {"cohortiv": {"kind": "text"}}


def test_figure_without_rows_needs_words() -> None:
    """A title and an alt text are needed also where there is nothing to draw."""
    with pytest.raises(UsageError, match="Figure 'days' has no alt text"):
        figure(data=DAYS.iloc[:0], alt="")


def test_jupyterlab_gets_a_fixed_width_in_its_own_version() -> None:
    """The version for JupyterLab names Vega-Lite 5 and has 640 pixels, since a flexible width hangs its tab."""
    drawn: Any = figure().data["application/vnd.vegalite.v5+json"]
    assert drawn["width"] == 640
    assert drawn["$schema"].endswith("/v5.json")


def test_exporter_gets_the_chart_as_it_is() -> None:
    """The version for the exporter is the chart's own specification."""
    assert figure().data["application/vnd.vegalite.v6+json"] == chart().to_dict()


def test_exporter_gets_the_narrow_chart_too() -> None:
    """A figure drawn for a phone travels beside the wide one; JupyterLab shows the wide one."""
    narrow = chart().properties(width=340)
    both = outputs.figure_bundle(chart(), narrow=narrow, name="days", title="Value rises", alt="Line.", data=DAYS)
    assert both.data[outputs.NARROW_MIME] == narrow.to_dict()
    assert both.data[outputs.FIGURE_MIME] == chart().to_dict()
    assert outputs.NARROW_MIME not in figure().data


def test_narrow_chart_that_loads_is_refused() -> None:
    """Neither rendition may take its data from elsewhere."""
    narrow = alt.Chart("rows.csv").mark_line()
    with pytest.raises(UsageError, match="Figure 'days' takes its data from a URL"):
        outputs.figure_bundle(chart(), narrow=narrow, name="days", title="Value rises", alt="Line.", data=DAYS)


def test_column_may_be_written_by_a_function() -> None:
    """Cells are written by the column's function, the CSV keeps all digits, and a missing number is a dash."""
    rows = pd.DataFrame({"price": [67_012.6, math.nan]})
    columns = [page.Column("price", "Price (USD)", level, "right")]
    shown: Any = outputs.table_bundle(rows, name="prices", title="Prices", columns=columns).data[outputs.TABLE_MIME]
    assert shown["rows"] == [["67,013"], ["–"]]
    assert shown["csv"] == 'price [USD]\n67012.6\n""\n'


def test_figure_carries_its_rows() -> None:
    """The rows behind a figure travel as CSV in the output's metadata."""
    labels: Any = figure().metadata["cohortiv"]
    assert labels["csv"] == "day,value\n2026-02-01,3.0\n2026-02-02,4.0\n2026-02-03,6.5\n"


def test_figure_without_display_is_its_alt_text() -> None:
    """Where nothing can be drawn the reader gets the alt text."""
    assert figure().data["text/plain"] == "Line from 3 to 6.5."


def test_table_cells_are_formatted_text() -> None:
    """Cells are text in the column's form; a missing value is a dash."""
    columns = [page.Column("tier", "Tier"), page.Column("share", "Share", "{:.1%}", "right")]
    bundle = outputs.table_bundle(
        pd.DataFrame({"tier": ["10x", "20x"], "share": [0.1234, math.nan]}), name="t", title="Tiers", columns=columns
    )
    content: Any = bundle.data[outputs.TABLE_MIME]
    assert content["rows"] == [["10x", "12.3\u00a0%"], ["20x", "–"]]
    assert content["columns"][1] == {"key": "share", "label": "Share", "align": "right"}


def test_table_csv_is_unrounded() -> None:
    """The CSV of a table keeps all digits and only the columns shown."""
    bundle = outputs.table_bundle(
        [{"a": 1 / 3, "b": 2}], name="t", title="T", columns=[page.Column("a", "A", "{:.1f}")]
    )
    content: Any = bundle.data[outputs.TABLE_MIME]
    assert content["csv"] == "a\n0.3333333333333333\n"


def test_table_csv_may_hold_what_its_words_are_made_of() -> None:
    """Where a cell is several numbers in words."""
    data = pd.DataFrame({"value": [1 / 3], "low": [0.1]})
    bundle = outputs.table_bundle([{"a": "0.33 (0.10 to 0.50)"}], name="t", title="T", data=data)
    content: Any = bundle.data[outputs.TABLE_MIME]
    assert content["csv"] == "value,low\n0.3333333333333333,0.1\n"
    assert content["rows"] == [["0.33 (0.10 to 0.50)"]]


def test_table_csv_holds_numbers_and_their_units() -> None:
    """Words that stand for a number stay on the page; shares are said to be shares in the head."""
    rows = [{"a": Written(0.421, "42 %"), "b": 0.5, "c": 3.0}]
    columns = [page.Column("a", "A"), page.Column("b", "B", "{:.0%}"), page.Column("c", "C", "{:.0f}", unit="days")]
    content: Any = outputs.table_bundle(rows, name="t", title="T", columns=columns).data[outputs.TABLE_MIME]
    assert content["rows"] == [["42 %", "50\u00a0%", "3"]]
    assert content["csv"] == "a,b [1],c [days]\n0.421,0.5,3.0\n"


def test_table_names_an_unknown_column() -> None:
    """A column that the rows do not have is an error that lists those they have."""
    with pytest.raises(UsageError, match=r"no column 'b'\. It has: a"):
        outputs.table_bundle([{"a": 1}], name="t", title="T", columns=[page.Column("b", "B")])


def test_table_may_be_empty() -> None:
    """A table over no rows keeps its head."""
    content: Any = outputs.table_bundle([], name="t", title="T", columns=[page.Column("a", "A")]).data[
        outputs.TABLE_MIME
    ]
    assert (content["rows"], content["csv"]) == ([], "a\n")


def test_table_in_jupyterlab_is_escaped() -> None:
    """Text from the data is no HTML in the notebook either."""
    html = str(outputs.table_bundle([{"a": "<img src=x>"}], name="t", title="T").data["text/html"])
    assert "&lt;img" in html
    assert "<img" not in html


def test_headline_is_plain_json() -> None:
    """The first screen is the documented JSON, infinity as text."""
    bundle = shown_by(
        lambda: page.headline(
            series="S",
            title="T",
            cohort="C",
            symbols=("BTC",),
            as_of="2026-02-12",
            sentence="One.",
            key_figures=[page.KeyFigure("a", "1"), {"label": "b", "value": "2", "context": "c"}],
            code="Red",
            iv_index=math.inf,
            before={"code": "green", "iv_index": 12.0, "remark": ""},
        )
    )[0]
    assert bundle.data[outputs.HEADLINE_MIME] == {
        "before": {"code": "green", "iv_index": 12.0, "remark": ""},
        "series": "S",
        "title": "T",
        "cohort": "C",
        "symbols": ["BTC"],
        "as_of": "2026-02-12",
        "classification": "",
        "synthetic": False,
        "verdict": "",
        "notice": "",
        "code": "red",
        "code_held": None,
        "iv_index": "inf",
        "interval": None,
        "sentence": "One.",
        "key_figures": [
            {"label": "a", "value": "1", "context": ""},
            {"label": "b", "value": "2", "context": "c"},
        ],
    }


def test_several_tables_have_one_form() -> None:
    """Each with its own rows and words."""
    frame = pd.DataFrame({"a": [1.0]})
    pairs = [(frame, {"name": name, "title": name.upper()}) for name in ("one", "two")]
    shown = shown_by(lambda: page.tables(pairs, columns=[page.Column("a", "A", "{:.1f}")]))
    contents = [json.dumps(bundle.data[outputs.TABLE_MIME]) for bundle in shown]
    assert [("ONE" in content, '[["1.0"]]' in content) for content in contents] == [(True, True), (False, True)]


def test_several_figures_have_their_readings() -> None:
    """Each chart with its own words, and the paragraph that reads it right below."""
    names = ("one", "two")
    shown = shown_by(
        lambda: page.figures(
            [renditions(lambda _, *, width: chart().properties(width=width), DAYS) for _ in names],
            alts=[f"Line of {name}." for name in names],
            data=[DAYS for _ in names],
            captions=[{"name": name, "title": name.upper()} for name in names],
            readings=[f"It reads {name}." for name in names],
        )
    )
    labels: list[Any] = [bundle.metadata["cohortiv"] for bundle in shown]
    assert [each["kind"] for each in labels] == ["figure", "text", "figure", "text"]
    labels = labels[::2]
    assert [(each["title"], each["alt"]) for each in labels] == [("ONE", "Line of one."), ("TWO", "Line of two.")]
    assert "It reads two." in str(shown[3].data)


def test_figures_without_all_their_words_are_refused() -> None:
    """One caption for two charts is a mistake."""
    drawn = [renditions(lambda _, *, width: chart().properties(width=width), DAYS)] * 2
    with pytest.raises(ValueError, match="shorter"):
        page.figures(drawn, alts=["a", "b"], data=[DAYS, DAYS], captions=[{"name": "a", "title": "A"}], readings=["a"])


def test_a_verdict_stands_in_place_of_a_code() -> None:
    """In the notebook too."""
    bundle = shown_by(
        lambda: page.headline(
            series="S", title="T", cohort="C", symbols=(), as_of="2026-02-12", sentence="One.", key_figures=[],
            code="green", iv_index=None, verdict="Not supported",
        )
    )[0]  # fmt: skip
    assert "<strong>Not supported</strong>" in str(bundle.data["text/html"])


def test_dollars_in_sentences_are_no_formulas() -> None:
    """A dollar sign in a computed sentence is escaped, once."""
    bundle = shown_by(lambda: page.text("from $1 to \\$2"))[0]
    assert bundle.data["text/markdown"] == "from \\$1 to \\$2"


def test_summary_carries_the_run() -> None:
    """The closing output holds the plain numbers and repeats the run's identity."""
    bundle = shown_by(lambda: page.publish({"iv_index": math.inf, "low": math.nan}, run_id="r"))[0]
    assert bundle.data[outputs.SUMMARY_MIME] == {"iv_index": "inf", "low": None}
    assert bundle.metadata == {"cohortiv": {"kind": "summary", "run_id": "r"}}


def test_outputs_are_valid_in_a_notebook() -> None:
    """Jupyter's own schema accepts every output."""
    nbformat.validate(notebook_of(shown_by(show_everything)))


def test_importing_page_is_light() -> None:
    """Neither pandas nor Altair nor IPython is loaded by the import alone."""
    code = "import sys, cohortiv.page; print({'pandas', 'altair', 'IPython', 'jinja2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_jupyterlab_shows_title_and_subtitle() -> None:
    """The page takes them from the labels; in the lab the chart itself says them, and its text to screen readers."""
    bundle = outputs.figure_bundle(
        chart(), name="days", title="Value rises", subtitle="Value by day " * 12, alt="Line.", data=DAYS
    )
    drawn: Any = bundle.data[outputs.JUPYTERLAB_MIME]
    assert drawn["title"]["text"] == "Value rises"
    assert [len(line) <= outputs.SUBTITLE_CHARACTERS for line in drawn["title"]["subtitle"]] == [True, True]
    assert drawn["description"] == "Line."


def test_a_chart_keeps_its_own_title_in_jupyterlab() -> None:
    """What the chart says of itself wins."""
    own = chart().properties(title="Own")
    drawn: Any = outputs.figure_bundle(own, name="days", title="Value rises", alt="Line.", data=DAYS).data[
        outputs.JUPYTERLAB_MIME
    ]
    assert drawn["title"] == "Own"
