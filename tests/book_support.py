"""Books of positions for the tests of the engine: rows to a Parquet file, through the engine, and back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend

from cohortiv.comovement import Comovement, comovement
from cohortiv.duplicates import without_duplicates
from cohortiv.liquidation import LineTable, liquidation_lines
from cohortiv.margin.brackets import Brackets, BracketSchedule
from cohortiv.margin.schedule import Contract
from cohortiv.positions import Holding, Positions, take_inventory
from cohortiv.profile import BuiltProfile, Scope, build_profile
from cohortiv.sources.files import open_positions

Row = dict[str, Any]
AS_OF = datetime(2026, 2, 18, 12)  # noqa: DTZ001 - house times are UTC without zone


def position(**changes: object) -> Row:
    """A sound isolated long of 1 BTC at 10x, with changes."""
    sound: Row = {
        "account_id": "a", "symbol": "BTC", "side": "long", "quantity": 1.0, "entry_price": 60_000.0,
        "mark_price": 60_000.0, "leverage": 10.0,
    }  # fmt: skip
    return sound | changes


def schedule(
    symbol: str,
    floors: Sequence[float],
    rates: Sequence[float],
    *,
    contract: Contract = "linear",
    venue: str = "",
    effective_from: date = date(2020, 1, 1),
) -> BracketSchedule:
    """Continuous brackets from their floors and rates."""
    amounts = [0.0]
    for k in range(1, len(floors)):
        amounts.append(amounts[-1] + floors[k] * (rates[k] - rates[k - 1]))
    return BracketSchedule(
        venue=venue, symbol=symbol, contract=contract, effective_from=effective_from, floors=tuple(floors),
        rates=tuple(rates), amounts=tuple(amounts), max_leverage=(None,) * len(floors), source="test",
    )  # fmt: skip


#: The brackets of the model's printed checks, and others like them.
BTC = schedule("BTC", (0, 50_000, 250_000, 3_000_000), (0.004, 0.005, 0.01, 0.025))
ETH = schedule("ETH", (0, 20_000, 100_000, 800_000), (0.005, 0.0075, 0.02, 0.05))
SOL = schedule("SOL", (0, 10_000, 60_000), (0.01, 0.025, 0.1))
BTC_COIN = schedule("BTC", (0, 5, 20, 60), (0.004, 0.005, 0.01, 0.025), contract="inverse")
ETH_COIN = schedule("ETH", (0, 40, 300), (0.005, 0.01, 0.05), contract="inverse")
BRACKETS = Brackets((BTC, ETH, SOL, BTC_COIN, ETH_COIN))


@dataclass(frozen=True, eq=False)
class SolvedBook:
    """Positions, what they hold, and their lines."""

    positions: Positions
    inventory: tuple[Holding, ...]
    lines: LineTable

    def frame(self) -> pd.DataFrame:
        """All lines, by account, symbol and side."""
        keys = ["account_id", "symbol", "side", "notional_cents"]
        frame: pd.DataFrame = self.lines.table.to_pyarrow().to_pandas()
        return frame.sort_values(keys, ignore_index=True)

    def profile(
        self, *, scope: Scope | None = None, movement: Comovement | None = None, keep: bool = False
    ) -> BuiltProfile:
        """The liquidation profile."""
        return build_profile(
            self.lines, self.inventory, self.positions.given,
            scope=scope or Scope(), comovement=movement or comovement(), origin={"sources": ["book.parquet"]},
            keep=keep,
        )  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """Where books are written and which engine reads them."""

    folder: Path
    connection: Backend

    def open(self, rows: Sequence[Row] | pd.DataFrame, name: str = "book.parquet") -> Positions:
        """Write rows to a file and open it."""
        path = self.folder / name
        if path.suffix == ".csv":
            pd.DataFrame(rows).to_csv(path, index=False)
        elif isinstance(rows, pd.DataFrame):
            rows.to_parquet(path, index=False)
        else:  # not through pandas, which writes NaN as null
            names = dict.fromkeys(name for row in rows for name in row)
            pq.write_table(pa.table({name: [row.get(name) for row in rows] for name in names}), path)
        return open_positions(str(path), connection=self.connection)

    def solve(
        self,
        rows: Sequence[Row] | pd.DataFrame,
        *,
        symbol: str | None = None,
        brackets: Brackets = BRACKETS,
        movement: Comovement | None = None,
        as_of: datetime = AS_OF,
    ) -> SolvedBook:
        """Solve the lines of rows, repeated ones marked."""
        positions = self.open(rows)
        inventory = take_inventory(positions)
        positions = without_duplicates(positions)
        lines = liquidation_lines(
            positions, inventory, brackets=brackets, comovement=movement or comovement(), as_of=as_of, symbol=symbol
        )
        return SolvedBook(positions, inventory, lines)
