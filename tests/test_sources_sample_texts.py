"""Made-up remarks of the sample."""

import numpy as np
import pandas as pd
import pytest

from cohortiv.sources.sample_texts import A_DAY, sample_texts
from cohortiv.sources.texts import FIELDS
from cohortiv.validation.daily_sentiment import DAY, daily_sentiment
from cohortiv.validation.sentiment import score_texts
from cohortiv.validation.text_language import text_language

DAYS = 400


@pytest.fixture(scope="module")
def close() -> "pd.Series[float]":
    """A made-up walk by half days."""
    steps = np.random.default_rng(3).standard_normal(2 * DAYS + 1) * 0.03
    times = pd.date_range("2025-01-01", periods=2 * DAYS + 1, freq="12h", unit="us")
    return pd.Series(100.0 * np.exp(np.cumsum(steps)), index=times)


@pytest.fixture(scope="module")
def texts(close: "pd.Series[float]") -> pd.DataFrame:
    """Remarks on it."""
    return sample_texts(close, symbol="BTC", seed=1)


def test_texts_have_the_columns_of_a_file_of_texts(texts: pd.DataFrame) -> None:
    """In the order of their times, and so many a day."""
    assert texts.columns.tolist() == [field.name for field in FIELDS]
    assert texts["time"].is_monotonic_increasing
    assert (texts.groupby(texts["time"].dt.floor("D")).size() == A_DAY).all()


def test_no_text_is_later_than_the_prices(texts: pd.DataFrame, close: "pd.Series[float]") -> None:
    """The day that begins with the last price has none."""
    assert texts["time"].max() < close.index[-1]
    assert texts["time"].dt.floor("D").nunique() == DAYS


def test_every_text_is_named_as_made_up(texts: pd.DataFrame) -> None:
    """In its own language, and in its source."""
    assert texts["text"].str.contains("made-up|示例", regex=True).all()
    assert texts["source"].str.contains("SYNTHETIC").all()


def test_both_languages_are_told_by_their_words(texts: pd.DataFrame) -> None:
    """The stated language is the one that Han characters give."""
    assert set(texts["language"]) == {"en", "zh"}
    chinese = texts[texts["language"] == "zh"].drop_duplicates("text")
    assert all(text_language(text) == "zh" for text in chinese["text"])


def test_the_scorers_hear_the_mood(texts: pd.DataFrame) -> None:
    """Every remark has an opinion, good or bad."""
    scored = score_texts(texts).frame
    assert scored["score"].notna().all()
    assert (scored["score"] != 0.0).all()


def test_mood_follows_the_price_before_the_day(texts: pd.DataFrame, close: "pd.Series[float]") -> None:
    """And knows nothing of the day after."""
    mean = daily_sentiment(score_texts(texts)).frame["mean"]
    times = pd.DatetimeIndex(close.index)
    daily = close.loc[times[times.normalize() == times]]
    begun = pd.DatetimeIndex(mean.index) - DAY
    past = (daily / daily.shift(3)).reindex(begun).to_numpy()
    ahead = (daily.shift(-3) / daily).reindex(mean.index).to_numpy()
    known = mean.notna().to_numpy() & np.isfinite(past) & np.isfinite(ahead)
    assert np.corrcoef(mean.to_numpy()[known], past[known])[0, 1] > 0.5
    assert abs(np.corrcoef(mean.to_numpy()[known], ahead[known])[0, 1]) < 0.2
