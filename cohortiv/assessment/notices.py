"""What an analyst should know of the input before a result is read: names that match nothing, balances given twice."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

import ibis
import ibis.expr.types as ir

from cohortiv.assessment.settings import Settings
from cohortiv.config.cohort import Filters, read_accounts
from cohortiv.errors import DataError
from cohortiv.margin.bracket_file import read_bracket_file
from cohortiv.margin.brackets import Brackets
from cohortiv.margin.idle import idle_tables
from cohortiv.margin.names import nearest_symbol, nearest_venue
from cohortiv.positions import EXAMPLES, Holding, Positions
from cohortiv.schema import POSITION_COLUMNS, USED

_UNIT = ("account_id", "venue")
#: Column names less alike than this are no misspelling [1].
_ALIKE = 0.85
#: What the time of a snapshot is called elsewhere.
_TIMES = frozenset({"date", "day", "dt", "ds", "ts", "time", "timestamp", "datetime", "snapshot", "snapshot_time"})
#: Symbols that the message about an unknown one names.
SYMBOLS_NAMED = 20


def notices(
    settings: Settings,
    filters: Filters,
    positions: Positions,
    *,
    inventory: Sequence[Holding],
    brackets: Brackets,
    moment: datetime | None,
    as_of: datetime,
) -> Iterator[str]:
    """Say what of the input is probably not meant as it is written.

    Parameters
    ----------
    settings : Settings
        For the user's own bracket file.
    filters : Filters
        The cohort's.
    positions : Positions
        Checked positions, repeated rows marked.
    inventory : sequence of Holding
        What they hold.
    brackets : Brackets
        All tables, the user's among them.
    moment : datetime or None
        The snapshot that the run is about, None where the table has no times.
    as_of : datetime
        Day that counts for rows without a snapshot time (UTC).

    Yields
    ------
    str
        One warning or count each; no account is named.

    Raises
    ------
    DataError
        If no name of the accounts file is in the table.
    """
    yield from _columns(positions)
    rows = positions.table if moment is None else positions.table.filter(positions.table.as_of == moment)
    yield from _filters(filters, inventory)
    if filters.accounts_file is not None:
        yield _accounts(filters.accounts_file, rows)
    if settings.brackets is not None:
        yield from _brackets(settings.brackets, brackets, inventory, as_of=as_of)
    if "margin" in positions.given and any(holding.margin_mode == "cross" for holding in inventory):
        yield from _balances(rows, positions, moment=moment)


def known_symbol(symbol: str | None, inventory: Sequence[Holding]) -> str | None:
    """The symbol asked for, if the table holds it; DataError names those that it does hold, and the one meant."""
    if symbol is None:
        return None
    refuse_symbol(symbol, sorted({holding.symbol for holding in inventory}))
    return symbol


def refuse_symbol(symbol: str, names: Sequence[str]) -> None:
    """Raise DataError where a symbol is not among those of a table; it names them, and the one meant."""
    if symbol not in names:
        shown = ", ".join(names[:SYMBOLS_NAMED]) + (", ..." if len(names) > SYMBOLS_NAMED else "")
        meant = nearest_symbol(symbol, names)
        asked = f"Did you mean {meant}?" if meant else "Name one of them, or leave the option out."
        raise DataError(f"--symbol got {symbol!r}; the table holds {shown}. {asked}")


def _columns(positions: Positions) -> Iterator[str]:
    """Columns that some files lack, and those not read whose name is nearly that of an optional one not there."""
    for found in positions.uneven:
        yield f"Warning: {found}. Export these files with it, or all without."
    absent = [column.name for column in POSITION_COLUMNS if column.name not in positions.given]
    for name in positions.ignored:
        near = get_close_matches(name.lower(), absent, n=1, cutoff=_ALIKE)
        if near:
            yield f"Note: the column {name!r} is not read; did you mean {near[0]}?"
    undated = [name for name in positions.ignored if name.lower() in _TIMES]
    if undated and "as_of" in absent:
        yield (
            f"Note: there is no as_of, so all rows are one snapshot, and the column {undated[0]!r} is not read. Call "
            f"it as_of, or give a source file with columns: {{as_of: {undated[0]}}}."
        )


def _filters(filters: Filters, inventory: Sequence[Holding]) -> Iterator[str]:
    """Venues and symbols of the cohort's filters that no row has."""
    venues, symbols = {holding.venue for holding in inventory}, {holding.symbol for holding in inventory}
    for name in sorted(set(filters.venues) - venues):
        yield _unmatched("venues", name, venues, meant=nearest_venue(name, venues))
    for name in sorted(set(filters.symbols) - symbols):
        yield _unmatched("symbols", name, symbols, meant=nearest_symbol(name, symbols))


def _unmatched(field: str, name: str, known: Collection[str], *, meant: str | None) -> str:
    asked = f"did you mean {meant}?" if meant else f"the table holds {', '.join(sorted(known)[:EXAMPLES])}."
    return f"Warning: the cohort's filter {field} names {name!r}, which no row has; {asked}"


def _accounts(file: Path, rows: ir.Table) -> str:
    """How many names of the accounts file the snapshot holds."""
    names = read_accounts(file)
    listed = ibis.memtable({"account_id": list(names)}, schema={"account_id": "string"})
    matched = int(rows.semi_join(listed, "account_id").account_id.nunique().to_pyarrow().as_py())
    if not matched:
        raise DataError(
            f"accounts file {file.name}: none of its {len(names):,} name(s) is an account of the snapshot. "
            "Allowed are names as they stand in account_id, upper and lower case told apart. Correct the file."
        )
    warned = "Warning: " if 2 * matched < len(names) else ""
    return f"{warned}{matched:,} of {len(names):,} name(s) in the accounts file {file.name} are in the snapshot"


def _brackets(file: Path, brackets: Brackets, inventory: Sequence[Holding], *, as_of: datetime) -> Iterator[str]:
    """Tables of the user's file that served no position."""
    own = read_bracket_file(file)
    idle = idle_tables(own, brackets, inventory, as_of=as_of)
    if idle:
        shown = "\n".join(f"    {reason}" for reason in idle[:EXAMPLES])
        yield f"Warning: {len(idle)} of {len(own)} bracket table(s) in {file.name} served no position:\n{shown}"


def _balances(rows: ir.Table, positions: Positions, *, moment: datetime | None) -> Iterator[str]:
    """Accounts whose every cross row has the same balance, which the model adds up."""
    crossed = rows.filter((rows.margin_mode == "cross") & (rows.reason == USED))
    asset = crossed.collateral_asset
    grouped = crossed.group_by(_UNIT).aggregate(
        rows=crossed.count(), stated=crossed.margin.count(), low=crossed.margin.min(), high=crossed.margin.max(),
        assets=asset.nunique(),
    )  # fmt: skip
    same = (grouped.stated == grouped.rows) & (grouped.low == grouped.high) & (grouped.assets == 1)
    found = grouped.filter((grouped.rows > 1) & same & (grouped.low > 0)).select(_UNIT)
    accounts = int(found.count().to_pyarrow().as_py())
    if accounts:
        table = positions.numbered
        table = table.filter(table.margin_mode == "cross")
        table = table if moment is None else table.filter(table.as_of == moment)
        first = table.semi_join(found, _UNIT).order_by("row").limit(EXAMPLES).row.to_pyarrow().to_pylist()
        yield (
            f"Warning: {accounts:,} account(s) repeat the same wallet balance on every cross row, and it was added up "
            f"(first: {', '.join(map(positions.place, first))}). Write a balance once, in one row of the account."
        )
