"""Sentiment of texts: each scored by the scorer of its language, and what was not scored counted by its reason."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points, version
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.errors import DataError, UsageError
from cohortiv.validation.lexicon import chinese_financial_lexicon, tone
from cohortiv.validation.text_language import UNKNOWN, text_language
from cohortiv.volatility import FloatArray

ScoreTexts = Callable[[Sequence[str]], Sequence[float] | FloatArray]
"""Texts to a score each, from -1 (bad) to 1 (good); NaN where the scorer has no opinion."""

OWN_SCORERS: Final = "cohortiv.scorers"
"""Group of entry points under which a package offers a scorer of its own."""

SCORED: Final = ""
NO_TEXT: Final = "no text"
NO_LANGUAGE: Final = "language not known"
NO_SCORER: Final = "no scorer for"
NO_OPINION: Final = "the scorer gave none"

#: Codes with which exports say that they don't know (ISO 639-2: undetermined, several, no words, not coded).
_UNTOLD: Final = frozenset({"", UNKNOWN, "mul", "zxx", "mis"})


@dataclass(frozen=True)
class Scorer:
    """What scores the texts of one language.

    Attributes
    ----------
    name : str
        For tables and reports, with its version or source.
    score : callable
        Texts to scores between -1 (bad) and 1 (good); see `ScoreTexts`.
    """

    name: str
    score: ScoreTexts


@dataclass(frozen=True, eq=False)
class ScoredTexts:
    """Texts with their scores.

    Attributes
    ----------
    frame : DataFrame
        The texts' columns; language, the stated one or else the one found; score, from -1 (bad) to 1 (good), 0 neutral
        [1], NaN where not scored; why, the reason why not, else empty.
    scorers : mapping of str to str
        Language -> name of its scorer.
    """

    frame: pd.DataFrame
    scorers: Mapping[str, str]

    @property
    def counts(self) -> pd.DataFrame:
        """Texts by language and reason: language, why (empty: scored), texts; most first."""
        counted = self.frame.groupby(["language", "why"], as_index=False).size().rename(columns={"size": "texts"})
        return counted.sort_values(["texts", "language", "why"], ascending=[False, True, True], ignore_index=True)


def english_scorer() -> Scorer:
    """VADER: words, emoji and marks of social media with a rated strength, and rules for negation and emphasis.

    Returns
    -------
    Scorer
        The compound score. Words of this field are mostly unknown to it: "liquidated" and a rocket both count 0.

    References
    ----------
    Hutto and Gilbert (2014), https://doi.org/10.1609/icwsm.v8i1.14550; Python package vaderSentiment.
    """
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # noqa: PLC0415 - only English texts need it

    judge = SentimentIntensityAnalyzer()
    return Scorer(
        f"VADER {version('vaderSentiment')}", lambda texts: [judge.polarity_scores(text)["compound"] for text in texts]
    )


def chinese_scorer() -> Scorer:
    """Mean sign of the financial words of Yao and others (2021); see `lexicon.tone`.

    Returns
    -------
    Scorer
    """
    lexicon = chinese_financial_lexicon()
    return Scorer(lexicon.source, lambda texts: [tone(text, lexicon) for text in texts])


def scorers_with(own: Mapping[str, str]) -> Mapping[str, Scorer]:
    """The house's scorers, and those that the user's own packages offer, which win.

    Parameters
    ----------
    own : mapping of str to str
        Language -> name of an entry point of `OWN_SCORERS`. It gives a function of a list of texts, see `ScoreTexts`.
        Only what an installed package offers under that group is ever loaded: a file can't name code.

    Returns
    -------
    mapping of str to Scorer

    Raises
    ------
    UsageError
        If no installed package offers it, or if it cannot be loaded or is no function.
    """
    return MappingProxyType({**house_scorers(), **{language: _offered(name) for language, name in own.items()}})


def _offered(name: str) -> Scorer:
    """What a package offers under a name."""
    offers = {offer.name: offer for offer in entry_points(group=OWN_SCORERS)}
    if name not in offers:
        listed = ", ".join(sorted(offers)) or "none"
        raise UsageError(
            f"scorers got {name!r}; installed packages offer {listed}. Install the package that offers it under the "
            f"entry-point group {OWN_SCORERS}, or correct the name."
        )
    return Scorer(_titled(offers[name]), _loaded(offers[name]))


def _titled(offer: EntryPoint) -> str:
    """Name of a scorer, with the package that it is from."""
    return f"{offer.name} of {offer.dist.name} {offer.dist.version}" if offer.dist else offer.name


def _loaded(offer: EntryPoint) -> ScoreTexts:
    """The function behind an offer."""
    try:
        found = offer.load()
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(
            f"The scorer {offer.name!r} ({offer.value}) cannot be loaded ({error}). Mend the package that offers it."
        ) from error
    if not callable(found):
        raise UsageError(
            f"The scorer {offer.name!r} ({offer.value}) is {found!r}; allowed is a function of a list of texts. Mend "
            "the package that offers it."
        )
    scorer: ScoreTexts = found
    return scorer


@functools.cache
def house_scorers() -> Mapping[str, Scorer]:
    """The scorers that come with the toolkit, by language: en and zh."""
    return MappingProxyType({"en": english_scorer(), "zh": chinese_scorer()})


def score_texts(texts: pd.DataFrame, scorers: Mapping[str, Scorer] | None = None) -> ScoredTexts:
    """Score each text in its language.

    Parameters
    ----------
    texts : DataFrame
        text and language, as `Texts.frame`; other columns are kept. A stated language wins over the one found, and
        zh-CN counts as zh.
    scorers : mapping of str to Scorer, optional
        Language -> scorer. Default `house_scorers`.

    Returns
    -------
    ScoredTexts
        Of no texts: no rows.

    Raises
    ------
    DataError
        If a scorer gives another number of scores than it got texts, or one outside -1 to 1.

    Notes
    -----
    A text's score depends on the text and its language alone, so later texts change nothing.
    """
    chosen = house_scorers() if scorers is None else scorers
    empty = texts["text"].str.strip() == ""
    language = _languages(texts).mask(empty, UNKNOWN)
    score = pd.Series(np.nan, index=texts.index, dtype="float64")
    for code, scorer in chosen.items():
        rows = language == code
        score[rows] = _scores(texts.loc[rows, "text"], scorer)
    why = pd.Series(SCORED, index=texts.index, dtype="object").mask(score.isna(), NO_OPINION)
    foreign = ~language.isin(list(chosen))
    why = why.mask(foreign, f"{NO_SCORER} " + language).mask(language == UNKNOWN, NO_LANGUAGE).mask(empty, NO_TEXT)
    frame = texts.assign(language=language, score=score, why=why.astype("str"))
    return ScoredTexts(frame, {code: scorer.name for code, scorer in chosen.items()})


def _languages(texts: pd.DataFrame) -> "pd.Series[str]":
    """The stated language of each text, or else the one found; each different text is looked at once."""
    stated = texts["language"].str.lower().str.split(r"[-_]", n=1, regex=True).str[0]
    untold = stated.isin(_UNTOLD)
    found = {text: text_language(text) for text in texts.loc[untold, "text"].unique()}
    return stated.mask(untold, texts["text"].map(found)).astype("object")


def _scores(texts: "pd.Series[str]", scorer: Scorer) -> FloatArray:
    """Scores of texts; each different text is scored once."""
    places, unique = pd.factorize(texts)
    given = np.asarray(scorer.score(list(unique)), dtype="float64") if len(unique) else np.zeros(0)
    if given.shape != (len(unique),):
        got = f"scores of shape {given.shape}"
    elif (wrong := np.abs(given) > 1.0).any():
        got = f"{np.count_nonzero(wrong):,} score(s) such as {given[wrong][0]}"
    else:
        return given[places]
    raise DataError(
        f"The scorer {scorer.name} gave {got} for {len(unique):,} text(s); allowed is one number between -1 and 1 "
        "for each, NaN for no opinion. Mend the scorer."
    )
