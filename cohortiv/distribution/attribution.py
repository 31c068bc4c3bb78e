"""Which strand changes a statistic by how much: Shapley values over the strands of an outlook."""

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from cohortiv.config.assumptions import STRANDS, OutlookAssumptions, Strand
from cohortiv.distribution.projection import Statistic, project


@dataclass(frozen=True)
class Attribution:
    """The change of a statistic, split among the strands.

    Attributes
    ----------
    start, end : float
        Statistic of the tier mix at the snapshot, and with all strands at the target date.
    parts : mapping of str to float
        Change that is due to each strand, in the order in which they act; 0 for one that the file switches off. Their
        sum is `end` minus `start`.
    """

    start: float
    end: float
    parts: Mapping[Strand, float]

    @property
    def frame(self) -> pd.DataFrame:
        """One row a strand: strand, change."""
        return pd.DataFrame({"strand": list(self.parts), "change": list(self.parts.values())})


def attribute(
    history: pd.DataFrame,
    assumptions: OutlookAssumptions,
    statistic: Statistic,
    *,
    to: dt.date | None = None,
) -> Attribution:
    """Split the change of a statistic among history, adoption and regulation.

    Parameters
    ----------
    history : DataFrame
        As in `project`.
    assumptions : OutlookAssumptions
    statistic : callable
        Takes draws of the tier mix, shape (n_draws, n_tiers), gives one finite number: the share at 10x or more of the
        median draw, the median index, the chance of a code.
    to : date, optional
        Day to project to, in place of the file's.

    Returns
    -------
    Attribution

    Raises
    ------
    ValueError
        If the statistic is not finite for some of the strands: a difference from it has no meaning.

    Notes
    -----
    One projection for each subset of the strands, all from the file's seed (common random numbers). A strand's part is
    its Shapley value, the mean over all orders of what the statistic changes when the strand is added to those before
    it, so that parts sum to the whole change whatever the strands do to each other.

    References
    ----------
    Shapley, "A value for n-person games", Contributions to the Theory of Games II (1953),
    https://doi.org/10.1515/9781400881970-018
    """
    active = [strand for strand in STRANDS if strand in assumptions.enabled]

    def value(strands: frozenset[Strand]) -> float:
        projection = project(history, assumptions, to=to, strands=strands)
        return statistic(projection.draws)

    values = {strands: value(strands) for strands in _subsets(active)}
    start, end = values[frozenset()], values[frozenset(active)]
    if not all(math.isfinite(found) for found in values.values()):
        raise ValueError(f"got {sorted(values.values())} for the subsets of the strands; allowed are finite numbers")
    parts = {strand: shapley_value(strand, active, values.__getitem__) for strand in active}
    return Attribution(start, end, {strand: parts.get(strand, 0.0) for strand in STRANDS})


def shapley_value(player: Strand, players: Sequence[Strand], value: Callable[[frozenset[Strand]], float]) -> float:
    """Mean over all orders of the players of what one of them adds.

    Parameters
    ----------
    player : str
        One of the players.
    players : sequence of str
    value : callable
        Worth of each subset of the players.
    """
    others = [other for other in players if other != player]
    orders = math.factorial(len(players))
    return math.fsum(
        math.factorial(len(subset))
        * math.factorial(len(others) - len(subset))
        / orders
        * (value(subset | {player}) - value(subset))
        for subset in _subsets(others)
    )


def _subsets(players: Sequence[Strand]) -> list[frozenset[Strand]]:
    return [frozenset(chosen) for size in range(len(players) + 1) for chosen in combinations(players, size)]
