"""Volatility by other people's models: realised, EWMA, GARCH(1,1) and HAR, from prices known at the time alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.profile.bins import FloatArray
from cohortiv.validation.known import checked, logarithm, regular

DAYS_A_YEAR: Final = 365.0
DAY: Final = pd.Timedelta(days=1)
#: Days between two fits, and the days of returns before the first.
REFIT_DAYS, FEWEST_DAYS = 30, 250
#: Weight of the past in RiskMetrics' daily variance (J.P. Morgan, RiskMetrics Technical Document, 4th edition, 1996).
DECAY: Final = 0.94
EWMA_DAYS: Final = 30
#: Days over which HAR averages (Corsi 2009, for a market that is open every day).
HAR_LAGS: Final = (1, 7, 30)
_PCT: Final = 100.0

Fit = Callable[[FloatArray], FloatArray | None]


@dataclass(frozen=True, eq=False)
class ModelForecast:
    """Forecasts of a model that is fitted again and again.

    Attributes
    ----------
    volatility : Series
        By the midnight at which it was known: mean volatility over the coming horizon [1/sqrt(year)]; NaN before the
        first fit and where the day has no price.
    fits : int
        Fits made.
    failed : int
        Fits that did not converge; the forecasts after them use the parameters before.
    """

    volatility: "pd.Series[float]"
    fits: int
    failed: int


@dataclass(frozen=True, eq=False)
class _Block:
    """Days from one fit to the next, with the parameters in force."""

    start: int
    stop: int
    parameters: FloatArray


def realised_volatility(closes: "pd.Series[float]", *, days: int, step: pd.Timedelta) -> "pd.Series[float]":
    """Volatility of the last days.

    Parameters
    ----------
    closes : Series
        Closing prices by the end of the bar, rising [USD].
    days : int
        Length of the window [days].
    step : Timedelta
        Length of a bar.

    Returns
    -------
    Series
        By the end of each bar [1/sqrt(year)]; NaN until the window is full and wherever a bar is missing in it.

    Notes
    -----
    sqrt(365 / days * sum of squared log returns): no mean is taken out.
    """
    squares = logarithm(regular(closes, step)).diff() ** 2
    count = round(pd.Timedelta(days=days) / step)
    sums = squares.rolling(count, min_periods=count).sum().clip(lower=0.0)
    return _rooted(sums / days)


def daily_returns(closes: "pd.Series[float]") -> "pd.Series[float]":
    """Log returns from midnight to midnight (UTC), by the later one; NaN where one of the two has no price."""
    return logarithm(regular(_at_midnight(closes), DAY)).diff().iloc[1:]


def ewma_volatility(returns: "pd.Series[float]") -> "pd.Series[float]":
    """Exponentially weighted volatility of daily returns.

    Parameters
    ----------
    returns : Series
        By midnight, from `daily_returns`.

    Returns
    -------
    Series
        [1/sqrt(year)]; NaN for the first `EWMA_DAYS` and where a day has no return.

    References
    ----------
    J.P. Morgan and Reuters, RiskMetrics Technical Document, 4th edition, 1996.
    """
    variance = (returns**2).ewm(alpha=1.0 - DECAY, min_periods=EWMA_DAYS).mean()
    return _rooted(variance).where(returns.notna())


def garch_volatility(returns: "pd.Series[float]", *, horizon_days: int) -> ModelForecast:
    """GARCH(1,1) forecasts, fitted every `REFIT_DAYS` on all returns until then.

    Parameters
    ----------
    returns : Series
        By midnight, from `daily_returns`.
    horizon_days : int
        Length of the forecast [days].

    Returns
    -------
    ModelForecast

    Notes
    -----
    The parameters come from `arch` (normal likelihood, constant mean). The filter is run here, forward only:
    v' = omega + alpha e^2 + beta v, where a missing return takes v in place of e^2. The forecast is the root of the
    mean of the coming days' variances.

    References
    ----------
    Bollerslev 1986, https://doi.org/10.1016/0304-4076(86)90063-1
    """
    held = np.asarray(_PCT * returns, dtype=np.float64)
    blocks, fits, failed = _refitted(held, _fit_garch)
    variance = np.full(held.size, np.nan)
    for block in blocks:
        following = _filtered(held[: block.stop], block.parameters)[block.start :]
        variance[block.start : block.stop] = _mean_variance(following, block.parameters, days=horizon_days)
    volatility = _rooted(pd.Series(variance, index=returns.index)) / _PCT
    return ModelForecast(volatility.where(returns.notna()), fits, failed)


def har_volatility(closes: "pd.Series[float]", *, horizon_days: int, step: pd.Timedelta) -> ModelForecast:
    """HAR forecasts of daily realised volatility, fitted every `REFIT_DAYS` on all days until then.

    Parameters
    ----------
    closes : Series
        Closing prices by the end of the bar, rising [USD].
    horizon_days : int
        Length of the forecast [days].
    step : Timedelta
        Length of a bar; with daily bars a day's realised volatility is the size of its return, and HAR is weak.

    Returns
    -------
    ModelForecast
        NaN where one of the last 30 days is incomplete.

    Notes
    -----
    Volatility of a day is regressed by `arch` on its means over 1, 7 and 30 days before; the forecast runs the equation
    on for the horizon and takes the mean. Days that are missing are left out of a fit.

    References
    ----------
    Corsi 2009, https://doi.org/10.1093/jjfinec/nbp001
    """
    daily = _at_midnight(realised_volatility(closes, days=1, step=step)) * _PCT
    held = np.asarray(daily, dtype=np.float64)
    blocks, fits, failed = _refitted(held, _fit_har)
    forecast = np.full(held.size, np.nan)
    for block in blocks:
        from_day = max(block.start, max(HAR_LAGS) - 1)
        recent = np.lib.stride_tricks.sliding_window_view(held[: block.stop], max(HAR_LAGS))
        rows = recent[from_day - max(HAR_LAGS) + 1 :]
        forecast[from_day : block.stop] = _run_on(rows, block.parameters, days=horizon_days)
    return ModelForecast(pd.Series(np.maximum(forecast, 0.0) / _PCT, index=daily.index), fits, failed)


def _rooted(variance: "pd.Series[float]") -> "pd.Series[float]":
    """Annual volatility of a daily variance [1/sqrt(year)]."""
    return pd.Series(np.sqrt(variance.to_numpy(dtype="float64") * DAYS_A_YEAR), index=variance.index)


def _at_midnight(series: "pd.Series[float]") -> "pd.Series[float]":
    """Values at midnight (UTC)."""
    index = checked(series.index, what="a series")
    return series[index == index.normalize()]


def _refitted(held: FloatArray, fit: Fit) -> tuple[list[_Block], int, int]:
    """Blocks of days with the parameters fitted on all days before and at their first; fits made and failed."""
    days = np.flatnonzero(np.cumsum(~np.isnan(held)) >= FEWEST_DAYS)
    starts = range(int(days[0]), held.size, REFIT_DAYS) if days.size else range(0)
    found = {start: fit(held[: start + 1][~np.isnan(held[: start + 1])]) for start in starts}
    blocks: list[_Block] = []
    for start, parameters in found.items():
        used = parameters if parameters is not None else blocks[-1].parameters if blocks else None
        if used is not None:
            blocks.append(_Block(start, min(start + REFIT_DAYS, held.size), used))
    return blocks, len(found), sum(parameters is None for parameters in found.values())


def _fit_garch(returns: FloatArray) -> FloatArray | None:
    """Mean, omega, alpha, beta of returns in percent; None if the fit does not converge."""
    from arch.univariate import arch_model  # noqa: PLC0415 - heavy, and the index needs none of it

    made = arch_model(returns, mean="Constant", vol="GARCH", p=1, q=1, rescale=False)
    result = made.fit(disp="off", show_warning=False)
    parameters = np.asarray(result.params, dtype="float64")
    return parameters if result.convergence_flag == 0 and np.isfinite(parameters).all() else None


def _fit_har(volatilities: FloatArray) -> FloatArray | None:
    """Constant and the weights of the means over `HAR_LAGS` days, in percent."""
    from arch.univariate import HARX  # noqa: PLC0415 - heavy, and the index needs none of it

    result = HARX(volatilities, lags=list(HAR_LAGS), rescale=False).fit(disp="off", show_warning=False)
    parameters = np.asarray(result.params, dtype="float64")[: 1 + len(HAR_LAGS)]
    return parameters if np.isfinite(parameters).all() else None


def _filtered(returns: FloatArray, parameters: FloatArray) -> FloatArray:
    """Variance of the day that follows each return, in squared percent."""
    mean, omega, alpha, beta = parameters
    seen = returns[~np.isnan(returns)][:FEWEST_DAYS]
    now = float(np.mean((seen - mean) ** 2))
    following = np.empty(returns.size)
    for day, shock in enumerate((returns - mean) ** 2):
        now = omega + alpha * (now if np.isnan(shock) else shock) + beta * now
        following[day] = now
    return following


def _mean_variance(following: FloatArray, parameters: FloatArray, *, days: int) -> FloatArray:
    """Mean of the expected variances of the coming days, from that of the first."""
    _, omega, alpha, beta = parameters
    expected, total = following, np.zeros_like(following)
    for _ in range(days):
        total += expected
        expected = omega + (alpha + beta) * expected
    return total / days


def _run_on(recent: FloatArray, parameters: FloatArray, *, days: int) -> FloatArray:
    """Mean of the coming days' volatilities, each row of `recent` being the last days before, the newest last."""
    rows, total = recent, np.zeros(len(recent))
    for _ in range(days):
        means = np.column_stack([rows[:, -lag:].mean(axis=1) for lag in HAR_LAGS])
        expected = parameters[0] + means @ parameters[1:]
        total += expected
        rows = np.column_stack([rows[:, 1:], expected])
    return total / days
