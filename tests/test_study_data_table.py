"""The table of what a study stands on."""

from dataclasses import replace

import numpy as np
import pandas as pd
from cohort_support import ENGINE_WARNINGS
from study_support import solved, study_data, without_feed

from cohortiv.assessment.study_data import Absent
from cohortiv.config.validation import load_events
from cohortiv.study.data_table import data_table, study_notes
from cohortiv.study.history import told_history

pytestmark = ENGINE_WARNINGS


def test_series_come_first() -> None:
    """One row a series, then the sources."""
    made = data_table(study_data(0.0), [told_history(solved(), load_events(), horizon_days=7.0)])
    assert made["role"].tolist() == ["index", "prices", "open interest", "liquidations"]
    assert made["rows"].iloc[0] == len(solved().frame)
    assert made["note"].iloc[0].startswith("All of it is made up. A model, not positions")


def test_snapshots_without_an_index_are_counted() -> None:
    """Three taken away are three blank ones."""
    whole = solved()
    frame = whole.frame.assign(iv_index=whole.frame["iv_index"].where(np.arange(len(whole.frame)) > 2))
    told = told_history(replace(whole, frame=frame), load_events(), horizon_days=7.0)
    assert data_table(study_data(0.0), [told])["blank"].iloc[0] == 3


def test_what_says_nothing_yet_is_told() -> None:
    """A source that begins later stands in the notes."""
    absent = Absent("comparator", "implied", "DVOL", "dvol.csv", "dvol.csv begins at 2026-01-01")
    assert study_notes(replace(without_feed(), absent=(absent,)))[-1].startswith("DVOL is not covered: dvol.csv begins")


def test_a_made_up_study_says_so() -> None:
    """The notes of the sample say that nothing in it is real."""
    assert "SYNTHETIC" in study_notes(replace(without_feed(), synthetic=True))[0]


def test_the_moment_that_ends_the_data_is_told() -> None:
    """Nothing later is in it, and the reader knows."""
    notes = study_notes(replace(without_feed(), until=pd.Timestamp("2026-02-23")))
    assert notes == ("Nothing that became known after 2026-02-23 00:00 UTC is in it",)
