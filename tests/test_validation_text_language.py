"""Language of a text: script first, then a model, and no guess where there is little to go by."""

import pytest

from cohortiv.validation.text_language import UNKNOWN, text_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Bitcoin falls below 60k as leverage is flushed out", "en"),
        ("this is bad, sell everything now", "en"),
        ("Le bitcoin chute fortement ce matin", "fr"),
        ("Ich habe alles verloren", "de"),
        ("Биткоин падает", "ru"),
        ("比特币暴跌，多头爆仓", "zh"),
        ("ビットコインが暴落した", "ja"),
        ("비트코인 폭락", "ko"),
    ],
)
def test_plain_sentences_are_told_apart(text: str, language: str) -> None:
    """Alphabets, Han characters with and without kana, and languages of one alphabet."""
    assert text_language(text) == language


@pytest.mark.parametrize("text", ["BTC暴跌", "今天 Binance 宕机", "漲破新高"])
def test_chinese_with_latin_names_is_chinese(text: str) -> None:
    """A Han character says as much as several letters; simplified and traditional count alike."""
    assert text_language(text) == "zh"


@pytest.mark.parametrize("text", ["", "   ", "🚀🚀🚀", "60000 !!!", "https://example.com/fall @somebody $BTC"])
def test_a_text_without_words_has_no_language(text: str) -> None:
    """Emoji, numbers, addresses, users and tickers tell no language."""
    assert text_language(text) == UNKNOWN


def test_slang_that_the_model_is_unsure_of_has_no_language() -> None:
    """A guess under the least probability is not taken."""
    assert text_language("rekt") == UNKNOWN


def test_names_of_users_do_not_count_as_words() -> None:
    """A long handle does not turn a Chinese text into an English one."""
    assert text_language("@the_quick_brown_fox_jumps_over_the_lazy_dog 暴跌") == "zh"
