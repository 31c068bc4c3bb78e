"""Empirical hit law: how far past prices went within the horizon, scaled to the volatility that is asked for."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cohortiv.volatility.laws import FloatArray


@dataclass(frozen=True, eq=False)
class EmpiricalLaw:
    """A hit law with the tails that past prices had; made by :func:`empirical_law`.

    Attributes
    ----------
    minima : numpy.ndarray
        Lowest log move of each past horizon over the history's volatility, rising, shape (k,), <= 0 [1].
    maxima : numpy.ndarray
        Highest log move likewise, rising, shape (k,), >= 0 [1].
    """

    minima: FloatArray
    maxima: FloatArray

    def __call__(self, distance: npt.ArrayLike, v: npt.ArrayLike, /) -> FloatArray:
        """Share of past horizons that, scaled to ``v``, touch a line at the distance.

        Parameters
        ----------
        distance : array_like
            ln(line / mark) [log]; 0: already touched, NaN or infinite: no line.
        v : array_like
            Volatility times the square root of the horizon [1], 0 to infinity.

        Returns
        -------
        numpy.ndarray
            Share in [0, 1] in the broadcast shape, with steps in ``v``. For ``v`` to infinity the share of horizons
            that went to that side at all.

        Raises
        ------
        ValueError
            If a ``v`` is negative or NaN.
        """
        signed, scale = np.asarray(distance, dtype=np.float64), np.asarray(v, dtype=np.float64)
        bad = int(np.count_nonzero(~(scale >= 0.0)))
        if bad:
            raise ValueError(
                f"got {bad} values of v that are negative or NaN; v is volatility * sqrt(years), 0 or more"
            )
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            needed = np.where(np.isfinite(signed), np.abs(signed) / scale, np.inf)
        needed = np.maximum(needed, np.finfo(np.float64).tiny)
        fallen = np.searchsorted(self.minima, -needed, side="right") / self.minima.size
        risen = 1.0 - np.searchsorted(self.maxima, needed, side="left") / self.maxima.size
        return np.where(signed == 0.0, 1.0, np.where(signed < 0.0, fallen, risen))


def empirical_law(
    closes: npt.ArrayLike,
    *,
    horizon_bars: int,
    lows: npt.ArrayLike | None = None,
    highs: npt.ArrayLike | None = None,
) -> EmpiricalLaw:
    """Make a hit law of a price history.

    Parameters
    ----------
    closes : array_like
        Closing prices of bars of equal length, oldest first, shape (n,), finite and > 0 [USD].
    horizon_bars : int
        Bars in the horizon: 168 for seven days of hours.
    lows, highs : array_like, optional
        Extremes of the same bars [USD]. Without them a touch between two closes is missed.

    Returns
    -------
    EmpiricalLaw
        Over all n - horizon_bars overlapping past horizons.

    Raises
    ------
    ValueError
        If prices are not finite and > 0, differ in shape, never move, or are too few for one horizon.

    Notes
    -----
    The mean log return is taken out. Each horizon's lowest and highest log move is then divided by
    s * sqrt(horizon_bars), s the standard deviation of the log returns over the whole history, and multiplied by
    ``v``. Calm and wild weeks thus stay apart: that is where the fat tails are. The log price has no drift, where the
    default law has -v^2/2 over the horizon, so at large ``v`` the two differ also on normal returns: lines above are
    touched more often here, lines below less.
    """
    prices = _checked_prices(closes, name="closes")
    count = prices.size - horizon_bars
    if horizon_bars < 1 or count < 1:
        raise ValueError(
            f"got {prices.size} closes for a horizon of {horizon_bars} bars; "
            "give a horizon of 1 or more and at least one bar more than that"
        )
    returns = np.diff(np.log(prices))
    unit = float(returns.std()) * np.sqrt(horizon_bars)
    if not unit > 0.0:
        raise ValueError("got closes that never move; a law needs a history with volatility")
    trend = float(returns.mean()) * np.arange(prices.size)
    path = np.log(prices) - trend
    low = path if lows is None else np.log(_checked_prices(lows, name="lows", like=prices)) - trend
    high = path if highs is None else np.log(_checked_prices(highs, name="highs", like=prices)) - trend
    windows = np.lib.stride_tricks.sliding_window_view
    deepest = windows(low[1:], horizon_bars).min(axis=1) - path[:count]
    tallest = windows(high[1:], horizon_bars).max(axis=1) - path[:count]
    return EmpiricalLaw(
        minima=np.sort(np.minimum(deepest, 0.0) / unit),
        maxima=np.sort(np.maximum(tallest, 0.0) / unit),
    )


def _checked_prices(prices: npt.ArrayLike, *, name: str, like: FloatArray | None = None) -> FloatArray:
    given = np.asarray(prices, dtype=np.float64)
    if given.ndim != 1 or (like is not None and given.shape != like.shape):
        raise ValueError(f"got {name} of shape {given.shape}; allowed is (n,), one price for each bar")
    bad = int(np.count_nonzero(~((given > 0.0) & np.isfinite(given))))
    if bad:
        raise ValueError(f"got {bad} of {given.size} {name} that are not finite and > 0; fill or drop those bars")
    return given
