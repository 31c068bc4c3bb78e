"""The playbook: what each audience should consider at each code, as sentences with computed numbers in them."""

import string
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, get_args

from pydantic import Field, field_validator, model_validator

from cohortiv.assets import asset
from cohortiv.config.yaml_file import Name, Names, StrictSettings, read_fields, validated
from cohortiv.display import Displayed

Audience = Literal["hedge_fund", "market_maker", "exchange"]
AUDIENCES: Final[tuple[Audience, ...]] = get_args(Audience)

ALWAYS: Final = {
    "cohort": "title of the cohort",
    "code": "code of the snapshot: Green, Yellow, Red or Grey",
    "critical_mass": "critical mass, share of leveraged notional",
    "horizon": "horizon in days",
    "reference_volatility": "annualised anchor of the index",
    "yellow_edge": "index at which Yellow begins",
    "red_edge": "index above which it is Red",
    "notional": "leveraged notional",
    "cascade_gap": "why a figure of the cascade is missing, in words that follow it: no depth, or withheld",
}
"""Placeholders that every result has a value for, and what they stand for."""

SOMETIMES: Final = {
    "iv_index": "the index, with a code",
    "critical_volatility": "annualised critical volatility, where one is solved",
    "critical_drawdown": "critical drawdown",
    "critical_drawdown_price": "price after it, for one symbol",
    "critical_rally": "critical rally",
    "critical_rally_price": "price after it, for one symbol",
    "grey_reasons": "why there is no code",
    "code_alone": "code of the snapshot, where the series holds another",
    "code_since": "first snapshot of the code of the series, where it changed within it",
    "higher_code": "the code above",
    "points_to_higher": "index points to it",
    "move_to_higher": "smallest price move that brings it, in words",
    "lower_code": "the code below",
    "points_to_lower": "index points to it",
    "move_to_lower": "smallest price move that brings it, in words",
    "depth": "orders that move the price by 1 %, where depth is given",
    "shock": "fall or rise that the cascade is quoted for, where depth is given",
    "total_fall": "what a fall of that size becomes, where it forces selling",
    "fall_amplification": "total fall over that fall",
    "forced_selling": "orders forced by then",
    "total_rise": "what a rise of that size becomes, where it forces buying",
    "forced_buying": "orders forced by then",
    "cliff_range": "where lines spread evenly over a published ladder give none: where it leaves room for one",
    "upper_cliff_range": "the same above the mark",
    "cliff": "fall at which the cliff is",
    "cliff_price": "price there, for one symbol",
    "cliff_start": "total fall just before it: from there to its end the price finds no stop",
    "cliff_end": "total fall from the cliff on",
    "upper_cliff": "rise at which the cliff above is",
    "upper_cliff_price": "price there, for one symbol",
    "upper_cliff_start": "total rise just before it",
    "upper_cliff_end": "total rise from it on",
    "put_strike": "strike of the protective put, in words: the cliff, else the critical drawdown if it is nearer",
    "put_cost": "its cost, share of notional protected",
    "put_terms": "days and volatility that it is priced at, in words",
    "put_payoff": "what it pays at the end of the cliff, share of notional protected",
    "put_spread_strikes": "strikes of the put spread, in words: the cliff and its end",
    "put_spread_cost": "its cost, share of notional protected",
    "call_strike": "strike of the protective call, in words: the cliff above, else the critical rally if it is nearer",
    "call_cost": "its cost, share of notional protected",
    "call_terms": "days and volatility that it is priced at, in words",
    "call_payoff": "what it pays at the end of the cliff above, share of notional protected",
    "spread_factor": "volatility with the cascade over volatility without",
    "net_long_share": "net long share of perpetual notional, without its sign",
    "lean": "longs or shorts, whichever the perpetual notional leans to",
    "net_after": "net share and side after the nearer critical move, in words",
    "cap_to_yellow": "highest leverage cap at which the index is no longer Red",
    "cap_to_yellow_margin": "margin that it asks for",
    "cap_to_green": "highest leverage cap at which the index is Green",
    "cap_to_green_margin": "margin that it asks for",
    "top_up_to_yellow": "smallest top-up, share of notional, at which the index is no longer Red",
    "top_up_to_yellow_margin": "margin that it comes to",
    "top_up_to_green": "smallest top-up, share of notional, at which the index is Green",
    "top_up_to_green_margin": "margin that it comes to",
    "index_more_maintenance": "index after a rise of maintenance on open positions",
    "added_maintenance": "that rise of the rate, share of notional",
    "warned_tiers": "tiers that add far more to the critical mass than their share, in words",
}
"""Placeholders that a result may have no value for."""

PLACEHOLDERS: Final = ALWAYS | SOMETIMES
"""All placeholders."""


class Sentence(StrictSettings):
    """One sentence, and when it is said.

    Attributes
    ----------
    say : str
        Text with placeholders; said when every placeholder in it and in `needs` has a value.
    needs : tuple of str
        Further placeholders that must have a value, though the text doesn't show them.
    otherwise : str
        Said instead, if its own placeholders have values; empty for nothing.
    """

    say: Name
    needs: Names = ()
    otherwise: str = ""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        """Take a text alone for a sentence that has nothing but its text."""
        return {"say": given} if isinstance(given, str) else given

    @field_validator("say", "otherwise")
    @classmethod
    def _known(cls, text: str) -> str:
        _refuse_unknown(placeholders_in(text))
        return text

    @field_validator("needs")
    @classmethod
    def _known_needs(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        _refuse_unknown(names)
        return names

    @property
    def wanted(self) -> frozenset[str]:
        """Placeholders that must have a value for `say`."""
        return frozenset(self.needs) | frozenset(placeholders_in(self.say))

    @property
    def is_sure(self) -> bool:
        """Whether every result gets a text from it."""
        return self.wanted <= ALWAYS.keys() or (
            bool(self.otherwise) and set(placeholders_in(self.otherwise)) <= ALWAYS.keys()
        )


Sentences = Annotated[tuple[Sentence, ...], Field(strict=False, min_length=1)]


class Advice(StrictSettings):
    """What one code means for each audience.

    Attributes
    ----------
    hedge_fund, market_maker, exchange : tuple of Sentence
        In the order in which they are said; at least one of each that every result has the numbers for.
    """

    hedge_fund: Sentences
    market_maker: Sentences
    exchange: Sentences

    @field_validator("hedge_fund", "market_maker", "exchange")
    @classmethod
    def _one_is_sure(cls, sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
        if not any(sentence.is_sure for sentence in sentences):
            raise ValueError(
                "each sentence needs a number that a result may lack; add one, or an otherwise, that uses no "
                f"placeholders but {', '.join(ALWAYS)}"
            )
        return sentences


class Playbook(Displayed, StrictSettings):
    """What an institution's readers should consider at each code.

    Attributes
    ----------
    title : str
        Name of the playbook, as readers see it.
    green, yellow, red, grey : Advice
        By code.
    """

    title: Name
    green: Advice
    yellow: Advice
    red: Advice
    grey: Advice

    @model_validator(mode="after")
    def _grey_has_no_numbers(self) -> Self:
        """Refuse a Grey sentence on numbers that only a code comes with: it would never be said."""
        for audience in AUDIENCES:
            for sentence in getattr(self.grey, audience):
                never = sorted(sentence.wanted & SOMETIMES.keys() - {"grey_reasons"})
                if never:
                    raise ValueError(
                        f"grey.{audience} uses {{{never[0]}}}, which no Grey result has; allowed there are "
                        f"grey_reasons, {', '.join(ALWAYS)}"
                    )
        return self


def placeholders_in(text: str) -> tuple[str, ...]:
    """Names in braces, in order.

    Parameters
    ----------
    text : str
        Text with placeholders such as ``{cliff_price}``; doubled braces are braces.

    Raises
    ------
    ValueError
        If a brace is left open, or a placeholder is more than a name.
    """
    found = []
    for _, name, pattern, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if pattern or conversion or not name.isidentifier():
            raise ValueError(
                f"got {{{name}}} with {'a format' if pattern or conversion else 'more than a name'}; allowed is a name "
                "alone: numbers come formatted"
            )
        found.append(name)
    return tuple(found)


def load_playbook(path: Path | None = None) -> Playbook:
    """Read a playbook.

    Parameters
    ----------
    path : Path, optional
        YAML in UTF-8 with the fields of `Playbook`; by default the one that comes with the templates.

    Returns
    -------
    Playbook

    Raises
    ------
    UsageError
        If there is no such file, it is not YAML, lacks a code or an audience, or holds an unknown key or placeholder;
        the message names the file, each key, what was got and what is allowed.
    """
    file = path or asset("templates") / "playbook.yaml"
    kind = "playbook"
    fields = read_fields(file, kind=kind, example="title: House playbook")
    return validated(Playbook, fields, where=f"{kind} {file}")


def _refuse_unknown(names: tuple[str, ...]) -> None:
    unknown = [name for name in names if name not in PLACEHOLDERS]
    if unknown:
        raise ValueError(f"unknown placeholder {{{unknown[0]}}}; allowed are {', '.join(PLACEHOLDERS)}")
