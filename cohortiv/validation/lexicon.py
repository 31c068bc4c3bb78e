"""Chinese words with a sign: a published financial list, and the tone of a text by the words in it."""

import functools
import pickle
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pandas as pd

from cohortiv.errors import DataError

CITATION: Final = (
    "Yao, Feng, Wang, Ji and Zhang (2021), Journal of Management Sciences in China 24(5), 26-46, as cntext holds it"
)
_PACKAGE: Final = "cntext"
_FILE: Final = "ChineseFinancialFormalUnformalSentiment"
#: How the names of the list's groups end: good and bad words.
_SIGNS: Final = {"肯定情绪": 1.0, "否定情绪": -1.0}

#: A word right behind one of these means the opposite.
NEGATIONS: Final = frozenset("不没沒未别別无無非勿")
_SPACE: Final = re.compile(r"\s+")


@dataclass(frozen=True)
class Lexicon:
    """Words with a sign.

    Attributes
    ----------
    words : mapping of str to float
        Word -> sign, from -1 (bad) to 1 (good) [1].
    longest : int
        Characters of the longest word.
    source : str
        Where the words come from.
    """

    words: Mapping[str, float]
    longest: int
    source: str


@functools.cache
def chinese_financial_lexicon() -> Lexicon:
    """The financial word list of Yao and others, as the package `cntext` holds it: 1.9 declares no dependencies.

    Returns
    -------
    Lexicon
        5,916 words of annual reports and stock forums; a word in groups of both signs would count 0.

    Raises
    ------
    DataError
        If the installed package holds no such list, or more than plain words.

    Notes
    -----
    Only the file is read: the package is never imported, and the reader refuses whatever is no plain list of words.
    The words are simplified Chinese.

    References
    ----------
    Yao Jiaquan, Feng Xu, Wang Zanjun, Ji Rongrong, Zhang Wei (2021), "Tone, sentiment and market impacts: the
    construction of Chinese sentiment dictionary in finance", Journal of Management Sciences in China 24(5), 26-46.
    """
    held = distribution(_PACKAGE)
    file = Path(str(held.locate_file(f"{_PACKAGE}/files/{_FILE}.pkl")))
    try:
        with file.open("rb") as stream:
            groups = _PlainUnpickler(stream).load()[_FILE]
        marked = [(word, _SIGNS[group[-4:]]) for group, words in groups.items() for word in words if word]
    except (OSError, pickle.UnpicklingError, AttributeError, KeyError, TypeError) as error:
        raise DataError(
            f"{_PACKAGE} {held.version} holds no word list that can be read ({error}); allowed is one that the "
            "requirements of this package name. Install them again."
        ) from error
    signs = pd.DataFrame(marked, columns=["word", "sign"]).drop_duplicates().groupby("word")["sign"].sum()
    words = MappingProxyType({str(word): float(sign) for word, sign in signs.items()})
    return Lexicon(words, max(map(len, words)), f"{CITATION} ({held.version})")


def tone(text: str, lexicon: Lexicon) -> float:
    """Mean sign of the words of a text that a lexicon holds.

    Parameters
    ----------
    text : str
        Chinese; spaces in it are taken out, so that texts already split into words read the same.
    lexicon : Lexicon

    Returns
    -------
    float
        Between -1 and 1 [1]; 0 where no word is held, and for empty text.

    Notes
    -----
    From the left, the longest word that the lexicon holds counts, with its sign turned where the character before it
    is one of `NEGATIONS`; then reading goes on behind it. A negation farther away is not seen.
    """
    joined = _SPACE.sub("", text)
    place, found, total = 0, 0, 0.0
    while place < len(joined):
        word = _longest(joined, place, lexicon)
        if word:
            turned = place > 0 and joined[place - 1] in NEGATIONS
            total += -lexicon.words[word] if turned else lexicon.words[word]
            found += 1
        place += len(word) or 1
    return total / found if found else 0.0


def _longest(text: str, place: int, lexicon: Lexicon) -> str:
    """Longest word of the lexicon that begins at a place; empty where none does."""
    pieces = (text[place : place + length] for length in range(min(lexicon.longest, len(text) - place), 0, -1))
    return next((piece for piece in pieces if piece in lexicon.words), "")


class _PlainUnpickler(pickle.Unpickler):  # noqa: S301 - it makes nothing but plain lists, dicts and texts
    """Reads plain containers of words, and refuses to make anything else."""

    def find_class(self, module: str, name: str) -> object:
        """Refuse every class and function that a file names."""
        raise pickle.UnpicklingError(f"it names {module}.{name}")
