"""Profiles of many snapshots on common lines: each bin's notional at four fixed places, so that one table serves all.

A cell keeps the sums of notional times the powers 0 to 3 of the place within its bin. Spread over four places by the
weights that give the same four sums, they serve every function of the place that is cubic within the bin; a hit
chance over a bin 5 % wide is, to about 1e-6. The sums are linear in the cells, so cells of one bin add up first, and
as the sums of a snapshot are linear in its cells too, it is the table of chances that is put in terms of the sums.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from cohortiv.liquidation import MARKET, NO_LINE, PAST, UNLEVERAGED
from cohortiv.profile import LiquidationProfile
from cohortiv.profile.bins import SCALE, distance_at
from cohortiv.schema import USED
from cohortiv.volatility import FloatArray, LineBook, hit_chances, line_book

_COUNT: Final = 4
_HALF_STEP: Final = 0.5 / SCALE
PLACES: Final = 0.5 - 0.5 * np.cos((np.arange(_COUNT) + 0.5) * np.pi / _COUNT)
_FROM_POWERS: Final = np.asarray(np.linalg.inv(np.vander(PLACES, _COUNT, increasing=True)), dtype=np.float64)
#: Sums of fixed-point squares and cubes are of numbers rounded down: half a step of each is given back.
FROM_SUMS: Final = np.array([[1.0, 0.0, _HALF_STEP, _HALF_STEP], *(np.eye(_COUNT)[1:] / SCALE)]) @ _FROM_POWERS
_SUMS: Final = ("notional_cents", "first", "second", "third")
_CODES: Final = 4096
_STATES: Final = 4
_CELLS_AT_ONCE: Final = 200_000

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class LeveragedCells:
    """Leveraged notional of many snapshots, one entry a cell, ordered by time.

    Attributes
    ----------
    frame : DataFrame
        Cells with notional, as a profile has them.
    starts : numpy.ndarray
        Number of the first cell of each snapshot, and the number of cells, shape (snapshots + 1,).
    kappas : numpy.ndarray
        Relative volatilities that occur, shape (k,) [1].
    kappa : numpy.ndarray
        Which of them is each cell's, shape (n,).
    """

    frame: pd.DataFrame
    starts: IntArray
    kappas: FloatArray
    kappa: IntArray

    def only(self, cells: IntArray) -> "LeveragedCells":
        """Some of the cells, given by their rising numbers, of the same snapshots."""
        starts = np.searchsorted(cells, self.starts)
        return LeveragedCells(self.frame.iloc[cells], starts, self.kappas, self.kappa[cells])


class Mixtures(NamedTuple):
    """Some snapshots as mixtures of the parts of common lines.

    Attributes
    ----------
    weights : numpy.ndarray
        Sum of each part, shape (snapshots, parts).
    notional : numpy.ndarray
        Leveraged notional of each snapshot, shape (snapshots,) [cents].
    """

    weights: FloatArray
    notional: FloatArray


@dataclass(frozen=True, eq=False)
class CommonLines:
    """Lines and parts that all snapshots of a series share.

    Attributes
    ----------
    book : LineBook
        Lines that the parts are made of, each with weight 1; those of groups with one line first.
    single, double : _Single, _Double
        Groups with one line and with two.

    Notes
    -----
    A group with one line has four parts: its cells' sums of notional times the powers of the place, as they are stored.
    Their chances follow from those at the four places, so nothing as large as the weights is transformed.
    """

    book: LineBook
    single: "_Single"
    double: "_Double"

    @property
    def parts(self) -> int:
        """Number of parts."""
        return self.book.distances.size

    def chances(self, v: FloatArray) -> FloatArray:
        """What one unit of each part adds to the notional touched, shape (k, parts), by market volatility."""
        at_lines = hit_chances(self.book, v)
        lines = self.single.keys.size * _COUNT
        parts = at_lines[:, :lines].reshape(len(at_lines), self.single.keys.size, _COUNT) @ FROM_SUMS.T
        return np.concatenate([parts.swapaxes(1, 2).reshape(len(at_lines), lines), at_lines[:, lines:]], axis=1)

    def mixtures(self, first: int, last: int) -> Mixtures:
        """Snapshots numbered `first` to before `last`."""
        weights = self.single.weights(first, last)
        notional = weights[:, : self.single.keys.size].sum(axis=1)
        if not self.double.pairs.size:
            return Mixtures(weights, notional)
        two = self.double.weights(first, last)
        return Mixtures(np.concatenate([weights, two], axis=1), notional + two.sum(axis=1))


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
    reason, tier, notional = (cells[name].to_numpy() for name in ("reason", "tier", "notional_cents"))
    held = (reason == USED) & (tier != UNLEVERAGED) & (notional > 0)
    frame = cells if held.all() else cells[held]
    if not frame["as_of"].is_monotonic_increasing:
        frame = frame.sort_values("as_of", kind="stable")
    starts = np.append(np.searchsorted(frame["as_of"].to_numpy(), times.to_numpy()), len(frame))
    if symbol is not None:
        return LeveragedCells(frame, starts, np.ones(1), np.broadcast_to(np.int64(0), len(frame)))
    codes, names = pd.factorize(frame["symbol"])
    own = np.where(frame["reading"] == MARKET, len(names), codes).astype(np.int64)
    return LeveragedCells(
        frame, starts, np.array([*(profile.comovement.kappa(str(name)) for name in names), 1.0]), own
    )  # fmt: skip


def common_lines(cells: LeveragedCells) -> CommonLines:
    """Lines of all snapshots; none where nothing is leveraged."""
    two = np.flatnonzero(cells.frame["second_bin"].to_numpy())
    one = cells.only(np.flatnonzero(cells.frame["second_bin"].to_numpy() == 0)) if two.size else cells
    single, double = _single(one), _double(cells.only(two))
    parts = (single.lines(), double.lines())
    book = line_book(
        np.ones(sum(part.firsts.size for part in parts)),
        np.concatenate([part.firsts for part in parts]),
        second_distances=np.concatenate([part.seconds for part in parts]),
        kappas=cells.kappas[np.concatenate([part.kappa for part in parts])],
    )
    return CommonLines(book, single, double)


class _Lines(NamedTuple):
    """Distances of lines [log], and which kappa is each one's."""

    firsts: FloatArray
    seconds: FloatArray
    kappa: IntArray


@dataclass(frozen=True, eq=False)
class _Single:
    """Cells with one line at most: the keys that occur, and the place among them by key."""

    cells: LeveragedCells
    keys: IntArray
    place: IntArray

    def lines(self) -> _Lines:
        return _Lines(
            _distances(self.keys).ravel(),
            np.full(self.keys.size * _COUNT, np.nan),
            np.repeat(self.keys // (_STATES * _CODES), _COUNT),
        )

    def weights(self, first: int, last: int) -> FloatArray:
        """Sums of each key for snapshots numbered `first` to before `last`, a few at a time to stay in cache."""
        found = np.empty((last - first, len(_SUMS), self.keys.size))
        step = max(1, _CELLS_AT_ONCE // max(1, self.keys.size))
        for start in range(first, last, step):
            self._sum_into(found[start - first : start - first + step], start)
        return found.reshape(last - first, len(_SUMS) * self.keys.size)

    def _sum_into(self, found: FloatArray, first: int) -> None:
        rows, _, width = found.shape
        part = slice(*self.cells.starts[[first, first + rows]])
        where = self.place[_keys(self.cells, part)]
        where += _row_starts(self.cells, first, last=first + rows, width=width)
        for place, name in enumerate(_SUMS):
            found[:, place] = _summed(where, self.cells.frame[name].to_numpy()[part], shape=(rows, width))


@dataclass(frozen=True, eq=False)
class _Double:
    """Cells with a line on both sides: the pairs of keys that occur, and which is each cell's.

    The second line stands at its mean place, as in the profile's own nodes.
    """

    cells: LeveragedCells
    pairs: IntArray
    pair: IntArray

    def lines(self) -> _Lines:
        keys, codes = self.pairs // _CODES, self.pairs % _CODES - _CODES // 2
        shape = (keys.size, _COUNT, _COUNT)
        seconds = distance_at(codes[:, np.newaxis], PLACES + _HALF_STEP)
        return _Lines(
            np.broadcast_to(_distances(keys)[:, :, np.newaxis], shape).ravel(),
            np.broadcast_to(seconds[:, np.newaxis, :], shape).ravel(),
            np.repeat(keys // (_STATES * _CODES), _COUNT**2),
        )

    def weights(self, first: int, last: int) -> FloatArray:
        part = slice(*self.cells.starts[[first, last]])
        frame = self.cells.frame.iloc[part]
        own = frame[list(_SUMS)].to_numpy() @ FROM_SUMS
        place = (frame["other_first"] / frame["notional_cents"]).to_numpy() / SCALE
        other = np.vander(place, _COUNT, increasing=True) @ _FROM_POWERS
        where = self.pair[part] + _row_starts(self.cells, first, last=last, width=self.pairs.size)
        shape = (last - first, self.pairs.size)
        sums = [_summed(where, own[:, i] * other[:, j], shape=shape) for i in range(_COUNT) for j in range(_COUNT)]
        return np.stack(sums, axis=-1).reshape(last - first, self.pairs.size * _COUNT**2)


def _single(cells: LeveragedCells) -> _Single:
    held = np.zeros(cells.kappas.size * _STATES * _CODES, dtype=np.bool_)
    for start in range(0, len(cells.frame), _CELLS_AT_ONCE):
        held[_keys(cells, slice(start, start + _CELLS_AT_ONCE))] = True
    every = _without_bin(np.arange(held.size))
    keys = np.unique(every[held])
    return _Single(cells, keys, np.searchsorted(keys, every))


def _double(cells: LeveragedCells) -> _Double:
    second = cells.frame["second_bin"].to_numpy(dtype=np.int64) + _CODES // 2
    pair, pairs = pd.factorize(_without_bin(_keys(cells, slice(None))) * _CODES + second)
    return _Double(cells, pairs, pair)


def _keys(cells: LeveragedCells, part: slice) -> IntArray:
    """Kappa, state and bin of some cells as one whole number."""
    state, bins = (cells.frame[name].to_numpy()[part] for name in ("state", "bin"))
    keys: IntArray = (cells.kappa[part] * _STATES + state) * _CODES + bins
    keys += _CODES // 2
    return keys


def _without_bin(keys: IntArray) -> IntArray:
    """Keys with bin 0 past the line and without one, where a bin says nothing."""
    state = keys // _CODES % _STATES
    return np.where((state == PAST) | (state == NO_LINE), keys // _CODES * _CODES + _CODES // 2, keys)


def _row_starts(cells: LeveragedCells, first: int, *, last: int, width: int) -> IntArray:
    """Start of each cell's snapshot in a table `width` wide."""
    return np.repeat(np.arange(last - first) * width, np.diff(cells.starts[first : last + 1]))


def _distances(keys: IntArray) -> FloatArray:
    """Distances of the four places of each key, shape (k, 4) [log]: 0 past the line, NaN without one."""
    state, bins = keys // _CODES % _STATES, keys % _CODES - _CODES // 2
    lined = distance_at(bins[:, np.newaxis], PLACES + _HALF_STEP)
    return np.where((state == PAST)[:, np.newaxis], 0.0, lined)


def _summed(where: IntArray, values: FloatArray, *, shape: tuple[int, int]) -> FloatArray:
    """Sum of values at each place of a table."""
    added = np.bincount(where, weights=values, minlength=shape[0] * shape[1])
    return np.asarray(added, dtype=np.float64).reshape(shape)
