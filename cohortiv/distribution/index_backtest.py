"""Backtest of the index: fans from past snapshots, with and without the distances, against simple forecasts."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.config.outlook_strands import DistanceComponent
from cohortiv.distribution.backtest import (
    EXPLORATORY_DATES,
    HELD_OUT,
    PROJECTION,
    Backtest,
    held_out_origins,
    refuse_short,
    score_summary,
)
from cohortiv.distribution.distances import distance_factors, fit_distances
from cohortiv.distribution.forecasts import DRAWS, Forecast
from cohortiv.distribution.index_history import IndexHistory
from cohortiv.distribution.scoring import crps
from cohortiv.distribution.walk import years_of
from cohortiv.errors import DataError
from cohortiv.iv_index import LEVEL
from cohortiv.volatility import FloatArray

INDEX: Final = "IV Index"
MIX_ALONE: Final = "projection, mix alone"

IndexForecast = Callable[[IndexHistory, int, np.random.Generator], FloatArray]
"""A forecast of the index by draws: (what was known, steps ahead, rng) to the index [%], shape (n_draws,)."""


def index_backtest(
    past: IndexHistory,
    projection: Forecast,
    distances: DistanceComponent,
    *,
    rng: np.random.Generator,
    steps: int = 1,
    held_out: float = HELD_OUT,
    level: float = LEVEL,
) -> Backtest:
    """Forecast the index of each held-out period from what was known before it, and score the forecasts.

    Parameters
    ----------
    past : IndexHistory
    projection : Forecast
        Of the mix.
    distances : DistanceComponent
        Whether distances act, and their stated volatility. Where they do, the projection of the mix alone is scored
        beside the whole one.
    rng : numpy.random.Generator
        Each origin and each model has a stream of its own.
    steps : int, optional
        Periods ahead, 1 or more. Default 1.
    held_out : float, optional
        Part of the periods that are forecast, the last ones [1]. Default a third.
    level : float, optional
        Level of the bands. Default 0.90.

    Returns
    -------
    Backtest
        Of the quantity "IV Index"; outcome, band and CRPS in its points [%].

    Raises
    ------
    DataError
        If there are fewer than 2 ``steps`` + 5 periods, or no held-out one whose index and whose origin's are finite.
    ValueError
        If steps or held_out are out of range.

    Notes
    -----
    A forecast is handed the periods up to its origin and nothing else: mix and distances are fitted again there, and
    draws of the mix are solved at the origin's distances. Simple forecasts stand in the log of the index: the last
    value; it plus or minus past changes over as many periods; and a walk of the changes' spread without drift.
    """
    refuse_short(past.mixes, steps=steps, held_out=held_out)
    models = _models(projection, distances)
    streams = rng.spawn(len(past.mixes))
    rows = [
        _scored(past, origin, steps=steps, level=level, draws=model(past.until(origin), steps, stream))
        | {"model": name}
        for origin in held_out_origins(pd.DatetimeIndex(past.mixes.index), steps=steps, held_out=held_out)
        if np.isfinite(past.own[[origin, origin + steps]]).all()
        for (name, model), stream in zip(models.items(), streams[origin].spawn(len(models)), strict=True)
    ]
    if not rows:
        raise DataError("No held-out period has an index that is known, finite and above 0. Bring more snapshots.")
    scores = pd.DataFrame(rows)
    summary = score_summary(scores, level=level)
    ratios = summary.set_index("model")["crps_ratio"]
    return Backtest(
        scores=scores,
        summary=summary,
        loses_to=tuple(name for name in BASELINES if ratios[name] > 1.0),
        periods=len(past.mixes),
        steps=steps,
        level=level,
        exploratory=scores["as_of"].nunique() < EXPLORATORY_DATES,
    )


def _models(projection: Forecast, distances: DistanceComponent) -> Mapping[str, IndexForecast]:
    alone = _mix_alone(projection)
    if not distances.enabled:
        return {PROJECTION: alone, **BASELINES}
    return {PROJECTION: _with_distances(alone, distances), MIX_ALONE: alone, **BASELINES}


def _mix_alone(projection: Forecast) -> IndexForecast:
    """Draws of the mix at the origin's distances."""

    def forecast(past: IndexHistory, steps: int, rng: np.random.Generator) -> FloatArray:
        return past.solve(past.tables[-1], projection(past.mixes, steps, rng))

    return forecast


def _with_distances(alone: IndexForecast, distances: DistanceComponent) -> IndexForecast:
    """Those draws, moved by the residual as it was known."""

    def forecast(past: IndexHistory, steps: int, rng: np.random.Generator) -> FloatArray:
        draws = alone(past, steps, rng)
        ahead = steps * float(np.median(np.diff(years_of(past.mixes))))
        moves = fit_distances(past, stated=distances.fallback_volatility)
        factors: FloatArray = distance_factors(moves, [ahead], n_draws=len(draws), rng=rng)[0]
        return draws * factors

    return forecast


def _persistence(past: IndexHistory, _steps: int, _rng: np.random.Generator) -> FloatArray:
    """The last index again, as a single draw."""
    last: FloatArray = np.exp(past.own[-1:])
    return last


def _with_changes(past: IndexHistory, steps: int, rng: np.random.Generator) -> FloatArray:
    """The last index, moved by changes that were seen over as many periods, either way round."""
    changes = _known(past.own[steps:] - past.own[:-steps])
    signs = rng.choice((-1.0, 1.0), size=DRAWS)
    moved: FloatArray = np.exp(past.own[-1] + signs * changes[rng.integers(len(changes), size=DRAWS)])
    return moved


def _drift_free(past: IndexHistory, steps: int, rng: np.random.Generator) -> FloatArray:
    """A random walk of the log index with the spread of its one-period changes."""
    spread = np.sqrt(steps * np.square(_known(np.diff(past.own))).mean())
    walked: FloatArray = np.exp(past.own[-1] + spread * rng.standard_normal(DRAWS))
    return walked


def _known(changes: FloatArray) -> FloatArray:
    """Changes that are known; none at all counts as one of 0."""
    known = changes[np.isfinite(changes)]
    return known if len(known) else np.zeros(1)


BASELINES: Final[Mapping[str, IndexForecast]] = {
    "persistence": _persistence,
    "persistence with past changes": _with_changes,
    "drift-free walk": _drift_free,
}


def _scored(past: IndexHistory, origin: int, *, draws: FloatArray, steps: int, level: float) -> dict[str, object]:
    """Row of `Backtest.scores` but for the model; draws without a finite index are scored by the others."""
    finite = draws[np.isfinite(draws)]
    came = float(np.exp(past.own[origin + steps]))
    low, median, high = np.quantile(draws, [0.5 - 0.5 * level, 0.5, 0.5 + 0.5 * level], method="inverted_cdf")
    return {
        "origin": past.mixes.index[origin],
        "as_of": past.mixes.index[origin + steps],
        "quantity": INDEX,
        "outcome": came,
        "low": low,
        "median": median,
        "high": high,
        "crps": float(crps(finite, came)) if len(finite) else np.nan,
        "inside": float(low <= came <= high),
    }
