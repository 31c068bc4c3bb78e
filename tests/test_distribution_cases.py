"""Cases side by side: which there are, and that they differ by the case alone."""

import datetime as dt

import numpy as np
from outlook_support import cap, history, only, small

from cohortiv.distribution.cases import cap_words, case_draws, cases_of
from cohortiv.distribution.projection import project
from cohortiv.volatility import FloatArray

NOW, THEN = dt.date(2026, 7, 1), dt.date(2026, 9, 30)


def high(draws: FloatArray) -> FloatArray:
    """Share at 10x or more of each draw."""
    found: FloatArray = draws[:, 2:].sum(axis=1)
    return found


def test_strands_are_added_and_products_and_rules_stand_alone() -> None:
    """Strands first, then one product at a time, then one rule at a time."""
    assert [(case.kind, case.name) for case in cases_of(small())] == [
        ("strands", "History alone"),
        ("strands", "History + adoption"),
        ("strands", "History + adoption + regulation"),
        ("products", "only perpetuals move"),
        ("products", "only margin spot move"),
        ("regulation", "none"),
        ("regulation", "10x"),
    ]


def test_one_strand_is_one_case() -> None:
    """There is nothing beside it."""
    assert [case.name for case in cases_of(small(**only("history")))] == ["History alone"]


def test_all_strands_are_the_outlook_itself() -> None:
    """Draw by draw."""
    whole = next(
        each for each in case_draws(history(), cases_of(small()), lambda _: high) if len(each.case.strands) == 3
    )
    assert np.array_equal(whole.index, high(project(history(), small()).draws))


def test_a_rule_that_changes_nothing_leaves_every_draw() -> None:
    """Without a cap each draw is that of the strands without regulation, to the last bit."""
    found = {each.case.name: each for each in case_draws(history(), cases_of(small()), lambda _: high)}
    assert np.array_equal(found["none"].index, found["History + adoption"].index)
    assert (found["10x"].left >= found["none"].left).all()


def test_a_product_that_stays_moves_nothing_alone() -> None:
    """Margin has a ceiling of 1, so its case is the mix of the other strands."""
    found = {each.case.name: each for each in case_draws(history(), cases_of(small()), lambda _: high)}
    assert np.array_equal(found["only perpetuals move"].index, found["History + adoption + regulation"].index)
    assert np.median(found["only margin spot move"].index) < np.median(found["only perpetuals move"].index)


def test_caps_say_whether_they_apply() -> None:
    """From their start, already, or not yet."""
    days = {"soon": "2026-08-01", "late": "2027-01-01", "past": "2026-01-01"}
    rules = small(
        regulation={
            "scenarios": [
                {"name": "none", "probability": small().regulation.scenarios[0].probability.model_dump()},
                *(cap(name, 0.5 / 3, starts=dt.date.fromisoformat(days[name])) for name in ("past", "soon", "late")),
            ]
        }
    ).regulation.scenarios
    assert [cap_words(rule, as_of=NOW, to=THEN) for rule in rules] == [
        "no cap",
        "10x from 2026-01-01: in the data already",
        "10x from 2026-08-01",
        "10x from 2027-01-01: does not yet apply at 2026-09-30",
    ]
