"""Leverage usage against plain pandas, and what it says of books with one tier or none."""

from pathlib import Path

import pandas as pd
import pytest
from cohort_support import AS_OF, ENGINE_WARNINGS, TIMES, book, unleveraged, write
from test_profile_build import random_book

from cohortiv.assessment import CohortReading, Settings, read_cohort
from cohortiv.distribution.concentration import STATISTICS
from cohortiv.distribution.density import NOTHING, ONE_TIER
from cohortiv.distribution.usage import DIMENSIONS, MEASURES, SHARE_COLUMNS, LeverageUsage, value_names

pytestmark = ENGINE_WARNINGS


def read(folder: Path, frame: pd.DataFrame, **changes: object) -> CohortReading:
    """Reading of a book with its usage, for the analyst."""
    settings = Settings(**{"positions": write(folder, frame), "max_excluded": 1.0} | changes)  # type: ignore[arg-type]
    return read_cohort(settings, for_report=False, usage=True, say=lambda _: None)


def usage_of(folder: Path, frame: pd.DataFrame, **changes: object) -> LeverageUsage:
    """Usage of a book."""
    found = read(folder, frame, **changes).usage
    assert found is not None
    return found


def isolated(seed: int, count: int) -> pd.DataFrame:
    """A mixed book whose symbols have brackets of their own."""
    frame = random_book(seed, count).assign(venue="binance")
    return frame.drop_duplicates(["account_id", "symbol", "side", "product"], ignore_index=True)


def test_shares_meet_plain_pandas(tmp_path: Path) -> None:
    """Notional, positions and distinct accounts of every value of every dimension."""
    frame = isolated(31, 1_500)
    shares = usage_of(tmp_path, frame).shares
    held = frame[frame["leverage"] > 1]
    held = held.assign(tier=held["leverage"].astype(int), size=(held["quantity"] * held["mark_price"]).round(2))
    for dimension in DIMENSIONS:
        plain = held.groupby(dimension).agg(size=("size", "sum"), n=("side", "size"), a=("account_id", "nunique"))
        plain.index = value_names(plain.index.to_series()).to_numpy()
        got = shares[shares["dimension"] == dimension].set_index("value")
        assert set(got.index) == set(plain.index)
        assert got["notional_usd"].to_dict() == pytest.approx(plain["size"].to_dict())
        assert got["positions"].to_dict() == plain["n"].to_dict()
        assert got["accounts"].to_dict() == plain["a"].to_dict()


def test_shares_add_up(tmp_path: Path) -> None:
    """To 1 within a dimension; those of accounts to at least 1, as an account can be in several values."""
    shares = usage_of(tmp_path, isolated(32, 800)).shares
    sums = shares.groupby("dimension")[list(MEASURES.values())].sum()
    assert tuple(shares.columns) == SHARE_COLUMNS
    assert sums.drop(columns="account_share").to_numpy() == pytest.approx(1.0)
    assert (sums["account_share"] >= 1 - 1e-12).all()


def test_capital_and_count_differ(tmp_path: Path) -> None:
    """One account holds a hundred times what the others do, at another multiplier."""
    frame = book(41, symbols=("BTC",)).assign(leverage=[20.0] * 40 + [3.0], quantity=[0.1] * 40 + [400.0])
    tiers = usage_of(tmp_path, frame).shares.set_index("value")
    assert tiers.loc["3x", "notional_share"] == pytest.approx(400 / 404)
    assert tiers.loc["3x", "account_share"] == pytest.approx(1 / 41)


def test_one_position_an_account_needs_no_counting(tmp_path: Path) -> None:
    """Accounts are then positions, and concentration is the same as by grouping."""
    frame = book(80)
    alone = usage_of(tmp_path, frame, as_of=AS_OF)
    tiny = frame.iloc[:1].assign(symbol="SOL", mark_price=150.0, entry_price=150.0, quantity=1e-4, leverage=1.0)
    grouped = usage_of(tmp_path, pd.concat([frame, tiny]), as_of=AS_OF)
    pd.testing.assert_frame_equal(alone.shares, grouped.shares)
    pd.testing.assert_frame_equal(alone.concentration.figures, grouped.concentration.figures)


def test_density_is_by_capital_and_by_count(tmp_path: Path) -> None:
    """Observed shares of both are those of the tiers, over all edges of the cohort."""
    found = usage_of(tmp_path, isolated(33, 900))
    tiers = found.shares[found.shares["dimension"] == "tier"].set_index("tier_floor")
    for density, column in ((found.by_capital, "notional_share"), (found.by_count, "position_share")):
        observed = density.tiers.set_index("tier_floor")["observed"]
        assert tuple(observed.index) == found.tier_edges
        assert observed[observed > 0].to_dict() == pytest.approx(tiers[column].to_dict())
    assert found.by_count.n_effective == tiers["positions"].sum()
    assert found.by_capital.n_effective == pytest.approx(found.concentration.value("effective_accounts"))


def test_one_symbol_is_told_alone(tmp_path: Path) -> None:
    """Filters hold for the usage as for everything else."""
    shares = usage_of(tmp_path, isolated(34, 600), symbol="ETH").shares
    assert shares.loc[shares["dimension"] == "symbol", "value"].tolist() == ["ETH"]


def test_collateral_that_stands_in_is_told(tmp_path: Path) -> None:
    """Cross positions with a line of the venue's and no wallet."""
    frame = book(40, symbols=("BTC",)).assign(margin_mode="cross", liquidation_price=30_000.0, side="long")
    assert usage_of(tmp_path, frame).estimated_collateral_share == 1.0
    assert usage_of(tmp_path, book(40)).estimated_collateral_share == 0.0


def test_history_tells_every_snapshot_that_was_read(tmp_path: Path) -> None:
    """The last row is this snapshot's concentration, to the width of a class."""
    settings = Settings(positions=write(tmp_path, book(60, times=TIMES)), as_of=AS_OF)
    found = read_cohort(settings, usage=True, say=lambda _: None).usage
    assert found is not None
    assert found.history["as_of"].tolist() == [pd.Timestamp(time) for time in TIMES]
    last = found.history.iloc[-1]
    assert last["accounts"] == found.concentration.accounts
    for name in STATISTICS:
        assert last[name] == pytest.approx(found.concentration.value(name), rel=5e-3)


def test_one_tier_has_no_density(tmp_path: Path) -> None:
    """And says so."""
    found = usage_of(tmp_path, book(40, leverages=(10.0,)))
    assert found.by_capital.reason == found.by_count.reason == ONE_TIER


def test_nothing_leveraged_is_empty(tmp_path: Path) -> None:
    """No rows, NaN concentration, a reason for the missing density."""
    found = usage_of(tmp_path, unleveraged(book(40)))
    assert found.shares.empty
    assert tuple(found.shares.columns) == SHARE_COLUMNS
    assert found.concentration.accounts == 0
    assert found.by_capital.reason == NOTHING


def test_usage_is_read_where_it_is_asked_for(tmp_path: Path) -> None:
    """By default nothing of it is computed."""
    settings = Settings(positions=write(tmp_path, book(40)))
    assert read_cohort(settings, for_report=False, say=lambda _: None).usage is None
