"""Assumptions that are known within limits: what a reader calls them, their unit, and what fixing one of them does."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from pydantic import BaseModel

from cohortiv.config.assumptions import STRANDS, OutlookAssumptions
from cohortiv.config.outlook_strands import ProductAdoption, RegulatoryScenario, Uncertain, UncertainShare

Path = tuple[str | int, ...]
Section = TypeVar("Section", bound=BaseModel)

PROBABILITY: Final = "probability"
DISTANCES: Final = "distances"
#: The unit of shares and probabilities.
SHARE: Final = "share"
#: What a field is called, and its unit, by its name in the file; a scenario's exempt share by that of its section.
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "drift_prior_years": ("trendless years it is weighed against", "years"),
    "pseudo_share": ("share lent to each tier", SHARE),
    "fallback_volatility": ("stated volatility", "per √year"),
    "ceiling": ("final weight", "times today's"),
    "speed": ("speed of adoption", "per year"),
    PROBABILITY: ("probability", SHARE),
    "compliance": ("part that complies", SHARE),
    "leaving": ("part of it that leaves", SHARE),
    "grandfathering": ("exempt part", SHARE),
}
_SECTIONS: Final[Mapping[str, str]] = {"history": "History", DISTANCES: "Distances"}
#: Products as they are called in the plural.
PRODUCTS: Final[Mapping[str, str]] = {
    "perpetual": "perpetuals", "future": "dated futures", "option": "options", "margin": "margin spot",
}  # fmt: skip


@dataclass(frozen=True)
class Lever:
    """One assumption that is known within limits.

    Attributes
    ----------
    name : str
        As a reader sees it: "Rule 20x for all: part that complies".
    unit : str
        Of its limits: `SHARE` [1], "years", "per year", "per √year" or "times today's".
    path : tuple of str or int
        Fields and places that lead to it in the assumptions.
    between : Uncertain
        Its limits.
    idle : str
        Why it doesn't act, as the end of a sentence; "" where it does.
    """

    name: str
    unit: str
    path: Path
    between: Uncertain
    idle: str = ""


def levers(
    assumptions: OutlookAssumptions, *, short_history: bool, measured: bool = True, to: dt.date | None = None
) -> tuple[Lever, ...]:
    """Assumptions of the strands and of the distances that are switched on and known within limits.

    Parameters
    ----------
    assumptions : OutlookAssumptions
    short_history : bool
        Whether the history of the mix is too short for an estimate, so that the stated volatility counts and the drift
        doesn't.
    measured : bool, optional
        Whether the spread of the distances was measured, so that the stated one doesn't count. Default yes.
    to : date, optional
        The coming date, at which a cap may not yet apply and an exemption may be over. Default: not known.
    """
    idle: dict[Path, str] = {
        ("history", "drift_prior_years"): "the history is too short for a trend" if short_history else "",
        ("history", "fallback_volatility"): "" if short_history else "the past is measured",
        (DISTANCES, "fallback_volatility"): "the past is measured" if measured else "",
        **_idle_rules(assumptions, to),
    }
    sections = [strand for strand in STRANDS if strand in assumptions.enabled]
    named = [*sections, *([DISTANCES] if assumptions.distances.enabled else [])]
    return tuple(
        Lever(name, _WORDS[_field(path)][1], path, between, idle.get(path, ""))
        for section in named
        for name, path, between in _found(getattr(assumptions, section), (section,), _SECTIONS.get(section, ""))
        if between.low < between.high
    )


def _idle_rules(assumptions: OutlookAssumptions, to: dt.date | None) -> dict[Path, str]:
    """What of each rule changes nothing at the coming date, and why."""
    found: dict[Path, str] = {}
    for place, rule in enumerate(assumptions.regulation.scenarios):
        path, exempt = ("regulation", "scenarios", place), rule.grandfathering
        if to is None or rule.starts is None:
            continue
        if rule.starts > to:
            late = f"its cap begins on {rule.starts}"
            found |= {(*path, "compliance"): late, (*path, "leaving"): late, (*path, "grandfathering", "share"): late}
        elif exempt is not None and exempt.days is not None and rule.starts + dt.timedelta(days=exempt.days) <= to:
            found[*path, "grandfathering", "share"] = f"its {exempt.days:g} days are over by {to}"
    return found


def with_number(assumptions: OutlookAssumptions, lever: Lever, number: float) -> OutlookAssumptions:
    """The assumptions with one of them fixed.

    Parameters
    ----------
    assumptions : OutlookAssumptions
    lever : Lever
    number : float
        Takes the place of low, mode and high. Where it is a scenario's probability, those of the others are scaled so
        that all sum to 1; a scenario that is the only likely one stays certain.
    """
    if lever.path[-1] == PROBABILITY:
        return with_chance(assumptions, int(lever.path[-2]), number)
    sure = {"low": number, "mode": number, "high": number}
    return _replaced(assumptions, lever.path, lever.between.model_copy(update=sure))


def with_chance(assumptions: OutlookAssumptions, place: int, chance: float) -> OutlookAssumptions:
    """The assumptions with another probability of a regulatory scenario, those of the others scaled to sum to 1.

    Parameters
    ----------
    assumptions : OutlookAssumptions
    place : int
        Of the scenario, from 0.
    chance : float
        Its probability; one that is the only likely one stays certain [1].
    """
    scenarios = list(assumptions.regulation.scenarios)
    others = 1 - scenarios[place].probability.mode
    if others <= 0:
        return assumptions
    changed = tuple(
        _likely(scenario, chance if i == place else scenario.probability.mode * (1 - chance) / others)
        for i, scenario in enumerate(scenarios)
    )
    regulation = assumptions.regulation.model_copy(update={"scenarios": changed})
    return assumptions.model_copy(update={"regulation": regulation})


def _likely(scenario: RegulatoryScenario, chance: float) -> RegulatoryScenario:
    probability = UncertainShare(low=chance, mode=chance, high=chance, source=scenario.probability.source)
    return scenario.model_copy(update={PROBABILITY: probability})


def _found(section: BaseModel, path: Path, owner: str) -> Iterator[tuple[str, Path, Uncertain]]:
    """Name, path and limits of everything uncertain in a section; `owner` is whose they are."""
    for field in type(section).model_fields:
        value, below = getattr(section, field), (*path, field)
        if isinstance(value, Uncertain):
            yield f"{owner}: {_WORDS[_field(below)][0]}", below, value
        elif isinstance(value, BaseModel):
            yield from _found(value, below, owner)
        elif isinstance(value, tuple):
            for place, item in enumerate(value):
                yield from _found(item, (*below, place), _title(item))


def _field(path: Path) -> str:
    """Key of `_WORDS`: the last field, or the section whose share it is."""
    return str(path[-2] if path[-1] == "share" else path[-1])


def _title(item: ProductAdoption | RegulatoryScenario) -> str:
    return PRODUCTS[item.product].capitalize() if isinstance(item, ProductAdoption) else f"Rule {item.name}"


def _replaced(section: Section, path: Path, value: Uncertain) -> Section:
    """A section with what a path leads to replaced."""
    field, *rest = path
    if not rest:
        return section.model_copy(update={str(field): value})
    below = getattr(section, str(field))
    if isinstance(below, tuple):
        place, *deeper = rest
        items = [_replaced(item, tuple(deeper), value) if i == place else item for i, item in enumerate(below)]
        return section.model_copy(update={str(field): tuple(items)})
    return section.model_copy(update={str(field): _replaced(below, tuple(rest), value)})
