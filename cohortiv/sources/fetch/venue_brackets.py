"""Venues' own maintenance brackets, in the format of `--brackets`: rates, amounts and the notional where each begins.

Documented shapes as of October 2025, the ones that ccxt 4.5.90 parses: Binance `leverageBracket`, Bybit `risk-limit`,
OKX `position-tiers`, Hyperliquid `meta`. They were not run against the live venues.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Final

import pandas as pd

from cohortiv.sources.fetch.answers import Record, nested, number, records, text
from cohortiv.sources.instruments import Contract, instrument_of

#: A first rate from here on is in percent: no venue asks for a fifth of the notional at its lowest tier [1].
PERCENT_FROM: Final = 0.2
COLUMNS: Final = (
    "venue", "symbol", "contract", "effective_from", "floor_notional", "mmr", "maintenance_amount", "max_leverage",
    "source",
)  # fmt: skip


@dataclass(frozen=True)
class Tier:
    """One bracket.

    Attributes
    ----------
    floor : float
        Notional at which it begins [USD for linear, coin for inverse].
    rate : float
        Maintenance margin rate [1].
    max_leverage : float
        Largest leverage allowed [x].
    """

    floor: float
    rate: float
    max_leverage: float


@dataclass(frozen=True)
class Ladder:
    """All brackets of one instrument.

    Attributes
    ----------
    venue, instrument : str
    contract : {"linear", "inverse"}
    tiers : tuple of Tier
        Rising.
    source : str
        Where it was read; empty where all of a table were read at one place.
    """

    venue: str
    instrument: str
    contract: Contract
    tiers: tuple[Tier, ...]
    source: str = ""


def binance_ladders(answer: object, *, inverse: bool) -> list[Ladder]:
    """Ladders of `leverageBracket`; of COIN-M the floors are coins.

    Raises
    ------
    DataError
        If the answer has another shape, here and in the functions below.
    """
    contract: Contract = "inverse" if inverse else "linear"
    floor = "qtyFloor" if inverse else "notionalFloor"
    return [
        Ladder(
            "binance",
            text(item.get("symbol")),
            contract,
            tuple(
                Tier(number(row.get(floor)), number(row.get("maintMarginRatio")), number(row.get("initialLeverage")))
                for row in records(item.get("brackets"), where="leverageBracket")
            ),
        )
        for item in records(answer, where="leverageBracket")
    ]


def bybit_ladders(answer: object, *, inverse: bool) -> list[Ladder]:
    """Ladders of `risk-limit`: a tier reaches up to `riskLimitValue`, USD or coins; percent become fractions."""
    found = []
    for name, rows in _by_name(records(answer, where="risk-limit"), "symbol").items():
        tiers = _stacked(rows, upto="riskLimitValue", rate="maintenanceMargin", leverage="maxLeverage")
        found.append(Ladder("bybit", name, "inverse" if inverse else "linear", _in_fractions(tiers)))
    return found


def okx_ladders(answer: object, *, values: Mapping[str, float], marks: Mapping[str, float]) -> list[Ladder]:
    """Ladders of `position-tiers`, whose limits are contracts and not notional.

    Parameters
    ----------
    answer : object
        `data` of one or several answers; each row has `instFamily`.
    values : mapping of str to float
        What one contract is, by instrument, as `okx_account.contract_values` has it.
    marks : mapping of str to float
        Marks by instrument [USD]: a limit in contracts is notional at the mark of the day.

    Notes
    -----
    OKX asks a tier's rate of the whole position. The amounts that `bracket_frame` adds keep the margin continuous, as
    every table here is, and so ask for less from the second tier on; the lines that OKX states are not touched by it.
    """
    found = []
    for family, rows in _by_name(records(answer, where="position-tiers"), "instFamily").items():
        name = f"{family}-SWAP"
        contract, mark = instrument_of(name).contract, marks.get(name, math.nan)
        one = values.get(name, math.nan) * (1 / mark if contract == "inverse" else mark)
        tiers = _stacked(rows, upto="maxSz", rate="mmr", leverage="maxLever")
        found.append(Ladder("okx", name, contract, tuple(replace(tier, floor=tier.floor * one) for tier in tiers)))
    return found


def hyperliquid_ladders(answer: Record) -> list[Ladder]:
    """Ladders of `meta`: a tier's rate is half of one over its largest leverage; without a table there is one tier."""
    tables = {}
    listed = answer.get("marginTables")
    for name, table in listed if isinstance(listed, list) else ():
        rows = records(nested({"table": table}, "table", where="meta").get("marginTiers"), where="marginTables")
        tables[number(name)] = tuple(
            _of_leverage(number(row.get("lowerBound")), number(row.get("maxLeverage"))) for row in rows
        )
    return [
        Ladder(
            "hyperliquid",
            text(asset.get("name")),
            "linear",
            tables.get(number(asset.get("marginTableId")), (_of_leverage(0.0, number(asset.get("maxLeverage"))),)),
        )
        for asset in records(answer.get("universe"), where="meta")
    ]


def bracket_frame(
    ladders: Iterable[Ladder], *, effective_from: date, source: str
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The bracket table, and what is not in it.

    Parameters
    ----------
    ladders : iterable of Ladder
        Of several instruments, those of one symbol among them.
    effective_from : date
        Day on which they were read (UTC).
    source : str
        Where they were read, for each row of a ladder that does not say it itself.

    Returns
    -------
    tuple of DataFrame and tuple of str
        `COLUMNS`, amounts by continuity. Of several instruments of one symbol and contract the perpetual in USDT
        serves, or the first by name; the others are named where their brackets differ. Ladders with a hole are named.
    """
    chosen: dict[tuple[str, str, str], Ladder] = {}
    notes: list[str] = []
    for ladder in sorted(ladders, key=_preferred):
        if not _is_whole(ladder):
            notes.append(f"{ladder.venue} {ladder.instrument}: its brackets have a hole and are left out")
            continue
        first = chosen.setdefault((ladder.venue, instrument_of(ladder.instrument).symbol, ladder.contract), ladder)
        if first.tiers != ladder.tiers:
            notes.append(
                f"{ladder.venue} {ladder.instrument}: has brackets of its own; those of {first.instrument} serve"
            )
    rows = [
        row
        for key, ladder in sorted(chosen.items())
        for row in _rows(key, ladder, day=effective_from, source=f"{ladder.source or source}, fetched {effective_from}")
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)), tuple(notes)


def _preferred(ladder: Ladder) -> tuple[bool, bool, str]:
    """Order in which instruments of one symbol serve."""
    named = instrument_of(ladder.instrument)
    return named.product != "perpetual", named.settle not in {"USDT", ""}, ladder.instrument


def _is_whole(ladder: Ladder) -> bool:
    """Whether floors rise from 0, rates don't fall, and nothing is missing."""
    steps = list(pairwise(ladder.tiers))
    numbers = [figure for tier in ladder.tiers for figure in (tier.floor, tier.rate)]
    rising = all(low.floor < high.floor and low.rate <= high.rate for low, high in steps)
    return bool(ladder.tiers) and all(map(math.isfinite, numbers)) and ladder.tiers[0].floor == 0 and rising


def _rows(key: tuple[str, str, str], ladder: Ladder, *, day: date, source: str) -> Iterator[tuple[object, ...]]:
    """Rows of one ladder with their amounts."""
    amount, before = 0.0, ladder.tiers[0].rate
    for tier in ladder.tiers:
        amount, before = amount + tier.floor * (tier.rate - before), tier.rate
        most = tier.max_leverage if math.isfinite(tier.max_leverage) else None
        yield (*key, day.isoformat(), tier.floor, tier.rate, amount, most, source)


def _stacked(rows: Sequence[Record], *, upto: str, rate: str, leverage: str) -> tuple[Tier, ...]:
    """Tiers that state where they end: each begins where the one under it does."""
    ordered = sorted(rows, key=lambda row: number(row.get(upto)))
    floors = [0.0, *(number(row.get(upto)) for row in ordered[:-1])]
    return tuple(
        Tier(floor, number(row.get(rate)), number(row.get(leverage)))
        for floor, row in zip(floors, ordered, strict=True)
    )


def _in_fractions(tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
    """The same tiers with their rates as fractions."""
    in_percent = bool(tiers) and tiers[0].rate >= PERCENT_FROM
    return tuple(replace(tier, rate=tier.rate / 100) for tier in tiers) if in_percent else tiers


def _of_leverage(floor: float, leverage: float) -> Tier:
    return Tier(floor, 0.5 / leverage if leverage > 0 else math.nan, leverage)


def _by_name(rows: Iterable[Record], name: str) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for row in rows:
        found.setdefault(text(row.get(name)), []).append(row)
    return found
