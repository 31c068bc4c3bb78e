"""Binance's bulk files, unpacked: klines, metrics, funding rates and liquidation snapshots, kept as what is fetched is.

Layouts as published at data.binance.vision in October 2025. Quirks: older klines have no header; metrics are five
minutes apart, dated in words and hold blank cells and repeated rows; liquidation snapshots exist for COIN-M from
2023-06-25 to 2024-10-14, count contracts, repeat rows, and name the side of the order: a long is liquidated by a SELL.
The venue throttles them, so they are a lower bound. Archives are never opened: what is in them is not known before.
"""

import csv
import hashlib
import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pandas as pd

from cohortiv.errors import DataError, UsageError
from cohortiv.sources.fetch.binance_market import VENUE
from cohortiv.sources.fetch.client import Answer, Say
from cohortiv.sources.fetch.kept import keep, origin_of
from cohortiv.sources.fetch.kinds import KINDS, Kind
from cohortiv.sources.fetch.listed import notes_of
from cohortiv.sources.fetch.market_checks import HOUR, MarketChecks
from cohortiv.sources.fetch.market_rows import ReadRows, Rename, read_rows
from cohortiv.sources.fetch.paging import collect
from cohortiv.sources.instruments import instrument_of

#: Names of bulk files: the instrument, what it is, and its day or month.
_NAMED: Final = re.compile(
    r"(?P<name>[A-Z0-9_]+)-(?P<what>1h|metrics|fundingRate|liquidationSnapshot)-\d{4}-\d{2}(?:-\d{2})?\.csv"
)
_LIQUIDATION: Final[Rename] = {"time": "time", "quantity": "accumulated_fill_quantity", "price": "average_price"}
#: Side of the order -> whose position it closed.
_CLOSED: Final = {"SELL": "long_usd", "BUY": "short_usd"}
#: USD in one contract of COIN-M.
_CONTRACT_USD: Final = {"BTC": 100.0}
_OTHER_CONTRACT_USD: Final = 10.0


@dataclass(frozen=True, eq=False)
class _Layout:
    """How a file holds a kind: rename table, what tells a row from another, whose ratio it is, and COIN-M's table."""

    kind: Kind
    rename: Rename
    key: Callable[[object], Hashable]
    who: str = ""
    inverse: Rename | None = None

    def rename_of(self, name: str) -> Rename:
        """The rename table for an instrument."""
        is_inverse = instrument_of(name).contract == "inverse"
        return self.inverse if is_inverse and self.inverse else self.rename


def _cell(place: str | int) -> Callable[[object], Hashable]:
    """What stands in a column."""
    return lambda row: str(row.get(place) if isinstance(row, Mapping) else row[place])  # type: ignore[index]


def _ratio(column: str, who: str) -> _Layout:
    return _Layout("ratios", {"time": "ms", "long_short_ratio": column}, _cell("ms"), who)


_BARS: Final[Rename] = {"time": 0, "open": 1, "high": 2, "low": 3, "close": 4, "volume_coin": 5}
_FUNDING: Final[Rename] = {"time": "calc_time", "funding_rate": "last_funding_rate"}
_SUM, _VALUE = "sum_open_interest", "sum_open_interest_value"
_LAYOUTS: Final[Mapping[str, tuple[_Layout, ...]]] = {
    "1h": (_Layout("bars", _BARS, _cell(0), inverse={**_BARS, "volume_coin": 7}),),
    "metrics": (
        _Layout(
            "interest", {"time": "ms", "oi_coin": _SUM, "oi_usd": _VALUE}, _cell("ms"),
            inverse={"time": "ms", "contracts": _SUM, "oi_coin": _VALUE},
        ),
        _ratio("count_long_short_ratio", "accounts"),
        _ratio("count_toptrader_long_short_ratio", "top-accounts"),
        _ratio("sum_toptrader_long_short_ratio", "top-positions"),
    ),
    "fundingRate": (_Layout("funding", _FUNDING, _cell("calc_time")),),
    "liquidationSnapshot": (_Layout("liquidations", _LIQUIDATION, str),),
}  # fmt: skip
"""Kinds that a file holds; two rows of liquidations are one only if they are equal in everything."""


@dataclass(frozen=True)
class _Dump:
    """One bulk file as read: what it is, its rows and where they come from."""

    what: str
    rows: tuple[object, ...]
    answer: Answer


def keep_dumps(name: str, source: Path, *, folder: Path, say: Say) -> dict[Kind, Path]:
    """Read the bulk files of one instrument and keep them like what is fetched.

    Parameters
    ----------
    name : str
        The venue's own, such as BTCUSDT or BTCUSD_PERP.
    source : Path
        Folder of unpacked files, at any depth; those of other instruments, intervals and kinds are passed over.
    folder : Path
        Folder of all that is fetched.
    say : callable
        Takes one line of progress or warning.

    Returns
    -------
    dict of str to Path
        Kind -> file: of bars, interest, funding, ratios and liquidations those that there are files of. Liquidations
        have time, amount_usd, long_usd and short_usd.

    Raises
    ------
    UsageError
        If there is no such folder.
    DataError
        If it holds no such file, or one of another layout.
    """
    if not source.is_dir():
        raise UsageError(f"--from got {str(source)!r}, which is no folder. Name the folder of the unpacked files.")
    dumps = _dumps(name, source)
    tables = {kind: _table(name, kind, dumps) for kind in KINDS if _of_kind(dumps, kind)}
    at = max(_end(table.frame, kind) for kind, table in tables.items())
    return {
        kind: _kept(name, kind, table, dumps=dumps, folder=folder, at=at, say=say) for kind, table in tables.items()
    }


def _of_kind(dumps: Sequence[_Dump], kind: Kind) -> list[_Dump]:
    """Files that hold data of a kind."""
    return [dump for dump in dumps if any(layout.kind == kind for layout in _LAYOUTS[dump.what])]


def _kept(
    name: str, kind: Kind, table: ReadRows, *, dumps: Sequence[_Dump], folder: Path, at: datetime, say: Say
) -> Path:
    """The file of a kind, whose notes are told."""
    for note in table.notes:
        say(f"Note: {note}")
    answers = [dump.answer for dump in _of_kind(dumps, kind)]
    named = table.frame.assign(symbol=instrument_of(name).symbol, venue=VENUE)
    origin = origin_of(answers, venue=VENUE, kind=kind, name=name, notes=table.notes)
    return keep(named, origin, folder=folder, at=at)


def _end(frame: pd.DataFrame, kind: Kind) -> datetime:
    """When the data of a kind end, to the hour."""
    last = frame["time"].max() + (HOUR if kind == "bars" else timedelta(0))
    moment: datetime = last.ceil("h").to_pydatetime()
    return moment.replace(tzinfo=UTC)


def _table(name: str, kind: Kind, dumps: Sequence[_Dump]) -> ReadRows:
    """Everything of a kind, each row once and checked."""
    instrument = instrument_of(name)
    read = _read(name, kind, _of_kind(dumps, kind))
    if read.frame.empty:
        raise DataError(f"The bulk files of {name} have no row of {kind}. Unpack them again, or leave them out.")
    checks = MarketChecks(name, instrument.multiplier, contract_usd(instrument.symbol))
    if kind == "interest" and _of_kind(dumps, "bars"):
        checks.checked("bars", _read(name, "bars", _of_kind(dumps, "bars")).frame)
    notes = notes_of(name, instrument, venue=VENUE, state="", trading="")
    checked = checks.checked(kind, read.frame)
    return ReadRows(checked.frame, (*notes, *read.notes, *checked.notes))


def _dumps(name: str, source: Path) -> list[_Dump]:
    """Bulk files of an instrument, by their names."""
    named = {path: match for path in sorted(source.rglob("*.csv")) if (match := _NAMED.fullmatch(path.name))}
    own = {path: match["what"] for path, match in named.items() if match["name"] == name}
    if own:
        return [_dump(path, what) for path, what in own.items()]
    archives = len([*source.rglob("*.zip")])
    packed = f" and {archives:,} archive(s), which are not opened: unpack them" if archives else ""
    others = sorted({match["name"] for match in named.values()})
    raise DataError(
        f"{source} holds no bulk file of {name}; it has files of {', '.join(others[:8]) or 'no instrument'}{packed}. "
        f"Allowed are files such as {name}-1h-2026-02-18.csv, {name}-metrics-2026-02-18.csv, "
        f"{name}-fundingRate-2026-02.csv and {name}-liquidationSnapshot-2024-02-18.csv."
    )


def _dump(path: Path, what: str) -> _Dump:
    content = path.read_bytes()
    try:
        lines = [line for line in csv.reader(content.decode("utf-8-sig").splitlines()) if line]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            f"{path.name} is no table of text ({error}); allowed is CSV as it is in the archive. Unpack it again."
        ) from None
    rows: list[object] = [*_with_names(lines)] if what != "1h" else [line for line in lines if line[0].isdecimal()]
    answer = Answer(None, hashlib.sha256(content).hexdigest(), path.name, {}, datetime.now(UTC))
    return _Dump(what, tuple(rows), answer)


def _with_names(lines: Sequence[Sequence[str]]) -> Iterator[dict[str, object]]:
    """Rows by the names of a header; times in words also as milliseconds."""
    for line in lines[1:]:
        row: dict[str, object] = dict(zip(lines[0], line, strict=False))
        written = str(row.get("create_time", ""))
        yield {**row, "ms": _milliseconds(written)} if written else row


def _milliseconds(written: str) -> float | None:
    """A time such as 2026-02-18 00:05:00 (UTC), or milliseconds as they are; None where it is neither."""
    if written.isdecimal():
        return float(written)
    try:
        return datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp() * 1000
    except ValueError:
        return None


def _read(name: str, kind: Kind, used: Sequence[_Dump]) -> ReadRows:
    """Rows of a kind of all files, each once; of several layouts each under its name."""
    parts = []
    for layout in dict.fromkeys(layout for dump in used for layout in _LAYOUTS[dump.what] if layout.kind == kind):
        what = f"{kind} of {name}" + (f" ({layout.who})" if layout.who else "")
        once = collect((dump.rows for dump in used), layout.key)
        read = (
            liquidations(once.rows, name=name)
            if kind == "liquidations"
            else read_rows(once.rows, layout.rename_of(name), what=what)
        )
        frame = read.frame.assign(who=layout.who) if layout.who else read.frame
        parts.append(ReadRows(frame, (*once.notes(what), *read.notes)))
    notes = tuple(note for part in parts for note in part.notes)
    return ReadRows(pd.concat([part.frame for part in parts], ignore_index=True), notes)


def liquidations(rows: Sequence[object], *, name: str) -> ReadRows:
    """Rows of a liquidation snapshot in USD, by whose position was closed.

    Parameters
    ----------
    rows : sequence
        With side, time, accumulated_fill_quantity and average_price.
    name : str
        The venue's own; contracts of COIN-M are 100 USD of BTC and 10 USD of others, sizes of USD-M are units of the
        instrument.

    Returns
    -------
    ReadRows
        time, amount_usd, long_usd and short_usd [USD]. A row of another side than BUY and SELL is left out and counted.
    """
    instrument = instrument_of(name)
    frames, notes = [], list[str]()
    for side, closed in _CLOSED.items():
        read = read_rows([row for row in rows if _side(row) == side], _LIQUIDATION, what=f"liquidations of {name}")
        each = contract_usd(instrument.symbol) if instrument.contract == "inverse" else read.frame["price"]
        amount = read.frame["quantity"] * each
        sides = {column: amount if column == closed else 0.0 for column in _CLOSED.values()}
        frames.append(read.frame[["time"]].assign(amount_usd=amount, **sides))
        notes += read.notes
    other = sum(_side(row) not in _CLOSED for row in rows)
    notes += [f"{other:,} row(s) of liquidations of {name} left out: the side is neither BUY nor SELL"] if other else []
    return ReadRows(pd.concat(frames).sort_values("time", kind="stable", ignore_index=True), tuple(notes))


def contract_usd(symbol: str) -> float:
    """USD in one contract of COIN-M: 100 of BTC, 10 of the others."""
    return _CONTRACT_USD.get(symbol, _OTHER_CONTRACT_USD)


def _side(row: object) -> str:
    return str(row.get("side", "")) if isinstance(row, Mapping) else ""
