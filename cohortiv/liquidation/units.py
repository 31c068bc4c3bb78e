"""Lines of cross-margin units: the first return, down and up, at which equity falls to maintenance.

Equity minus maintenance, the excess, is concave and piecewise linear in the return r of what moves, as long as no price
has reached 0. Newton's steps from outside the root therefore never jump over it and end after finitely many. A unit whose
excess is still positive at the edge of the domain has no line on that side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from cohortiv.liquidation.schedules import by_schedule
from cohortiv.margin.brackets import BracketSchedule
from cohortiv.materialise import materialise

#: Steps after which a unit counts as not settled; published schedules have at most a dozen brackets a position.
MAX_STEPS = 60
#: A step shorter than this [simple return], or an excess smaller than this share of what it is made of, ends the search.
SETTLED = 1e-13
#: Returns are rounded to this many decimals, so that the order of additions doesn't show.
DECIMALS = 12


@dataclass(frozen=True)
class UnitLines:
    """Lines of margin units, still in the engine.

    Attributes
    ----------
    table : ibis Table
        One row a unit: `unit`, `down`, `up` (simple return, null: no line), `sunk` (equity at or under maintenance
        today), `settled` (false: the search did not end).
    steps : int
        Newton steps that the slowest unit took.
    """

    table: ir.Table
    steps: int


def solve_units(legs: ir.Table, schedules: Sequence[BracketSchedule], betas: Sequence[float]) -> UnitLines:
    """Find the lines of many margin units at once.

    Parameters
    ----------
    legs : ibis Table
        One row a position or piece of collateral: `unit` (int), `beta` [1], `constant` and `slope` [USD]: its equity at
        price factor g is constant + slope*g, g = max(0, 1 + beta*r); `schedule` (null: no maintenance), `gross` (notional
        at g = 1 [USD]; contract USD if inverse), `mark` [USD].
    schedules : sequence of BracketSchedule
        What `schedule` counts.
    betas : sequence of float
        Every beta that occurs in `legs` [1].

    Returns
    -------
    UnitLines
    """
    legs = materialise(legs)
    today = materialise(_evaluate(legs, schedules, legs.select("unit").distinct().mutate(r=ibis.literal(0.0))))
    alive = today.filter(today.excess > 0)
    down, down_steps = _search(legs, schedules, _outer_down(legs, schedules, alive, betas))
    up, up_steps = _search(legs, schedules, _outer_up(legs, schedules, alive))
    joined = today.left_join(down, "unit").drop("unit_right").left_join(up, "unit", rname="{name}_up")
    table = joined.select(
        "unit",
        down=joined.root.round(DECIMALS),
        up=joined.root_up.round(DECIMALS),
        sunk=joined.excess <= 0,
        settled=ibis.coalesce(joined.settled, True) & ibis.coalesce(joined.settled_up, True),
    )
    return UnitLines(materialise(table), max(down_steps, up_steps))


def _evaluate(legs: ir.Table, schedules: Sequence[BracketSchedule], at: ir.Table) -> ir.Table:
    """Excess [USD] of each unit at its own return `r`, and the excess' slope in r."""
    t = legs.inner_join(at, "unit")
    t = t.mutate(reach=1.0 + t.beta * t.r)
    t = t.mutate(factor=ibis.greatest(t.reach, 0.0), moves=ibis.ifelse(t.reach >= -SETTLED, t.beta, 0.0))
    rate, amount = _bracket_at(t, schedules)
    t = t.mutate(rate=rate, amount=amount)
    inverse = _is_inverse(t, schedules)
    own = ibis.ifelse(inverse, -t.amount * t.mark, t.rate * t.gross)
    fixed = ibis.ifelse(inverse, t.rate * t.gross, -t.amount)
    t = t.mutate(net_slope=t.slope - own, net_constant=t.constant - fixed)
    return t.group_by(["unit", "r"]).aggregate(
        excess=(t.net_constant + t.net_slope * t.factor).sum(),
        gradient=(t.net_slope * t.moves).sum(),
        scale=(t.net_constant.abs() + (t.net_slope * t.factor).abs()).sum(),
    )


def _bracket_at(t: ir.Table, schedules: Sequence[BracketSchedule]) -> tuple[Any, Any]:
    """Rate and amount of the bracket that counts at the leg's price factor; 0 for collateral."""

    def pick(schedule: BracketSchedule, values: Sequence[float]) -> Any:
        scale = t.mark * t.factor if schedule.contract == "inverse" else ibis.literal(1.0)
        size = t.gross if schedule.contract == "inverse" else t.gross * t.factor
        downward = list(zip(schedule.floors, values, strict=True))[:0:-1]
        branches = [(size >= floor * scale, value) for floor, value in downward]
        return ibis.cases(*branches, else_=values[0]) if branches else ibis.literal(values[0])

    return _of_schedule(t, schedules, lambda s: pick(s, s.rates)), _of_schedule(
        t, schedules, lambda s: pick(s, s.amounts)
    )


def _of_schedule(t: ir.Table, schedules: Sequence[BracketSchedule], value: Any) -> Any:
    """A figure of each leg's schedule, 0 where it has none."""
    if not schedules:
        return ibis.literal(0.0)
    return ibis.ifelse(t.schedule.isnull(), 0.0, by_schedule(t, {n: value(s) for n, s in enumerate(schedules)}))


def _is_inverse(t: ir.Table, schedules: Sequence[BracketSchedule]) -> Any:
    numbers = [n for n, s in enumerate(schedules) if s.contract == "inverse"]
    return ibis.coalesce(t.schedule.isin(numbers), False) if numbers else ibis.literal(False)


def _outer_down(
    legs: ir.Table, schedules: Sequence[BracketSchedule], alive: ir.Table, betas: Sequence[float]
) -> ir.Table:
    """First edge of the domain, going down, at which the excess is no longer positive.

    The edges are the returns at which a price reaches 0: -1/beta for betas above 1, and -1.
    """
    edges = sorted({-1.0 / beta for beta in betas if beta > 1} | {-1.0}, reverse=True)
    pending = alive.select("unit")
    found: list[ir.Table] = []
    for edge in edges:
        at_edge = materialise(_evaluate(legs, schedules, pending.mutate(r=ibis.literal(edge))))
        found.append(at_edge.filter(at_edge.excess <= 0).select("unit", "r"))
        pending = at_edge.filter(at_edge.excess > 0).select("unit")
    return ibis.union(*found, distinct=False) if len(found) > 1 else found[0]


def _outer_up(legs: ir.Table, schedules: Sequence[BracketSchedule], alive: ir.Table) -> ir.Table:
    """Root of the last straight piece, going up; units whose excess doesn't fall for ever have none."""
    t = legs.inner_join(alive.select("unit"), "unit")
    inverse = _is_inverse(t, schedules)
    top = _of_schedule(t, schedules, lambda s: s.rates[0] if s.contract == "inverse" else s.rates[-1])
    amount = _of_schedule(t, schedules, lambda s: s.amounts[0] if s.contract == "inverse" else s.amounts[-1])
    t = t.mutate(top=top, amount=amount)
    own = ibis.ifelse(inverse, -t.amount * t.mark, t.top * t.gross)
    fixed = ibis.ifelse(inverse, t.top * t.gross, -t.amount)
    t = t.mutate(net_slope=t.slope - own, net_constant=t.constant - fixed)
    last = t.group_by("unit").aggregate(
        level=(t.net_constant + t.net_slope).sum(), gradient=(t.net_slope * t.beta).sum()
    )
    falling = last.filter(last.gradient < 0)
    return falling.select("unit", r=-falling.level / falling.gradient)


def _search(legs: ir.Table, schedules: Sequence[BracketSchedule], start: ir.Table) -> tuple[ir.Table, int]:
    """Newton's steps from outside the root until no unit moves; roots with `settled`, and how many steps it took."""
    pending = materialise(start)
    done: list[ir.Table] = []
    steps = 0
    while steps < MAX_STEPS and pending.count().to_pyarrow().as_py():
        steps += 1
        at = _evaluate(legs, schedules, pending)
        moved = materialise(at.mutate(root=at.r - ibis.ifelse(at.gradient != 0, at.excess / at.gradient, 0.0)))
        short = (moved.root - moved.r).abs() <= SETTLED * ibis.greatest(1.0, moved.root.abs())
        still = short | (moved.excess.abs() <= SETTLED * moved.scale)
        done.append(moved.filter(still).select("unit", "root", settled=ibis.literal(True)))
        pending = materialise(moved.filter(~still).select("unit", r=moved.root))
    done.append(pending.select("unit", root=pending.r, settled=ibis.literal(False)))
    return ibis.union(*done, distinct=False) if len(done) > 1 else done[0], steps
