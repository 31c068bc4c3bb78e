"""Which strand changes a median by how much: Shapley values over the strands of an outlook, with their errors."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from cohortiv.config.assumptions import STRANDS, OutlookAssumptions, Strand
from cohortiv.distribution.median_errors import combined_error, median
from cohortiv.distribution.projection import Outcome, project
from cohortiv.volatility import FloatArray


@dataclass(frozen=True)
class Attribution:
    """The change of a median, split among the strands.

    Attributes
    ----------
    start, end : float
        Outcome of the tier mix at the snapshot, and its median with all strands at the target date.
    parts : mapping of str to float
        Change that is due to each strand, in the order in which they act; 0 for one that the file switches off. Their
        sum is `end` minus `start`.
    errors : mapping of str to float
        Monte Carlo error of each part at 90 %; 0 for a strand that is switched off.
    """

    start: float
    end: float
    parts: Mapping[Strand, float]
    errors: Mapping[Strand, float]

    @property
    def frame(self) -> pd.DataFrame:
        """One row a strand: strand, change, error."""
        return pd.DataFrame({"strand": list(self.parts), "change": self.parts.values(), "error": self.errors.values()})


def attribute(
    history: pd.DataFrame,
    assumptions: OutlookAssumptions,
    outcome: Outcome,
    *,
    to: dt.date | None = None,
) -> Attribution:
    """Split the change of a median among history, adoption and regulation.

    Parameters
    ----------
    history : DataFrame
        As in `project`.
    assumptions : OutlookAssumptions
    outcome : callable
        Takes draws of the tier mix, shape (n_draws, n_tiers), gives one number a draw, whose median is split: the
        index, the share at 10x or more.
    to : date, optional
        Day to project to, in place of the file's.

    Returns
    -------
    Attribution

    Raises
    ------
    ValueError
        If the median is not finite for some of the strands: a difference from it has no meaning.

    Notes
    -----
    One projection for each subset of the strands, all from the file's seed (common random numbers). A strand's part is
    its Shapley value, the mean over all orders of what the median changes when the strand is added to those before
    it, so that parts sum to the whole change whatever the strands do to each other. Its error is that of a weighted sum
    of medians on the same draws.

    References
    ----------
    Shapley, "A value for n-person games", Contributions to the Theory of Games II (1953),
    https://doi.org/10.1515/9781400881970-018
    """
    active = [strand for strand in STRANDS if strand in assumptions.enabled]
    draws = {
        strands: outcome(project(history, assumptions, to=to, strands=strands).draws) for strands in _subsets(active)
    }
    values = {strands: median(found) for strands, found in draws.items()}
    if not all(math.isfinite(found) for found in values.values()):
        raise ValueError(f"got {sorted(values.values())} for the subsets of the strands; allowed are finite numbers")
    weights = {strand: shapley_weights(strand, active) for strand in active}
    parts = {strand: _weighted(values, each) for strand, each in weights.items()}
    errors = {strand: _error(draws, each) for strand, each in weights.items()}
    return Attribution(
        values[frozenset()],
        values[frozenset(active)],
        {strand: parts.get(strand, 0.0) for strand in STRANDS},
        {strand: errors.get(strand, 0.0) for strand in STRANDS},
    )


def _weighted(values: Mapping[frozenset[Strand], float], weights: Mapping[frozenset[Strand], float]) -> float:
    return math.fsum(weight * values[strands] for strands, weight in weights.items())


def _error(draws: Mapping[frozenset[Strand], FloatArray], weights: Mapping[frozenset[Strand], float]) -> float:
    return combined_error([draws[strands] for strands in weights], list(weights.values()))


def shapley_weights(player: Strand, players: Sequence[Strand]) -> dict[frozenset[Strand], float]:
    """What the worth of each subset counts in the mean over all orders of what one player adds.

    Parameters
    ----------
    player : str
        One of the players.
    players : sequence of str

    Returns
    -------
    dict
        Above 0 for subsets with the player, below for those without [1]; they sum to 0.
    """
    others = [other for other in players if other != player]
    weights: dict[frozenset[Strand], float] = {}
    for subset in _subsets(others):
        before, after = math.factorial(len(subset)), math.factorial(len(others) - len(subset))
        weights[subset | {player}] = before * after / math.factorial(len(players))
        weights[subset] = -weights[subset | {player}]
    return weights


def _subsets(players: Sequence[Strand]) -> list[frozenset[Strand]]:
    return [frozenset(chosen) for size in range(len(players) + 1) for chosen in combinations(players, size)]
