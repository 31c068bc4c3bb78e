"""Cross margin: what belongs to one unit, and the lines of its positions by the two readings of the model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from cohortiv.comovement import Comovement
from cohortiv.liquidation.schedules import ScheduleBook
from cohortiv.liquidation.units import solve_units
from cohortiv.materialise import materialise
from cohortiv.positions import Holding
from cohortiv.schema import DUPLICATE, USED

OWN, MARKET = 0, 1
_KEY = ["as_of", "account_id", "venue"]


@dataclass(frozen=True)
class CrossLines:
    """Cross positions with their lines, still in the engine.

    Attributes
    ----------
    table : ibis Table
        The positions with `ratio`, `second_ratio` (line / mark; null: none), `past`, `reading` (0 own line, 1 market
        line), `reason`, `computed_ratio` (own line by formula, null where unknown), `collateral_usd`, `estimated`.
    steps : int
        Newton steps of the slowest unit.
    """

    table: ir.Table
    steps: int


def cross_lines(
    table: ir.Table,
    book: ScheduleBook,
    comovement: Comovement,
    *,
    inventory: Sequence[Holding],
    symbol: str | None,
) -> CrossLines:
    """Solve the lines of cross positions.

    Parameters
    ----------
    table : ibis Table
        Cross positions: contract columns, `reason`, `schedule`, `sign`, `size_usd`.
    book : ScheduleBook
        What `schedule` counts.
    comovement : Comovement
        Betas of symbols and collateral.
    inventory : sequence of Holding
        What the table holds: names the symbols and assets whose betas are needed.
    symbol : str or None
        With a symbol the own reading holds for all units; without, units of several symbols get the market's.

    Returns
    -------
    CrossLines
    """
    rows, units = _units(table.mutate(account_id=ibis.coalesce(table.account_id, "")))
    names = {h.symbol for h in inventory} | {h.collateral_asset for h in inventory}
    betas = {name: comovement.beta(name) for name in sorted(names)}
    lines, steps = _solved(rows, units.filter(units.computable), book, betas=betas, symbol=symbol)
    joined = rows.left_join(lines.filter(~lines.market).drop("market"), ["unit", "symbol"], rname="{name}_own")
    if symbol is None:
        joined = joined.left_join(lines.filter(lines.market).drop("market"), "unit", rname="{name}_market")
    return CrossLines(_choose(joined, with_market=symbol is None), steps)


def _units(table: ir.Table) -> tuple[ir.Table, ir.Table]:
    """Positions with the number of their unit and what is known of it; and one row a unit.

    A repeated row belongs to no unit: the one that was kept stands for the position.
    """
    posted = ibis.coalesce(table.margin * table.collateral_price * (1 - table.haircut), 0.0)
    used, repeated = table.reason == USED, table.reason == DUPLICATE
    grouped = table.group_by(_KEY).aggregate(
        unit_rows=(~repeated).sum(),
        unit_symbols=table.symbol.nunique(),
        complete=(used | repeated).all(),
        bracketed=table.schedule.notnull().all(),
        wallet=(used & table.margin.notnull()).any(),
        wallet_usd=_exact_sum(ibis.ifelse(used, posted, 0.0)),
        unit_size=_exact_sum(ibis.ifelse(used, table.size_usd, 0.0)),
        any_known=(used & table.liquidation_price_known).any(),
        moving=(used & (table.collateral_asset == table.symbol) & table.margin.notnull()).any(),
    )
    units = materialise(
        grouped.mutate(unit=ibis.row_number(), computable=grouped.complete & grouped.bracketed & grouped.wallet)
    )
    rows = materialise(table.inner_join(units, _KEY))
    return rows, units


def _exact_sum(usd: ir.Value) -> ir.Value:
    """Sum of amounts of money in millionths of a cent [USD]: whole numbers, so the order of rows doesn't show."""
    return (usd * 1e8).cast("decimal(38, 0)").sum().cast("float64") / 1e8


def _position_legs(rows: ir.Table) -> ir.Table:
    """Equity of a position at price factor g: constant + slope*g [USD]."""
    inverse = rows.contract == "inverse"
    signed = rows.sign * rows.quantity
    return rows.select(
        "unit",
        asset=rows.symbol,
        constant=ibis.ifelse(inverse, -signed, -signed * rows.entry_price),
        slope=ibis.ifelse(inverse, signed * rows.mark_price / rows.entry_price, signed * rows.mark_price),
        schedule=rows.schedule,
        gross=ibis.ifelse(inverse, rows.quantity, rows.quantity * rows.mark_price),
        mark=rows.mark_price,
    )


def _collateral_legs(rows: ir.Table) -> ir.Table:
    """Collateral after haircut: all of it moves with its asset's price."""
    held = rows.filter(rows.margin.notnull())
    return held.select(
        "unit",
        asset=held.collateral_asset,
        constant=ibis.literal(0.0),
        slope=held.margin * held.collateral_price * (1 - held.haircut),
        schedule=ibis.null("int16"),
        gross=ibis.literal(0.0),
        mark=ibis.literal(1.0),
    )


def _legs(rows: ir.Table, units: ir.Table) -> ir.Table:
    chosen = rows.filter(rows.reason == USED).semi_join(units, "unit")
    return ibis.union(_position_legs(chosen), _collateral_legs(chosen), distinct=False)


def _solved(
    rows: ir.Table, computable: ir.Table, book: ScheduleBook, *, betas: Mapping[str, float], symbol: str | None
) -> tuple[ir.Table, int]:
    """Lines of all units by one search: own lines by unit and symbol, market lines by unit; and its steps."""
    problems = materialise(_problems(rows, computable, symbol).mutate(problem=ibis.row_number()))
    legs = _legs(rows, computable).inner_join(problems, "unit")
    beta = ibis.ifelse(legs.asset == legs.symbol, 1.0, 0.0)
    every = {0.0, 1.0}
    if symbol is None:
        beta = ibis.ifelse(legs.market, _market_beta(legs.asset, betas), beta)
        every |= set(betas.values())
    legs = legs.mutate(beta=beta).drop("unit", "symbol", "market", "asset").rename(unit="problem")
    found = solve_units(legs, book.schedules, betas=sorted(every))
    lines = found.table.inner_join(problems.rename(number="unit"), found.table.unit == problems.problem)
    kept = lines.select("symbol", "market", "down", "up", "sunk", "settled", unit=lines.number)
    return materialise(kept), found.steps


def _problems(rows: ir.Table, computable: ir.Table, symbol: str | None) -> ir.Table:
    """What is to be solved: unit, symbol that moves by itself, or `market`, where all move.

    An own line is for units of one symbol, those with supplied lines to compare with, and all if a symbol is given.
    """
    targets = rows.semi_join(computable, "unit")
    if symbol is not None:
        targets = targets.filter(targets.symbol == symbol)
    else:
        targets = targets.filter((targets.unit_symbols == 1) | targets.any_known)
    own = targets.select("unit", "symbol").distinct().mutate(market=ibis.literal(False))
    if symbol is not None:
        return own
    several = computable.filter(computable.unit_symbols > 1)
    market = several.select("unit", symbol=ibis.null("string"), market=ibis.literal(True))
    return ibis.union(own, market, distinct=False)


def _market_beta(asset: ir.Value, betas: Mapping[str, float]) -> ir.Value:
    """Beta of each symbol or collateral asset, as a CASE over the few different ones."""
    by_beta: dict[float, list[str]] = {}
    for name, beta in betas.items():
        by_beta.setdefault(beta, []).append(name)
    return ibis.cases(*[(asset.isin(names), value) for value, names in by_beta.items()], else_=0.0)


def _choose(t: ir.Table, *, with_market: bool) -> ir.Table:
    """Line of each position by its reading, supplied lines first in the own reading, and what excludes it."""
    several = t.unit_symbols > 1
    market = (several & t.computable) if with_market else ibis.literal(False)
    none = ibis.null("float64")
    down, up, sunk, settled = t.down, t.up, t.sunk, t.settled
    if with_market:
        down, up = ibis.ifelse(market, t.down_market, t.down), ibis.ifelse(market, t.up_market, t.up)
        sunk, settled = ibis.ifelse(market, t.sunk_market, t.sunk), ibis.ifelse(market, t.settled_market, t.settled)
    t = t.mutate(
        own_computed=ibis.ifelse(
            t.liquidation_price > t.mark_price, ibis.coalesce(t.up, t.down), ibis.coalesce(t.down, t.up)
        ),
        own_known=t.sunk.notnull(),
        first=ibis.ifelse(down > -1, down, up), second=ibis.ifelse(down > -1, up, none),
        sunk_now=sunk, settled_now=settled, market=market,
    )  # fmt: skip
    supplied = t.liquidation_price_known & ~t.market
    ratio = t.liquidation_price / t.mark_price
    wrong = (t.unit_rows == 1) & ~t.moving & ibis.ifelse(t.sign > 0, ratio >= 1, ratio <= 1)
    reason = ibis.cases(
        (t.reason != USED, t.reason),
        (supplied, ibis.literal(USED, "int8")),
        (t.schedule.isnull(), ibis.literal(13, "int8")),
        (~(t.complete & t.bracketed), ibis.literal(15, "int8")),
        (~t.wallet, ibis.literal(14, "int8")),
        (~ibis.coalesce(t.settled_now, False), ibis.literal(16, "int8")),
        else_=ibis.literal(USED, "int8"),
    )
    return t.mutate(
        reason=reason,
        reading=ibis.ifelse(t.market, ibis.literal(MARKET, "int8"), ibis.literal(OWN, "int8")),
        ratio=ibis.ifelse(supplied, ratio, 1 + t.first),
        second_ratio=ibis.ifelse(supplied, none, 1 + t.second),
        past=ibis.coalesce(ibis.ifelse(supplied, wrong, t.sunk_now), False),
        past_supplied=ibis.coalesce(supplied & wrong, False),
        computed_ratio=ibis.ifelse(t.own_known, ibis.coalesce(1 + t.own_computed, 0.0), none),
        collateral_usd=ibis.ifelse(t.wallet, t.wallet_usd * t.size_usd / t.unit_size, t.size_usd / t.leverage),
        estimated=~t.wallet,
    )
