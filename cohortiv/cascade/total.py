"""Total moves: where the price ends after an outside shock and all the orders it forces, for every shock at once."""

from typing import Final

import numpy as np
import numpy.typing as npt

from cohortiv.cascade.flow import ForcedFlow
from cohortiv.cascade.impact import PriceImpact
from cohortiv.cascade.moves import log_moves, simple_moves
from cohortiv.cascade.segments import Segments, segments_of, settle_within
from cohortiv.profile.bins import FloatArray

_BLOCK_CELLS: Final = 100_000


def total_moves(flow: ForcedFlow, impact: PriceImpact, shocks: npt.ArrayLike) -> FloatArray:
    """Total move after each outside shock, as simple fractions.

    Parameters
    ----------
    flow : ForcedFlow
        Profiles of shape (...).
    impact : PriceImpact
        Scale that broadcasts against the profiles: many depths for one profile, say.
    shocks : array_like, shape (m,)
        Outside moves in the flow's direction as simple fractions [1]: 0 or more, falls below 1; in any order.

    Returns
    -------
    numpy.ndarray
        Shape (..., m): total moves as simple fractions, never below the shock.

    Raises
    ------
    ValueError
        If a shock is negative, NaN, infinite, or a fall of 1 or more.
    """
    return simple_moves(total_log_moves(flow, impact, log_moves(shocks, flow.direction)), flow.direction)


def total_log_moves(flow: ForcedFlow, impact: PriceImpact, shocks: FloatArray) -> FloatArray:
    """Total log move after each outside log shock.

    Parameters
    ----------
    flow, impact
        As in :func:`total_moves`.
    shocks : numpy.ndarray, shape (m,)
        Outside log moves, 0 or more.

    Returns
    -------
    numpy.ndarray
        Shape (..., m): the smallest x >= s with x - impact(Q(x)) >= s [log].

    Notes
    -----
    The price passes a segment of Q if the shock reaches the highest x - impact(Q(x)) of it and of all before, so one
    running maximum serves every shock, and a sorted search finds the segment in which the price stops. A peak that a
    shock meets exactly is passed, since a line exactly there is reached; but a shock of 0 stays where nothing is
    forced. Work goes through in blocks of profiles, so memory stays small.
    """
    profiles = np.broadcast_shapes(flow.after.shape[:-1], impact.scale.shape)
    order = np.argsort(shocks, kind="stable")
    rising = np.asarray(shocks, dtype=np.float64)[order]
    count = int(np.prod(profiles))
    before = _rows(flow.before, profiles)
    after = before if flow.before is flow.after else _rows(flow.after, profiles)
    distances = flow.distances if flow.distances.ndim == 1 else _rows(flow.distances, profiles)
    scale = np.broadcast_to(impact.scale, profiles).reshape(count)
    found = np.empty((count, rising.size))
    step = max(1, _BLOCK_CELLS // max(flow.after.shape[-1], rising.size, 1))
    for first in range(0, count, step):
        part = slice(first, first + step)
        lines = distances if distances.ndim == 1 else distances[part]
        held = before[part]
        block = ForcedFlow(flow.direction, lines, held, held if after is before else after[part])
        found[part, order] = _settle(block, PriceImpact(impact.law, scale[part], impact.withdrawal), rising)
    return found.reshape(*profiles, rising.size)


def _rows(values: FloatArray, profiles: tuple[int, ...]) -> FloatArray:
    """Profiles as the rows of one matrix."""
    rows: FloatArray = np.broadcast_to(values, (*profiles, values.shape[-1])).reshape(-1, values.shape[-1])
    return rows


def _settle(flow: ForcedFlow, impact: PriceImpact, shocks: FloatArray) -> FloatArray:
    """Total moves of a block of profiles after rising shocks."""
    parts = segments_of(flow, impact)
    segment = _first_above(np.maximum.accumulate(parts.peaks, axis=-1), shocks)
    size = parts.peaks.shape[-1]
    chosen = segment + size * np.arange(len(segment))[:, np.newaxis]
    starts, ends = _edges(parts, segment, chosen)
    gaps = np.maximum(shocks - parts.settled.take(chosen), 0.0)
    ahead = settle_within(
        impact, gaps, forced=parts.forced.take(chosen), slopes=parts.slopes.take(chosen), widths=ends - starts
    )
    moves = starts + ahead
    still = shocks <= parts.settled[:, :1]
    return np.where(still, 0.0, moves) if still.any() else moves


def _first_above(levels: FloatArray, shocks: FloatArray) -> npt.NDArray[np.intp]:
    """Number of the first level above each shock, row by row."""
    found = np.empty((len(levels), shocks.size), dtype=np.intp)
    for row, level in enumerate(levels):
        found[row] = level.searchsorted(shocks, side="right")
    return found


def _edges(
    parts: Segments, segment: npt.NDArray[np.intp], chosen: npt.NDArray[np.intp]
) -> tuple[FloatArray, FloatArray]:
    """Start and end of the chosen segments [log]."""
    ends = np.append(parts.starts[..., 1:], np.full((*parts.starts.shape[:-1], 1), np.inf), axis=-1)
    where = segment if parts.starts.ndim == 1 else chosen
    return parts.starts.take(where), ends.take(where)
