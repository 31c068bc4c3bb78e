"""From checked positions to liquidation lines: distance of every position to the price that closes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir

from cohortiv.comovement import Comovement
from cohortiv.liquidation.cross import OWN, cross_lines
from cohortiv.liquidation.schedules import ScheduleBook, schedule_book, schedule_number
from cohortiv.liquidation.single import moving_lines, plain_lines
from cohortiv.margin.brackets import Brackets
from cohortiv.materialise import materialise
from cohortiv.positions import Holding, Positions, countable_cents
from cohortiv.schema import TIER_EDGES, USED, notional_usd

#: State of a position: with a line, past its line, without one.
LINE, PAST, NO_LINE = 0, 1, 2
#: Tier of positions without leverage (declared leverage 1).
UNLEVERAGED = 0
#: Supplied and computed lines that differ by more than this share of the mark are counted.
DISAGREEMENT = 0.005

LINE_COLUMNS = (
    "as_of", "account_id", "venue", "symbol", "product", "side", "margin_mode", "tier", "mark_price",
    "reason", "reading", "state", "ratio", "second_ratio", "notional_cents", "collateral_cents",
    "estimated", "supplied", "past_supplied", "compared", "differs",
)  # fmt: skip


@dataclass(frozen=True)
class LineTable:
    """Positions with their liquidation lines, still in the engine.

    Attributes
    ----------
    table : ibis Table
        `LINE_COLUMNS`: `tier` (largest edge <= leverage, 0 unleveraged), `reason` (0 used), `reading` (0 own line,
        1 market line), `state` (0 line, 1 past, 2 none), `ratio` and `second_ratio` (line / mark), money in cents,
        `estimated` (collateral unknown, notional / leverage stands in), `supplied` (the venue's own line serves),
        `past_supplied` (it lies on the wrong side of the mark), `compared` and `differs` (supplied against computed).
    book : ScheduleBook
        Brackets in use.
    steps : int
        Newton steps of the slowest cross unit, 0 without cross positions.
    """

    table: ir.Table
    book: ScheduleBook
    steps: int


def liquidation_lines(
    positions: Positions,
    inventory: Sequence[Holding],
    *,
    brackets: Brackets,
    comovement: Comovement,
    as_of: datetime,
    symbol: str | None = None,
    tier_edges: Sequence[int] = TIER_EDGES,
) -> LineTable:
    """Solve the liquidation line of every position in the engine.

    Parameters
    ----------
    positions : Positions
        Checked positions, one or more snapshots.
    inventory : sequence of Holding
        What the table holds.
    brackets : Brackets
        Maintenance brackets by venue, symbol, contract and date.
    comovement : Comovement
        Betas of symbols and collateral.
    as_of : datetime
        Snapshot time of rows without one (UTC).
    symbol : str, optional
        With a symbol the own reading holds for all units. Rows of other symbols stay in the table.
    tier_edges : sequence of int
        Lowest leverage of each tier, rising from 1 [x].

    Returns
    -------
    LineTable
    """
    book = schedule_book(inventory, brackets, as_of=as_of)
    t = positions.table
    t = t.mutate(
        as_of=ibis.coalesce(t.as_of, as_of) if "as_of" in positions.given else ibis.literal(as_of, "timestamp"),
        sign=ibis.ifelse(t.side == "long", 1.0, -1.0),
        size_usd=notional_usd(t) if "contract" in positions.given else t.quantity * t.mark_price,
        schedule=schedule_number(t, book),
    )
    modes = {holding.margin_mode for holding in inventory}
    parts: list[ir.Table] = []
    steps = 0
    if modes != {"cross"}:
        single = t.filter(t.margin_mode != "cross") if "cross" in modes else t
        alone = _finish(_isolated(single, positions.given, book, inventory=inventory), positions.given, tier_edges)
        # Lines of what moves with the coin are long expressions, and DuckDB plans what stands on them for a minute.
        parts.append(materialise(alone) if _has_moving(inventory) else alone)
    if "cross" in modes:
        crossed = t.filter(t.margin_mode == "cross") if modes != {"cross"} else t
        solved = cross_lines(crossed, book, comovement, inventory=inventory, symbol=symbol)
        parts.append(materialise(_finish(solved.table, positions.given, tier_edges)))
        steps = solved.steps
    table = parts[0] if len(parts) == 1 else ibis.union(*parts, distinct=False)
    return LineTable(table, book, steps)


def _isolated(t: ir.Table, given: frozenset[str], book: ScheduleBook, *, inventory: Sequence[Holding]) -> ir.Table:
    """Isolated positions: computed lines, then supplied ones on top."""
    entry = t.quantity * t.entry_price
    if "contract" in given:
        entry = ibis.ifelse(t.contract == "inverse", t.quantity, entry)
    margin = entry / t.leverage
    if given & {"margin", "contract", "collateral_asset", "collateral_price", "haircut"}:
        units = ibis.coalesce(t.margin, margin / t.collateral_price)
        margin = units * t.collateral_price * (1 - t.haircut)
    t = t.mutate(margin_usd=margin)
    t = plain_lines(t, book.schedules)
    past = ibis.ifelse(t.sign > 0, t.line >= t.mark_price, t.line <= t.mark_price)
    t = t.mutate(ratio=t.line / t.mark_price, second_ratio=ibis.null("float64"), past=past)
    if _has_moving(inventory):
        t = _with_moving(t, book)
    t = (
        _supplied(t)
        if given & {"liquidation_price", "liquidation_price_known"}
        else t.mutate(computed_ratio=ibis.null("float64"), past_supplied=ibis.literal(False))
    )
    reason = t.reason
    if book.missing:
        unbracketed = (t.reason == USED) & t.schedule.isnull() & ~t.liquidation_price_known
        reason = ibis.ifelse(unbracketed, ibis.literal(13, "int8"), t.reason)
    return t.mutate(
        reason=reason,
        reading=ibis.literal(OWN, "int8"),
        collateral_usd=t.margin_usd,
        estimated=ibis.literal(False),
    )


def _has_moving(inventory: Sequence[Holding]) -> bool:
    """Whether margin or contract of an isolated position moves with its own coin."""
    return any(
        h.margin_mode != "cross" and (h.contract == "inverse" or h.collateral_asset == h.symbol) for h in inventory
    )


def _with_moving(t: ir.Table, book: ScheduleBook) -> ir.Table:
    """Replace the line where the contract is inverse or the collateral is the symbol's own coin."""
    own = t.collateral_asset == t.symbol
    t = t.mutate(
        static_usd=ibis.ifelse(own, 0.0, t.margin_usd), own_coins=ibis.ifelse(own, t.margin_usd / t.mark_price, 0.0)
    )
    t = moving_lines(t, book.schedules)
    moves = own | (t.contract == "inverse")
    none = ibis.null("float64")
    below = ibis.ifelse(t.down > 0, t.down, none) / t.mark_price
    above = t.up / t.mark_price
    return t.mutate(
        ratio=ibis.ifelse(moves, ibis.coalesce(below, above), t.ratio),
        second_ratio=ibis.ifelse(moves & below.notnull(), above, none),
        past=ibis.ifelse(moves, t.sunk, t.past),
    )


def _supplied(t: ir.Table) -> ir.Table:
    """Let the venue's own line win; it is past if it lies on the wrong side of the mark."""
    known = t.liquidation_price_known
    ratio = t.liquidation_price / t.mark_price
    wrong = ibis.coalesce(ibis.ifelse(t.sign > 0, ratio >= 1, ratio <= 1), False)
    none = ibis.null("float64")
    has_schedule = t.schedule.notnull()
    computed = ibis.ifelse(ratio > 1, ibis.coalesce(t.second_ratio, t.ratio), t.ratio)
    return t.mutate(
        ratio=ibis.ifelse(known, ratio, t.ratio),
        second_ratio=ibis.ifelse(known, none, t.second_ratio),
        past=ibis.ifelse(known, wrong, t.past),
        past_supplied=known & wrong,
        computed_ratio=ibis.ifelse(has_schedule, ibis.coalesce(ibis.greatest(computed, 0.0), 0.0), none),
    )


def _tier(leverage: ir.Value, tier_edges: Sequence[int]) -> ir.Value:
    """Largest tier edge <= leverage as a balanced CASE; `UNLEVERAGED` for a declared leverage of 1."""

    def half(edges: Sequence[int]) -> ir.Value:
        if len(edges) == 1:
            return ibis.literal(edges[0], "int16")
        middle = len(edges) // 2
        return ibis.ifelse(leverage < edges[middle], half(edges[:middle]), half(edges[middle:]))

    return ibis.ifelse(leverage > 1, half(tier_edges), ibis.literal(UNLEVERAGED, "int16"))


def _finish(t: ir.Table, given: frozenset[str], tier_edges: Sequence[int]) -> ir.Table:
    """State, tier and whole cents; excluded rows keep their notional where it can be computed."""
    used = t.reason == USED
    state = ibis.cases(
        (~used, ibis.null("int8")),
        (t.past, ibis.literal(PAST, "int8")),
        (t.ratio > 0, ibis.literal(LINE, "int8")),
        else_=ibis.literal(NO_LINE, "int8"),
    )
    supplied = compared = differs = ibis.literal(False)
    if given & {"liquidation_price", "liquidation_price_known"}:
        supplied = used & t.liquidation_price_known & (t.reading == OWN)
        compared = used & t.liquidation_price_known & t.computed_ratio.notnull()
        theirs = ibis.coalesce(t.liquidation_price / t.mark_price, 0.0)
        differs = compared & ((theirs - t.computed_ratio).abs() > DISAGREEMENT)
    return t.mutate(
        as_of=t.as_of.cast("timestamp(6)"),
        tier=_tier(t.leverage, tier_edges),
        state=state,
        notional_cents=countable_cents(t.size_usd),
        collateral_cents=ibis.ifelse(used, (t.collateral_usd * 100).round(), 0).cast("int64"),
        supplied=supplied,
        compared=compared,
        differs=differs,
    ).select(*LINE_COLUMNS)
