"""Positions reconstructed from open interest: against a slow book of positions, by hand, and its limits."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS

from cohortiv.comovement import comovement
from cohortiv.distribution.entry_profile import SIGNS, TierMix, line_factors
from cohortiv.distribution.reconstruction import Reconstruction, profile_of_reconstruction, reconstruct
from cohortiv.errors import DataError
from cohortiv.margin.schedule import BracketSchedule

pytestmark = ENGINE_WARNINGS
BRACKETS = BracketSchedule("venue", "BTC", "linear", date(2020, 1, 1), (0.0,), (0.005,), (0.0,), (100.0,), "made up")
MIX = TierMix((5.0, 10.0, 25.0), (0.5, 0.3, 0.2), "test")


def history(
    close: list[float], coins: list[float], *, low: list[float] | None = None, high: list[float] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hourly bars, flat but for given lows and highs, and open interest in coins at their ends."""
    times = pd.date_range("2026-02-18", periods=len(close), freq="h")
    bars = pd.DataFrame({"time": times, "high": high or close, "low": low or close, "close": close})
    return bars, pd.DataFrame({"time": times, "oi_usd": np.array(coins) * np.array(close)})


def random_history(seed: int, count: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A lively path with open interest that comes and goes."""
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, count)))
    swing = np.exp(np.abs(rng.normal(0, 0.02, (2, count))))
    coins = 50 * np.exp(np.cumsum(rng.normal(0, 0.1, count)))
    return history(list(close), list(coins), low=list(close / swing[0]), high=list(close * swing[1]))


def run(bars: pd.DataFrame, interest: pd.DataFrame, mix: TierMix = MIX) -> Reconstruction:
    """Reconstruction under the test's brackets."""
    return reconstruct(bars, interest, mix=mix, schedule=BRACKETS)


def slow(bars: pd.DataFrame, interest: pd.DataFrame) -> dict[tuple[str, float, float], float]:
    """The same rules on a list of positions, one after the other: side, leverage, entry -> coins."""
    factors = line_factors(MIX.leverages, BRACKETS)
    book: dict[tuple[str, float, float], float] = {}
    prices = bars[["low", "high", "close"]].to_numpy(dtype=float)
    for (low, high, close), usd in zip(prices, interest["oi_usd"], strict=True):
        for side in SIGNS:
            factor = dict(zip(MIX.leverages, factors[side], strict=True))
            held = {key: coins for key, coins in book.items() if key[0] == side}
            for key in held:
                line = key[2] * factor[key[1]]
                if (low <= line) if side == "long" else (high >= line):
                    del book[key]
            held = {key: coins for key, coins in book.items() if key[0] == side}
            total, wanted = sum(held.values()), usd / close
            for key in held:
                book[key] *= min(1.0, wanted / total)
            for leverage, share in zip(MIX.leverages, MIX.shares, strict=True):
                book[side, leverage, float(close)] = max(0.0, wanted - total) * share
    return {key: coins for key, coins in book.items() if coins > 0}


@pytest.mark.parametrize("seed", range(4))
def test_it_agrees_with_a_book_of_positions(seed: int) -> None:
    """Every side, multiplier and entry holds what a list of positions under the same rules holds."""
    bars, interest = random_history(seed, 150)
    found = run(bars, interest).holdings.set_index(["side", "leverage", "entry_price"])["coins"]
    expected = pd.Series(slow(bars, interest))
    joined = pd.concat([found, expected], axis=1, keys=["found", "expected"]).fillna(0.0)
    assert joined["found"].to_numpy() == pytest.approx(joined["expected"].to_numpy(), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_each_side_holds_the_open_interest(seed: int) -> None:
    """A contract has a long and a short, whatever was removed on the way."""
    bars, interest = random_history(seed, 80)
    held = run(bars, interest).holdings.groupby("side")["coins"].sum()
    expected = interest["oi_usd"].iloc[-1] / bars["close"].iloc[-1]
    assert held.to_numpy() == pytest.approx([expected, expected])


def test_no_open_position_has_a_line_that_was_touched() -> None:
    """Since its bar, no low has reached a long's line and no high a short's."""
    bars, interest = random_history(7, 200)
    for row in run(bars, interest).holdings.itertuples():
        since = bars.iloc[int((bars["close"] == row.entry_price).to_numpy().argmax()) + 1 :]
        assert row.line < since["low"].min() if row.side == "long" else row.line > since["high"].max()


def test_a_rise_opens_and_a_fall_closes_pro_rata() -> None:
    """10 coins at 100, 10 more at 110, then half of all is closed: 5 and 5 on each side."""
    found = run(*history([100.0, 110.0, 110.0], [10.0, 20.0, 10.0]), TierMix((2.0,), (1.0,), "test"))
    held = found.holdings.groupby(["side", "entry_price"])["coins"].sum()
    assert held.to_dict() == pytest.approx({(side, price): 5.0 for side in SIGNS for price in (100.0, 110.0)})


def test_a_rising_price_opens_nothing() -> None:
    """Open interest in USD rises with the price; in coins it stands still."""
    found = run(*history([100.0, 120.0], [10.0, 10.0]), TierMix((2.0,), (1.0,), "test"))
    assert set(found.holdings["entry_price"]) == {100.0}
    assert found.from_first_bar == pytest.approx(1.0)


def test_a_touched_line_removes() -> None:
    """A low of 85 takes the 10x longs of 100 away and leaves the shorts; what is missing is opened at the close."""
    mix = TierMix((10.0,), (1.0,), "test")
    found = run(*history([100.0, 99.0], [10.0, 10.0], low=[100.0, 85.0]), mix)
    entries = found.holdings.set_index("side")["entry_price"]
    assert entries.to_dict() == {"long": 99.0, "short": 100.0}
    assert found.touched_coins == pytest.approx({"long": 10.0, "short": 0.0})


def test_a_bar_does_not_touch_what_it_opens() -> None:
    """Positions are opened at the close, after the bar's low and high."""
    found = run(*history([100.0, 100.0], [10.0, 20.0], low=[50.0, 100.0], high=[200.0, 100.0]))
    assert found.touched_coins == {"long": 0.0, "short": 0.0}


def test_open_interest_of_zero_closes_all() -> None:
    """What comes after starts anew."""
    found = run(*history([100.0, 105.0, 110.0], [10.0, 0.0, 4.0]))
    assert set(found.holdings["entry_price"]) == {110.0}


def test_nothing_open_is_an_empty_profile() -> None:
    """No open interest at all is no error of the model."""
    found = run(*history([100.0, 100.0], [0.0, 0.0]))
    profile = profile_of_reconstruction(found, schedule=BRACKETS, comovement=comovement())
    assert profile.leveraged_notional_usd == 0.0


def test_only_the_past_enters() -> None:
    """Every later bar and open interest changed, the book at a bar is the same."""
    bars, interest = random_history(3, 100)
    later = bars.assign(
        **{name: bars[name].where(bars.index <= 60, 3 * bars[name]) for name in ("low", "high", "close")}
    )
    more = interest.assign(oi_usd=interest["oi_usd"].where(interest.index <= 60, 9.0))
    one, other = run(bars[:61], interest), run(later[:61], more)
    pd.testing.assert_frame_equal(one.holdings, other.holdings)


def test_gaps_of_open_interest_are_straight() -> None:
    """10 coins at the first bar and 30 at the third: 20 at the second."""
    bars, interest = history([100.0, 110.0, 110.0], [10.0, 99.0, 30.0])
    found = run(bars, interest.drop(index=1), TierMix((2.0,), (1.0,), "test"))
    held = found.holdings[found.holdings["side"] == "long"].groupby("entry_price")["coins"].sum()
    assert held.to_dict() == pytest.approx({100.0: 10.0, 110.0: 20.0})


def test_bars_without_open_interest_are_left_out() -> None:
    """Before its first and after its last time nothing is known."""
    bars, interest = random_history(1, 50)
    found = run(bars, interest[10:40])
    assert (found.bars, found.first_bar, found.as_of) == (30, bars["time"].iloc[10], bars["time"].iloc[39])


def test_too_short_a_history_is_refused() -> None:
    """One bar with open interest follows nothing."""
    bars, interest = random_history(1, 5)
    with pytest.raises(DataError, match="1 of 5 bars lie between the first and the last time of open interest"):
        run(bars, interest[:1])


def test_a_long_history_stays_exact() -> None:
    """Open interest that halves and doubles 600 times leaves the two sides equal to it."""
    count = 1200
    found = run(*history([100.0] * count, [float(10 + 10 * (i % 2)) for i in range(count)]))
    assert found.holdings.groupby("side")["coins"].sum().to_numpy() == pytest.approx([20.0, 20.0])


def test_a_profile_has_both_sides_of_each_contract() -> None:
    """10 coins of open interest at 100 USD are 2,000 USD of leveraged notional."""
    found = run(*history([100.0, 100.0], [10.0, 10.0]))
    profile = profile_of_reconstruction(found, schedule=BRACKETS, comovement=comovement())
    assert profile.leveraged_notional_usd == pytest.approx(2000.0)
    assert profile.origin["basis"] == "open interest"
