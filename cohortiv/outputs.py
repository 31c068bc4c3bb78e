"""Outputs of a notebook that a report is made of: each as the exporter reads it, and as JupyterLab shows it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    """Make the output that `page.figure` displays; see there."""
    for what, given in (("title", title), ("alt text", alt)):
        if not given.strip():
            raise UsageError(f"Figure {name!r} has no {what}. Every figure needs one: give it to page.figure.")
    if data.empty:
        return text_bundle(f"**{title}.**")
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


def table_bundle(
    rows: "pd.DataFrame | Iterable[Mapping[str, object]]",
    *,
    name: str,
    title: str,
    columns: Sequence[Column] | None = None,
    data: "pd.DataFrame | None" = None,
    subtitle: str = "",
    note: str = "",
    source: str = "",
) -> Bundle:
    """Make the output that `page.table` displays; see there."""
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
        )
        if data is None
        else csv_text(data),
    }
    return typed_bundle(TABLE_MIME, kind="table", content=content, plain=title)


def text_bundle(markdown: str) -> Bundle:
    """Make the output that `page.text` displays; see there."""
    escaped = markdown.replace("\\$", "$").replace("$", "\\$")
    return Bundle({"text/markdown": escaped, "text/plain": markdown}, {"cohortiv": {"kind": "text"}})


def typed_bundle(mime: str, *, kind: str, content: dict[str, object], plain: str) -> Bundle:
    """Make an output of a MIME type of ours, with what JupyterLab and a terminal show of it."""
    html = rendered(kind, content)
    return Bundle({mime: plain_values(content), "text/html": html, "text/plain": plain}, {"cohortiv": {"kind": kind}})


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
