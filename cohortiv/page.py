"""What a notebook shows: the headline, figures, tables, sentences and the closing summary of a report.

Each function displays one output that serves two readers. JupyterLab draws the plain, HTML or Vega 5 part; the report's
exporter takes the part with a MIME type of ours and leaves everything else out of the page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from cohortiv.outputs import (
    HEADLINE_MIME,
    SUMMARY_MIME,
    Bundle,
    Chart,
    Column,
    figure_bundle,
    table_bundle,
    text_bundle,
    typed_bundle,
)
from cohortiv.plain import plain_values

if TYPE_CHECKING:
    import pandas as pd


__all__ = ["Column", "KeyFigure", "Pair", "figure", "figures", "headline", "publish", "table", "tables", "text"]


class Pair(Protocol):
    """One figure drawn for a desk's screen and for a phone, such as `charts.renditions` makes."""

    @property
    def wide(self) -> Chart:
        """The chart of a desk's screen and of paper."""

    @property
    def narrow(self) -> Chart:
        """The chart of a phone."""


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
    _display(typed_bundle(HEADLINE_MIME, kind="headline", content=content, plain=sentence))


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


def figures(
    charts: Iterable[Pair],
    *,
    alts: Iterable[str],
    data: "Iterable[pd.DataFrame]",
    captions: Iterable[Mapping[str, str]],
    readings: Iterable[str],
) -> None:
    """Show several figures, each with the paragraph that reads it.

    Parameters
    ----------
    charts : iterable of Pair
        Each chart as on a desk's screen (wide) and on a phone (narrow).
    alts, data, captions, readings : iterable
        Of each its alternative text, its rows, the arguments of `figure` that are words, and the paragraph below it.
    """
    for chart, alt, rows, caption, reading in zip(charts, alts, data, captions, readings, strict=True):
        figure(chart.wide, narrow=chart.narrow, alt=alt, data=rows, **caption)
        text(reading)


def table(
    rows: "pd.DataFrame | Iterable[Mapping[str, object]]",
    *,
    name: str,
    title: str,
    columns: Sequence[Column] | None = None,
    data: "pd.DataFrame | None" = None,
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
    data : DataFrame, optional
        What the CSV holds in place of the rows, where their cells are several numbers in words.
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
    _display(
        table_bundle(
            rows, name=name, title=title, columns=columns, data=data, subtitle=subtitle, note=note, source=source
        )
    )


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
        table(rows, columns=columns, data=None, **caption)


def text(markdown: str) -> None:
    """Show computed sentences.

    Parameters
    ----------
    markdown : str
        Markdown without HTML; a dollar sign means dollars, not a formula. An empty text shows nothing.
    """
    if markdown:
        _display(text_bundle(markdown))


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


def _display(bundle: Bundle) -> None:
    from IPython.display import publish_display_data  # noqa: PLC0415 - only a notebook needs it

    publish_display_data(data=bundle.data, metadata=bundle.metadata)  # type: ignore[no-untyped-call]
