"""The cells of a leverage usage that a report may show: values of each dimension, and declared by effective tier."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import ibis
import ibis.expr.types as ir
import pandas as pd

from cohortiv.assessment.disclosed import BOTH, Disclosed, rule_of
from cohortiv.assessment.overlap import AccountOverlap
from cohortiv.assessment.told_wholes import told_wholes
from cohortiv.config.cohort import Privacy
from cohortiv.disclosure import DisclosedCells, DisclosureRule, counted, is_safe, ordered_cells, pooled_cells
from cohortiv.distribution.effective import KNOWN
from cohortiv.distribution.usage import DIMENSIONS, value_names

_PLACE: Final = ("tier_range", "side")
_COUNTS: Final = ("dimension", "cell", "accounts", "collateral_told")


@dataclass(frozen=True, eq=False)
class UsageCells:
    """Which values of a leverage usage may be told, and with which others together.

    Attributes
    ----------
    rule : DisclosureRule
    plan : DataFrame
        dimension (`usage.DIMENSIONS`), value (as in `LeverageUsage.shares`), cell: number within the dimension, below 0
        for a rest.
    counts : DataFrame
        dimension, cell, accounts (distinct), collateral_told: whether the cell's collateral may be shown.
    effective : DisclosedCells
        tier_range (a cell of `Disclosed.tiers`), state, effective_tier -> ranges of effective tiers within each range
        of declared ones; below 0 for a rest, one for each range.
    effective_positions : DataFrame
        cell of `effective`, positions.
    medians_told : bool
        Whether enough accounts have an effective leverage for its median to be shown.
    days : tuple of datetime
        Snapshots of which the share at high leverage may be told, oldest first.
    overlap : AccountOverlap or None
        How many of the accounts the first snapshot had too; None where that may not be told.
    """

    rule: DisclosureRule
    plan: pd.DataFrame
    counts: pd.DataFrame
    effective: DisclosedCells
    effective_positions: pd.DataFrame
    medians_told: bool
    days: tuple[datetime, ...] = ()
    overlap: AccountOverlap | None = None


def disclose_usage(held: ir.Table, positions: ir.Table, disclosed: Disclosed, *, privacy: Privacy) -> UsageCells:
    """Form the cells of a leverage usage that may be published.

    Parameters
    ----------
    held : ibis Table
        From `profile.leveraged_positions`.
    positions : ibis Table
        From `distribution.effective.effective_positions`, the same snapshot.
    disclosed : Disclosed
        Cells that the report shows anyway. Tiers and sides are sums of these, so nothing new follows from them; symbols
        are told as wholes where nothing withheld follows; products and venues are cells of their own, with one rest
        each.
    privacy : Privacy
        Fewest accounts, and largest share of one account.

    Returns
    -------
    UsageCells
        Empty where nothing is leveraged.
    """
    rule = rule_of(privacy)
    plans = {"tier": disclosed.tiers.plan.rename(columns={"tier": "value"}), "side": _sides(held, disclosed)}
    for name in ("product", "venue"):
        plans[name] = pooled_cells(held, within=[], by=[name], rule=rule).plan.rename(columns={name: "value"})
    told = {name: _told_with_ranges(plans[name], disclosed, name) for name in ("tier", "side")}
    plans["symbol"], told["symbol"] = _whole_symbols(held, disclosed, rule)
    counts = [_counts(held, name, plans[name], rule=rule, told=told.get(name)) for name in DIMENSIONS]
    plan = [plans[name].assign(dimension=name, value=value_names(plans[name]["value"])) for name in DIMENSIONS]
    ranged = positions.inner_join(_tier_ranges(disclosed), ["tier"])
    effective = ordered_cells(
        ranged, group=["tier_range", "state"], order="effective_tier", rule=rule, apart=["tier_range"]
    )
    known = counted(positions.filter(positions.state == KNOWN).mutate(everything=0), ["everything"])
    return UsageCells(
        rule=rule,
        plan=pd.concat(plan, ignore_index=True)[["dimension", "value", "cell"]],
        counts=pd.concat(counts, ignore_index=True),
        effective=effective,
        effective_positions=_effective_positions(ranged, effective),
        medians_told=bool(len(known) and is_safe(known, rule).all()),
    )


def _whole_symbols(held: ir.Table, disclosed: Disclosed, rule: DisclosureRule) -> tuple[pd.DataFrame, frozenset[int]]:
    """Symbols as far as their whole may be told: value, cell (-1: together); and the cells that tell collateral too.

    A single cell would have all collateral that is told, so then none tells it.
    """
    if disclosed.symbols.plan.empty:
        return pd.DataFrame(columns=["value", "cell"]), frozenset()
    sided = held if disclosed.sides_apart else held.mutate(side=ibis.literal(BOTH))
    placed = sided.inner_join(_tier_ranges(disclosed), ["tier"])
    placed = placed.inner_join(ibis.memtable(disclosed.symbols.plan), [*_PLACE, "symbol"])
    sizes = counted(placed, ["symbol"]).sort_values("notional_cents", ascending=False, kind="stable")
    order = [str(symbol) for symbol in sizes["symbol"]]
    rows = _withheld_rows(placed, disclosed)
    notional = rows.assign(rest=rows["cell"].astype("str"), amount=rows["notional"])
    told = told_wholes(notional[notional["cell"] < 0], order, rule)
    plan = pd.DataFrame({"value": pd.array(order, dtype="str"), "cell": range(len(order))})
    plan["cell"] = plan["cell"].where(plan["value"].isin(list(told)), -1)
    posted = rows.assign(rest=_collateral_rests(rows, disclosed), amount=rows["collateral"])
    # Collateral is near notional / leverage: beside a symbol's notional it would be a second sum over what is withheld.
    untold = frozenset(rows.loc[rows["cell"] < 0, "symbol"].astype(str))
    wholes = (told_wholes(posted, order, rule) & told) - untold if disclosed.collateral.total else frozenset()
    shown = plan["value"].isin(list(wholes)) | (bool(wholes) and wholes == told)
    cells = frozenset(int(cell) for cell in plan.loc[shown, "cell"])
    return plan, cells if len(cells) > 1 or shown.all() else frozenset()


def _withheld_rows(placed: ir.Table, disclosed: Disclosed) -> pd.DataFrame:
    """Notional and collateral by account, symbol, tier_range, side and cell, where a cell tells not all of a symbol."""
    alone = [cell for cell in disclosed.collateral.cells if cell >= 0]
    inside = placed.filter(~placed.cell.isin(alone)) if alone else placed
    grouped = inside.group_by(["account_id", "symbol", *_PLACE, "cell"])
    sums = grouped.aggregate(notional=inside.notional_cents.sum(), collateral=inside.collateral_cents.sum())
    frame: pd.DataFrame = sums.to_pyarrow().to_pandas()
    frame = frame.sort_values(["symbol", *_PLACE, "account_id"], ignore_index=True)
    return frame.astype({"notional": "float64", "collateral": "float64"})


def _collateral_rests(rows: pd.DataFrame, disclosed: Disclosed) -> "pd.Series[str]":
    """The told sum of collateral that each row is a part of: a rest of symbols, a range and side, or what is left."""
    told = rows["cell"].isin(list(disclosed.collateral.cells))
    places = [f"{number} {side}" for number, side in rows[[*_PLACE]].itertuples(index=False)]
    ranges = [f"{number} {side}" for number, side in disclosed.collateral.ranges]
    by_place = pd.Series(places, index=rows.index, dtype="str")
    rest = by_place.where(by_place.isin(ranges), "left")
    return rest.where(~told, rows["cell"].astype("str"))


def _tier_ranges(disclosed: Disclosed) -> ir.Table:
    """tier, tier_range: which range of declared tiers each belongs to."""
    return ibis.memtable(disclosed.tiers.plan.rename(columns={"cell": "tier_range"}))


def _sides(held: ir.Table, disclosed: Disclosed) -> pd.DataFrame:
    """Longs and shorts as cells of their own, or as one where they may not be told apart."""
    sides = sorted(held.select("side").distinct().to_pyarrow().to_pydict()["side"])
    cells = range(len(sides)) if disclosed.sides_apart else [0] * len(sides)
    return pd.DataFrame({"value": pd.array(sides, dtype="str"), "cell": list(cells)})


def _told_with_ranges(plan: pd.DataFrame, disclosed: Disclosed, dimension: str) -> frozenset[int]:
    """Cells of tiers or sides whose collateral is a sum of what is told by range of tiers and side anyway."""
    places = disclosed.symbols.plan[["tier_range", "side"]].drop_duplicates()
    pairs = places.itertuples(index=False)
    shown = places.assign(told=[(int(number), str(side)) in disclosed.collateral.ranges for number, side in pairs])
    if dimension == "tier":
        whole = shown.groupby("tier_range")["told"].all()
        return frozenset(int(number) for number in whole.index[whole])
    by_side = shown.groupby("side")["told"].all()
    told = [bool(by_side.get(value, by_side.all())) for value in plan["value"]]
    whole = plan.assign(told=told).groupby("cell")["told"].all()
    return frozenset(int(number) for number in whole.index[whole])


def _counts(
    held: ir.Table, dimension: str, plan: pd.DataFrame, *, rule: DisclosureRule, told: frozenset[int] | None
) -> pd.DataFrame:
    """Distinct accounts of each cell, and whether its collateral may be shown; `told` None: found by the rule."""
    if plan.empty:
        return pd.DataFrame(columns=list(_COUNTS))
    numbered = held.inner_join(ibis.memtable(plan.rename(columns={"value": dimension})), [dimension])
    counts = counted(numbered, ["cell"])
    if told is None:
        posted = numbered.select("account_id", shown="cell", notional_cents=numbered.collateral_cents)
        by_cell = pooled_cells(posted, within=[], by=["shown"], rule=rule).plan
        told = frozenset(int(cell) for cell in by_cell.loc[by_cell["cell"] >= 0, "shown"])
    return counts.assign(dimension=dimension, collateral_told=counts["cell"].isin(list(told)))[list(_COUNTS)]


def _effective_positions(ranged: ir.Table, cells: DisclosedCells) -> pd.DataFrame:
    """Number of positions of each cell of declared by effective tiers."""
    if cells.plan.empty:
        return pd.DataFrame(columns=["cell", "positions"])
    placed = ranged.inner_join(ibis.memtable(cells.plan), ["tier_range", "state", "effective_tier"])
    frame: pd.DataFrame = placed.group_by("cell").aggregate(positions=placed.count()).to_pyarrow().to_pandas()
    return frame.sort_values("cell", ignore_index=True)
