"""Liquidation prices printed by exchanges and by other projects, reproduced to the digits they were printed with."""

import csv
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import ibis
import pyarrow as pa
import pytest
from reference_isolated import isolated_inverse_line, isolated_linear_line

from cohortiv.engine import connect
from cohortiv.liquidation.single import moving_lines, plain_lines
from cohortiv.liquidation.units import solve_units
from cohortiv.margin.brackets import BracketSchedule
from cohortiv.materialise import materialise

CONTRACT_USD = {"binance": 100.0, "okx": 10.0, "bybit": 1.0}
OKX_TAKER_FEE = 0.0005
GATE_OKX_TAKER_FEE = 0.0006
BYBIT_TAKER_FEE = 0.00075
ULPS = 2e-15

STATED_TOLERANCE = {
    ("binance", "13.211221122079207"): 5e-11,
    ("bybit", "5739.5"): 0.5,
    ("okx", "2352.8496681818233"): 0.0101,
}
"""Where the printed inputs do not carry the printed result: a third rounded to ten digits, a tick of half a dollar,
and a maintenance rate inferred from a rounded margin."""


@dataclass(frozen=True)
class Vector:
    """One printed liquidation price with its inputs; money in USD, inverse balances in coin."""

    venue: str
    contract: str
    mode: str
    side: int
    quantity: float
    entry: float
    balance: str
    rate: float
    amount: float
    expected: str
    note: str


COINM = Vector(
    "binance", "inverse_coinm", "isolated", 1, 2.0, 37643.10000021, "0.00268058", 0.004, 0.0, "25119.9744576", ""
)
TRANSCRIBED = (
    # Binance FAQ b3c689c1f50a44cabb3a84e663b81d93, worked examples
    Vector("binance", "linear", "isolated", 1, 3683.979, 1456.84, "1535443.01", 0.1, 135365.0, "1114.78", ""),
    Vector("binance", "linear", "isolated", 1, 109.488, 32481.98, "1535443.01", 0.025, 16300.0, "18778.73", ""),
    Vector(
        "binance", "linear", "cross", 1, 3683.979, 1456.84, "1535443.01", 0.1, 135365.0, "1153.26", "other BTCUSDT long"
    ),
    Vector(
        "binance",
        "linear",
        "cross",
        1,
        109.488,
        32481.98,
        "1535443.01",
        0.025,
        16300.0,
        "26316.89",
        "other ETHUSDT long",
    ),
    # ccxt 4.5.90, samples reported by the exchanges
    COINM,
    Vector("binance", "linear", "isolated", 1, 20.0, 6563.665, "13200.70726908", 0.005, 50.0, "5930.78", ""),
    Vector("hyperliquid", "linear", "isolated", 1, 0.2259, 2213.9, "24.88097", 0.01, 0.0, "2125.00856238", ""),
    # freqtrade tests/exchange/test_exchange.py::test_get_liquidation_price
    Vector("binance", "linear", "isolated", -1, 1.0, 10.0, "2.0", 0.01, 0.01, "11.89108910891089", ""),
    Vector("gate", "linear", "isolated", -1, 2.0, 10.0, "4.0", 0.01, 0.0, "11.87413417771621", "taker fee"),
    Vector("bybit", "linear", "isolated", -1, 1.0, 10.0, "2.0", 0.01, 0.0, "11.9", ""),
)


def read_vectors(path: Path) -> list[Vector]:
    """Vectors of the real file."""
    with path.open(encoding="utf-8") as file:
        return [
            Vector(
                venue=row["venue"],
                contract=row["contract_type"],
                mode=row["margin_mode"],
                side=1 if row["side"] == "long" else -1,
                quantity=float(row["quantity"]),
                entry=float(row["entry_price"]),
                balance=row["wallet_balance"],
                rate=float(row["mmr"]),
                amount=float(row["maintenance_amount"] or 0.0),
                expected=row["expected_liquidation_price"],
                note=row["source"],
            )
            for row in csv.DictReader(file)
        ]


def other_positions(vector: Vector) -> float:
    """What a cross position has from, or owes to, the others of its account: profit less maintenance [USD]."""
    if vector.mode == "isolated":
        return 0.0
    if "BTCUSDT long" in vector.note:
        return 109.488 * (31967.27 - 32481.98) - (109.488 * 31967.27 * 0.025 - 16300.0)
    if "ETHUSDT long" in vector.note:
        return 3683.979 * (1335.18 - 1456.84) - (3683.979 * 1335.18 * 0.1 - 135365.0)
    return -4.0


@dataclass(frozen=True)
class Terms:
    """A vector by its venue's convention: size and money in USD, an inverse margin and amount in coin."""

    inverse: bool
    side: int
    size: float
    entry: float
    margin: float
    rate: float
    amount: float

    @property
    def schedule(self) -> BracketSchedule:
        """The one bracket of the vector."""
        return BracketSchedule(
            venue="", symbol="BTC", contract="inverse" if self.inverse else "linear", effective_from=date(2020, 1, 1),
            floors=(0.0,), rates=(self.rate,), amounts=(self.amount,), max_leverage=(None,), source="",
        )  # fmt: skip


def terms_of(vector: Vector) -> Terms:
    """What the formulas take."""
    return inverse_terms(vector) if vector.contract.startswith("inverse") else linear_terms(vector)


def linear_terms(vector: Vector) -> Terms:
    """A linear vector by its venue's convention."""
    rate, amount = vector.rate, vector.amount
    if "taker fee" in vector.note:
        rate += GATE_OKX_TAKER_FEE
    if vector.venue == "bybit":
        rate, amount = 0.0, -vector.rate * vector.quantity * vector.entry
    margin = float(vector.balance) + other_positions(vector)
    return Terms(
        inverse=False, side=vector.side, size=vector.quantity, entry=vector.entry, margin=margin, rate=rate,
        amount=amount,
    )  # fmt: skip


def inverse_terms(vector: Vector) -> Terms:
    """An inverse vector by its venue's convention; Bybit takes maintenance and closing fee on fixed values."""
    rate, amount = vector.rate, vector.amount
    contract_usd, coins = vector.quantity * CONTRACT_USD[vector.venue], float(vector.balance)
    if vector.venue == "okx":
        rate += OKX_TAKER_FEE
    if vector.venue == "bybit":
        bankruptcy = contract_usd * (1.0 + BYBIT_TAKER_FEE) / (coins + contract_usd / vector.entry)
        fee = BYBIT_TAKER_FEE * contract_usd / bankruptcy if vector.mode == "cross" else 0.0
        rate, amount = 0.0, -(vector.rate * contract_usd / vector.entry + fee)
    return Terms(
        inverse=True, side=vector.side, size=contract_usd, entry=vector.entry, margin=coins, rate=rate, amount=amount
    )  # fmt: skip


def reference_lines(terms: Sequence[Terms]) -> list[float]:
    """Lines by the reference, one position at a time."""
    lines = []
    for t in terms:
        brackets = {"rates": [t.rate], "amounts": [t.amount]}
        if t.inverse:
            line = isolated_inverse_line(t.side, t.size, t.entry, margin_coin=t.margin, **brackets)
        else:
            line = isolated_linear_line(t.side, t.size, t.entry, margin=t.margin, **brackets)
        lines.append(float(line))
    return lines


def closed_table(terms: Sequence[Terms]) -> ibis.Table:
    """Positions as the closed forms take them; the mark is the entry."""
    rows = [
        {
            "schedule": n, "sign": t.side, "quantity": t.size, "entry_price": t.entry, "mark_price": t.entry,
            "contract": t.schedule.contract, "margin_usd": math.nan if t.inverse else t.margin,
            "static_usd": 0.0 if t.inverse else t.margin, "own_coins": t.margin if t.inverse else 0.0,
        }
        for n, t in enumerate(terms)
    ]  # fmt: skip
    return materialise(ibis.memtable(pa.Table.from_pylist(rows)), engine=connect(threads=2))


def plain_engine_lines(terms: Sequence[Terms]) -> list[float]:
    """Lines by the engine's short way for linear positions; NaN for inverse ones, which it passes over."""
    lines = plain_lines(closed_table(terms), [t.schedule for t in terms]).order_by("schedule")
    return [math.nan if line is None else line for line in lines.line.to_pyarrow().to_pylist()]


def moving_engine_lines(terms: Sequence[Terms]) -> list[float]:
    """Lines by the engine's way for all contracts: below for longs, above for shorts."""
    lines = moving_lines(closed_table(terms), [t.schedule for t in terms])
    side = ibis.ifelse(lines.sign > 0, lines.down, lines.up).name("line")
    found = lines.order_by("schedule").select("schedule", line=side).to_pyarrow()["line"].to_pylist()
    return [math.nan if line is None else line for line in found]


def unit_engine_lines(terms: Sequence[Terms]) -> list[float]:
    """Lines by the engine's search over margin units: a position and what stands behind it, as two legs."""
    rows = []
    for n, t in enumerate(terms):
        signed = t.side * t.size
        held = (-signed, signed) if t.inverse else (-signed * t.entry, signed * t.entry)
        backing = (0.0, t.margin * t.entry) if t.inverse else (t.margin, 0.0)
        gross = t.size if t.inverse else t.size * t.entry
        shared = {"unit": n, "beta": 1.0, "mark": t.entry}
        rows += [
            {**shared, "constant": held[0], "slope": held[1], "schedule": n, "gross": gross},
            {**shared, "constant": backing[0], "slope": backing[1], "schedule": None, "gross": 0.0},
        ]
    legs = materialise(ibis.memtable(pa.Table.from_pylist(rows)), engine=connect(threads=2))
    solved = solve_units(legs, [t.schedule for t in terms], [1.0]).table.order_by("unit").to_pyarrow().to_pylist()
    moves = [row["down" if t.side > 0 else "up"] for row, t in zip(solved, terms, strict=True)]
    return [math.nan if r is None else t.entry * (1.0 + r) for r, t in zip(moves, terms, strict=True)]


Solver = Callable[[Sequence[Terms]], list[float]]
WAYS = (reference_lines, plain_engine_lines, moving_engine_lines, unit_engine_lines)


def half_digit(printed: str) -> float:
    """Half a unit of the last printed digit."""
    exponent = Decimal(printed).as_tuple().exponent
    assert isinstance(exponent, int)
    return 0.5 * 10.0**exponent


def tolerance(vector: Vector) -> float:
    """Rounding of the printed result, and what a balance that was cut after its last digit makes of it."""
    if (vector.venue, vector.expected) in STATED_TOLERANCE:
        return STATED_TOLERANCE[vector.venue, vector.expected]
    from_result = half_digit(vector.expected) + ULPS * max(float(vector.expected), vector.entry)
    if vector.contract.startswith("inverse") or len(vector.balance.partition(".")[2]) < 5:
        return from_result
    return from_result + 2.0 * half_digit(vector.balance) / vector.quantity / (1.0 - vector.side * vector.rate)


def errors(vectors: Sequence[Vector], solve: Solver) -> list[float]:
    """Distance of each of our lines from the printed one [USD]; NaN where we have none."""
    lines = solve([terms_of(vector) for vector in vectors])
    return [abs(line - float(vector.expected)) for line, vector in zip(lines, vectors, strict=True)]


def missed(vectors: Sequence[Vector], solve: Solver) -> list[tuple[Vector, float]]:
    """Vectors that are not met to their printed digits, with their errors."""
    found = zip(vectors, errors(vectors, solve), strict=True)
    return [(vector, error) for vector, error in found if not error <= tolerance(vector)]


def taken_by(solve: Solver, vectors: Sequence[Vector]) -> list[Vector]:
    """Vectors of the kind that a way of solving is for: the short one takes linear contracts."""
    return [v for v in vectors if solve is not plain_engine_lines or not v.contract.startswith("inverse")]


@pytest.mark.parametrize("solve", WAYS)
def test_the_transcribed_lines_are_met(solve: Solver) -> None:
    """Our lines round to those that were printed, by the reference and by the engine."""
    assert missed(taken_by(solve, TRANSCRIBED), solve) == []


def test_without_the_maintenance_amount_the_exchange_is_missed() -> None:
    """The sample of 20 BTC tells the amount from its lack: 5 933.30 instead of the exchange's 5 930.78."""
    line = isolated_linear_line(1, 20.0, 6563.665, margin=13200.70726908, rates=[0.005], amounts=[0.0])
    assert f"{float(line):.2f}" == "5933.30"


@pytest.mark.parametrize("solve", WAYS)
def test_every_printed_line_is_met(solve: Solver, real_data: Path) -> None:
    """All rows of the collection that are not wrong on purpose are reproduced to their printed digits."""
    vectors = [row for row in read_vectors(real_data / "liquidation_vectors.csv") if "NEGATIVE" not in row.venue]
    assert len(vectors) == 56
    assert missed(taken_by(solve, vectors), solve) == []


@pytest.mark.parametrize("solve", WAYS)
def test_no_wrong_line_is_met(solve: Solver, real_data: Path) -> None:
    """The rows that are wrong on purpose, a first-order formula, are missed by dollars."""
    vectors = [row for row in read_vectors(real_data / "liquidation_vectors.csv") if "NEGATIVE" in row.venue]
    assert len(vectors) == 3
    assert all(error > 20.0 for error in errors(vectors, solve))
