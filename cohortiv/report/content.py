"""The content of a page, taken out of a notebook that has run: what is known by its MIME type, and nothing else."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup
from nbformat import NotebookNode

from cohortiv.errors import RunError, UsageError
from cohortiv.outputs import FIGURE_MIME, HEADLINE_MIME, NARROW_MIME, SUMMARY_MIME, TABLE_MIME
from cohortiv.report.drawing import (
    PHONE_WIDTH,
    both_specifications,
    data_link,
    drawn_specification,
    picture_size,
    script_json,
    still_picture,
)
from cohortiv.report.markdown import safe_markdown

Json = Mapping[str, object]

_HEADING = re.compile(r"^#{1,2}\s+(?P<title>.+?)\s*#*$")
_FENCE = re.compile(r"^\s*(```|~~~)")


@dataclass(frozen=True, slots=True)
class Prose:
    """A piece of sanitised text.

    Attributes
    ----------
    html : Markup
        Its HTML.
    kind : str
        "prose".
    """

    html: Markup
    kind: str = "prose"


@dataclass(frozen=True, slots=True)
class Still:
    """A picture of a figure.

    Attributes
    ----------
    link : str
        The picture as a data: link.
    width, height : int
        Its size [px].
    """

    link: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A numbered figure or table.

    Attributes
    ----------
    kind : str
        "figure" or "table".
    number : int
        Counted apart for figures and tables.
    labels : Mapping
        Title, subtitle, note, source, name; alt text of a figure; columns and rows of a table.
    csv_link : str
        Its data as a data: link.
    wide, narrow : Still or None
        Pictures of a figure for desk and paper, and for a phone.
    specification : Markup
        Both specifications of a figure as JSON that can stand in a script element.
    """

    kind: str
    number: int
    labels: Json
    csv_link: str
    wide: Still | None = None
    narrow: Still | None = None
    specification: Markup = field(default_factory=Markup)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page under one heading.

    Attributes
    ----------
    title : str
        Its heading; empty for what stands before the first.
    anchor : str
        Its address in the page.
    blocks : tuple
        Prose and exhibits in reading order.
    """

    title: str
    anchor: str
    blocks: tuple[Prose | Exhibit, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that a notebook gives to its page.

    Attributes
    ----------
    headline : Mapping or None
        The first screen as the notebook displayed it.
    sections : tuple of Section
        The rest in the notebook's order. What stands before the headline is for readers of the notebook and left out.
    summary : Mapping
        What the last cell handed over; empty in a notebook that did not.
    """

    headline: Json | None
    sections: tuple[Section, ...]
    summary: Json


def read_content(notebook: NotebookNode) -> Content:
    """Take the content of a page out of a notebook.

    Parameters
    ----------
    notebook : NotebookNode
        A notebook that ran without error.

    Returns
    -------
    Content
        Headline, sections and summary; inputs, streams, and outputs of other types are left out.

    Raises
    ------
    RunError
        If the notebook holds an error: a failed run makes no report. Also if a chart cannot be drawn.
    UsageError
        If a figure has no alt text or would load something.
    """
    items = list(_items(notebook))
    start = next((place for place, item in enumerate(items) if item[0] == HEADLINE_MIME), None)
    headline = items[start][1] if start is not None else None
    summary = next((item for mime, item, _ in reversed(items) if mime == SUMMARY_MIME), {})
    return Content(
        headline if isinstance(headline, Mapping) else None,
        tuple(_sections(items[0 if start is None else start + 1 :])),
        summary if isinstance(summary, Mapping) else {},
    )


def headline_of(notebook: NotebookNode) -> Json:
    """First screen of a notebook that ran; empty where it shows none.

    Parameters
    ----------
    notebook : NotebookNode
    """
    shown = (output.get("data", {}).get(HEADLINE_MIME) for cell in notebook.cells for output in cell.get("outputs", ()))
    return next((content for content in shown if isinstance(content, Mapping)), {})


_Item = tuple[str, "Json | str", Json]


def _items(notebook: NotebookNode) -> Iterator[_Item]:
    """Go through all that may be on the page: MIME type, content, metadata; a heading has the type "heading"."""
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown":
            yield from _split_at_headings(cell.source)
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                raise RunError(f"Cell {number} of the notebook ended with an error, and a report is made of none.")
            yield from _allowed(output)


def _allowed(output: NotebookNode) -> Iterator[_Item]:
    data, metadata = output.get("data", {}), output.get("metadata", {}).get("cohortiv", {})
    for mime in (HEADLINE_MIME, FIGURE_MIME, TABLE_MIME, SUMMARY_MIME):
        if isinstance(data.get(mime), Mapping):
            yield mime, data[mime], {**metadata, "narrow": data.get(NARROW_MIME)}
            return
    if "text/markdown" in data:
        yield "sentences", str(data["text/markdown"]), metadata


def _split_at_headings(source: str) -> Iterator[_Item]:
    lines: list[str] = []
    fenced = False
    for line in source.splitlines():
        fenced ^= bool(_FENCE.match(line))
        heading = None if fenced else _HEADING.match(line)
        if heading is None:
            lines.append(line)
            continue
        yield "markdown", "\n".join(lines), {}
        yield "heading", heading["title"], {}
        lines = []
    yield "markdown", "\n".join(lines), {}


def _sections(items: Sequence[_Item]) -> Iterator[Section]:
    counts = {FIGURE_MIME: 0, TABLE_MIME: 0}
    title, blocks, place = "", list[Prose | Exhibit](), 0
    for mime, content, metadata in items:
        if mime == "heading":
            if title or blocks:
                yield Section(title, f"section-{place}", tuple(blocks))
            title, blocks, place = _plain_text(str(content)), [], place + 1
        elif mime in counts and isinstance(content, Mapping):
            counts[mime] += 1
            make = _figure if mime == FIGURE_MIME else _table
            blocks.append(make(content, metadata, counts[mime]))
        elif isinstance(content, str) and content.strip():
            blocks.append(Prose(safe_markdown(content, formulas=mime == "markdown")))
    if title or blocks:
        yield Section(title, f"section-{place}", tuple(blocks))


def _plain_text(markdown: str) -> str:
    return str(safe_markdown(markdown, formulas=False).striptags())


def _figure(specification: Json, labels: Json, number: int) -> Exhibit:
    name, alt = str(labels.get("name", f"figure-{number}")), str(labels.get("alt", ""))
    if not alt.strip():
        raise UsageError(f"Figure {number} ({name}) has no alt text. Show it with page.figure, which asks for one.")
    phone = labels.get("narrow")
    wide = drawn_specification(specification, name=name, alt=alt)
    narrow = drawn_specification(
        phone if isinstance(phone, Mapping) else specification, name=name, alt=alt, width=PHONE_WIDTH
    )
    return Exhibit(
        kind="figure",
        number=number,
        labels=labels,
        csv_link=data_link(str(labels.get("csv", "")), media_type="text/csv"),
        wide=_still(wide, name=name),
        narrow=_still(narrow, name=name),
        specification=Markup(script_json(both_specifications(wide, narrow))),  # noqa: S704 - it holds no "<"
    )


def _still(drawn: Json, *, name: str) -> Still:
    svg = still_picture(drawn, name=name)
    return Still(data_link(svg, media_type="image/svg+xml"), *picture_size(svg))


def _table(content: Json, _: Json, number: int) -> Exhibit:
    link = data_link(str(content.get("csv", "")), media_type="text/csv")
    return Exhibit(kind="table", number=number, labels=content, csv_link=link)
