"""Words of one state of a scenario: figures, ranges where no depth is known, and what is withheld."""

from dataclasses import replace

import pytest

from cohortiv.cascade import Cliff
from cohortiv.findings.scenario_words import (
    becomes_brief,
    becomes_words,
    between_words,
    cliff_brief,
    cliff_words,
    depth_words,
    index_words,
    move_words,
)
from cohortiv.shown_state import Between, ShownRun, ShownState

NB = "\u00a0"
CLIFF = Cliff(shock=0.048, settled_move=0.06, total_move=0.155, jump=0.095, price=114_195.0)


def run(depth_usd: float, move: float, cliff: Cliff | None = None) -> ShownRun:
    """A run of one shock."""
    return ShownRun(
        depth_usd, (0.05,), (move,), cliff=cliff, headline_move=move, headline_branching=None, branching=None
    )  # fmt: skip


@pytest.fixture
def state() -> ShownState:
    """Red, at a depth that is known, with a cliff."""
    return ShownState(
        name="Before",
        code="red",
        iv_index=70.11,
        critical_volatility=0.57,
        drawdown=0.0817,
        rally=None,
        notional_usd=10e9,
        runs=(run(400e6, 0.1566, CLIFF),),
        is_depth_known=True,
        pullbacks={},
    )


@pytest.fixture
def ranged(state: ShownState) -> ShownState:
    """The same without a depth: two stand in."""
    return replace(state, runs=(run(100e6, 0.172, CLIFF), run(2e9, 0.054)), is_depth_known=False)


def test_a_known_depth_has_figures(state: ShownState) -> None:
    """Index, what a shock becomes, depth, and the cliff with its price."""
    assert index_words(state) == "70.1 (Red)"
    assert becomes_words(state) == f"15.7{NB}%"
    assert depth_words(state) == f"400.0{NB}m{NB}USD"
    assert cliff_words(state) == f"4.8{NB}% (114,195{NB}USD)"
    assert cliff_words(replace(state, runs=(run(400e6, 0.05),))) == "none"


def test_a_range_has_ranges(ranged: ShownState) -> None:
    """No single figure, nor a single cliff."""
    assert becomes_words(ranged) == f"5.4{NB}% to 17.2{NB}%"
    assert becomes_words(ranged, 0) == f"5{NB}% to 17{NB}%"
    assert depth_words(ranged) == f"not known; 100.0{NB}m{NB}USD to 2.0{NB}bn{NB}USD shown"
    assert cliff_words(ranged) == "at 1 of 2 depths"


def test_key_figures_are_brief(state: ShownState, ranged: ShownState) -> None:
    """They stand in a narrow place: whole percent, no price, a count for a range."""
    assert (becomes_brief(state), cliff_brief(state)) == (f"16{NB}%", f"4.8{NB}%")
    assert (becomes_brief(ranged), cliff_brief(ranged)) == (f"5–17{NB}%", "1 of 2")
    assert cliff_brief(replace(ranged, runs=())) == "withheld"


def test_what_is_withheld_says_so(ranged: ShownState) -> None:
    """Unless nothing is leveraged: then there is nothing to tell."""
    withheld = replace(ranged, runs=())
    assert {becomes_words(withheld), depth_words(withheld), cliff_words(withheld)} == {"withheld"}
    nothing = replace(withheld, notional_usd=0.0)
    assert (becomes_words(nothing), cliff_words(nothing)) == ("none", "none")


def test_bounds_that_read_alike_are_one() -> None:
    """Else both are told, with one unit."""
    assert between_words(Between(0.012, 0.036)) == f"1.2 to 3.6{NB}%"
    assert between_words(Between(0.0342, 0.0342)) == f"3.4{NB}%"
    assert between_words(Between(0.0341, 0.0343), 0) == f"3{NB}%"


def test_a_move_has_a_decimal_where_it_needs_one() -> None:
    """Whole percent are written as such."""
    assert (move_words(0.08), move_words(0.0817), move_words(None)) == (f"8{NB}%", f"8.2{NB}%", "none")


def test_price_of_a_cliff_names_its_symbol_where_there_are_several(state: ShownState) -> None:
    """A cohort of two symbols has two prices: the one told is labelled."""
    assert "(114,195" in cliff_words(state)
    assert "(BTC at 114,195" in cliff_words(replace(state, priced_in="BTC"))
