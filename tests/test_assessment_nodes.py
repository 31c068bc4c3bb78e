"""Nodes as a line book, under the keys of the pass by account, and what a cent in each adds to the critical mass."""

from pathlib import Path

import numpy as np
import pytest
from cohort_support import ENGINE_WARNINGS, Results, assessed, book
from history_support import profile_at

from cohortiv.assessment.nodes import PARTS, book_of, books_by_snapshot, expected_parts, has_root, keyed_book, nodes_of
from cohortiv.volatility import critical_volatility_of

pytestmark = ENGINE_WARNINGS


def test_one_symbol_moves_with_its_own_volatility(results: Results) -> None:
    """Read alone, every node of a symbol has kappa 1."""
    profile = results["one symbol"].reading.profile
    assert set(nodes_of(profile, "BTC")["kappa"]) == {1.0}


def test_book_holds_the_whole_notional(results: Results) -> None:
    """Neither form of the nodes loses any leveraged notional."""
    reading = results["solved"].reading
    nodes = nodes_of(reading.profile, None)
    whole = reading.profile.leveraged_notional_usd
    assert book_of(nodes).weights.sum() == pytest.approx(whole)
    assert keyed_book(nodes, reading.figures, None).weights.sum() == pytest.approx(whole)


def test_books_of_all_snapshots_are_those_of_each() -> None:
    """Made in one go, they hold the very numbers of a snapshot by itself."""
    profile = profile_at()
    books = books_by_snapshot(profile, None)
    assert tuple(books) == profile.snapshots
    for moment, found in books.items():
        alone = book_of(nodes_of(profile.at(moment), None))
        assert all(np.array_equal(vars(found)[name], vars(alone)[name], equal_nan=True) for name in vars(alone))


def test_keyed_book_has_nearly_the_same_root(results: Results) -> None:
    """One mean distance a bin moves the critical volatility by less than 1 %."""
    result = results["solved"]
    keyed = keyed_book(nodes_of(result.reading.profile, None), result.reading.figures, None)
    assert critical_volatility_of(keyed).value == pytest.approx(result.critical.value, rel=0.01)


@pytest.mark.parametrize("case", ["solved", "one symbol"])
def test_parts_of_all_nodes_are_the_whole(results: Results, case: str) -> None:
    """Notional by node times its parts a cent is `PARTS`, and every node of the pass by account has its own."""
    result = results[case]
    figures = result.reading.figures
    parts = expected_parts(result.reading.profile, figures, result.settings)
    assert parts is not None
    assert parts["node"].tolist() == figures.nodes["number"].tolist()
    held = figures.sizes.groupby("node")["notional_cents"].sum()
    assert float(np.sum(held.to_numpy() * parts["per_cent"].to_numpy()[held.index])) == pytest.approx(PARTS)


def test_nearer_lines_add_more(tmp_path: Path) -> None:
    """Of equal longs, a cent at 20x adds more than one at 5x."""
    frame = book(60, symbols=("BTC",)).assign(side="long", entry_price=60_000.0)
    result = assessed(tmp_path, frame.assign(leverage=np.where(np.arange(60) < 30, 5.0, 20.0)))
    figures = result.reading.figures
    parts = expected_parts(result.reading.profile, figures, result.settings)
    assert parts is not None
    by_bin = parts.assign(bin=figures.nodes["bin"]).sort_values("bin")
    assert by_bin["per_cent"].is_monotonic_increasing
    assert by_bin["per_cent"].iloc[-1] > 10 * by_bin["per_cent"].iloc[0]


@pytest.mark.parametrize("case", ["past", "unreachable", "nothing leveraged"])
def test_no_root_has_no_parts(results: Results, case: str) -> None:
    """Past its lines, out of reach or without leverage nothing is added by chance."""
    result = results[case]
    assert expected_parts(result.reading.profile, result.reading.figures, result.settings) is None


@pytest.mark.parametrize(("v", "found"), [(0.1, True), (0.0, False), (np.inf, False), (np.nan, False)])
def test_root_is_a_positive_number(v: float, found: bool) -> None:  # noqa: FBT001 - a case
    """Neither 0, nor infinity, nor what doesn't exist."""
    assert has_root(v) is found
