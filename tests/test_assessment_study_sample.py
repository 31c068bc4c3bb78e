"""The study without files: the made-up sample."""

import pandas as pd
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


def test_liquidations_are_those_of_the_made_up_accounts(data: StudyData) -> None:
    """The feed says whose they are, holds both sides, and loses most on days of large moves."""
    ((file, read),) = data.feeds
    assert "Made-up accounts" in file.covers
    assert read.frame["amount_usd"].to_numpy() == pytest.approx(
        (read.frame["long_usd"] + read.frame["short_usd"]).to_numpy()
    )
    moves = data.prices.frame["close"].pct_change().abs().reindex(read.frame.index)
    assert read.frame["amount_usd"].corr(moves, method="spearman") > 0.3


def test_longs_are_closed_in_falls(data: StudyData) -> None:
    """The half day of the largest fall closes longs and hardly a short."""
    moves = data.prices.frame["close"].pct_change().reindex(data.feeds[0][1].frame.index)
    row = data.feeds[0][1].frame[moves == moves.min()]
    assert row["long_usd"].sum() > 10 * row["short_usd"].sum()


def test_dated_events_are_made_up_too(data: StudyData) -> None:
    """Real days would say nothing of made-up prices: these are its largest falls, a month apart."""
    assert data.events is not None
    days = pd.DatetimeIndex([event.date for event in data.events.events])
    assert all(event.name.startswith("SYNTHETIC") for event in data.events.events)
    assert (days.to_series().diff().dropna() >= pd.Timedelta(days=30)).all()
