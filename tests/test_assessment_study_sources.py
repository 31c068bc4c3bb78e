"""What a study's files hold, one row each."""

from cohort_support import ENGINE_WARNINGS
from study_support import study_data, without_feed

from cohortiv.assessment.study_sources import SOURCE_COLUMNS, source_table

pytestmark = ENGINE_WARNINGS


def test_single_events_have_no_step() -> None:
    """Bars have their length in hours, single events none."""
    made = source_table(study_data(0.0)).set_index("name")
    assert made.loc["prices", "step_hours"] == 12.0
    assert made["step_hours"].isna().tolist() == [False, True]


def test_what_a_feed_covers_is_told() -> None:
    """The note begins with whose closures are in it."""
    assert source_table(study_data(0.0)).set_index("name").loc["feed", "note"] == "Made up."


def test_columns_are_the_same_with_fewer_sources() -> None:
    """Without a feed there is one row, of prices."""
    made = source_table(without_feed())
    assert list(made.columns) == list(SOURCE_COLUMNS)
    assert made["role"].tolist() == ["prices"]
