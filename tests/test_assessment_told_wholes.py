"""Which symbols may be told as a whole: what is withheld of them must not follow, exactly or nearly, from the sums."""

from collections.abc import Sequence
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from disclosure_support import PRIVACY, RULE, book, bounds

from cohortiv.assessment import Settings, reading
from cohortiv.assessment.disclosed import BOTH, Disclosed, disclose
from cohortiv.assessment.told_wholes import told_wholes
from cohortiv.config.cohort import Privacy
from cohortiv.disclosure import DisclosureRule

pytestmark = ENGINE_WARNINGS
#: What a reader may not come closer to than this, by all published sums [1].
CLOSE = 0.1
PARTS = (["rest", "symbol"], ["side", "symbol"], ["tier_range", "symbol"])


def withheld(rows: list[tuple[str, str, str, float]]) -> pd.DataFrame:
    """Rows (account, symbol, rest, amount); each rest is a range and side of its own."""
    frame = pd.DataFrame(rows, columns=["account_id", "symbol", "rest", "amount"])
    return frame.assign(side=frame["rest"].str[-1], tier_range=frame["rest"].str[:-1])


def crowd(symbol: str, rest: str, accounts: int, amount: float = 10.0) -> list[tuple[str, str, str, float]]:
    """As many equal accounts."""
    return [(f"{symbol}{rest}{number}", symbol, rest, amount) for number in range(accounts)]


def test_a_symbol_without_anything_withheld_is_told() -> None:
    """Its whole is the sum of its told cells."""
    assert told_wholes(withheld([]), ["BTC"], RULE) == {"BTC"}


def test_a_symbol_of_one_withheld_account_is_not_told() -> None:
    """The whole less the told cells would be that account."""
    rows = [("whale", "ETH", "1l", 50.0), *crowd("SOL", "1l", 6)]
    assert told_wholes(withheld(rows), ["ETH", "SOL"], RULE) == frozenset()


def test_a_symbol_of_one_safe_cell_is_not_told_beside_an_unsafe_one() -> None:
    """The rest less the safe cell would be the unsafe one, though the cell itself may be told."""
    rows = [("whale", "ETH", "1l", 50.0), ("small", "SOL", "1l", 5.0), *crowd("BTC", "1l", 8)]
    assert "BTC" not in told_wholes(withheld(rows), ["BTC", "ETH", "SOL"], RULE)


def test_a_symbol_that_is_withheld_in_several_rests_is_told() -> None:
    """Nobody knows how its sum is spread over them, as others in each rest can stand in for it."""
    rows = [*crowd("ETH", "1l", 2), *crowd("ETH", "1s", 2), *crowd("SOL", "1l", 4), *crowd("XRP", "1s", 4)]
    assert told_wholes(withheld(rows), ["ETH", "SOL", "XRP"], RULE) >= {"ETH"}


def test_a_symbol_is_not_told_where_others_are_too_small_to_stand_in() -> None:
    """Two accounts of ETH on each side, and next to nothing else: each side would be known to a hundredth."""
    rows = [*crowd("ETH", "1l", 2, 1000.0), *crowd("ETH", "1s", 2, 1000.0)]
    rows += [*crowd("SOL", "1l", 4, 1.0), *crowd("XRP", "1s", 4, 1.0)]
    assert "ETH" not in told_wholes(withheld(rows), ["ETH", "SOL", "XRP"], RULE)


def test_those_named_first_are_told_first() -> None:
    """Where two cannot both be told, the order decides."""
    rows = [*crowd("ETH", "1l", 4), *crowd("BTC", "1l", 4), ("one", "SOL", "1l", 9.0)]
    for order in (["BTC", "ETH", "SOL"], ["ETH", "BTC", "SOL"]):
        assert len(told_wholes(withheld(rows), order, RULE) & {"BTC", "ETH"}) <= 1


def test_a_single_other_symbol_is_named() -> None:
    """What is left of the whole is that symbol, named or not."""
    rows = [*crowd("ETH", "1l", 2), *crowd("ETH", "1s", 2), *crowd("SOL", "1l", 4), *crowd("SOL", "1s", 4)]
    assert told_wholes(withheld(rows), ["BTC", "ETH", "SOL"], RULE) == {"BTC", "ETH", "SOL"}


def test_rows_without_an_amount_count_for_nothing() -> None:
    """Collateral of a thousandth of a cent is none."""
    assert told_wholes(withheld(crowd("ETH", "1l", 1, 0.0)), ["ETH"], RULE) == {"ETH"}


def hidden_rows(frame: pd.DataFrame, privacy: Privacy = PRIVACY) -> pd.DataFrame:
    """Rows of a book that its tables tell under no symbol's name."""
    found = disclose(ibis.memtable(frame), privacy)
    sided = frame if found.sides_apart else frame.assign(side=BOTH)
    ranged = sided.merge(found.tiers.plan.rename(columns={"cell": "tier_range"}), on="tier")
    placed = ranged.merge(found.symbols.plan, on=["tier_range", "side", "symbol"])
    return placed[placed["cell"] < 0].rename(columns={"cell": "rest", "notional_cents": "amount"})


def rests(seed: int) -> pd.DataFrame:
    """Four rests of up to five symbols, of few and unequal accounts, each with a crowd that makes it safe."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[str, str, str, float]] = []
    for rest in ("1l", "1s", "2l", "2s"):
        for symbol in ("BTC", "ETH", "SOL", "XRP", "ADA"):
            count = int(rng.integers(1, 6)) if rng.random() < 0.6 else 0
            sizes = np.exp(rng.normal(4, 1.2, count))
            rows += [(f"a{rng.integers(40)}", symbol, rest, float(size)) for size in sizes]
        largest = max((row[3] for row in rows if row[2] == rest), default=10.0)
        rows += crowd("DOGE", rest, 3, largest * float(rng.uniform(0.4, 1.5)))
    return withheld(rows)


def reader(held: pd.DataFrame, told: frozenset[str]) -> tuple[pd.DataFrame, npt.NDArray[np.float64]]:
    """Cells that a reader must think possible with what they hold, and the sums that are told of them."""
    cells = held.groupby(["symbol", "rest", "side", "tier_range"])[["amount"]].sum().reset_index()
    named = cells["symbol"].where(cells["symbol"].isin(list(told)), "other")
    sums = [cells["rest"] == rest for rest in cells["rest"].unique()] + [named == name for name in named.unique()]
    return cells, np.array(sums, dtype=float)


def attack(held: pd.DataFrame, told: frozenset[str], *, rule: DisclosureRule = RULE, among: Sequence[str] = ()) -> None:
    """Bound withheld parts by linear programming: of tiers within a symbol, symbols within a tier, and sides."""
    cells, sums = reader(held, told)
    totals = sums @ cells["amount"].to_numpy(dtype=float)
    for keys in PARTS:
        for names, rows in held[held["symbol"].isin(list(among or held["symbol"]))].groupby(keys):
            own = rows.groupby("account_id")["amount"].sum()
            few = len(own) < rule.min_accounts
            if few or own.max() > 0.5 * (1 + CLOSE) * own.sum():
                target = np.array((cells[keys] == list(names)).all(axis=1), dtype=float)
                least, most = bounds(sums, totals, target)
                true = float(own.sum())
                assert most > (1 + CLOSE) * true, (names, least, true, most)
                assert not few or least < (1 - CLOSE) * true, (names, least, true, most)


def by_size(held: pd.DataFrame) -> list[str]:
    """Symbols, largest first."""
    sizes = held.groupby("symbol")["amount"].sum().sort_values(ascending=False)
    return [str(symbol) for symbol in sizes.index]


@pytest.mark.parametrize("seed", range(20))
def test_no_withheld_part_can_be_found_out(seed: int) -> None:
    """All published sums together bound no unsafe part within 10 %."""
    held = rests(seed)
    attack(held, told_wholes(held, by_size(held), RULE))


@pytest.mark.parametrize("seed", range(2))
def test_no_withheld_part_of_a_book_can_be_found_out(seed: int) -> None:
    """The same from the book to the rests of its tables."""
    held = hidden_rows(book(seed, accounts=120, positions=400))
    attack(held, told_wholes(held, by_size(held), RULE))


def test_a_careless_choice_is_found_out() -> None:
    """The attack is sharp: with every symbol told, it finds a part in most of the books."""
    found = 0
    for seed in range(20):
        try:
            attack(rests(seed), frozenset(rests(seed)["symbol"]))
        except AssertionError:
            found += 1
    assert found > 10


def test_some_symbols_with_withheld_parts_are_told() -> None:
    """The rule is not so strict that nothing is left."""
    assert any(told_wholes(held, by_size(held), RULE) for held in map(rests, range(20)))


def test_no_withheld_part_of_the_real_snapshot_can_be_found_out(
    real_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the 20 largest symbols of February 2026, among them the two that make up most of the notional."""
    books: list[pd.DataFrame] = []

    def keep(held: ir.Table, privacy: Privacy, **_others: object) -> Disclosed:
        books.append(held.to_pyarrow().to_pandas())
        return disclose(held, privacy)

    monkeypatch.setattr(reading, "disclose", keep)
    source = f"hyperliquid:{real_data / 'hl_positions_2026-02.parquet'}"
    reading.read_cohort(Settings(positions=source, as_of="2026-02-22"), say=lambda _: None)
    order, held = by_size(books[0].rename(columns={"notional_cents": "amount"})), hidden_rows(books[0], Privacy())
    told = told_wholes(held, order, DisclosureRule())
    assert {"BTC", "ETH"} <= told
    attack(held, told, rule=DisclosureRule(), among=order[:20])
