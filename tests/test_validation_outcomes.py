"""Outcomes: shares of what was open, thresholds of the past, and times that are not covered."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from outcome_support import DAY, HOUR, START, at, poisoned, series, times_of

from cohortiv.config.validation import EventRule, OutcomeDefinition, load_outcomes
from cohortiv.sources.validation_data import read_validation_series
from cohortiv.validation.horizons import BEFORE, NO_BASE, UNDEFINED, UNFINISHED
from cohortiv.validation.outcomes import Liquidations, Outcome, liquidation_outcome

RNG = np.random.default_rng(3)
AMOUNTS = series(RNG.exponential(1e6, 60 * 24))
QUANTILE = EventRule(quantile=0.9, past_days=30, least_days=10)


def definition(**changes: object) -> OutcomeDefinition:
    """USD of a day, an event by a quantile of the last thirty days."""
    fields = {"name": "a", "title": "A", "source": "liquidations", "horizon_days": 1.0, "event": QUANTILE}
    return OutcomeDefinition.model_validate(fields | changes)


def feed(amounts: "pd.Series[float]" = AMOUNTS) -> Liquidations:
    """Hourly liquidations, two thirds of them long."""
    frame = pd.DataFrame({"amount_usd": amounts, "long_usd": amounts * 2 / 3, "short_usd": amounts / 3})
    return Liquidations(frame, HOUR, (amounts.index[0] - HOUR, amounts.index[-1]))


def outcome(times: pd.DatetimeIndex, amounts: "pd.Series[float]" = AMOUNTS, **changes: object) -> Outcome:
    """The outcome of these amounts."""
    return liquidation_outcome(feed(amounts), times, definition(**changes), version="test-1")


def test_a_share_is_of_what_was_open_at_the_time() -> None:
    """One hundred an hour over a day are 2,400 of the 12,000 that were open then, not of what was open later."""
    base = series([12_000.0, 1.0, 1.0], DAY)
    share = definition(over="open_interest", event=EventRule(share=0.1))
    found = liquidation_outcome(
        feed(series(np.full(72, 100.0))), at("01 00:00"), share, version="test-1", base=base, base_label="a stand-in"
    )
    assert found.value.tolist() == [pytest.approx(0.2)]
    assert found.event.tolist() == [True]
    assert (found.unit, found.base, found.version) == ("1", "a stand-in", "test-1")


def test_one_side_counts_alone() -> None:
    """Longs are two thirds."""
    times = at("20 00:00")
    assert outcome(times, side="long").value.iloc[0] == pytest.approx(outcome(times).value.iloc[0] * 2 / 3)


def test_the_threshold_is_of_outcomes_that_were_over() -> None:
    """At noon of the 20th: the days that began up to the 19th at midnight, at most thirty."""
    days = [
        AMOUNTS[(AMOUNTS.index > day) & (AMOUNTS.index <= day + DAY)].sum()
        for day in pd.date_range(START, "2026-01-19")
    ]
    found = outcome(at("20 12:00"))
    assert found.frame["threshold"].tolist() == [pytest.approx(np.quantile(days, 0.9))]


def test_the_threshold_does_not_hang_on_when_one_looks() -> None:
    """Asked for alone or among others, a time has the same threshold."""
    many = outcome(times_of(AMOUNTS)[::5])
    assert outcome(times_of(many.value)[200:201]).frame["threshold"].iloc[0] == many.frame["threshold"].iloc[200]


def test_no_event_without_enough_past() -> None:
    """Ten outcomes must be over before there is a threshold."""
    found = outcome(at("05 00:00", "10 00:00", "11 00:00"))
    assert found.frame["why"].tolist() == [UNDEFINED, UNDEFINED, ""]
    assert found.event.isna().tolist() == [True, True, False]


def test_what_is_not_covered_is_counted_by_reason() -> None:
    """Before the feed, and where the horizon is not over: missing, not False."""
    times = pd.DatetimeIndex([START - 5 * DAY, START + 20 * DAY, START + 59.5 * DAY])
    found = outcome(times)
    assert found.not_covered.to_dict() == {BEFORE: 1, UNFINISHED: 1}
    assert found.event.isna().tolist() == [True, False, True]


def test_without_a_base_there_is_no_share() -> None:
    """A base that is two days old or zero is none."""
    share = definition(over="cohort_notional", event=EventRule(share=0.1))
    base = pd.Series([0.0, 5e9], index=at("01", "10"))
    found = liquidation_outcome(feed(), at("02", "11", "20"), share, version="test-1", base=base)
    assert found.frame["why"].tolist() == [NO_BASE, "", NO_BASE]
    assert found.value.isna().tolist() == [True, False, True]


def test_a_share_needs_a_base_and_usd_need_none() -> None:
    """Either is refused with the other's."""
    share = definition(over="open_interest")
    with pytest.raises(ValueError, match="got no base for an outcome over open_interest"):
        liquidation_outcome(feed(), at("20"), share, version="test-1")
    with pytest.raises(ValueError, match="got a base for an outcome over nothing"):
        liquidation_outcome(feed(), at("20"), definition(), version="test-1", base=AMOUNTS)


def test_a_side_that_the_feed_lacks_is_refused() -> None:
    """With what it has."""
    only = Liquidations(AMOUNTS.to_frame("amount_usd"), HOUR, (START, AMOUNTS.index[-1]))
    with pytest.raises(ValueError, match="side long, and a feed with amount_usd"):
        liquidation_outcome(only, at("20"), definition(side="long"), version="test-1")


def test_thresholds_know_no_future() -> None:
    """With every liquidation after a moment changed, thresholds until then stay, and so do outcomes that were over."""
    times = times_of(AMOUNTS)[::7]
    moment = START + 30.5 * DAY  # the outcome of midnight is half over
    before, after = outcome(times).frame, outcome(times, poisoned(AMOUNTS, moment)).frame
    pd.testing.assert_series_equal(after["threshold"][times <= moment], before["threshold"][times <= moment])
    over = before["end"] <= moment
    pd.testing.assert_frame_equal(after[over], before[over])
    assert (after["value"][times > moment].dropna() != before["value"][times > moment].dropna()).all()


def test_single_events_make_outcomes_too() -> None:
    """A feed without bars: sums over what the list covers."""
    some = AMOUNTS[RNG.random(AMOUNTS.size) < 0.1]
    listed = Liquidations(some.to_frame("amount_usd"), None, (START, AMOUNTS.index[-1]))
    found = liquidation_outcome(listed, at("20 00:00"), definition(), version="test-1")
    assert found.value.iloc[0] == pytest.approx(some["2026-01-20 00:00:01":"2026-01-21 00:00:00"].sum())


def test_no_times_make_an_empty_outcome() -> None:
    """With the same columns."""
    assert list(outcome(at()).frame) == ["value", "end", "threshold", "event", "why"]


def test_the_great_days_of_a_lending_protocol_are_events(real_data: Path) -> None:
    """Days before the five largest days of liquidated bitcoin collateral are events of the shipped definition."""
    read = read_validation_series(
        real_data / "aave_btc_collateral_liquidations_2020-2026.csv.gz", kind="liquidation-events"
    )
    shipped = load_outcomes()
    days = pd.DatetimeIndex(["2021-05-19", "2025-10-10", "2025-11-04", "2026-01-31", "2026-02-05"]).as_unit("us")
    found = liquidation_outcome(
        Liquidations(read.frame, read.step, read.span), days, shipped.definition("liquidated-1d"), version=shipped.name
    )
    assert found.event.tolist() == [True] * 5
    assert found.value.round(-4).tolist() == [43_510_000, 43_040_000, 37_800_000, 48_380_000, 44_560_000]
