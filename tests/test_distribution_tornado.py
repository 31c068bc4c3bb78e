"""Assumptions one at a time: which there are, what fixing one does, and how a statistic answers."""

import numpy as np
import pytest
from outlook_support import history, only, small

from cohortiv.distribution.tornado import levers, tornado, with_number
from cohortiv.volatility import FloatArray


def very_high(draws: FloatArray) -> float:
    """Mean share at 20x or more."""
    return float(draws[:, 3:].sum(axis=1).mean())


NAMES = [
    "history: drift prior years",
    "perpetual: ceiling",
    "none: probability",
    "10x: compliance",
    "10x: leaving",
]


def test_what_is_in_doubt_is_a_lever() -> None:
    """Numbers without doubt, and the volatility that this history doesn't need, are none."""
    assert [lever.name for lever in levers(small(), short_history=False)] == NAMES


def test_a_short_history_hangs_on_the_stated_volatility() -> None:
    """And not on the drift."""
    assert levers(small(), short_history=True)[0].name == "history: fallback volatility"


def test_strands_that_are_off_have_no_levers() -> None:
    """Only those of adoption are left."""
    assert [lever.name for lever in levers(small(**only("adoption")), short_history=False)] == ["perpetual: ceiling"]


def test_a_number_is_fixed_where_it_stands() -> None:
    """Everything else is as it was."""
    lever = levers(small(), short_history=False)[1]
    fixed = with_number(small(), lever, 2.0)
    ceiling = fixed.adoption.products[0].ceiling
    assert (ceiling.low, ceiling.mode, ceiling.high) == (2.0, 2.0, 2.0)
    assert with_number(fixed, lever, 1.5).adoption.products[1] == small().adoption.products[1]
    assert fixed.regulation == small().regulation


def test_a_probability_takes_from_the_others() -> None:
    """They still sum to 1."""
    lever = levers(small(), short_history=False)[2]
    fixed = with_number(small(), lever, 0.3)
    assert [s.probability.mode for s in fixed.regulation.scenarios] == pytest.approx([0.3, 0.7])


def test_rows_begin_with_what_matters_most() -> None:
    """All levers, by range; the base is the same for all."""
    rows = tornado(history(), small(), very_high)
    assert sorted(rows["assumption"]) == sorted(NAMES)
    assert rows["range"].is_monotonic_decreasing
    assert rows["base"].nunique() == 1


def test_answers_have_the_sign_that_they_must() -> None:
    """More perpetuals raise, a likelier absence of a cap raises, more compliance lowers the highest tiers."""
    rows = tornado(history(), small(), very_high).set_index("assumption")
    up = (rows["at_high"] - rows["at_low"])[["perpetual: ceiling", "none: probability", "10x: compliance"]]
    assert np.sign(up).tolist() == [1, 1, -1]


def test_nothing_in_doubt_gives_no_rows() -> None:
    """An empty table with the same columns."""
    sure = small(**only("history"))
    known = sure.history.drift_prior_years.model_copy(update={"low": 2.0, "high": 2.0})
    rows = tornado(
        history(),
        sure.model_copy(update={"history": sure.history.model_copy(update={"drift_prior_years": known})}),
        very_high,
    )
    assert rows.empty
    assert list(rows.columns[:3]) == ["assumption", "low", "high"]
