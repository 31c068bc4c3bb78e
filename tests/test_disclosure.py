"""What may be published: the rule, merging, rests, and an attack on everything that is published together."""

from collections.abc import Sequence

import ibis
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from disclosure_support import PRIVACY, RULE, book, bounds, steps, unsafe_groups
from hypothesis import given, settings
from hypothesis import strategies as st

from cohortiv.assessment.disclosed import BOTH, NOWHERE, Disclosed, disclose
from cohortiv.disclosure import DisclosedCells, is_safe, ordered_cells, pooled_cells, with_safe_wholes
from cohortiv.errors import DataError
from cohortiv.liquidation import LINE, NO_LINE, PAST

pytestmark = ENGINE_WARNINGS

COLUMNS = ("account_id", "symbol", "side", "tier", "notional_cents", "collateral_cents", "state", "bin", "step")


def merged(frame: pd.DataFrame, *, group: Sequence[str] = (), within: Sequence[str] = ()) -> DisclosedCells:
    """Cells along the steps of a frame."""
    return ordered_cells(ibis.memtable(frame), group=group, order="step", rule=RULE, within=within)


def spans(cells: DisclosedCells) -> list[list[int]]:
    """Steps of each cell, in the order of the steps."""
    return [sorted(held["step"]) for _, held in cells.plan.groupby("cell", sort=False)]


@pytest.mark.parametrize(
    ("accounts", "largest", "safe"), [(3, 50, True), (2, 50, False), (3, 51, False), (10, 50, True), (0, 0, False)]
)
def test_rule_wants_accounts_and_no_dominant_one(accounts: int, largest: int, safe: bool) -> None:  # noqa: FBT001
    """Both edges of the rule belong to what is allowed."""
    counts = pd.DataFrame({"accounts": [accounts], "notional_cents": [100.0], "largest_cents": [float(largest)]})
    assert is_safe(counts, RULE).tolist() == [safe]


def test_safe_cells_stay_as_they_are() -> None:
    """Nothing is merged where nothing must be."""
    assert spans(merged(steps([3, 4, 5]))) == [[0], [1], [2]]


def test_small_cell_joins_its_smaller_neighbour() -> None:
    """The neighbour with less notional loses less."""
    assert spans(merged(steps([5, 2, 4]))) == [[0], [1, 2]]


def test_nothing_is_left_in_the_engine() -> None:
    """What cells are rated on is dropped again, however many partitions are made."""
    kept = "SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'cohortiv_step%'"
    before = ibis.get_backend().raw_sql(kept).fetchall()
    merged(steps([5, 2, 4]))
    pooled_cells(ibis.memtable(steps([5, 2, 4])), within=[], by=["step"], rule=RULE)
    assert ibis.get_backend().raw_sql(kept).fetchall() == before


def test_dominated_cell_is_merged() -> None:
    """A cell with accounts enough is still merged where one of them holds more than half."""
    frame = steps([4, 4])
    frame.loc[0, "notional_cents"] = 400
    assert spans(merged(frame)) == [[0, 1]]


def test_one_account_on_many_rows_counts_once() -> None:
    """Ten positions of one account are one account."""
    frame = pd.concat([steps([4]), steps([0, 10]).assign(account_id="whale"), steps([0, 0, 30])], ignore_index=True)
    frame["account_id"] = frame["account_id"].where(frame["step"] == 1, [f"b{n}" for n in range(len(frame))])
    cells = merged(frame)
    assert spans(cells) == [[0, 1, 2]]
    assert cells.counts["accounts"].tolist() == [35]


def test_groups_are_not_merged_across() -> None:
    """What no neighbour of its group can save goes into the rest, and the smallest safe cell follows it there."""
    frame = steps([2, 6, 5]).assign(side=lambda f: np.where(f["step"] == 0, "short", "long"))
    cells = merged(frame, group=["side"])
    rest = cells.plan[cells.plan["cell"] < 0]
    assert sorted(rest["step"]) == [0, 2]
    assert cells.counts["safe"].all()


def test_groups_whose_totals_are_known_have_rests_of_their_own() -> None:
    """A common rest of two sides would be split by the totals of the sides."""
    frame = pd.concat([steps([3, 4]).assign(side="long"), steps([1, 4]).assign(side="short")])
    frame["account_id"] = [f"a{n}" for n in range(len(frame))]
    held = ibis.memtable(frame.assign(direction=frame["step"]))
    cells = ordered_cells(held, group=["side", "direction"], order="step", rule=RULE, apart=["side"])
    assert set(cells.plan.loc[cells.plan["side"] == "short", "cell"]) == {-2}
    assert cells.hidden_cents == 500
    assert cells.counts["safe"].all()


def test_every_part_within_must_be_safe() -> None:
    """Sides share one set of ranges, so a range is merged until each side of it may be shown."""
    frame = pd.concat([steps([4, 4]).assign(side="long"), steps([4, 1]).assign(side="short")])
    frame["account_id"] = [f"a{n}" for n in range(len(frame))]
    assert spans(merged(frame, within=["side"])) == [[0, 1]]


def test_all_together_too_small_is_marked() -> None:
    """Two accounts in all are one unsafe rest."""
    cells = merged(steps([1, 1]))
    assert set(cells.plan["cell"]) == {-1}
    assert cells.counts["safe"].tolist() == [False]


@pytest.mark.parametrize("group", [[], ["side"]])
def test_nothing_held_gives_no_cells(group: list[str]) -> None:
    """An empty table has an empty plan."""
    empty = ibis.memtable(steps([1]).assign(side="long").iloc[:0], schema={
        "account_id": "string", "notional_cents": "int64", "step": "int64", "side": "string",
    })  # fmt: skip
    cells = ordered_cells(empty, group=group, order="step", rule=RULE)
    assert cells.plan.empty
    assert cells.counts.empty


def test_names_without_order_are_pooled() -> None:
    """Unsafe symbols form a rest in their range; where one alone is unsafe, the smallest safe one joins it."""
    names = np.repeat(["BTC", "ETH", "SOL"], [9, 4, 1])
    frame = pd.DataFrame(
        {"account_id": [f"a{n}" for n in range(14)], "notional_cents": 100, "tier": 1, "symbol": names}
    )
    cells = pooled_cells(ibis.memtable(frame), within=["tier"], by=["symbol"], rule=RULE)
    by_symbol = cells.plan.set_index("symbol")["cell"]
    assert by_symbol["ETH"] == by_symbol["SOL"] < 0 <= by_symbol["BTC"]
    assert cells.counts["safe"].all()


def names_by_tier(*rows: tuple[int, str, int, int]) -> pd.DataFrame:
    """Positions (tier, symbol, accounts, cents each), each account with one."""
    parts = [
        pd.DataFrame({"tier": tier, "symbol": symbol, "notional_cents": cents}, index=range(accounts))
        for tier, symbol, accounts, cents in rows
    ]
    frame = pd.concat(parts, ignore_index=True)
    return frame.assign(account_id=[f"a{number}" for number in range(len(frame))])


def wholes(frame: pd.DataFrame, *names: str) -> "tuple[dict[tuple[int, str], int], DisclosedCells]":
    """Cell of each tier and symbol where the wholes of some symbols are wanted, and the cells."""
    cells = pooled_cells(ibis.memtable(frame), within=["tier"], by=["symbol"], rule=RULE)
    found = with_safe_wholes(ibis.memtable(frame), cells, of="symbol", names=names, rule=RULE)
    keys = zip(found.plan["tier"], found.plan["symbol"], strict=True)
    return dict(zip(keys, found.plan["cell"], strict=True)), found


THIN = ((5, "BTC", 1, 100), (5, "ETH", 6, 50), (10, "BTC", 5, 40), (10, "SOL", 2, 10), (10, "ETH", 6, 30))


def test_a_told_cell_follows_into_a_rest_for_the_sake_of_the_whole() -> None:
    """One account of BTC is withheld at 5x: the cell at 10x follows into the rest there, and every cell is safe."""
    placed, cells = wholes(names_by_tier(*THIN), "BTC")
    assert placed[5, "BTC"] < 0
    assert placed[10, "BTC"] < 0
    assert cells.counts["safe"].all()
    assert cells.counts["notional_cents"].sum() == names_by_tier(*THIN)["notional_cents"].sum()


def test_symbols_that_are_not_wanted_keep_their_cells() -> None:
    """The tables of tiers stay as they are."""
    before = pooled_cells(ibis.memtable(names_by_tier(*THIN)), within=["tier"], by=["symbol"], rule=RULE)
    _, after = wholes(names_by_tier(*THIN))
    pd.testing.assert_frame_equal(before.plan, after.plan)


def test_no_rest_is_made_for_a_single_cell() -> None:
    """At 20x nothing is withheld, so a cell there would be alone in its rest and follow from the sums."""
    placed, _ = wholes(names_by_tier((5, "BTC", 1, 100), (5, "ETH", 6, 50), (20, "BTC", 9, 40)), "BTC")
    assert placed[20, "BTC"] >= 0


def direction_of(frame: pd.DataFrame) -> "pd.Series[float]":
    """Part of the ladder that each position is in."""
    lined = np.where(frame["bin"] < 0, -1, 1)
    parts = np.where(frame["state"] == PAST, 0, np.where(frame["state"] == NO_LINE, NOWHERE, lined))
    return pd.Series(parts, index=frame.index, dtype=float)


def published(frame: pd.DataFrame, disclosed: Disclosed) -> "list[pd.Series[bool]]":
    """Possible cells that each published figure is a sum over: cells, rests, and the whole."""
    side = frame["side"] if disclosed.sides_apart else BOTH
    shown = frame.assign(side=side, number=np.arange(len(frame)))
    ranged = shown.merge(disclosed.tiers.plan.rename(columns={"cell": "tier_range"}), on="tier")
    tiers = ranged.merge(disclosed.symbols.plan, on=["tier_range", "side", "symbol"]).set_index("number")["cell"]
    ladder = shown.merge(disclosed.ladder.plan, on=["side", "direction", "step"]).set_index("number")["cell"]
    assert len(tiers) == len(ladder) == len(frame)
    columns = [cells.sort_index() == cell for cells in (tiers, ladder) for cell in sorted(set(cells))]
    return [*columns, pd.Series(data=True, index=range(len(frame)))]


def with_empty_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """One row for each combination of keys of each side that a reader must think possible."""
    keys = [frame[["symbol"]], frame[["tier"]], frame[["side", "direction", "step"]]]
    first, second, third = (part.drop_duplicates() for part in keys)
    return first.merge(second, how="cross").merge(third, how="cross")


def can_be_solved(equations: npt.NDArray[np.float64], target: npt.NDArray[np.float64]) -> bool:
    """Whether a linear combination of the published sums is the target."""
    weights = np.linalg.lstsq(equations.T, target, rcond=None)[0]
    return bool(np.abs(equations.T @ weights - target).max() < 1e-8)


def attacked(frame: pd.DataFrame, disclosed: Disclosed) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The book as a reader knows it, and every cell that he must think possible with what it truly holds."""
    frame = frame.assign(direction=direction_of(frame))
    frame = frame if disclosed.sides_apart else frame.assign(side=BOTH)
    keys = ["symbol", "tier", "side", "direction", "step"]
    unknown = _only_planned(with_empty_cells(frame), disclosed)
    truth = frame.groupby(keys, as_index=False)["notional_cents"].sum()
    return frame, unknown.merge(truth, on=keys, how="left").fillna({"notional_cents": 0.0})


def hit(unknown: pd.DataFrame, names: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Which possible cells belong to a group of rows, as 0 and 1."""
    marked = unknown.merge(names.assign(hit=1.0), on=list(names.columns), how="left")
    return marked["hit"].fillna(0.0).to_numpy()


@pytest.mark.parametrize("seed", range(3))
def test_no_unsafe_cell_can_be_found_out(seed: int) -> None:
    """No combination of all published sums is a cell that may not be told, nor do they bound one within 10 %."""
    raw = book(seed)
    disclosed = disclose(ibis.memtable(raw), PRIVACY)
    frame, unknown = attacked(raw, disclosed)
    equations = np.array(published(unknown, disclosed), dtype=float)
    held = unknown["notional_cents"].to_numpy()
    for by in (["symbol", "side", "tier"], ["side", "direction", "step"], ["side", "direction"], ["symbol"], ["tier"]):
        for rows in unsafe_groups(frame, by):
            target = hit(unknown, frame.loc[rows, by].drop_duplicates())
            assert not can_be_solved(equations, target)
            least, most = bounds(equations, equations @ held, target)
            assert least < 0.9 * (target @ held), (by, least, most)
            assert most > 1.1 * (target @ held), (by, least, most)


def _only_planned(unknown: pd.DataFrame, disclosed: Disclosed) -> pd.DataFrame:
    """Combinations whose symbol is held in the range of tiers at all, which the plan of symbols speaks of."""
    ranged = unknown.merge(disclosed.tiers.plan.rename(columns={"cell": "tier_range"}), on="tier")
    known = ranged.merge(disclosed.symbols.plan.drop(columns="cell"), on=["tier_range", "side", "symbol"])
    return known[unknown.columns].reset_index(drop=True)


@given(seed=st.integers(0, 10_000), accounts=st.integers(4, 40), positions=st.integers(4, 60))
@settings(max_examples=5)
def test_cells_are_safe_and_lose_nothing(seed: int, accounts: int, positions: int) -> None:
    """Whatever the book, every cell obeys the rule and the cells add up to the whole, or nothing is published."""
    frame = book(seed, accounts=accounts, positions=positions)
    try:
        found = disclose(ibis.memtable(frame), PRIVACY)
    except DataError:
        own = frame.groupby("account_id")["notional_cents"].sum()
        assert len(own) < PRIVACY.min_accounts or own.max() > PRIVACY.max_account_share * own.sum()
        return
    for cells in (found.tiers, found.symbols, found.ladder):
        assert cells.counts["safe"].all()
        assert cells.counts["notional_cents"].sum() == frame["notional_cents"].sum()


def test_same_rows_in_another_order_give_the_same_cells() -> None:
    """The plan depends on what is held, not on how the rows lie."""
    frame = book(5)
    first = disclose(ibis.memtable(frame), PRIVACY)
    again = disclose(ibis.memtable(frame.sample(frac=1.0, random_state=1)), PRIVACY)
    for name in ("tiers", "symbols", "ladder"):
        pd.testing.assert_frame_equal(getattr(first, name).plan, getattr(again, name).plan)
        pd.testing.assert_frame_equal(getattr(first, name).counts, getattr(again, name).counts)


def test_tiers_are_the_same_for_longs_and_shorts() -> None:
    """Both sides are shown in the same ranges of tiers."""
    cells = disclose(ibis.memtable(book(2)), PRIVACY)
    ranges = cells.symbols.plan.groupby("side")["tier_range"].agg(set)
    assert set().union(*ranges) == set(cells.tiers.plan["cell"])


def test_side_with_too_few_accounts_is_not_told_apart() -> None:
    """One short among forty longs would be the difference of the total and the longs."""
    frame = book(1).assign(side="long", bin=-950, state=LINE, step=-3)
    frame.loc[0, "side"] = "short"
    cells = disclose(ibis.memtable(frame), PRIVACY)
    assert not cells.sides_apart
    assert set(cells.symbols.plan["side"]) == {BOTH}


def test_one_account_without_line_is_hidden_in_the_rest() -> None:
    """Else its notional would be the total less the steps of the ladder."""
    frame = book(3).assign(state=LINE, bin=-950, side="long")
    frame["step"] = -frame["step"].abs() - 1
    frame.loc[0, ["state", "bin", "step"]] = [NO_LINE, 0, 0]
    cells = disclose(ibis.memtable(frame), PRIVACY)
    assert cells.direction_cents(NOWHERE) is None
    assert cells.ladder.counts["safe"].all()


def test_notional_without_line_of_many_is_told() -> None:
    """With accounts enough behind it, the part of the ladder is a cell like any other."""
    frame = book(3).assign(state=LINE, bin=-950, side="long", step=-2, notional_cents=100)
    frame.loc[:9, ["state", "bin", "step"]] = [NO_LINE, 0, 0]
    frame["account_id"] = [f"a{n}" for n in range(len(frame))]
    assert disclose(ibis.memtable(frame), PRIVACY).direction_cents(NOWHERE) == 1000


def test_average_line_of_one_account_is_withheld() -> None:
    """A safe cell in which one account alone has a line would publish that account's line as the average."""
    frame = steps([12]).assign(
        account_id=lambda f: f["account_id"], symbol="BTC", side="long", tier=10, state=NO_LINE, bin=0, step=0
    )
    frame.loc[0, ["state", "bin", "step"]] = [LINE, -950, -3]
    cells = disclose(ibis.memtable(frame), PRIVACY)
    assert cells.symbols.counts["safe"].all()
    assert cells.averaged == frozenset()


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (steps([1]), "1 account"),
        (steps([2]), "2 account"),
        (steps([5]).assign(notional_cents=[900, 1, 1, 1, 1]), "100%"),
    ],
)
def test_whole_that_may_not_be_told_is_refused(frame: pd.DataFrame, told: str) -> None:
    """Where even the total would tell an account's size, nothing is published, and the message says what to do."""
    held = frame.assign(symbol="BTC", side="long", tier=10, state=LINE, bin=-950)
    with pytest.raises(DataError, match=rf"{told}.*allowed are at least 3 accounts.*Widen the cohort"):
        disclose(ibis.memtable(held), PRIVACY)


def test_nothing_leveraged_has_nothing_to_hide() -> None:
    """An empty book gives empty partitions and no error."""
    kinds = dict.fromkeys(COLUMNS, "int64") | dict.fromkeys(("account_id", "symbol", "side"), "string")
    cells = disclose(ibis.memtable(book(0).iloc[:0], schema=kinds), PRIVACY)
    assert cells.symbols.plan.empty
    assert cells.ladder.counts.empty


def by_market(frame: pd.DataFrame) -> pd.DataFrame:
    """The book with steps by the market's move: BTC's own, half of it for the others."""
    own = frame["step"].where(frame["symbol"] == "BTC", np.floor(frame["step"] / 2))
    return frame.assign(market_step=own.astype(int))


def test_market_ladder_is_safe_and_loses_nothing() -> None:
    """It has cells of its own, which obey the rule and add up to the whole; the rest stays as without it."""
    frame = by_market(book(4))
    found, without = (disclose(ibis.memtable(frame), PRIVACY, by_market=wanted) for wanted in (True, False))
    assert found.market_ladder.counts["safe"].all()
    assert found.market_ladder.counts["notional_cents"].sum() == frame["notional_cents"].sum()
    assert set(found.market_ladder.plan["step"]) <= set(frame["market_step"])
    pd.testing.assert_frame_equal(found.ladder.plan, without.ladder.plan)


def test_ladders_are_one_where_moves_are() -> None:
    """Without moves of the market apart from the symbol's own there is one ladder."""
    found = disclose(ibis.memtable(book(4)), PRIVACY)
    assert found.market_ladder is found.ladder


@pytest.mark.parametrize("seed", range(3))
def test_two_ladders_together_give_no_account_away(seed: int) -> None:
    """Knowing both ladders in full, no unsafe step of either can be worked out or bounded within 10 %."""
    frame = by_market(book(seed)).assign(direction=direction_of)
    found = disclose(ibis.memtable(frame.drop(columns="direction")), PRIVACY, by_market=True)
    frame = frame if found.sides_apart else frame.assign(side=BOTH)
    keys = ["symbol", "side", "direction", "step", "market_step"]
    held = frame.groupby(keys, as_index=False)[["notional_cents"]].sum()
    own = held.merge(found.ladder.plan, on=["side", "direction", "step"])["cell"]
    plan = found.market_ladder.plan.rename(columns={"step": "market_step"})
    moved = held.merge(plan, on=["side", "direction", "market_step"])["cell"]
    assert len(own) == len(moved) == len(held)
    equations = np.array([cells == cell for cells in (own, moved) for cell in sorted(set(cells))], dtype=float)
    truth = held["notional_cents"].to_numpy(dtype=float)
    for by in (["side", "direction", "step"], ["side", "direction", "market_step"]):
        for rows in unsafe_groups(frame, by):
            target = hit(held, frame.loc[rows, by].drop_duplicates())
            least, most = bounds(equations, equations @ truth, target)
            assert least < 0.9 * (target @ truth), (by, least, most)
            assert most > 1.1 * (target @ truth), (by, least, most)
