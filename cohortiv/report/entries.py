"""What the catalogue knows of each published report, read from its summary and manifest, and of runs that failed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from cohortiv.errors import DataError, UsageError
from cohortiv.palette import CODES, CodeStyle
from cohortiv.report.definition import Definition, definition_of
from cohortiv.report.manifest import MANIFEST, PAGE, SUMMARY, read_json
from cohortiv.report.pdf import PDF
from cohortiv.report.shelf import FAILED_PAGE, Place, place_of, published_places
from cohortiv.report.static_edition import STATIC_PAGE
from cohortiv.report.verification import EDITIONS
from cohortiv.report.wording import end_of, long_date

NOT_PUBLISHED = "not published"
_FORMS: Final = {PDF: "PDF", STATIC_PAGE: "Static"}
_SYMBOLS_NAMED = 4


@dataclass(frozen=True, slots=True)
class Link:
    """A way to a form or an edition of a report.

    Attributes
    ----------
    label : str
        What the reader gets.
    address : str
        Relative to the catalogue.
    """

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One published report.

    Attributes
    ----------
    as_of, name : str
        Where it is published.
    title, series : str
        As its first screen says; the title is the name, and the series empty, where that is not known.
    until : str
        Time of its data, ISO 8601: as its summary says, else that of the folder.
    link : str
        Address of its page, relative to the catalogue.
    more : tuple of Link
        Its other forms, and the editions that it replaced.
    style : CodeStyle
        Look of its code; Grey where the summary has none, and with the verdict's words where it has a verdict.
    held : str
        Word of the code of the series, empty where it is the snapshot's.
    before : str
        Word of the code before what the report assumes, empty where it assumes nothing.
    restated : bool
        Whether it replaced an earlier edition.
    iv_index : float or None
        Index [points]; may be infinite. None beside a verdict, which is about no single snapshot.
    state : str
        "published", "degraded" or "not published", as its summary says.
    reasons : tuple of str
        Why it is not simply published.
    cohort : str
        Whom it covers.
    symbols : tuple of str
        What it covers, largest first; empty for all.
    synthetic : bool
        Whether its positions are made up.
    published : str
        Time of publication, ISO 8601, as given; a dash where none was.
    definition : Definition
        What its index is measured by.
    """

    as_of: str
    until: str
    name: str
    title: str
    series: str
    link: str
    more: tuple[Link, ...]
    style: CodeStyle
    held: str
    before: str
    restated: bool
    iv_index: float | None
    state: str
    reasons: tuple[str, ...]
    cohort: str
    symbols: tuple[str, ...]
    synthetic: bool
    published: str
    definition: Definition

    @property
    def searchable(self) -> str:
        """All that the search looks at, in small letters."""
        made_up = "synthetic" if self.synthetic else ""
        restated = "restated" if self.restated else ""
        dates = (self.as_of, long_date(self.as_of))
        shown = (*dates, self.name, self.title, self.series, self.style.word, self.held, self.state, self.cohort)
        words = (*shown, *self.symbols, made_up, restated, str(self.definition))
        return " ".join(word for word in words if word).lower()

    @property
    def few_symbols(self) -> str:
        """The largest symbols by name, and how many more there are."""
        more = len(self.symbols) - _SYMBOLS_NAMED
        return ", ".join([*self.symbols[:_SYMBOLS_NAMED], *([f"{more} more"] if more > 0 else [])]) or "All"

    @property
    def end(self) -> datetime:
        """Moment up to which its data go, UTC; a day counts to its end."""
        return end_of(self.until)


@dataclass(frozen=True, slots=True)
class Failure:
    """A run that failed and left a page that says why.

    Attributes
    ----------
    as_of, name : str
        What it would have published.
    link : str
        Address of the page, relative to the catalogue.
    """

    as_of: str
    name: str
    link: str


def read_entries(out: Path) -> tuple[list[Entry], list[str]]:
    """Read all reports of a folder.

    Parameters
    ----------
    out : Path
        The folder of all reports.

    Returns
    -------
    tuple of list
        The reports in the order of date and name; and the names of those that cannot be read.
    """
    entries, unreadable = list[Entry](), list[str]()
    for place in published_places(out):
        try:
            entries.append(_entry(place))
        except (DataError, ValueError):
            unreadable.append(f"{place.as_of}/{place.name}")
    return entries, unreadable


def failures(out: Path) -> list[Failure]:
    """Find the pages that failed runs left, `<as-of>/<name>.failed.html`.

    Parameters
    ----------
    out : Path
        The folder of all reports.

    Returns
    -------
    list of Failure
        Latest first.
    """
    found = []
    for page in sorted(out.glob(f"*/*{FAILED_PAGE}"), reverse=True):
        as_of, name = page.parent.name, page.name.removesuffix(FAILED_PAGE)
        try:
            place_of(out, as_of=as_of, name=name)
        except UsageError:
            continue
        found.append(Failure(as_of, name, f"{as_of}/{page.name}"))
    return found


def _entry(place: Place) -> Entry:
    summary, manifest = read_json(place.folder / SUMMARY), read_json(place.folder / MANIFEST)
    if (manifest.get("as_of"), manifest.get("name")) != (place.as_of, place.name):
        raise DataError(f"{place.folder} holds a report that was published elsewhere. Put it back where it was.")
    symbols, issue = summary.get("symbols"), summary.get("issue")
    said: Mapping[str, object] = issue if isinstance(issue, Mapping) else {}
    reasons = said.get("reasons")
    said_first = manifest.get("headline")
    headline: Mapping[str, object] = said_first if isinstance(said_first, Mapping) else {}
    code, verdict = str(summary.get("code")), _verdict(summary)
    look = CODES.get(code, CODES["grey"])
    return Entry(
        as_of=place.as_of,
        until=_until(place, summary),
        name=place.name,
        title=str(headline.get("title") or place.name),
        series=str(headline.get("series") or ""),
        link=f"{place.as_of}/{place.name}/{PAGE}",
        more=(*_forms(place), *_earlier(place, manifest)),
        style=replace(CODES["grey"], word=verdict) if verdict else look,
        held=_held(summary, code),
        before=_before(summary),
        restated=bool(manifest.get("editions")),
        iv_index=None if verdict else _number(summary.get("iv_index")),
        state=str(said.get("state") or (NOT_PUBLISHED if code == "grey" else "published")),
        reasons=tuple(map(str, reasons)) if isinstance(reasons, list) else (),
        cohort=str(headline.get("cohort") or summary.get("cohort") or "–"),
        symbols=tuple(map(str, symbols)) if isinstance(symbols, list) else (),
        synthetic=summary.get("synthetic") is True,
        published=str(manifest.get("published") or "–"),
        definition=definition_of(summary),
    )


def _until(place: Place, summary: Mapping[str, object]) -> str:
    """Time up to which data go; that of the folder where the summary has none that can be read."""
    said = summary.get("as_of")
    try:
        datetime.fromisoformat(str(said))
    except ValueError:
        return place.as_of
    return str(said)


def _held(summary: Mapping[str, object], code: str) -> str:
    """Word of the code of the series where it is another than the snapshot's."""
    held = str(summary.get("code_held") or code)
    return CODES[held].word if held in CODES and held != code else ""


def _before(summary: Mapping[str, object]) -> str:
    """Word for the code before what a scenario changes."""
    before = summary.get("before")
    code = str(before.get("code")) if isinstance(before, Mapping) else ""
    return CODES[code].word if code in CODES else ""


def _verdict(summary: Mapping[str, object]) -> str:
    """What a validation report found, which stands in place of a code; empty for other reports."""
    found = summary.get("validation")
    return str(found.get("verdict") or "").capitalize() if isinstance(found, Mapping) else ""


def _forms(place: Place) -> tuple[Link, ...]:
    """Links to the files that stand beside the page."""
    here = f"{place.as_of}/{place.name}"
    return tuple(Link(label, f"{here}/{file}") for file, label in _FORMS.items() if (place.folder / file).is_file())


def _earlier(place: Place, manifest: Mapping[str, object]) -> tuple[Link, ...]:
    """Links to the editions that the report replaced, whose folders are there."""
    listed = manifest.get("editions")
    numbers = [item.get("edition") for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []
    here = f"{place.as_of}/{place.name}/{EDITIONS}"
    return tuple(
        Link(f"Edition {number}, replaced", f"{here}/{number}/{PAGE}")
        for number in numbers
        if isinstance(number, int) and (place.folder / EDITIONS / str(number) / PAGE).is_file()
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float | str) else None
