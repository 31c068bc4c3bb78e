"""First crossings of many rising curves that are mixtures of one table: where weights @ chances(v) reaches a target.

Each curve is read at Chebyshev points of ln v, all curves by one matrix product. Where the polynomial through the
values has converged, its root is the answer; else the crossing lies between two neighbouring points, and the
curves that share such a gap are read again inside it. A smooth law settles on the second reading; a law with steps
narrows down to the first point at which the target is reached. One curve and a million take the same way.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
from numpy.polynomial import chebyshev

from cohortiv.volatility.laws import FloatArray

IntArray = npt.NDArray[np.intp]
BoolArray = npt.NDArray[np.bool_]
Chances = Callable[[FloatArray], FloatArray]

_DEGREE: Final = 32
_POINTS: Final = np.asarray(chebyshev.chebpts2(_DEGREE + 1), dtype=np.float64)
_TO_COEFFICIENTS: Final = np.asarray(np.linalg.inv(chebyshev.chebvander(_POINTS, _DEGREE)), dtype=np.float64)
_TO_SLOPES: Final = np.pad(chebyshev.chebder(np.eye(_DEGREE + 1)), ((0, 1), (0, 0)))
_TAIL: Final = 4
_TOLERANCE: Final = 1e-13
_ROUNDING: Final = 1e-15
_VALUES_AT_ONCE: Final = 200_000
_NEWTON_STEPS: Final = 50


def first_crossings(
    weights: FloatArray,
    targets: FloatArray,
    *,
    chances: Chances,
    low: float,
    high: float,
) -> FloatArray:
    """Smallest ln v at which each row's weighted chance reaches its target.

    Parameters
    ----------
    weights : numpy.ndarray
        Shape (m, n), >= 0.
    targets : numpy.ndarray
        Shape (m,), in the unit of ``weights``: more than the row gives at ``low``, at most what it gives at ``high``.
    chances : callable
        v of shape (k,) to chances of shape (k, n) that never fall with v.
    low, high : float
        Ends of the search in ln v.

    Returns
    -------
    numpy.ndarray
        ln v, shape (m,), to about 1e-13 where the curve's slope allows it. Empty in, empty out.
    """
    crossings = np.empty(targets.size)
    work = [(np.arange(targets.size), low, high)]
    while work:
        rows, left, right = work.pop()
        if right - left <= _TOLERANCE:
            crossings[rows] = right
            continue
        points = np.interp(_POINTS, (-1.0, 1.0), (left, right))
        gaps = _products(weights, rows, chances(np.exp(points)).T) - targets[rows, np.newaxis]
        reached = gaps >= 0.0
        cells = np.where(reached.any(axis=1), reached.argmax(axis=1), _DEGREE)
        places, settled = _settled(gaps, cells, scale=targets[rows])
        crossings[rows[settled]] = np.interp(places, (-1.0, 1.0), (left, right))
        open_rows, open_cells = rows[~settled], cells[~settled]
        work.extend(
            (open_rows[open_cells == cell], float(points[cell - 1]), float(points[cell]))
            for cell in np.unique(open_cells)
        )
    return crossings


def _products(weights: FloatArray, rows: IntArray, table: FloatArray) -> FloatArray:
    if rows.size == len(weights):
        return weights @ table
    step = max(1, _VALUES_AT_ONCE // max(1, len(table)))
    parts = [weights[rows[start : start + step]] @ table for start in range(0, rows.size, step)]
    return np.concatenate(parts)


def _settled(gaps: FloatArray, cells: IntArray, *, scale: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Roots in [-1, 1] of the rows whose polynomial has converged, and which rows these are.

    A row that is already at its target at the first point keeps that point: rounding moved it there.
    """
    every = np.arange(cells.size)
    before = np.maximum(cells - 1, 0)
    width = _POINTS[cells] - _POINTS[before]
    start, end = gaps[every, before], gaps[every, cells]
    coefficients = _TO_COEFFICIENTS @ gaps.T
    tail = np.abs(coefficients[-_TAIL:]).max(axis=0)
    settled = (tail * width <= _TOLERANCE * (end - start)) | (tail <= _ROUNDING * scale) | (cells == 0)
    kept = np.flatnonzero(settled)
    secant = np.clip(start[kept] / np.minimum(start - end, -np.finfo(np.float64).tiny)[kept], 0.0, 1.0)
    return _roots(coefficients[:, kept], _POINTS[before[kept]], width[kept], share=secant), settled


def _roots(coefficients: FloatArray, left: FloatArray, width: FloatArray, *, share: FloatArray) -> FloatArray:
    """Root of each Chebyshev series inside its bracket: Newton from a share of its width, halving where it leaves."""
    both = np.stack([coefficients, _TO_SLOPES @ coefficients], axis=1)
    right, place = left + width, left + share * width
    for _ in range(_NEWTON_STEPS):
        value, slope = chebyshev.chebval(place, both, tensor=False)
        left = np.where(value < 0.0, place, left)
        right = np.where(value < 0.0, right, place)
        with np.errstate(divide="ignore", invalid="ignore"):
            newton = place - value / slope
        following = np.where((newton >= left) & (newton <= right), newton, 0.5 * (left + right))
        moved = np.abs(following - place)
        place = following
        if not moved.size or moved.max() <= _TOLERANCE:
            break
    return place
