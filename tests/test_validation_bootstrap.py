"""Block bootstrap: blocks as long as the risk lives, intervals that are seeded, and what has none."""

import math
from functools import partial

import numpy as np
import pytest
from arch.bootstrap import optimal_block_length
from signal_support import HORIZON, lasting, sampled, world

from cohortiv.validation.bootstrap import (
    auroc_parts,
    block_length,
    interval,
    intervals,
    resample_weights,
    sample_block,
)
from cohortiv.validation.ranking import auroc, average_precision, rank
from cohortiv.volatility import FloatArray


def mean_of(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Mean of values under weights."""
    found: FloatArray = weights @ values / weights.sum(axis=-1)
    return found


def test_block_length_is_the_choice_of_arch() -> None:
    """A long memory asks for long blocks, those that `arch` chooses."""
    series = lasting(np.random.default_rng(0), 600, memory=0.9)
    assert block_length(series) == pytest.approx(float(optimal_block_length(series)["stationary"].iloc[0]))
    assert block_length(series) > 3.0 * block_length(np.random.default_rng(0).normal(size=600))


@pytest.mark.parametrize(("rows", "at_least", "expected"), [(600, 7.0, 7.0), (600, 900.0, 200.0), (12, 7.0, 4.0)])
def test_block_length_has_its_limits(rows: int, at_least: float, expected: float) -> None:
    """It is a horizon at least and a third of the rows at most, also for a series that never changes."""
    assert block_length(np.zeros(rows), at_least=at_least) == expected


def test_parts_average_to_nothing() -> None:
    """Influences are deviations: their mean is 0, and events' parts grow with the score."""
    risk, event = world(0)
    sample = sampled(risk, event)
    parts = auroc_parts(sample.score, sample.event)
    assert parts.mean() == pytest.approx(0.0, abs=1e-12)
    assert np.corrcoef(parts[sample.event], sample.score[sample.event])[0, 1] > 0.5


def test_a_sample_block_is_a_horizon_at_least() -> None:
    """Labels of one horizon overlap, so no block is shorter."""
    _, event = world(0)
    noise = np.random.default_rng(1).normal(size=len(event))
    assert sample_block(sampled(noise, event)) >= HORIZON


def test_resamples_keep_the_number_of_rows() -> None:
    """Each resample has as many rows as the sample, whatever the chunks."""
    chunks = list(resample_weights(50, block_rows=5.0, draws=40, rng=np.random.default_rng(0)))
    weights = np.concatenate(chunks)
    assert weights.shape == (40, 50)
    assert set(weights.sum(axis=1).tolist()) == {50.0}


def test_interval_of_a_mean_is_that_of_theory() -> None:
    """For independent rows the interval of a mean is about 1.96 standard errors either way."""
    values = np.random.default_rng(0).normal(size=400)
    found = interval(partial(mean_of, values), 400, block_rows=1.0, rng=np.random.default_rng(1), draws=4000)
    reach = 1.96 * values.std() / 20.0
    assert (found.low, found.high) == pytest.approx((found.value - reach, found.value + reach), abs=0.1 * reach)


def test_long_blocks_widen_the_interval() -> None:
    """Where risk lives long, blocks give an interval several times that of single rows."""
    values = lasting(np.random.default_rng(0), 1000)
    widths = []
    for block in (1.0, block_length(values)):
        found = interval(partial(mean_of, values), 1000, block_rows=block, rng=np.random.default_rng(1))
        widths.append(found.high - found.low)
    assert widths[1] > 2.0 * widths[0]


def test_the_seed_decides() -> None:
    """Equal generators give equal intervals."""
    risk, event = world(0)
    sample = sampled(risk, event)
    statistic = partial(auroc, rank(sample.score, sample.event))
    first, second = (
        interval(statistic, len(sample.times), block_rows=20.0, rng=np.random.default_rng(3), draws=50)
        for _ in range(2)
    )
    assert first == second


def test_statistics_share_their_resamples() -> None:
    """A statistic asked for beside another has the interval it has alone."""
    risk, event = world(1)
    sample = sampled(risk, event)
    ranking = rank(sample.score, sample.event)
    both = intervals(
        {"area": partial(auroc, ranking), "precision": partial(average_precision, ranking)},
        len(sample.times),
        block_rows=20.0,
        rng=np.random.default_rng(3),
        draws=50,
    )
    alone = interval(
        partial(auroc, ranking), len(sample.times), block_rows=20.0, rng=np.random.default_rng(3), draws=50
    )
    assert both["area"] == alone


def test_few_rows_have_no_interval() -> None:
    """Under twenty rows the value stands alone, and the status says so."""
    found = interval(partial(mean_of, np.ones(10)), 10, block_rows=2.0, rng=np.random.default_rng(0))
    assert (found.value, found.status, found.draws) == (1.0, "too few rows", 0)
    assert math.isnan(found.low)


def test_void_resamples_are_counted() -> None:
    """One short event is missing from many resamples: the interval is withheld and says why."""
    event = np.arange(200) == 100
    ranking = rank(np.random.default_rng(0).normal(size=200), event)
    found = interval(partial(auroc, ranking), 200, block_rows=10.0, rng=np.random.default_rng(0), draws=200)
    assert found.void > 20
    assert (found.status, math.isnan(found.high)) == ("too many resamples without a value", True)


@pytest.mark.parametrize(("level", "draws"), [(0.0, 10), (1.0, 10), (0.9, 0)])
def test_bad_levels_and_draws_are_refused(level: float, draws: int) -> None:
    """A level lies between 0 and 1, and there is one draw at least."""
    with pytest.raises(ValueError, match="got level"):
        interval(
            partial(mean_of, np.ones(30)), 30, block_rows=2.0, rng=np.random.default_rng(0), draws=draws, level=level
        )
