"""Names, units, types and checks of the position table, the one table that crosses the border from outside."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

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
#: Prices, quantities and margins outside these are taken for a unit error, not for a position.
SMALLEST_NUMBER, LARGEST_NUMBER = 1e-15, 1e15
#: Largest notional of one row [USD]: whole cents times the profile's fixed point must fit 64 bits.
LARGEST_NOTIONAL = 5e10
#: Largest collateral and largest notional at entry of one row [USD]: whole cents must fit 64 bits.
LARGEST_COLLATERAL = 1e13

#: Codes of rows in use, of repeated rows, and of rows without a bracket table.
USED, DUPLICATE, NO_BRACKETS = 0, 12, 13


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
    Column("instrument", "text", "the venue's own name of the contract; tells several of one symbol apart"),
)
REQUIRED = tuple(column.name for column in POSITION_COLUMNS if column.required)

_TYPES: Mapping[Kind, str] = {"text": "string", "number": "float64", "flag": "boolean", "time": "timestamp(6)"}


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
    Rule(
        4,
        "quantity invalid",
        f"a finite number > 0, worth less than {LARGEST_NOTIONAL:,.0f} USD at the mark and "
        f"{LARGEST_COLLATERAL:,.0f} USD at entry",
        "drop closed positions; give short quantities without sign, in base units (contract USD if inverse)",
    ),
    Rule(5, "entry price invalid", "a finite number > 0 (USD)", "fill entry_price with the average entry"),
    Rule(6, "mark price invalid", "a finite number > 0 (USD)", "fill mark_price with the mark at the snapshot"),
    Rule(7, "leverage invalid", "a finite number >= 1", "fill leverage with the declared multiplier; 1 is unleveraged"),
    Rule(
        8,
        "kind unknown",
        f"product of {', '.join(PRODUCTS)}; contract of {', '.join(CONTRACTS)}; "
        f"margin_mode of {', '.join(MARGIN_MODES)}",
        "map the venue's words to the allowed ones",
    ),
    Rule(
        9,
        "margin invalid",
        f"a finite number >= 0 worth less than {LARGEST_COLLATERAL:,.0f} USD, or none",
        "give the margin in units of the collateral asset",
    ),
    Rule(
        10,
        "collateral invalid",
        "a price > 0 for an asset that is neither a stablecoin nor the symbol, and a haircut of 0 to below 1",
        "fill collateral_price (USD) and haircut (fraction)",
    ),
    Rule(
        11,
        "supplied line invalid",
        "a finite number, or none; liquidation_price_known of true, false, or none",
        "leave liquidation_price empty where there is none",
    ),
    Rule(
        12,
        "duplicate",
        "one row per snapshot, account, venue, symbol, side, product, contract, margin mode and instrument",
        "add up or drop the repeated rows; the largest of them was kept",
    ),
    Rule(
        13,
        "no brackets",
        "a venue and symbol with a bracket table, or a supplied line",
        "fill venue (binance and hyperliquid have shipped tables) or liquidation_price, or pass --brackets FILE, "
        "which cohortiv fetch VENUE --kind brackets gets for others",
    ),
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
RULE_BY_CODE: Mapping[int, Rule] = {rule.code: rule for rule in RULES}


def missing_columns(names: Iterable[str]) -> tuple[str, ...]:
    """Required columns that a table with these column names lacks, in the contract's order."""
    present = set(names)
    return tuple(name for name in REQUIRED if name not in present)


def contract_table(table: ir.Table, *, keep: Sequence[str] = ()) -> ir.Table:
    """Give a table the contract's columns, types and defaults.

    Parameters
    ----------
    table : ibis Table
        Any columns; those of the contract are cast, others dropped. Text that is not a number becomes null where a
        number is required and NaN where it is optional, so that it breaks a rule and never turns into a default.
    keep : sequence of str
        Other columns to carry along as they are.

    Returns
    -------
    ibis Table
        All of `POSITION_COLUMNS`, defaults filled in; `collateral_price` stays null where no default applies.

    Raises
    ------
    DataError
        If a required column is missing, or a column holds something that cannot be cast, such as a list: it is named.
    """
    missing = missing_columns(table.columns)
    if missing:
        raise DataError(
            f"The position table lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}; "
            f"it has {', '.join(table.columns) or 'no columns'}. "
            f"Required are {', '.join(REQUIRED)}: rename the file's columns, or name a source that knows them "
            "(for example hyperliquid:FILE)."
        )
    columns = {column.name: _typed(table, column) for column in POSITION_COLUMNS}
    columns["liquidation_price"] = _line_with_flag(table, columns)
    typed = table.select(**columns, **{name: table[name] for name in keep})
    return _with_defaults(typed, given=set(table.columns))


def _typed(table: ir.Table, column: Column) -> ir.Value:
    """One column of the contract in its type; null where the table lacks it."""
    wanted = _TYPES[column.kind]
    if column.name not in table.columns:
        return ibis.null(wanted)
    value = table[column.name]
    _refuse_type(value, column)
    if column.kind == "text":
        return value if value.type().is_string() else value.cast("string")
    if not value.type().is_string():
        return value if str(value.type()) == wanted else value.cast(wanted)
    text = value.strip()  # not only for blanks: DuckDB turns a bare TRY_CAST of a CSV column into an error
    if column.kind == "time":
        return text.try_cast("timestamp('UTC')").cast(wanted)
    parsed = text.try_cast(wanted)
    if column.kind == "flag" or column.required:
        return parsed
    return ibis.ifelse(_is_unreadable(text, parsed), math.nan, parsed)


def _refuse_type(value: ir.Value, column: Column) -> None:
    """Raise where a column's type cannot be cast to the contract's."""
    got = value.type()
    castable = {
        "text": not got.is_nested(),
        "number": got.is_numeric(),
        "flag": got.is_boolean() or got.is_integer(),
        "time": got.is_timestamp() or got.is_date(),
    }
    if not (castable[column.kind] or got.is_string() or "NULL" in str(got).upper()):
        raise DataError(
            f"The column {column.name} holds {got}; allowed is {column.meaning}, as {column.kind}. "
            "Convert the column, or drop it if it is optional."
        )


def _is_unreadable(text: ir.Value, parsed: ir.Value) -> ir.Value:
    """Text that is there but did not parse; null where there is none."""
    return parsed.isnull() & (text.strip() != "")


def _line_with_flag(table: ir.Table, columns: Mapping[str, ir.Value]) -> ir.Value:
    """The supplied line, NaN where the flag beside it is text that is neither true nor false."""
    name = "liquidation_price_known"
    if name not in table.columns or not table[name].type().is_string():
        return columns["liquidation_price"]
    return ibis.ifelse(_is_unreadable(table[name], columns[name]), math.nan, columns["liquidation_price"])


def notional_usd(table: ir.Table) -> ir.Value:
    """Size of each position: quantity x mark if linear, the contract USD if inverse [USD]."""
    return ibis.ifelse(table.contract == "inverse", table.quantity, table.quantity * table.mark_price)


def _with_defaults(table: ir.Table, *, given: set[str]) -> ir.Table:
    """Fill the optional columns; a column that the file lacks becomes a constant, which costs the engine nothing."""
    constants = {"venue": "unknown", "product": "perpetual", "contract": "linear", "margin_mode": "isolated"}
    filled = {
        name: ibis.coalesce(table[name], value) if name in given else ibis.literal(value)
        for name, value in (constants | {"haircut": 0.0}).items()
    }
    table = table.mutate(**filled)
    asset = ibis.literal("USDT")
    if "contract" in given:
        asset = ibis.ifelse(table.contract == "inverse", table.symbol, "USDT")
    if "collateral_asset" in given:
        asset = ibis.coalesce(table.collateral_asset, asset)
    table = table.mutate(collateral_asset=asset)
    return table.mutate(
        collateral_price=_collateral_price(table, given), liquidation_price_known=_line_known(table, given)
    )


def _collateral_price(table: ir.Table, given: set[str]) -> ir.Value:
    """Price of the collateral asset [USD]: as given, else 1 for stablecoins and the mark for the symbol itself."""
    if not given & {"contract", "collateral_asset", "collateral_price"}:
        return ibis.literal(1.0)
    known = ibis.cases(
        (table.collateral_asset.isin(STABLECOINS), 1.0),
        (table.collateral_asset == table.symbol, table.mark_price),
    )
    return ibis.coalesce(table.collateral_price, known)


def _line_known(table: ir.Table, given: set[str]) -> ir.Value:
    """Whether the source says what the line is: as given, else where there is a price."""
    if not given & {"liquidation_price", "liquidation_price_known"}:
        return ibis.literal(False)
    known = table.liquidation_price.notnull()
    return ibis.coalesce(table.liquidation_price_known, known) if "liquidation_price_known" in given else known


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


def _row_conditions(table: ir.Table, given: set[str]) -> list[tuple[int, ir.Value]]:
    """Rule codes with the condition that a sound row meets; null means not met."""
    inverse = "contract" in given
    at_mark = notional_usd(table) if inverse else table.quantity * table.mark_price
    at_entry = table.quantity * table.entry_price
    if inverse:
        at_entry = ibis.ifelse(table.contract == "inverse", table.quantity, at_entry)
    conditions = [
        (1, table.account_id != ""),
        (2, table.symbol != ""),
        (3, table.side.isin(SIDES)),
        (4, _is_positive(table.quantity)),
        (5, _is_positive(table.entry_price)),
        (6, _is_positive(table.mark_price)),
        (7, is_between(table.leverage, 1, LARGEST_NUMBER)),
        (4, (at_mark < LARGEST_NOTIONAL) & (at_entry < LARGEST_COLLATERAL)),
    ]
    words = (("product", PRODUCTS), ("contract", CONTRACTS), ("margin_mode", MARGIN_MODES))
    conditions += [(8, table[name].isin(allowed)) for name, allowed in words if name in given]
    return conditions + _optional_conditions(table, given)


def _optional_conditions(table: ir.Table, given: set[str]) -> list[tuple[int, ir.Value]]:
    """The rules on columns that a file may lack."""
    margin, line = table.margin, table.liquidation_price
    conditions: list[tuple[int, ir.Value]] = []
    if "margin" in given:
        conditions.append((9, margin.isnull() | is_between(margin, 0, LARGEST_NUMBER)))
    if given & {"contract", "collateral_asset", "collateral_price"}:
        conditions.append((10, _is_positive(table.collateral_price)))
    if "haircut" in given:
        conditions.append((10, is_between(table.haircut, 0, 1)))
    if "margin" in given:
        conditions.append((9, margin.isnull() | (margin * table.collateral_price < LARGEST_COLLATERAL)))
    if given & {"liquidation_price", "liquidation_price_known"}:
        conditions.append((11, line.isnull() | is_between(line, -LARGEST_NUMBER, LARGEST_NUMBER)))
    return conditions


def is_between(value: ir.Value, least: float, limit: float) -> ir.Value:
    """A number from `least` to below `limit`.

    NaN is caught by the difference: a Parquet file's column statistics leave it out, and DuckDB folds comparisons, and
    even isnan(), to constants by those statistics. Null gives null.
    """
    return (value - value == 0) & (value >= least) & (value < limit)


def _is_positive(value: ir.Value) -> ir.Value:
    """A number above 0 that is no unit error."""
    return is_between(value, SMALLEST_NUMBER, LARGEST_NUMBER)
