"""Hyperliquid position exports in house words.

Field names as in public dumps of `clearinghouseState`: USD prices, sizes in coins, one row a position.
"""

import ibis
import ibis.expr.types as ir

from cohortiv.errors import DataError

#: Field of the export -> house name.
RENAMES = {
    "snapshot_utc": "as_of",
    "trader_id": "account_id",
    "coin": "symbol",
    "size": "quantity",
    "entry_px": "entry_price",
    "leverage": "leverage",
    "liquidation_px": "liquidation_price",
}
NEEDED = ("trader_id", "coin", "side", "size", "entry_px", "leverage", "position_value_usd", "liquidation_px")


def rename(table: ir.Table) -> ir.Table:
    """Translate a Hyperliquid export into the position contract.

    Parameters
    ----------
    table : ibis Table
        Columns `NEEDED`, optionally `snapshot_utc` and `leverage_type` (cross or isolated).

    Returns
    -------
    ibis Table
        House columns. The mark is position value / size. A null line means that the position cannot be liquidated
        (on 98.9 % of such longs the computed line is at or below zero), so the line counts as known. Without
        `leverage_type` all positions are cross, the venue's default; the wallet balance is not in the export.

    Raises
    ------
    DataError
        If a field is missing: it is named.
    """
    missing = [name for name in NEEDED if name not in table.columns]
    if missing:
        raise DataError(
            f"The Hyperliquid export lacks {', '.join(missing)}; it has {', '.join(table.columns)}. "
            f"Needed are {', '.join(NEEDED)}: export the positions again, or pass the file without 'hyperliquid:' "
            "if it is already in house columns."
        )

    mode = ibis.literal("cross")
    if "leverage_type" in table.columns:
        mode = ibis.coalesce(table.leverage_type.lower(), mode)
    kept = {house: table[field] for field, house in RENAMES.items() if field in table.columns}
    return table.select(
        **kept,
        side=table.side.lower(),
        mark_price=_number(table.position_value_usd) / _number(table["size"]),
        venue=ibis.literal("hyperliquid"),
        product=ibis.literal("perpetual"),
        margin_mode=mode,
        collateral_asset=ibis.literal("USDC"),
        liquidation_price_known=ibis.literal(True),
    )


def _number(value: ir.Value) -> ir.Value:
    """A field as a number, null where its text is none."""
    return value.strip().try_cast("float64") if isinstance(value, ir.StringValue) else value.cast("float64")
