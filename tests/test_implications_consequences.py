"""All that follows from one result, put together."""

import math

import pytest
from cohort_support import ENGINE_WARNINGS, Results

from cohortiv.assessment import Assessment
from cohortiv.cascade import linear_impact
from cohortiv.early_warning import Code
from cohortiv.implications.consequences import LOWER_CODES, Consequences, MarketView, consequences
from cohortiv.publication import publish

pytestmark = ENGINE_WARNINGS
THIN = MarketView(impact=linear_impact(1e3))


def drawn(result: Assessment, view: MarketView) -> Consequences:
    """What follows from a result under a view of the market."""
    shown = publish(result)
    return consequences(result, view, tiers=shown.tiers, mark_price=shown.mark_price)


@pytest.fixture(scope="module")
def one_symbol(results: Results) -> Consequences:
    """What follows for one symbol in a thin market."""
    return drawn(results["one symbol"], THIN)


def test_nothing_is_said_of_cascades_without_depth(results: Results) -> None:
    """Depth is never invented: without it there is no cascade, cliff or widening, and hedges go by critical moves."""
    found = drawn(results["one symbol"], MarketView())
    assert (found.falls, found.rises, found.fall_cliff, found.rise_cliff, found.spread) == (None,) * 5
    assert {cliff for row in found.what_ifs for cliff in (row.fall_cliff, row.rise_cliff)} == {None}
    assert found.hedges is not None
    assert found.hedges.put is not None
    assert found.hedges.put.move == -(results["one symbol"].moves.drawdown or 0.0)
    assert found.hedges.put_spread is None


def test_the_reference_volatility_stands_in(one_symbol: Consequences, results: Results) -> None:
    """Without a volatility hedges and spreads are priced at the anchor of the index."""
    reference = results["one symbol"].reference_volatility
    assert one_symbol.volatility == reference
    assert one_symbol.spread is not None
    assert one_symbol.spread.daily_volatility == pytest.approx(reference / math.sqrt(365))
    assert one_symbol.spread.factor > 1.0


def test_cliffs_of_a_report_are_whole_percent(one_symbol: Consequences) -> None:
    """The place of a cliff may be one position's line, so a report tells it outward to whole percent."""
    cliff, exact = one_symbol.fall_cliff, one_symbol.falls.cliff if one_symbol.falls else None
    assert cliff is not None
    assert exact is not None
    assert cliff.shock * 100 == pytest.approx(round(cliff.shock * 100))
    assert exact.shock <= cliff.shock < exact.shock + 0.01
    assert cliff.price == pytest.approx(60_000.0 * (1 - cliff.shock))


def test_moves_to_the_next_code_are_whole_percent(one_symbol: Consequences) -> None:
    """So are the price moves that bring another code."""
    moves = [move for code in one_symbol.next_codes for move in (code.fall, code.rise) if move is not None]
    assert moves
    assert [move for move in moves if abs(100 * move - round(100 * move)) > 1e-9] == []


def test_changes_come_down_to_every_lower_code(one_symbol: Consequences, results: Results) -> None:
    """There is a cap and a top-up for each code below the present one."""
    lower = LOWER_CODES.get(results["one symbol"].code, ())
    assert [(change.lever, change.reached) for change in one_symbol.changes] == [
        (lever, code) for code in lower for lever in ("leverage cap", "top-up")
    ]


@pytest.mark.parametrize("case", ["few units", "nothing leveraged"])
def test_grey_has_no_consequences(results: Results, case: str) -> None:
    """Where the data allow no code they carry no numbers for action either."""
    found = drawn(results[case], THIN)
    assert results[case].code is Code.GREY
    assert (found.falls, found.hedges, found.funding, found.spread) == (None,) * 4
    assert (found.next_codes, found.what_ifs, found.changes, found.warned) == ((),) * 4


def test_a_series_has_a_spell(results: Results, one_symbol: Consequences) -> None:
    """Three snapshots say since when the held code has stood; one does not."""
    spell = drawn(results["solved"], MarketView()).spell
    assert spell is not None
    assert spell.code is results["solved"].code_held
    assert one_symbol.spell is None


def test_a_report_knows_the_range_of_its_cliffs(one_symbol: Consequences, results: Results) -> None:
    """On the ladder the nearest place of each cliff is there, and not beyond the one of lines spread evenly."""
    assert one_symbol.from_ladder
    assert one_symbol.fall_cliff is not None
    assert one_symbol.fall_room is not None
    assert one_symbol.fall_room <= one_symbol.fall_cliff.shock
    assert not drawn(results["analyst"], THIN).from_ladder
