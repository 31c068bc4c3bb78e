"""What a notebook shows: the headline, figures, tables, sentences and the closing summary of a report.

Each function displays one output that serves two readers. JupyterLab draws the plain, HTML or Vega 5 part; the report's
exporter takes the part with a MIME type of ours and leaves everything else out of the page.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from textwrap import wrap
from typing import TYPE_CHECKING, Literal, Protocol

from cohortiv.display import Displayed, rendered
from cohortiv.errors import UsageError
from cohortiv.plain import csv_text, plain_values, shown
from cohortiv.quantities import level, points
from cohortiv.specification import check_specification, with_width

if TYPE_CHECKING:
    import pandas as pd

HEADLINE_MIME = "application/vnd.cohortiv.headline+json"
TABLE_MIME = "application/vnd.cohortiv.table+json"
SUMMARY_MIME = "application/vnd.cohortiv.summary+json"
FIGURE_MIME = "application/vnd.vegalite.v6+json"
NARROW_MIME = "application/vnd.cohortiv.narrow+json"
JUPYTERLAB_MIME = "application/vnd.vegalite.v5+json"

#: Characters of a subtitle that fit beside each other in JupyterLab.
SUBTITLE_CHARACTERS = 100
JUPYTERLAB_WIDTH = 640
JUPYTERLAB_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


class Chart(Protocol):
    """Anything that can give a Vega-Lite specification, such as an Altair chart."""

    def to_dict(self) -> dict[str, object]:
        """Give the specification as plain values."""


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One of the few numbers under the headline.

    Attributes
    ----------
    label : str
        What the number measures.
    value : str
        The number with its unit, formatted.
    context : str
        Change, rank or coverage in a few words.
    """

    label: str
    value: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Column(Displayed):
    """How one column of a table is shown.

    Attributes
    ----------
    key : str
        Name of the column in the frame.
    label : str
        Head of the column, with the unit.
    pattern : str or callable
        Pattern of `str.format` for one value, such as "{:,.0f}" or "{:.1%}"; or what writes a number, such as
        `quantities.level`.
    align : {"left", "right"}
        Numbers stand right, words left.
    unit : str
        In the head of the CSV; by default what the pattern says: shares [1], index points, prices [USD].
    """

    key: str
    label: str
    pattern: str | Callable[[float], str] = "{}"
    align: Literal["left", "right"] = "left"
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Bundle:
    """One display output, as Jupyter knows it.

    Attributes
    ----------
    data : dict[str, object]
        Content by MIME type.
    metadata : dict[str, object]
        What goes with it, under the key "cohortiv".
    """

    data: dict[str, object]
    metadata: dict[str, object]


def headline(
    *,
    series: str,
    title: str,
    cohort: str,
    symbols: Sequence[str],
    as_of: str | date,
    sentence: str,
    key_figures: Sequence[KeyFigure | Mapping[str, str]],
    code: str,
    iv_index: float | None,
    code_held: str | None = None,
    before: Mapping[str, object] | None = None,
    interval: Mapping[str, float] | None = None,
    classification: str = "",
    synthetic: bool = False,
    verdict: str = "",
    notice: str = "",
) -> None:
    """Show the first screen of the report: status, one sentence and the key figures.

    Parameters
    ----------
    series, title, cohort : str
        Names of the series of reports, of this report and of the cohort.
    symbols : sequence of str
        Symbols covered; empty means all.
    as_of : str or date
        Time of the data, UTC, ISO 8601.
    sentence : str
        The one sentence that says what the reader should know.
    key_figures : sequence of KeyFigure or mapping
        Three to five; a mapping has the same fields.
    code : str
        This snapshot's code: "green", "yellow", "red" or "grey".
    iv_index : float or None
        Index [points]; infinity when the critical mass is past its lines, None when there is none.
    code_held : str or None
        The series' code where it has a history.
    before : mapping or None
        Where the report changes what was read: "code" and "iv_index" before it, and a "remark", which may be empty.
    interval : mapping or None
        "level" [fraction], "low" and "high" [points].
    classification : str
        Who may read the report; empty takes the brand's.
    synthetic : bool
        Whether the positions are made up; the page then says so on every sheet.
    verdict : str
        What the report comes to, in a few words, where that is no code; it stands in place of one, and looks like none.
    notice : str
        What must be known before anything is read, such as that a model stands in for positions; above the title.
    """
    content: dict[str, object] = {
        "series": series,
        "title": title,
        "cohort": cohort,
        "symbols": list(symbols),
        "as_of": as_of if isinstance(as_of, str) else as_of.isoformat(),
        "classification": classification,
        "synthetic": synthetic,
        "verdict": verdict,
        "notice": notice,
        "code": code.lower(),
        "code_held": code_held.lower() if code_held else None,
        "iv_index": iv_index,
        "before": dict(before) if before else None,
        "interval": dict(interval) if interval else None,
        "sentence": sentence,
        "key_figures": [asdict(item) if isinstance(item, KeyFigure) else dict(item) for item in key_figures],
    }
    _display(_typed_bundle(HEADLINE_MIME, kind="headline", content=content, plain=sentence))


def figure(
    chart: Chart,
    *,
    name: str,
    title: str,
    alt: str,
    data: "pd.DataFrame",
    subtitle: str = "",
    note: str = "",
    source: str = "",
    narrow: Chart | None = None,
) -> None:
    """Show one numbered figure; without rows, its title alone.

    Parameters
    ----------
    chart : Chart
        The Altair chart as on a desk's screen and on paper; it embeds every column of its frame, so give it only those
        it draws.
    name : str
        Name of the figure's CSV file, a slug such as "liquidation-ladder".
    title : str
        The finding, in at most ten words.
    alt : str
        The chart in words for those who cannot see it.
    data : DataFrame
        The rows behind the figure; they become the CSV that readers can take away.
    subtitle : str
        Measure, coverage and period.
    note : str
        What to know when reading it.
    source : str
        Where the data come from.
    narrow : Chart, optional
        The same for a phone; by default the chart itself is made narrower.

    Raises
    ------
    UsageError
        If title or alt text are empty, or if the chart loads anything from elsewhere.
    """
    labels = {"subtitle": subtitle, "note": note, "source": source}
    _display(figure_bundle(chart, name=name, title=title, alt=alt, data=data, narrow=narrow, **labels))


def figure_bundle(
    chart: Chart,
    *,
    name: str,
    title: str,
    alt: str,
    data: "pd.DataFrame",
    subtitle: str = "",
    note: str = "",
    source: str = "",
    narrow: Chart | None = None,
) -> Bundle:
    """Make the output that `figure` displays; see there."""
    for what, given in (("title", title), ("alt text", alt)):
        if not given.strip():
            raise UsageError(f"Figure {name!r} has no {what}. Every figure needs one: give it to page.figure.")
    if data.empty:
        return _text_bundle(f"**{title}.**")
    drawn = {FIGURE_MIME: chart.to_dict()} | ({} if narrow is None else {NARROW_MIME: narrow.to_dict()})
    for specification in drawn.values():
        check_specification(specification, name=name)
    caption = {"text": title, "subtitle": wrap(subtitle, SUBTITLE_CHARACTERS), "anchor": "start", "offset": 14}
    in_lab = with_width(drawn[FIGURE_MIME], JUPYTERLAB_WIDTH) | {"$schema": JUPYTERLAB_SCHEMA, "description": alt}
    in_lab = {"title": caption} | in_lab
    labels = {"title": title, "subtitle": subtitle, "alt": alt, "note": note, "source": source, "name": name}
    return Bundle(
        {**drawn, JUPYTERLAB_MIME: in_lab, "text/plain": alt},
        {"cohortiv": {"kind": "figure", **labels, "csv": csv_text(data)}},
    )


def table(
    rows: "pd.DataFrame | Iterable[Mapping[str, object]]",
    *,
    name: str,
    title: str,
    columns: Sequence[Column] | None = None,
    subtitle: str = "",
    note: str = "",
    source: str = "",
) -> None:
    """Show one numbered table, whose unrounded rows readers can take away as CSV.

    Parameters
    ----------
    rows : DataFrame or iterable of mappings
        The values; NaN and None are shown as a dash, infinity as ∞. No rows are shown as "None".
    name : str
        Name of the table's CSV file, a slug.
    title : str
        What the table shows or finds.
    columns : sequence of Column, optional
        Which columns, in which order and form; by default all of a frame's, as they are.
    subtitle : str
        Measure, coverage and period.
    note : str
        What to know when reading it.
    source : str
        Where the data come from.

    Raises
    ------
    UsageError
        If there is no title, or a column is named that the rows do not have.
    """
    _display(table_bundle(rows, name=name, title=title, columns=columns, subtitle=subtitle, note=note, source=source))


def tables(rows_and_captions: "Iterable[tuple[pd.DataFrame, Mapping[str, str]]]", *, columns: Sequence[Column]) -> None:
    """Show several tables of one form.

    Parameters
    ----------
    rows_and_captions : iterable of (DataFrame, mapping)
        Of each table the values and the arguments of `table` that are words: name, title, subtitle, note, source.
    columns : sequence of Column
        Of all of them.
    """
    for rows, caption in rows_and_captions:
        table(rows, columns=columns, **caption)


def table_bundle(
    rows: "pd.DataFrame | Iterable[Mapping[str, object]]",
    *,
    name: str,
    title: str,
    columns: Sequence[Column] | None = None,
    subtitle: str = "",
    note: str = "",
    source: str = "",
) -> Bundle:
    """Make the output that `table` displays; see there."""
    if not title.strip():
        raise UsageError(f"Table {name!r} has no title. Every table needs one: give it to page.table.")
    frame = _frame(rows, columns)
    chosen = columns if columns is not None else [_default_column(frame, str(key)) for key in frame.columns]
    unknown = [column.key for column in chosen if column.key not in frame.columns]
    if unknown:
        raise UsageError(f"Table {name!r} has no column {unknown[0]!r}. It has: {', '.join(map(str, frame.columns))}.")
    content: dict[str, object] = {
        "name": name,
        "title": title,
        "subtitle": subtitle,
        "note": note,
        "source": source,
        "columns": [{"key": column.key, "label": column.label, "align": column.align} for column in chosen],
        "rows": [
            [shown(value, column.pattern) for value, column in zip(row, chosen, strict=True)]
            for row in frame[[column.key for column in chosen]].itertuples(index=False, name=None)
        ],
        "csv": csv_text(
            frame[[column.key for column in chosen]], units={column.key: _unit(column) for column in chosen}
        ),
    }
    return _typed_bundle(TABLE_MIME, kind="table", content=content, plain=title)


def text(markdown: str) -> None:
    """Show computed sentences.

    Parameters
    ----------
    markdown : str
        Markdown without HTML; a dollar sign means dollars, not a formula. An empty text shows nothing.
    """
    if markdown:
        _display(_text_bundle(markdown))


def publish(summary: Mapping[str, object], *, run_id: str) -> None:
    """Hand over the numbers of the report; the last cell of a notebook does so, which also proves that it got there.

    Parameters
    ----------
    summary : mapping
        What becomes `summary.json`, unrounded; infinity is written as "inf", NaN as null.
    run_id : str
        The parameter of that name, which the run has put in.
    """
    data = {SUMMARY_MIME: plain_values(summary), "text/plain": f"Summary of {len(summary)} entries."}
    _display(Bundle(data, {"cohortiv": {"kind": "summary", "run_id": run_id}}))


def _frame(rows: "pd.DataFrame | Iterable[Mapping[str, object]]", columns: Sequence[Column] | None) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415 - the exporter imports this module and needs no pandas

    if isinstance(rows, pd.DataFrame):
        return rows
    listed = list(rows)
    return pd.DataFrame(listed, columns=None if listed or columns is None else [column.key for column in columns])


def _unit(column: Column) -> str:
    if isinstance(column.pattern, str):
        return column.unit or ("1" if "%}" in column.pattern else "")
    return column.unit or {points: "index points", level: "USD"}.get(column.pattern, "")


def _default_column(frame: "pd.DataFrame", key: str) -> Column:
    is_number = frame[key].dtype.kind in "iuf"
    return Column(
        key, key.replace("_", " ").capitalize(), "{:,}" if is_number else "{}", "right" if is_number else "left"
    )


def _text_bundle(markdown: str) -> Bundle:
    escaped = markdown.replace("\\$", "$").replace("$", "\\$")
    return Bundle({"text/markdown": escaped, "text/plain": markdown}, {"cohortiv": {"kind": "text"}})


def _typed_bundle(mime: str, *, kind: str, content: dict[str, object], plain: str) -> Bundle:
    html = rendered(kind, content)
    return Bundle({mime: plain_values(content), "text/html": html, "text/plain": plain}, {"cohortiv": {"kind": kind}})


def _display(bundle: Bundle) -> None:
    from IPython.display import publish_display_data  # noqa: PLC0415 - only a notebook needs it

    publish_display_data(data=bundle.data, metadata=bundle.metadata)  # type: ignore[no-untyped-call]
