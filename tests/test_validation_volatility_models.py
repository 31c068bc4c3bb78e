"""Volatility models: values worked by hand, arch's own forecasts as oracle, and no future in any of them."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from arch.univariate import HARX, arch_model
from outcome_support import DAY, HOUR, START, poisoned, prices, series

from cohortiv.validation import volatility_models
from cohortiv.validation.volatility_models import (
    DECAY,
    EWMA_DAYS,
    FEWEST_DAYS,
    HAR_LAGS,
    REFIT_DAYS,
    ModelForecast,
    daily_returns,
    ewma_volatility,
    garch_volatility,
    har_volatility,
    realised_volatility,
)

Model = Callable[["pd.Series[float]"], ModelForecast]

LONG = prices(330)
RETURNS = daily_returns(LONG)


def garch(closes: "pd.Series[float]") -> ModelForecast:
    """GARCH over seven days."""
    return garch_volatility(daily_returns(closes), horizon_days=7)


def har(closes: "pd.Series[float]") -> ModelForecast:
    """HAR over seven days."""
    return har_volatility(closes, horizon_days=7, step=HOUR)


def test_realised_volatility_of_equal_moves() -> None:
    """One per cent up and down each hour is 0.01 * sqrt(24 * 365)."""
    closes = series(100 * np.exp(0.01 * (np.arange(200) % 2)))
    found = realised_volatility(closes, days=7, step=HOUR)
    assert found.isna().sum() == 168
    assert found.dropna().to_numpy() == pytest.approx(0.01 * np.sqrt(24 * 365))


def test_a_price_that_rests_has_no_volatility() -> None:
    """Exactly 0."""
    assert realised_volatility(series(np.full(30, 7.0)), days=1, step=HOUR).iloc[-1] == 0.0


def test_a_missing_bar_is_missed_for_the_length_of_the_window() -> None:
    """Its two returns are missing, so the day after it has no value."""
    found = realised_volatility(LONG[:96].drop(START + 50 * HOUR), days=1, step=HOUR)
    assert found.index[found.isna()].tolist() == [
        *pd.date_range(START, periods=24, freq="h"), *pd.date_range(START + 50 * HOUR, periods=25, freq="h"),
    ]  # fmt: skip


def test_daily_returns_are_from_midnight_to_midnight() -> None:
    """Known at the later one."""
    found = daily_returns(LONG)
    assert found.index[0] == START + DAY
    assert found.iloc[0] == pytest.approx(np.log(LONG[START + DAY] / LONG[START]))


def test_ewma_is_the_weighted_mean_of_squares() -> None:
    """Against the sum written out, on the day it begins and later."""
    found = ewma_volatility(RETURNS)
    for day in (EWMA_DAYS - 1, 200):
        weights = DECAY ** np.arange(day, -1, -1.0)
        variance = np.average(RETURNS.to_numpy()[: day + 1] ** 2, weights=weights)
        assert found.iloc[day] == pytest.approx(np.sqrt(variance * 365))
    assert found.isna().sum() == EWMA_DAYS - 1


def test_garch_is_archs_forecast() -> None:
    """On the day of a fit, arch's own filter and forecast give the same."""
    day = FEWEST_DAYS + 2 * REFIT_DAYS - 1
    made = arch_model(100 * RETURNS.to_numpy()[: day + 1], mean="Constant", vol="GARCH", p=1, q=1, rescale=False)
    variance = made.fit(disp="off").forecast(horizon=7).variance.to_numpy()[-1].mean()
    assert garch(LONG).volatility.iloc[day] == pytest.approx(np.sqrt(variance * 365) / 100, rel=1e-4)


def test_har_is_archs_forecast() -> None:
    """On the day of a fit, arch's own forecast gives the same."""
    found = har(LONG).volatility
    daily = realised_volatility(LONG, days=1, step=HOUR)[found.index]
    day = int(np.flatnonzero(daily.notna().cumsum() == FEWEST_DAYS + REFIT_DAYS)[0])
    result = HARX(100 * daily.dropna().to_numpy()[: FEWEST_DAYS + REFIT_DAYS], lags=list(HAR_LAGS), rescale=False).fit(
        disp="off"
    )
    assert found.iloc[day] == pytest.approx(result.forecast(horizon=7).mean.to_numpy()[-1].mean() / 100, rel=1e-9)


@pytest.mark.parametrize("model", [garch, har])
def test_nothing_before_the_first_fit(model: Model) -> None:
    """A fit each thirty days from the 250th on."""
    found = model(LONG)
    assert found.fits == 1 + (len(RETURNS) - FEWEST_DAYS) // REFIT_DAYS
    assert found.volatility.notna().sum() == len(RETURNS) - FEWEST_DAYS + 1


@pytest.mark.parametrize("model", [garch, har])
def test_too_short_a_history_has_no_forecast(model: Model) -> None:
    """No fit is tried."""
    found = model(LONG[: 100 * 24])
    assert found.fits == 0
    assert found.volatility.isna().all()


@pytest.mark.parametrize("model", [garch, har])
def test_a_model_knows_no_future(model: Model) -> None:
    """With every price after a moment changed, forecasts until then stay, to the last bit."""
    for day in (255, 281, 300):
        moment = START + day * DAY + 5 * HOUR
        before, after = (model(closes).volatility for closes in (LONG, poisoned(LONG, moment)))
        pd.testing.assert_series_equal(after[:moment], before[:moment], check_exact=True)
        assert not after[moment:].equals(before[moment:])


def week(closes: "pd.Series[float]") -> "pd.Series[float]":
    """Realised volatility of seven days."""
    return realised_volatility(closes, days=7, step=HOUR)


def ewma(closes: "pd.Series[float]") -> "pd.Series[float]":
    """EWMA volatility."""
    return ewma_volatility(daily_returns(closes))


@pytest.mark.parametrize("model", [week, ewma])
def test_what_is_not_fitted_knows_no_future(model: "Callable[[pd.Series[float]], pd.Series[float]]") -> None:
    """The same for realised volatility and EWMA."""
    moment = START + 100 * DAY + 5 * HOUR
    before, after = model(LONG), model(poisoned(LONG, moment))
    pd.testing.assert_series_equal(after[:moment], before[:moment], check_exact=True)


def test_a_day_without_a_price_has_no_garch_and_harms_none_after() -> None:
    """Two returns are missing; later forecasts hardly change."""
    hole = START + 280 * DAY
    before, after = garch(LONG).volatility, garch(LONG.drop(hole)).volatility
    assert after[after.isna() & before.notna()].index.tolist() == [hole, hole + DAY]
    assert (after / before - 1).abs().iloc[-10:].max() < 0.05


def test_a_fit_that_fails_leaves_the_parameters_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is counted, and the forecast goes on."""
    fit = volatility_models._fit_garch
    monkeypatch.setattr(volatility_models, "_fit_garch", lambda held: fit(held) if held.size == FEWEST_DAYS else None)
    found = garch(LONG)
    assert (found.fits, found.failed) == (3, 2)
    assert found.volatility.notna().sum() == len(RETURNS) - FEWEST_DAYS + 1


def test_models_that_never_converge_forecast_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """All fits failed: all missing."""
    monkeypatch.setattr(volatility_models, "_fit_garch", lambda _held: None)
    found = garch(LONG)
    assert found.failed == found.fits == 3
    assert found.volatility.isna().all()


def test_models_find_the_level_of_steady_prices() -> None:
    """Over moves of half a unit of volatility, every model says about a half."""
    rng = np.random.default_rng(8)
    closes = series(100 * np.exp(np.cumsum(rng.normal(size=300 * 24) * 0.5 / np.sqrt(365 * 24))))
    last = [garch(closes).volatility.iloc[-1], har(closes).volatility.iloc[-1],
            realised_volatility(closes, days=30, step=HOUR).iloc[-1]]  # fmt: skip
    assert last == pytest.approx([0.5] * 3, abs=0.06)
