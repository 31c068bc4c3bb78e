"""Sentiment: a score in each language, reasons where there is none, and scorers of the user's own."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from cohortiv.errors import DataError, UsageError
from cohortiv.validation.sentiment import (
    Scorer,
    chinese_scorer,
    english_scorer,
    house_scorers,
    score_texts,
    scorers_with,
)

BAD = "BTC is crashing, this is a terrible and horrible day for all of us"
GOOD = "What a great and wonderful rally, I love this market"


def texts(*words: str, language: str = "") -> pd.DataFrame:
    """A frame of these texts."""
    return pd.DataFrame({"text": pd.Series(words, dtype="str"), "language": language})


def constant(value: float) -> Scorer:
    """A scorer that says the same of every text."""
    return Scorer("constant", lambda given: [value] * len(given))


@pytest.mark.parametrize(
    ("text", "compound"),
    [
        ("VADER is smart, handsome, and funny.", 0.8316),
        ("VADER is smart, handsome, and funny!", 0.8439),
        ("VADER is not smart, handsome, nor funny.", -0.7424),
        ("Today SUX!", -0.5461),
        ("Not bad at all", 0.431),
    ],
)
def test_english_scores_are_those_that_vader_publishes(text: str, compound: float) -> None:
    """Examples of its own documentation: emphasis, negation and slang."""
    assert list(english_scorer().score([text])) == [compound]


def test_an_emoji_changes_an_english_score() -> None:
    """VADER reads emoji by their description."""
    plain, smiling = english_scorer().score(["the market today", "the market today 😀"])
    assert smiling > plain == 0.0


def test_chinese_scores_follow_the_words() -> None:
    """A crash is bad, a rise good, and a negated rise bad."""
    assert list(chinese_scorer().score(["暴跌", "大涨", "不涨"])) == [-1.0, 1.0, -1.0]


def test_each_language_has_its_scorer() -> None:
    """English and Chinese texts are scored without a word about their language."""
    scored = score_texts(texts(BAD, GOOD, "比特币暴跌", "大涨"))
    assert np.sign(scored.frame["score"]).tolist() == [-1.0, 1.0, -1.0, 1.0]
    assert scored.frame["language"].tolist() == ["en", "en", "zh", "zh"]
    assert set(scored.scorers) == set(house_scorers())


def test_what_is_not_scored_has_its_reason() -> None:
    """Empty text, emoji alone and other languages are not scored, and counted by reason."""
    scored = score_texts(texts("", "🚀🚀", "Der Markt fällt immer weiter", "Ich habe alles verloren", GOOD))
    assert scored.frame["score"].notna().tolist() == [False, False, False, False, True]
    assert scored.counts.to_dict("records") == [
        {"language": "de", "why": "no scorer for de", "texts": 2},
        {"language": "en", "why": "", "texts": 1},
        {"language": "und", "why": "language not known", "texts": 1},
        {"language": "und", "why": "no text", "texts": 1},
    ]


@pytest.mark.parametrize("stated", ["zh", "zh-cn", "zh_TW", "ZH-hant"])
def test_a_stated_language_wins(stated: str) -> None:
    """An English text that its source calls Chinese is read as Chinese; regions make no difference."""
    scored = score_texts(texts(BAD, language=stated))
    assert scored.frame[["language", "score"]].iloc[0].tolist() == ["zh", 0.0]


@pytest.mark.parametrize("stated", ["und", "zxx", "mul"])
def test_a_source_that_does_not_know_is_not_believed(stated: str) -> None:
    """Codes for an unknown language are looked into."""
    assert score_texts(texts(BAD, language=stated)).frame["language"].tolist() == ["en"]


def test_no_texts_give_no_rows() -> None:
    """An empty frame is scored to an empty frame."""
    scored = score_texts(texts())
    assert scored.frame.empty
    assert scored.counts.empty


def test_the_input_is_not_changed() -> None:
    """Scores stand in a new frame."""
    given = texts(BAD)
    score_texts(given)
    assert list(given.columns) == ["text", "language"]


def test_later_texts_change_nothing() -> None:
    """A text's score rests on the text alone."""
    first = score_texts(texts(BAD, GOOD)).frame["score"]
    assert_array_equal(score_texts(texts(BAD, GOOD, "暴跌", "", BAD)).frame["score"][:2], first)


def test_equal_texts_are_scored_once() -> None:
    """A slow model sees each text once."""
    seen: list[str] = []

    def watch(given: Sequence[str]) -> list[float]:
        seen.extend(given)
        return [0.5] * len(given)

    scored = score_texts(texts("a", "b", "a", language="xx"), {"xx": Scorer("watch", watch)})
    assert seen == ["a", "b"]
    assert scored.frame["score"].tolist() == [0.5] * 3


def test_a_scorer_may_have_no_opinion() -> None:
    """NaN is not scored, and says whose fault it is."""
    scored = score_texts(texts("a", language="xx"), {"xx": constant(float("nan"))})
    assert scored.frame["why"].tolist() == ["the scorer gave none"]


@pytest.mark.parametrize(
    ("score", "said"),
    [(lambda _: [2.0], r"score\(s\) such as 2\.0"), (lambda _: [0.1, 0.2], r"shape \(2,\) for 1 text")],
)
def test_scores_out_of_range_or_number_are_refused(score: Any, said: str) -> None:  # noqa: ANN401 - a lambda
    """A scorer gives one number between -1 and 1 for each text."""
    with pytest.raises(DataError, match=said):
        score_texts(texts("a", language="xx"), {"xx": Scorer("own", score)})


@pytest.fixture
def offers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An installed package, name and version, that offers scorers of which one works."""
    (tmp_path / "own_tone.py").write_text(
        "PI = 3\ndef score(texts):\n    return [0.5 for _ in texts]\n", encoding="utf-8"
    )
    told = tmp_path / "own_tone-2.1.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: own-tone\nVersion: 2.1\n", encoding="utf-8")
    lines = "[cohortiv.scorers]\nmine = own_tone:score\nnumber = own_tone:PI\ngone = own_tone:no_such_name\n"
    (told / "entry_points.txt").write_text(lines, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    return "own-tone 2.1"


def test_a_scorer_of_an_installed_package_serves_its_language(offers: str) -> None:
    """It wins over the house's, and its package and version stand beside it."""
    scorers = scorers_with({"zh": "mine"})
    scored = score_texts(texts("\u4e0b\u8dcc", "Terrible losses.", language="zh"), scorers)
    assert scored.frame["score"].tolist() == [0.5, 0.5]
    assert scored.scorers["zh"] == f"mine of {offers}"
    assert scorers["en"] is house_scorers()["en"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("os:system", "offer gone, mine, number"), ("number", "is 3; allowed is a function"), ("gone", "no_such_name")],
)
@pytest.mark.usefixtures("offers")
def test_what_no_package_offers_as_a_function_is_bad_usage(name: str, said: str) -> None:
    """Code is never named by the file itself."""
    with pytest.raises(UsageError, match=said):
        scorers_with({"zh": name})
