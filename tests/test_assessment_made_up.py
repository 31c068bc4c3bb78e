"""Made-up positions read like any others."""

from cohort_support import ENGINE_WARNINGS, book

from cohortiv.assessment import Settings
from cohortiv.assessment.made_up import read_made_up

pytestmark = ENGINE_WARNINGS


def test_made_up_positions_are_labelled_and_named() -> None:
    """The reading says that they are synthetic, and bears the cohort's name."""
    reading = read_made_up(book(40), Settings(), name="tale", title="A tale", say=lambda _: None)
    assert reading.synthetic
    assert (reading.cohort.name, reading.cohort.title, reading.sources) == ("tale", "A tale", ("tale.parquet",))
    assert reading.profile.used["positions"].sum() == 40


def test_a_reading_for_publication_finds_what_may_be_disclosed() -> None:
    """As for positions from a file."""
    reading = read_made_up(book(120), Settings(), name="tale", title="A tale", for_report=True, say=lambda _: None)
    assert reading.disclosed is not None
