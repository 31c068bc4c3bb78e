"""Backtest of the index: what each forecast is handed, how it is scored, and bands with and without distances."""

import numpy as np
import pandas as pd
import pytest
from outlook_support import index_past

from cohortiv.config.outlook_strands import DistanceComponent
from cohortiv.distribution.backtest import PROJECTION
from cohortiv.distribution.forecasts import persistence
from cohortiv.distribution.index_backtest import INDEX, MIX_ALONE, index_backtest
from cohortiv.distribution.index_history import IndexHistory
from cohortiv.errors import DataError
from cohortiv.volatility import FloatArray

ON, OFF = DistanceComponent(), DistanceComponent(enabled=False)
PERIODS = 30


def rng(seed: int = 5) -> np.random.Generator:
    """A stream that is the same each time."""
    return np.random.default_rng(seed)


def past(*, seed: int = 1, periods: int = PERIODS) -> IndexHistory:
    """Distances on a random walk of 10 % a period, at a mix that stays."""
    levels = 30 * np.exp(0.1 * rng(seed).standard_normal(periods).cumsum())
    return index_past(levels=list(levels), shares=[0.5] * periods)


def still(history: pd.DataFrame, _steps: int, _rng: np.random.Generator, /) -> FloatArray:
    """The last mix in each of 500 draws."""
    return np.tile(history.to_numpy()[-1], (500, 1))


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """By model."""
    return found.set_index("model")


def test_distances_give_the_band_its_coverage() -> None:
    """Where the mix stays, the band of the mix alone is a point and holds nothing; with distances it is sound."""
    rows = summary(index_backtest(past(), still, ON, rng=rng()).summary)
    assert rows["coverage"][MIX_ALONE] == 0
    assert rows["sound_low"][PROJECTION] <= rows["coverage"][PROJECTION] <= 1
    assert rows["crps"][PROJECTION] < rows["crps"][MIX_ALONE]


def test_switched_off_there_is_one_projection() -> None:
    """And it is persistence where the mix is."""
    rows = summary(index_backtest(past(), persistence, OFF, rng=rng()).summary)
    assert MIX_ALONE not in rows.index
    assert rows["crps_ratio"]["persistence"] == pytest.approx(1.0)


def test_persistence_scores_its_absolute_error() -> None:
    """In points of the index."""
    history = past()
    scores = index_backtest(history, persistence, OFF, rng=rng(), steps=2).scores
    mine = scores[scores["model"] == "persistence"].set_index("as_of")
    own = pd.Series(np.exp(history.own), index=history.mixes.index)
    expected = (own - own.shift(2)).abs().loc[mine.index]
    assert mine["crps"].to_numpy() == pytest.approx(expected.to_numpy())
    assert set(scores["quantity"]) == {INDEX}


def test_nothing_later_enters() -> None:
    """With every period after a date changed, all forecasts for dates up to it are the same, to the last bit."""
    kept = 24
    before = past()
    levels = np.exp(before.own) / 0.5
    changed = index_past(levels=[*levels[:kept], *(2 * levels[kept:])], shares=[0.5] * PERIODS)
    first, second = (index_backtest(each, still, ON, rng=rng()).scores for each in (before, changed))
    known = first["as_of"] < before.mixes.index[kept]
    assert known.sum() > 0
    columns = ["low", "median", "high"]
    assert first.loc[known, columns].to_numpy() == pytest.approx(second.loc[known, columns].to_numpy(), rel=1e-12)


def test_dates_without_an_index_are_passed_over() -> None:
    """Neither forecast nor forecast from."""
    whole, some = (
        index_past(levels=[10.0] * PERIODS, shares=[0.5] * PERIODS, left_out=[i == hidden for i in range(PERIODS)])
        for hidden in (-1, 25)
    )
    dates = [index_backtest(each, persistence, ON, rng=rng()).scores["as_of"].nunique() for each in (whole, some)]
    assert dates[0] - dates[1] == 2


def test_a_history_without_any_index_is_refused() -> None:
    """As is one that is too short."""
    nothing = index_past(levels=[0.0] * PERIODS, shares=[0.5] * PERIODS)
    with pytest.raises(DataError, match="No held-out period has an index"):
        index_backtest(nothing, persistence, ON, rng=rng())
    with pytest.raises(DataError, match="has 6 periods; a backtest 1 ahead needs 7"):
        index_backtest(past(periods=6), persistence, ON, rng=rng())
