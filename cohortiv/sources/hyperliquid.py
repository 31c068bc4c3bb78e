"""Hyperliquid position exports in house words.

Field names as in public dumps of `clearinghouseState`: USD prices, sizes in coins, one row a position. Bulk snapshots
of third parties, as seen in public code of 2026, have other names and signed sizes in place of a side.
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
#: Field of a bulk snapshot -> field of the export.
BULK = {
    "timestamp": "snapshot_utc",
    "user": "trader_id",
    "market": "coin",
    "entry_price": "entry_px",
    "liquidation_price": "liquidation_px",
    "account_value": "account_value_usd",
}
NEEDED = ("trader_id", "coin", "side", "size", "entry_px", "leverage", "position_value_usd", "liquidation_px")
#: Field of the snapshot's time.
TIME = "snapshot_utc"
#: All fields that are read, of exports and of bulk snapshots.
READ = (*NEEDED, TIME, "leverage_type", "account_value_usd", *BULK, "notional")


def rename(table: ir.Table) -> ir.Table:
    """Translate a Hyperliquid export into the position contract.

    Parameters
    ----------
    table : ibis Table
        Columns `NEEDED`, optionally `snapshot_utc`, `leverage_type` (cross or isolated) and `account_value_usd`; or a
        bulk snapshot with the names of `BULK`, `size`, `notional`, `leverage` and, if it likes, `side`.

    Returns
    -------
    ibis Table
        House columns. The mark is position value / size. A null line means that the position cannot be liquidated
        (on 98.9 % of such longs the computed line is at or below zero), so the line counts as known. Without
        `leverage_type` all positions are cross, the venue's default. With `account_value_usd` cross rows have a margin,
        see the notes; without, the wallet balance is not in the export and they have none.

    Raises
    ------
    DataError
        If a field is missing: it is named; or if a bulk snapshot tells no sides.

    Notes
    -----
    Wallet balance of an account's cross positions = account value - unrealised profit of all its rows - margin of its
    isolated ones, taken as notional at entry over declared leverage. It is split evenly over the cross rows, whose sum
    counts; a row given twice has the same part twice. So the unit's equity is the account value where all is cross. A
    balance below 0 (profit that was withdrawn or spent) is no margin that the contract knows: such rows have none.
    """
    if {"user", "market"} <= set(table.columns):
        table = _from_bulk(table)
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
    table = table.mutate(mode_word=mode)
    if "account_value_usd" in table.columns:
        table = _with_wallet(table)
    fields = RENAMES | {"mode_word": "margin_mode", "wallet_part": "margin"}
    kept = {house: table[field] for field, house in fields.items() if field in table.columns}
    return table.select(
        **kept,
        side=table.side.lower(),
        mark_price=_number(table.position_value_usd) / _number(table["size"]),
        venue=ibis.literal("hyperliquid"),
        product=ibis.literal("perpetual"),
        collateral_asset=ibis.literal("USDC"),
        liquidation_price_known=ibis.literal(True),
    )


def _from_bulk(table: ir.Table) -> ir.Table:
    """A bulk snapshot with the names of the export, a side and sizes without sign."""
    held = {new: table[old] for old, new in BULK.items() if old in table.columns}
    kept = {name: table[name] for name in ("leverage", "leverage_type") if name in table.columns}
    if not {"size", "notional"} <= set(table.columns):
        return table.select(**held, **kept)
    size = _number(table["size"])
    if "side" not in table.columns and not table.filter(size < 0).limit(1).count().to_pyarrow().as_py():
        raise DataError(
            "The bulk snapshot has no side, and no size below 0, so longs and shorts cannot be told apart. Allowed are "
            "signed sizes, or a column side with long and short. Add it."
        )
    side = table.side if "side" in table.columns else ibis.ifelse(size < 0, "short", "long")
    value = _number(table.notional).abs()
    line = {} if "liquidation_px" in held else {"liquidation_px": ibis.null("float64")}
    return table.select(**held, **kept, **line, side=side, size=size.abs(), position_value_usd=value)


def _with_wallet(table: ir.Table) -> ir.Table:
    """Add `wallet_part` of each cross row in its account's wallet balance [USD]; null for isolated rows and below 0."""
    account = [name for name in ("snapshot_utc", "trader_id") if name in table.columns]
    size, value = _number(table["size"]), _number(table.position_value_usd)
    entry = size * _number(table.entry_px)
    crossed = table.mode_word == "cross"
    profit = ibis.ifelse(table.side.lower() == "long", value - entry, entry - value)
    same = ibis.window(group_by=[table[name] for name in (*account, "coin", "side", "mode_word")])
    staged = table.mutate(
        taken=profit + ibis.ifelse(crossed, 0.0, entry / _number(table.leverage)),
        once=1 / table.coin.count().over(same),
    )
    whole = ibis.window(group_by=[staged[name] for name in account])
    crossed = staged.mode_word == "cross"
    legs = ibis.ifelse(crossed, staged.once, 0.0).sum().over(whole)
    left = _number(staged.account_value_usd) - (staged.taken * staged.once).sum().over(whole)
    part = left / legs.nullif(0.0)
    return staged.mutate(wallet_part=ibis.ifelse(crossed & (part >= 0), part, ibis.null("float64")))


def _number(value: ir.Value) -> ir.Value:
    """A field as a number, null where its text is none."""
    return value.strip().try_cast("float64") if isinstance(value, ir.StringValue) else value.cast("float64")
