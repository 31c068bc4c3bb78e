"""The catalogue: one page over all published reports, latest first, with the course and the state of each series."""

import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from cohortiv.assets import asset
from cohortiv.config.brand import Brand, load_brand
from cohortiv.errors import RunError
from cohortiv.report.definition import Definition
from cohortiv.report.entries import NOT_PUBLISHED, Entry, Failure, failures, read_entries
from cohortiv.report.exporter import with_scripts
from cohortiv.report.shelf import moment
from cohortiv.report.wording import FILTERS
from cohortiv.whole_file import write_whole

CATALOGUE = "index.html"
_LINE_WIDTH, _LINE_HEIGHT, _MARGIN = 160.0, 40.0, 4.0


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
    failure : Failure or None
        A run that failed for a later date than the latest issue's.
    """

    name: str
    definition: Definition
    entries: tuple[Entry, ...]
    line: str
    failure: Failure | None = None

    @property
    def last_good(self) -> Entry | None:
        """The latest issue with a code, where the latest of all has none."""
        if self.entries[0].state != NOT_PUBLISHED:
            return None
        return next((entry for entry in self.entries if entry.state != NOT_PUBLISHED), None)

    def stale_from(self, days: float) -> datetime | None:
        """Moment from which the latest issue is stale; None for made-up data, which do not age.

        Parameters
        ----------
        days : float
            Age from which an issue is stale [days].
        """
        latest = self.entries[0]
        return None if latest.synthetic else latest.end + timedelta(days=days)


def write_catalogue(out: Path, *, brand: Brand | None = None, now: datetime | None = None) -> Path:
    """Write the catalogue of a folder of reports; readers see the old page or the new one.

    Parameters
    ----------
    out : Path
        The folder of all reports.
    brand : Brand, optional
        Whose reports they are; by default the brand that comes with the templates. It says when an issue is stale.
    now : datetime, optional
        Moment at which ages are told, UTC; by default that of writing. Where scripts run, the page tells them anew.

    Returns
    -------
    Path
        The page, `index.html` in that folder.

    Raises
    ------
    RunError
        If it cannot be written.
    """
    target = out / CATALOGUE
    try:
        out.mkdir(parents=True, exist_ok=True)
        with _alone(out):
            write_whole(target, _page(out, brand=brand or load_brand(), now=now or datetime.now(UTC)).encode())
    except OSError as error:
        said = error.strerror or error
        raise RunError(f"Cannot write {target}: {said}. The catalogue from before is unchanged.") from error
    return target


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Hold a folder while it is read and listed, so that a slower run takes no report out of the list again."""
    if os.name != "posix":
        yield
        return
    import fcntl  # noqa: PLC0415 - it is not there elsewhere

    descriptor = os.open(out, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network drives lock no folders; the page is whole there too
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _page(out: Path, *, brand: Brand, now: datetime) -> str:
    """The page over what the folder holds."""
    entries, unreadable = read_entries(out)
    latest = sorted(entries, key=lambda entry: (moment(entry.as_of), entry.name), reverse=True)
    environment = Environment(
        loader=FileSystemLoader(asset("templates")), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= FILTERS
    page = environment.get_template("catalogue.html.j2").render(
        brand=brand,
        entries=latest,
        series=_series(entries, failures(out)),
        failures=failures(out),
        unreadable=unreadable,
        now=now,
    )
    return with_scripts(page, ((asset("templates") / "catalogue.js").read_text(encoding="utf-8"),))


def _series(entries: Sequence[Entry], failed: Sequence[Failure]) -> list[Series]:
    ordered = sorted(entries, key=lambda entry: (*_measured(entry), moment(entry.as_of)))
    found = [list(group) for _, group in groupby(ordered, key=_measured)]
    return [
        Series(issues[0].name, issues[0].definition, tuple(reversed(issues)), _line(issues), _later(issues[-1], failed))
        for issues in found
    ]


def _later(latest: Entry, failed: Sequence[Failure]) -> Failure | None:
    """The latest run of the same name that failed after an issue."""
    after = moment(latest.as_of)
    return next((run for run in failed if run.name == latest.name and moment(run.as_of) > after), None)


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
