"""The index under tier weights, beside the unweighted one."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from book_support import Desk, position
from cohort_support import ENGINE_WARNINGS
from signal_support import HORIZON, ahead, days, lasting

from cohortiv.engine import connect
from cohortiv.profile import LiquidationProfile
from cohortiv.validation.weighted_index import weighted_index, weights_known_at

pytestmark = ENGINE_WARNINGS


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An engine and a folder."""
    return Desk(tmp_path, connect(threads=1))


def profile_of(desk: Desk, leverages: list[float]) -> LiquidationProfile:
    """Isolated longs of equal size at the given multipliers."""
    rows = [position(account_id=f"a{place}", leverage=leverage) for place, leverage in enumerate(leverages)]
    return desk.solve(rows).profile().profile


def test_equal_weights_change_nothing(desk: Desk) -> None:
    """With one weight for all tiers, whatever it is, both indices are the same."""
    found = weighted_index(profile_of(desk, [2.0, 10.0, 50.0]), pd.Series(3.0, index=[2.0, 10.0, 50.0]))
    assert found.weighted == pytest.approx(found.unweighted, rel=1e-12)
    assert found.unweighted_tiers == ()


def test_a_weight_is_so_many_positions(desk: Desk) -> None:
    """Three times the weight is three times the notional, in numerator and denominator."""
    weighted = weighted_index(profile_of(desk, [5.0, 20.0]), pd.Series({5.0: 1.0, 20.0: 3.0}))
    repeated = weighted_index(profile_of(desk, [5.0, 20.0, 20.0, 20.0]), pd.Series({5.0: 1.0, 20.0: 1.0}))
    assert weighted.weighted == pytest.approx(repeated.unweighted, rel=1e-9)


def test_weight_on_high_tiers_raises_the_index(desk: Desk) -> None:
    """The more the near lines weigh, the higher the index."""
    profile = profile_of(desk, [2.0] * 4 + [50.0])
    indices = [weighted_index(profile, pd.Series({2.0: 1.0, 50.0: weight})).weighted for weight in (0.25, 1.0, 4.0)]
    assert indices == sorted(set(indices))


def test_tiers_without_a_weight_count_once(desk: Desk) -> None:
    """They are named, and stand as if their weight were 1."""
    profile = profile_of(desk, [5.0, 20.0])
    found = weighted_index(profile, pd.Series({20.0: 2.0}))
    assert found.unweighted_tiers == (5,)
    assert found.weighted == weighted_index(profile, pd.Series({5.0: 1.0, 20.0: 2.0})).weighted


def test_nothing_leveraged_has_no_index(desk: Desk) -> None:
    """Both are NaN."""
    found = weighted_index(profile_of(desk, [1.0]), pd.Series({5.0: 1.0}))
    assert (math.isnan(found.unweighted), math.isnan(found.weighted)) == (True, True)


@pytest.mark.parametrize("weight", [-1.0, math.nan, math.inf])
def test_bad_weights_are_refused(desk: Desk, weight: float) -> None:
    """A weight is finite and not negative."""
    with pytest.raises(ValueError, match="got 1 tier weights"):
        weighted_index(profile_of(desk, [5.0]), pd.Series({5.0: weight}))


def test_weights_know_no_future() -> None:
    """With every share after a time and every outcome not known by then changed, the weights at it are the same."""
    rng = np.random.default_rng(0)
    rows, cut = 600, 400
    masses = np.exp(np.stack([lasting(rng, rows, memory=0.9) for _ in range(3)], axis=1))
    shares = pd.DataFrame(masses / masses.sum(axis=1, keepdims=True), index=days(rows), columns=[2.0, 10.0, 50.0])
    event = ahead((rng.random(rows) < 0.15 * shares[50.0].to_numpy() ** 2).astype(np.float64))
    changed_shares, changed_event = shares.copy(), event.copy()
    changed_shares.iloc[cut + 1 :] = shares.iloc[: rows - cut - 1].to_numpy()
    changed_event.iloc[cut - HORIZON + 1 :] = True
    before, after = (
        weights_known_at(s, e, at=[days(rows)[cut]], horizon_days=HORIZON, rng=np.random.default_rng(1))[0]
        for s, e in ((shares, event), (changed_shares, changed_event))
    )
    assert before.rows == cut - HORIZON + 1
    pd.testing.assert_series_equal(before.weights, after.weights)
    assert (before.skill, before.p_value, before.status) == (after.skill, after.p_value, after.status)
