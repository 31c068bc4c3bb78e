"""Names, units, types and checks of the position table, the one table that crosses the border from outside."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import ibis
import ibis.expr.types as ir

from cohortiv.errors import DataError

Kind = Literal["text", "number", "flag", "time"]

SIDES = ("long", "short")
PRODUCTS = ("perpetual", "future", "option", "margin")
CONTRACTS = ("linear", "inverse")
MARGIN_MODES = ("isolated", "cross")
#: Collateral that is worth one dollar and does not move with the market.
STABLECOINS = ("USDT", "USDC", "USD", "FDUSD", "BUSD", "TUSD", "DAI", "USDE")
#: Lower edges of the leverage tiers (model, section 2).
TIER_EDGES = (1, 2, 3, 5, 8, 10, 15, 20, 25, 50, 75, 100, 125)
#: Prices, quantities and margins at or above this are taken for a unit error, not for a position.
LARGEST_NUMBER = 1e15

USED = 0


@dataclass(frozen=True)
class Column:
    """One column of the position contract.

    Attributes
    ----------
    name : str
        House name.
    kind : {"text", "number", "flag", "time"}
        Text, 64-bit float, true or false, UTC timestamp.
    meaning : str
        What it holds, unit in brackets.
    required : bool
        Whether a table without it is refused.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = False


POSITION_COLUMNS: tuple[Column, ...] = (
    Column("account_id", "text", "pseudonym of the account; the unit of privacy", required=True),
    Column("symbol", "text", "base asset, for example BTC", required=True),
    Column("side", "text", "long or short", required=True),
    Column("quantity", "number", "size, > 0 [base units; contract USD if inverse]", required=True),
    Column("entry_price", "number", "average entry price, > 0 [USD]", required=True),
    Column("mark_price", "number", "mark price, > 0 [USD]", required=True),
    Column("leverage", "number", "declared multiplier, >= 1 [x]", required=True),
    Column("venue", "text", "where the position is held; unknown if absent"),
    Column("product", "text", "perpetual, future, option or margin; perpetual if absent"),
    Column("contract", "text", "linear or inverse; linear if absent"),
    Column("margin_mode", "text", "isolated or cross; isolated if absent"),
    Column("margin", "number", "isolated: margin behind the position; cross: wallet balance, >= 0 [collateral asset]"),
    Column("collateral_asset", "text", "asset of the margin; USDT if linear, the symbol if inverse"),
    Column("collateral_price", "number", "price of the asset; 1 for stablecoins, the mark for the symbol [USD]"),
    Column("haircut", "number", "share of the collateral that does not count, 0 if absent [1]"),
    Column("liquidation_price", "number", "the venue's own line [USD]"),
    Column("liquidation_price_known", "flag", "true with a null price: no line; price is not null if absent"),
    Column("as_of", "time", "snapshot time (UTC)"),
)
REQUIRED = tuple(column.name for column in POSITION_COLUMNS if column.required)

_TYPES: Mapping[Kind, str] = {"text": "string", "number": "float64", "flag": "boolean", "time": "timestamp"}


@dataclass(frozen=True)
class Rule:
    """Why a row cannot be used.

    Attributes
    ----------
    code : int
        Number under which the engine counts it; 0 is kept for rows in use.
    name : str
        Short name, as in the exclusion table.
    allowed : str
        What would have been allowed.
    remedy : str
        What the analyst can do.
    """

    code: int
    name: str
    allowed: str
    remedy: str


RULES: tuple[Rule, ...] = (
    Rule(1, "account missing", "a non-empty account_id", "fill account_id: it is the unit of privacy"),
    Rule(2, "symbol missing", "a non-empty symbol", "fill symbol with the base asset, for example BTC"),
    Rule(3, "side unknown", "long or short, in lower case", "map the venue's words to long and short"),
    Rule(4, "quantity invalid", "a finite number > 0", "drop closed positions; give short quantities without sign"),
    Rule(5, "entry price invalid", "a finite number > 0 (USD)", "fill entry_price with the average entry"),
    Rule(6, "mark price invalid", "a finite number > 0 (USD)", "fill mark_price with the mark at the snapshot"),
    Rule(7, "leverage invalid", "a finite number >= 1", "fill leverage with the declared multiplier; 1 is unleveraged"),
    Rule(
        8,
        "kind unknown",
        f"product of {', '.join(PRODUCTS)}; contract of {', '.join(CONTRACTS)}; margin_mode of {', '.join(MARGIN_MODES)}",
        "map the venue's words to the allowed ones",
    ),
    Rule(9, "margin invalid", "a finite number >= 0, or none", "give the margin in units of the collateral asset"),
    Rule(
        10,
        "collateral invalid",
        "a price > 0 for an asset that is neither a stablecoin nor the symbol, and a haircut of 0 to below 1",
        "fill collateral_price (USD) and haircut (fraction)",
    ),
    Rule(11, "supplied line invalid", "a finite number, or none", "leave liquidation_price empty where there is none"),
    Rule(
        12,
        "duplicate",
        "one row per account, venue, symbol, side, product and margin mode",
        "add up or drop the repeated rows; the largest of them was kept",
    ),
    Rule(13, "no brackets", "a venue and symbol with a bracket table, or a supplied line", "pass --brackets FILE"),
    Rule(
        14,
        "cross margin without balance",
        "a wallet balance (margin) or a supplied line for cross positions",
        "fill margin with the account's wallet balance, or liquidation_price with the venue's line",
    ),
    Rule(
        15,
        "margin unit incomplete",
        "cross accounts whose positions are all usable",
        "mend the account's other rows: its line depends on all of them",
    ),
    Rule(16, "line not settled", "a solvable margin unit", "check the unit's quantities, balances and brackets"),
)
#: Rules that need no more than the row itself, in the order in which they are asked.
RULE_BY_CODE: Mapping[int, Rule] = {rule.code: rule for rule in RULES}


def missing_columns(names: Iterable[str]) -> tuple[str, ...]:
    """Required columns that a table with these column names lacks, in the contract's order."""
    present = set(names)
    return tuple(name for name in REQUIRED if name not in present)


def contract_table(table: ir.Table) -> ir.Table:
    """Give a table the contract's columns, types and defaults.

    Parameters
    ----------
    table : ibis Table
        Any columns; those of the contract are cast, others dropped. Text that is not a number becomes null.

    Returns
    -------
    ibis Table
        All of `POSITION_COLUMNS`, defaults filled in; `collateral_price` stays null where no default applies.

    Raises
    ------
    DataError
        If a required column is missing: it is named, with the columns that are there.
    """
    missing = missing_columns(table.columns)
    if missing:
        raise DataError(
            f"The position table lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}; "
            f"it has {', '.join(table.columns) or 'no columns'}. "
            f"Required are {', '.join(REQUIRED)}: rename the file's columns, or name a source that knows them "
            "(for example hyperliquid:FILE)."
        )
    typed = table.select(**{column.name: _typed(table, column) for column in POSITION_COLUMNS})
    return _with_defaults(typed, given=set(table.columns))


def _typed(table: ir.Table, column: Column) -> ir.Value:
    """One column of the contract in its type; null where the table lacks it."""
    wanted = _TYPES[column.kind]
    if column.name not in table.columns:
        return ibis.null(wanted)
    value = table[column.name]
    if column.kind == "time" and isinstance(value, ir.TimestampValue):
        return value.cast("timestamp")
    if column.kind != "text" and isinstance(value, ir.StringValue):
        return value.try_cast(wanted)
    return value if str(value.type()) == wanted else value.cast(wanted)


def _with_defaults(table: ir.Table, *, given: set[str]) -> ir.Table:
    """Fill the optional columns; a column that the file lacks becomes a constant, which costs the engine nothing."""

    def default(name: str, value: Any) -> Any:
        return ibis.coalesce(table[name], value) if name in given else ibis.literal(value)

    table = table.mutate(
        venue=default("venue", "unknown"),
        product=default("product", "perpetual"),
        contract=default("contract", "linear"),
        margin_mode=default("margin_mode", "isolated"),
        haircut=default("haircut", 0.0),
    )
    own = table.symbol if "contract" in given else None
    asset: Any = ibis.literal("USDT") if own is None else ibis.ifelse(table.contract == "inverse", own, "USDT")
    if "collateral_asset" in given:
        asset = ibis.coalesce(table.collateral_asset, asset)
    table = table.mutate(collateral_asset=asset)
    price: Any = ibis.literal(1.0)
    if given & {"contract", "collateral_asset", "collateral_price"}:
        price = ibis.coalesce(
            table.collateral_price,
            ibis.cases(
                (table.collateral_asset.isin(STABLECOINS), 1.0),
                (table.collateral_asset == table.symbol, table.mark_price),
            ),
        )
    known: Any = ibis.literal(False)
    if given & {"liquidation_price", "liquidation_price_known"}:
        known = table.liquidation_price.notnull()
        if "liquidation_price_known" in given:
            known = ibis.coalesce(table.liquidation_price_known, known)
    return table.mutate(collateral_price=price, liquidation_price_known=known)


def row_rule(table: ir.Table, *, given: Iterable[str]) -> ir.Value:
    """Code of the first rule that a row breaks by itself, 0 for a sound row.

    Parameters
    ----------
    table : ibis Table
        The contract's columns.
    given : iterable of str
        Columns that the file brought; rules on columns that hold a constant are not asked.

    Returns
    -------
    ibis integer column
        0, or the code of one of rules 1 to 11. NaN, infinities and null break the rule of their column.
    """
    sound = _row_conditions(table, set(given))
    together = sound[0][1]
    for _, condition in sound[1:]:
        together = together & condition
    branches = [(together, ibis.literal(USED, "int8"))]
    branches += [(~ibis.coalesce(condition, False), ibis.literal(code, "int8")) for code, condition in sound[:-1]]
    return ibis.cases(*branches, else_=ibis.literal(sound[-1][0], "int8"))


def _row_conditions(table: ir.Table, given: set[str]) -> list[tuple[int, Any]]:
    """Rule codes with the condition that a sound row meets; null means not met."""

    def number(value: Any, *, least: Callable[[Any], Any]) -> Any:
        return least(value) & (value < LARGEST_NUMBER)

    def positive(value: Any) -> Any:
        return number(value, least=lambda x: x > 0)

    def optional(value: Any, condition: Any) -> Any:
        return value.isnull() | condition

    conditions = [
        (1, table.account_id != ""),
        (2, table.symbol != ""),
        (3, table.side.isin(SIDES)),
        (4, positive(table.quantity)),
        (5, positive(table.entry_price)),
        (6, positive(table.mark_price)),
        (7, number(table.leverage, least=lambda x: x >= 1)),
    ]
    kinds = [
        table[name].isin(words)
        for name, words in (("product", PRODUCTS), ("contract", CONTRACTS), ("margin_mode", MARGIN_MODES))
        if name in given
    ]
    conditions += [(8, condition) for condition in kinds]
    if "margin" in given:
        conditions.append((9, optional(table.margin, number(table.margin, least=lambda x: x >= 0))))
    if given & {"contract", "collateral_asset", "collateral_price"}:
        conditions.append((10, positive(table.collateral_price)))
    if "haircut" in given:
        conditions.append((10, (table.haircut >= 0) & (table.haircut < 1)))
    if "liquidation_price" in given:
        line = table.liquidation_price
        conditions.append((11, optional(line, (line > -LARGEST_NUMBER) & (line < LARGEST_NUMBER))))
    return conditions
