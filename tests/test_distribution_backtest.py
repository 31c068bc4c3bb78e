"""Backtest: which dates are forecast from what, how forecasts are scored, and when the projection loses."""

import math
from collections.abc import Hashable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS

from cohortiv.assessment import Settings, read_cohort
from cohortiv.distribution.backtest import (
    ALL_TIERS,
    EXPLORATORY_DATES,
    HIGH_LEVERAGE_SHARE,
    PROJECTION,
    Backtest,
    backtest,
)
from cohortiv.distribution.composition import composition_history
from cohortiv.distribution.forecasts import BASELINES, drift_free_walk, persistence
from cohortiv.distribution.scoring import coverage
from cohortiv.errors import DataError
from cohortiv.schema import TIER_EDGES
from cohortiv.volatility import FloatArray

pytestmark = ENGINE_WARNINGS

EDGES = [5.0, 10.0, 20.0]


def history_of(shares: FloatArray) -> pd.DataFrame:
    """Daily shares of three tiers."""
    return pd.DataFrame(shares, index=pd.date_range("2026-02-01", periods=len(shares)), columns=EDGES)


def walked(periods: int, *, seed: int = 0) -> pd.DataFrame:
    """Seeded random walk of three tiers."""
    masses = np.exp(np.random.default_rng(seed).normal(0.0, 0.1, (periods, 3)).cumsum(axis=0))
    return history_of(masses / masses.sum(axis=1, keepdims=True))


def rng() -> np.random.Generator:
    """A stream that is the same each time."""
    return np.random.default_rng(5)


def half_each(_history: pd.DataFrame, _steps: int, _rng: np.random.Generator, /) -> FloatArray:
    """A forecast of two mixes, whatever was before."""
    return np.array([[0.2, 0.3, 0.5], [0.4, 0.3, 0.3]])


def summary_of(result: Backtest, model: str, quantity: str) -> dict[Hashable, float]:
    """Row of the summary."""
    table = result.summary
    (row,) = table[(table["model"] == model) & (table["quantity"] == quantity)].to_dict("records")
    return row


def test_the_last_third_is_forecast_one_step_ahead() -> None:
    """Of nineteen days the last six are forecast, each from the day before it."""
    history = walked(19)
    scores = backtest(history, drift_free_walk, rng=rng()).scores
    assert scores["as_of"].unique().tolist() == history.index[13:].tolist()
    assert (scores["as_of"] - scores["origin"]).unique().tolist() == [pd.Timedelta(days=1)]


def test_a_period_that_comes_too_soon_is_not_forecast() -> None:
    """The last snapshot 0.3 days after the day before it is another horizon; four days ahead it is near enough."""
    history = walked(20)
    history.index = [*history.index[:-1], history.index[-2] + pd.Timedelta(days=0.3)]
    one, four = (backtest(history, drift_free_walk, rng=rng(), steps=steps) for steps in (1, 4))
    assert one.scores["as_of"].max() == history.index[-2]
    assert one.days == 1.0
    assert four.scores["as_of"].max() == history.index[-1]


def test_a_forecast_sees_the_rows_up_to_its_origin() -> None:
    """The longest history handed to a forecast ends one step before the date it is scored on."""
    seen: list[pd.Timestamp] = []

    def watch(history: pd.DataFrame, _steps: int, _rng: np.random.Generator, /) -> FloatArray:
        seen.append(history.index[-1])
        return history.to_numpy()[-1:]

    result = backtest(walked(19), watch, rng=rng(), steps=3)
    assert seen == result.scores.loc[result.scores["model"] == PROJECTION, "origin"].unique().tolist()


@pytest.mark.parametrize("steps", [1, 2])
def test_nothing_later_enters(steps: int) -> None:
    """With every row after a date changed, all forecasts for dates up to it are the same, to the last bit."""
    history = walked(24)
    kept = 18
    changed = history.copy()
    changed.iloc[kept:] = walked(24, seed=9).to_numpy()[kept:]
    before, after = (backtest(table, drift_free_walk, rng=rng(), steps=steps).scores for table in (history, changed))
    known = before["as_of"] < history.index[kept]
    assert known.sum() > 0
    pd.testing.assert_frame_equal(before[known], after[known])


def test_a_later_row_leaves_earlier_forecasts_alone() -> None:
    """One more day of history changes no forecast that both backtests make."""
    history = walked(24)
    shorter = backtest(history.iloc[:-1], drift_free_walk, rng=rng()).scores
    longer = backtest(history, drift_free_walk, rng=rng()).scores
    common = longer.merge(shorter, on=["as_of", "model", "quantity"], suffixes=("", "_shorter"))
    assert len(common) > 0
    np.testing.assert_array_equal(common["crps"], common["crps_shorter"])


def test_a_withheld_period_is_no_part_of_a_score() -> None:
    """Neither as outcome nor as origin; where all are withheld there is no test."""
    past = walked(12)
    hidden = [number == 10 for number in range(12)]
    scores = backtest(past, persistence, rng=rng(), left_out=hidden).scores
    assert past.index[10] not in set(scores["as_of"]) | set(scores["origin"])
    assert scores["as_of"].nunique() == 2
    with pytest.raises(DataError, match="withheld"):
        backtest(past, persistence, rng=rng(), left_out=[True] * 12)


def test_forecasts_cannot_change_the_history() -> None:
    """A forecast that writes into what it was handed leaves the caller's table alone."""
    history = walked(9)

    def vandal(table: pd.DataFrame, _steps: int, _rng: np.random.Generator, /) -> FloatArray:
        table.iloc[:] = 1.0 / 3.0
        return table.to_numpy()[-1:]

    backtest(history, vandal, rng=rng())
    pd.testing.assert_frame_equal(history, walked(9))


def test_scores_by_hand() -> None:
    """Two draws, an outcome at the mean: each tier's score is a quarter of the draws' distance."""
    history = history_of(np.array([[0.3, 0.3, 0.4]] * 7))
    scores = backtest(history, half_each, rng=rng(), held_out=0.1).scores
    ours = scores[scores["model"] == PROJECTION].set_index("quantity")
    assert ours["crps"].to_dict() == pytest.approx(
        {"5x": 0.05, "10x": 0.0, "20x": 0.05, HIGH_LEVERAGE_SHARE: 0.05, ALL_TIERS: 0.1}, abs=1e-12
    )
    row = ours.loc[["5x"], ["outcome", "low", "median", "high"]].to_numpy().tolist()
    assert row == [pytest.approx([0.3, 0.21, 0.3, 0.39])]


def test_share_at_high_leverage_is_a_sum_over_draws() -> None:
    """At 10x or more the tiers of one draw are added before the quantiles are taken."""
    history = history_of(np.array([[0.3, 0.3, 0.4]] * 7))
    scores = backtest(history, half_each, rng=rng(), held_out=0.1).scores
    row = scores[(scores["model"] == PROJECTION) & (scores["quantity"] == HIGH_LEVERAGE_SHARE)].iloc[0]
    assert (row["outcome"], row["low"], row["high"]) == pytest.approx((0.7, 0.61, 0.79))


def test_inside_is_the_share_of_tiers_held() -> None:
    """A tier that was never held and never forecast says nothing about coverage."""
    shares = np.array([[0.5, 0.5, 0.0]] * 6 + [[0.5, 0.5, 0.0]])
    scores = backtest(history_of(shares), persistence, rng=rng(), held_out=0.1).scores
    moved = shares.copy()
    moved[-1] = [0.5, 0.4, 0.1]
    missed = backtest(history_of(moved), persistence, rng=rng(), held_out=0.1).scores
    inside = [table.loc[table["quantity"] == ALL_TIERS, "inside"].iloc[0] for table in (scores, missed)]
    assert inside == pytest.approx([1.0, 1.0 / 3.0])


def test_a_hundredth_of_a_percent_counts_as_inside() -> None:
    """An outcome of nothing lies inside the band of a forecast that allows next to nothing."""
    shares = np.array([[0.5, 0.5, 0.0]] * 7)

    def nearly(_history: pd.DataFrame, _steps: int, _rng: np.random.Generator, /) -> FloatArray:
        return np.array([[0.5, 0.49995, 0.00005]])

    result = backtest(history_of(shares), nearly, rng=rng(), held_out=0.1)
    assert summary_of(result, PROJECTION, ALL_TIERS)["coverage"] == 1.0


def test_persistence_against_itself_is_level() -> None:
    """A projection that is persistence has ratio 1 to it, is never better, and does not lose to it."""
    result = backtest(walked(19), persistence, rng=rng())
    row = summary_of(result, "persistence", ALL_TIERS)
    assert (row["crps_ratio"], row["better"]) == (1.0, 0.0)
    assert "persistence" not in result.loses_to


def test_ratios_are_of_mean_scores() -> None:
    """The ratio is the projection's mean score over the other model's, for each quantity."""
    result = backtest(walked(19), half_each, rng=rng())
    means = result.scores.groupby(["model", "quantity"])["crps"].mean()
    for name in BASELINES:
        for quantity in ("5x", HIGH_LEVERAGE_SHARE, ALL_TIERS):
            expected = means[(PROJECTION, quantity)] / means[(name, quantity)]
            assert summary_of(result, name, quantity)["crps_ratio"] == pytest.approx(expected, rel=1e-12)


def test_a_bad_projection_loses_to_all() -> None:
    """A forecast far from what came is beaten by every simple forecast, and the result names them."""
    assert backtest(walked(19), half_each, rng=rng()).loses_to == tuple(BASELINES)


def test_a_seer_beats_all() -> None:
    """A forecast that knows the outcome loses to none and is better on every date."""
    history = walked(19)

    def seer(table: pd.DataFrame, steps: int, _rng: np.random.Generator, /) -> FloatArray:
        return history.to_numpy()[[len(table) - 1 + steps]]

    result = backtest(history, seer, rng=rng())
    assert result.loses_to == ()
    assert summary_of(result, "drift-free walk", ALL_TIERS)["better"] == 1.0


def test_the_right_model_covers_what_it_promises() -> None:
    """Over 200 dates of a random walk the walk's 90 % band holds 90 %, give or take four standard deviations."""
    result = backtest(walked(300), drift_free_walk, rng=rng(), held_out=2 / 3)
    row = summary_of(result, PROJECTION, HIGH_LEVERAGE_SHARE)
    assert row["dates"] == 200
    assert row["coverage"] == pytest.approx(0.9, abs=4.0 * math.sqrt(0.9 * 0.1 / 200))


def test_where_nothing_happens_there_is_no_ratio() -> None:
    """A tier of zero throughout is scored 0 by all, and 0 over 0 is no ratio."""
    shares = walked(12).to_numpy().copy()
    shares[:, 0] += shares[:, 2]
    shares[:, 2] = 0.0
    row = summary_of(backtest(history_of(shares), drift_free_walk, rng=rng()), "persistence", "20x")
    assert math.isnan(row["crps_ratio"])
    assert row["coverage"] == 1.0


def test_few_dates_are_exploratory() -> None:
    """Six held-out days are exploratory, thirty are not."""
    few, enough = (backtest(walked(periods), persistence, rng=rng()) for periods in (19, 3 * EXPLORATORY_DATES))
    assert (few.exploratory, enough.exploratory) == (True, False)


def test_where_exploratory_ends() -> None:
    """From thirty dates on a sound 90 % band holds 80 % or more in nine series of ten; before, not always."""
    lowest = {dates: coverage(np.ones(dates), level=0.9).low for dates in range(EXPLORATORY_DATES - 1, 200)}
    assert [dates for dates, low in lowest.items() if low < 0.8 - 1e-12] == [EXPLORATORY_DATES - 1]


@pytest.mark.parametrize(("periods", "steps", "dates"), [(7, 1, 1), (9, 1, 3), (9, 2, 1), (13, 3, 3)])
def test_each_origin_has_enough_history(periods: int, steps: int, dates: int) -> None:
    """Held-out dates whose origin has too few rows before it are left out."""
    assert backtest(walked(periods), persistence, rng=rng(), steps=steps).scores["as_of"].nunique() == dates


@pytest.mark.parametrize(("periods", "steps", "needed"), [(6, 1, 7), (8, 2, 9), (0, 1, 7)])
def test_too_short_a_history_is_an_error(periods: int, steps: int, needed: int) -> None:
    """The error says how many periods there are and how many it takes."""
    with pytest.raises(DataError, match=f"has {periods} periods; a backtest {steps} ahead needs {needed}"):
        backtest(walked(periods), persistence, rng=rng(), steps=steps)


def test_dates_must_rise() -> None:
    """Periods out of order, or twice, are refused."""
    history = walked(12)
    for bad in (history.iloc[::-1], pd.concat([history, history.iloc[-1:]])):
        with pytest.raises(DataError, match="dates that are not in order"):
            backtest(bad, persistence, rng=rng())


def test_rows_must_be_shares() -> None:
    """Rows that do not sum to 1 or miss a share are counted and the first named."""
    shares = walked(12).to_numpy().copy()
    shares[3, 0] += 0.5
    shares[5, 1] = np.nan
    with pytest.raises(DataError, match=r"Got 2 periods whose shares .* the first 2026-02-04"):
        backtest(history_of(shares), persistence, rng=rng())


@pytest.mark.parametrize(("steps", "held_out"), [(0, 0.3), (1, 0.0), (1, 1.0), (1, math.nan)])
def test_bad_arguments_are_refused(steps: int, held_out: float) -> None:
    """Steps are 1 or more, the held-out part is a part."""
    with pytest.raises(ValueError, match="got steps"):
        backtest(walked(12), persistence, rng=rng(), steps=steps, held_out=held_out)


def test_a_forecast_of_other_tiers_is_refused() -> None:
    """What is no share of these tiers is not scored."""
    with pytest.raises(ValueError, match="one share for each tier"):
        backtest(walked(12), lambda _history, _steps, _rng: np.ones((5, 2)), rng=rng())


def test_real_days_are_few(real_data: Path) -> None:
    """Of twenty days six are held out, and the last comes too soon to count: five, which is exploratory."""
    settings = Settings(
        positions=f"hyperliquid:{real_data / 'hl_positions_2026-02.parquet'}", as_of="2026-02-22", max_excluded=1.0
    )
    past = read_cohort(settings, for_report=True, say=lambda _: None).past
    result = backtest(composition_history(past, "day", TIER_EDGES), drift_free_walk, rng=rng())
    row = summary_of(result, PROJECTION, ALL_TIERS)
    assert (result.periods, row["dates"], result.exploratory) == (20, 5, True)
    assert row["sound_low"] <= row["coverage"] <= row["sound_high"]
