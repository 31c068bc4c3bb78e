"""What a tier adds to the log-odds of an event, by both models."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from cohortiv.validation.propensity import LEARNERS, Learner, fit, propensities
from cohortiv.validation.sample import BoolArray
from cohortiv.volatility import FloatArray


def mixes(rows: int = 400) -> tuple[FloatArray, BoolArray]:
    """Shares of three tiers, of which the last goes with events and the middle one never changes."""
    rng = np.random.default_rng(0)
    last = rng.uniform(0.1, 0.5, rows)
    shares = np.stack([0.8 - last, np.full(rows, 0.2), last], axis=1)
    return shares, rng.random(rows) < 1.0 / (1.0 + np.exp(-8.0 * (last - 0.4)))


@pytest.mark.parametrize("learner", LEARNERS)
def test_the_tier_that_goes_with_events_stands_out(learner: Learner) -> None:
    """Its propensity is the largest, that of a tier which never changes is 0."""
    shares, event = mixes()
    found = propensities(fit(learner, shares, event), shares)
    assert found[2] > 0.2
    assert found[1] == pytest.approx(0.0, abs=1e-12)
    assert int(np.argmax(found)) == 2


def test_logistic_propensity_is_the_coefficient() -> None:
    """For logistic regression it is the coefficient of the standardised share."""
    shares, event = mixes()
    spread = shares.std(axis=0)
    standard = (shares - shares.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
    model = LogisticRegression(C=0.1, solver="newton-cholesky").fit(standard, event)
    np.testing.assert_allclose(propensities(fit("logistic", shares, event), shares), model.coef_[0], atol=1e-9)


@pytest.mark.parametrize("learner", LEARNERS)
def test_log_odds_have_limits(learner: Learner) -> None:
    """Shares never seen give log-odds of 6 at most."""
    shares, event = mixes()
    assert np.abs(fit(learner, shares, event)(shares * 1e3)).max() <= 6.0


@pytest.mark.parametrize("learner", LEARNERS)
def test_fits_repeat(learner: Learner) -> None:
    """The same rows give the same model, to the last bit."""
    shares, event = mixes()
    first, second = (fit(learner, shares, event)(shares) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_other_learners_are_refused() -> None:
    """Only the named learners are known."""
    with pytest.raises(ValueError, match="allowed are logistic, boosting"):
        fit("forest", *mixes())  # type: ignore[arg-type]
