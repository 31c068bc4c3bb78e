"""Cases of an outlook side by side: strands added one by one, one product's adoption alone, one rule for certain.

All cases share their random numbers, draw by draw, so that two of them differ by the case alone.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from cohortiv.config.assumptions import STRANDS, OutlookAssumptions, Strand
from cohortiv.config.outlook_strands import ProductAdoption, RegulatoryScenario, UncertainPositive
from cohortiv.distribution.levers import PRODUCTS, with_chance
from cohortiv.distribution.projection import Outcome, project
from cohortiv.distribution.tier_statistics import high_leverage_share
from cohortiv.volatility import FloatArray

Kind = Literal["strands", "products", "regulation"]


@dataclass(frozen=True, eq=False)
class Case:
    """One case, before anything is drawn.

    Attributes
    ----------
    kind : {"strands", "products", "regulation"}
    name : str
        "History alone", "only options move", the scenario's own.
    assumptions : OutlookAssumptions
        Those of the case.
    strands : frozenset of str
        Strands that act.
    rule : RegulatoryScenario or None
        The scenario that is certain in it; None in cases of other kinds.
    """

    kind: Kind
    name: str
    assumptions: OutlookAssumptions
    strands: frozenset[Strand]
    rule: RegulatoryScenario | None = None


@dataclass(frozen=True, eq=False)
class CaseDraws:
    """What a case gives at the coming date.

    Attributes
    ----------
    case : Case
    index : ndarray, shape (n_draws,)
        IV Index [%]; draw i of two cases comes from the same random numbers.
    left : ndarray, shape (n_draws,)
        Share of the leveraged notional that the rule has made leave [1].
    high_share : ndarray, shape (n_draws,)
        Share of leveraged notional at 10x or more [1].
    """

    case: Case
    index: FloatArray
    left: FloatArray
    high_share: FloatArray


def cases_of(assumptions: OutlookAssumptions) -> tuple[Case, ...]:
    """The cases that some assumptions have.

    Parameters
    ----------
    assumptions : OutlookAssumptions

    Returns
    -------
    tuple of Case
        First the strands that act, one more each time, the last of them with all; where adoption acts and there are
        several products, one with each product's curve alone; where regulation acts, one with each scenario certain.
    """
    active = [strand for strand in STRANDS if strand in assumptions.enabled]
    added = [
        Case("strands", _strand_words(active[: number + 1]), assumptions, frozenset(active[: number + 1]))
        for number in range(len(active))
    ]
    acting = frozenset(active)
    products = assumptions.adoption.products if "adoption" in acting else ()
    rules = assumptions.regulation.scenarios if "regulation" in acting else ()
    return (
        *added,
        *(
            Case("products", f"only {PRODUCTS[product.product]} move", _alone(assumptions, place), acting)
            for place, product in enumerate(products)
            if len(products) > 1
        ),
        *(
            Case("regulation", rule.name, with_chance(assumptions, place, 1.0), acting, rule)
            for place, rule in enumerate(rules)
        ),
    )


def case_draws(
    history: pd.DataFrame, cases: tuple[Case, ...], outcome_of: Callable[[Case], Outcome], *, to: dt.date | None = None
) -> tuple[CaseDraws, ...]:
    """Project each case from the same random numbers.

    Parameters
    ----------
    history : DataFrame
        As in `project`.
    cases : tuple of Case
        From `cases_of`.
    outcome_of : callable
        From a case to what gives the index of draws of the mix.
    to : date, optional
        Day to project to, in place of the file's.
    """
    found = []
    for case in cases:
        projection = project(history, case.assumptions, to=to, strands=case.strands)
        shares = high_leverage_share(projection.draws, projection.edges)
        found.append(CaseDraws(case, outcome_of(case)(projection.draws), projection.left[-1], np.asarray(shares)))
    return tuple(found)


def cap_words(rule: RegulatoryScenario, *, as_of: dt.date, to: dt.date) -> str:
    """What a scenario's cap does at the coming date.

    Parameters
    ----------
    rule : RegulatoryScenario
    as_of, to : date
        Days of the snapshot and of the outlook.
    """
    if rule.cap is None or rule.starts is None:
        return "no cap"
    cap = f"{rule.cap:g}x from {rule.starts}"
    if rule.starts <= as_of:
        return f"{cap}: in the data already"
    return f"{cap}: does not yet apply at {to}" if rule.starts > to else cap


def _strand_words(names: list[Strand]) -> str:
    """Strands that act together: "History alone", "History + adoption"."""
    said = names[0] + " alone" if len(names) == 1 else " + ".join(names)
    return said[:1].upper() + said[1:]


def _alone(assumptions: OutlookAssumptions, place: int) -> OutlookAssumptions:
    """The assumptions with the curve of one product alone; those of the others stay where they are."""
    products = tuple(
        product if number == place else _still(product) for number, product in enumerate(assumptions.adoption.products)
    )
    return assumptions.model_copy(update={"adoption": assumptions.adoption.model_copy(update={"products": products})})


def _still(product: ProductAdoption) -> ProductAdoption:
    stays = UncertainPositive(low=1.0, mode=1.0, high=1.0, source=product.ceiling.source)
    return product.model_copy(update={"ceiling": stays})
