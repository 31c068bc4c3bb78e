"""Shapley values over the strands: they sum to the change, and agree with the definition by orders."""

import math
from itertools import permutations

import numpy as np
import pytest
from outlook_support import history, only, small

from cohortiv.config.assumptions import STRANDS, Strand
from cohortiv.distribution.attribution import Attribution, attribute, shapley_weights
from cohortiv.distribution.median_errors import median
from cohortiv.distribution.projection import project
from cohortiv.volatility import FloatArray


def high(draws: FloatArray) -> FloatArray:
    """Share at 10x or more of each draw."""
    found: FloatArray = draws[:, 2:].sum(axis=1)
    return found


@pytest.fixture(scope="module")
def attribution() -> Attribution:
    """All strands on."""
    return attribute(history(), small(), high)


def test_parts_sum_to_the_whole_change(attribution: Attribution) -> None:
    """To rounding, whatever the strands do to each other."""
    assert math.fsum(attribution.parts.values()) == pytest.approx(attribution.end - attribution.start, abs=1e-15)


def test_start_is_now_and_end_is_the_projection(attribution: Attribution) -> None:
    """The statistic of the snapshot, and of the projection with all strands."""
    assert attribution.start == pytest.approx(history().iloc[-1, 2:].sum())
    assert attribution.end == pytest.approx(median(high(project(history(), small()).draws)))


def test_growth_of_high_leverage_raises_and_a_cap_does_not_lower_what_is_at_it(attribution: Attribution) -> None:
    """Adoption pulls up; a cap at 10x moves within 10x or more and lets a little leave."""
    assert attribution.parts["adoption"] > 0.01
    assert -0.01 < attribution.parts["regulation"] <= 0.0


def test_parts_are_means_over_all_orders() -> None:
    """The definition, one order after the other."""
    worth = {
        frozenset(subset): float(np.random.default_rng(len(subset) * 7 + sum(map(len, subset))).random())
        for size in range(4)
        for subset in (order[:size] for order in permutations(STRANDS))
    }
    for player in STRANDS:
        gains = []
        for order in permutations(STRANDS):
            before: frozenset[Strand] = frozenset(order[: order.index(player)])
            gains.append(worth[before | {player}] - worth[before])
        found = sum(weight * worth[subset] for subset, weight in shapley_weights(player, STRANDS).items())
        assert found == pytest.approx(np.mean(gains))


def test_a_strand_that_is_off_has_no_part() -> None:
    """The one that acts has all of it."""
    found = attribute(history(), small(**only("adoption")), high)
    assert found.parts == {"history": 0.0, "adoption": found.end - found.start, "regulation": 0.0}


def test_errors_are_those_of_sums_on_the_same_draws(attribution: Attribution) -> None:
    """Regulation, which hardly moves this share, is known far better than history, which spreads it."""
    assert 0 < attribution.errors["regulation"] < 0.5 * attribution.errors["history"]
    assert attribute(history(), small(**only("adoption")), high).errors["history"] == 0


def test_parts_are_ready_to_plot(attribution: Attribution) -> None:
    """One row a strand, in the order in which they act."""
    assert attribution.frame["strand"].tolist() == list(STRANDS)


def test_a_statistic_must_be_finite() -> None:
    """A difference from infinity means nothing."""
    with pytest.raises(ValueError, match="allowed are finite numbers"):
        attribute(history(), small(), lambda draws: np.full(len(draws), math.inf))
