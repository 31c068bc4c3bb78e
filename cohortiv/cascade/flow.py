"""Forced flow: the orders that are forced by the time the price has moved that far."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cohortiv.cascade.lines import ForcedLines
from cohortiv.cascade.moves import Direction
from cohortiv.profile.bins import FloatArray


@dataclass(frozen=True, eq=False)
class ForcedFlow:
    """Cumulative forced orders Q(x) >= 0 of one or many profiles: straight lines between knots, jumps at them.

    Attributes
    ----------
    direction : {"down", "up"}
    distances : numpy.ndarray
        Knots as sizes of the move, shape (n,) or (..., n), not falling, 0 first [log].
    before, after : numpy.ndarray
        Q just before and at each knot, shape (..., n) [USD]; beyond the last knot Q stays. Leading axes are profiles.
    """

    direction: Direction
    distances: FloatArray
    before: FloatArray
    after: FloatArray


def forced_flow(lines: ForcedLines) -> ForcedFlow:
    """Forced orders of one profile: Q(x) = max(0, sum of the forced notional of lines within x).

    Parameters
    ----------
    lines : ForcedLines

    Returns
    -------
    ForcedFlow
        Shape (n,). Each bin's notional is spread evenly over the bin in log distance; what is at one place, as
        positions past their line are, jumps. One knot and no orders where there are no lines.
    """
    summed = lines.frame.groupby(["family", "inner", "outer"], as_index=False)["forced_usd"].sum()
    knots = np.unique(np.concatenate([[0.0], summed["inner"], summed["outer"]]))
    spread = summed[summed["inner"] < summed["outer"]]
    smooth = np.zeros(knots.size)
    for _, bins in spread.groupby("family"):
        held = np.concatenate([[0.0], bins["forced_usd"].cumsum()])
        edges = bins[["inner", "outer"]].to_numpy().ravel()
        smooth += np.interp(knots, edges, np.repeat(held, 2)[1:-1])
    lumps = summed[summed["inner"] == summed["outer"]]
    jumps = np.zeros(knots.size)
    np.add.at(jumps, np.searchsorted(knots, lumps["inner"]), lumps["forced_usd"])
    total = np.concatenate([[0.0], jumps.cumsum()])
    return _positive_part(lines.direction, knots, before=smooth + total[:-1], after=smooth + total[1:])


def flow_of_bins(
    edges: npt.ArrayLike, forced_usd: npt.ArrayLike, *, direction: Direction, past_usd: npt.ArrayLike = 0.0
) -> ForcedFlow:
    """Forced orders of many profiles that share their bins.

    Parameters
    ----------
    edges : array_like, shape (n + 1,)
        Edges of the bins as sizes of the move, 0 or more, rising [log].
    forced_usd : array_like, shape (..., n)
        Notional forced in each bin [USD], negative where closing goes against the move; spread evenly.
    direction : {"down", "up"}
    past_usd : array_like, shape (...), optional
        Forced notional that is past its line already [USD]. Default 0.

    Raises
    ------
    ValueError
        If edges do not rise from 0 or more, shapes do not fit, or notional is NaN or infinite.
    """
    sides = np.asarray(edges, dtype=np.float64)
    held = np.asarray(forced_usd, dtype=np.float64)
    if sides.ndim != 1 or held.ndim == 0 or sides.size != held.shape[-1] + 1:
        raise ValueError(
            f"got edges of shape {sides.shape} and notional of {held.shape}; allowed is (n + 1,), (..., n)"
        )
    if not (sides[0] >= 0.0 and np.isfinite(sides[-1]) and (np.diff(sides) > 0.0).all()):
        raise ValueError("got edges that do not rise from 0 or more to a finite number; sort them and drop repeats")
    past = np.broadcast_to(np.asarray(past_usd, dtype=np.float64), held.shape[:-1])
    reached = past[..., np.newaxis] + np.concatenate([np.zeros_like(held[..., :1]), held.cumsum(axis=-1)], axis=-1)
    if not np.isfinite(reached).all():
        raise ValueError("got notional that is NaN or infinite; correct or exclude those bins")
    if sides[0] > 0.0:
        sides = np.concatenate([[0.0], sides])
        reached = np.concatenate([reached[..., :1], reached], axis=-1)
    before = np.array(reached) if past.any() else reached
    before[..., 0] = 0.0
    return _positive_part(direction, sides, before=before, after=reached)


def forced_at(flow: ForcedFlow, moves: npt.ArrayLike) -> FloatArray:
    """Forced orders when the price has moved that far, lines exactly there included.

    Parameters
    ----------
    flow : ForcedFlow
        One profile.
    moves : array_like
        Sizes of the move, 0 or more [log].

    Returns
    -------
    numpy.ndarray
        Q in the shape of the moves [USD].
    """
    x = np.asarray(moves, dtype=np.float64)
    segment = np.searchsorted(flow.distances, x, side="right") - 1
    held: FloatArray = flow.after[segment] + flow_slopes(flow)[segment] * (x - flow.distances[segment])
    return held


def flow_slopes(flow: ForcedFlow) -> FloatArray:
    """Slope of Q after each knot, shape (..., n) [USD/log]; 0 after the last and where two knots coincide."""
    rises = flow.before[..., 1:] - flow.after[..., :-1]
    widths = np.broadcast_to(np.diff(flow.distances, axis=-1), rises.shape)
    slopes = np.zeros(flow.after.shape)
    np.divide(rises, widths, out=slopes[..., :-1], where=widths > 0.0)
    return slopes


def _positive_part(direction: Direction, distances: FloatArray, *, before: FloatArray, after: FloatArray) -> ForcedFlow:
    """max(0, .) of signed sums, with a knot wherever one crosses 0 between two others."""
    start, end = after[..., :-1], before[..., 1:]
    crosses = start * end < 0.0
    columns = np.flatnonzero(crosses.any(axis=tuple(range(crosses.ndim - 1))))
    if columns.size:
        crossed = crosses[..., columns]
        near, far = distances[columns], distances[columns + 1]
        part = np.divide(start[..., columns], (start - end)[..., columns], out=np.ones(crossed.shape), where=crossed)
        value = np.where(crossed, 0.0, end[..., columns])
        distances = np.broadcast_to(distances, after.shape)
        distances = np.insert(distances, columns + 1, near + part * (far - near), axis=-1)
        before, after = (np.insert(values, columns + 1, value, axis=-1) for values in (before, after))
    clipped = np.maximum(after, 0.0)
    return ForcedFlow(direction, distances, clipped if before is after else np.maximum(before, 0.0), clipped)
