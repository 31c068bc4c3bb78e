"""What a study's files hold, one row each."""

from dataclasses import replace

import pandas as pd
from cohort_support import ENGINE_WARNINGS
from study_support import study_data, without_feed

from cohortiv.assessment.study_data import Absent
from cohortiv.assessment.study_sources import SOURCE_COLUMNS, source_table

pytestmark = ENGINE_WARNINGS


def test_single_events_have_no_step() -> None:
    """Bars have their length in hours, single events none."""
    made = source_table(study_data(0.0)).set_index("name")
    assert made.loc["prices", "step_hours"] == 12.0
    assert made.loc["feed", ["step_hours"]].isna().all()
    assert made.loc["prices":"model", "step_hours"].notna().all()


def test_what_a_feed_covers_is_told() -> None:
    """The note begins with whose closures are in it."""
    told = source_table(study_data(0.0)).set_index("name").loc["feed", "note"]
    assert told == "Made up. A row is a moment, with all its liquidations added up"


def test_columns_are_the_same_with_fewer_sources() -> None:
    """Without a feed there are prices, and the open interest of the reconstruction."""
    made = source_table(without_feed())
    assert list(made.columns) == list(SOURCE_COLUMNS)
    assert made["role"].tolist() == ["prices", "open interest"]


def test_a_source_that_begins_later_is_not_covered() -> None:
    """It has a row with its reason and no span."""
    absent = Absent("liquidations", "later", "Later", "later.csv", "later.csv begins at 2031-01-01")
    row = source_table(replace(without_feed(), absent=(absent,))).iloc[-1]
    assert (row["rows"], row["note"]) == (0, "Not covered: later.csv begins at 2031-01-01")
    assert pd.isna(row["first"])


def test_liquidations_that_are_alike_are_told() -> None:
    """They are counted, and the note says how many there are."""
    data = study_data(0.0)
    file, read = data.feeds[0]
    made = source_table(replace(data, feeds=((file, replace(read, repeated=5)),))).set_index("name")
    assert made.loc["feed", "repeated"] == 5
    assert "5 of its liquidations repeat another" in str(made.loc["feed", "note"])


def test_blank_and_repeated_texts_are_counted() -> None:
    """One of three texts says nothing, two are the same."""
    texts = pd.DataFrame({"time": pd.Timestamp("2026-02-01"), "text": ["same", "same", ""]})
    row = source_table(replace(without_feed(), texts=texts)).iloc[-1]
    assert (row["blank"], row["repeated"]) == (1, 1)
