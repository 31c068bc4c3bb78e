"""Slow, obvious reference for margin units: equity less maintenance, walked along the breaks of its straight pieces."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from cohortiv.margin.brackets import BracketSchedule


@dataclass(frozen=True)
class Leg:
    """One position of a unit.

    Attributes
    ----------
    sign : int
        1 long, -1 short.
    quantity, entry, mark : float
        Size [base units; contract USD if inverse] and prices [USD].
    brackets : BracketSchedule
        Tells linear from inverse, too.
    beta : float
        Sensitivity of the price to the return r [1].
    """

    sign: int
    quantity: float
    entry: float
    mark: float
    brackets: BracketSchedule
    beta: float

    def equity(self, factor: float) -> float:
        """Unrealised profit at a price factor [USD]."""
        price = self.mark * factor
        if self.brackets.contract == "inverse":
            return self.sign * self.quantity * (price / self.entry - 1)
        return self.sign * self.quantity * (price - self.entry)

    def maintenance(self, factor: float) -> float:
        """Maintenance margin at a price factor [USD]: the largest over the brackets."""
        price = self.mark * factor
        pairs = zip(self.brackets.rates, self.brackets.amounts, strict=True)
        if self.brackets.contract == "inverse":
            return max(rate * self.quantity - amount * price for rate, amount in pairs)
        return max(rate * self.quantity * price - amount for rate, amount in pairs)

    def breaks(self) -> Iterable[float]:
        """Returns at which the leg's straight pieces meet."""
        if self.beta == 0:
            return
        yield -1 / self.beta
        for floor in self.brackets.floors[1:]:
            size = self.quantity if self.brackets.contract == "inverse" else self.quantity * self.mark
            coin = self.brackets.contract == "inverse"
            factor = size / (self.mark * floor) if coin else floor / size
            yield (factor - 1) / self.beta


@dataclass(frozen=True)
class Unit:
    """Positions and collateral that are liquidated together.

    Attributes
    ----------
    legs : sequence of Leg
    collateral : sequence of (float, float)
        Value after haircut [USD] and beta [1].
    """

    legs: Sequence[Leg]
    collateral: Sequence[tuple[float, float]]

    def excess(self, r: float) -> float:
        """Equity less maintenance [USD] when what moves has returned r."""
        terms = [value * max(0.0, 1 + beta * r) for value, beta in self.collateral]
        for leg in self.legs:
            factor = max(0.0, 1 + leg.beta * r)
            terms += [leg.equity(factor), -leg.maintenance(factor)]
        return math.fsum(terms)

    def line_below(self) -> float | None:
        """First return from 0 down to -1 at which nothing is left; None if there is none."""
        betas = [beta for _, beta in self.collateral]
        breaks = {r for leg in self.legs for r in leg.breaks()} | {-1 / beta for beta in betas if beta > 0}
        inner = sorted((r for r in breaks if -1 < r < 0), reverse=True)
        return self._first([0.0, *inner, -1.0])

    def line_above(self) -> float | None:
        """First return from 0 upwards at which nothing is left; None if there is none."""
        inner = sorted(r for leg in self.legs for r in leg.breaks() if r > 0)
        ends = [0.0, *inner]
        found = self._first(ends)
        if found is not None:
            return found
        start, step = ends[-1], 1.0 + ends[-1]
        here, there = self.excess(start), self.excess(start + step)
        return start + step * here / (here - there) if there < here * (1 - 1e-13) else None

    def _first(self, ends: Sequence[float]) -> float | None:
        for start, stop in pairwise(ends):
            here, there = self.excess(start), self.excess(stop)
            if there <= 0:
                return start + (stop - start) * here / (here - there)
        return None
