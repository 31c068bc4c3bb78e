"""Backtest of a projection: what it would have said at past dates, against what came and against simple forecasts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.distribution.composition import checked_history
from cohortiv.distribution.forecasts import BASELINES, Forecast
from cohortiv.distribution.hit_table import checked_mixes
from cohortiv.distribution.scoring import coverage, crps
from cohortiv.distribution.tier_statistics import HIGH_LEVERAGE, high_leverage_share
from cohortiv.distribution.walk import FEWEST_PERIODS
from cohortiv.errors import DataError
from cohortiv.iv_index import LEVEL
from cohortiv.volatility import FloatArray

EXPLORATORY_DATES: Final = 30
"""Fewer held-out dates than this are exploratory: the sound range of a 90 % band can then reach below 80 %."""

HELD_OUT: Final = 1 / 3
"""Default part of the periods, the last ones, that are forecast [1]."""

SMALLEST_SHARE: Final = 1e-4
"""How far outside its band an outcome still counts as inside: forecasts do not tell such shares from none [1]."""

SHORTEST_STEP: Final = 0.5
"""A held-out period less than this part of the usual time after its origin is not forecast [1]."""

PROJECTION: Final = "projection"
HIGH_LEVERAGE_SHARE: Final = f"{HIGH_LEVERAGE:g}x or more"
ALL_TIERS: Final = "all tiers"


@dataclass(frozen=True, eq=False)
class Backtest:
    """A projection and simple forecasts, scored on the same held-out dates.

    Attributes
    ----------
    scores : DataFrame
        One row a model, date and quantity ("5x", "10x or more", "all tiers"): origin and as_of (when the forecast was
        made, and for when), model, quantity, outcome, low, median, high [1], crps [1], inside (whether the outcome lay
        in its band, 1 or 0). Over all tiers outcome and band are NaN, the score is the tiers' sum, and inside is the
        share of the tiers that were held or might have been.
    summary : DataFrame
        One row a model and quantity: dates, coverage, sound_low and sound_high (what a sound band may hold by chance)
        [1], crps (mean) [1], crps_ratio (the projection's over this model's; NaN where both are 0), better (share of
        dates on which the projection scored less than this model) [1].
    loses_to : tuple of str
        Simple forecasts that scored better over all tiers; empty where the projection beats them all.
    periods : int
        Periods of the history.
    steps : int
        Periods ahead.
    level : float
        Level of the bands [1].
    exploratory : bool
        Whether there are too few held-out dates to judge by.
    """

    scores: pd.DataFrame
    summary: pd.DataFrame
    loses_to: tuple[str, ...]
    periods: int
    steps: int
    level: float
    exploratory: bool

    @property
    def days(self) -> float:
        """Time from origin to outcome, in the median of the dates [days]."""
        ahead = pd.to_datetime(self.scores["as_of"]) - pd.to_datetime(self.scores["origin"])
        return float(ahead.median() / pd.Timedelta(days=1))


def backtest(
    history: pd.DataFrame,
    projection: Forecast,
    *,
    rng: np.random.Generator,
    steps: int = 1,
    held_out: float = HELD_OUT,
    level: float = LEVEL,
    left_out: Sequence[bool] | None = None,
) -> Backtest:
    """Forecast each held-out period from what was known before it, and score the forecasts.

    Parameters
    ----------
    history : DataFrame
        Shares of leveraged notional [1], one row a period (rising dates as index), one column a tier edge [x];
        each row sums to 1.
    projection : Forecast
        The projection: (history so far, steps, rng) to draws.
    rng : numpy.random.Generator
        Each origin and each model has a stream of its own.
    steps : int, optional
        Periods ahead, 1 or more. Default 1.
    held_out : float, optional
        Part of the periods that are forecast, the last ones [1]. Default a third.
    level : float, optional
        Level of the bands. Default 0.90.
    left_out : sequence of bool, optional
        Periods that no score may rest on, neither as origin nor as outcome: few scores would tell their shares.
        Default: none.

    Returns
    -------
    Backtest

    Raises
    ------
    DataError
        If there are fewer than 2 ``steps`` + 5 periods, dates do not rise, rows are no shares that sum to 1, or every
        held-out period is left out.
    ValueError
        If steps or held_out are out of range, or a forecast returns something else than shares of these tiers.

    Notes
    -----
    A forecast is handed the rows up to its origin and nothing else, six at least and as many more as it looks ahead by
    more than one period. An outcome within 0.01 % of notional of its band counts as inside.
    """
    refuse_short(history, steps=steps, held_out=held_out)
    checked_history(history)
    models: dict[str, Forecast] = {PROJECTION: projection} | {str(name): model for name, model in BASELINES.items()}
    streams, hidden = rng.spawn(len(history)), left_out or [False] * len(history)
    parts = [
        _scored(history, origin, forecast=model, name=name, steps=steps, level=level, rng=stream)
        for origin in held_out_origins(pd.DatetimeIndex(history.index), steps=steps, held_out=held_out)
        if not (hidden[origin] or hidden[origin + steps])
        for (name, model), stream in zip(models.items(), streams[origin].spawn(len(models)), strict=True)
    ]
    if not parts:
        raise DataError("Every held-out period or its origin is withheld, or they lie too near. Bring more snapshots.")
    scores = pd.concat(parts, ignore_index=True)
    summary = score_summary(scores, level=level)
    ratios = summary[summary["quantity"] == ALL_TIERS].set_index("model")["crps_ratio"]
    return Backtest(
        scores=scores,
        summary=summary,
        loses_to=tuple(name for name in BASELINES if ratios[name] > 1.0),
        periods=len(history),
        steps=steps,
        level=level,
        exploratory=scores["as_of"].nunique() < EXPLORATORY_DATES,
    )


def held_out_origins(times: pd.DatetimeIndex, *, steps: int, held_out: float) -> list[int]:
    """Rows from which a held-out row is forecast, behind which there is enough history.

    Parameters
    ----------
    times : DatetimeIndex
        Of the periods, rising.
    steps : int
        Periods ahead.
    held_out : float
        Part of the periods that are forecast [1].

    Notes
    -----
    The last snapshot may come soon after that of the period before it. What lies less than half the usual time ahead,
    `steps` median gaps, is another horizon and is passed over.
    """
    periods = len(times)
    first_held = periods - max(1, int(round(periods * held_out, 9)))
    ahead = times[steps:] - times[:-steps]
    shortest = SHORTEST_STEP * steps * pd.Timedelta(np.median(np.diff(times.to_numpy())))
    first = max(first_held - steps, FEWEST_PERIODS + steps - 2)
    return [origin for origin in range(first, periods - steps) if ahead[origin] >= shortest]


def _scored(
    history: pd.DataFrame,
    origin: int,
    *,
    forecast: Forecast,
    name: str,
    steps: int,
    level: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Scores of one forecast: one row a tier, one for the share at high leverage, one for all tiers together."""
    edges = np.asarray(history.columns, dtype=np.float64)
    draws = checked_mixes(forecast(history.iloc[: origin + 1].copy(), steps, rng), edges.size)
    drawn, came = (_with_high(shares, edges) for shares in (draws, history.to_numpy()[origin + steps]))
    low, median, top = np.quantile(drawn, [0.5 - 0.5 * level, 0.5, 0.5 + 0.5 * level], axis=0)
    score = crps(drawn, came)
    inside = (came >= low - SMALLEST_SHARE) & (came <= top + SMALLEST_SHARE)
    held = np.maximum(came, top)[:-1] > 0.0
    return pd.DataFrame(
        {
            "origin": history.index[origin],
            "as_of": history.index[origin + steps],
            "model": name,
            "quantity": [*(f"{edge:g}x" for edge in edges), HIGH_LEVERAGE_SHARE, ALL_TIERS],
            "outcome": [*came, np.nan],
            "low": [*low, np.nan],
            "median": [*median, np.nan],
            "high": [*top, np.nan],
            "crps": [*score, score[:-1].sum()],
            "inside": [*inside.astype(np.float64), inside[:-1][held].mean()],
        }
    )


def _with_high(shares: FloatArray, edges: FloatArray) -> FloatArray:
    return np.concatenate([shares, high_leverage_share(shares, edges.tolist())[..., np.newaxis]], axis=-1)


def score_summary(scores: pd.DataFrame, *, level: float) -> pd.DataFrame:
    """Coverage and scores by model and quantity, beside those of the projection.

    Parameters
    ----------
    scores : DataFrame
        As in `Backtest`.
    level : float
        Of the bands [1].

    Returns
    -------
    DataFrame
        As in `Backtest`.
    """
    groups = scores.groupby(["quantity", "model"], sort=False)
    ours = {quantity: part["crps"].to_numpy() for (quantity, model), part in groups if model == PROJECTION}
    return pd.DataFrame(
        [
            {"model": model, "quantity": quantity} | _summarised(part, ours[quantity], level=level)
            for (quantity, model), part in groups
        ]
    )


def _summarised(part: pd.DataFrame, ours: FloatArray, *, level: float) -> dict[str, float]:
    """Coverage and mean score of one model on one quantity, and how the projection's scores compare."""
    held = coverage(part["inside"], level=level)
    theirs = part["crps"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = float(np.divide(ours.mean(), theirs.mean()))
    return {
        "dates": held.dates,
        "coverage": held.share,
        "sound_low": held.low,
        "sound_high": held.high,
        "crps": float(theirs.mean()),
        "crps_ratio": ratio,
        "better": float((ours < theirs).mean()),
    }


def refuse_short(history: pd.DataFrame, *, steps: int, held_out: float) -> None:
    """Raise where a history is too short for a backtest, or a part of it cannot be held out.

    Parameters
    ----------
    history : DataFrame
        One row a period.
    steps : int
        Periods ahead.
    held_out : float
        Part of the periods that are forecast [1].
    """
    if steps < 1 or not 0.0 < held_out < 1.0:
        raise ValueError(f"got steps {steps} and held_out {held_out}; allowed are 1 step or more and a part in (0, 1)")
    needed = FEWEST_PERIODS + 2 * steps - 1
    if len(history) < needed:
        raise DataError(
            f"The history has {len(history)} periods; a backtest {steps} ahead needs {needed}. "
            "Bring more snapshots, or take shorter periods."
        )
