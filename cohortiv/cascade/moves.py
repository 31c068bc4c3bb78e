"""Directions, and the way between log moves inside and simple fractions outside."""

from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from cohortiv.profile.bins import FloatArray

Direction = Literal["down", "up"]

SIGNS: Final[dict[Direction, float]] = {"down": -1.0, "up": 1.0}
"""Sign of the price's move in each direction."""


def log_moves(fractions: npt.ArrayLike, direction: Direction) -> FloatArray:
    """Sizes of moves on the log scale.

    Parameters
    ----------
    fractions : array_like
        Simple moves in the direction [1]: 0.05 is a fall or a rise of 5 %. From 0 on; falls below 1.
    direction : {"down", "up"}

    Returns
    -------
    numpy.ndarray
        -ln(1 - fraction) down, ln(1 + fraction) up [log].

    Raises
    ------
    ValueError
        If a fraction is negative, NaN, infinite, or a fall of 1 or more.
    """
    given = np.asarray(fractions, dtype=np.float64)
    limit = 1.0 if direction == "down" else np.inf
    bad = int(np.count_nonzero(~((given >= 0.0) & (given < limit))))
    if bad:
        raise ValueError(
            f"got {bad} of {given.size} moves {direction} outside 0 to {limit}; "
            "give sizes as fractions, 0.05 for 5 %, and the direction apart"
        )
    sign = SIGNS[direction]
    sizes: FloatArray = sign * np.log1p(sign * given)
    return sizes


def simple_moves(sizes: npt.ArrayLike, direction: Direction) -> FloatArray:
    """Sizes of log moves as simple fractions: 1 - exp(-x) down, exp(x) - 1 up.

    Parameters
    ----------
    sizes : array_like
        Log moves in the direction, 0 or more [log]; NaN stays NaN.
    direction : {"down", "up"}
    """
    sign = SIGNS[direction]
    fractions: FloatArray = sign * np.expm1(sign * np.asarray(sizes, dtype=np.float64))
    return fractions


def market_distance(distances: npt.ArrayLike, betas: npt.ArrayLike, direction: Direction) -> FloatArray:
    """Move of the market that takes symbols to their own lines.

    Parameters
    ----------
    distances : array_like, shape (n,)
        Sizes of the symbols' own log moves, 0 or more [log].
    betas : array_like, shape (n,)
        Sensitivity of each symbol's simple return to the market's [1], 0 or more.
    direction : {"down", "up"}

    Returns
    -------
    numpy.ndarray
        Size of the market's log move [log]; infinite where no move of the market suffices.

    Notes
    -----
    A symbol returns beta times what the market does, in simple returns, as in the lines of cross units: a line at the
    simple return r is reached at the market's r / beta. Below, r / beta <= -1 is never reached; beta 0 neither.
    """
    own, beta = np.broadcast_arrays(np.asarray(distances, dtype=np.float64), np.asarray(betas, dtype=np.float64))
    sign = SIGNS[direction]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        needed = sign * np.log1p(sign * np.abs(np.expm1(sign * own)) / beta)
    needed = np.where(np.isnan(needed), np.inf, needed)
    return np.where(beta == 1.0, own, np.where(own == 0.0, 0.0, needed))
