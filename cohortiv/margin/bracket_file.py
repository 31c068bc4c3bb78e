"""Reads a bracket table from CSV and refuses one that cannot be a venue's rule book."""

import csv
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from cohortiv.errors import DataError, UsageError
from cohortiv.margin.schedule import BracketSchedule, Contract

COLUMNS = (
    "venue",
    "symbol",
    "contract",
    "effective_from",
    "floor_notional",
    "mmr",
    "maintenance_amount",
    "max_leverage",
)
CONTRACTS: dict[str, Contract] = {"linear": "linear", "inverse": "inverse"}
CENT_USD = 0.01
DUST_COIN = 1e-6
PRINTED_ROUNDING = 1e-6
SHOWN_ROWS = 5


@dataclass(frozen=True)
class BracketRow:
    """One row of a bracket table.

    Attributes
    ----------
    line : int
        Line of the file on which the row ends.
    venue, symbol : str
        Names, without blanks around them.
    contract : {"linear", "inverse"}
        Kind of contract.
    effective_from : date
        First day (UTC) on which the row counts.
    floor : float
        Notional at which the bracket begins [USD for linear, coin for inverse].
    rate : float
        Maintenance margin rate [fraction].
    amount : float
        Maintenance amount [USD or coin].
    max_leverage : float or None
        Largest leverage allowed [x].
    source : str
        Where the row was published; the file's name where it has no such column.
    """

    line: int
    venue: str
    symbol: str
    contract: Contract
    effective_from: date
    floor: float
    rate: float
    amount: float
    max_leverage: float | None
    source: str


def bracket_paths(path: Path) -> tuple[Path, ...]:
    """Bracket tables that a path stands for: itself, or all those below it, such as `cohortiv fetch` keeps them.

    Parameters
    ----------
    path : Path
        A file, or a folder whose tables have "brackets" in their name and end in .csv.

    Raises
    ------
    UsageError
        If the folder has none.
    """
    if not path.is_dir():
        return (path,)
    found = tuple(sorted(path.rglob("*brackets*.csv")))
    if found:
        return found
    raise UsageError(
        f"--brackets got the folder {path.name} without a bracket table; allowed are files whose names hold "
        "'brackets' and end in .csv. Fetch them with cohortiv fetch VENUE --kind brackets, or name a file."
    )


def read_bracket_file(path: Path) -> tuple[BracketSchedule, ...]:
    """Schedules of a bracket table, or of all below a folder, checked.

    Parameters
    ----------
    path : Path
        CSV in UTF-8 with the columns ``venue, symbol, contract, effective_from, floor_notional, mmr,
        maintenance_amount, max_leverage`` and, if it likes, ``source``; others are ignored. One row is one bracket;
        the order of rows does not matter. Notional and amounts are USD for linear and coin for inverse contracts,
        rates are fractions, an empty ``max_leverage`` is unknown, an empty ``venue`` serves every venue. Of a folder
        all tables count; where two have one contract and date, the last by name does.

    Returns
    -------
    tuple of BracketSchedule
        One for each venue, symbol, contract and date, in the order in which they appear first.

    Raises
    ------
    UsageError
        If there is no file at `path`.
    DataError
        If columns are missing, cells are not what their column holds, floors do not rise from 0, rates fall, or a
        maintenance amount leaves a step in the margin. The message counts the rows and shows the first five.

    Notes
    -----
    Continuity means ``amount_k = amount_(k-1) + floor_k * (rate_k - rate_(k-1))`` and ``amount_1 = 0``. The tolerance
    is what printing rounds off: one cent (linear) or 1e-6 coin (inverse), plus a millionth of ``floor_k * rate_k``.
    """
    if path.is_dir():
        read = [schedule for table in bracket_paths(path) for schedule in read_bracket_file(table)]
        return tuple({(*schedule.key, schedule.effective_from): schedule for schedule in read}.values())
    table = f"bracket table {path.name}"
    rows = _parse(_records(path, table), table)
    schedules: dict[tuple[str, str, Contract, date], list[BracketRow]] = {}
    for row in rows:
        schedules.setdefault((row.venue, row.symbol, row.contract, row.effective_from), []).append(row)
    ladders = [sorted(ladder, key=lambda row: row.floor) for ladder in schedules.values()]
    _check_ladders(ladders, table)
    return tuple(_schedule(ladder) for ladder in ladders)


def _records(path: Path, table: str) -> list[tuple[int, dict[str, str]]]:
    if not path.is_file():
        raise UsageError(f"{table}: no such file. Allowed is a CSV file; check the path given to --brackets.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="", skipinitialspace=True)
            missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
            records = [] if missing else [(reader.line_num, _stripped(cells)) for cells in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{table}: not a CSV file in UTF-8 ({error}). Save it as CSV with a header row.") from error
    if missing:
        raise DataError(
            f"{table}: missing columns {', '.join(missing)}. "
            f"Needed are {', '.join(COLUMNS)}; add them to the header row."
        )
    if not records:
        raise DataError(f"{table}: a header and no rows. Add one row for each bracket.")
    return records


def _stripped(cells: dict[str, str]) -> dict[str, str]:
    return {column: cells[column].strip() for column in (*COLUMNS, "source") if column in cells}


def _parse(records: Sequence[tuple[int, dict[str, str]]], table: str) -> list[BracketRow]:
    for column, accepts, rule in _CELL_RULES:
        wrong = [f"line {line}: {column} {cells[column]!r}" for line, cells in records if not accepts(cells[column])]
        _refuse(wrong, table, rule)
    return [_row(line, cells, source=table) for line, cells in records]


def _row(line: int, cells: dict[str, str], *, source: str) -> BracketRow:
    return BracketRow(
        line=line,
        venue=cells["venue"],
        symbol=cells["symbol"],
        contract=CONTRACTS[cells["contract"]],
        effective_from=date.fromisoformat(cells["effective_from"]),
        floor=float(cells["floor_notional"]),
        rate=float(cells["mmr"]),
        amount=float(cells["maintenance_amount"]),
        max_leverage=float(cells["max_leverage"]) if cells["max_leverage"] else None,
        source=cells.get("source") or source,
    )


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_number(text: str, *, low: float = -math.inf, high: float = math.inf) -> bool:
    try:
        return math.isfinite(float(text)) and low <= float(text) <= high
    except ValueError:
        return False


_CELL_RULES: tuple[tuple[str, Callable[[str], bool], str], ...] = (
    ("symbol", bool, "without a symbol. Write the base asset, such as BTC"),
    ("contract", CONTRACTS.__contains__, "of an unknown contract. Allowed are linear and inverse"),
    ("effective_from", _is_date, "with a date that cannot be read. Write it as YYYY-MM-DD, such as 2026-09-29"),
    ("floor_notional", _is_number, "whose floor is not numeric. Write the notional at which the bracket begins"),
    ("mmr", _is_number, "whose rate is not numeric. Write a fraction, 0.004 for 0.4 %"),
    (
        "mmr",
        lambda text: 0.0 < float(text) <= 1.0,
        "whose rate is not above 0 and at most 1. Write a fraction, 0.004 for 0.4 %",
    ),
    ("maintenance_amount", _is_number, "whose maintenance amount is not numeric. Write 0 in the first bracket"),
    (
        "max_leverage",
        lambda text: not text or _is_number(text, low=1.0),
        "whose largest leverage is not a number of at least 1. Leave it empty where it is unknown",
    ),
)


def _check_ladders(ladders: Iterable[Sequence[BracketRow]], table: str) -> None:
    ladders = list(ladders)
    _refuse(
        [_shown(ladder[0], "floor", ladder[0].floor) for ladder in ladders if ladder[0].floor != 0.0],
        table,
        "that leave a gap below the first bracket. The lowest floor of each contract and date is 0; add that bracket",
    )
    steps = [step for ladder in ladders for step in pairwise(ladder)]
    _refuse(
        [_shown(upper, "floor", upper.floor) for lower, upper in steps if upper.floor == lower.floor],
        table,
        "that overlap: a duplicated floor. Floors rise within a contract and date; keep one row for each",
    )
    _refuse(
        [_shown(upper, "rate", upper.rate) for lower, upper in steps if upper.rate < lower.rate],
        table,
        "whose rate falls below that of the bracket under it. Rates rise with the notional; correct them",
    )
    _refuse([*_first_amounts(ladders), *_broken_steps(steps)], table, _CONTINUITY)


_CONTINUITY = (
    "whose maintenance amount leaves a step in the margin. Allowed is 0 in the first bracket, then the amount "
    "of the bracket under it plus floor * (rate - rate of the bracket under it); compute it so"
)


def _first_amounts(ladders: Iterable[Sequence[BracketRow]]) -> list[str]:
    return [
        f"{_shown(ladder[0], 'amount', ladder[0].amount)}, expected 0"
        for ladder in ladders
        if abs(ladder[0].amount) > _tolerance(ladder[0])
    ]


def _broken_steps(steps: Iterable[tuple[BracketRow, BracketRow]]) -> list[str]:
    broken = []
    for lower, upper in steps:
        expected = lower.amount + upper.floor * (upper.rate - lower.rate)
        if abs(upper.amount - expected) > _tolerance(upper):
            broken.append(f"{_shown(upper, 'amount', upper.amount)}, expected {expected:.10g}")
    return broken


def _tolerance(row: BracketRow) -> float:
    smallest = CENT_USD if row.contract == "linear" else DUST_COIN
    return smallest + PRINTED_ROUNDING * row.floor * row.rate


def _shown(row: BracketRow, name: str, value: float) -> str:
    return f"line {row.line}: {row.venue or 'every venue'} {row.symbol} {row.contract} {name} {value:.10g}"


def _refuse(wrong: Sequence[str], table: str, rule: str) -> None:
    if wrong:
        rows = "1 row" if len(wrong) == 1 else f"{len(wrong)} rows"
        raise DataError(f"{table}: {rows} {rule}. First: {'; '.join(wrong[:SHOWN_ROWS])}.")


def _schedule(ladder: Sequence[BracketRow]) -> BracketSchedule:
    first = ladder[0]
    return BracketSchedule(
        venue=first.venue,
        symbol=first.symbol,
        contract=first.contract,
        effective_from=first.effective_from,
        floors=tuple(row.floor for row in ladder),
        rates=tuple(row.rate for row in ladder),
        amounts=tuple(row.amount for row in ladder),
        max_leverage=tuple(row.max_leverage for row in ladder),
        source="; ".join(dict.fromkeys(row.source for row in ladder)),
    )
