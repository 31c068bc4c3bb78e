"""Daily sentiment: means by day, known at its end, silent where there are few texts, copies counted once."""

import numpy as np
import pandas as pd
import pytest

from cohortiv.validation.daily_sentiment import daily_sentiment
from cohortiv.validation.known import known_at
from cohortiv.validation.sentiment import ScoredTexts

MIDNIGHT = pd.Timestamp("2026-02-19")


def scored(*rows: tuple[str, str, float], weight: float = 1.0) -> ScoredTexts:
    """Texts of these times, words and scores; NaN is not scored."""
    frame = pd.DataFrame(list(rows), columns=["time", "text", "score"])
    frame = frame.assign(time=pd.to_datetime(frame["time"]), weight=weight)
    return ScoredTexts(frame.assign(why=np.where(frame["score"].isna(), "no text", "")), {})


def random_texts(rng: np.random.Generator) -> pd.DataFrame:
    """Two weeks of texts, some of them repeated."""
    when = pd.Timestamp("2026-02-01") + pd.to_timedelta(rng.uniform(0, 14 * 86_400, 300), unit="s")
    frame = pd.DataFrame({"time": when, "text": rng.integers(0, 40, 300).astype("str"),
                          "score": rng.uniform(-1, 1, 300), "weight": rng.uniform(0.5, 2, 300), "why": ""})  # fmt: skip
    return frame.sort_values("time", ignore_index=True)


def test_a_day_has_the_mean_of_its_texts() -> None:
    """Three texts of 1, -0.5 and 0: mean 1/6, a third negative, one not scored."""
    texts = scored(("2026-02-18T00:00", "a", 1.0), ("2026-02-18T12:00", "b", -0.5), ("2026-02-18T13:00", "c", 0.0),
                   ("2026-02-18T14:00", "", np.nan))  # fmt: skip
    row = daily_sentiment(texts, least_texts=3).frame.loc[MIDNIGHT]
    assert row["mean"] == pytest.approx(1 / 6)
    assert row["share_negative"] == pytest.approx(1 / 3)
    assert (row["texts"], row["not_scored"], row["repeated"]) == (3, 1, 0)


def test_heavier_texts_count_more() -> None:
    """Weights 3 and 1 on 1 and -1 give 0.5, and a quarter of the weight is negative."""
    texts = scored(("2026-02-18T01:00", "a", 1.0), ("2026-02-18T02:00", "b", -1.0))
    texts.frame["weight"] = [3.0, 1.0]
    row = daily_sentiment(texts, least_texts=1).frame.loc[MIDNIGHT]
    assert (row["mean"], row["share_negative"]) == (0.5, 0.25)


def test_a_day_is_known_when_it_is_over() -> None:
    """A text of the last second counts at midnight, one of midnight a day later."""
    texts = scored(("2026-02-18T23:59:59", "a", 1.0), ("2026-02-19T00:00:00", "b", -1.0))
    daily = daily_sentiment(texts, least_texts=1)
    assert daily.frame["mean"].to_dict() == {MIDNIGHT: 1.0, MIDNIGHT + pd.Timedelta(days=1): -1.0}


def test_a_value_rests_on_what_was_known_before() -> None:
    """Every text from a time on is changed, and the values up to that time are the same."""
    texts = random_texts(np.random.default_rng(5))
    late = texts["time"] >= pd.Timestamp("2026-02-08")
    changed = texts.assign(score=texts["score"].mask(late, -1.0), text=texts["text"].mask(late, "same"),
                           weight=texts["weight"].mask(late, 9.0), why=texts["why"].mask(late, "no text"))  # fmt: skip
    before = daily_sentiment(ScoredTexts(texts, {}), least_texts=5).frame[:"2026-02-08"]
    after = daily_sentiment(ScoredTexts(changed, {}), least_texts=5).frame[:"2026-02-08"]
    pd.testing.assert_frame_equal(before, after)
    assert len(before) == 7
    assert before["mean"].notna().all()


def test_a_day_with_few_texts_has_no_score() -> None:
    """Its texts are counted all the same."""
    daily = daily_sentiment(scored(("2026-02-18T01:00", "a", 1.0), ("2026-02-18T02:00", "b", 1.0)), least_texts=3)
    assert daily.frame["mean"].isna().all()
    assert daily.frame["share_negative"].isna().all()
    assert daily.frame["texts"].tolist() == [2]


def test_days_without_texts_stand_in_the_series() -> None:
    """A gap is NaN with a count of 0, and nothing is carried forward."""
    daily = daily_sentiment(scored(("2026-02-15T01:00", "a", 1.0), ("2026-02-18T01:00", "b", 1.0)), least_texts=1)
    assert daily.frame["mean"].isna().tolist() == [False, True, True, False]
    assert daily.frame["texts"].tolist() == [1, 0, 0, 1]


def test_a_text_that_a_day_repeats_counts_once() -> None:
    """Capitals and spaces make no difference; the heaviest copy stays; another day is another text."""
    texts = scored(("2026-02-18T01:00", "Buy  now", 1.0), ("2026-02-18T02:00", "BUY NOW", 1.0),
                   ("2026-02-18T03:00", "sell", -1.0), ("2026-02-19T01:00", "buy now", 1.0))  # fmt: skip
    texts.frame["weight"] = [1.0, 3.0, 1.0, 1.0]
    frame = daily_sentiment(texts, least_texts=1).frame
    assert frame["mean"].tolist() == [0.5, 1.0]
    assert frame["repeated"].tolist() == [1, 0]


def test_repeats_may_count_each() -> None:
    """Who thinks that copies are voices says so."""
    texts = scored(
        ("2026-02-18T01:00", "buy", 1.0), ("2026-02-18T02:00", "buy", 1.0), ("2026-02-18T03:00", "sell", -1.0)
    )
    row = daily_sentiment(texts, least_texts=1, repeats_once=False).frame.loc[MIDNIGHT]
    assert row["mean"] == pytest.approx(1 / 3)
    assert (row["texts"], row["repeated"]) == (3, 0)


def test_empty_texts_are_not_copies_of_each_other() -> None:
    """Each is counted as not scored."""
    frame = daily_sentiment(scored(("2026-02-18T01:00", "", np.nan), ("2026-02-18T02:00", " ", np.nan))).frame
    assert frame[["not_scored", "repeated"]].to_numpy().tolist() == [[2, 0]]


def test_the_order_of_the_rows_changes_nothing() -> None:
    """Shuffled texts give the same days."""
    texts = random_texts(np.random.default_rng(6))
    shuffled = texts.sample(frac=1.0, random_state=1).reset_index(drop=True)
    pd.testing.assert_frame_equal(
        daily_sentiment(ScoredTexts(texts, {})).frame, daily_sentiment(ScoredTexts(shuffled, {})).frame
    )


def test_the_series_rises_with_danger() -> None:
    """Bad texts raise both of its columns."""
    texts = scored(("2026-02-17T01:00", "a", 1.0), ("2026-02-18T01:00", "b", -1.0))
    series = daily_sentiment(texts, least_texts=1).series
    assert series["negative_sentiment"].tolist() == [-1.0, 1.0]
    assert series["negative_share"].tolist() == [0.0, 1.0]


def test_the_series_is_read_as_known_at_a_time() -> None:
    """Noon sees the day before; a value older than allowed is not carried on."""
    texts = scored(("2026-02-17T01:00", "a", -1.0), ("2026-02-19T01:00", "b", 1.0))
    series = daily_sentiment(texts, least_texts=1).series["negative_sentiment"]
    noons = pd.date_range("2026-02-17T12:00", periods=4, freq="D")
    seen = known_at(series, noons, oldest=pd.Timedelta(days=1))
    assert seen["value"].fillna(9.0).tolist() == [9.0, 1.0, 9.0, -1.0]


def test_no_texts_give_no_days() -> None:
    """The frame has its columns and no rows."""
    daily = daily_sentiment(scored())
    assert daily.frame.empty
    assert list(daily.frame.columns) == ["mean", "share_negative", "texts", "not_scored", "repeated"]
    assert daily.series.index.dtype.kind == "M"


def test_a_day_needs_at_least_one_text() -> None:
    """A smaller number is refused."""
    with pytest.raises(ValueError, match="got least_texts 0"):
        daily_sentiment(scored(), least_texts=0)
