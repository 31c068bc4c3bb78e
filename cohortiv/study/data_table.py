"""What a study stands on: its index series and its sources in one table, and what a reader must know of the whole."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from cohortiv.assessment.study_data import StudyData
from cohortiv.assessment.study_sources import SOURCE_COLUMNS, source_table
from cohortiv.study.result import IndexHistory


def data_table(data: StudyData, histories: Sequence[IndexHistory]) -> pd.DataFrame:
    """One row a source, index series first.

    Parameters
    ----------
    data : StudyData
    histories : sequence of IndexHistory
        In the order of the study file.

    Returns
    -------
    DataFrame
        As `Study.data`.
    """
    rows = [_of_index(each, given.files) for each, given in zip(histories, data.index, strict=True)]
    return pd.concat([pd.DataFrame(rows, columns=list(SOURCE_COLUMNS)), source_table(data)], ignore_index=True)


def study_notes(data: StudyData) -> tuple[str, ...]:
    """Sentences that hold for the study as a whole."""
    notes = []
    if data.synthetic:
        notes.append(
            "Positions, prices and liquidations are SYNTHETIC: made-up accounts trade along made-up prices, and what "
            "they lose by force is the outcome. The study shows what a study looks like; it says nothing of any market"
        )
    elif not data.study.liquidations:
        notes.append("No feed of liquidations is given: the outcome is what prices touched of the profile's own lines")
    if data.until is not None:
        notes.append(f"Nothing that became known after {data.until:%Y-%m-%d %H:%M} UTC is in it")
    notes += [f"{each.title} is not covered: {each.why}" for each in data.absent]
    return tuple(notes)


def _of_index(history: IndexHistory, files: tuple[str, ...]) -> dict[str, Any]:
    times = history.frame.index
    return {
        "role": "index", "name": history.name, "title": history.title, "kind": history.basis,
        "files": ", ".join(files), "first": times[0], "last": times[-1], "rows": len(times),
        "step_hours": history.step_hours, "gaps": history.gaps, "repeated": 0,
        "blank": int(history.frame["iv_index"].isna().sum()),
        "note": ". ".join(history.notes),
    }  # fmt: skip
