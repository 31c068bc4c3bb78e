"""How sure the index is: its interval and the probability of each code, by the delta method over accounts."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy

from cohortiv.iv_index.index import REFERENCE_VOLATILITY, iv_index
from cohortiv.volatility import (
    CriticalStatus,
    CriticalVolatility,
    FloatArray,
    HitLaw,
    LineBook,
    gbm_hit_probability,
    hit_chances,
    hit_elasticities,
)

LEVEL: Final = 0.90
"""Default level of the interval [1]."""


@dataclass(frozen=True, eq=False)
class AccountGram:
    """Which nodes share accounts: G[b, b'] = sum over accounts of w_ab * w_ab', as sparse triplets.

    G is symmetric. Each unordered pair of nodes is given once, in either order, the diagonal included; a pair off
    the diagonal then counts twice. A pair that is missing is 0.

    Attributes
    ----------
    rows, cols : numpy.ndarray
        Node numbers of each pair, shape (k,).
    products : numpy.ndarray
        Sums of products of the accounts' notional at the two nodes, shape (k,) [USD^2].
    """

    rows: npt.NDArray[np.intp]
    cols: npt.NDArray[np.intp]
    products: FloatArray


@dataclass(frozen=True)
class Interval:
    """Interval of the index.

    Attributes
    ----------
    level : float
        Probability that it covers [1], 0.90 for 90 %.
    low, high : float
        Ends [%].
    sd_log : float
        Standard deviation of ln index, which is that of ln sigma_c [1].
    """

    level: float
    low: float
    high: float
    sd_log: float


@dataclass(frozen=True)
class CodeProbability:
    """Probability of each code, summing to 1.

    Attributes
    ----------
    green, yellow, red : float
        Probability that the index is below, between and above the thresholds [1].
    """

    green: float
    yellow: float
    red: float


@dataclass(frozen=True)
class IndexUncertainty:
    """What sampling of accounts leaves open about one index.

    Attributes
    ----------
    interval : Interval
    code_probability : CodeProbability
    """

    interval: Interval
    code_probability: CodeProbability


def account_gram(rows: npt.ArrayLike, cols: npt.ArrayLike, products: npt.ArrayLike) -> AccountGram:
    """Check triplets and make a Gram matrix of them.

    Parameters
    ----------
    rows, cols : array_like
        Node numbers from 0, shape (k,); each unordered pair once.
    products : array_like
        Sums over accounts of w_ab * w_ab', shape (k,), finite and >= 0 [USD^2].

    Returns
    -------
    AccountGram

    Raises
    ------
    ValueError
        If shapes differ, products are not finite and >= 0, or a pair is given twice.
    """
    first, second = np.asarray(rows, dtype=np.intp), np.asarray(cols, dtype=np.intp)
    sums = np.asarray(products, dtype=np.float64)
    if not (first.shape == second.shape == sums.shape and sums.ndim == 1):
        raise ValueError(
            f"got triplets of shapes {first.shape}, {second.shape} and {sums.shape}; allowed is one (k,) for all three"
        )
    bad = int(np.count_nonzero(~(np.isfinite(sums) & (sums >= 0.0))))
    if bad:
        raise ValueError(
            f"got {bad} of {sums.size} sums of products that are not finite and >= 0; notional is never negative"
        )
    pairs = np.stack([np.minimum(first, second), np.maximum(first, second)])
    twice = sums.size - np.unique(pairs, axis=1).shape[1] if sums.size else 0
    if twice:
        raise ValueError(
            f"got {twice} pairs of nodes more than once; give each unordered pair once, already summed over accounts"
        )
    return AccountGram(first, second, sums)


def log_deviation(
    book: LineBook,
    gram: AccountGram,
    critical: CriticalVolatility,
    *,
    law: HitLaw = gbm_hit_probability,
) -> float:
    """Standard deviation of ln sigma_c when the accounts are taken as the sample.

    Parameters
    ----------
    book : LineBook
        One profile, weights (n,). It may be coarser than the book that was solved, as long as ``gram`` has its nodes.
    gram : AccountGram
        Which of its nodes share accounts, in the weights' unit squared.
    critical : CriticalVolatility
        The solution for that profile.
    law : HitLaw, optional
        The law it was solved under.

    Returns
    -------
    float
        sd(ln sigma_c) >= 0 [1]; NaN where there is no root, or S is flat there.

    Raises
    ------
    ValueError
        If there are several profiles or ``gram`` names a node that the book does not have.

    Notes
    -----
    sd = sqrt(sum_a u_a^2) / sum_i w_i v_i dp_i/dv_i with u_a = sum over a's positions of w (p - c): the delta
    method for the root of sum_i w_i (p_i - c) = 0. With g = p - c per node, sum_a u_a^2 = g' G g. Positions of
    one account come and go together: taking them as independent understates sd.
    """
    if book.weights.ndim != 1:
        raise ValueError(f"got weights of shape {book.weights.shape}; an interval is of one profile, shape (n,)")
    outside = int(
        np.count_nonzero((gram.rows < 0) | (gram.cols < 0) | (np.maximum(gram.rows, gram.cols) >= book.distances.size))
    )
    if outside:
        raise ValueError(
            f"got {outside} pairs with a node outside 0..{book.distances.size - 1}; pairs name the book's own nodes"
        )
    if critical.single_status is not CriticalStatus.SOLVED:
        return math.nan
    steepness = float(book.weights @ hit_elasticities(book, critical.single_v, law=law))
    if not steepness > 0.0:
        return math.nan
    excess = hit_chances(book, critical.single_v, law=law) - critical.critical_mass
    pairs = np.where(gram.rows == gram.cols, 1.0, 2.0) * gram.products
    spread = float(pairs @ (excess[gram.rows] * excess[gram.cols]))
    return math.sqrt(max(spread, 0.0)) / steepness


def index_interval(index: float, sd_log: float, *, level: float = LEVEL) -> Interval:
    """Lognormal interval round the index.

    Parameters
    ----------
    index : float
        The index, finite and > 0 [%].
    sd_log : float
        Standard deviation of its logarithm, >= 0 [1].
    level : float, optional
        Probability covered, between 0 and 1. Default 0.90.

    Returns
    -------
    Interval
        From index * exp(-z sd) to index * exp(z sd).

    Raises
    ------
    ValueError
        On an index, deviation or level outside these ranges.
    """
    _refuse_no_index(index, sd_log)
    if not 0.0 < level < 1.0:
        raise ValueError(f"got a level of {level}; it lies between 0 and 1, for instance 0.90")
    reach = float(scipy.special.ndtri(0.5 + 0.5 * level)) * sd_log
    return Interval(level=level, low=index * math.exp(-reach), high=index * math.exp(reach), sd_log=sd_log)


def code_probability(index: float, sd_log: float, *, yellow: float, red: float) -> CodeProbability:
    """Probability that the true index is Green, Yellow or Red.

    Parameters
    ----------
    index : float
        The index, finite and > 0 [%].
    sd_log : float
        Standard deviation of its logarithm, >= 0 [1]; at 0 the index's own code has probability 1.
    yellow, red : float
        Thresholds [%], 0 < yellow < red.

    Returns
    -------
    CodeProbability

    Raises
    ------
    ValueError
        On an index or deviation outside these ranges, or thresholds out of order.
    """
    _refuse_no_index(index, sd_log)
    if not 0.0 < yellow < red:
        raise ValueError(f"got thresholds {yellow} and {red}; allowed is 0 < yellow < red, for instance 30 and 60")
    if sd_log == 0.0:
        below, above = float(index < yellow), float(index > red)
    else:
        below = float(scipy.special.ndtr(math.log(yellow / index) / sd_log))
        above = float(scipy.special.ndtr(math.log(index / red) / sd_log))
    return CodeProbability(green=below, yellow=max(0.0, 1.0 - below - above), red=above)


def index_uncertainty(
    book: LineBook,
    gram: AccountGram,
    critical: CriticalVolatility,
    *,
    reference_volatility: float = REFERENCE_VOLATILITY,
    level: float = LEVEL,
    yellow: float = 30.0,
    red: float = 60.0,
    law: HitLaw = gbm_hit_probability,
) -> IndexUncertainty | None:
    """Interval and code probabilities of one index, from the accounts behind it.

    Parameters
    ----------
    book, gram, critical, law
        As in :func:`log_deviation`.
    reference_volatility : float, optional
        Annualised anchor of the index [1/sqrt(year)]. Default 0.40.
    level : float, optional
        Probability the interval covers. Default 0.90.
    yellow, red : float, optional
        Thresholds of the codes [%]. Default 30 and 60.

    Returns
    -------
    IndexUncertainty or None
        None where there is no root: nothing leveraged, past its lines, or unreachable.
    """
    sd_log = log_deviation(book, gram, critical, law=law)
    if math.isnan(sd_log):
        return None
    index = float(iv_index(critical.value, reference_volatility))
    return IndexUncertainty(
        interval=index_interval(index, sd_log, level=level),
        code_probability=code_probability(index, sd_log, yellow=yellow, red=red),
    )


def _refuse_no_index(index: float, sd_log: float) -> None:
    if not (math.isfinite(index) and index > 0.0 and math.isfinite(sd_log) and sd_log >= 0.0):
        raise ValueError(
            f"got index {index} with deviation {sd_log}; an interval needs a finite index > 0 and a deviation >= 0"
        )
