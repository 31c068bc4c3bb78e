"""The catalogue: one page over all published reports, latest first, with the course of each series."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from cohortiv.assets import asset
from cohortiv.config.brand import Brand, load_brand
from cohortiv.errors import DataError, RunError
from cohortiv.palette import CODES, CodeStyle
from cohortiv.report.definition import Definition, definition_of
from cohortiv.report.exporter import with_scripts
from cohortiv.report.manifest import MANIFEST, PAGE, SUMMARY, read_json
from cohortiv.report.shelf import Place, moment, published_places
from cohortiv.report.wording import FILTERS

CATALOGUE = "index.html"
_SYMBOLS_NAMED = 4
_LINE_WIDTH, _LINE_HEIGHT, _MARGIN = 160.0, 40.0, 4.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One published report.

    Attributes
    ----------
    as_of, name : str
        Where it is published.
    link : str
        Address of its page, relative to the catalogue.
    style : CodeStyle
        Look of its code; Grey where the summary has none.
    iv_index : float or None
        Index [points]; may be infinite.
    cohort : str
        Whom it covers.
    symbols : tuple of str
        What it covers, largest first; empty for all.
    synthetic : bool
        Whether its positions are made up.
    published : str
        Time of publication, ISO 8601: as given, else when its manifest was written.
    definition : Definition
        What its index is measured by.
    """

    as_of: str
    name: str
    link: str
    style: CodeStyle
    iv_index: float | None
    cohort: str
    symbols: tuple[str, ...]
    synthetic: bool
    published: str
    definition: Definition

    @property
    def searchable(self) -> str:
        """All that the search looks at, in small letters."""
        made_up = "synthetic" if self.synthetic else ""
        words = (self.as_of, self.name, self.style.word, self.cohort, *self.symbols, made_up, str(self.definition))
        return " ".join(word for word in words if word).lower()

    @property
    def few_symbols(self) -> str:
        """The largest symbols by name, and how many more there are."""
        more = len(self.symbols) - _SYMBOLS_NAMED
        return ", ".join([*self.symbols[:_SYMBOLS_NAMED], *([f"{more} more"] if more > 0 else [])]) or "All"


@dataclass(frozen=True, slots=True)
class Series:
    """The issues of one report that measure the same.

    Attributes
    ----------
    name : str
        Name of the report.
    definition : Definition
        What its index is measured by; issues of the same name by another one are a series of their own.
    entries : tuple of Entry
        Latest first.
    line : str
        Points of its index in time, for an SVG polyline; empty with fewer than two.
    """

    name: str
    definition: Definition
    entries: tuple[Entry, ...]
    line: str


def write_catalogue(out: Path, *, brand: Brand | None = None) -> Path:
    """Write the catalogue of a folder of reports; readers see the old page or the new one.

    Parameters
    ----------
    out : Path
        The folder of all reports.
    brand : Brand, optional
        Whose reports they are; by default the brand that comes with the templates.

    Returns
    -------
    Path
        The page, `index.html` in that folder.

    Raises
    ------
    RunError
        If it cannot be written.
    """
    entries, unreadable = _read(out)
    latest = sorted(entries, key=lambda entry: (moment(entry.as_of), entry.name), reverse=True)
    environment = Environment(
        loader=FileSystemLoader(asset("templates")), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= FILTERS
    page = environment.get_template("catalogue.html.j2").render(
        brand=brand or load_brand(), entries=latest, series=_series(entries), unreadable=unreadable
    )
    script = (asset("templates") / "catalogue.js").read_text(encoding="utf-8")
    target = out / CATALOGUE
    unfinished = out / f".{CATALOGUE}.new"
    try:
        out.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(with_scripts(page, (script,)), encoding="utf-8", newline="\n")
        unfinished.replace(target)
    except OSError as error:
        said = error.strerror or error
        raise RunError(f"Cannot write {target}: {said}. The catalogue from before is unchanged.") from error
    return target


def _read(out: Path) -> tuple[list[Entry], list[str]]:
    """Read all reports; of those that cannot be read, the names."""
    entries, unreadable = list[Entry](), list[str]()
    for place in published_places(out):
        try:
            entries.append(_entry(place))
        except (DataError, ValueError):
            unreadable.append(f"{place.as_of}/{place.name}")
    return entries, unreadable


def _entry(place: Place) -> Entry:
    summary, manifest = read_json(place.folder / SUMMARY), read_json(place.folder / MANIFEST)
    symbols = summary.get("symbols")
    written = datetime.fromtimestamp((place.folder / MANIFEST).stat().st_mtime, tz=UTC)
    return Entry(
        as_of=place.as_of,
        name=place.name,
        link=f"{place.as_of}/{place.name}/{PAGE}",
        style=CODES.get(str(summary.get("code")), CODES["grey"]),
        iv_index=_number(summary.get("iv_index")),
        cohort=str(summary.get("cohort") or "–"),
        symbols=tuple(map(str, symbols)) if isinstance(symbols, list) else (),
        synthetic=summary.get("synthetic") is True,
        published=str(manifest.get("published") or f"{written:%Y-%m-%dT%H:%MZ}"),
        definition=definition_of(summary),
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float | str) else None


def _series(entries: Sequence[Entry]) -> list[Series]:
    ordered = sorted(entries, key=lambda entry: (*_measured(entry), moment(entry.as_of)))
    found = [list(group) for _, group in groupby(ordered, key=_measured)]
    return [Series(issues[0].name, issues[0].definition, tuple(reversed(issues)), _line(issues)) for issues in found]


def _measured(entry: Entry) -> tuple[str, str]:
    """What the issues of one series share: their name and what their index is measured by."""
    return entry.name, repr(entry.definition)


def _line(issues: Sequence[Entry]) -> str:
    """Scale the finite index values of issues in time into the box of a small line."""
    known = [(_day(issue.as_of), value) for issue in issues if (value := _finite(issue.iv_index)) is not None]
    if len(known) < 2:  # noqa: PLR2004 - a line has two ends
        return ""
    days, values = zip(*known, strict=True)
    across = _scaled(days, size=_LINE_WIDTH)
    down = (_LINE_HEIGHT - height for height in _scaled(values, size=_LINE_HEIGHT))
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True))


def _scaled(values: Sequence[float], *, size: float) -> Iterator[float]:
    low, high = min(values), max(values)
    spread = (high - low) or 1.0
    return (_MARGIN + (value - low) / spread * (size - 2 * _MARGIN) for value in values)


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _day(as_of: str) -> float:
    return datetime.fromisoformat(as_of).replace(tzinfo=UTC).timestamp()
