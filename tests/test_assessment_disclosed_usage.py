"""Which parts of a leverage usage may be told: by the rule, and nothing beyond what the tables tell."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS, book, unleveraged, write

from cohortiv.assessment import Settings, read_cohort
from cohortiv.assessment.disclosed import Disclosed
from cohortiv.assessment.disclosed_usage import UsageCells
from cohortiv.disclosure import is_safe
from cohortiv.distribution.usage import DIMENSIONS

pytestmark = ENGINE_WARNINGS


def cells_of(folder: Path, frame: pd.DataFrame) -> tuple[UsageCells, Disclosed]:
    """Cells of a book's usage, and those of its tables."""
    found = read_cohort(Settings(positions=write(folder, frame)), usage=True, say=lambda _: None)
    assert found.usage_cells is not None
    assert found.disclosed is not None
    return found.usage_cells, found.disclosed


def by_value(cells: UsageCells, dimension: str) -> dict[str, int]:
    """Cell of each value of a dimension."""
    plan = cells.plan[cells.plan["dimension"] == dimension]
    return dict(zip(plan["value"], plan["cell"], strict=True))


def products(*counts: int) -> pd.DataFrame:
    """A book with so many accounts in each product."""
    names = np.repeat(["perpetual", "future", "margin"][: len(counts)], counts)
    return book(sum(counts), symbols=("BTC",)).assign(product=names, side="long", quantity=0.1)


def test_every_cell_satisfies_the_rule(tmp_path: Path) -> None:
    """Ten accounts, and none with more than half."""
    cells, _ = cells_of(tmp_path, products(60, 40, 20))
    assert set(cells.plan["dimension"]) == set(DIMENSIONS)
    assert (cells.counts["accounts"] >= cells.rule.min_accounts).all()
    assert is_safe(cells.effective.counts, cells.rule).all()


def test_a_small_product_takes_another_into_the_rest(tmp_path: Path) -> None:
    """Three accounts cannot be told, nor can their difference to the whole."""
    cells, _ = cells_of(tmp_path, products(60, 40, 3))
    placed = by_value(cells, "product")
    assert placed["margin"] < 0
    assert placed["future"] == placed["margin"]
    assert placed["perpetual"] >= 0


def test_tiers_are_those_of_the_tables(tmp_path: Path) -> None:
    """The same ranges, so that one table cannot be taken from the other."""
    cells, disclosed = cells_of(tmp_path, book(200))
    plan = disclosed.tiers.plan
    assert by_value(cells, "tier") == {f"{t}x": c for t, c in zip(plan["tier"], plan["cell"], strict=True)}


def test_sides_that_may_not_be_told_apart_are_one(tmp_path: Path) -> None:
    """Four shorts among many longs."""
    frame = book(60, symbols=("BTC",)).assign(side=["short"] * 4 + ["long"] * 56)
    cells, disclosed = cells_of(tmp_path, frame)
    assert not disclosed.sides_apart
    assert set(by_value(cells, "side").values()) == {0}


def test_symbols_are_cells_of_their_own(tmp_path: Path) -> None:
    """Each symbol is told as a whole, or with all others that are not."""
    cells, _ = cells_of(tmp_path, book(150, symbols=("BTC", "BTC", "BTC", "ETH", "SOL")))
    placed = by_value(cells, "symbol")
    assert set(placed) == {"BTC", "ETH", "SOL"}
    assert placed["BTC"] >= 0


def test_a_symbol_of_few_accounts_is_told_with_others(tmp_path: Path) -> None:
    """Three accounts have SOL; it and what makes it safe have one number."""
    frame = book(120, symbols=("BTC",)).assign(symbol=["SOL"] * 3 + ["ETH"] * 30 + ["BTC"] * 87, side="long")
    cells, _ = cells_of(tmp_path, frame.assign(quantity=0.1, leverage=5.0))
    placed = by_value(cells, "symbol")
    assert placed["SOL"] == placed["ETH"] < 0 <= placed["BTC"]


def test_collateral_of_one_wallet_is_not_told(tmp_path: Path) -> None:
    """One account posts most of the margin of a venue; the venue stays, its collateral does not."""
    frame = book(60, symbols=("BTC",)).assign(side="long", leverage=5.0, quantity=0.1)
    frame = frame.assign(margin=np.where(np.arange(60) == 0, 1e7, 1_200.0))
    cells, _ = cells_of(tmp_path, frame)
    venue = cells.counts[cells.counts["dimension"] == "venue"]
    assert by_value(cells, "venue") == {"binance": 0}
    assert venue["collateral_told"].tolist() == [False]


def test_collateral_is_told_of_several_symbols_or_of_none(tmp_path: Path) -> None:
    """Shares are of the collateral that is shown: of one symbol among three they would be 100 %."""
    frame = book(150, symbols=("BTC", "ETH", "SOL")).assign(side="long", leverage=5.0, quantity=0.1)
    first = frame.groupby("symbol").cumcount() == 0
    frame = frame.assign(margin=np.where(first & (frame["symbol"] != "ETH"), 1e8, 100.0))
    cells, _ = cells_of(tmp_path, frame)
    symbols = cells.counts[cells.counts["dimension"] == "symbol"]
    assert len(symbols) == 3
    assert not symbols["collateral_told"].any()


def test_effective_tiers_are_merged_within_their_declared_range(tmp_path: Path) -> None:
    """Positions of all cells add up to the book, and each cell has accounts enough."""
    frame = book(120, symbols=("BTC",)).assign(margin=lambda f: f["quantity"] * 60_000 / np.linspace(1.2, 30, 120))
    cells, disclosed = cells_of(tmp_path, frame)
    assert cells.effective_positions["positions"].sum() == 120
    assert set(cells.effective.plan["tier_range"]) == set(disclosed.tiers.plan["cell"])
    assert (cells.effective.counts["accounts"] >= 10).all()
    assert cells.medians_told


@pytest.mark.parametrize("known", [5, 40])
def test_medians_need_accounts(tmp_path: Path, known: int) -> None:
    """Effective leverage that few accounts have gives no median."""
    frame = book(60, symbols=("BTC",)).assign(quantity=0.1, margin_mode="cross", margin=np.nan, side="long")
    frame = frame.assign(liquidation_price=30_000.0)
    frame.loc[: known - 1, "margin"] = 3_000.0
    cells, _ = cells_of(tmp_path, frame)
    assert cells.medians_told == (known >= 10)


def test_nothing_leveraged_has_no_cells(tmp_path: Path) -> None:
    """Empty, not an error."""
    cells, _ = cells_of(tmp_path, unleveraged(book(40)))
    assert cells.plan.empty
    assert cells.effective_positions.empty
    assert not cells.medians_told
