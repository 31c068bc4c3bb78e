"""Language of a text: Chinese by its script, everything else by a model that knows 97 languages."""

import functools
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UNKNOWN: Final = "und"
"""Code of a text whose language cannot be told (ISO 639-2, undetermined)."""

#: Share of Han characters among the letters from which a text is Chinese; one of them says about what two to four
#: Latin letters say, and tickers and product names stay Latin.
LEAST_HAN: Final = 0.2
#: Share of kana and Hangul above which Han characters are Japanese or Korean.
MOST_OTHER: Final = 0.1
#: Probability below which the model's word is not taken.
LEAST_PROBABILITY: Final = 0.2

_HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA_OR_HANGUL: Final = re.compile("[\u3040-\u30ff\u1100-\u11ff\uac00-\ud7af]")
#: Addresses, names of users and tickers have no language.
_NAMES: Final = re.compile(r"https?://\S+|www\.\S+|[@$]\w+")


def text_language(text: str) -> str:
    """The language of one text.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Code of two letters such as en or zh (Chinese, simplified or traditional); `UNKNOWN` for a text without
        letters, and for one whose language the model gives a probability under `LEAST_PROBABILITY`.

    Notes
    -----
    Chinese where Han characters are at least `LEAST_HAN` of the letters and kana and Hangul at most `MOST_OTHER`;
    a Japanese text written in Han characters alone counts as Chinese. A few words are little to go by: short slang is
    often unknown, and then it is not scored.

    References
    ----------
    Lui and Baldwin (2012), langid.py, https://aclanthology.org/P12-3005/; Python package py3langid.
    """
    words = _NAMES.sub(" ", text)
    letters = sum(character.isalpha() for character in words)
    if not letters:
        return UNKNOWN
    other = len(_KANA_OR_HANGUL.findall(words)) / letters
    if len(_HAN.findall(words)) / letters >= LEAST_HAN and other <= MOST_OTHER:
        return "zh"
    language, probability = _identifier().classify(words)
    return str(language) if probability >= LEAST_PROBABILITY else UNKNOWN


@functools.cache
def _identifier() -> "LanguageIdentifier":
    """The model, read once; half a second of work."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - only texts need it

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
