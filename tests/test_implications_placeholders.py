"""The numbers of a result as words."""

import re
from dataclasses import replace

import pytest
from cohort_support import CASES, ENGINE_WARNINGS, Results

from cohortiv.cascade import linear_impact
from cohortiv.config.playbook import ALWAYS, PLACEHOLDERS
from cohortiv.implications.consequences import MarketView, consequences
from cohortiv.implications.placeholders import placeholder_values
from cohortiv.publication import publish

pytestmark = ENGINE_WARNINGS
THIN = MarketView(impact=linear_impact(1e3), volatility=0.55, volatility_source="implied, DVOL", days=1.0)


_MADE: dict[tuple[str, bool], dict[str, str]] = {}


def words(results: Results, case: str, view: MarketView = THIN) -> dict[str, str]:
    """Words for a result under a view of the market, each made once."""
    key = (case, view is THIN)
    if key not in _MADE:
        shown = publish(results[case])
        found = consequences(results[case], view, tiers=shown.tiers, mark_price=shown.mark_price)
        _MADE[key] = placeholder_values(results[case], found, mark_price=shown.mark_price)
    return _MADE[key]


@pytest.mark.parametrize("case", CASES)
def test_every_result_has_what_is_promised(results: Results, case: str) -> None:
    """Whatever the result, the sure placeholders have words, and no word is unknown, empty or "none"."""
    found = words(results, case)
    assert ALWAYS.keys() <= found.keys() <= PLACEHOLDERS.keys()
    assert [name for name, text in found.items() if text in {"", "none"} or "nan" in text] == []


def test_one_symbol_names_prices(results: Results) -> None:
    """With a mark, strikes and cliffs are prices."""
    found = words(results, "one symbol")
    assert found["put_strike"].startswith(found["cliff_price"])
    assert found["put_strike"].endswith(f"({found['cliff'].partition(' (')[0]} below the mark)")
    assert found["put_terms"] == "1 day, volatility 55\u00a0%, implied, DVOL"
    assert found["depth"] == "1.0\u00a0k\u00a0USD"


def test_many_symbols_name_moves(results: Results) -> None:
    """Without a mark there are no prices, only moves."""
    found = words(results, "solved")
    assert {"cliff_price", "critical_drawdown_price"}.isdisjoint(found)
    assert found["put_strike"] == f"{found['cliff'].partition(' (')[0]} below the mark"
    room = r"(anywhere from today's price on|no nearer than a fall of .*), if there is one"
    assert re.search(
        rf"\(lines spread evenly over each step; for all the ladder tells, it is {room}\)$", found["cliff"]
    )
    assert "cliff_range" not in found


def test_a_ladder_without_a_cliff_leaves_room_for_one(results: Results) -> None:
    """Its range is told in place of the cliff, not beside it."""
    deep = words(results, "solved", MarketView(linear_impact(1e9)))
    assert "cliff" not in deep
    assert deep["cliff_range"] == "nowhere up to a fall of 50\u00a0%"


@pytest.mark.parametrize(("factor", "told"), [(31.39, "more than 10"), (9.99, "9.99"), (1.0, "1.00")])
def test_spreads_are_told_as_far_as_they_can_be_acted_on(results: Results, factor: float, told: str) -> None:
    """A factor of ten and more says no more than that."""
    result, shown = results["one symbol"], publish(results["one symbol"])
    found = consequences(result, MarketView(linear_impact(1e3)), tiers=shown.tiers, mark_price=None)
    assert found.spread is not None
    wide = replace(found, spread=replace(found.spread, factor=factor))
    assert placeholder_values(result, wide, mark_price=None)["spread_factor"] == told


def test_withheld_cascade_forces_nothing_false(results: Results) -> None:
    """Depth given and the cascade withheld: no shock is quoted, and the gap says why."""
    result, shown = results["one symbol"], publish(results["one symbol"])
    found = consequences(result, MarketView(linear_impact(1e3)), tiers=shown.tiers, mark_price=None)
    hidden = placeholder_values(result, replace(found, falls=None, rises=None, spread=None), mark_price=None)
    assert {"depth", "shock", "total_fall"}.isdisjoint(hidden)
    assert hidden["cascade_gap"].startswith("is withheld")
    assert words(results, "one symbol", MarketView())["cascade_gap"] == "can be told once depth is given"


def test_no_depth_no_cascade(results: Results) -> None:
    """Without depth nothing that follows from it has words."""
    found = words(results, "one symbol", MarketView())
    assert {"depth", "shock", "total_fall", "cliff", "spread_factor", "put_payoff"}.isdisjoint(found)
    assert "the reference volatility" in found["put_terms"]


@pytest.mark.parametrize("case", ["few units", "nothing leveraged"])
def test_grey_says_why(results: Results, case: str) -> None:
    """A Grey result has its reasons and no index."""
    found = words(results, case)
    assert found.keys() - ALWAYS.keys() == {"grey_reasons"}
    assert found["code"] == "Grey"


def test_past_lines_has_no_critical_volatility(results: Results) -> None:
    """An infinite index is told as such, and nothing is said of how far it is from another code."""
    found = words(results, "past")
    assert found["iv_index"] == "infinite"
    assert {"critical_volatility", "points_to_lower"}.isdisjoint(found)
