"""Distance bins of the liquidation profile, and the two points that stand for the notional in one.

A bin is 5 % wide in ln |distance|, so its accuracy doesn't depend on how volatile the market is; there is no first or
last bin. Bin k holds |d| in [exp(0.05 k), exp(0.05 (k + 1))); k is negative where |d| is below 1. Lines below the mark
are stored under -(k + 1000), lines above under k + 1000.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

STEP = 0.05
OFFSET = 1000
#: Fixed point of the place within a bin: sums of cents times these whole numbers are exact on every engine.
SCALE_BITS = 20
SCALE = 1 << SCALE_BITS
#: Distances below this count as this; an engine's logarithm of 0 is an error [log].
SMALLEST = 1e-15

#: A standard deviation below this is rounding of the fixed point, not spread [share of a bin].
NARROWEST = 2e-3
#: Below this the fixed point is too coarse for a skewness [share of a bin].
NARROWEST_SKEW = 2e-2

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TwoPoints:
    """Two points that stand for the notional in each bin.

    Attributes
    ----------
    lower, upper : ndarray, shape (n,)
        Places within the bin, 0 to 1.
    lower_share : ndarray, shape (n,)
        Share of the notional that the lower point carries [1].
    """

    lower: FloatArray
    upper: FloatArray
    lower_share: FloatArray


def log_place(ratio: ir.Value) -> ir.Value:
    """Place of a line on the scale of bins as an engine expression: ln |ln ratio| / STEP, for ratio > 0.

    Parameters
    ----------
    ratio : ibis numeric column
        Line / mark [1].
    """
    return ibis.greatest(ratio.ln().abs(), SMALLEST).ln() / STEP


def bin_code(ratio: ir.Value, place: ir.Value) -> ir.Value:
    """Number under which a bin is stored, as an engine expression."""
    k = place.floor().cast("int16") + OFFSET
    return ibis.ifelse(ratio < 1, -k, k).cast("int16")


def bin_part(place: ir.Value) -> ir.Value:
    """Place within the bin in fixed point, 0 to SCALE - 1, as an engine expression."""
    return ((place - place.floor()) * SCALE).floor().cast("int64")


def edges_of(codes: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Inner and outer edge of bins, as signed log distances; NaN for codes that are NaN or 0.

    Parameters
    ----------
    codes : array_like, shape (n,)
        Stored bin numbers; 0 or NaN where there is no line.
    """
    code = np.asarray(codes, dtype=float)
    sign = np.where((code == 0) | np.isnan(code), np.nan, np.sign(code))
    k = np.abs(code) - OFFSET
    return sign * np.exp(STEP * k), sign * np.exp(STEP * (k + 1))


def distance_at(codes: npt.ArrayLike, places: npt.ArrayLike) -> FloatArray:
    """Signed log distance at a place (0 to 1) within bins; NaN where there is no line."""
    code = np.asarray(codes, dtype=float)
    sign = np.where((code == 0) | np.isnan(code), np.nan, np.sign(code))
    result: FloatArray = sign * np.exp(STEP * (np.abs(code) - OFFSET + np.asarray(places, dtype=float)))
    return result


def two_points(weight: npt.ArrayLike, moments: Sequence[npt.ArrayLike]) -> TwoPoints:
    """The two points whose first three moments are those of the notional in a bin (Gauss quadrature).

    Parameters
    ----------
    weight : array_like, shape (n,)
        Notional of each cell [cents].
    moments : three array_like, shape (n,)
        Sums of notional times the first, second and third power of the place, in fixed point.

    Returns
    -------
    TwoPoints
        Kept inside the bin; both places are equal where there is no spread, 0.5 where there is no notional.

    Notes
    -----
    With skewness g and standard deviation s the places are mean + s (g/2 -+ sqrt(1 + g^2/4)), the lower one carrying
    the share (1 + g / sqrt(4 + g^2)) / 2. Golub and Welsch (1969), two nodes.
    """
    w = np.asarray(weight, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        first, second, third = (
            np.where(w > 0, (np.asarray(m, dtype=float) / w + floor) / SCALE, 0.5**power)
            for power, m, floor in zip((1, 2, 3), moments, (0.0, 0.5, 0.5), strict=True)
        )
        deviation = np.sqrt(np.clip(second - first**2, 0.0, None))
        spread = np.where(deviation < NARROWEST, 0.0, deviation)
        skew = (third - 3 * first * second + 2 * first**3) / deviation**3
    skew = np.where(deviation < NARROWEST_SKEW, 0.0, skew)
    root = np.sqrt(4 + skew**2)
    mean = first + 0.5 / SCALE
    lower = np.clip(mean + spread * (skew - root) / 2, 0.0, 1.0)
    upper = np.clip(mean + spread * (skew + root) / 2, 0.0, 1.0)
    return TwoPoints(lower, upper, (1 + skew / root) / 2)
