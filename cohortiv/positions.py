"""Checked positions: what a table holds, which snapshot is meant, and the totals that must come out again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import ibis
import ibis.expr.types as ir

from cohortiv.errors import DataError, UsageError
from cohortiv.schema import RULE_BY_CODE, USED, row_rule

#: Rows of a broken rule that an error shows.
EXAMPLES = 5
#: Columns of an example row; the account is left out, it is written nowhere.
EXAMPLE_COLUMNS = ("symbol", "venue", "side", "quantity", "entry_price", "mark_price", "leverage", "margin_mode")


@dataclass(frozen=True)
class Positions:
    """Positions in the contract's columns, still in the engine.

    Attributes
    ----------
    table : ibis Table
        `schema.POSITION_COLUMNS`, and `reason`: 0 for a sound row or the code of the rule it breaks.
    given : frozenset of str
        Contract columns that the files brought; the others hold defaults.
    paths : tuple of Path
        Files they come from.
    synthetic : bool
        True if the files say that they were generated.
    """

    table: ir.Table
    given: frozenset[str]
    paths: tuple[Path, ...]
    synthetic: bool


@dataclass(frozen=True)
class Holding:
    """How many rows share snapshot, venue, symbol, contract, margin mode and collateral asset.

    Attributes
    ----------
    as_of : datetime or None
        Snapshot time (UTC, without zone), None where the table has none.
    venue, symbol, contract, margin_mode, collateral_asset : str
        House words; empty where the table holds null.
    rows : int
        Number of rows.
    """

    as_of: datetime | None
    venue: str
    symbol: str
    contract: str
    margin_mode: str
    collateral_asset: str
    rows: int


@dataclass(frozen=True)
class ControlTotals:
    """What was read, before anything was computed; the report must account for all of it.

    Attributes
    ----------
    rows : int
        Rows of the snapshot.
    accounts : int
        Distinct accounts, rows without one not counted.
    notional_cents : int
        Sum of rounded notional over rows that have one [cents].
    """

    rows: int
    accounts: int
    notional_cents: int


def checked(table: ir.Table, given: Sequence[str]) -> ir.Table:
    """Add `reason`, the code of the first rule that a row breaks by itself (0: none)."""
    return table.mutate(reason=row_rule(table, given=given).cast("int8"))


def take_inventory(positions: Positions) -> tuple[Holding, ...]:
    """Count the rows of each snapshot, venue, symbol, contract, margin mode and collateral asset.

    Parameters
    ----------
    positions : Positions
        Any number of rows; only columns that the files brought are read.

    Returns
    -------
    tuple of Holding
        Sorted.

    Raises
    ------
    DataError
        If there is no row.
    """
    table = positions.table
    keys = ["as_of", "venue", "symbol", "contract", "margin_mode", "collateral_asset"]
    counted = table.group_by(keys).aggregate(rows=table.count()).to_pyarrow().to_pylist()
    if not counted:
        names = ", ".join(path.name for path in positions.paths)
        raise DataError(f"No rows in {names}: a position table has one row a position. Check the export that wrote it.")
    holdings = [Holding(**{name: row[name] for name in ("as_of", "rows")} | _words(row, keys[1:])) for row in counted]
    return tuple(sorted(holdings, key=lambda h: (str(h.as_of), h.venue, h.symbol, h.contract, h.margin_mode)))


def _words(row: dict[str, str | None], names: Sequence[str]) -> dict[str, str]:
    return {name: row[name] or "" for name in names}


def snapshots(inventory: Sequence[Holding]) -> tuple[datetime, ...]:
    """Distinct snapshot times, oldest first."""
    return tuple(sorted({h.as_of for h in inventory if h.as_of is not None}))


def parse_as_of(as_of: str) -> date | datetime:
    """Read a date (`2026-02-18`) or a UTC timestamp (`2026-02-18T23:17:05Z`); a zone is converted to UTC.

    Raises
    ------
    UsageError
        If it is neither.
    """
    try:
        if len(as_of) == len("2026-02-18"):
            return date.fromisoformat(as_of)
        moment = datetime.fromisoformat(as_of)
    except ValueError as error:
        raise UsageError(
            f"--as-of got {as_of!r}; allowed are a date such as 2026-02-18 (the last snapshot of that UTC day) "
            "or a timestamp such as 2026-02-18T23:17:05Z."
        ) from error
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def choose_snapshot(times: Sequence[datetime], as_of: str | None) -> datetime | None:
    """Snapshot that a run is about.

    Parameters
    ----------
    times : sequence of datetime
        Snapshots in the table (UTC), oldest first; empty where it has none.
    as_of : str or None
        A date means the last snapshot of that UTC day, a timestamp that very snapshot.

    Returns
    -------
    datetime or None
        None where the table has no snapshot times: `as_of` then only labels it.

    Raises
    ------
    DataError
        If there are several and `as_of` is None, or none matches; the nearest is named.
    UsageError
        If `as_of` is neither a date nor a timestamp.
    """
    wanted = None if as_of is None else parse_as_of(as_of)
    if not times:
        return None
    if wanted is None:
        if len(times) > 1:
            raise DataError(
                f"The table holds {len(times)} snapshots, from {_iso(times[0])} to {_iso(times[-1])}; "
                "a run is about one. Name it with --as-of DATE or --as-of TIMESTAMP."
            )
        return times[0]
    if isinstance(wanted, datetime):
        matching = [moment for moment in times if moment == wanted]
        middle = wanted
    else:
        matching = [moment for moment in times if moment.date() == wanted]
        middle = datetime.combine(wanted, time()) + timedelta(hours=12)
    if matching:
        return matching[-1]
    nearest = min(times, key=lambda moment: abs(moment - middle))
    raise DataError(
        f"No snapshot at --as-of {as_of}; the table holds {len(times)}, the nearest is {_iso(nearest)}. "
        "Ask for that one, or for its date."
    )


def _iso(moment: datetime) -> str:
    return moment.isoformat() + "Z"


def notional_usd(table: ir.Table) -> ir.Value:
    """Size of each position: quantity x mark if linear, the contract USD if inverse [USD]."""
    linear = table.quantity * table.mark_price
    return ibis.ifelse(table.contract == "inverse", table.quantity, linear)


def control_totals(table: ir.Table) -> ControlTotals:
    """Count rows and accounts and add up notional straight from the table, before lines are solved.

    Parameters
    ----------
    table : ibis Table
        Contract columns with `reason`. Rows with an unusable quantity or mark have no notional and add nothing.
    """
    size = notional_usd(table)
    finite = ibis.coalesce((size > 0) & (size < 1e16), False)
    cents = ibis.ifelse(finite, (size * 100).round(), 0).cast("int64")
    row = table.aggregate(
        rows=table.count(), accounts=table.account_id.nullif("").nunique(), notional_cents=cents.sum().cast("float64")
    )
    values = row.to_pyarrow().to_pylist()[0]
    return ControlTotals(values["rows"], values["accounts"], int(values["notional_cents"] or 0))


def example_rows(table: ir.Table, code: int) -> str:
    """First few rows that break a rule, as text without account ids, with their row number in the file order."""
    numbered = table.mutate(row=ibis.row_number() + 1)
    broken = numbered.filter(numbered.reason == code).select("row", *EXAMPLE_COLUMNS).limit(EXAMPLES)
    rows = broken.order_by("row").to_pyarrow().to_pylist()
    return "\n".join(
        "    row {row}: ".format(**row) + ", ".join(f"{name} {row[name]!r}" for name in EXAMPLE_COLUMNS) for row in rows
    )


def describe_exclusion(code: int, rows: int, examples: str) -> str:
    """One paragraph on a broken rule: how many rows, what is allowed, the first rows, what to do."""
    rule = RULE_BY_CODE[code]
    shown = f"\n{examples}" if examples else ""
    return f"  {rule.name}: {rows:,} row(s); allowed: {rule.allowed}; what to do: {rule.remedy}.{shown}"


def is_used(table: ir.Table) -> ir.BooleanValue:
    """Rows that no rule excludes."""
    return table.reason == USED
