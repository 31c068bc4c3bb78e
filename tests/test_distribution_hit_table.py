"""Distance given tier: shares of each tier that are touched, borrowed lines, and the critical volatility of mixes."""

import math

import numpy as np
import pandas as pd
import pytest

from cohortiv.distribution.hit_table import (
    BorrowedLines,
    HitTable,
    critical_volatility_of_mixes,
    hit_table,
    tier_hit_shares,
)
from cohortiv.errors import DataError
from cohortiv.volatility import CriticalStatus, FloatArray, gbm_hit_probability, solve_critical_volatility

EDGES = (5, 10, 20)


def nodes_of(*rows: tuple[float, float, float], kappa: float = 1.0) -> pd.DataFrame:
    """Nodes of one line each from (tier, weight, distance)."""
    frame = pd.DataFrame(rows, columns=["tier", "weight", "distance"])
    return frame.assign(second_distance=np.nan, kappa=kappa)


def random_nodes(seed: int) -> pd.DataFrame:
    """Seeded nodes of three tiers with lines on one side, on both, none, and past."""
    rng = np.random.default_rng(seed)
    count = 60
    distance = rng.choice((-1.0, 1.0), count) * rng.lognormal(-2.0, 0.6, count)
    distance[rng.random(count) < 0.1] = np.nan
    distance[rng.random(count) < 0.02] = 0.0
    return pd.DataFrame(
        {
            "tier": np.resize(EDGES, count),
            "weight": rng.lognormal(10.0, 1.0, count),
            "distance": distance,
            "second_distance": np.where(rng.random(count) < 0.2, -distance, np.nan),
            "kappa": rng.choice((1.0, 1.33, 1.91), count),
        }
    )


def random_mixes(seed: int, *, count: int) -> FloatArray:
    """Seeded shares of the three tiers."""
    return np.random.default_rng(seed).dirichlet((1.0, 2.0, 1.0), count)


def weights_of(table: HitTable, mix: FloatArray) -> FloatArray:
    """Weight of each node of a table in one mix."""
    sizes = np.diff([*table.starts, table.book.distances.size])
    return np.repeat(mix, sizes) * table.book.weights


def test_shares_by_hand() -> None:
    """A tier's share is the weighted mean of its lines' chances, whatever the other tiers hold."""
    table = hit_table(nodes_of((10, 30.0, -0.1), (5, 7.0, -0.2), (10, 10.0, math.nan), (20, 1.0, 0.05)), EDGES)
    v = [0.05, 0.1]
    expected = np.stack(
        [gbm_hit_probability(-0.2, v), 0.75 * gbm_hit_probability(-0.1, v), gbm_hit_probability(0.05, v)], axis=1
    )
    np.testing.assert_allclose(tier_hit_shares(table, v), expected, rtol=1e-14)


def test_ends_of_the_curve() -> None:
    """At no volatility only what is past its line counts; at infinite volatility all longs and part of the shorts."""
    table = hit_table(nodes_of((5, 1.0, 0.0), (5, 3.0, -0.3), (10, 1.0, math.nan), (20, 1.0, math.log(2.0))), EDGES)
    np.testing.assert_allclose(tier_hit_shares(table, [0.0, np.inf]), [[0.25, 0.0, 0.0], [1.0, 0.0, 0.5]], atol=1e-15)


@pytest.mark.parametrize("seed", range(5))
def test_shares_never_fall(seed: int) -> None:
    """More volatility touches no less of any tier."""
    shares = tier_hit_shares(hit_table(random_nodes(seed), EDGES), np.geomspace(1e-4, 10.0, 200))
    assert np.diff(shares, axis=0).min() >= -1e-15


def test_many_volatilities_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table read in small pieces is the table read at once."""
    table, v = hit_table(random_nodes(0), EDGES), np.geomspace(0.01, 1.0, 37)
    whole = tier_hit_shares(table, v)
    monkeypatch.setattr("cohortiv.distribution.hit_table._CHUNK_CELLS", 100)
    np.testing.assert_array_equal(tier_hit_shares(table, v), whole)


@pytest.mark.parametrize("seed", range(5))
def test_mixes_meet_single_solves(seed: int) -> None:
    """Each mix has the critical volatility that its nodes, weighted by it, have alone."""
    table, mixes = hit_table(random_nodes(seed), EDGES), random_mixes(seed, count=20)
    many = critical_volatility_of_mixes(table, mixes)
    book = table.book
    single = [
        solve_critical_volatility(
            weights_of(table, mix), book.distances, second_distances=book.second_distances, kappas=book.kappas
        ).value
        for mix in mixes
    ]
    np.testing.assert_allclose(many.volatility, single, rtol=1e-10)


def test_todays_mix_is_todays_book() -> None:
    """With the shares of the nodes themselves the answer is that of the snapshot."""
    nodes = random_nodes(7)
    shares = nodes.groupby("tier")["weight"].sum() / nodes["weight"].sum()
    whole = solve_critical_volatility(
        nodes["weight"], nodes["distance"], second_distances=nodes["second_distance"], kappas=nodes["kappa"]
    )
    mixed = critical_volatility_of_mixes(hit_table(nodes, EDGES), shares)
    assert mixed.value == pytest.approx(whole.value, rel=1e-12)


def test_degenerate_mixes_have_a_status() -> None:
    """All past the line, all without a line, and a tier with lines: 0, infinite, and a number."""
    table = hit_table(nodes_of((5, 1.0, 0.0), (10, 1.0, math.nan), (20, 1.0, math.log(0.9))), EDGES)
    critical = critical_volatility_of_mixes(table, np.eye(3))
    wanted = [CriticalStatus.PAST_LINES, CriticalStatus.UNREACHABLE, CriticalStatus.SOLVED]
    assert critical.status.tolist() == wanted
    np.testing.assert_allclose(critical.volatility, [0.0, np.inf, 0.518597], atol=5e-7)


def test_dates_and_draws_keep_their_shape() -> None:
    """Leading axes of the mixes are those of the answer."""
    mixes = random_mixes(1, count=12).reshape(3, 4, 3)
    assert critical_volatility_of_mixes(hit_table(random_nodes(1), EDGES), mixes).volatility.shape == (3, 4)


def test_a_tier_without_positions_borrows() -> None:
    """At twice the leverage the borrowed line is half as far, and the table says who lent."""
    table = hit_table(nodes_of((5, 1.0, -0.2), (10, 1.0, -0.1)), EDGES)
    assert table.borrowed == (BorrowedLines(tier=20.0, lender=10.0, scale=0.5),)
    np.testing.assert_allclose(tier_hit_shares(table, [0.05])[0, 2], gbm_hit_probability(-0.05, 0.05), rtol=1e-14)


def test_of_two_equally_near_the_lower_lends() -> None:
    """10x lies as far from 5x as from 20x by ratio; 5x lends."""
    table = hit_table(nodes_of((5, 1.0, -0.2), (20, 1.0, -0.05)), EDGES)
    assert table.borrowed == (BorrowedLines(tier=10.0, lender=5.0, scale=0.5),)


def test_second_lines_are_scaled_and_past_ones_stay() -> None:
    """A borrowed second line comes nearer like the first; past the line stays past, no line stays none."""
    nodes = nodes_of((10, 1.0, -0.1), (10, 1.0, 0.0), (10, 2.0, math.nan))
    nodes = nodes.assign(second_distance=[0.3, np.nan, np.nan])
    book = hit_table(nodes, (10, 20)).book
    np.testing.assert_allclose(book.distances[3:], [-0.05, 0.0, np.nan])
    np.testing.assert_allclose(book.second_distances[3:], [0.15, np.nan, np.nan])


def test_weightless_nodes_are_no_positions() -> None:
    """A tier that holds only nodes without weight borrows like an empty one."""
    table = hit_table(nodes_of((5, 1.0, -0.2), (10, 0.0, -0.01)), (5, 10))
    assert [loan.tier for loan in table.borrowed] == [10.0]


def test_nothing_leveraged_is_a_data_error() -> None:
    """Without leveraged notional there are no lines for a mix to stand on."""
    with pytest.raises(DataError, match="no leveraged notional"):
        hit_table(nodes_of(), EDGES)


@pytest.mark.parametrize("edges", [(), (0.5, 5), (10, 5), (5, 5), (math.nan,)])
def test_bad_edges_are_refused(edges: tuple[float, ...]) -> None:
    """Edges rise, from 1 or more."""
    with pytest.raises(ValueError, match="allowed are rising edges from 1"):
        hit_table(nodes_of((5, 1.0, -0.2)), edges)


def test_strange_tiers_are_named() -> None:
    """A tier of the nodes that the mixes do not know is refused, not dropped."""
    with pytest.raises(ValueError, match=r"in the tiers \[8\.0\]"):
        hit_table(nodes_of((5, 1.0, -0.2), (8, 1.0, -0.1)), EDGES)


@pytest.mark.parametrize(
    ("mixes", "expected"),
    [
        ([[0.5, 0.5]], r"of shape \(1, 2\)"),
        ([[0.5, 0.5, 0.0], [0.5, 0.6, 0.0]], "got 1 of 2 mixes"),
        ([1.5, -0.5, 0.0], "got 1 of 1 mixes"),
        ([math.nan, 0.5, 0.5], "got 1 of 1 mixes"),
        (1.0, r"of shape \(\)"),
    ],
)
def test_bad_mixes_are_counted(mixes: object, expected: str) -> None:
    """Mixes are shares of these tiers that sum to 1."""
    with pytest.raises(ValueError, match=expected):
        critical_volatility_of_mixes(hit_table(random_nodes(0), EDGES), np.asarray(mixes))
