"""Interval and code probabilities, against a bootstrap over accounts and on real positions."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cohortiv.iv_index import (
    AccountGram,
    account_gram,
    code_probability,
    index_interval,
    index_uncertainty,
    iv_index,
    log_deviation,
)
from cohortiv.volatility import FloatArray, LineBook, critical_volatility_of, line_book, solve_critical_volatility

ACCOUNTS, POSITIONS = 800, 4


@dataclass(frozen=True)
class Cohort:
    """A seeded cohort whose accounts each hold four positions with lines near each other.

    Attributes
    ----------
    distances : numpy.ndarray
        Distance of each position, shape (accounts, 4) [log].
    weights : numpy.ndarray
        Notional of each position, same shape [USD].
    """

    distances: FloatArray
    weights: FloatArray


def cohort() -> Cohort:
    """Accounts that differ in leverage and size far more than the positions of one of them."""
    rng = np.random.default_rng(11)
    shape = (ACCOUNTS, POSITIONS)
    near = rng.normal(-1.6, 0.8, (ACCOUNTS, 1)) + rng.normal(0.0, 0.15, shape)
    side = rng.choice([-1.0, 1.0], (ACCOUNTS, 1), p=[0.7, 0.3])
    weights = np.exp(rng.normal(0.0, 0.7, (ACCOUNTS, 1)) + rng.normal(0.0, 0.2, shape))
    return Cohort(distances=np.broadcast_to(side, shape) * np.exp(near), weights=weights)


COHORT = cohort()
BOOK = line_book(COHORT.weights.ravel(), COHORT.distances.ravel())
CRITICAL = critical_volatility_of(BOOK)


def gram_of_accounts() -> AccountGram:
    """Every pair of positions of one account, once."""
    first, second = np.triu_indices(POSITIONS)
    rows = np.add.outer(np.arange(ACCOUNTS) * POSITIONS, first).ravel()
    cols = np.add.outer(np.arange(ACCOUNTS) * POSITIONS, second).ravel()
    weights = COHORT.weights.ravel()
    return account_gram(rows, cols, weights[rows] * weights[cols])


def gram_of_positions() -> AccountGram:
    """Every position as if it were an account of its own."""
    nodes = np.arange(BOOK.distances.size)
    return account_gram(nodes, nodes, COHORT.weights.ravel() ** 2)


def bootstrap_logs(draws: int) -> FloatArray:
    """Logarithms of the critical volatility of cohorts drawn from the accounts with replacement."""
    rng = np.random.default_rng(12)
    times = rng.multinomial(ACCOUNTS, np.full(ACCOUNTS, 1.0 / ACCOUNTS), size=draws)
    weights = (times[:, :, np.newaxis] * COHORT.weights).reshape(draws, -1)
    return np.log(solve_critical_volatility(weights, COHORT.distances.ravel()).volatility)


def test_bootstrap_over_accounts_agrees() -> None:
    """The delta method's deviation is that of 1,500 bootstrap cohorts, within a tenth."""
    logs = bootstrap_logs(1500)
    assert log_deviation(BOOK, gram_of_accounts(), CRITICAL) == pytest.approx(float(logs.std()), rel=0.1)


def test_bootstrap_interval_agrees() -> None:
    """The interval's ends are the bootstrap's 5 % and 95 % points, within 2 % of the index."""
    result = index_uncertainty(BOOK, gram_of_accounts(), CRITICAL)
    assert result is not None
    low, high = np.quantile(iv_index(np.exp(bootstrap_logs(1500))), [0.05, 0.95])
    index = float(iv_index(CRITICAL.value))
    assert result.interval.low == pytest.approx(low, abs=0.02 * index)
    assert result.interval.high == pytest.approx(high, abs=0.02 * index)


def test_independent_positions_understate() -> None:
    """Taking the positions of an account as independent loses nearly half of the deviation at four an account."""
    together = log_deviation(BOOK, gram_of_accounts(), CRITICAL)
    apart = log_deviation(BOOK, gram_of_positions(), CRITICAL)
    assert apart < 0.65 * together


def test_deviation_by_hand() -> None:
    """Two equal accounts at one line: u = 0 at the solution, so the deviation is 0."""
    book = line_book([1.0, 1.0], [-0.1, -0.1])
    deviation = log_deviation(book, account_gram([0, 1], [0, 1], [1.0, 1.0]), critical_volatility_of(book))
    assert deviation == pytest.approx(0.0, abs=1e-12)


def test_nodes_that_share_accounts_can_be_merged() -> None:
    """Positions of one line summed into one node, accounts and all, keep the deviation."""
    distances, whole = [-0.1, 0.3], line_book([3.0, 2.0], [-0.1, 0.3])
    critical = critical_volatility_of(whole)
    split = line_book([1.0, 2.0, 2.0], [-0.1, -0.1, 0.3])
    fine = account_gram([0, 1, 2, 0], [0, 1, 2, 2], [1.0, 4.0, 4.0, 2.0])
    coarse = account_gram([0, 1, 1], [0, 1, 0], [5.0, 4.0, 2.0])
    assert log_deviation(split, fine, critical) == pytest.approx(log_deviation(whole, coarse, critical), rel=1e-12)
    assert len(distances) == whole.distances.size


def test_unit_of_notional_does_not_matter() -> None:
    """Weights in another unit, with the Gram matrix in its square, give the same deviation."""
    gram = gram_of_accounts()
    other = account_gram(gram.rows, gram.cols, gram.products * 1e12)
    scaled = line_book(BOOK.weights * 1e6, BOOK.distances)
    expected = log_deviation(BOOK, gram, CRITICAL)
    assert log_deviation(scaled, other, CRITICAL) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("weights", "distance"), [([1.0], 0.0), ([1.0], np.nan), ([0.0], -0.1)])
def test_no_root_no_interval(weights: list[float], distance: float) -> None:
    """Past its lines, unreachable or empty, there is neither deviation nor interval."""
    book: LineBook = line_book(weights, [distance])
    gram, critical = account_gram([0], [0], [1.0]), critical_volatility_of(book)
    assert math.isnan(log_deviation(book, gram, critical))
    assert index_uncertainty(book, gram, critical) is None


def test_interval_by_hand() -> None:
    """A deviation of 0.1 makes 90 % reach from 50 * exp(-0.16449) to 50 * exp(0.16449)."""
    interval = index_interval(50.0, 0.1)
    assert interval.low == pytest.approx(42.4165, abs=1e-4)
    assert interval.high == pytest.approx(58.9393, abs=1e-4)
    assert (interval.level, interval.sd_log) == (0.90, 0.1)


def test_codes_by_hand() -> None:
    """At 60 with deviation ln 2, Green is one deviation away (0.1587) and Red half."""
    probability = code_probability(60.0, math.log(2.0), yellow=30.0, red=60.0)
    assert probability.green == pytest.approx(0.158655, abs=1e-6)
    assert probability.red == pytest.approx(0.5, rel=1e-12)
    assert probability.green + probability.yellow + probability.red == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize(
    ("index", "expected"),
    [(29.9, (1.0, 0.0, 0.0)), (30.0, (0.0, 1.0, 0.0)), (60.0, (0.0, 1.0, 0.0)), (60.1, (0.0, 0.0, 1.0))],
)
def test_no_deviation_is_certain_of_its_code(index: float, expected: tuple[float, float, float]) -> None:
    """Without deviation the index's own code is certain, with the codes' own edges."""
    probability = code_probability(index, 0.0, yellow=30.0, red=60.0)
    assert (probability.green, probability.yellow, probability.red) == expected


def test_bad_triplets_are_refused() -> None:
    """Shapes that differ, sums that are not finite and pairs given twice are errors that count them."""
    with pytest.raises(ValueError, match="triplets of shapes"):
        account_gram([0, 1], [0, 1], [1.0])
    with pytest.raises(ValueError, match="got 2 of 3 sums"):
        account_gram([0, 1, 2], [0, 1, 2], [1.0, np.nan, -1.0])
    with pytest.raises(ValueError, match="got 1 pairs of nodes more than once"):
        account_gram([0, 0, 1], [0, 1, 0], [1.0, 1.0, 1.0])


def test_nodes_outside_the_book_are_refused() -> None:
    """A pair that names a node the book does not have is an error."""
    with pytest.raises(ValueError, match=r"outside 0\.\.3199"):
        log_deviation(BOOK, account_gram([0, -1], [3200, 0], [1.0, 1.0]), CRITICAL)


def test_several_profiles_are_refused() -> None:
    """An interval is of one profile."""
    book = line_book([[1.0], [2.0]], [-0.1])
    with pytest.raises(ValueError, match="one profile"):
        log_deviation(book, account_gram([0], [0], [1.0]), critical_volatility_of(book))


@pytest.mark.parametrize(("index", "deviation"), [(0.0, 0.1), (math.inf, 0.1), (math.nan, 0.1), (50.0, -0.1)])
def test_no_interval_round_no_index(index: float, deviation: float) -> None:
    """An interval needs an index and a deviation."""
    with pytest.raises(ValueError, match="an interval needs"):
        index_interval(index, deviation)


def test_bad_levels_and_thresholds_are_refused() -> None:
    """A level lies between 0 and 1, and Yellow begins below Red."""
    with pytest.raises(ValueError, match="got a level of 90"):
        index_interval(50.0, 0.1, level=90.0)
    with pytest.raises(ValueError, match="got thresholds 60"):
        code_probability(50.0, 0.1, yellow=60.0, red=30.0)


def test_real_positions(real_data: Path) -> None:
    """Bitcoin on 2026-02-18: index 50.7827, interval 30.6 to 84.4."""
    table = pd.read_parquet(real_data / "hl_positions_2026-02.parquet")
    day = table[table["snapshot_utc"].dt.strftime("%Y-%m-%d") == "2026-02-18"]
    last = day[(day["snapshot_utc"] == day["snapshot_utc"].max()) & (day["coin"] == "BTC") & (day["leverage"] > 1)]
    weights = last["position_value_usd"].to_numpy()
    mark = (last["position_value_usd"] / last["size"]).to_numpy()
    book = line_book(weights, np.log(last["liquidation_px"].to_numpy() / mark))
    nodes = np.arange(weights.size)
    critical = critical_volatility_of(book)
    result = index_uncertainty(book, account_gram(nodes, nodes, weights**2), critical)
    assert last["trader_id"].is_unique
    assert result is not None
    assert float(iv_index(critical.value)) == pytest.approx(50.7827, abs=1e-4)
    assert (round(result.interval.low, 1), round(result.interval.high, 1)) == (30.6, 84.4)
