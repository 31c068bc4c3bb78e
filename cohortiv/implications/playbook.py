"""What each audience should consider: the playbook's sentences for a code, filled with a result's numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cohortiv.config.playbook import AUDIENCES, Audience, Playbook, Sentence, placeholders_in
from cohortiv.display import Displayed
from cohortiv.early_warning import Code

TITLES: Final[Mapping[Audience, str]] = {
    "hedge_fund": "Hedge funds",
    "market_maker": "Market makers",
    "exchange": "Exchanges",
}
"""Audiences as a reader sees them."""


@dataclass(frozen=True)
class Guidance(Displayed):
    """What one audience should consider.

    Attributes
    ----------
    audience : str
        "hedge_fund", "market_maker" or "exchange".
    title : str
        The same as a reader sees it.
    sentences : tuple of str
        In the playbook's order, numbers filled in; at least one.
    """

    audience: Audience
    title: str
    sentences: tuple[str, ...]


def guidance(playbook: Playbook, code: Code, values: Mapping[str, str]) -> tuple[Guidance, ...]:
    """Sentences of a code for every audience.

    Parameters
    ----------
    playbook : Playbook
    code : Code
        The code that is acted on.
    values : mapping of str to str
        From `placeholder_values`.

    Returns
    -------
    tuple of Guidance
        One for each audience. A sentence that needs a placeholder without a value gives way to its `otherwise`, or is
        left out.
    """
    advice = getattr(playbook, str(code))
    return tuple(
        Guidance(
            audience,
            TITLES[audience],
            tuple(text for sentence in getattr(advice, audience) if (text := _filled(sentence, values)) is not None),
        )
        for audience in AUDIENCES
    )


def _filled(sentence: Sentence, values: Mapping[str, str]) -> str | None:
    if sentence.wanted <= values.keys():
        return sentence.say.format_map(values)
    if sentence.otherwise and set(placeholders_in(sentence.otherwise)) <= values.keys():
        return sentence.otherwise.format_map(values)
    return None
