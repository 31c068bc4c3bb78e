"""Which bracket schedule serves which rows, as one small integer column of the engine."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any

import ibis
import ibis.expr.types as ir

from cohortiv.margin.brackets import Brackets, BracketSchedule
from cohortiv.margin.schedule import Contract
from cohortiv.positions import Holding

_Period = tuple[datetime, datetime]
_Signature = tuple[str, tuple[float, ...], tuple[float, ...], tuple[float, ...]]


@dataclass(frozen=True)
class ScheduleBook:
    """Schedules that a table needs, and the rows that each one serves.

    Attributes
    ----------
    schedules : tuple of BracketSchedule
        Distinct by contract and numbers; the position in the tuple is the number in the column `schedule`.
    served : tuple of tuple of Holding
        Holdings that each schedule serves.
    early : tuple of Holding
        Holdings from before the first schedule on record; the earliest serves.
    missing : tuple of Holding
        Holdings without brackets.
    """

    schedules: tuple[BracketSchedule, ...]
    served: tuple[tuple[Holding, ...], ...]
    early: tuple[Holding, ...]
    missing: tuple[Holding, ...]


def schedule_book(inventory: Sequence[Holding], brackets: Brackets, *, as_of: datetime) -> ScheduleBook:
    """Look up the brackets of every venue, symbol, contract and day in a table.

    Parameters
    ----------
    inventory : sequence of Holding
        What the table holds.
    brackets : Brackets
        Known tables.
    as_of : datetime
        Day that counts for holdings without a snapshot time (UTC).
    """
    numbers: dict[_Signature, int] = {}
    schedules: list[BracketSchedule] = []
    served: list[list[Holding]] = []
    early: list[Holding] = []
    missing: list[Holding] = []
    effective = {day: brackets.effective(day) for day in {(h.as_of or as_of).date() for h in inventory}}
    for holding in inventory:
        day = (holding.as_of or as_of).date()
        contract: Contract = "inverse" if holding.contract == "inverse" else "linear"
        found = effective[day].schedule_for(holding.venue, holding.symbol, contract)
        if found is None:
            missing.append(holding)
            continue
        if found.early:
            early.append(holding)
        schedule = found.schedule
        number = numbers.setdefault(_signature(schedule), len(schedules))
        if number == len(schedules):
            schedules.append(schedule)
            served.append([])
        served[number].append(holding)
    return ScheduleBook(tuple(schedules), tuple(tuple(s) for s in served), tuple(early), tuple(missing))


def _signature(schedule: BracketSchedule) -> _Signature:
    return schedule.contract, schedule.floors, schedule.rates, schedule.amounts


def schedule_number(table: ir.Table, book: ScheduleBook) -> ir.Value:
    """Number of the schedule that serves each row, null where there is none.

    Notes
    -----
    A CASE over names, not a join. Conditions that all holdings share are left out, so that a table of one venue
    and symbol gets a constant.
    """
    if len(book.schedules) == 1 and not book.missing:
        return ibis.literal(0, "int16")
    if not book.schedules:
        return ibis.null("int16")
    everything = [holding for held in book.served for holding in held] + list(book.missing)
    branches = [
        (condition, ibis.literal(number, "int16"))
        for number, held in enumerate(book.served)
        for condition in _conditions(table, held, everything)
    ]
    return ibis.cases(*branches, else_=ibis.null("int16"))


def _conditions(table: ir.Table, held: Sequence[Holding], everything: Sequence[Holding]) -> list[ir.BooleanValue]:
    """Conditions that together select the rows of some holdings: one per venue, contract and set of days."""
    days: Mapping[tuple[str, str, str], set[Any]] = defaultdict(set)
    all_days: Mapping[tuple[str, str, str], set[Any]] = defaultdict(set)
    for holding in held:
        days[(holding.venue, holding.contract, holding.symbol)].add(holding.as_of)
    for holding in everything:
        all_days[(holding.venue, holding.contract, holding.symbol)].add(holding.as_of)
    together: dict[tuple[str, str, _Period | None], list[str]] = defaultdict(list)
    for key, moments in days.items():
        for period in _periods(moments, all_days[key]):
            together[(key[0], key[1], period)].append(key[2])
    shared = {name for name in ("venue", "contract", "symbol") if len({getattr(h, name) for h in everything}) == 1}
    return [
        _condition(table, {"venue": [venue], "contract": [contract], "symbol": sorted(symbols)}, shared, period=period)
        for (venue, contract, period), symbols in together.items()
    ]


def _periods(moments: set[Any], every: set[Any]) -> list[_Period | None]:
    """Runs of snapshots without another one of the table between them; None where they are all there are."""
    if moments == every:
        return [None]
    runs: list[list[datetime]] = [[]]
    for moment in sorted(every):
        if moment in moments:
            runs[-1].append(moment)
        elif runs[-1]:
            runs.append([])
    return [(run[0], run[-1]) for run in runs if run]


def _condition(
    table: ir.Table, names: Mapping[str, list[str]], shared: set[str], *, period: _Period | None
) -> ir.BooleanValue:
    """Rows with these names in a period; names that the whole table shares are not asked for."""
    parts = [
        table[column].isin(values) if len(values) > 1 else table[column] == values[0]
        for column, values in names.items()
        if column not in shared
    ]
    if period is not None:
        parts.append(table.as_of.between(*period))
    return reduce(and_, parts) if parts else ibis.literal(True)


def by_schedule(table: ir.Table, values: Mapping[int, ir.Value]) -> ir.Value:
    """Value of each row's own schedule: a CASE over the column `schedule`, the value itself if it is the only one.

    Without any schedule the value is null.
    """
    if not values:
        return ibis.null("float64")
    if len(values) == 1:
        return next(iter(values.values()))
    return ibis.cases(*[(table.schedule == number, value) for number, value in values.items()])
