"""An amount that one account dominates in a cell is withheld, the cell stays, and no sum gives the amount away."""

from functools import cache

import ibis
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from disclosure_support import PRIVACY, book, bounds, unsafe_groups

from cohortiv.assessment.disclosed import BOTH, Disclosed, disclose
from cohortiv.assessment.told import ToldCells

pytestmark = ENGINE_WARNINGS
#: Books that are attacked.
SEEDS = 5
#: A rest that keeps the rule is at least twice its largest account: of a group with a lesser one it can be nearly all.
CLEARLY = 0.55
KEYS = ["tier_range", "side", "symbol"]


def even(tiers: tuple[int, ...] = (2, 5, 10, 20)) -> pd.DataFrame:
    """Longs in one symbol: in each tier eight accounts with the same notional and the same collateral."""
    tier = np.repeat(tiers, 8)
    return book(0, positions=len(tier)).assign(
        account_id=[f"a{n}" for n in range(len(tier))], tier=tier, symbol="BTC", side="long", notional_cents=1000,
        collateral_cents=1000 // tier,
    )  # fmt: skip


def told_tiers(cells: Disclosed, *, amount: str = "collateral") -> list[int]:
    """Tiers whose collateral, or contribution, may be shown; of a range the lowest."""
    plan = cells.tiers.plan.groupby("cell")["tier"].min()
    told: ToldCells = getattr(cells, amount)
    return sorted(int(plan[number]) for number, _ in told.ranges)


def cells_of(frame: pd.DataFrame, *, parts: pd.DataFrame | None = None) -> Disclosed:
    """What may be published of a book."""
    return disclose(ibis.memtable(frame), PRIVACY, parts=parts)


def contributing(frame: pd.DataFrame, per_cent: npt.ArrayLike) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A book with a node for each row, and what a cent in each node adds."""
    node = np.arange(len(frame))
    return frame.assign(node=node), pd.DataFrame({"node": node, "per_cent": np.broadcast_to(per_cent, len(frame))})


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


def test_range_of_one_tier_hides_nothing() -> None:
    """A wallet that fills 2x to 3x is not hidden by 10x and 20x, which can be read off notional: TVL is withheld."""
    thin = even((2, 3, 10, 20))
    thin["tier"] = np.repeat([2, 3, 10, 20], [2, 14, 8, 8])
    thin.loc[15, "collateral_cents"] = 7 * 10**3
    cells = cells_of(thin)
    assert cells.tiers.plan.groupby("cell")["tier"].agg(list).tolist() == [[2, 3], [10], [20]]
    assert told_tiers(cells) == [10, 20]
    assert not cells.collateral.total


def test_ranges_of_one_tier_hide_each_other() -> None:
    """Among themselves they have a rest as before, and the total is told."""
    thin = even((2, 3, 10, 20))
    thin["tier"] = np.repeat([2, 3, 10, 20], [2, 14, 8, 8])
    thin.loc[31, "collateral_cents"] = 500
    cells = cells_of(thin)
    assert [int(number) for number, _ in cells.collateral.ranges] == [int(cells.tiers.plan["cell"].iloc[0])]
    assert cells.collateral.total


def test_many_behind_a_contribution_are_told() -> None:
    """Where every account adds as much, every tier's contribution is there."""
    frame, parts = contributing(even(), 5.0)
    cells = cells_of(frame, parts=parts)
    assert told_tiers(cells, amount="contributions") == [2, 5, 10, 20]
    assert cells.contributions.cells == frozenset(cells.symbols.plan["cell"])


def test_near_line_of_one_hides_a_contribution_and_a_second() -> None:
    """One of eight equal accounts at 20x is near its line: notional stays, its part goes, and so does one beside it."""
    frame, parts = contributing(even(), np.where(np.arange(32) == 31, 50.0, 1.0))
    cells = cells_of(frame, parts=parts)
    told = told_tiers(cells, amount="contributions")
    assert cells.tiers.plan["cell"].nunique() == 4
    assert told_tiers(cells) == [2, 5, 10, 20]
    assert 20 not in told
    assert len(told) < 3


def test_few_with_a_chance_that_counts_hide_a_contribution() -> None:
    """Two of eight accounts at 20x add the same, the others less than a thousandth of it."""
    row = np.arange(32)
    frame, parts = contributing(even(), np.where((row >= 24) & (row < 30), 1.0, 1e4))
    assert 20 not in told_tiers(cells_of(frame, parts=parts), amount="contributions")


def test_contribution_of_one_account_in_all_is_withheld() -> None:
    """Where one account adds more than half of everything nothing is told, as with collateral."""
    frame, parts = contributing(even(), np.where(np.arange(32) == 0, 1e4, 1.0))
    assert cells_of(frame, parts=parts).contributions == ToldCells()


def test_nothing_is_told_where_nothing_contributes() -> None:
    """Without a critical volatility there are no contributions to tell."""
    assert cells_of(even()).contributions == ToldCells()


def equations(unknown: pd.DataFrame, told: ToldCells) -> npt.NDArray[np.float64]:
    """Which unknowns each published sum of an amount is over: the total, ranges and sides, cells of symbols."""
    ranges = pd.MultiIndex.from_tuples(sorted(told.ranges), names=["tier_range", "side"])
    places = pd.MultiIndex.from_frame(unknown[["tier_range", "side"]])
    shown = [(unknown["cell"] == cell).to_numpy() for cell in sorted(told.cells)]
    whole = [np.ones(len(unknown), dtype=bool)] if told.total else []
    rows = [*whole, *(places == place for place in ranges), *shown]
    return np.array(rows, dtype=float).reshape(-1, len(unknown))


@cache
def attacked(seed: int) -> tuple[pd.DataFrame, Disclosed]:
    """A book of many positions, a few of them near their lines, and what may be published of it."""
    raw = book(seed, accounts=80, positions=400)
    frame, parts = contributing(raw, np.exp(np.random.default_rng(seed).normal(3.0, 1.0, len(raw))))
    added = np.round(frame["notional_cents"] * parts["per_cent"]).astype(int)
    return frame.assign(added_cents=added), cells_of(frame, parts=parts)


@pytest.mark.parametrize(("amount", "money"), [("collateral", "collateral_cents"), ("contributions", "added_cents")])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_withheld_amount_can_be_found_out(seed: int, amount: str, money: str) -> None:
    """From all published sums a solver bounds no dominated or rare amount within 10 %, from either side."""
    raw, cells = attacked(seed)
    told: ToldCells = getattr(cells, amount)
    shown = raw if cells.sides_apart else raw.assign(side=BOTH)
    frame = shown.merge(cells.tiers.plan.rename(columns={"cell": "tier_range"}), on="tier")
    frame = frame.merge(cells.symbols.plan, on=KEYS)
    unknown = frame.groupby([*KEYS, "tier", "cell"], as_index=False)[[money]].sum()
    sums, held = equations(unknown, told), unknown[money].to_numpy()
    assert told.cells
    for by in (["tier_range", "side"], ["cell"], ["symbol", "side", "tier"], ["symbol", "side"], ["tier", "side"]):
        for rows in unsafe_groups(frame, by, money=money, share=CLEARLY):
            names = frame.loc[rows, by].drop_duplicates()
            target = unknown.merge(names.assign(hit=1.0), on=by, how="left")["hit"].fillna(0.0).to_numpy()
            least, most = bounds(sums, sums @ held, target)
            assert least < 0.9 * (target @ held), (by, names)
            assert most > 1.1 * (target @ held), (by, names)


@pytest.mark.parametrize("amount", ["collateral", "contributions"])
def test_attack_meets_dominated_amounts(amount: str) -> None:
    """The books that are attacked do hold amounts that are withheld, and amounts that are told."""
    found = [attacked(seed)[1] for seed in range(SEEDS)]
    told: list[ToldCells] = [getattr(cells, amount) for cells in found]
    assert sum(len(each.ranges) for each in told) > 0
    numbers = [cells.symbols.plan["cell"].nunique() for cells in found]
    assert any(len(each.cells) < number for each, number in zip(told, numbers, strict=True))
