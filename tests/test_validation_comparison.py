"""Two signals on common rows: which is better, and which a horizon earlier."""

import math

import numpy as np
import pandas as pd
import pytest
from signal_support import HORIZON, days, sampled, world

from cohortiv.validation.comparison import Comparison, compare, later_event
from cohortiv.validation.ranking import auroc, rank
from cohortiv.validation.rules import ScoringRules
from cohortiv.volatility import FloatArray

FAST = ScoringRules(draws=200)


def compared(first: FloatArray, second: FloatArray, event: pd.Series) -> Comparison:
    """Comparison from a fixed seed."""
    one, two = (pd.Series(score, index=event.index, name=name) for score, name in ((first, "one"), (second, "two")))
    return compare(one, two, event, horizon_days=HORIZON, rng=np.random.default_rng(0), rules=FAST)


def test_a_signal_beats_noise() -> None:
    """The interval of the difference lies over 0, now and a horizon earlier."""
    risk, event = world(0, rows=1500, pull=2.5)
    found = compared(risk, np.random.default_rng(1).normal(size=1500), event)
    assert found.better is not None
    assert found.earlier is not None
    assert found.better.low > 0.0
    assert found.earlier.value > 0.1


def test_a_signal_does_not_beat_itself() -> None:
    """Every resample has a difference of 0: resamples are paired."""
    risk, event = world(0, rows=1500, pull=2.5)
    found = compared(risk, 2.0 * risk, event)
    assert found.better is not None
    assert (found.better.low, found.better.value, found.better.high) == (0.0, 0.0, 0.0)
    assert found.lead_gain is not None
    assert found.lead_gain.value == 0.0


def test_order_turns_the_sign() -> None:
    """Swapped signals have the difference with the other sign, ends exchanged."""
    risk, event = world(0, rows=1500, pull=2.5)
    noise = np.random.default_rng(1).normal(size=1500)
    there, back = (compared(*pair, event).better for pair in ((risk, noise), (noise, risk)))
    assert there is not None
    assert back is not None
    assert (back.low, back.value, back.high) == pytest.approx((-there.high, -there.value, -there.low), abs=1e-12)


def test_only_common_rows_count() -> None:
    """Rows that one signal lacks are left out for both."""
    risk, event = world(0, rows=1500, pull=2.5)
    half = np.where(np.arange(1500) < 500, math.nan, risk)
    found = compared(risk, half, event)
    assert found.rows == 1500 - 500 - HORIZON
    assert found.first_auroc is not None
    sample = sampled(half, event)
    assert found.first_auroc.value == float(auroc(rank(sample.score, sample.event)))


def test_no_common_rows_are_no_comparison() -> None:
    """A signal without scores leaves nothing to compare, and the status says so."""
    risk, event = world(0, rows=200)
    found = compared(risk, np.full(200, math.nan), event)
    assert (found.status, found.rows, found.events) == ("nothing covered", 0, 0)
    assert (found.better, found.earlier, found.better_delong, found.lead_gain) == (None,) * 4


def test_single_rows_have_no_delong() -> None:
    """With one row of a class there is a comparison, if the floor allows one event, and no standard error."""
    event = pd.Series(pd.array([True, False, False], dtype="boolean"), index=days(3))
    one, two = (pd.Series([3.0, 1.0, 2.0], index=days(3), name=name) for name in ("one", "two"))
    rules = ScoringRules(draws=10, fewest_events=1)
    found = compare(one, two, event, horizon_days=1.0, rng=np.random.default_rng(0), rules=rules)
    assert (found.status, found.better_delong) == ("scored", None)
    assert found.better is not None
    assert found.better.status == "too few rows"


def test_later_outcomes_are_a_horizon_later() -> None:
    """Row by row the outcome seven days on; the last seven days have none."""
    event = world(0, rows=100)[1]
    found = later_event(event, horizon_days=7.0)
    assert found.iloc[:-7].tolist() == event.iloc[7:].tolist()
    assert found.iloc[-7:].isna().all()


def test_later_outcomes_are_not_filled() -> None:
    """In a gap, and at times that repeat, there is none."""
    event = pd.Series(pd.array([True] * 20, dtype="boolean"), index=days(20))
    gap = later_event(event.drop(days(20)[10:13]), horizon_days=5.0)
    assert gap[gap.isna()].index.tolist() == [*days(20)[5:8], *days(20)[15:]]
    twice = later_event(pd.concat([event, event.iloc[[9]]]).sort_index(), horizon_days=5.0)
    assert twice.loc[days(20)[4]] is pd.NA


def test_a_single_row_has_no_later() -> None:
    """One row has no step, and so no later outcome."""
    event = pd.Series(pd.array([True], dtype="boolean"), index=days(1))
    assert later_event(event, horizon_days=5.0).isna().tolist() == [True]


def test_indices_must_agree() -> None:
    """Signals of other times are refused."""
    risk, event = world(0, rows=60)
    one = pd.Series(risk, index=event.index, name="one")
    with pytest.raises(ValueError, match="different indices"):
        compare(one, one.iloc[1:], event, horizon_days=HORIZON, rng=np.random.default_rng(0))
