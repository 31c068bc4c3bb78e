"""Hit laws: the chance that a price touches a line within the horizon, given its volatility."""

from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import scipy

FloatArray = npt.NDArray[np.float64]

_ROOT_TWO: Final = np.sqrt(2.0)
_ROOT_TWO_PI: Final = np.sqrt(2.0 * np.pi)
_SMALLEST_V: Final = 1e-300
_LARGEST_V: Final = 1e150


class HitLaw(Protocol):
    """A law of first passage: (distance, v) to the chance of a touch.

    ``distance`` is ln(line / mark): negative below the mark, positive above, 0 already there,
    NaN or infinite no line. ``v`` is volatility times the square root of the horizon in years, from 0
    to infinity, both ends included. The two broadcast. A law gives 1 at distance 0 and 0 where there
    is no line, never falls as ``v`` rises, and gives its own limit at ``v`` = infinity. It may have steps in ``v``.
    """

    def __call__(self, distance: FloatArray, v: FloatArray, /) -> FloatArray:
        """Chance of a touch, between 0 and 1, in the broadcast shape."""
        ...


def gbm_hit_probability(distance: npt.ArrayLike, v: npt.ArrayLike, /) -> FloatArray:
    """Chance that a geometric Brownian motion without expected gain touches a line.

    Parameters
    ----------
    distance : array_like
        ln(line / mark) [log]. Negative below the mark, positive above, 0 already touched; NaN or
        infinite means no line.
    v : array_like
        Volatility times the square root of the horizon [1], >= 0; infinity gives the limit.

    Returns
    -------
    numpy.ndarray
        Probability in [0, 1], in the broadcast shape. 1 at distance 0 (for every ``v``, 0 included),
        0 without a line, and for ``v`` to infinity 1 below the mark and exp(-distance) above.

    Raises
    ------
    ValueError
        If a ``v`` is negative or NaN.

    Notes
    -----
    With a = |distance|, n = (a/v - v/2)/sqrt(2), f = (a/v + v/2)/sqrt(2), first passage of driftless GBM is

        p = 0.5 * (erfc(n) + exp(-n^2) * erfcx(f))          below the mark
        p = exp(-a) * (the same)                            above the mark

    which equals the textbook N((-a + v^2/2)/v) + exp(a) * N((-a - v^2/2)/v) because f^2 - a = n^2. The factor
    exp(-a) is the change of measure between the two sides. Watching is continuous.

    No term grows with a, so nothing overflows. Against 60-digit arithmetic on 5,945 random points (a up to 1000,
    v from 1e-8 to 40, p down to 1e-300) the largest relative error is 3.8e-13, half are under 2e-15. exp(a + log N(.))
    measured the same, 2.9e-13; this form was taken because it needs no case for each side.

    References
    ----------
    Black and Cox (1976), Valuing corporate securities, https://doi.org/10.1111/j.1540-6261.1976.tb01891.x
    """
    size, above = _line_size(distance)
    scale = _checked_v(v)
    with np.errstate(over="ignore"):
        ratio = size / scale
        near = (ratio - 0.5 * scale) / _ROOT_TWO
        far = (ratio + 0.5 * scale) / _ROOT_TWO
        chance = 0.5 * (scipy.special.erfc(near) + np.exp(-near * near) * scipy.special.erfcx(far))
    bounded: FloatArray = np.minimum(chance * above, 1.0)
    return bounded


def gbm_hit_slope(distance: npt.ArrayLike, v: npt.ArrayLike, /) -> FloatArray:
    """Derivative of :func:`gbm_hit_probability` with respect to ``v``.

    Parameters
    ----------
    distance, v : array_like
        As in :func:`gbm_hit_probability`.

    Returns
    -------
    numpy.ndarray
        dp/dv >= 0 in the broadcast shape; 0 at distance 0, without a line, and at ``v`` = 0 and infinity.

    Raises
    ------
    ValueError
        If a ``v`` is negative or NaN.

    Notes
    -----
    dp/dv = 2 a phi((-a + v^2/2)/v) / v^2 below the mark and 2 a phi((-a - v^2/2)/v) / v^2 above, with
    a = |distance| and phi the normal density; the second is exp(-a) times the first.
    """
    size, above = _line_size(distance)
    scale = _checked_v(v)
    with np.errstate(over="ignore", invalid="ignore"):
        ratio = size / scale
        near = ratio - 0.5 * scale
        density = np.exp(-0.5 * near * near) / _ROOT_TWO_PI
        slope = 2.0 * ratio * density / scale * above
    return np.where(density == 0.0, 0.0, slope)


def _line_size(distance: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Size of the distance (infinite: no line) and the factor exp(-distance) of lines above the mark."""
    signed = np.asarray(distance, dtype=np.float64)
    size = np.where(np.isnan(signed), np.inf, np.abs(signed))
    return size, np.exp(-np.where(signed > 0.0, size, 0.0))


def _checked_v(v: npt.ArrayLike) -> FloatArray:
    """``v`` as floats, its ends 0 and infinity moved to finite numbers that give the limits."""
    scale = np.asarray(v, dtype=np.float64)
    bad = int(np.count_nonzero(~(scale >= 0.0)))
    if bad:
        raise ValueError(f"got {bad} values of v that are negative or NaN; v is volatility * sqrt(years), 0 or more")
    return np.clip(scale, _SMALLEST_V, _LARGEST_V)
