"""Comparators: what else might have warned, each as a series of what was known at the time, all in one frame."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from cohortiv.validation.known import checked, known_at, logarithm
from cohortiv.validation.outcomes import Outcome
from cohortiv.validation.volatility_models import (
    ModelForecast,
    daily_returns,
    ewma_volatility,
    garch_volatility,
    har_volatility,
    realised_volatility,
)

DAY: Final = pd.Timedelta(days=1)
FUNDING_WINDOW, INTEREST_WINDOW = DAY, 7 * DAY
NO_INPUT: Final = "no such data given"


@dataclass(frozen=True)
class Comparator:
    """One thing that might have warned.

    Attributes
    ----------
    name : str
        Its column.
    title, unit : str
        As readers see it.
    direction : str
        Why a higher value is taken to be more dangerous; fixed before scoring.
    oldest : Timedelta
        A value older than this counts as not known.
    """

    name: str
    title: str
    unit: str
    direction: str
    oldest: pd.Timedelta = 2 * DAY


_LIVELY: Final = "what has moved much goes on moving much"
COMPARATORS: Final = (
    Comparator("realised_7d", "Realised volatility, 7 days", "1/sqrt(year)", _LIVELY),
    Comparator("realised_30d", "Realised volatility, 30 days", "1/sqrt(year)", _LIVELY),
    Comparator("ewma", "EWMA volatility", "1/sqrt(year)", _LIVELY),
    Comparator("garch", "GARCH(1,1) forecast", "1/sqrt(year)", _LIVELY),
    Comparator("har", "HAR forecast", "1/sqrt(year)", _LIVELY),
    Comparator(
        "implied", "Implied volatility of options (DVOL)", "1/sqrt(year)", "options cost more before large moves"
    ),
    Comparator("funding", "Funding over the last day", "1/year", "longs who pay much are many"),
    Comparator("interest", "Open interest", "USD", "more open positions can be closed by force"),
    Comparator("interest_change", "Change of open interest over 7 days", "log", "fast growth is borrowed"),
    Comparator("fear", "Fear (100 less fear-and-greed)", "points", "fear goes with falls that are under way"),
    Comparator("sentiment", "Negative sentiment of texts", "1", "fear is written before it is sold"),
    Comparator("last_outcome", "The newest outcome that was over", "as the outcome", "liquidations come in clusters"),
    Comparator("base_rate", "Share of events so far", "1", "what was common stays common", oldest=36_500 * DAY),
    Comparator("random", "A random number", "1", "none: it shows what chance scores", oldest=36_500 * DAY),
)


@dataclass(frozen=True, eq=False)
class ComparatorInputs:
    """What the comparators are made of; all series by the time at which they were known, rising.

    Attributes
    ----------
    closes : Series
        Closing prices by the end of the bar [USD].
    step : Timedelta
        Length of the bars.
    horizon_days : int
        Of the forecasts, that of the outcome [days].
    seed : int
        Of the random score.
    outcome : Outcome or None
        For the newest outcome and the share of events so far.
    implied : Series or None
        Implied volatility [1/sqrt(year)].
    funding : Series or None
        Annual funding rate at each payment [1/year].
    interest : Series or None
        Open interest, or a stand-in for it [USD].
    fear_greed : Series or None
        Fear-and-greed index, 0 to 100.
    sentiment : Series or None
        Minus the mean sentiment of a day's texts, from -1 to 1 [1].
    models : mapping of str to ModelForecast, or None
        What `fitted_models` made of the same prices; None fits them.
    """

    closes: "pd.Series[float]"
    step: pd.Timedelta
    horizon_days: int
    seed: int
    outcome: Outcome | None = None
    implied: "pd.Series[float] | None" = None
    funding: "pd.Series[float] | None" = None
    interest: "pd.Series[float] | None" = None
    fear_greed: "pd.Series[float] | None" = None
    sentiment: "pd.Series[float] | None" = None
    models: Mapping[str, ModelForecast] | None = None


@dataclass(frozen=True, eq=False)
class Comparators:
    """All comparators at the same times.

    Attributes
    ----------
    frame : DataFrame
        By time, one column a comparator in the order of `COMPARATORS`; NaN where it was not known.
    known : DataFrame
        In the same shape: the time at which the value became known; never after the row's own.
    missing : dict of str to str
        Comparators without any value, and why.
    fits, failed : dict of str to int
        Model fits made, and those that did not converge, by comparator.
    """

    frame: pd.DataFrame
    known: pd.DataFrame
    missing: dict[str, str]
    fits: dict[str, int]
    failed: dict[str, int]


def comparators(inputs: ComparatorInputs, times: pd.DatetimeIndex) -> Comparators:
    """All comparators at some times.

    Parameters
    ----------
    inputs : ComparatorInputs
    times : DatetimeIndex
        When scores are read, rising.

    Returns
    -------
    Comparators
        What an input lacks is NaN and named in `missing`.

    Raises
    ------
    ValueError
        If times have a zone, repeat or do not rise.
    """
    checked(times, what="the times")
    models = inputs.models
    if models is None:
        models = fitted_models(inputs.closes, horizon_days=inputs.horizon_days, step=inputs.step)
    held = {**_prices(inputs), **{name: made.volatility for name, made in models.items()}, **_others(inputs, times)}
    found = {
        item.name: known_at(held[item.name], times, oldest=item.oldest) for item in COMPARATORS if item.name in held
    }
    nothing = pd.DataFrame({"value": np.nan, "known": pd.NaT}, index=times)
    frame = pd.DataFrame({item.name: found.get(item.name, nothing)["value"] for item in COMPARATORS}, index=times)
    known = pd.DataFrame({item.name: found.get(item.name, nothing)["known"] for item in COMPARATORS}, index=times)
    empty = frame.columns[frame.isna().all()]
    missing = {str(name): "no value at any of the times" if name in held else NO_INPUT for name in empty}
    return Comparators(
        frame, known, missing,
        fits={name: made.fits for name, made in models.items()},
        failed={name: made.failed for name, made in models.items()},
    )  # fmt: skip


def fitted_models(closes: "pd.Series[float]", *, horizon_days: int, step: pd.Timedelta) -> dict[str, ModelForecast]:
    """Comparators that are fitted to prices: garch and har.

    Parameters
    ----------
    closes : Series
        Closing prices by the end of the bar [USD].
    horizon_days : int
        Of the forecasts [days].
    step : Timedelta
        Length of the bars.
    """
    returns = daily_returns(closes)
    return {
        "garch": garch_volatility(returns, horizon_days=horizon_days),
        "har": har_volatility(closes, horizon_days=horizon_days, step=step),
    }


def stand_in_interest(
    longs: "pd.Series[float]", shorts: "pd.Series[float]", closes: "pd.Series[float]"
) -> "pd.Series[float]":
    """Margin positions of one venue in place of open interest: a stand-in, to be labelled so.

    Parameters
    ----------
    longs, shorts : Series
        Coins borrowed to be long and short, by the time they were known.
    closes : Series
        Prices by the time they were known, not older than a day [USD].

    Returns
    -------
    Series
        (longs + shorts) * price [USD]; NaN where one of the three is not known.
    """
    coins = longs + shorts
    price = known_at(closes, pd.DatetimeIndex(coins.index), oldest=DAY)["value"]
    return coins * price


def _prices(inputs: ComparatorInputs) -> dict[str, "pd.Series[float]"]:
    """Comparators that are counted out of prices."""
    week = realised_volatility(inputs.closes, days=7, step=inputs.step)
    month = realised_volatility(inputs.closes, days=30, step=inputs.step)
    return {"realised_7d": week, "realised_30d": month, "ewma": ewma_volatility(daily_returns(inputs.closes))}


def _others(inputs: ComparatorInputs, times: pd.DatetimeIndex) -> dict[str, "pd.Series[float]"]:
    """Comparators that need other data than prices, as far as they are given."""
    chance = np.random.default_rng(inputs.seed).random(len(times))
    held = {"random": pd.Series(chance, index=times)}
    if inputs.implied is not None:
        held["implied"] = inputs.implied
    if inputs.funding is not None:
        held["funding"] = inputs.funding.rolling(FUNDING_WINDOW).mean()
    if inputs.interest is not None:
        held |= {"interest": inputs.interest, "interest_change": _growth(inputs.interest)}
    if inputs.fear_greed is not None:
        held["fear"] = 100.0 - inputs.fear_greed
    if inputs.sentiment is not None:
        held["sentiment"] = inputs.sentiment
    return held | (_past_outcomes(inputs.outcome) if inputs.outcome is not None else {})


def _growth(interest: "pd.Series[float]") -> "pd.Series[float]":
    """Log growth since the value that was known a week before; NaN where none not older than a day was."""
    positive = interest.where(interest > 0)
    before = known_at(positive, pd.DatetimeIndex(interest.index) - INTEREST_WINDOW, oldest=DAY)["value"]
    return logarithm(positive / before.to_numpy())


def _past_outcomes(outcome: Outcome) -> dict[str, "pd.Series[float]"]:
    """Outcomes and share of events by the time at which their horizon was over."""
    ended = outcome.frame.set_index("end").groupby(level=0).last()
    rate = ended["event"].astype("Float64").expanding().mean()
    return {"last_outcome": ended["value"].astype("float64"), "base_rate": rate.astype("float64")}
