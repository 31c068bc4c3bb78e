"""What sentences are about: a result, what may be shown of it, and the previous issue."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cohortiv.assessment import Assessment
from cohortiv.display import Displayed
from cohortiv.early_warning import Thresholds
from cohortiv.file_names import NAMED, listed
from cohortiv.publication import Publication


@dataclass(frozen=True)
class Words(Displayed):
    """The words of one figure or table.

    Attributes
    ----------
    name : str
        Slug of its data file.
    title : str
        The finding, at most ten words.
    subtitle : str
        Measure, coverage and period.
    source : str
        Where the numbers come from.
    note : str
        What to know when reading it.
    reading : str
        The sentence that reads it, shown below.
    """

    name: str
    title: str
    subtitle: str
    source: str
    note: str = ""
    reading: str = ""

    @property
    def caption(self) -> dict[str, str]:
        """Arguments of `page.figure` and `page.table`."""
        return {key: getattr(self, key) for key in ("name", "title", "subtitle", "source", "note")}


@dataclass(frozen=True, eq=False)
class Findings(Displayed):
    """A result with what its sentences need; every number in them is computed.

    Attributes
    ----------
    result : Assessment
    shown : Publication
        What may be shown of it.
    previous : mapping or None
        `summary.json` of the previous issue.
    """

    result: Assessment
    shown: Publication
    previous: Mapping[str, Any] | None = None

    @property
    def as_of(self) -> str:
        """Snapshot as a reader sees it."""
        moment = self.result.reading.as_of
        if moment is None:
            return "undated"
        day = f"{moment.day} {moment:%B %Y}"
        return f"{day}, {moment:%H:%M} UTC" if self.result.reading.timed else day

    @property
    def coverage(self) -> str:
        """Cohort, symbol and snapshot."""
        return f"{self.result.reading.cohort.title}, {self.result.settings.symbol or 'all symbols'}, {self.as_of}"

    @property
    def source(self) -> str:
        """Files that the numbers come from."""
        reading = self.result.reading
        made = " (SYNTHETIC)" if reading.synthetic else ""
        made += "" if reading.has_accounts else f" ({reading.basis})"
        few = len(reading.sources) <= NAMED
        return f"{listed(reading.sources, most=NAMED if few else 2)}{made}; cohortiv"

    @property
    def thresholds(self) -> Thresholds:
        """Index at which Yellow begins and above which it is Red [%]."""
        limits = self.result.reading.cohort.thresholds
        return Thresholds(limits.yellow, limits.red)

    @property
    def index(self) -> pd.DataFrame:
        """Index to draw: iv_index, low, high [%]; without its interval where the data allow no code."""
        return self.shown.index.assign(low=math.nan, high=math.nan) if self.result.grey else self.shown.index

    @property
    def history(self) -> pd.DataFrame:
        """Snapshots to draw; none where there is only one, which has no history."""
        return self.shown.history if len(self.shown.history) > 1 else self.shown.history.head(0)

    def words(self, name: str, title: str, measure: str, **more: str) -> Words:
        """Words of a figure with this run's coverage and source."""
        return Words(name, title, f"{measure}; {self.coverage}", self.source, **more)


def read_previous(path: str) -> dict[str, Any] | None:
    """Summary of the previous issue; None for an empty path.

    Parameters
    ----------
    path : str
        `summary.json` of the previous issue, or empty.
    """
    if not path:
        return None
    loaded: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    return loaded


def sentence_case(text: str) -> str:
    """The text with a capital first letter."""
    return f"{text[:1].upper()}{text[1:]}"
