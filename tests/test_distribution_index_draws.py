"""Draws of the IV Index: values, band, code probabilities and the fan over dates."""

import math
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from cohort_support import ENGINE_WARNINGS

from cohortiv.assessment import Settings, assess, read_cohort
from cohortiv.distribution.hit_table import HitTable, hit_table
from cohortiv.distribution.index_draws import (
    IndexDraws,
    code_shares,
    index_band,
    index_draws,
    index_fan,
)
from cohortiv.early_warning import Thresholds
from cohortiv.schema import TIER_EDGES
from cohortiv.volatility import critical_volatility_of, line_book

pytestmark = ENGINE_WARNINGS
DATES = (datetime(2026, 9, 30), datetime(2026, 12, 31))  # noqa: DTZ001 - house times are UTC without zone


def two_tiers(low: float = -0.2, high: float = -0.1) -> HitTable:
    """A table of one line in each of two tiers."""
    nodes = pd.DataFrame({"tier": [5, 10], "weight": [1.0, 1.0], "distance": [low, high]})
    return hit_table(nodes.assign(second_distance=np.nan, kappa=1.0), (5, 10))


def draws_of(*index: list[float]) -> IndexDraws:
    """Draws with the given indices, one list a date."""
    critical = critical_volatility_of(line_book([1.0], [-0.1]))
    return IndexDraws(index=np.array(index), critical=critical, reference_volatility=0.4)


def test_printed_checks_at_the_corners() -> None:
    """All notional in one tier with its line 10 or 20 % below gives the printed indices."""
    table = two_tiers(math.log(0.8), math.log(0.9))
    np.testing.assert_allclose(index_draws(table, np.eye(2)).index, [37.161, 77.131], atol=5e-4)


def test_more_leverage_more_fragile() -> None:
    """The index rises with the share of the tier whose line is nearer."""
    share = np.linspace(0.0, 1.0, 21)
    index = index_draws(two_tiers(), np.stack([1.0 - share, share], axis=1)).index
    assert np.diff(index).min() > 0.0


def test_horizon_and_reference_scale_the_index() -> None:
    """The index goes with the root of the horizon and with the reference volatility."""
    mixes = [[0.5, 0.5]]
    usual = index_draws(two_tiers(), mixes)
    other = index_draws(two_tiers(), mixes, horizon_days=28.0, reference_volatility=0.6)
    np.testing.assert_allclose(other.index, 3.0 * usual.index, rtol=1e-12)


def test_unreachable_and_past_draws() -> None:
    """A mix that no volatility takes to critical mass has index 0, one past its lines an infinite one."""
    index = index_draws(two_tiers(math.nan, 0.0), [[0.9, 0.1], [0.5, 0.5]]).index
    np.testing.assert_array_equal(index, [0.0, np.inf])


def test_critical_mass_is_passed_on() -> None:
    """A larger critical mass takes more volatility."""
    small, large = (index_draws(two_tiers(), [[0.5, 0.5]], critical_mass=mass).index[0] for mass in (0.1, 0.3))
    assert small > large


@pytest.mark.parametrize("shape", [(2,), (0, 2)])
def test_draws_need_an_axis_and_a_draw(shape: tuple[int, ...]) -> None:
    """One mix alone, or no draws, are refused."""
    with pytest.raises(ValueError, match="one draw or more"):
        index_draws(two_tiers(), np.ones(shape))


def test_band_by_hand() -> None:
    """Of the numbers 1 to 100 the median is the 50th and the band runs from the 5th to the 95th."""
    band = index_band(draws_of([float(number) for number in range(100, 0, -1)]))
    assert (band.low.tolist(), band.median.tolist(), band.high.tolist()) == ([5.0], [50.0], [95.0])


def test_band_with_infinite_draws() -> None:
    """Infinite draws are at the top of the order and make no NaN."""
    band = index_band(draws_of([20.0, math.inf, math.inf, 0.0]))
    assert (band.low.tolist(), band.median.tolist(), band.high.tolist()) == ([0.0], [20.0], [math.inf])


@pytest.mark.parametrize("level", [0.0, 1.0, math.nan])
def test_bad_levels_are_refused(level: float) -> None:
    """A level lies between 0 and 1."""
    with pytest.raises(ValueError, match="got a level of"):
        index_band(draws_of([1.0]), level=level)


def test_code_shares_count_edges_as_the_codes_do() -> None:
    """30 and 60 are Yellow, infinity is Red, 0 Green; the three sum to 1."""
    (codes,) = code_shares(draws_of([0.0, 29.9, 30.0, 60.0, 60.1, math.inf, 45.0, 45.0]))
    assert (codes.green, codes.yellow, codes.red) == (0.25, 0.5, 0.25)


def test_code_shares_by_other_thresholds() -> None:
    """Thresholds of a cohort file are used."""
    (codes,) = code_shares(draws_of([20.0, 45.0]), Thresholds(yellow=10.0, red=40.0))
    assert (codes.green, codes.yellow, codes.red) == (0.0, 0.5, 0.5)


def test_fan_by_hand() -> None:
    """One row a date, with its own band and codes."""
    fan = index_fan(draws_of([10.0, 20.0, 40.0], [20.0, 40.0, 70.0]), DATES)
    expected = pd.DataFrame(
        {
            "as_of": pd.Series(DATES),
            "low": [10.0, 20.0],
            "median": [20.0, 40.0],
            "high": [40.0, 70.0],
            "green": [2 / 3, 1 / 3],
            "yellow": [1 / 3, 1 / 3],
            "red": [0.0, 1 / 3],
        }
    )
    pd.testing.assert_frame_equal(fan, expected)


def test_fan_is_each_date_alone() -> None:
    """Dates solved together have the indices that each has alone."""
    mixes = np.random.default_rng(4).dirichlet((2.0, 3.0), (2, 50))
    together = index_draws(two_tiers(), mixes)
    alone = [index_draws(two_tiers(), part).index for part in mixes]
    np.testing.assert_allclose(together.index, alone, rtol=1e-10)
    assert len(index_fan(together, DATES)) == 2


def test_todays_mix_of_real_positions_has_todays_index(real_data: Path) -> None:
    """The tier mix of BTC on 2026-02-18 itself gives the index of that snapshot, 50.7827."""
    settings = Settings(
        positions=f"hyperliquid:{real_data / 'hl_positions_2026-02.parquet'}",
        as_of="2026-02-18",
        symbol="BTC",
        max_excluded=1.0,
    )
    nodes = assess(settings, read_cohort(settings, for_report=False, say=lambda _: None)).nodes
    shares = nodes.groupby("tier")["weight"].sum() / nodes["weight"].sum()
    table = hit_table(nodes, TIER_EDGES)
    found = index_draws(table, [shares.reindex(TIER_EDGES, fill_value=0.0)]).index
    assert found == pytest.approx([50.7827], abs=1e-3)


def test_fan_wants_a_date_for_each_row() -> None:
    """Dates and rows of draws go together."""
    with pytest.raises(ValueError, match="got 2 dates for draws"):
        index_fan(draws_of([1.0, 2.0]), DATES)
