"""Collateral that one account dominates is withheld, the cell stays, and no sum gives the collateral away."""

from functools import cache

import ibis
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from disclosure_support import PRIVACY, book, bounds, unsafe_groups

from cohortiv.assessment.disclosed import BOTH, Disclosed, disclose

pytestmark = ENGINE_WARNINGS
#: Books that are attacked.
SEEDS = 5
KEYS = ["tier_range", "side", "symbol"]


def even(tiers: tuple[int, ...] = (2, 5, 10, 20)) -> pd.DataFrame:
    """Longs in one symbol: in each tier eight accounts with the same notional and the same collateral."""
    tier = np.repeat(tiers, 8)
    return book(0, positions=len(tier)).assign(
        account_id=[f"a{n}" for n in range(len(tier))], tier=tier, symbol="BTC", side="long", notional_cents=1000,
        collateral_cents=1000 // tier,
    )  # fmt: skip


def told_tiers(cells: Disclosed) -> list[int]:
    """Tiers whose collateral may be shown."""
    plan = cells.tiers.plan.set_index("cell")["tier"]
    return sorted(int(plan[number]) for number, _ in cells.collateral.ranges)


def cells_of(frame: pd.DataFrame) -> Disclosed:
    """What may be published of a book."""
    return disclose(ibis.memtable(frame), PRIVACY)


def test_collateral_of_many_is_told() -> None:
    """Where nobody dominates, everything is there."""
    cells = cells_of(even())
    assert told_tiers(cells) == [2, 5, 10, 20]
    assert cells.collateral.cells == frozenset(cells.symbols.plan["cell"])
    assert cells.collateral.total


def test_dominated_collateral_costs_no_tier() -> None:
    """A wallet that fills a tier hides that tier's collateral; its notional is shown as before."""
    frame = even()
    frame.loc[frame.index[-1], "collateral_cents"] = 700
    cells = cells_of(frame)
    assert cells.tiers.plan["cell"].nunique() == 4
    assert 20 not in told_tiers(cells)


def test_another_cell_hides_with_a_single_dominated_one() -> None:
    """Alone it would be the total less the others; 10x is too small to hide it, so 5x goes with it."""
    frame = even()
    frame.loc[frame.index[-1], "collateral_cents"] = 1500
    assert told_tiers(cells_of(frame)) == [2, 10]


def test_total_of_one_wallet_is_withheld() -> None:
    """One account with more than half of all collateral leaves nothing to tell, and every tier of notional."""
    frame = even()
    frame.loc[0, "collateral_cents"] = 10**9
    cells = cells_of(frame)
    assert not cells.collateral.total
    assert (cells.collateral.ranges, cells.collateral.cells) == (frozenset(), frozenset())
    assert cells.tiers.plan["cell"].nunique() == 4


def test_nothing_held_has_nothing_to_withhold() -> None:
    """An empty book has a total of 0."""
    frame = even().iloc[:0]
    kinds = {name: "string" if kind.kind not in "iuf" else "int64" for name, kind in frame.dtypes.items()}
    cells = disclose(ibis.memtable(frame, schema=kinds), PRIVACY)
    assert cells.collateral.total
    assert cells.collateral.ranges == frozenset()


def equations(unknown: pd.DataFrame, cells: Disclosed) -> npt.NDArray[np.float64]:
    """Which unknowns each published sum of collateral is over: the total, ranges and sides, cells of symbols."""
    ranges = pd.MultiIndex.from_tuples(sorted(cells.collateral.ranges), names=["tier_range", "side"])
    places = pd.MultiIndex.from_frame(unknown[["tier_range", "side"]])
    told = [(unknown["cell"] == cell).to_numpy() for cell in sorted(cells.collateral.cells)]
    rows = [np.ones(len(unknown), dtype=bool), *(places == place for place in ranges), *told]
    return np.array([row for row in rows if cells.collateral.total], dtype=float).reshape(-1, len(unknown))


@cache
def attacked(seed: int) -> tuple[pd.DataFrame, Disclosed]:
    """A book of many positions and what may be published of it."""
    raw = book(seed, accounts=80, positions=400)
    return raw, cells_of(raw)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_withheld_collateral_can_be_found_out(seed: int) -> None:
    """From all published sums a solver bounds no dominated or rare collateral within 10 %, from either side."""
    raw, cells = attacked(seed)
    shown = raw if cells.sides_apart else raw.assign(side=BOTH)
    frame = shown.merge(cells.tiers.plan.rename(columns={"cell": "tier_range"}), on="tier")
    frame = frame.merge(cells.symbols.plan, on=KEYS)
    unknown = frame.groupby([*KEYS, "tier", "cell"], as_index=False)[["collateral_cents"]].sum()
    sums, held = equations(unknown, cells), unknown["collateral_cents"].to_numpy()
    assert cells.collateral.cells
    for by in (["tier_range", "side"], ["cell"], ["symbol", "side", "tier"], ["symbol", "side"], ["tier", "side"]):
        for rows in unsafe_groups(frame, by, money="collateral_cents"):
            names = frame.loc[rows, by].drop_duplicates()
            target = unknown.merge(names.assign(hit=1.0), on=by, how="left")["hit"].fillna(0.0).to_numpy()
            least, most = bounds(sums, sums @ held, target)
            assert least < 0.9 * (target @ held), (by, names)
            assert most > 1.1 * (target @ held), (by, names)


def test_attack_meets_dominated_collateral() -> None:
    """The books that are attacked do hold collateral that is withheld, and collateral that is told."""
    found = [attacked(seed)[1] for seed in range(SEEDS)]
    assert sum(len(cells.collateral.ranges) for cells in found) > 0
    assert any(len(cells.collateral.cells) < cells.symbols.plan["cell"].nunique() for cells in found)
