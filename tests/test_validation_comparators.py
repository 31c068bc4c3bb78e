"""Comparators: each by what was known at the time, all in one frame, and what is missing said."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from outcome_support import DAY, HOUR, START, poisoned, prices, series, times_of

from cohortiv.config.validation import EventRule, OutcomeDefinition, load_outcomes
from cohortiv.sources.validation_data import read_validation_series
from cohortiv.validation.comparators import (
    COMPARATORS,
    NO_INPUT,
    ComparatorInputs,
    Comparators,
    comparators,
    stand_in_interest,
)
from cohortiv.validation.outcomes import Liquidations, Outcome, liquidation_outcome

NAMES = [item.name for item in COMPARATORS]
DAYS = 300
CLOSES = prices(DAYS)
RNG = np.random.default_rng(11)
DAILY = {name: series(RNG.random(DAYS) * 100, DAY) for name in ("implied", "fear_greed", "interest", "sentiment")}
FUNDING = series(RNG.normal(size=DAYS * 3), 8 * HOUR)
AMOUNTS = series(RNG.exponential(1e6, DAYS * 24))
TIMES = pd.date_range(START + 260 * DAY, periods=35, freq="D", unit="us")
LATE = TIMES[20]


def outcome(amounts: "pd.Series[float]", times: pd.DatetimeIndex) -> Outcome:
    """Liquidations of the next day."""
    rule = EventRule(quantile=0.9, past_days=100, least_days=10)
    definition = OutcomeDefinition(name="a", title="A", source="liquidations", horizon_days=1.0, event=rule)
    feed = Liquidations(amounts.to_frame("amount_usd"), HOUR, (amounts.index[0], amounts.index[-1]))
    return liquidation_outcome(feed, times, definition, version="test-1")


def inputs(*, after: pd.Timestamp | None = None) -> ComparatorInputs:
    """All inputs; everything after a moment changed where one is given."""

    def seen(held: "pd.Series[float]") -> "pd.Series[float]":
        return held if after is None else poisoned(held, after)

    return ComparatorInputs(
        closes=seen(CLOSES), step=HOUR, horizon_days=1, seed=5,
        outcome=outcome(seen(AMOUNTS), times_of(DAILY["implied"])),
        implied=seen(DAILY["implied"]), funding=seen(FUNDING), interest=seen(DAILY["interest"]),
        fear_greed=seen(DAILY["fear_greed"]), sentiment=seen(DAILY["sentiment"]),
    )  # fmt: skip


@pytest.fixture(scope="module")
def everything() -> Comparators:
    """All comparators on made-up data."""
    return comparators(inputs(), TIMES)


def test_all_stand_in_one_frame(everything: Comparators) -> None:
    """In the order of the list, one row a time, and none missing."""
    assert list(everything.frame) == list(everything.known) == NAMES
    assert everything.frame.index.equals(TIMES)
    assert everything.missing == {}
    assert everything.frame.notna().all(axis=None)


def test_nothing_is_known_before_its_time(everything: Comparators) -> None:
    """No value became known after the row's own time."""
    assert (everything.known.apply(lambda known: known <= TIMES)).all(axis=None)


def test_no_comparator_knows_the_future(everything: Comparators) -> None:
    """With every input after a moment changed, all rows until then stay, to the last bit."""
    changed = comparators(inputs(after=LATE), TIMES)
    pd.testing.assert_frame_equal(changed.frame[:LATE], everything.frame[:LATE], check_exact=True)
    differs = changed.frame[LATE + DAY :] != everything.frame[LATE + DAY :]
    assert differs.any().drop("random").all()


def test_the_newest_outcome_is_one_that_was_over(everything: Comparators) -> None:
    """At midnight it is that of the day before, known just now."""
    before = everything.frame["last_outcome"].loc[TIMES[3]]
    assert before == pytest.approx(AMOUNTS[TIMES[3] - DAY + HOUR : TIMES[3]].sum())
    assert everything.known["last_outcome"].loc[TIMES[3]] == TIMES[3]


def test_the_base_rate_is_that_of_events_so_far(everything: Comparators) -> None:
    """Of all outcomes whose horizon was over."""
    events = outcome(AMOUNTS, times_of(DAILY["implied"])).frame
    seen = events.loc[events["end"] <= TIMES[0], "event"].dropna()
    assert everything.frame["base_rate"].iloc[0] == pytest.approx(float(seen.astype("float64").mean()))


def test_funding_is_the_mean_of_a_day(everything: Comparators) -> None:
    """Of the three payments until then."""
    assert everything.frame["funding"].iloc[0] == pytest.approx(FUNDING[: TIMES[0]].iloc[-3:].mean())


def test_interest_changes_since_a_week_before(everything: Comparators) -> None:
    """As a logarithm."""
    held = DAILY["interest"]
    expected = np.log(held[TIMES[0]] / held[TIMES[0] - 7 * DAY])
    assert everything.frame["interest_change"].iloc[0] == pytest.approx(expected)


def test_fear_is_the_other_end_of_greed(everything: Comparators) -> None:
    """100 less the index."""
    assert everything.frame["fear"].iloc[0] == 100 - DAILY["fear_greed"][TIMES[0]]


def test_the_random_score_is_the_seeds(everything: Comparators) -> None:
    """Between 0 and 1, and the same for the first times whatever follows."""
    first = comparators(ComparatorInputs(closes=CLOSES, step=HOUR, horizon_days=1, seed=5), TIMES[:5])
    assert first.frame["random"].tolist() == everything.frame["random"].tolist()[:5]
    assert everything.frame["random"].between(0, 1).all()


def test_what_is_not_given_is_said_to_be_missing() -> None:
    """Prices alone make volatilities and the random score."""
    found = comparators(ComparatorInputs(closes=CLOSES[: 50 * 24], step=HOUR, horizon_days=1, seed=5), TIMES[:2])
    assert {name for name, why in found.missing.items() if why == NO_INPUT} == {
        "implied", "funding", "interest", "interest_change", "fear", "sentiment", "last_outcome", "base_rate",
    }  # fmt: skip
    assert found.missing["garch"] == "no value at any of the times"


def test_a_gap_is_no_value() -> None:
    """Three days without implied volatility: the first is bridged, then it is missing."""
    hole = DAILY["implied"].drop(list(TIMES[5:9]))
    held = ComparatorInputs(closes=CLOSES[:48], step=HOUR, horizon_days=1, seed=5, implied=hole)
    assert comparators(held, TIMES).frame["implied"].isna().to_numpy().nonzero()[0].tolist() == [7, 8]


def test_margin_positions_stand_in_for_open_interest() -> None:
    """Both sides at the newest price, missing where that is a day old."""
    coins = series([1.0, 2.0, 3.0], 20 * HOUR)
    found = stand_in_interest(coins, coins, series([10.0, 20.0]))
    assert found.tolist() == pytest.approx([20.0, 80.0, np.nan], nan_ok=True)


def test_every_direction_is_stated() -> None:
    """A comparator says why more of it is more dangerous; names are given once."""
    assert [item.name for item in COMPARATORS if not item.direction] == []
    assert len(set(NAMES)) == len(NAMES)


def test_comparators_of_real_prices_and_liquidations(real_data: Path) -> None:
    """Three years of daily rows: all known from the first fit on, on a real scale, and none of them a peek."""

    def read(name: str, kind: str, **more: object) -> pd.DataFrame:
        return read_validation_series(real_data / name, kind=kind, **more).frame  # type: ignore[arg-type]

    bars = read("btcusdt_perp_1h_2023-2026.csv.gz", "prices")
    margin = read("bitfinex_margin_longs_shorts_2023-2026.csv.gz", "margin", symbol="BTC")
    aave = read_validation_series(
        real_data / "aave_btc_collateral_liquidations_2020-2026.csv.gz", kind="liquidation-events"
    )
    merged = "btc_daily_merged_price_funding_fng_vix_2015-2026.csv.gz"
    times = pd.date_range("2023-01-01", "2026-02-14", freq="D", unit="us")
    shipped = load_outcomes()
    found = comparators(
        ComparatorInputs(
            closes=bars["close"], step=HOUR, horizon_days=7, seed=1,
            outcome=liquidation_outcome(
                Liquidations(aave.frame, aave.step, aave.span), times, shipped.definition("liquidated-7d"),
                version=shipped.name,
            ),
            implied=read("btc_dvol_daily_2023-2026.csv", "implied-volatility")["implied_volatility"],
            funding=read(merged, "funding", funding_hours=8)["funding_annual"],
            interest=stand_in_interest(margin["longs_coin"], margin["shorts_coin"], bars["close"]),
            fear_greed=read("fear_greed_daily_2018-2026.csv", "fear-greed")["fear_greed"],
        ),
        times,
    )  # fmt: skip
    assert set(found.missing) == {"sentiment"}
    assert found.failed == {"garch": 0, "har": 0}
    level = found.frame.loc["2024-01-01":, ["realised_30d", "ewma", "garch", "har", "implied"]]
    assert level.notna().all(axis=None)
    assert level.median().between(0.35, 0.60).all()
    assert level.corr(method="spearman").loc["implied"].min() > 0.3
