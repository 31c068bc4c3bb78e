"""Concentration from size classes against every account by itself."""

import math
from collections.abc import Sequence
from functools import cache
from itertools import count

import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pytest
from cohort_support import ENGINE_WARNINGS
from ibis.backends.duckdb import Backend

from cohortiv.distribution.concentration import (
    STATISTICS,
    Concentration,
    account_sizes,
    concentration,
    high_edge,
)
from cohortiv.engine import connect

pytestmark = ENGINE_WARNINGS
NUMBERS = count()
Cents = npt.NDArray[np.int64]


def held(cents: Sequence[int] | Cents, tiers: Sequence[int] | Cents = (), *, each: int = 1) -> pd.DataFrame:
    """Positions; every `each` of them belong to one account."""
    number = np.arange(len(cents))
    tier = tiers if len(tiers) else np.full(len(cents), 5)
    return pd.DataFrame({"account_id": [f"a{n // each}" for n in number], "tier": tier, "notional_cents": cents})


@cache
def engine() -> Backend:
    """One engine for all tests."""
    return connect(threads=2)


def table(frame: pd.DataFrame) -> ir.Table:
    """Positions in the engine."""
    fields = {"account_id": pa.string(), "tier": pa.int16(), "notional_cents": pa.int64()}
    rows = pa.table({name: pa.array(frame[name], kind) for name, kind in fields.items()})
    name = f"held_{next(NUMBERS)}"
    engine().con.register(name, rows)
    return engine().table(name)


def found(frame: pd.DataFrame, *, seed: int = 1, draws: int = 200, one_each: bool = False) -> Concentration:
    """Concentration of a frame of positions."""
    sizes = account_sizes(table(frame), high_from=10.0, one_each=one_each)
    return concentration(sizes, np.random.default_rng(seed), high_from=10.0, draws=draws)


def exact(frame: pd.DataFrame) -> dict[str, float]:
    """The same by the definitions, over every pair of accounts."""
    own = frame.groupby("account_id")["notional_cents"].sum().to_numpy(dtype=float)
    shares = np.sort(own / own.sum())[::-1]
    pairs = np.abs(own[:, None] - own).mean() / (2 * own.mean())
    high = frame.loc[frame["tier"] >= 10, "notional_cents"].sum() / frame["notional_cents"].sum()
    hhi = (shares**2).sum()
    tops = {f"top_{k}": shares[:k].sum() for k in (1, 10, 100)}
    return {"gini": pairs, "hhi": hhi, "effective_accounts": 1 / hhi, "high_leverage_share": high} | tops


def lognormal_book(seed: int, positions: int, *, each: int = 1) -> pd.DataFrame:
    """Positions of very unequal size in tiers below and above 10x."""
    rng = np.random.default_rng(seed)
    cents = np.exp(rng.normal(14, 1.8, positions)).astype(np.int64) + 1
    return held(cents, rng.choice([2, 5, 10, 20], positions), each=each)


@pytest.mark.parametrize(("positions", "each"), [(50, 1), (900, 3), (4_000, 1)])
def test_figures_meet_the_definitions(positions: int, each: int) -> None:
    """Every figure agrees with the slow sum over pairs of accounts, also where most are in classes."""
    frame = lognormal_book(5, positions, each=each)
    got, wanted = found(frame, draws=1), exact(frame)
    for name in STATISTICS:
        assert got.value(name) == pytest.approx(wanted[name], rel=2.5e-5), name


def test_by_hand() -> None:
    """Four accounts of 1, 2, 3 and 4: Gini 0.25, HHI 0.3, the largest 40 %."""
    got = found(held([100, 200, 300, 400]))
    assert got.value("gini") == pytest.approx(0.25)
    assert got.value("hhi") == pytest.approx(0.30)
    assert got.value("effective_accounts") == pytest.approx(1 / 0.30)
    assert got.value("top_1") == pytest.approx(0.4)
    assert got.value("top_10") == pytest.approx(1.0)


def test_one_account_holds_all() -> None:
    """Nothing is unequal among one, and there is no band around it."""
    got = found(held([500]))
    assert [got.value(name) for name in ("gini", "hhi", "top_1")] == [0.0, 1.0, 1.0]
    assert (got.figures["low"] == got.figures["high"]).all()


def test_equal_accounts_are_not_concentrated() -> None:
    """Gini 0 and HHI 1 / n, in every draw."""
    got = found(held([700] * 40))
    assert got.value("gini") == pytest.approx(0.0, abs=1e-12)
    assert got.value("hhi") == pytest.approx(1 / 40)
    assert got.figures.set_index("statistic").loc["hhi", "high"] == pytest.approx(1 / 40)


def test_without_accounts_there_is_nothing() -> None:
    """NaN throughout, an empty curve, no error."""
    got = found(held(np.array([], dtype=np.int64)))
    assert got.accounts == 0
    assert got.figures[["value", "low", "high"]].isna().all().all()
    assert got.lorenz.empty


def test_known_single_positions_need_no_grouping() -> None:
    """Every figure and band is the same, whether it is known or not that no account has two positions."""
    frame = lognormal_book(6, 3_000)
    pd.testing.assert_frame_equal(found(frame).figures, found(frame, one_each=True).figures, check_exact=True)


def test_the_same_seed_gives_the_same_bands() -> None:
    """Whatever the order of the rows."""
    frame = lognormal_book(7, 2_000)
    shuffled = frame.sample(frac=1.0, random_state=3)
    pd.testing.assert_frame_equal(found(frame).figures, found(shuffled).figures, check_exact=True)


def test_bands_meet_a_bootstrap_of_single_accounts() -> None:
    """The ends of the band of classes are those of a resampling of every account, to its own noise."""
    frame = lognormal_book(8, 3_000)
    rng = np.random.default_rng(2)
    own = frame["notional_cents"].to_numpy(dtype=float)
    drawn = np.sort(rng.choice(own, (600, len(own))), axis=1)
    shares = drawn / drawn.sum(axis=1, keepdims=True)
    rank = np.arange(1, len(own) + 1)
    slow = {
        "gini": 2 * (shares @ rank) / len(own) - (len(own) + 1) / len(own),
        "top_100": shares[:, -100:].sum(axis=1),
    }
    got = found(frame, draws=600).figures.set_index("statistic")
    for name, values in slow.items():
        low, high = np.quantile(values, [0.05, 0.95])
        assert got.loc[name, "low"] == pytest.approx(low, abs=0.15 * (high - low)), name
        assert got.loc[name, "high"] == pytest.approx(high, abs=0.15 * (high - low)), name


def test_the_share_of_high_leverage_varies_with_who_is_drawn() -> None:
    """Accounts of one size differ in leverage, so the share has a band though sizes have none."""
    got = found(held([700] * 100, [5, 20] * 50)).figures.set_index("statistic").loc["high_leverage_share"]
    assert got["value"] == pytest.approx(0.5)
    assert got["low"] == pytest.approx(0.42, abs=0.02)
    assert got["high"] == pytest.approx(0.58, abs=0.02)


@pytest.mark.parametrize(("edges", "edge"), [((1, 5, 10, 20), 10.0), ((1, 8, 15), 15.0), ((1, 5), math.nan)])
def test_high_leverage_starts_at_a_tier_edge(edges: tuple[int, ...], edge: float) -> None:
    """The first at or above 10x; cohorts without one have no such share."""
    assert high_edge(edges) == pytest.approx(edge, nan_ok=True)


def test_without_a_high_tier_there_is_no_share() -> None:
    """It is missing, not 0."""
    sizes = account_sizes(table(held([100, 200])), high_from=math.nan)
    got = concentration(sizes, np.random.default_rng(1), high_from=math.nan, draws=10)
    assert math.isnan(got.value("high_leverage_share"))


def test_lorenz_curve_rises_below_the_diagonal() -> None:
    """From nothing to everything, and the area above it is half of Gini."""
    got = found(lognormal_book(9, 2_000))
    x, y = got.lorenz["accounts_share"].to_numpy(), got.lorenz["notional_share"].to_numpy()
    assert (y[0], y[-1]) == (0.0, pytest.approx(1.0))
    assert (y <= x + 1e-12).all()
    assert 1 - 2 * np.trapezoid(y, x) == pytest.approx(got.value("gini"), abs=0.01)


def test_no_account_leaves_the_engine() -> None:
    """Sizes only, and few rows for many accounts."""
    sizes = account_sizes(table(lognormal_book(10, 20_000)), high_from=10.0)
    assert list(sizes.columns) == ["accounts", "notional_cents", "high_cents"]
    assert sizes["accounts"].sum() == 20_000
    assert len(sizes) < 4_000
