"""Between two knots the orders rise on a straight line: where the cascade can settle there, and where it does.

On a segment, g(x) = x - impact(Q(x)) is the outside shock that settles at the move x. Laws that bend down in Q make g
convex, so that its highest value is at an end; the law that bends up makes it concave, with a top inside.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from cohortiv.cascade.flow import ForcedFlow, flow_slopes
from cohortiv.cascade.impact import PriceImpact, impact_slope, price_impact
from cohortiv.profile.bins import FloatArray

_STEPS: Final = 100
_ROUNDING: Final = 4.0 * np.finfo(np.float64).eps


@dataclass(frozen=True, eq=False)
class Segments:
    """What the knots of profiles say before any shock is named; arrays of shape (..., n), the last segment endless.

    Attributes
    ----------
    starts : numpy.ndarray
        Where segments begin [log], shape (n,) or (..., n).
    forced : numpy.ndarray
        Q at the start, jumps there included [USD].
    slopes : numpy.ndarray
        Slope of Q within [USD/log].
    settled : numpy.ndarray
        g at the start: the shock that settles there [log].
    peaks : numpy.ndarray
        Highest g on the segment [log]; infinite on the last.
    places : numpy.ndarray
        Where that is [log].
    """

    starts: FloatArray
    forced: FloatArray
    slopes: FloatArray
    settled: FloatArray
    peaks: FloatArray
    places: FloatArray


def segments_of(flow: ForcedFlow, impact: PriceImpact) -> Segments:
    """Starts, slopes and peaks of all segments.

    Parameters
    ----------
    flow : ForcedFlow
    impact : PriceImpact
        Of one profile, or of the flow's profiles; or many with a flow of one profile.
    """
    starts, slopes = flow.distances, flow_slopes(flow)
    settled = starts - price_impact(impact, flow.after)
    arrived = settled if flow.before is flow.after else starts - price_impact(impact, flow.before)
    peaks, places = np.full(settled.shape, np.inf), np.full(settled.shape, np.inf)
    np.maximum(settled[..., :-1], arrived[..., 1:], out=peaks[..., :-1])
    places[..., :-1] = np.where(arrived[..., 1:] >= settled[..., :-1], starts[..., 1:], starts[..., :-1])
    if impact.bends_up:
        tops = _tops(flow, impact, slopes)
        heights = tops - price_impact(impact, flow.after + slopes * (tops - starts))
        inside = heights[..., :-1] > peaks[..., :-1]
        peaks[..., :-1] = np.where(inside, heights[..., :-1], peaks[..., :-1])
        places[..., :-1] = np.where(inside, tops[..., :-1], places[..., :-1])
    return Segments(starts, flow.after, slopes, settled, peaks, places)


def _tops(flow: ForcedFlow, impact: PriceImpact, slopes: FloatArray) -> FloatArray:
    """Where a law that bends up lets g rise no further, kept within the segment.

    With t = h + e Q, impact' = scale (1/e - h^2 (1/e - 1) / t^2) equals 1 / slope at
    t^2 = h^2 (1/e - 1) / (1/e - 1 / (scale slope)).
    """
    if impact.withdrawal is None:
        return flow.distances
    h, e = impact.withdrawal.half_usd, 1.0 - impact.withdrawal.ceiling
    steepness = impact.scale[..., np.newaxis] * slopes
    with np.errstate(divide="ignore", invalid="ignore"):
        thinned = h * np.sqrt((1.0 / e - 1.0) / (1.0 / e - 1.0 / steepness))
        ahead = ((thinned - h) / e - flow.after) / slopes
    ends = np.append(flow.distances[..., 1:], flow.distances[..., -1:], axis=-1)
    reached = np.where((steepness > e) & np.isfinite(ahead), flow.distances + ahead, ends)
    return np.clip(reached, flow.distances, ends)


def settle_within(
    impact: PriceImpact, gaps: FloatArray, *, forced: FloatArray, slopes: FloatArray, widths: FloatArray
) -> FloatArray:
    """How far into its segment each shock settles: the first D with D - (impact(Q + slope D) - impact(Q)) = gap.

    Parameters
    ----------
    impact : PriceImpact
        Scale that broadcasts against the arrays with one more axis.
    gaps : numpy.ndarray, shape (..., n)
        Shock less what settles at the segment's start, 0 or more [log]; not above the segment's peak.
    forced : numpy.ndarray
        Q at the start [USD].
    slopes : numpy.ndarray
        Slope of Q [USD/log].
    widths : numpy.ndarray
        Width of the segment [log], infinite for the last.

    Returns
    -------
    numpy.ndarray
        Distance from the start [log], from 0 to the width.

    Notes
    -----
    Linear: D = gap / (1 - scale slope). Square root, with u = sqrt(Q): w = sqrt(Q + slope D) - u is the root of
    w^2 - 2 p w - slope gap, p = scale slope / 2 - u, and D = gap + scale w. While depth withdraws: Newton steps, kept
    in a bracket by bisection, to rounding.
    """
    scale = impact.scale[..., np.newaxis]
    if impact.withdrawal is not None:
        found = _by_steps(impact, gaps, forced=forced, slopes=slopes, widths=widths)
    elif impact.law == "linear":
        steepness = 1.0 - scale * slopes
        found = np.divide(gaps, steepness, out=np.zeros(gaps.shape), where=(gaps > 0.0) & (steepness > 0.0))
    else:
        base = np.sqrt(forced)
        p = 0.5 * scale * slopes - base
        root = np.sqrt(np.maximum(p * p + slopes * gaps, 0.0))
        rise = np.divide(slopes * gaps, root - p, out=np.zeros(gaps.shape), where=(p <= 0.0) & (root > p))
        found = gaps + scale * np.where(p > 0.0, p + root, rise) * (gaps > 0.0)
    return np.minimum(found, widths)


def _by_steps(
    impact: PriceImpact, gaps: FloatArray, *, forced: FloatArray, slopes: FloatArray, widths: FloatArray
) -> FloatArray:
    """Newton's steps from the side on which they cannot overshoot, with bisection where one leaves the bracket."""
    moving = (slopes != 0.0) & (gaps > 0.0) & np.isfinite(widths)
    found = np.where(moving, widths, gaps)
    scale = np.broadcast_to(impact.scale[..., np.newaxis], gaps.shape)[moving]
    gap, held, slope, high = (values[moving] for values in (gaps, forced, slopes, widths))
    place, low = np.flatnonzero(moving), np.zeros(gap.size)
    x = low if impact.bends_up else high
    for _ in range(_STEPS):
        own = PriceImpact(impact.law, scale, impact.withdrawal)
        short, rise = _shortfall(own, x, gap=gap, forced=held, slopes=slope)
        low, high = np.where(short <= 0.0, x, low), np.where(short >= 0.0, x, high)
        stepped = x - np.divide(short, rise, out=np.full(x.shape, np.inf), where=np.isfinite(rise) & (rise != 0.0))
        inside = (stepped >= low) & (stepped <= high)
        following = np.where(inside, stepped, 0.5 * (low + high))
        going = (np.abs(short) > _ROUNDING * (gap + x)) & (np.abs(following - x) > _ROUNDING * x)
        found.flat[place] = np.where(short == 0.0, x, following)
        if not going.any():
            break
        scale, gap, held, slope, place, low, high, x = (
            values[going] for values in (scale, gap, held, slope, place, low, high, following)
        )
    return found


def _shortfall(
    impact: PriceImpact, x: FloatArray, *, gap: FloatArray, forced: FloatArray, slopes: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """By how much a move within each segment misses its gap, and the slope of that."""
    reached = np.maximum(forced + slopes * x, 0.0)[:, np.newaxis]
    added = (price_impact(impact, reached) - price_impact(impact, forced[:, np.newaxis]))[:, 0]
    return x - added - gap, 1.0 - slopes * impact_slope(impact, reached)[:, 0]
