"""What a study's files hold: one row a source with its span, its gaps, and what a reader must know of it."""

from typing import Any, Final

import pandas as pd

from cohortiv.assessment.study_data import Absent, StudyData
from cohortiv.config.study import DataFile, FeedFile
from cohortiv.sources.validation_data import ValidationSeries

SOURCE_COLUMNS: Final = (
    "role", "name", "title", "kind", "files", "first", "last", "rows", "step_hours", "gaps", "repeated", "blank",
    "note",
)  # fmt: skip
_HOUR: Final = pd.Timedelta(hours=1)


def source_table(data: StudyData) -> pd.DataFrame:
    """One row a source besides the index series: what a reconstruction is made of, prices, liquidations, the rest.

    Parameters
    ----------
    data : StudyData

    Returns
    -------
    DataFrame
        `SOURCE_COLUMNS`: role, name, title, kind, files (bare names), first, last, rows, step_hours (NaN for single
        events and texts), gaps, repeated, blank, note.
    """
    rows = [{"role": "prices", "name": "prices"} | _row(data.study.prices, data.prices)]
    rows += [
        {"role": "open interest", "name": each.source.name} | _row(each.source.open_interest, each.market[1])
        for each in data.index
        if each.market is not None and each.source.open_interest is not None
    ]
    rows += [
        {"role": "bars", "name": each.source.name} | _row(DataFile(file=each.source.file), each.market[0])
        for each in data.index
        if each.market is not None and each.market[0].path != data.prices.path
    ]
    rows += [{"role": "liquidations", "name": feed.name} | _row(feed, read) for feed, read in data.feeds]
    rows += [{"role": "comparator", "name": name} | _row(file, read) for name, (file, read) in data.comparators.items()]
    if data.texts is not None and len(data.texts):
        rows.append(_of_texts(data.texts, data.study.texts))
    rows += [_not_covered(each) for each in data.absent]
    return pd.DataFrame(rows, columns=list(SOURCE_COLUMNS))


def _not_covered(source: Absent) -> dict[str, Any]:
    """A source that says nothing yet."""
    return {
        "role": source.role, "name": source.name, "title": source.title, "kind": "not covered", "files": source.files,
        "first": pd.NaT, "last": pd.NaT, "rows": 0, "step_hours": float("nan"), "gaps": 0, "repeated": 0, "blank": 0,
        "note": f"Not covered: {source.why}",
    }  # fmt: skip


def _row(file: DataFile, read: ValidationSeries) -> dict[str, Any]:
    covers = file.covers if isinstance(file, FeedFile) else ""
    return {
        "title": file.title or read.path.name,
        "kind": read.kind,
        "files": read.path.name,
        "first": read.frame.index[0],
        "last": read.frame.index[-1],
        "rows": len(read.frame),
        "step_hours": read.step / _HOUR if read.step is not None else float("nan"),
        "gaps": read.gaps,
        "repeated": read.repeated,
        "blank": read.blank,
        "note": ". ".join(part.rstrip(".") for part in (covers, file.note, *_of_moments(read)) if part),
    }


def _of_moments(read: ValidationSeries) -> tuple[str, ...]:
    """What became of single liquidations of one moment, and of those that are alike."""
    if read.step is not None:
        return ()
    alike = (
        f"{read.repeated:,} of its liquidations repeat another in every column; two can be alike, so they are counted"
    )
    return ("A row is a moment, with all its liquidations added up", *([alike] if read.repeated else []))


def _of_texts(texts: pd.DataFrame, files: tuple[str, ...]) -> dict[str, Any]:
    return {
        "role": "texts", "name": "texts", "title": "Dated texts", "kind": "texts",
        "files": ", ".join(name.rpartition("/")[2] for name in files), "first": texts["time"].min(),
        "last": texts["time"].max(), "rows": len(texts), "step_hours": float("nan"), "gaps": 0,
        "repeated": int(texts.duplicated(["time", "text"]).sum()), "blank": int((texts["text"] == "").sum()),
        "note": "Repeated texts are counted once a day, blank ones are not scored",
    }  # fmt: skip
