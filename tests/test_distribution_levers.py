"""Assumptions within limits: which there are, what they are called, and what fixing one does."""

import datetime as dt

import pytest
from outlook_support import between, only, small

from cohortiv.config.assumptions import OutlookAssumptions, load_assumptions
from cohortiv.distribution.levers import Lever, levers, with_chance, with_number

NAMES = [
    "History: trendless years it is weighed against",
    "Perpetuals: final weight",
    "Rule none: probability",
    "Rule 10x: part that complies",
    "Rule 10x: part of it that leaves",
]


def acting(stated: OutlookAssumptions, *, short_history: bool = False) -> list[Lever]:
    """Levers that act, where distances are measured."""
    return [lever for lever in levers(stated, short_history=short_history) if not lever.idle]


def test_what_is_in_doubt_is_a_lever() -> None:
    """Numbers without doubt are none; each has a name in plain words."""
    assert [lever.name for lever in acting(small())] == NAMES


def test_every_lever_has_a_unit() -> None:
    """As its table shows."""
    assert [lever.unit for lever in acting(small())] == ["years", "times today's", "share", "share", "share"]


def test_a_short_history_hangs_on_the_stated_volatility() -> None:
    """And not on the drift."""
    assert acting(small(), short_history=True)[0].name == "History: stated volatility"


def test_what_does_not_act_says_why() -> None:
    """The stated volatilities, where the past is measured."""
    stated = small(distances={"fallback_volatility": between(0.5, 1.0, 2.0)})
    idle = {lever.name: lever.idle for lever in levers(stated, short_history=False) if lever.idle}
    assert idle == dict.fromkeys(("History: stated volatility", "Distances: stated volatility"), "the past is measured")
    stands_in = levers(stated, short_history=True, measured=False)[-1]
    assert (stands_in.name, stands_in.unit, stands_in.idle) == ("Distances: stated volatility", "per √year", "")


def test_strands_that_are_off_have_no_levers() -> None:
    """Only those of adoption are left."""
    assert [lever.name for lever in acting(small(**only("adoption")))] == ["Perpetuals: final weight"]


def test_a_number_is_fixed_where_it_stands() -> None:
    """Everything else is as it was."""
    lever = acting(small())[1]
    fixed = with_number(small(), lever, 2.0)
    ceiling = fixed.adoption.products[0].ceiling
    assert (ceiling.low, ceiling.mode, ceiling.high) == (2.0, 2.0, 2.0)
    assert with_number(fixed, lever, 1.5).adoption.products[1] == small().adoption.products[1]
    assert fixed.regulation == small().regulation


def test_a_probability_takes_from_the_others() -> None:
    """They still sum to 1."""
    fixed = with_number(small(), acting(small())[2], 0.3)
    assert [s.probability.mode for s in fixed.regulation.scenarios] == pytest.approx([0.3, 0.7])


def test_a_scenario_can_be_made_certain() -> None:
    """The others have no chance."""
    fixed = with_chance(small(), 1, 1.0)
    assert [s.probability.mode for s in fixed.regulation.scenarios] == [0.0, 1.0]


def test_what_a_rule_leaves_as_it_is_says_why() -> None:
    """An exemption that is over by then, and a cap that begins later."""
    shipped = load_assumptions("published-cohort-2026")
    late, over = (
        {lever.name: lever.idle for lever in levers(shipped, short_history=False, to=dt.date.fromisoformat(day))}
        for day in ("2026-07-31", "2026-09-30")
    )
    assert late["Rule 20x for all: part that complies"] == "its cap begins on 2026-08-01"
    assert over["Rule 20x for all: part that complies"] == ""
    assert over["Rule 20x for all: exempt part"] == "its 45 days are over by 2026-09-30"
