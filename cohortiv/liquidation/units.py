"""Lines of cross-margin units: the first return, down and up, at which equity falls to maintenance.

Equity minus maintenance, the excess, is concave and piecewise linear in the return r of what moves, as long as no
price has reached 0. Newton's steps from outside the root therefore never jump over it and end after finitely many. A
unit whose excess is still positive at the edge of the domain has no line on that side. Sums are taken in whole numbers,
so the order of rows doesn't show in the last digit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from cohortiv.margin.brackets import BracketSchedule
from cohortiv.materialise import materialise, release

#: Number that stands for no schedule: collateral needs no maintenance.
NO_SCHEDULE = -1
#: Steps after which a unit counts as not settled; published schedules have at most a dozen brackets a position.
MAX_STEPS = 60
#: A step shorter than this [simple return] ends the search; a price below this share of the mark is 0.
SETTLED = 1e-12
#: The largest figure of a unit is this whole number in its sums, so each keeps the digits that a float has; a bracket's
#: amount can be larger by many orders and still fits the 38 digits of a decimal.
LARGEST_PART = 2.0**53


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
        One row a position or piece of collateral: `unit` (int), `beta` [1], `constant` and `slope` [USD]: its equity
        at price factor g is constant + slope*g, g = max(0, 1 + beta*r); `schedule` (null: no maintenance), `gross`
        (notional at g = 1 [USD]; contract USD if inverse), `mark` [USD].
    schedules : sequence of BracketSchedule
        What `schedule` counts.
    betas : sequence of float
        Every beta that occurs in `legs` [1].

    Returns
    -------
    UnitLines
    """
    legs = materialise(_scaled(legs))
    brackets = _bracket_table(legs, schedules)
    units = legs.select("unit").distinct()
    today = materialise(_evaluate(legs, brackets, units.mutate(r=ibis.literal(0.0))))
    start = [*_outer_down(legs, brackets, today, betas=betas), _outer_up(legs, brackets, today)]
    found, steps = _search(legs, brackets, _joined(start))
    excess = today.select("unit", "excess")
    down, up = (found.filter(found.falls == falls).drop("falls") for falls in (True, False))
    joined = excess.left_join(down, "unit", rname="{name}_down").left_join(up, "unit", rname="{name}_up")
    table = materialise(
        joined.select(
            "unit",
            down=joined.root,
            up=joined.root_up,
            sunk=joined.excess <= 0,
            settled=ibis.coalesce(joined.settled, True) & ibis.coalesce(joined.settled_up, True),
        )
    )
    release(legs, brackets, today, found)
    return UnitLines(table, steps)


def _scaled(legs: ir.Table) -> ir.Table:
    """Legs with the factor that makes their unit's figures whole numbers."""
    most = legs.constant.abs() + (legs.slope.abs() + legs.gross) * ibis.greatest(1.0, legs.beta)
    largest = most.max().over(ibis.window(group_by=legs.unit))
    return legs.mutate(
        schedule=ibis.coalesce(legs.schedule, NO_SCHEDULE), part=LARGEST_PART / ibis.greatest(largest, 1e-300)
    )


def _bracket_table(legs: ir.Table, schedules: Sequence[BracketSchedule]) -> ir.Table:
    """Brackets as lists, one row a schedule, and one without brackets for collateral, kept in the legs' engine."""
    none = {"schedule": NO_SCHEDULE, "inverse": False, "floors": (0.0,), "rates": (0.0,), "amounts": (0.0,)}
    rows = [none] + [
        {"schedule": n, "inverse": s.contract == "inverse", "floors": s.floors, "rates": s.rates, "amounts": s.amounts}
        for n, s in enumerate(schedules)
    ]
    numbers = "array<float64>"
    kinds = {"schedule": "int16", "inverse": "boolean", "floors": numbers, "rates": numbers, "amounts": numbers}
    return materialise(ibis.memtable(rows, schema=ibis.schema(kinds)), engine=legs.get_backend())


def _evaluate(legs: ir.Table, brackets: ir.Table, at: ir.Table) -> ir.Table:
    """Excess of each unit at its own returns `r`, the excess' slope there, and the root of the straight piece."""
    t = legs.inner_join(at, "unit").inner_join(brackets, "schedule")
    reach = 1.0 + t.beta * t.r
    factor = ibis.greatest(reach, 0.0)
    t = t.mutate(
        moves=reach >= -SETTLED,
        size=ibis.ifelse(t.inverse, t.gross, t.gross * factor),
        scale=ibis.ifelse(t.inverse, t.mark * factor, 1.0),
    )
    t = t.mutate(place=t.floors.filter(lambda floor: floor * t.scale <= t.size).length() - 1)
    t = t.mutate(rate=t.rates[t.place], amount=t.amounts[t.place])
    level, gradient = _piece(t)
    summed = t.group_by(list(at.columns)).aggregate(level=level, gradient=gradient)
    return summed.mutate(
        excess=summed.level + summed.gradient * summed.r,
        root=ibis.ifelse(summed.gradient == 0, summed.r, -summed.level / summed.gradient),
    )


def _piece(t: ir.Table) -> tuple[ir.Value, ir.Value]:
    """Level at r = 0 and gradient of a unit's excess with `rate` and `amount` held fixed, as whole numbers."""
    slope = ibis.ifelse(t.moves, t.slope + ibis.ifelse(t.inverse, t.amount * t.mark, -t.rate * t.gross), 0.0)
    constant = t.constant + ibis.ifelse(t.inverse, -t.rate * t.gross, t.amount)
    return _whole(constant + slope, t.part), _whole(slope * t.beta, t.part)


def _whole(value: ir.Value, part: ir.Value) -> ir.Value:
    """Sum of whole numbers, as a float; they add up exactly in any order."""
    return (value * part).cast("decimal(38, 0)").sum().cast("float64")


def _outer_down(legs: ir.Table, brackets: ir.Table, today: ir.Table, *, betas: Sequence[float]) -> list[ir.Table]:
    """A return at or beyond the first root going down, for every unit that has one.

    That is the root of today's straight piece where it lies before the first edge of the domain, else the first edge at
    which the excess is no longer positive. The edges are the returns at which a price reaches 0: -1/beta for betas
    above 1, and -1.
    """
    edges = sorted({-1.0 / beta for beta in betas if beta > 1} | {-1.0}, reverse=True)
    alive = today.filter(today.excess > 0)
    near = (alive.gradient > 0) & (alive.root >= edges[0])
    found = [materialise(alive.filter(near).select("unit", r=alive.root, falls=ibis.literal(True)))]
    pending = materialise(alive.filter(~near).select("unit"))
    for edge in edges:
        at_edge = materialise(_evaluate(legs, brackets, pending.mutate(r=ibis.literal(edge))))
        release(pending)
        found.append(materialise(at_edge.filter(at_edge.excess <= 0).select("unit", "r", falls=ibis.literal(True))))
        pending = materialise(at_edge.filter(at_edge.excess > 0).select("unit"))
        release(at_edge)
    release(pending)
    return found


def _outer_up(legs: ir.Table, brackets: ir.Table, today: ir.Table) -> ir.Table:
    """A return at or beyond the root going up, for every unit that has one.

    That is the root of the last straight piece, or of today's. Units whose excess doesn't fall for ever have none.
    """
    alive = today.filter(today.excess > 0).select("unit", now=today.root, falls=today.gradient < 0)
    t = legs.inner_join(alive, "unit").inner_join(brackets, "schedule")
    last = ibis.ifelse(t.inverse, 0, t.floors.length() - 1)
    t = t.mutate(moves=ibis.literal(True), rate=t.rates[last], amount=t.amounts[last])
    level, gradient = _piece(t)
    piece = t.group_by(["unit", "now", "falls"]).aggregate(level=level, gradient=gradient)
    falling = piece.filter(piece.gradient < 0)
    farthest = -falling.level / falling.gradient
    nearest = ibis.ifelse(falling.falls, ibis.least(falling.now, farthest), farthest)
    return materialise(falling.select("unit", r=nearest, falls=ibis.literal(False)))


def _search(legs: ir.Table, brackets: ir.Table, start: ir.Table) -> tuple[ir.Table, int]:
    """Newton's steps from outside the roots until none moves; roots with `settled`, and how many steps it took."""
    pending, stored = start, [start]
    found: list[ir.Table] = []
    while len(found) < MAX_STEPS and pending.count().to_pyarrow().as_py():
        at = _evaluate(legs, brackets, pending)
        settled = (at.root - at.r).abs() <= SETTLED * ibis.greatest(1.0, at.root.abs())
        moved = materialise(at.select("unit", "falls", "root", settled=settled))
        stored.append(moved)
        found.append(moved.filter(moved.settled))
        pending = moved.filter(~moved.settled).select("unit", "falls", r=moved.root)
    steps = len(found)
    unsettled = pending.select("unit", "falls", root=pending.r, settled=ibis.literal(False))
    roots = materialise(ibis.union(unsettled, *found, distinct=False))
    release(*stored)
    return roots, steps


def _joined(parts: list[ir.Table]) -> ir.Table:
    """Stored tables as one stored table; the parts are released."""
    table = materialise(ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0])
    release(*parts)
    return table
