"""Which series goes with which outcome, and why two cannot be held together."""

from dataclasses import replace

import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS
from study_support import as_read, bars, feed_file, solved, study_data, without_feed

from cohortiv.config.study import InterestFile
from cohortiv.config.validation import load_outcomes
from cohortiv.study.outcome_pairs import Candidate, candidates, interest_of, outcome_of, why_not

pytestmark = ENGINE_WARNINGS


def candidate(outcome: str, *, feed: str = "feed") -> Candidate:
    """The made-up series with an outcome."""
    return Candidate(solved(), feed, "Feed", load_outcomes().definition(outcome), primary=False)


def test_the_primary_pair_is_first_and_feeds_go_with_their_kind() -> None:
    """Liquidations go with the feed, what prices touched with the profile's own lines."""
    found = candidates([solved()], study_data(0.0), load_outcomes())
    assert [(each.feed, each.definition.name, each.primary) for each in found] == [
        ("feed", "liquidated-7d", True), ("own-lines", "touched-7d", False),
    ]  # fmt: skip


def test_a_share_needs_open_interest() -> None:
    """Without open interest the pair says so."""
    assert why_not(candidate("liquidated-share-7d"), study_data(0.0)) == "no open interest is given to divide by"


def test_touching_needs_high_and_low() -> None:
    """Closing prices alone say nothing of what was touched."""
    data = without_feed()
    closes = replace(data, prices=replace(data.prices, frame=data.prices.frame[["close"]]))
    assert "no open, high, low" in why_not(candidate("touched-7d", feed="own-lines"), closes)


def test_bars_must_make_up_the_horizon() -> None:
    """Bars of two days don't make up seven."""
    data = without_feed()
    longer = replace(data, prices=replace(data.prices, step=pd.Timedelta(days=2)))
    assert "don't make up a horizon of 7 days" in why_not(candidate("touched-7d", feed="own-lines"), longer)


def test_a_side_must_be_in_the_feed() -> None:
    """A feed of sums has no longs."""
    longs = candidate("liquidated-7d").definition.model_copy(update={"side": "long"})
    assert why_not(replace(candidate("liquidated-7d"), definition=longs), study_data(0.0)) == "the feed has no long_usd"


def test_what_followed_a_time() -> None:
    """The outcome has the series' own times, and is missing where the feed ends."""
    made = outcome_of(candidate("liquidated-7d"), study_data(0.0), version="outcomes-1")
    assert made.frame.index.equals(solved().frame.index)
    assert made.frame["why"].iloc[-1] == "data end before the horizon"
    assert made.unit == "USD"


def test_a_stand_in_is_called_one() -> None:
    """Margin longs and shorts in place of open interest carry their label."""
    coins = pd.DataFrame({"longs_coin": 2.0, "shorts_coin": 1.0}, index=bars().index)
    file = InterestFile(file="margin.csv", kind="margin", title="Margin of one venue")
    data = replace(study_data(0.0), comparators={"open_interest": (file, as_read("margin", coins))})
    held, label = interest_of(data)
    assert label == "Margin of one venue, a stand-in for open interest"
    assert held is not None
    assert held.iloc[-1] == pytest.approx(3.0 * bars()["close"].iloc[-1])
    share = outcome_of(candidate("liquidated-share-7d"), data, version="outcomes-1")
    assert share.base == label


def test_the_title_names_series_outcome_and_feed() -> None:
    """Readers see all three."""
    told = candidate("liquidated-7d").title
    assert told == "Reconstructed: USD liquidated in the next seven days (Feed)"
    assert feed_file().covers == "Made up"
