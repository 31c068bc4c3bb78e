"""The line of one isolated position in closed form, as engine expressions.

Equity minus maintenance is the lowest of straight lines in the price, one per bracket, so it is positive between the
highest root of a rising line and the lowest root of a falling one. Reference: `tests/reference_isolated.py`.
"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from cohortiv.liquidation.schedules import by_schedule
from cohortiv.margin.brackets import BracketSchedule


def plain_lines(table: ir.Table, schedules: Sequence[BracketSchedule]) -> ir.Table:
    """Lines of linear positions behind collateral that stands still.

    Parameters
    ----------
    table : ibis Table
        quantity [base units], entry_price [USD], margin_usd [USD], sign (1 long, -1 short) and `schedule`.
    schedules : sequence of BracketSchedule
        What `schedule` counts; inverse ones are passed over.

    Returns
    -------
    ibis Table
        With `line` [USD]: highest (long) or lowest (short) over the brackets k of
        (margin + amount_k - side*quantity*entry) / (quantity*(mmr_k - side)); zero or below: none.

    Notes
    -----
    The root of the first bracket is the line if its notional lies in the first bracket, as for nearly all positions;
    the others are only evaluated where it does not.
    """
    linear = {n: s for n, s in enumerate(schedules) if s.contract == "linear"}
    if not linear:
        return table.mutate(line=ibis.null("float64"))
    table = table.mutate(offset=table.margin_usd - table.sign * table.quantity * table.entry_price)
    table = table.mutate(first=by_schedule(table, {n: _plain_root(table, s, 0) for n, s in linear.items()}))
    line = by_schedule(table, {n: _plain_envelope(table, s) for n, s in linear.items()})
    return table.mutate(line=line).drop("offset", "first")


def _plain_root(table: ir.Table, schedule: BracketSchedule, k: int) -> ir.Value:
    amount = schedule.amounts[k]
    offset = table.offset + amount if amount else table.offset
    return offset / (table.quantity * (schedule.rates[k] - table.sign))


def _plain_envelope(table: ir.Table, schedule: BracketSchedule) -> ir.Value:
    if len(schedule.floors) == 1:
        return table.first
    roots = [_plain_root(table, schedule, k) for k in range(len(schedule.floors))]
    envelope = ibis.ifelse(table.sign > 0, ibis.greatest(*roots), ibis.least(*roots))
    return ibis.ifelse(table.first * table.quantity <= schedule.floors[1], table.first, envelope)


def moving_lines(table: ir.Table, schedules: Sequence[BracketSchedule]) -> ir.Table:
    """Lines of positions whose collateral moves with the symbol, and of inverse ones: below and above the mark.

    Parameters
    ----------
    table : ibis Table
        quantity, entry_price, mark_price, sign, contract, `schedule`, and static_usd [USD], own_coins [coin]:
        collateral after haircut that stands still, and in the symbol's own coin.
    schedules : sequence of BracketSchedule
        What `schedule` counts.

    Returns
    -------
    ibis Table
        With `down`, `up` [USD] (null: none) and `sunk`: equity at the mark at or under maintenance.

    Notes
    -----
    In USD both contracts are straight in the price P: linear s*q*(P - entry), inverse s*Q*(P/entry - 1); maintenance is
    max_k(mmr_k*q*P - amount_k) and max_k(mmr_k*Q - amount_k*P).
    """
    inverse = table.contract == "inverse"
    signed = table.sign * table.quantity
    table = table.mutate(
        constant=table.static_usd - ibis.ifelse(inverse, signed, signed * table.entry_price),
        slope=table.own_coins + ibis.ifelse(inverse, signed / table.entry_price, signed),
    )
    numbered = dict(enumerate(schedules))
    down = by_schedule(table, {n: _bound(table, s, above=False) for n, s in numbered.items()})
    up = by_schedule(table, {n: _bound(table, s, above=True) for n, s in numbered.items()})
    least = by_schedule(table, {n: _least_excess(table, s) for n, s in numbered.items()})
    return table.mutate(down=down, up=up, sunk=least <= 0).drop("constant", "slope")


def _excess(table: ir.Table, schedule: BracketSchedule, k: int) -> tuple[ir.Value, ir.Value]:
    """Constant and slope in the price of equity minus the k-th bracket's maintenance."""
    rate, amount = schedule.rates[k], schedule.amounts[k]
    if schedule.contract == "inverse":
        return table.constant - rate * table.quantity, table.slope + amount
    return table.constant + amount, table.slope - rate * table.quantity


def _bound(table: ir.Table, schedule: BracketSchedule, *, above: bool) -> ir.Value:
    """Lowest root of a falling line (above), or highest root of a rising one (below); null where there is none."""
    roots = []
    for k in range(len(schedule.floors)):
        constant, slope = _excess(table, schedule, k)
        roots.append(ibis.ifelse(slope < 0 if above else slope > 0, -constant / slope, ibis.null("float64")))
    if len(roots) == 1:
        return roots[0]
    return ibis.least(*roots) if above else ibis.greatest(*roots)


def _least_excess(table: ir.Table, schedule: BracketSchedule) -> ir.Value:
    """Equity at the mark minus the largest of the brackets' maintenance [USD]."""
    values = []
    for k in range(len(schedule.floors)):
        constant, slope = _excess(table, schedule, k)
        values.append(constant + slope * table.mark_price)
    return values[0] if len(values) == 1 else ibis.least(*values)
