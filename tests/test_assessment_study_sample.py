"""The study without files: the made-up sample."""

import pytest
from cohort_support import ENGINE_WARNINGS

from cohortiv.assessment.study_data import StudyData
from cohortiv.assessment.study_sample import SAMPLE_STUDY, sample_study_data
from cohortiv.sources.sample import LAST_SNAPSHOT

pytestmark = ENGINE_WARNINGS


@pytest.fixture(scope="module")
def data() -> StudyData:
    """The sample, read."""
    return sample_study_data(say=lambda _line: None)


def test_it_says_that_it_is_made_up(data: StudyData) -> None:
    """Label, title and note say so."""
    assert data.synthetic
    assert "SYNTHETIC" in SAMPLE_STUDY.title
    assert "made up" in SAMPLE_STUDY.index[0].note


def test_prices_are_those_of_the_positions(data: StudyData) -> None:
    """The last close is the mark of the last snapshot."""
    profile = data.index[0].profile
    assert profile is not None
    cells = profile.cells[profile.cells["symbol"] == "BTC"]
    last = cells[cells["as_of"] == LAST_SNAPSHOT.replace(tzinfo=None)]
    assert set(last["mark_low"].dropna()) == {data.prices.frame["close"].iloc[-1]}


def test_no_liquidations_are_made_up(data: StudyData) -> None:
    """The profile's own lines are the outcome."""
    assert data.feeds == ()
    assert SAMPLE_STUDY.primary.feed == "own-lines"
