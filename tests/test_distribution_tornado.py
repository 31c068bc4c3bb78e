"""Assumptions one at a time: how a median answers, and how well the difference is known."""

import numpy as np
from outlook_support import history, only, small

from cohortiv.distribution.median_errors import median_error
from cohortiv.distribution.projection import project
from cohortiv.distribution.tornado import tornado
from cohortiv.volatility import FloatArray


def very_high(draws: FloatArray) -> FloatArray:
    """Share at 20x or more of each draw."""
    found: FloatArray = draws[:, 3:].sum(axis=1)
    return found


def test_rows_begin_with_what_matters_most() -> None:
    """All levers, by range; the base is the same for all."""
    rows = tornado(history(), small(), lambda _: very_high)
    assert len(rows) == 6
    assert rows["range"].dropna().is_monotonic_decreasing
    assert rows["base"].nunique() == 1


def test_answers_have_the_sign_that_they_must() -> None:
    """More perpetuals raise, a likelier absence of a cap raises, more compliance lowers the highest tiers."""
    rows = tornado(history(), small(), lambda _: very_high).set_index("assumption")
    up = (rows["at_high"] - rows["at_low"])[
        ["Perpetuals: final weight", "Rule none: probability", "Rule 10x: part that complies"]
    ]
    assert np.sign(up).tolist() == [1, 1, -1]


def test_nothing_in_doubt_gives_no_rows() -> None:
    """An empty table with the same columns."""
    sure = small(**only("history"))
    numbers = ("drift_prior_years", "fallback_volatility")
    known = {name: getattr(sure.history, name).model_copy(update={"low": 2.0, "high": 2.0}) for name in numbers}
    stated = sure.model_copy(update={"history": sure.history.model_copy(update=known)})
    rows = tornado(history(), stated, lambda _: very_high)
    assert rows.empty
    assert list(rows.columns[:4]) == ["assumption", "unit", "low", "high"]


def test_what_does_not_act_comes_last_without_a_number() -> None:
    """The stated volatility, which this history doesn't need."""
    last = tornado(history(), small(), lambda _: very_high).iloc[-1]
    assert last["idle"] == "the past is measured"
    assert np.isnan(last[["at_low", "at_high", "range", "error"]].astype(float)).all()


def test_errors_are_of_differences_on_the_same_draws() -> None:
    """They are smaller than those of draws made apart would be."""
    row = tornado(history(), small(), lambda _: very_high).set_index("assumption").loc["Perpetuals: final weight"]
    apart = np.sqrt(2) * median_error(very_high(project(history(), small()).draws))
    assert 0 < row["error"] < 0.5 * apart
