"""What to do, in text: audiences, where the code stands, and what the numbers rest on."""

from dataclasses import replace

import pytest
from cohort_support import ENGINE_WARNINGS, Results

from cohortiv.cascade import linear_impact
from cohortiv.findings import actions
from cohortiv.implications import Consequences, Guidance, MarketView
from cohortiv.implications.consequences import consequences
from cohortiv.publication import publish

pytestmark = ENGINE_WARNINGS


def of_view(results: Results, view: MarketView) -> Consequences:
    """What follows for one symbol."""
    shown = publish(results["one symbol"])
    return consequences(results["one symbol"], view, tiers=shown.tiers, mark_price=shown.mark_price)


def test_each_audience_has_its_list() -> None:
    """A heading an audience, a line a sentence, in the order given."""
    found = [
        Guidance("hedge_fund", "Hedge funds", ("Buy a put.", "Wait.")),
        Guidance("exchange", "Exchanges", ("Warn 20x.",)),
    ]
    assert actions.what_to_do(found) == "### Hedge funds\n\n- Buy a put.\n- Wait.\n\n### Exchanges\n\n- Warn 20x."


def test_nobody_has_nothing_to_do() -> None:
    """Without audiences there is no text."""
    assert actions.what_to_do([]) == ""


def test_standing_tells_both_neighbours() -> None:
    """Since when, then the code above and the one below, in points and in price."""
    values = {
        "code": "Yellow", "code_since": "4 February 2026", "higher_code": "Red", "points_to_higher": "9.2",
        "move_to_higher": "a fall of 3 %", "lower_code": "Green", "points_to_lower": "20.8",
    }  # fmt: skip
    assert actions.standing(values) == (
        "The code of the series has stood at Yellow since 4 February 2026. Red is 9.2 points up; a fall of 3 % brings "
        "it. Green is 20.8 points down; no move of the price up to a half brings it by itself."
    )


def test_standing_tells_which_code_the_advice_is_for() -> None:
    """A series that still holds a higher code than the snapshot's is acted on."""
    said = actions.standing({"code": "Yellow", "code_alone": "Green", "code_since": "7 February 2026"})
    assert said.startswith(
        "The code of the series is Yellow since 7 February 2026, and what follows is for Yellow: this snapshot "
        "alone is Green"
    )


def test_standing_from_an_infinite_index() -> None:
    """No number of points leads down from infinity, but a move of the price may, or not even that."""
    said = actions.standing({"lower_code": "Yellow", "move_to_lower": "a rise of 4 %"})
    assert said == (
        "Yellow is out of reach in points; a rise of 4 % brings it, with the lines on its way liquidated by then: a "
        "lower index that is no relief."
    )
    assert actions.standing({"lower_code": "Yellow"}).startswith("Yellow is out of reach in points; no move of the")


def test_standing_under_grey_is_why() -> None:
    """Without a code there are no neighbours, only the reasons."""
    said = actions.standing({"code": "Grey", "grey_reasons": "nothing is leveraged"})
    assert said.endswith(": nothing is leveraged.")
    assert "points" not in said


def test_terms_say_that_no_depth_was_given(results: Results) -> None:
    """What is missing for want of depth is said, and which volatility stands in."""
    said = actions.terms(of_view(results, MarketView()))
    assert said.startswith("No depth was given, so nothing is said of spreads")
    assert "over 7 days at 40\u00a0%, the reference volatility of the index" in said


@pytest.mark.parametrize(("volatility", "told"), [(0.6, "60\u00a0%"), (0.553, "55\u00a0%")])
def test_terms_name_the_volatility_that_was_given(results: Results, volatility: float, told: str) -> None:
    """With depth and a volatility of one's own nothing is missing."""
    view = replace(MarketView(impact=linear_impact(1e6)), volatility=volatility)
    said = actions.terms(of_view(results, view))
    assert said.startswith("Moves, forced orders and spreads are those of the published ladder")
    assert "Options are priced by Black's formula" in said
    assert f"at {told}, the volatility given" in said


def test_withheld_cascade_asks_for_no_depth(results: Results) -> None:
    """Where a depth was given and nothing may be told of it, the reason is privacy."""
    found = replace(of_view(results, MarketView(impact=linear_impact(1e6))), falls=None, from_ladder=False)
    assert "is withheld" in actions.terms(found)
    assert "No depth" not in actions.terms(found)
