"""Stationary block bootstrap: intervals that know that neighbouring days resemble each other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from cohortiv.validation.ranking import auroc, rank
from cohortiv.validation.sample import DAY, BoolArray, Sample
from cohortiv.volatility import FloatArray

LEVEL: Final = 0.95
"""Nominal level of an interval [1]."""

DRAWS: Final = 1_000
"""Default number of resamples."""

MOST_VOID: Final = 0.1
"""Largest share of resamples without a value with which an interval is still given [1].

A resample has none where it lacks a class, or where a ratio's denominator is 0.
"""

FEWEST_ROWS: Final = 20
"""Fewer rows than this have no interval."""

_CHUNK_CELLS: Final = 2_000_000

Statistic = Callable[[FloatArray], FloatArray]
"""Weights of the rows, shape (k, n), to the statistic of each resample, shape (k,)."""


@dataclass(frozen=True)
class Interval:
    """A statistic with its bootstrap interval.

    Attributes
    ----------
    value : float
        Statistic of the rows themselves.
    low, high : float
        Percentile interval; NaN where `status` says why there is none.
    level : float
        Nominal level [1]. With long-lived risk the true level is lower; see the simulation in METHODOLOGY.
    draws, void : int
        Resamples, and those among them without a value.
    block_rows : float
        Mean length of a block [rows].
    status : str
        "given", or why there is no interval.
    """

    value: float
    low: float
    high: float
    level: float
    draws: int
    void: int
    block_rows: float
    status: str


def block_length(series: FloatArray, *, at_least: float = 1.0) -> float:
    """Mean block length for the stationary bootstrap of a series' mean.

    Parameters
    ----------
    series : ndarray, shape (n,)
        What is averaged, one value a row, finite.
    at_least : float, optional
        Shortest length, for instance the rows of one horizon [rows].

    Returns
    -------
    float
        Rows, between 1 (or `at_least`) and a third of the series.

    Notes
    -----
    The automatic choice of Politis and White as `arch` computes it, lifted to `at_least` and capped at n / 3. A series
    that never changes has no choice of its own and takes `at_least`.

    References
    ----------
    Patton, Politis and White (2009), Correction to "Automatic block-length selection for the dependent bootstrap",
    https://doi.org/10.1080/07474930802459016
    """
    from arch.bootstrap import optimal_block_length  # noqa: PLC0415 - loads statsmodels, a second that others need not pay

    chosen = 1.0
    if series.size >= FEWEST_ROWS and np.ptp(series) > 0.0:
        chosen = float(optimal_block_length(series)["stationary"].iloc[0])
    return float(max(1.0, min(max(chosen if np.isfinite(chosen) else 1.0, at_least), series.size / 3.0)))


def auroc_parts(score: FloatArray, event: BoolArray) -> FloatArray:
    """What each row adds to the AUROC beyond its mean: its influence, whose persistence sets the block length.

    Parameters
    ----------
    score : ndarray, shape (n,)
    event : ndarray of bool, shape (n,)
        Both classes are present.

    Returns
    -------
    ndarray, shape (n,)
        Share of the other class on the right side of the row, less the AUROC, over the share of the row's class.
    """
    ranking = rank(score, event)
    area = float(auroc(ranking))
    placed = np.empty(score.size)
    for own in (True, False):
        rows, others = np.flatnonzero(event == own), np.sort(score[event != own])
        below = 0.5 * (np.searchsorted(others, score[rows], "left") + np.searchsorted(others, score[rows], "right"))
        share = below / others.size
        placed[rows] = ((share if own else 1.0 - share) - area) / (rows.size / score.size)
    return placed


def sample_block(sample: Sample) -> float:
    """Mean block length for a sample's resamples: that of the AUROC's parts, a horizon at least [rows]."""
    step_days = float(np.median(np.diff(sample.times.to_numpy()) / DAY.to_timedelta64()))
    return block_length(auroc_parts(sample.score, sample.event), at_least=sample.horizon_days / step_days)


def resample_weights(rows: int, *, block_rows: float, draws: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Resamples as weights of the rows, in chunks.

    Parameters
    ----------
    rows : int
        Rows of the sample, 1 or more.
    block_rows : float
        Mean length of a block, 1 or more [rows].
    draws : int
        Resamples.
    rng : numpy.random.Generator
        The only source of chance.

    Yields
    ------
    ndarray, shape (k, rows)
        How often each row occurs in each of k resamples [1]; each resample sums to `rows`.

    References
    ----------
    Politis and Romano (1994), The stationary bootstrap, https://doi.org/10.1080/01621459.1994.10476870
    """
    from arch.bootstrap import StationaryBootstrap  # noqa: PLC0415 - as above

    bootstrap = StationaryBootstrap(max(1, round(block_rows)), np.arange(rows), seed=rng)
    places = bootstrap.bootstrap(draws)
    chunk = max(1, _CHUNK_CELLS // rows)
    for begun in range(0, draws, chunk):
        count = min(chunk, draws - begun)
        yield np.stack([np.bincount(next(places)[0][0], minlength=rows) for _ in range(count)]).astype(np.float64)


def interval(
    statistic: Statistic,
    rows: int,
    *,
    block_rows: float,
    rng: np.random.Generator,
    draws: int = DRAWS,
    level: float = LEVEL,
) -> Interval:
    """Percentile interval of one statistic by the stationary block bootstrap.

    Parameters
    ----------
    statistic : Statistic
        Of the rows' weights; NaN for a resample in which it has no value.
    rows : int
        Rows of the sample.
    block_rows : float
        Mean length of a block [rows].
    rng : numpy.random.Generator
    draws : int, optional
        Resamples. Default 1,000.
    level : float, optional
        Nominal level, between 0 and 1. Default 0.95.

    Returns
    -------
    Interval
        Without ends where there are fewer than 20 rows, or over a tenth of the resamples have no value.
    """
    found = intervals({"": statistic}, rows, block_rows=block_rows, rng=rng, draws=draws, level=level)
    return found[""]


def intervals(
    statistics: dict[str, Statistic],
    rows: int,
    *,
    block_rows: float,
    rng: np.random.Generator,
    draws: int = DRAWS,
    level: float = LEVEL,
) -> dict[str, Interval]:
    """Intervals of several statistics from the same resamples, so that their differences are paired.

    Parameters
    ----------
    statistics : dict of str to Statistic
    rows, block_rows, rng, draws, level
        As for `interval`.

    Returns
    -------
    dict of str to Interval

    Raises
    ------
    ValueError
        On a level outside (0, 1), or fewer than one draw.
    """
    if not 0.0 < level < 1.0 or draws < 1:
        raise ValueError(f"got level {level} and {draws} draws; allowed are a level in (0, 1) and one draw or more")
    values = {name: float(of(np.ones((1, rows)))[0]) if rows else np.nan for name, of in statistics.items()}
    drawn: dict[str, list[FloatArray]] = {name: [] for name in statistics}
    if rows >= FEWEST_ROWS:
        for weights in resample_weights(rows, block_rows=block_rows, draws=draws, rng=rng):
            for name, of in statistics.items():
                drawn[name].append(of(weights))
    return {
        name: _interval(
            values[name], np.concatenate(parts) if parts else np.empty(0), block_rows=block_rows, level=level
        )
        for name, parts in drawn.items()
    }


def _interval(value: float, drawn: FloatArray, *, block_rows: float, level: float) -> Interval:
    void = int(np.count_nonzero(np.isnan(drawn)))
    status = "given"
    if not drawn.size:
        status = "too few rows"
    elif void > MOST_VOID * drawn.size:
        status = "too many resamples without a value"
    low = high = np.nan
    if status == "given":
        low, high = np.nanquantile(drawn, [0.5 - 0.5 * level, 0.5 + 0.5 * level]).tolist()
    return Interval(
        value=value, low=low, high=high, level=level, draws=drawn.size, void=void, block_rows=block_rows, status=status
    )
