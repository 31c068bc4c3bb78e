"""What a study's files hold: one row a source with its span, its gaps, and what a reader must know of it."""

from typing import Any, Final

import pandas as pd

from cohortiv.assessment.study_data import StudyData
from cohortiv.config.study import DataFile, FeedFile
from cohortiv.sources.validation_data import ValidationSeries

SOURCE_COLUMNS: Final = (
    "role", "name", "title", "kind", "files", "first", "last", "rows", "step_hours", "gaps", "repeated", "blank",
    "note",
)  # fmt: skip
_HOUR: Final = pd.Timedelta(hours=1)


def source_table(data: StudyData) -> pd.DataFrame:
    """One row a source besides the index series, in the order: prices, liquidations, comparators, texts.

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
    rows += [{"role": "liquidations", "name": feed.name} | _row(feed, read) for feed, read in data.feeds]
    rows += [{"role": "comparator", "name": name} | _row(file, read) for name, (file, read) in data.comparators.items()]
    if data.texts is not None and len(data.texts):
        rows.append(_of_texts(data.texts, data.study.texts))
    return pd.DataFrame(rows, columns=list(SOURCE_COLUMNS))


def _row(file: DataFile, read: ValidationSeries) -> dict[str, Any]:
    covers = f"{file.covers}. " if isinstance(file, FeedFile) else ""
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
        "note": f"{covers}{file.note}".strip(),
    }


def _of_texts(texts: pd.DataFrame, files: tuple[str, ...]) -> dict[str, Any]:
    return {
        "role": "texts", "name": "texts", "title": "Dated texts", "kind": "texts",
        "files": ", ".join(name.rpartition("/")[2] for name in files), "first": texts["time"].min(),
        "last": texts["time"].max(), "rows": len(texts), "step_hours": float("nan"), "gaps": 0, "repeated": 0,
        "blank": 0, "note": "",
    }  # fmt: skip
