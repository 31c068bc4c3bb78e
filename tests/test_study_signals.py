"""Signals of a pair: what is given is there, what is not is named, and weights come from the past."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from study_support import as_read, bars, solved, study_data

from cohortiv.config.study import DataFile
from cohortiv.config.validation import load_outcomes
from cohortiv.errors import DataError
from cohortiv.study.outcome_pairs import candidates, outcome_of
from cohortiv.study.signals import DIRECTIONS, TITLES, UNITS, Signals, bar_length, common_of, signals_of, whole_days
from cohortiv.validation.daily_sentiment import DailySentiment

pytestmark = ENGINE_WARNINGS


def signals(*, sentiment: DailySentiment | None = None, fear: bool = False) -> Signals:
    """Signals of the primary pair, without learned weights."""
    data = study_data(0.0)
    if fear:
        frame = pd.DataFrame({"fear_greed": 30.0}, index=bars().index[1::2])
        read = as_read("fear-greed", frame, step=pd.Timedelta(days=1))
        data = replace(data, comparators={"fear_greed": (DataFile(file="fear.csv"), read)})
    first = candidates([solved()], data, load_outcomes())[0]
    outcome = outcome_of(first, data, version="outcomes-1")
    common = common_of(data, sentiment, horizons_days=[7.0])
    return signals_of(solved(), outcome, data, common=common, weighted=None)


def test_what_is_not_given_is_named() -> None:
    """Signals without any value are exactly those that say why."""
    made = signals()
    empty = made.frame.columns[made.frame.isna().all()]
    assert set(empty) == set(made.missing)
    assert made.missing["implied"] == "no such data given"


def test_fear_is_a_hundred_less_greed() -> None:
    """An index of 30 is a fear of 70."""
    assert set(signals(fear=True).frame["fear"].dropna()) == {70.0}


def test_sentiment_enters_with_its_sign_turned() -> None:
    """A mean of -0.4 is a signal of 0.4, and older than two days it is not known."""
    day = pd.DatetimeIndex(["2024-03-01"])
    frame = pd.DataFrame({"mean": -0.4, "share_negative": 0.7, "texts": 12, "not_scored": 0, "repeated": 0}, index=day)
    found = signals(sentiment=DailySentiment(frame, 10, repeats_once=True)).frame["sentiment"].dropna()
    assert found.to_numpy() == pytest.approx(np.full(3, 0.4))
    assert found.index[-1] == pd.Timestamp("2024-03-03")


def test_sentiment_is_a_feature_beside_the_index() -> None:
    """Fitted on the past alone, so the first rows have no value; without texts it says why it is missing."""
    moments = pd.date_range("2023-12-01", "2026-12-31")
    mean = np.random.default_rng(2).normal(size=len(moments))
    frame = pd.DataFrame({"mean": mean, "share_negative": 0.5, "texts": 12, "not_scored": 0, "repeated": 0}, moments)
    found = signals(sentiment=DailySentiment(frame, 10, repeats_once=True)).frame["index_with_sentiment"]
    assert found.iloc[:30].isna().all()
    assert found.notna().any()
    assert signals().missing["index_with_sentiment"] == "no such data given"


def test_every_signal_has_a_title_a_unit_and_a_direction() -> None:
    """Readers are told what each is and why more is worse."""
    names = set(signals().frame.columns)
    assert names == set(TITLES) == set(UNITS) == set(DIRECTIONS)


def test_a_horizon_in_whole_days() -> None:
    """Models forecast a day at least."""
    assert [whole_days(each) for each in (0.25, 1.0, 7.0)] == [1, 1, 7]


def test_prices_that_are_no_bars_are_refused() -> None:
    """Volatility needs bars of one length."""
    data = study_data(0.0)
    with pytest.raises(DataError, match="holds no bars"):
        bar_length(replace(data, prices=replace(data.prices, step=None)))
