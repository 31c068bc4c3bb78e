"""The empirical hit law: steps, scaling, limits, and normal returns."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cohortiv.volatility import (
    CriticalStatus,
    EmpiricalLaw,
    FloatArray,
    empirical_law,
    gbm_hit_probability,
    solve_critical_volatility,
)

LAW = EmpiricalLaw(minima=np.array([-2.0, -1.0, -0.5, 0.0]), maxima=np.array([0.0, 0.4, 1.0, 3.0]))


def normal_closes(bars: int) -> FloatArray:
    """Closes of seeded normal returns of 0.1 % a bar."""
    rng = np.random.default_rng(4)
    prices: FloatArray = 100.0 * np.exp(np.cumsum(rng.normal(0.0, 1e-3, bars)))
    return prices


def test_share_by_hand() -> None:
    """Of four past horizons one fell two deviations, two fell at least one, three at least a half."""
    assert LAW([-0.4, -0.2, -0.1], 0.2).tolist() == [0.25, 0.5, 0.75]
    assert LAW([0.08, 0.2, 0.6, 0.61], 0.2).tolist() == [0.75, 0.5, 0.25, 0.0]


def test_ends() -> None:
    """At the line certain, without a line never, without volatility nothing, in the limit whoever moved that way."""
    assert LAW([0.0, np.nan, -np.inf, np.inf], 0.2).tolist() == [1.0, 0.0, 0.0, 0.0]
    assert LAW([0.0, -0.1, 0.1], 0.0).tolist() == [1.0, 0.0, 0.0]
    assert LAW([0.0, -0.1, 0.1, np.nan], np.inf).tolist() == [1.0, 0.75, 0.75, 0.0]


def test_chance_never_falls_with_v() -> None:
    """More volatility never touches less, on a grid with steps."""
    table = LAW(np.array([-0.3, -0.1, 0.1, 0.3]), np.linspace(0.0, 3.0, 301)[:, np.newaxis])
    assert (np.diff(table, axis=0) >= 0.0).all()


def test_steps_give_the_smallest_volatility() -> None:
    """The critical volatility under steps is the first v that touches enough: 0.1 / 2 for a quarter of all paths."""
    critical = solve_critical_volatility([1.0], [-0.1], critical_mass=0.15, law=LAW)
    assert critical.single_v == pytest.approx(0.05, rel=1e-12)
    assert float(LAW(-0.1, critical.single_v)) == 0.25


def test_too_few_paths_that_way_are_unreachable() -> None:
    """A mass over the share of horizons that went that way at all is out of reach."""
    critical = solve_critical_volatility([1.0], [-0.1], critical_mass=0.8, law=LAW)
    assert critical.single_status is CriticalStatus.UNREACHABLE


def test_history_by_hand() -> None:
    """Three bars up, down, up: horizons of one bar move by their own return, scaled by its deviation."""
    law = empirical_law([1.0, math.e, 1.0, math.e], horizon_bars=1)
    deviation, mean = math.sqrt(8.0 / 9.0), 1.0 / 3.0
    np.testing.assert_allclose(law.maxima * deviation, [0.0, 1.0 - mean, 1.0 - mean], atol=1e-12)
    np.testing.assert_allclose(law.minima * deviation, [-1.0 - mean, 0.0, 0.0], atol=1e-12)


def test_extremes_between_closes_count() -> None:
    """With lows and highs a touch within a bar is seen."""
    closes = normal_closes(500)
    plain = empirical_law(closes, horizon_bars=24)
    full = empirical_law(closes, horizon_bars=24, lows=closes * 0.98, highs=closes * 1.02)
    assert (full.minima < plain.minima).all()
    assert (full.maxima > plain.maxima).all()


def test_normal_returns_are_near_the_default_law() -> None:
    """On normal returns at a small v the chances are those of first passage, within what bars and samples allow."""
    law = empirical_law(normal_closes(200_000), horizon_bars=400)
    for distance in (-0.03, -0.015, 0.015, 0.03):
        assert float(law(distance, 0.02)) == pytest.approx(float(gbm_hit_probability(distance, 0.02)), abs=0.04)


@pytest.mark.parametrize(
    ("closes", "bars", "message"),
    [
        ([1.0, 2.0], 2, "got 2 closes for a horizon of 2"),
        ([1.0, 2.0], 0, "horizon of 0"),
        ([1.0, 1.0, 1.0], 1, "never move"),
        ([1.0, -1.0, np.nan], 1, "got 2 of 3 closes"),
        ([[1.0, 2.0]], 1, "closes of shape"),
    ],
)
def test_bad_histories_are_refused(closes: list[float], bars: int, message: str) -> None:
    """A history has enough bars, finite positive prices, and moves."""
    with pytest.raises(ValueError, match=message):
        empirical_law(closes, horizon_bars=bars)


def test_extremes_must_fit_the_closes() -> None:
    """Lows are of the same bars as the closes."""
    with pytest.raises(ValueError, match="lows of shape"):
        empirical_law([1.0, 2.0, 3.0], horizon_bars=1, lows=[1.0, 2.0])


def test_bad_v_is_refused() -> None:
    """Negative and NaN v are counted."""
    with pytest.raises(ValueError, match="got 2 values of v"):
        LAW(-0.1, [-0.1, np.nan])


def test_real_weeks_have_fat_tails(real_data: Path) -> None:
    """Bitcoin's weeks of 2023-26 touch far lines more often than the default law at the same volatility."""
    bars = pd.read_csv(real_data / "btcusdt_perp_1h_2023-2026.csv.gz")
    law = empirical_law(
        bars["close"].to_numpy(), horizon_bars=168, lows=bars["low"].to_numpy(), highs=bars["high"].to_numpy()
    )
    v = 0.45 * math.sqrt(7.0 / 365.0)
    assert float(law(-0.2, v)) > 2.0 * float(gbm_hit_probability(-0.2, v))
