"""Volatility beside the index: from the marks of snapshots, or from prices that the user brings."""

import numpy as np
import pandas as pd
from cohort_support import ENGINE_WARNINGS, Results

from cohortiv.assessment.price_history import PriceHistory
from cohortiv.findings import Findings, volatility

pytestmark = ENGINE_WARNINGS


def prices(f: Findings, *, days: int = 400) -> PriceHistory:
    """Daily closes until the last snapshot."""
    last = pd.Timestamp(f.history["as_of"].iloc[-1]).floor("D")
    moves = np.random.default_rng(1).normal(scale=0.02, size=days)
    index = pd.date_range(end=last, periods=days, unit="us")
    return PriceHistory(pd.Series(60_000 * np.exp(np.cumsum(moves)), index=index), pd.Timedelta(days=1), "bars.csv")


def test_weekly_snapshots_are_too_far_apart(results: Results) -> None:
    """No figure then; the sentence says what to bring."""
    f = results.findings("solved")
    assert volatility.volatility_rows(f).empty
    words = volatility.volatility(f)
    assert words.title == "The history is too short for volatility beside it"
    assert "over 7 and 30 days; the parameter prices takes a file of prices" in words.reading


def test_prices_give_what_others_watch(results: Results) -> None:
    """Critical volatility first, then realised over both windows, EWMA and GARCH."""
    f = results.findings("solved")
    rows = volatility.volatility_rows(f, prices(f))
    names = list(dict.fromkeys(rows["name"]))
    assert names[0] == volatility.CRITICAL
    assert {"Realised volatility, 7 days", "Realised volatility, 30 days", "EWMA volatility"} <= set(names)
    assert len(names) <= 5
    words = volatility.volatility(f, prices(f))
    assert "is critical, realised" in words.title
    assert words.note == "Prices: bars.csv."


def test_the_critical_volatility_is_that_of_the_series(results: Results) -> None:
    """At each snapshot that is not withheld."""
    f = results.findings("solved")
    rows = volatility.volatility_rows(f, prices(f))
    own = rows.loc[rows["name"] == volatility.CRITICAL, "volatility"]
    shown = f.history["iv_index"].notna().to_numpy()
    np.testing.assert_allclose(own[shown], f.result.history["critical_volatility"][shown])


def test_prices_that_reach_back_too_little_are_named(results: Results) -> None:
    """With what is missing."""
    f = results.findings("solved")
    words = volatility.volatility(f, prices(f, days=40))
    assert "Too short for GARCH(1,1) forecast: bars.csv does not reach back far enough." in words.reading


def test_later_prices_change_nothing(results: Results) -> None:
    """A value at a snapshot stands on prices known by then."""
    f = results.findings("solved")
    held = prices(f)
    middle = pd.Timestamp(f.history["as_of"].iloc[len(f.history) // 2])
    changed = PriceHistory(held.closes.where(held.closes.index <= middle, held.closes * 2), held.step, held.name)
    one, two = (volatility.volatility_rows(f, each) for each in (held, changed))
    before = (one["as_of"] <= middle) & (one["name"] != "GARCH(1,1) forecast")
    pd.testing.assert_frame_equal(one[before], two[before])
