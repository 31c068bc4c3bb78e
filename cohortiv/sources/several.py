"""Several venues as one position table: one name for each symbol, one clock, and what is missing named."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import ibis
import ibis.expr.types as ir
from ibis.backends import BaseBackend

from cohortiv.engine import connect
from cohortiv.errors import DataError, UsageError
from cohortiv.materialise import materialise, named
from cohortiv.positions import Coverage, Positions, VenueTime
from cohortiv.sources.files import absolute_spec, find_positions, open_positions, split_spec
from cohortiv.sources.instruments import Instrument, instrument_of, several_names
from cohortiv.sources.venue_clock import Placed, Taken, placed

#: Between two sources of one cohort.
SEPARATOR: Final = ";"
#: Where `cohortiv fetch` keeps positions, below its folder: venue, kind, account, and how it names the files.
_KEPT: Final = "*/positions/*/*-positions-*.parquet"
#: Account whose name is not told, as in `fetch.answers.OWN`.
_USUAL: Final = "own"
_PRICES: Final = ("entry_price", "mark_price", "liquidation_price")
#: Products whose mark is the symbol's price; futures and options have one of their own.
_SHARE_MARK: Final = ("perpetual", "margin")
_FEED: Final = "feed"


def parts_of(spec: str) -> tuple[str, ...]:
    """Sources that a text names: those between semicolons, or the accounts in a folder that `cohortiv fetch` filled.

    Parameters
    ----------
    spec : str
        As `--positions` takes it; given several times, its values are joined by semicolons.
    """
    parts = (
        (spec,) if Path(spec).expanduser().exists() else tuple(part for part in spec.split(SEPARATOR) if part.strip())
    )
    return tuple(one for part in parts or (spec,) for one in _accounts_of(part))


def _accounts_of(part: str) -> tuple[str, ...]:
    """Folders of accounts in a folder of all that was fetched; the source itself where it is none."""
    folder = Path(part).expanduser()
    found = sorted({path.parent for path in folder.glob(_KEPT)}) if folder.is_dir() else []
    return tuple(map(str, found)) or (part,)


def cohort_files(spec: str, *, as_of: str | None = None, history_days: float | None = None) -> tuple[Path, ...]:
    """Files of all sources, in their order, up to a time; raises as `open_cohort` does."""
    return tuple(path for _, paths in _present(parts_of(spec), as_of, history_days)[0] for path in paths)


def absolute_cohort(spec: str) -> str:
    """The same sources with absolute paths, for a process that runs in another folder."""
    parts = (spec,) if Path(spec).expanduser().exists() else [part for part in spec.split(SEPARATOR) if part.strip()]
    return SEPARATOR.join(map(absolute_spec, parts or (spec,)))


def open_cohort(
    spec: str,
    *,
    connection: BaseBackend | None = None,
    as_of: str | None = None,
    history_days: float | None = None,
) -> Positions:
    """Open the positions of a cohort, which may be on several venues.

    Parameters
    ----------
    spec : str
        One source as `files.open_positions` takes it, several with semicolons between, or the folder of all that
        `cohortiv fetch` kept.
    connection : BaseBackend, optional
        Engine to use; a new embedded DuckDB if None.
    as_of : str, optional
        Date or timestamp after which nothing counts: files that hold later rows only are left alone.
    history_days : float, optional
        How far before it rows count [days]: files that hold earlier ones only are left alone; None takes all.

    Returns
    -------
    Positions
        Of one source as it is. Of several with symbols by one name each, sizes and prices per coin, the time of the
        common snapshot, marks that are no older than a minute at it where another venue has them, and `coverage`.

    Raises
    ------
    UsageError, DataError
        As `files.open_positions` does; where only some of several sources are missing, they are named in `coverage`.
    """
    parts = parts_of(spec)
    if len(parts) == 1:
        return open_positions(parts[0], connection=connection, as_of=as_of, history_days=history_days)
    engine = connection or connect()
    present, missing = _present(parts, as_of, history_days)
    opened = (open_positions(part, connection=engine, as_of=as_of, history_days=history_days) for part, _ in present)
    feeds = tuple(_Feed(number, positions) for number, positions in enumerate(opened))
    plan = _plan(feeds)
    given = frozenset().union(*(feed.positions.given for feed in feeds))
    table = named(plan.applied(_united(feeds, lambda positions: positions.table)))
    return Positions(
        table=table,
        given=given,
        paths=tuple(path for _, paths in present for path in paths),
        synthetic=any(feed.positions.synthetic for feed in feeds),
        number=partial(_numbered, feeds, plan),
        ignored=tuple(dict.fromkeys(name for feed in feeds for name in feed.positions.ignored)),
        coverage=_coverage(feeds, plan, missing),
        uneven=tuple(sentence for feed in feeds for sentence in feed.positions.uneven),
    )


def one_name_each(positions: Positions, names: Iterable[str]) -> tuple[Positions, tuple[str, ...]]:
    """Positions of one source in which no symbol has two names.

    Parameters
    ----------
    positions : Positions
    names : iterable of str
        All its symbols.

    Returns
    -------
    tuple of Positions and tuple of str
        The same, or with sizes and prices of one coin where a symbol had several names; what was mapped, one sentence
        each.
    """
    symbols = several_names(names)
    if not symbols:
        return positions, ()
    changed = replace(
        positions,
        table=named(_one_name(positions.table, symbols)),
        number=lambda: _one_name(positions.number(), symbols),
    )
    return changed, tuple(_mapped(symbols))


@dataclass(frozen=True)
class _Feed:
    """One source and its number."""

    number: int
    positions: Positions


@dataclass(frozen=True)
class _Plan:
    """What is done to rows so that several venues fit together."""

    symbols: Mapping[str, Instrument]
    clock: tuple[Placed, ...]
    marks: ir.Table | None
    engine: BaseBackend

    def applied(self, table: ir.Table) -> ir.Table:
        """Rows with one name for each symbol and one clock."""
        table = _one_name(table, self.symbols)
        return (_one_clock(table, self) if self.clock else table).drop(_FEED)


def _present(
    parts: Sequence[str], as_of: str | None, history_days: float | None
) -> tuple[list[tuple[str, tuple[Path, ...]]], tuple[str, ...]]:
    """Sources that have files, and the names of those that don't; the error of the first where none has."""
    found: list[tuple[str, tuple[Path, ...]]] = []
    missing: dict[str, DataError | UsageError] = {}
    for part in parts:
        scheme, target = split_spec(part)
        try:
            files = find_positions(part)
        except (UsageError, DataError) as error:
            missing[scheme or _name(target)] = error
        else:
            found.append((part, files.within(as_of, history_days).all_paths))
    if not found:
        raise next(iter(missing.values()))
    return found, tuple(missing)


def _name(target: str) -> str:
    """What a source without files is called: its venue below the folder of `cohortiv fetch`, else its last part."""
    parts = Path(target).parts
    kept = [parts[place - 1] for place, part in enumerate(parts) if part == "positions" and place]
    return kept[-1] if kept else Path(target).name


def _united(feeds: Sequence[_Feed], rows: Callable[[Positions], ir.Table]) -> ir.Table:
    """Rows of all sources under each other, with the number of their source."""
    tables = [rows(feed.positions).mutate(**{_FEED: ibis.literal(feed.number, "int16")}) for feed in feeds]
    columns = list(dict.fromkeys(name for table in tables for name in table.columns))
    even = [
        table.select(**{name: table[name] if name in table.columns else ibis.null("string") for name in columns})
        for table in tables
    ]
    return ibis.union(*even, distinct=False)


def _numbered(feeds: Sequence[_Feed], plan: _Plan) -> ir.Table:
    """Rows with their numbers in their own files, treated as those of the cohort are."""
    return plan.applied(_united(feeds, lambda positions: positions.number()))


def _plan(feeds: Sequence[_Feed]) -> _Plan:
    """Names and times of all sources; two passes over their keys."""
    table = _united(feeds, lambda positions: positions.table)
    engine = table.get_backend()
    keys = [_FEED, "venue", "as_of"]
    times = table.select(keys).distinct().to_pyarrow().to_pylist()
    names: list[str | None] = table.select("symbol").distinct().to_pyarrow().to_pydict()["symbol"]
    symbols = {name: found for name in names if name and (found := instrument_of(name)) != Instrument(name)}
    if any(row["as_of"] is None for row in times):
        return _Plan(symbols, (), None, engine)
    clock = placed([Taken(row[_FEED], row["venue"] or "", row["as_of"]) for row in times])
    stale = any(one.stale for one in clock)
    plan = _Plan(symbols, clock, None, engine)
    return _Plan(symbols, clock, _fresh_marks(table, plan), engine) if stale else plan


def _one_name(table: ir.Table, symbols: Mapping[str, Instrument]) -> ir.Table:
    """Rows with the base asset as symbol, sizes in coins and prices of a coin."""
    if not symbols:
        return table
    old = table.symbol
    symbol, many = _of(old, {name: found.symbol for name, found in symbols.items()}, old), ibis.literal(1.0)
    units = {name: found.multiplier for name, found in symbols.items() if found.multiplier != 1}
    if units:
        many = _of(old, units, 1.0)
    linear = table.contract != "inverse"
    asset = ibis.ifelse(table.collateral_asset == old, symbol, table.collateral_asset)
    scaled: dict[str, Any] = {name: table[name] / many for name in _PRICES} if units else {}
    if units:
        scaled["quantity"] = ibis.ifelse(linear, table.quantity * many, table.quantity)
    return table.mutate(symbol=symbol, collateral_asset=asset, **scaled)


def _of(column: ir.Value, values: Mapping[str, Any], other: Any) -> ir.Value:  # noqa: ANN401 - text or number
    """A value by the text of a column."""
    return ibis.cases(*((column == name, value) for name, value in values.items()), else_=other)


def _one_clock(table: ir.Table, plan: _Plan) -> ir.Table:
    """Rows at the time of their common snapshot, with marks of that time."""
    columns = table.columns
    moved = _moved(table, plan)
    if plan.marks is None:
        return moved.select(columns)
    marks = plan.marks
    joined = moved.left_join(marks, ["as_of", "symbol"], rname="{name}_of_marks")
    carried = joined.stale & joined.product.isin(_SHARE_MARK) & joined.fresh_mark.notnull()
    return joined.mutate(mark_price=ibis.ifelse(carried, joined.fresh_mark, joined.mark_price)).select(columns)


def _moved(table: ir.Table, plan: _Plan) -> ir.Table:
    """Rows with `as_of` of their common snapshot, and whether their marks are too old for it."""
    rows = [
        {
            _FEED: one.taken.feed,
            "venue": one.taken.venue,
            "taken": one.taken.at,
            "common": one.as_of,
            "stale": one.stale,
        }
        for one in plan.clock
    ]
    kinds = {_FEED: "int16", "venue": "string", "taken": "timestamp(6)", "common": "timestamp(6)", "stale": "boolean"}
    clock = materialise(ibis.memtable(rows, schema=ibis.schema(kinds)), engine=plan.engine)
    same = [table[_FEED] == clock[_FEED], ibis.coalesce(table.venue, "") == clock.venue, table.as_of == clock.taken]
    joined = table.inner_join(clock, same, rname="{name}_of_clock")
    return joined.mutate(as_of=joined.common)


def _fresh_marks(table: ir.Table, plan: _Plan) -> ir.Table:
    """Median mark of each snapshot and symbol on the venues that are near its time."""
    rows = _moved(_one_name(table, plan.symbols), plan)
    fresh = rows.filter(~rows.stale & rows.product.isin(_SHARE_MARK) & (rows.reason == 0))
    grouped = fresh.group_by(["as_of", "symbol"]).aggregate(fresh_mark=fresh.mark_price.median())
    return materialise(grouped)


def _coverage(feeds: Sequence[_Feed], plan: _Plan, missing: tuple[str, ...]) -> Coverage:
    """Who is there, and what was done."""
    accounts = {feed.number: _account(feed) for feed in feeds}
    times = tuple(
        VenueTime(
            one.taken.venue, one.taken.at, one.as_of, one.stale and plan.marks is not None, accounts[one.taken.feed]
        )
        for one in plan.clock
    )  # fmt: skip
    seen = {one.venue for one in times}
    read = [venue for feed in feeds for path in feed.positions.paths if (venue := _kept_venue(path))]
    empty = tuple(dict.fromkeys(venue for venue in read if venue not in seen))
    return Coverage(times, missing, empty, tuple(_mapped(plan.symbols)))


def _kept_venue(path: Path) -> str:
    """Venue of a kept file; empty for any other file."""
    return _kept(path).get("venue", "")


def _account(feed: _Feed) -> str:
    """Name of the account that a source was kept under; empty for the usual one and for other files."""
    found = _kept(feed.positions.paths[0]).get("name", "")
    return "" if found == _USUAL else found


def _kept(path: Path) -> dict[str, str]:
    """Venue and account of a kept file; empty for any other file."""
    from cohortiv.sources.fetch.kept import read_origin  # noqa: PLC0415 - it loads what asks venues

    try:
        origin = read_origin(path)
    except DataError:
        return {}
    return {name: str(origin.get(name, "")) for name in ("venue", "name")}


def _mapped(symbols: Mapping[str, Instrument]) -> list[str]:
    """Symbols that other names were mapped to, one sentence each."""
    by_symbol: dict[str, list[str]] = {}
    for name, found in sorted(symbols.items()):
        by_symbol.setdefault(found.symbol, []).append(name)
    return [
        f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} read as {symbol}"
        for symbol, names in by_symbol.items()
    ]
