"""Tier shares as compositions: histories, zeros, coordinates."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from outlook_support import history

from cohortiv.comovement import Comovement
from cohortiv.distribution.composition import (
    checked_history,
    closed,
    composition_history,
    damped,
    history_step,
    log_ratio_coordinates,
    shares_at,
    undamped,
)
from cohortiv.errors import DataError
from cohortiv.profile import LiquidationProfile
from cohortiv.profile.cells import KEYS, MEASURES


def profile(*cells: tuple[str, int, int]) -> LiquidationProfile:
    """Cells of a time, a tier and cents of notional; the rest is nothing to a history."""
    rows = [
        dict.fromkeys((*KEYS, *MEASURES), 0) | {"as_of": pd.Timestamp(time), "tier": tier, "notional_cents": cents}
        for time, tier, cents in cells
    ]
    return LiquidationProfile(cells=pd.DataFrame(rows), comovement=Comovement(betas={}, kappas={}))


def test_a_history_holds_the_last_snapshot_of_each_period() -> None:
    """Shares of leveraged notional by tier; what isn't leveraged doesn't count."""
    book = profile(
        ("2026-02-01 06:00", 5, 900), ("2026-02-01 18:00", 5, 300), ("2026-02-01 18:00", 20, 100),
        ("2026-02-01 18:00", 0, 500), ("2026-02-02 09:00", 20, 70),
    )  # fmt: skip
    found = composition_history(book, "day", [5, 20])
    assert list(found.index) == [datetime(2026, 2, 1, 18), datetime(2026, 2, 2, 9)]  # noqa: DTZ001
    assert found.columns.equals(pd.Index([5.0, 20.0]))
    assert found.to_numpy().tolist() == [[0.75, 0.25], [0.0, 1.0]]


def test_a_tier_beside_the_edges_is_refused() -> None:
    """Its notional would be lost in silence."""
    with pytest.raises(ValueError, match=r"got tiers \[10\] in the profile; allowed are the edges \[5, 20\]"):
        composition_history(profile(("2026-02-01", 10, 1)), "day", [5, 20])


def test_nothing_leveraged_gives_no_history() -> None:
    """The message says what is needed."""
    with pytest.raises(DataError, match="no snapshot with leveraged notional"):
        composition_history(profile(("2026-02-01", 0, 1)))


@pytest.mark.parametrize(
    ("periods", "freq", "step"),
    [(26, "7D", "week"), (20, "D", "day"), (800, "D", "month"), (200, "D", "week"), (3, "31D", "month")],
)
def test_the_longest_step_with_enough_periods_is_chosen(periods: int, freq: str, step: str) -> None:
    """Of 24 periods; where there are fewer, the longest of those that leave most."""
    assert history_step(pd.date_range("2024-01-03", periods=periods, freq=freq)) == step


def test_a_sound_history_passes() -> None:
    """Unchanged."""
    pd.testing.assert_frame_equal(checked_history(history()), history())


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (history().iloc[:0], "without a period"),
        (history().iloc[::-1], "dates that are not in order"),
        (history().iloc[[0, 0]], "dates that are not in order"),
        (history().iloc[:, ::-1], "tier edges that are not in order"),
        (history() * 0.9, "30 periods whose shares are negative, missing or do not sum to 1"),
        (history().mask(history() > 0.5), "shares are negative, missing"),
    ],
    ids=["empty", "falling", "twice", "edges", "sum", "missing"],
)
def test_what_is_no_history_is_refused(frame: pd.DataFrame, words: str) -> None:
    """The message says what was got and what is allowed."""
    with pytest.raises(DataError, match=words):
        checked_history(frame)


def test_coordinates_by_hand() -> None:
    """Two parts: the log-ratio over the root of two, whatever the basis's sign."""
    assert abs(log_ratio_coordinates([0.2, 0.8])[0]) == pytest.approx(np.log(4) / np.sqrt(2))


def test_coordinates_keep_distances() -> None:
    """Between two compositions it is the distance of their centred logs: the transformation is isometric."""
    shares = np.random.default_rng(1).dirichlet(np.ones(6), size=2)
    logs = np.log(shares) - np.log(shares).mean(axis=1, keepdims=True)
    apart = log_ratio_coordinates(shares)
    assert np.linalg.norm(apart[0] - apart[1]) == pytest.approx(np.linalg.norm(logs[0] - logs[1]))


@pytest.mark.parametrize("parts", [1, 2, 7])
def test_coordinates_lead_back(parts: int) -> None:
    """From shares to coordinates to the same shares."""
    shares = np.random.default_rng(2).dirichlet(np.ones(parts), size=4)
    assert shares_at(log_ratio_coordinates(shares)) == pytest.approx(shares)


def test_far_coordinates_do_not_overflow() -> None:
    """One tier takes all."""
    assert shares_at([2_000.0]).sum() == pytest.approx(1.0)


def test_a_pseudo_share_goes_on_and_comes_off() -> None:
    """Zeros included."""
    shares = np.array([[0.0, 0.25, 0.75], [0.1, 0.2, 0.7]])
    assert damped(shares, 0.01).min() == pytest.approx(0.01 / 1.03)
    assert undamped(damped(shares, 0.01), 0.01) == pytest.approx(shares)


def test_a_share_under_the_pseudo_share_is_empty() -> None:
    """A draw may empty a tier, and shares still sum to 1."""
    assert undamped([0.001, 0.499, 0.5], 0.005) == pytest.approx(
        closed([0.0, 0.499 * 1.015 - 0.005, 0.5 * 1.015 - 0.005])
    )
