"""A score with a feature: what the feature adds, and that nothing later enters."""

import numpy as np
import pandas as pd
from signal_support import HORIZON, ahead, lasting, sampled, world

from cohortiv.validation.combined import with_feature
from cohortiv.validation.ranking import auroc, rank


def area(score: pd.Series, event: pd.Series) -> float:
    """AUROC of a score where it is there."""
    sample = sampled(score.to_numpy(), event)
    return float(auroc(rank(sample.score, sample.event)))


def halves() -> tuple[pd.Series, pd.Series, pd.Series]:
    """A score and a feature that drive an outcome together."""
    rng = np.random.default_rng(3)
    one, two = (lasting(rng, 3000) for _ in range(2))
    event = ahead((rng.random(3000) < 0.006 * np.exp(1.4 * one + 1.4 * two - 1.0)).astype(np.float64))
    return pd.Series(one, index=event.index), pd.Series(two, index=event.index), event


def test_a_feature_that_knows_something_adds_to_the_score() -> None:
    """Both together rank better than the score alone, on the rows that both have."""
    score, feature, event = halves()
    both = with_feature(score, feature, event, horizon_days=HORIZON)
    assert area(both, event) > area(score.where(both.notna()), event) + 0.03


def test_nothing_later_enters() -> None:
    """With every row after a day changed, all values up to it stay the same, to the last bit."""
    score, feature, event = halves()
    cut = 2000
    first = with_feature(score, feature, event, horizon_days=HORIZON)
    later = np.arange(3000) > cut
    other, turned = (part.mask(later, -part) for part in (score, feature))
    second = with_feature(other, turned, event.mask(later, ~event), horizon_days=HORIZON)
    # Outcomes of the last horizon before the cut are of days after it; no value up to the cut was fitted on them.
    assert first.iloc[: cut + 1].equals(second.iloc[: cut + 1])


def test_rows_without_a_feature_have_no_value() -> None:
    """Nor those without an outcome, and nothing is filled."""
    score, feature, event = halves()
    feature = feature.where(np.arange(3000) % 2 == 0)
    both = with_feature(score, feature, event, horizon_days=HORIZON)
    assert both[feature.isna()].isna().all()
    assert both[event.isna()].isna().all()
    assert both.notna().any()


def test_no_feature_is_no_signal() -> None:
    """Without texts there is nothing to combine."""
    risk, event = world(0, rows=100)
    nothing = pd.Series(np.nan, index=event.index)
    assert with_feature(pd.Series(risk, index=event.index), nothing, event, horizon_days=HORIZON).isna().all()
