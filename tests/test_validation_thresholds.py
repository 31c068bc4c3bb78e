"""Thresholds by the past only, usefulness and noise-to-signal."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from signal_support import HORIZON, frame_of, sampled, world

from cohortiv.validation.sample import Sample, read_sample
from cohortiv.validation.thresholds import (
    PREFERENCES,
    Alarms,
    alarm_rates,
    best_threshold,
    matched_alarms,
    matched_threshold,
    past_alarms,
    usefulness,
    usefulness_table,
)


def alarms_of(alarm: list[bool], event: list[bool]) -> Alarms:
    """Alarms that are all judged."""
    frame = frame_of([0.0] * len(event), event)
    return Alarms(
        times=read_sample(frame, horizon_days=1.0).times,
        threshold=np.zeros(len(event)),
        judged=np.ones(len(event), dtype=np.bool_),
        alarm=np.array(alarm),
        event=np.array(event),
    )


@pytest.mark.parametrize("preference", PREFERENCES)
def test_usefulness_has_its_identities(preference: float) -> None:
    """Perfect alarms are worth min(theta, 1 - theta); none, and always, are worth 0 at best."""
    perfect, never, always = usefulness(
        np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0]), preference=preference
    ).tolist()
    assert perfect == min(preference, 1.0 - preference)
    assert max(never, always) == pytest.approx(0.0, abs=1e-12)


def test_usefulness_by_hand() -> None:
    """At theta 0.4, a quarter missed and a tenth false: 0.4 - 0.1 - 0.06."""
    assert float(usefulness(np.array(0.25), np.array(0.1), preference=0.4)) == pytest.approx(0.24)


def test_best_threshold_is_that_of_a_search() -> None:
    """No other threshold is more useful, and of equals it is the highest."""
    rng = np.random.default_rng(0)
    score, event = np.round(rng.normal(size=200), 1), rng.random(200) < 0.3
    score[event] += 0.5
    found = best_threshold(score, event, preference=0.5)

    def worth(threshold: float) -> float:
        alarm = score >= threshold
        return float(usefulness(1.0 - alarm[event].mean(), alarm[~event].mean(), preference=0.5))

    assert worth(found) == pytest.approx(max(worth(each) for each in set(score.tolist())))
    assert all(worth(each) < worth(found) for each in set(score.tolist()) if each > found)


def test_a_score_turned_round_raises_no_alarm() -> None:
    """Where no threshold beats ignoring the score, there is none."""
    assert math.isnan(best_threshold(np.array([1.0, 2.0, 3.0]), np.array([True, False, False]), preference=0.5))


def test_matched_threshold_by_hand() -> None:
    """Of ten calm rows one may have an alarm: the threshold is the lowest above the second."""
    score = np.array([10.0, 9.0, 8.5, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0])
    event = score == 8.5
    assert matched_threshold(score, event, false_share=0.1) == 10.0
    assert matched_threshold(score, event, false_share=0.2) == 8.5


def test_a_constant_score_is_never_that_rare() -> None:
    """All tied: any threshold stands on every calm row, so none is taken."""
    assert math.isnan(matched_threshold(np.ones(10), np.arange(10) < 2, false_share=0.1))


@pytest.mark.parametrize("fit", [past_alarms, matched_alarms])
def test_nothing_later_enters(fit: type) -> None:
    """With every score and outcome after a day changed, all thresholds up to it stay the same, to the last bit."""
    (risk, event), (other_risk, other_event) = world(0), world(9)
    cut = 500
    changed_risk = np.where(np.arange(800) <= cut, risk, other_risk)
    changed_event = event.where(np.arange(800) <= cut - HORIZON, other_event)
    before, after = fit(sampled(risk, event)), fit(sampled(changed_risk, changed_event))
    assert before.judged[: cut + 1].sum() > 100
    np.testing.assert_array_equal(before.threshold[: cut + 1], after.threshold[: cut + 1])
    np.testing.assert_array_equal(before.alarm[: cut + 1], after.alarm[: cut + 1])


def test_matched_alarms_stand_about_as_often_as_asked() -> None:
    """On later calm rows the alarm stands on about a tenth, as it did on earlier ones."""
    rng = np.random.default_rng(0)
    _, event = world(0, rows=3000)
    alarms = matched_alarms(sampled(rng.normal(size=3000), event))
    assert float(alarm_rates(alarms)[1]) == pytest.approx(0.1, abs=0.03)


def test_infinite_scores_raise_alarms() -> None:
    """An infinite index is above every threshold; where nothing is fitted, nothing is raised."""
    risk, event = world(0)
    risk[[3, 700]] = math.inf
    alarms = past_alarms(sampled(risk, event))
    assert alarms.alarm[[3, 700]].tolist() == [False, True]


def test_rates_by_hand() -> None:
    """One of two events missed, one of four calm rows alarmed; weights count."""
    alarms = alarms_of([True, False, True, False, False, False], [True, True, False, False, False, False])
    assert [float(rate) for rate in alarm_rates(alarms)] == [0.5, 0.25]
    weights = np.array([1.0, 0.0, 3.0, 1.0, 1.0, 1.0])
    assert [float(rate) for rate in alarm_rates(alarms, weights)] == [0.0, 0.5]


def test_rates_of_one_class_are_none() -> None:
    """Without event rows there is no missed share."""
    missed, false = (float(rate) for rate in alarm_rates(alarms_of([False], [False])))
    assert (math.isnan(missed), false) == (True, 0.0)


def test_series_holds_the_judged_rows() -> None:
    """Rows before the first fit are no calm."""
    risk, event = world(0)
    alarms = past_alarms(sampled(risk, event))
    assert len(alarms.series) == alarms.judged.sum() < len(alarms.times)


def valued(sample: Sample, *, preferences: Sequence[float] = PREFERENCES) -> pd.DataFrame:
    """Usefulness with few resamples from a fixed seed."""
    return usefulness_table(sample, rng=np.random.default_rng(0), preferences=preferences, draws=100)


def test_table_of_a_good_signal() -> None:
    """A signal that drives the outcome is useful at even weights and has less noise than signal."""
    risk, event = world(0, rows=2000, pull=2.5)
    table = valued(sampled(risk, event)).set_index("preference")
    assert table.index.tolist() == list(PREFERENCES)
    assert table["status"].tolist() == ["scored"] * len(PREFERENCES)
    assert table["events"].min() >= 10
    assert table["low"][0.5] > 0.0
    assert (table["low"] <= table["relative_usefulness"]).all()
    assert table["relative_usefulness"][0.5] > 0.1
    assert table["noise_to_signal"][0.5] < 0.8


def test_table_of_a_coin_is_noise() -> None:
    """A score without information has a noise-to-signal ratio near 1 and no use."""
    _, event = world(1, rows=4000)
    coins = np.random.default_rng(3).normal(size=(10, 4000))
    tables = pd.concat([valued(sampled(coin, event), preferences=[0.5]) for coin in coins])
    assert tables["noise_to_signal"].mean() == pytest.approx(1.0, abs=0.1)
    assert abs(tables["usefulness"].mean()) < 0.02
    assert tables["low"].max() < 0.02


def test_missing_numbers_have_a_reason() -> None:
    """Few events, one class and a silent score: the status says why a number is missing."""
    risk, event = world(0, rows=120)
    few = valued(sampled(risk, event), preferences=[0.5])
    one = valued(read_sample(frame_of([1.0] * 9, [False] * 9), horizon_days=1.0), preferences=[0.5])
    silent = valued(sampled(np.zeros(2000), world(0, rows=2000)[1]), preferences=[0.5])
    assert [table.loc[0, "status"] for table in (few, one, silent)] == [
        "too few events", "one class only", "no alarm before any event: no noise-to-signal",
    ]  # fmt: skip
    assert few[["missed", "false", "usefulness", "relative_usefulness", "noise_to_signal"]].isna().all(axis=None)
    assert silent["noise_to_signal"].isna().tolist() == [True]


@pytest.mark.parametrize("share", [0.0, 1.0, math.nan])
def test_bad_shares_are_refused(share: float) -> None:
    """Preference and share of calm rows lie between 0 and 1."""
    risk, event = world(0, rows=60)
    with pytest.raises(ValueError, match="got a preference of"):
        past_alarms(sampled(risk, event), preference=share)
    with pytest.raises(ValueError, match="got a share of calm rows of"):
        matched_alarms(sampled(risk, event), false_share=share)
