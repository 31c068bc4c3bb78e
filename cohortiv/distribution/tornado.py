"""How much each assumption matters: a statistic with one at its low and high end, the others as stated."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd
from pydantic import BaseModel

from cohortiv.config.assumptions import STRANDS, OutlookAssumptions
from cohortiv.config.outlook_strands import ProductAdoption, RegulatoryScenario, Uncertain, UncertainShare
from cohortiv.distribution.projection import Statistic, project
from cohortiv.distribution.walk import FEWEST_PERIODS

Path = tuple[str | int, ...]
Section = TypeVar("Section", bound=BaseModel)

PROBABILITY = "probability"


@dataclass(frozen=True)
class Lever:
    """One assumption that is known within limits.

    Attributes
    ----------
    name : str
        As a reader sees it: "20x for all: compliance".
    path : tuple of str or int
        Fields and places that lead to it in the assumptions.
    between : Uncertain
        Its limits.
    """

    name: str
    path: Path
    between: Uncertain


def tornado(
    history: pd.DataFrame,
    assumptions: OutlookAssumptions,
    statistic: Statistic,
    *,
    to: dt.date | None = None,
) -> pd.DataFrame:
    """A statistic with each assumption at its ends, one at a time.

    Parameters
    ----------
    history : DataFrame
        As in `project`.
    assumptions : OutlookAssumptions
    statistic : callable
        Takes draws of the tier mix, shape (n_draws, n_tiers), gives one number.
    to : date, optional
        Day to project to, in place of the file's.

    Returns
    -------
    DataFrame
        One row an assumption, the one that matters most first: assumption, low, high (its ends, unit as in the file),
        source, at_low, at_high (the statistic there), base (the statistic as stated), range (|at_high - at_low|).
        Assumptions without doubt, of strands that are switched off, and that this history doesn't need are left out.

    Notes
    -----
    All runs share the file's seed, so that rows differ by the assumption alone.
    """

    def value(stated: OutlookAssumptions) -> float:
        return statistic(project(history, stated, to=to).draws)

    base = value(assumptions)
    rows = [
        {
            "assumption": lever.name,
            "low": lever.between.low,
            "high": lever.between.high,
            "source": lever.between.source,
            "at_low": value(with_number(assumptions, lever, lever.between.low)),
            "at_high": value(with_number(assumptions, lever, lever.between.high)),
            "base": base,
        }
        for lever in levers(assumptions, short_history=len(history) < FEWEST_PERIODS)
    ]
    frame = pd.DataFrame(rows, columns=["assumption", "low", "high", "source", "at_low", "at_high", "base"])
    frame["range"] = (frame["at_high"] - frame["at_low"]).abs()
    return frame.sort_values("range", ascending=False, kind="stable", ignore_index=True)


def levers(assumptions: OutlookAssumptions, *, short_history: bool) -> tuple[Lever, ...]:
    """Assumptions in force that are known within limits.

    Parameters
    ----------
    assumptions : OutlookAssumptions
    short_history : bool
        Whether the history is too short for an estimate, so that the stated volatility counts and the drift doesn't.
    """
    idle = ("history", "drift_prior_years" if short_history else "fallback_volatility")
    return tuple(
        lever
        for strand in STRANDS
        if strand in assumptions.enabled
        for lever in _found(getattr(assumptions, strand), (strand,), f"{strand}:")
        if lever.between.low < lever.between.high and lever.path != idle
    )


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
    sure = {"low": number, "mode": number, "high": number}
    if lever.path[-1] != PROBABILITY:
        return _replaced(assumptions, lever.path, lever.between.model_copy(update=sure))
    scenarios = list(assumptions.regulation.scenarios)
    place = int(lever.path[-2])
    others = 1 - scenarios[place].probability.mode
    if others <= 0:
        return assumptions
    changed = tuple(
        _likely(scenario, number if i == place else scenario.probability.mode * (1 - number) / others)
        for i, scenario in enumerate(scenarios)
    )
    regulation = assumptions.regulation.model_copy(update={"scenarios": changed})
    return assumptions.model_copy(update={"regulation": regulation})


def _likely(scenario: RegulatoryScenario, chance: float) -> RegulatoryScenario:
    probability = UncertainShare(low=chance, mode=chance, high=chance, source=scenario.probability.source)
    return scenario.model_copy(update={PROBABILITY: probability})


def _found(section: BaseModel, path: Path, name: str) -> Iterator[Lever]:
    """Everything uncertain in a section; `name` is how its fields' names begin."""
    for field in type(section).model_fields:
        value = getattr(section, field)
        if isinstance(value, Uncertain):
            yield Lever(f"{name} {field.replace('_', ' ')}", (*path, field), value)
        elif isinstance(value, BaseModel):
            yield from _found(value, (*path, field), f"{name} {field}")
        elif isinstance(value, tuple):
            for place, item in enumerate(value):
                yield from _found(item, (*path, field, place), f"{_title(item)}:")


def _title(item: ProductAdoption | RegulatoryScenario) -> str:
    return item.product if isinstance(item, ProductAdoption) else item.name


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
