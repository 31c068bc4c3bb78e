"""Profiles of many snapshots on common lines: each bin's notional at four fixed places, so that one table serves all.

A cell keeps the sums of notional times the powers 0 to 3 of the place within its bin. Spread over four places by the
weights that give the same four sums, they serve every function of the place that is cubic within the bin; a hit
chance over a bin 5 % wide is, to about 1e-6. The sums are linear in the cells, so cells of one bin add up first.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.liquidation import MARKET, NO_LINE, PAST, UNLEVERAGED
from cohortiv.profile import LiquidationProfile
from cohortiv.profile.bins import SCALE, distance_at
from cohortiv.schema import USED
from cohortiv.volatility import FloatArray, LineBook, hit_chances, line_book

_COUNT: Final = 4
_PLACES: Final = 0.5 - 0.5 * np.cos((np.arange(_COUNT) + 0.5) * np.pi / _COUNT)
_FROM_POWERS: Final = np.asarray(np.linalg.inv(np.vander(_PLACES, _COUNT, increasing=True)), dtype=np.float64)
_TO_PARTS: Final = (_FROM_POWERS + np.vstack([np.zeros(_COUNT), np.tile(_FROM_POWERS[0], (_COUNT - 1, 1))])).T
_HALF_STEP: Final = 0.5 / SCALE
_CODES: Final = 4096
_STATES: Final = 4

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class LeveragedCells:
    """Leveraged notional of many snapshots, one entry a cell, ordered by time.

    Attributes
    ----------
    frame : DataFrame
        Cells with notional, as a profile has them.
    snapshot : numpy.ndarray
        Number of each cell's snapshot among `times`, rising, shape (n,).
    kappas : numpy.ndarray
        Relative volatilities that occur, shape (k,) [1].
    kappa : numpy.ndarray
        Which of them is each cell's, shape (n,).
    """

    frame: pd.DataFrame
    snapshot: IntArray
    kappas: FloatArray
    kappa: IntArray


@dataclass(frozen=True, eq=False)
class CommonLines:
    """Some snapshots as mixtures of parts that they share.

    Attributes
    ----------
    weights : numpy.ndarray
        Notional of each part, shape (snapshots, parts) [cents]; a part may be negative, a snapshot's sum is its
        notional.
    book : LineBook
        Lines that the parts are made of, each with weight 1; those of groups with one line first.
    single : int
        Groups with one line.

    Notes
    -----
    A group with one line has four parts: its sums y1, y2, y3 of notional times the powers of the place, and w - y1 - y2
    - y3. Their chances follow from those at the four places, so nothing as large as `weights` is transformed.
    """

    weights: FloatArray
    book: LineBook
    single: int

    def chances(self, v: FloatArray) -> FloatArray:
        """Expected share of each part that is touched, shape (k, parts), by market volatility over the horizon."""
        at_lines = hit_chances(self.book, v)
        lines = self.single * _COUNT
        parts = at_lines[:, :lines].reshape(len(at_lines), self.single, _COUNT) @ _TO_PARTS
        return np.concatenate([parts.swapaxes(1, 2).reshape(len(at_lines), lines), at_lines[:, lines:]], axis=1)


def leveraged_cells(profile: LiquidationProfile, times: pd.DatetimeIndex, *, symbol: str | None) -> LeveragedCells:
    """Cells in use with leverage and notional.

    Parameters
    ----------
    profile : LiquidationProfile
        Any number of snapshots.
    times : DatetimeIndex
        Its snapshots, rising.
    symbol : str or None
        The one symbol that it is of: then it moves with its own volatility, and its kappa is 1.
    """
    cells = profile.cells
    held = (cells["reason"] == USED) & (cells["tier"] != UNLEVERAGED) & (cells["notional_cents"] > 0)
    frame = cells if held.all() else cells[held]
    if not frame["as_of"].is_monotonic_increasing:
        frame = frame.sort_values("as_of", kind="stable")
    moments = frame["as_of"].to_numpy()
    starts = np.searchsorted(moments, times.to_numpy())
    snapshot = np.repeat(np.arange(len(times)), np.diff([*starts, len(frame)]))
    if symbol is not None:
        return LeveragedCells(frame, snapshot, np.ones(1), np.zeros(len(frame), dtype=np.int64))
    codes, names = pd.factorize(frame["symbol"])
    own = np.where(frame["reading"] == MARKET, len(names), codes).astype(np.int64)
    return LeveragedCells(
        frame, snapshot, np.array([*(profile.comovement.kappa(str(name)) for name in names), 1.0]), own
    )  # fmt: skip


def common_lines(cells: LeveragedCells, first: int, last: int) -> CommonLines:
    """Snapshots numbered `first` to before `last` on common lines; no lines where nothing is leveraged."""
    part = slice(*np.searchsorted(cells.snapshot, (first, last)))
    frame, kappa = cells.frame.iloc[part], cells.kappa[part]
    rows = cells.snapshot[part] - first
    two = (frame["second_bin"] != 0).to_numpy()
    if not two.any():
        return _joined([_one_line(frame, kappa, rows, count=last - first)], cells.kappas)
    single = _one_line(frame[~two], kappa[~two], rows[~two], count=last - first)
    return _joined([single, _two_lines(frame[two], kappa[two], rows[two], count=last - first)], cells.kappas)


@dataclass(frozen=True, eq=False)
class _Lines:
    """Weights (snapshots, lines) of lines with their distances, and which kappa is each one's."""

    weights: FloatArray
    distances: FloatArray
    seconds: FloatArray
    kappa: IntArray


def _joined(parts: list[_Lines], kappas: FloatArray) -> CommonLines:
    distances = np.concatenate([part.distances for part in parts])
    book = line_book(
        np.ones(distances.size),
        distances,
        second_distances=np.concatenate([part.seconds for part in parts]),
        kappas=kappas[np.concatenate([part.kappa for part in parts])],
    )
    weights = parts[0].weights if len(parts) == 1 else np.concatenate([part.weights for part in parts], axis=1)
    return CommonLines(weights, book, single=parts[0].distances.size // _COUNT)


def _one_line(frame: pd.DataFrame, kappa: IntArray, rows: IntArray, *, count: int) -> _Lines:
    groups, keys = pd.factorize(_keys(frame, kappa))
    where = rows * keys.size + groups
    sums = [_summed(where, values, shape=(count, keys.size)) for values in _powers(frame)]
    for powers in sums[1:]:
        sums[0] -= powers
    return _Lines(
        np.concatenate(sums, axis=1),
        _distances(keys).ravel(),
        np.full(keys.size * _COUNT, np.nan),
        np.repeat(keys // (_STATES * _CODES), _COUNT),
    )


def _two_lines(frame: pd.DataFrame, kappa: IntArray, rows: IntArray, *, count: int) -> _Lines:
    """Cells with a line on both sides; the second stands at its mean place, as in the profile's own nodes."""
    second = frame["second_bin"].to_numpy() + _CODES // 2
    groups, pairs = pd.factorize(_keys(frame, kappa) * _CODES + second)
    keys, codes = pairs // _CODES, pairs % _CODES - _CODES // 2
    first = np.stack(_powers(frame), axis=-1) @ _FROM_POWERS
    place = (frame["other_first"] / frame["notional_cents"]).to_numpy() / SCALE
    other = np.vander(place, _COUNT, increasing=True) @ _FROM_POWERS
    where = rows * keys.size + groups
    sums = [
        _summed(where, first[:, i] * other[:, j], shape=(count, keys.size))
        for i in range(_COUNT)
        for j in range(_COUNT)
    ]
    shape = (keys.size, _COUNT, _COUNT)
    seconds = distance_at(codes[:, np.newaxis], _PLACES + _HALF_STEP)
    return _Lines(
        np.stack(sums, axis=-1).reshape(count, keys.size * _COUNT**2),
        np.broadcast_to(_distances(keys)[:, :, np.newaxis], shape).ravel(),
        np.broadcast_to(seconds[:, np.newaxis, :], shape).ravel(),
        np.repeat(keys // (_STATES * _CODES), _COUNT**2),
    )


def _keys(frame: pd.DataFrame, kappa: IntArray) -> IntArray:
    """Kappa, state and bin of each cell as one whole number."""
    state = frame["state"].to_numpy(dtype=np.int64)
    bins = np.where((state == PAST) | (state == NO_LINE), 0, frame["bin"].to_numpy())
    keys: IntArray = (kappa * _STATES + state) * _CODES + bins + _CODES // 2
    return keys


def _distances(keys: IntArray) -> FloatArray:
    """Distances of the four places of each key, shape (k, 4) [log]: 0 past the line, NaN without one."""
    state, bins = keys // _CODES % _STATES, keys % _CODES - _CODES // 2
    lined = distance_at(bins[:, np.newaxis], _PLACES + _HALF_STEP)
    return np.where((state == PAST)[:, np.newaxis], 0.0, lined)


def _powers(frame: pd.DataFrame) -> tuple[FloatArray, ...]:
    """Notional times the powers 0 to 3 of the place, out of fixed point; sums of rounded-down squares are put right."""
    weight = frame["notional_cents"].to_numpy()
    first, second, third = (frame[name].to_numpy() / SCALE for name in ("first", "second", "third"))
    return weight, first, second + weight * _HALF_STEP, third + weight * _HALF_STEP


def _summed(where: IntArray, values: FloatArray, *, shape: tuple[int, int]) -> FloatArray:
    """Sum of values at each place of a table."""
    added = np.bincount(where, weights=values, minlength=shape[0] * shape[1])
    return np.asarray(added, dtype=np.float64).reshape(shape)
