"""Jump hit law: Merton's jump diffusion, for shocks from outside, at a given total volatility."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy

from cohortiv.volatility.laws import FloatArray

_CELLS: Final = 400
_REACH: Final = 8.0
_LARGEST_V: Final = 2.0
_SMALLEST_V: Final = 1e-6
_LEVELS: Final = 33
_STEPS: Final = 128
_SMOOTHING_STEPS: Final = 4


@dataclass(frozen=True, eq=False)
class JumpLaw:
    """A hit law with jumps; made by :func:`jump_law`.

    Attributes
    ----------
    below, above : numpy.ndarray
        Chance of a touch on each side, shape (levels of v, cells): levels evenly spaced from 0 to ``largest_v``,
        cells evenly spaced in |distance| / v from 0 on [1].
    cell : float
        Width of a cell in |distance| / v [1].
    largest_v : float
        Beyond this ``v`` the chance stays what it is there [1].
    """

    below: FloatArray
    above: FloatArray
    cell: float
    largest_v: float

    def __call__(self, distance: npt.ArrayLike, v: npt.ArrayLike, /) -> FloatArray:
        """Chance of a touch, interpolated linearly in the two tables.

        Parameters
        ----------
        distance : array_like
            ln(line / mark) [log]; 0: already touched, NaN or infinite: no line.
        v : array_like
            Total volatility times the square root of the horizon [1], 0 to infinity.

        Returns
        -------
        numpy.ndarray
            Probability in [0, 1] in the broadcast shape.

        Raises
        ------
        ValueError
            If a ``v`` is negative or NaN.
        """
        signed, given = np.asarray(distance, dtype=np.float64), np.asarray(v, dtype=np.float64)
        bad = int(np.count_nonzero(~(given >= 0.0)))
        if bad:
            raise ValueError(
                f"got {bad} values of v that are negative or NaN; v is volatility * sqrt(years), 0 or more"
            )
        scale = np.minimum(given, self.largest_v)
        size = np.where(np.isnan(signed), np.inf, np.abs(signed))
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            column = np.where(size > 0.0, size / (scale * self.cell), 0.0)
        row = np.broadcast_to(scale / self.largest_v * (len(self.below) - 1), column.shape)
        touched = np.where(signed < 0.0, _read(self.below, row, column), _read(self.above, row, column))
        return np.where(signed == 0.0, 1.0, touched)


def jump_law(*, jumps: float, jump_share: float, lean: float = 0.0) -> JumpLaw:
    """Make a hit law of a jump diffusion.

    Parameters
    ----------
    jumps : float
        Expected number of jumps over the horizon, more than 0 [1].
    jump_share : float
        Part of the total variance that comes from jumps, between 0 and 1 [1].
    lean : float, optional
        Mean of a jump over its root mean square, between -1 and 1 [1]: negative, jumps are rather falls. Default 0.

    Returns
    -------
    JumpLaw

    Raises
    ------
    ValueError
        On a number outside these ranges.

    Notes
    -----
    Over the horizon the log price has a normal part of variance (1 - f) v^2 and, n times on average, a normal jump
    of mean square q^2 = f v^2 / n, so its variance is v^2; its drift -(1 - f) v^2/2 - n (E exp(J) - 1) leaves the
    price without expected gain. The chance u of no touch, as a function of y = distance / v, solves

        u_t = (1 - f)/2 u_yy + b u_y + n (E u(y + J/v) - u),   u = 0 for y <= 0, u = 1 at the start,

    once for each ``v`` and side, by central differences on 400 cells and 128 Crank-Nicolson steps, the first two
    of them implicit. No draws are involved, so the law is the same each time; making it takes a second or two.
    Absolute error about 2e-4 (against the default law at a jump share of 1e-9, and within the noise of 200 000
    simulated paths with jumps). Range: v up to 2, or sqrt(n / f) if that is less (jumps of one log unit). Beyond,
    the chance stays what it is there, so that "unreachable" means not reached up to there. Near that end the chance of
    a line above may dip as v rises, by 5e-4 in the cases tried, because the drift that pays for large jumps pulls down.

    References
    ----------
    Merton (1976), Option pricing when underlying stock returns are discontinuous,
    https://doi.org/10.1016/0304-405X(76)90022-2
    """
    if not (math.isfinite(jumps) and jumps > 0.0 and 0.0 < jump_share < 1.0 and -1.0 < lean < 1.0):
        raise ValueError(
            f"got jumps {jumps}, jump_share {jump_share} and lean {lean}; "
            "allowed are jumps > 0, a share between 0 and 1, and a lean between -1 and 1"
        )
    size = math.sqrt(jump_share / jumps)
    largest_v = min(_LARGEST_V, 1.0 / size)
    levels = np.maximum(np.linspace(0.0, largest_v, _LEVELS), _SMALLEST_V)
    below, above = (
        np.array([_touched(v, side, jumps=jumps, share=jump_share, lean=lean) for v in levels.tolist()])
        for side in (-1.0, 1.0)
    )
    return JumpLaw(below=below, above=above, cell=_cell(size), largest_v=largest_v)


def _touched(v: float, side: float, *, jumps: float, share: float, lean: float) -> FloatArray:
    """Chance of a touch at each cell of |distance| / v, for one v and one side."""
    size = math.sqrt(share / jumps)
    mean, deviation = lean * size, size * math.sqrt(1.0 - lean * lean)
    gain = math.expm1(v * mean + 0.5 * (v * deviation) ** 2)
    drift = side * (0.5 * (1.0 - share) * v + jumps * gain / v)
    cell = _cell(size)
    inside = cell * np.arange(1.0, _CELLS)
    leave = scipy.special.ndtr((0.5 * cell - inside + side * mean) / deviation)
    reach = (_edges(inside, cell) - inside[:, np.newaxis] + side * mean) / deviation
    moves = np.diff(scipy.special.ndtr(reach), axis=1)
    spread, push = 0.5 * (1.0 - share) / cell**2, 0.5 * drift / cell
    rates = jumps * moves
    rates += np.diag(np.full(_CELLS - 1, -2.0 * spread - jumps))
    rates += np.diag(np.full(_CELLS - 2, spread + push), k=1) + np.diag(np.full(_CELLS - 2, spread - push), k=-1)
    arrivals = jumps * leave
    arrivals[0] += spread - push
    return np.concatenate([[1.0], _evolved(rates, arrivals), [0.0]])


def _evolved(rates: FloatArray, arrivals: FloatArray) -> FloatArray:
    """Solution at time 1 of w' = rates w + arrivals from w = 0: Crank-Nicolson after a few implicit half steps."""
    half = 0.5 / _STEPS
    implicit = np.linalg.inv(np.eye(len(rates)) - half * rates)
    added = implicit @ (half * arrivals)
    touched: FloatArray = np.zeros(len(rates))
    for _ in range(_SMOOTHING_STEPS):
        touched = implicit @ touched + added
    for _ in range(_STEPS - _SMOOTHING_STEPS // 2):
        touched = implicit @ (touched + half * (rates @ touched)) + 2.0 * added
    return np.clip(touched, 0.0, 1.0)


def _edges(inside: FloatArray, cell: float) -> FloatArray:
    return np.concatenate([inside - 0.5 * cell, [inside[-1] + 0.5 * cell]])


def _cell(size: float) -> float:
    """Width of a cell: the grid reaches eight deviations and eight jumps away."""
    return _REACH * (1.0 + size) / _CELLS


def _read(table: FloatArray, row: FloatArray, column: FloatArray) -> FloatArray:
    """Bilinear interpolation at fractional rows and columns; 0 beyond the last column."""
    last_row, last_column = table.shape[0] - 1, table.shape[1] - 1
    held = np.minimum(column, float(last_column))
    top = np.minimum(row.astype(np.intp), last_row - 1)
    left = np.minimum(held.astype(np.intp), last_column - 1)
    down, across = row - top, held - left
    upper = table[top, left] * (1.0 - across) + table[top, left + 1] * across
    lower = table[top + 1, left] * (1.0 - across) + table[top + 1, left + 1] * across
    interpolated: FloatArray = upper * (1.0 - down) + lower * down
    return interpolated
