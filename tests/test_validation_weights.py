"""Learned weights: found where they are, equal where the data do not speak."""

import math

import numpy as np
import pandas as pd
import pytest
from signal_support import HORIZON, ahead, days, lasting

from cohortiv.errors import DataError
from cohortiv.validation.propensity import Learner
from cohortiv.validation.weights import LARGEST_WEIGHT, TierWeights, learn_weights, tier_weights

EDGES = [2.0, 5.0, 20.0, 50.0]


def history(seed: int, *, rows: int = 900, pull: float = 0.0) -> tuple[pd.DataFrame, pd.Series]:
    """Tier shares that move, and an outcome that the highest tier's share drives."""
    rng = np.random.default_rng(seed)
    masses = np.exp(np.stack([0.5 * lasting(rng, rows, memory=0.9) for _ in EDGES], axis=1))
    shares = masses / masses.sum(axis=1, keepdims=True)
    drive = (shares[:, 3] - shares[:, 3].mean()) / shares[:, 3].std()
    shocks = (rng.random(rows) < 0.012 * np.exp(pull * drive - 0.5 * pull)).astype(np.float64)
    return pd.DataFrame(shares, index=days(rows), columns=EDGES), ahead(shocks)


def learned(
    shares: pd.DataFrame, event: pd.Series, *, learner: Learner = "logistic", permutations: int = 39
) -> TierWeights:
    """Weights from a fixed seed, with few rotations."""
    rng = np.random.default_rng(0)
    return learn_weights(shares, event, horizon_days=HORIZON, rng=rng, learner=learner, permutations=permutations)


@pytest.mark.parametrize("learner", ["logistic", "boosting"])
def test_a_tier_that_triggers_is_found(learner: Learner) -> None:
    """The tier that drives the outcome has the largest weight, over 1."""
    found = learned(*history(1, pull=2.0), learner=learner, permutations=19)
    assert (found.status, found.weights.idxmax()) == ("learned", 50.0)
    assert found.weights[50.0] > 1.2
    assert (found.skill > 0.0, found.p_value <= 0.05, 0.0 < found.strength <= 1.0) == (True, True, True)
    assert found.own_skill <= found.skill


def test_noise_leaves_equal_weights() -> None:
    """Of twelve histories in which no tier matters at most three get weights, at a test of 5 %."""
    statuses = [learned(*history(seed)).status for seed in range(12)]
    assert statuses.count("learned") <= 3


def test_equal_weights_are_one() -> None:
    """Where nothing is learned every weight is 1 and the strength 0."""
    found = next(each for each in (learned(*history(seed)) for seed in range(5)) if each.status != "learned")
    assert (set(found.weights), found.strength) == ({1.0}, 0.0)


def test_weights_average_to_one() -> None:
    """Under the mean mix weights that are not cut average to 1."""
    mix = np.array([0.1, 0.2, 0.3, 0.4])
    weights = tier_weights(np.array([-0.3, 0.0, 0.2, 0.5]), mix, strength=0.7)
    assert float(weights @ mix) == pytest.approx(1.0)
    assert weights[3] / weights[0] == pytest.approx(math.exp(0.7 * 0.8))


def test_weights_have_limits() -> None:
    """None is over four or under a quarter, and without strength all are 1."""
    mix = np.full(2, 0.5)
    assert tier_weights(np.array([-9.0, 9.0]), mix, strength=1.0).tolist() == pytest.approx([1.0 / LARGEST_WEIGHT, 2.0])
    assert tier_weights(np.array([-9.0, 9.0]), mix, strength=0.0).tolist() == [1.0, 1.0]


def test_few_events_teach_nothing() -> None:
    """Under ten independent events weights are equal, and the status says why."""
    shares, event = history(0, rows=120)
    found = learned(shares, event.where(event.isna(), other=False))
    assert (found.status, found.events, math.isnan(found.skill)) == ("equal: too few events", 0, True)
    assert found.propensity.isna().all()


def test_a_past_of_one_class_teaches_nothing() -> None:
    """Where every event lies in the last stretch there is nothing to test on."""
    shares, event = history(0, rows=600)
    late = pd.Series(pd.array([False] * 510 + ([True] + [False] * 8) * 10, dtype="boolean"), index=event.index)
    found = learned(shares, late)
    assert (found.events, found.status) == (10, "equal: no stretch with both classes before it")


def test_rows_with_gaps_are_left_out() -> None:
    """A missing share or outcome takes the row away; the rest is counted."""
    shares, event = history(0)
    shares.iloc[5, 0] = math.nan
    assert learned(shares, event, permutations=1).rows == 900 - HORIZON - 1


def test_the_seed_decides() -> None:
    """Equal generators give equal results."""
    first, second = (learned(*history(1, pull=2.0)) for _ in range(2))
    pd.testing.assert_series_equal(first.weights, second.weights)
    assert (first.p_value, first.skill) == (second.p_value, second.skill)


def test_times_must_be_common_and_single() -> None:
    """Other times, repeated times and times that fall are refused."""
    shares, event = history(0, rows=60)
    with pytest.raises(DataError, match="different times"):
        learned(shares, event.iloc[1:])
    with pytest.raises(DataError, match="times repeat"):
        learned(pd.concat([shares.iloc[:1], shares]), pd.concat([event.iloc[:1], event]))
    with pytest.raises(DataError, match="times that fall"):
        learned(shares[::-1], event[::-1])
