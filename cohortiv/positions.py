"""Checked positions: what a table holds, which snapshot is meant, and the totals that must come out again."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from cohortiv.engine import broken_off, failures
from cohortiv.errors import DataError, UsageError
from cohortiv.file_names import listed, names_of
from cohortiv.schema import LARGEST_NOTIONAL, RULE_BY_CODE, SMALLEST_NUMBER, is_between, notional_usd, row_rule

#: Rows of a broken rule that an error shows.
EXAMPLES = 5
#: Columns of an example row; the account is left out, it is written nowhere.
EXAMPLE_COLUMNS = ("symbol", "venue", "side", "quantity", "entry_price", "mark_price", "leverage", "margin_mode")
#: Columns beside them that a rule is about.
RULE_COLUMNS: Mapping[int, tuple[str, ...]] = {
    8: ("product", "contract"),
    9: ("margin",),
    10: ("margin", "collateral_asset", "collateral_price", "haircut"),
    11: ("liquidation_price", "liquidation_price_known"),
    13: ("contract",),
    14: ("margin",),
}
#: Characters that are shown of a text where a number is wanted.
LONGEST_TEXT = 24
#: A number with a decimal comma, or with commas between thousands.
_WITH_COMMA = re.compile(r"[-+]?[0-9][0-9.]*,[0-9.,]*")


@dataclass(frozen=True)
class VenueTime:
    """One venue in one snapshot of several venues.

    Attributes
    ----------
    venue : str
    taken : datetime
        The venue's own time (UTC, without zone).
    as_of : datetime
        Time of the common snapshot.
    remarked : bool
        Whether its rows carry the marks of the venues that are nearer to the common time.
    account : str
        Which of several accounts on the venue; empty where it is the only one.
    """

    venue: str
    taken: datetime
    as_of: datetime
    remarked: bool = False
    account: str = ""

    @property
    def source(self) -> str:
        """The venue, and the account where it has several."""
        return f"{self.venue} ({self.account})" if self.account else self.venue


@dataclass(frozen=True)
class Coverage:
    """Which venues are in a cohort of several, and when each was read.

    Attributes
    ----------
    times : tuple of VenueTime
        Of all snapshots, by time.
    missing : tuple of str
        Sources that were named and have nothing at all.
    empty : tuple of str
        Venues that were read and hold no position.
    notes : tuple of str
        What was mapped or carried over.
    """

    times: tuple[VenueTime, ...]
    missing: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def at(self, moment: datetime | None) -> tuple[VenueTime, ...]:
        """Venues of one snapshot."""
        return tuple(time for time in self.times if time.as_of == moment)

    def absent(self, moment: datetime | None) -> dict[str, datetime | None]:
        """Sources that a snapshot lacks, and when each was last seen before it; None where it never was."""
        here = {time.source for time in self.at(moment)} | set(self.empty)
        last = {time.source: time.taken for time in self.times if moment is None or time.as_of < moment}
        named = dict.fromkeys((*self.missing, *(time.source for time in self.times)))
        return {source: last.get(source) for source in named if source not in here}


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
    number : callable
        Makes `numbered`.
    ignored : tuple of str
        Columns of the files that the contract does not know, in the files' order.
    coverage : Coverage or None
        Of several venues that were put together; None for one source.
    uneven : tuple of str
        Which columns some of the files lack, one sentence each without a period.
    place : callable
        Says of a number of `numbered` where the row is.
    """

    table: ir.Table
    given: frozenset[str]
    paths: tuple[Path, ...]
    synthetic: bool
    number: Callable[[], ir.Table]
    ignored: tuple[str, ...] = ()
    coverage: Coverage | None = None
    uneven: tuple[str, ...] = ()
    place: Callable[[int], str] = "row {}".format

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the files, see `names_of`."""
        return names_of(self.paths)

    @property
    def numbered(self) -> ir.Table:
        """All rows of the files with `row`, their number in the files' order, and `<column>_text` for what was text.

        Rows count from 1, text is kept of numbers and flags. Made only for messages: a number costs the engine its
        parallel reading.
        """
        return self.number()


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
        If there is no row, a row has no readable time although the files bring `as_of`, or a file breaks off.
    """
    table = positions.table
    keys = ["as_of", "venue", "symbol", "contract", "margin_mode", "collateral_asset"]
    names = listed(positions.sources)
    try:
        counted = table.group_by(keys).aggregate(rows=table.count()).to_pyarrow().to_pylist()
    except failures(table.get_backend()) as error:
        raise broken_off(error, files=names) from error
    if not counted:
        raise DataError(f"No rows in {names}: a position table has one row a position. Check the export that wrote it.")
    untimed = sum(row["rows"] for row in counted if row["as_of"] is None)
    if untimed and "as_of" in positions.given:
        raise DataError(
            f"{untimed:,} row(s) of {names} have no as_of that can be read as a time; allowed are timestamps such as "
            "2026-02-18T23:17:05Z in every row. Fill the column, or drop it if the file is one snapshot."
        )
    holdings = [Holding(**{name: row[name] for name in ("as_of", "rows")} | _words(row, keys[1:])) for row in counted]
    return tuple(sorted(holdings, key=_sort_key))


def _sort_key(holding: Holding) -> tuple[str, ...]:
    h = holding
    return (str(h.as_of), h.venue, h.symbol, h.contract, h.margin_mode, h.collateral_asset)


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
        return date.fromisoformat(as_of)
    except ValueError:
        pass
    try:
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


def countable_cents(size_usd: ir.Value) -> ir.Value:
    """Notional in whole cents; 0 where it is missing, not positive, or too large for a position."""
    finite = ibis.coalesce(is_between(size_usd, SMALLEST_NUMBER, LARGEST_NOTIONAL), False)
    return ibis.ifelse(finite, (size_usd * 100).round(), 0).cast("int64")


def control_totals(table: ir.Table) -> ControlTotals:
    """Count rows and accounts and add up notional straight from the table, before lines are solved.

    Parameters
    ----------
    table : ibis Table
        Contract columns with `reason`. Rows with an unusable quantity or mark have no notional and add nothing.
    """
    cents = countable_cents(notional_usd(table))
    row = table.aggregate(
        rows=table.count(), accounts=table.account_id.nullif("").nunique(), notional_cents=cents.sum().cast("float64")
    )
    values = row.to_pyarrow().to_pylist()[0]
    return ControlTotals(values["rows"], values["accounts"], int(values["notional_cents"] or 0))


def example_rows(table: ir.Table, code: int, *, place: Callable[[int], str] = "row {}".format) -> str:
    """First few rows that break a rule, as text without account ids.

    Parameters
    ----------
    table : ibis Table
        Columns of `Positions.numbered`, with `reason` as it came out.
    code : int
        The rule; the columns that it is about are shown beside the usual ones.
    place : callable
        `Positions.place`; the number alone if left out.
    """
    names = [*EXAMPLE_COLUMNS, *RULE_COLUMNS.get(code, ())]
    first = table.filter(table.reason == code).order_by("row").limit(EXAMPLES).to_pyarrow().to_pylist()
    shown = []
    for row in first:
        values = ", ".join(f"{name} {_as_handed_in(row, name)!r}" for name in names)
        shown.append(f"    {place(row['row'])}: {values}")
    return "\n".join([*shown, *_comma_hint(first, names)])


def _comma_hint(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> Iterator[str]:
    """What to do about the first number of some rows that is written with a comma; nothing where there is none."""
    texts = (str(row.get(f"{name}_text") or "").strip() for row in rows for name in names)
    written = next((text for text in texts if _WITH_COMMA.fullmatch(text)), None)
    if written is not None:
        yield (
            f"    {written[:LONGEST_TEXT]!r} has a comma: write numbers with a decimal point and nothing between "
            "thousands, such as 1234.5."
        )


def _as_handed_in(row: Mapping[str, Any], name: str) -> object:
    """A value; the text that was there where it is no number, and for flags, whose default hides it."""
    value, text = row[name], row.get(f"{name}_text")
    unread = value is None or isinstance(value, bool) or value != value  # noqa: PLR0124 - NaN differs from itself
    return text[:LONGEST_TEXT] if unread and text else value


def describe_exclusion(code: int, rows: int, examples: str) -> str:
    """One paragraph on a broken rule: how many rows, what is allowed, the first rows, what to do."""
    rule = RULE_BY_CODE[code]
    shown = f"\n{examples}" if examples else ""
    return f"  {rule.name}: {rows:,} row(s); allowed: {rule.allowed}; what to do: {rule.remedy}.{shown}"
