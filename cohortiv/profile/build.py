"""From lines to a profile: what is in scope, the one pass, and the check that nothing got lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from cohortiv.comovement import Comovement
from cohortiv.errors import DataError
from cohortiv.liquidation import OWN, LineTable
from cohortiv.positions import ControlTotals, Holding
from cohortiv.profile.cells import FLAGGED, OUT_OF_SCOPE, binned, cells, kept
from cohortiv.profile.liquidation_profile import LiquidationProfile


@dataclass(frozen=True)
class Scope:
    """Which positions a run is about; None lets all pass. Applied after lines are solved.

    Attributes
    ----------
    symbols, venues, products, accounts : tuple of str or None
    """

    symbols: tuple[str, ...] | None = None
    venues: tuple[str, ...] | None = None
    products: tuple[str, ...] | None = None
    accounts: tuple[str, ...] | None = None


@dataclass(frozen=True, eq=False)
class BuiltProfile:
    """A profile, and the binned lines that it was made of, still in the engine.

    Attributes
    ----------
    profile : LiquidationProfile
    lines : ibis Table
        For the passes by account and the exact critical moves: `liquidation.LINE_COLUMNS` with bins.
    """

    profile: LiquidationProfile
    lines: ir.Table


def build_profile(
    lines: LineTable,
    inventory: Sequence[Holding],
    given: frozenset[str],
    *,
    scope: Scope,
    comovement: Comovement,
    origin: Mapping[str, Any],
    keep: bool = False,
) -> BuiltProfile:
    """Make the liquidation profile of a line table in one pass.

    Parameters
    ----------
    lines : LineTable
    inventory : sequence of Holding
        What the table holds: keys with one value are not grouped by.
    given : frozenset of str
        Contract columns that the files brought.
    scope : Scope
    comovement : Comovement
        Kappas and betas, kept with the profile.
    origin : mapping
        Kept with the profile.
    keep : bool
        Whether to keep the binned lines in the engine, for those who pass over them again.
    """
    table = _scoped(lines.table, scope)
    two_lines = any(
        h.margin_mode == "cross" or h.contract == "inverse" or h.collateral_asset == h.symbol for h in inventory
    )
    constants = _constants(inventory, given, two_lines=two_lines)
    table = binned(table, two_lines=two_lines)
    flags = [name for name in FLAGGED if _can_be_set(name, inventory, given)]
    if keep:
        table = kept(table, _unstored(inventory, given, flags, two_lines=two_lines))
    frame = cells(table, constants, flags)
    return BuiltProfile(LiquidationProfile(frame, comovement, origin), table)


def _scoped(table: ir.Table, scope: Scope) -> ir.Table:
    """Mark rows outside the scope with the reason `OUT_OF_SCOPE`."""
    parts: list[Any] = []
    for name, allowed in (("symbol", scope.symbols), ("venue", scope.venues), ("product", scope.products)):
        if allowed is not None:
            parts.append(ibis.coalesce(table[name].isin(list(allowed)), False))
    if scope.accounts is not None:
        names = list(dict.fromkeys(scope.accounts))
        members = ibis.memtable(
            {"account_id": names, "member": [True] * len(names)}, schema={"account_id": "string", "member": "boolean"}
        )
        table = table.left_join(members, "account_id").drop("account_id_right")
        parts.append(ibis.coalesce(table.member, False))
    if not parts:
        return table
    condition = parts[0]
    for part in parts[1:]:
        condition = condition & part
    return table.mutate(reason=ibis.ifelse(condition, table.reason, ibis.literal(OUT_OF_SCOPE, "int8")))


def _constants(inventory: Sequence[Holding], given: frozenset[str], *, two_lines: bool) -> dict[str, Any]:
    """Keys that have one value in the whole table."""
    constants: dict[str, Any] = {}
    for name in ("venue", "symbol"):
        values = {getattr(holding, name) for holding in inventory}
        if len(values) == 1:
            constants[name] = values.pop()
    if "product" not in given:
        constants["product"] = "perpetual"
    if all(holding.margin_mode != "cross" for holding in inventory):
        constants["reading"] = OWN
    if not two_lines:
        constants["second_bin"] = 0
    return constants


def _unstored(
    inventory: Sequence[Holding], given: frozenset[str], flags: Sequence[str], *, two_lines: bool
) -> dict[str, Any]:
    """Columns of the binned lines that have one value in the whole table."""
    constants: dict[str, Any] = {flag: False for name, (flag, _) in FLAGGED.items() if name not in flags}
    for name in ("as_of", "venue", "symbol", "margin_mode"):
        values = {getattr(holding, name) for holding in inventory} - {None, ""}
        if len(values) == 1 and all(getattr(holding, name) for holding in inventory):
            constants[name] = values.pop()
    if "product" not in given:
        constants["product"] = "perpetual"
    if all(holding.margin_mode != "cross" for holding in inventory):
        constants["reading"] = OWN
    if not two_lines:
        constants |= dict.fromkeys(("second_ratio", "second_bin", "other_part"))
    return constants


def _can_be_set(measure: str, inventory: Sequence[Holding], given: frozenset[str]) -> bool:
    if measure == "estimated_cents":
        return any(holding.margin_mode == "cross" for holding in inventory)
    return bool(given & {"liquidation_price", "liquidation_price_known"})


def reconcile(read: ControlTotals, used: ControlTotals, *, where: str) -> None:
    """Compare what was read with what came out.

    Parameters
    ----------
    read, used : ControlTotals
        Before and after.
    where : str
        Name of the later stage, for the message.

    Raises
    ------
    DataError
        If rows, accounts or notional differ: the total is named with both figures and their difference.
    """
    for name in ("rows", "accounts", "notional_cents"):
        before, after = getattr(read, name), getattr(used, name)
        if before != after:
            raise DataError(
                f"{name} do not reconcile: {before:,} were read, {after:,} came out of {where} "
                f"(difference {after - before:,}). Nothing was published; this is a defect, please report it."
            )
